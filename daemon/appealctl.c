/* appealctl: cases, their answers, and everything a person asks of appeald.
 * Options and wiring only.
 */
#include <errno.h>
#include <glib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "app/ctl.h"
#include "base/log.h"
#include "base/text.h"

typedef struct {
    const char *name;
    const char *options; /* names of those it takes, besides the common ones */
    const char *operands;
    const char *help; /* one line */
    const char *more; /* what else --help tells; or "" */
    ApdCtlCommand run;
} Command;

/* clang-format off */
static const Command commands[] = {
    { "cases", "all json", "", "list the running cases, soonest deadline first",
      "A deadline marked \"about\" is an estimate: the notice states none.", apd_ctl_cases },
    { "show", "json why", "CASE", "all that is known of a case, and what was sent",
      "CASE is the number that `appealctl cases` shows, as 12 or #12.", apd_ctl_show },
    { "ack", "json", "CASE...", "you took notice: only the last two steps alert", "", apd_ctl_ack },
    { "snooze", "json", "CASE DURATION", "be quiet for so long, never past the last step",
      "DURATION as 3h, 90m, 1d or 1h30m.", apd_ctl_snooze },
    { "appealed", "json", "CASE...", "the appeal was sent: wait for the decision", "", apd_ctl_appealed },
    { "close", "json", "CASE...", "nothing more is to be done", "", apd_ctl_close },
    { "reopen", "json", "CASE...", "open it again; its steps alert anew", "", apd_ctl_reopen },
    { "note", "json", "CASE [TEXT...]", "keep a note with the case",
      "Without TEXT the note is removed.", apd_ctl_note },
    { "points", "json", "", "penalty points by store and ledger, and the next threshold",
      "Counts what notices told of in the last 365 days, without what was lifted.", apd_ctl_points },
    { "status", "json", "", "what is watched, what is owed, what comes next",
      "Exit status 1: a source is out of sight, or a channel refuses.", apd_ctl_status },
    { "report", "json since", "", "what came in, what was answered, what was missed", "", apd_ctl_report },
    { "calendar", "", "[FILE]", "the running deadlines as an iCalendar file, with alarms",
      "Without FILE to standard output. Alarms ring at the steps of [reminders].", apd_ctl_calendar },
    { "export", "all json", "", "cases as CSV for a spreadsheet, or as JSON",
      "Running cases; with --all every case.", apd_ctl_export },
    { "check", "json online push", "", "check the configuration, every mistake at once", "", apd_ctl_check },
    { "login", "device browser", "SOURCE", "log a source in by OAuth 2.0 (Gmail, Outlook, the platform)",
      "SOURCE: NAME of an [imap NAME] with a client-id, or of an [aliexpress NAME]. Without an option: a browser where there is a screen, else a code.", apd_ctl_login },
    { "test", "all", "CHANNEL...", "send a marked test alert through the real channel", "", apd_ctl_test },
    { "explain", "json authserv-id rules api source", "FILE...", "what a message would become, and why",
      "Needs no configuration. - reads standard input. With --json one line for each FILE.\n"
      "With --api each FILE is a saved answer of the platform's endpoints, with --source of a [json NAME].", apd_ctl_explain },
    { "mass-check", "json authserv-id rules jobs", "PATH [LABELS]", "what a whole mailbox would have alerted; sends nothing",
      "PATH: a Maildir, an mbox, or a folder of .eml files. LABELS: a CSV of expected kinds.", apd_ctl_mass_check },
    { "rules", "", "test|lint [FOLDER]", "run the cases beside the rules; look for slips in them",
      "FOLDER: rules of your own, with their cases in FOLDER/cases.", apd_ctl_rules },
};

#define AT(field) ((gpointer) offsetof(ApdCtl, field))
/* arg_data is an offset until own_entry() makes an address of it. */
static const GOptionEntry options[] = {
    { "config",      'c', 0, G_OPTION_ARG_FILENAME, AT(config_path), "Configuration to use", "FILE" },
    { "json",        0,   0, G_OPTION_ARG_NONE,     AT(json),        "Print JSON", NULL },
    { "all",         'a', 0, G_OPTION_ARG_NONE,     AT(all),         "All of them: ended cases too, every channel", NULL },
    { "why",         0,   0, G_OPTION_ARG_NONE,     AT(why),         "Tell also why: the deadline step by step, what comes next", NULL },
    { "since",       0,   0, G_OPTION_ARG_STRING,   AT(since),       "How far back (default: 30d)", "DURATION" },
    { "authserv-id", 0,   0, G_OPTION_ARG_STRING,   AT(authserv_id), "Whose Authentication-Results header is believed", "ID" },
    { "rules",       0,   0, G_OPTION_ARG_FILENAME, AT(rules),       "Folder of rules of your own", "FOLDER" },
    { "api",         0,   0, G_OPTION_ARG_NONE,     AT(api),         "The files are answers of the platform's endpoints, or of --source", NULL },
    { "source",      0,   0, G_OPTION_ARG_STRING,   AT(source),      "With --api: they are of [json NAME], read as the configuration says", "NAME" },
    { "jobs",        0,   0, G_OPTION_ARG_INT,      AT(jobs),        "How many at once (default: one for each processor)", "N" },
    { "online",      0,   0, G_OPTION_ARG_NONE,     AT(online),      "Look at every server too: logs in, changes nothing, sends nothing", NULL },
    { "push",        0,   0, G_OPTION_ARG_NONE,     AT(push),        "With --online: show that new mail is pushed, by a message in a folder that is made for it and removed again", NULL },
    { "device",      0,   0, G_OPTION_ARG_NONE,     AT(device),      "By a code that is entered on another device", NULL },
    { "browser",     0,   0, G_OPTION_ARG_NONE,     AT(browser),     "By a browser, on this machine or another", NULL },
    { "version",     0,   0, G_OPTION_ARG_NONE,     AT(version),     "Print the version and exit", NULL },
};
#undef AT
/* clang-format on */

#define COMMON "config version"

static const Command *
find_command(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (g_str_equal(commands[i].name, name))
            return &commands[i];

    return NULL;
}

static bool
is_among(const char *name, const char *list)
{
    g_auto(GStrv) names = g_strsplit(list, " ", -1);
    return g_strv_contains((const char *const *) names, name);
}

/* The first word that is neither an option nor the value of --config: its index, 0: none. */
static int
find_word(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (g_str_equal(argv[i], "--"))
            return 0;
        if (g_str_equal(argv[i], "-c") || g_str_equal(argv[i], "--config"))
            i++;
        else if (*argv[i] != '-')
            return i;
    }
    return 0;
}

static void
add_options(GOptionContext *context, ApdCtl *ctl, const Command *command, char ***operands)
{
    GOptionEntry entries[G_N_ELEMENTS(options) + 2] = { { NULL } };
    size_t n = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (!is_among(options[i].long_name, COMMON)
            && (command == NULL || !is_among(options[i].long_name, command->options)))
            continue;
        entries[n] = options[i];
        entries[n++].arg_data = (char *) ctl + GPOINTER_TO_SIZE(options[i].arg_data);
    }
    entries[n] = (GOptionEntry){ G_OPTION_REMAINING, 0,    0,   G_OPTION_ARG_FILENAME_ARRAY,
                                 operands,           NULL, NULL };
    g_option_context_add_main_entries(context, entries, NULL);
}

/* The list of commands, for --help. */
static char *
describe_commands(void)
{
    GString *text = g_string_new("Commands:\n");

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        g_string_append_printf(text, "  %-12s%s\n", commands[i].name, commands[i].help);
    g_string_append(text, "\nappealctl COMMAND --help tells more of each, appealctl(1) all.\n"
                          "Exit status: 0 good, 1 the answer is no or something needs attention, "
                          "2 usage, 3 could not run.");
    return g_string_free(text, FALSE);
}

static GOptionContext *
new_context(const Command *command)
{
    GOptionContext *context = g_option_context_new(command ? command->operands : "COMMAND ...");
    g_autofree char *description = command ? g_strdup(command->more) : describe_commands();
    g_autofree char *summary =
        command ? g_strdup_printf("%c%s.", g_ascii_toupper(command->help[0]), command->help + 1)
                : g_strdup("Cases of penalty notices: list, answer, explain, check.");

    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, description);
    return context;
}

static int
run(ApdCtl *ctl, const Command *command, int argc, char **argv)
{
    g_auto(GStrv) operands = NULL;
    g_autoptr(GOptionContext) context = new_context(command);
    g_autofree char *name =
        command ? g_strdup_printf("appealctl %s", command->name) : g_strdup("appealctl");
    g_autoptr(GError) error = NULL;
    char *none[] = { NULL };

    g_set_prgname(name);
    add_options(context, ctl, command, &operands);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        return apd_ctl_complain(APD_EXIT_USAGE, "%s (try %s --help)", error->message, name);
    if (ctl->version) {
        g_print("appealctl %s\n", APD_VERSION);
        return APD_EXIT_GOOD;
    }
    if (command == NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "which command? (try appealctl --help)");
    if (*command->operands == '\0' && operands != NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "%s: '%s' is not expected here", command->name,
                                operands[0]);
    return command->run(ctl, operands ? operands : none);
}

static int
complain_of_command(const char *word)
{
    const char *names[G_N_ELEMENTS(commands) + 1] = { NULL };

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        names[i] = commands[i].name;
    const char *near = apd_text_nearest(word, names);
    return apd_ctl_complain(APD_EXIT_USAGE,
                            near ? "there is no command '%s' (did you mean %s?)"
                                 : "there is no command '%s' (try appealctl --help)",
                            word, near);
}

/* Names and notices are UTF-8 whatever the locale: JSON must be, and a pager in
 * the C locale shows bytes rather than question marks. */
static void
put_out(const char *text)
{
    fputs(text, stdout);
}

static void
put_err(const char *text)
{
    fflush(stdout);
    fputs(text, stderr);
}

int
main(int argc, char **argv)
{
    ApdCtl ctl = { NULL };
    int status, at;

    setlocale(LC_ALL, "");
    g_set_print_handler(put_out);
    g_set_printerr_handler(put_err);
    apd_log_setup("appealctl", false);

    at = find_word(argc, argv);
    const Command *command = at > 0 ? find_command(argv[at]) : NULL;
    if (at > 0 && command == NULL)
        return complain_of_command(argv[at]);
    if (at > 0) {
        memmove(argv + at, argv + at + 1, (size_t) (argc - at) * sizeof *argv);
        argc--;
    }

    status = run(&ctl, command, argc, argv);
    if (fflush(stdout) != 0 && status < APD_EXIT_FAIL)
        status = apd_ctl_complain(APD_EXIT_FAIL, "cannot print: %s", g_strerror(errno));
    g_free(ctl.config_path);
    g_free(ctl.authserv_id);
    g_free(ctl.since);
    g_free(ctl.source);
    g_free(ctl.rules);
    return status;
}
