/* appealctl: cases, their answers, and everything a person asks of appeald.
 * Options and wiring only.
 */
#include <glib.h>
#include <locale.h>
#include <string.h>

#include "app/ctl.h"
#include "base/log.h"

typedef struct {
    const char *name;
    const char *operands;
    const char *help;
    ApdCtlCommand run;
} Command;

/* clang-format off */
static const Command commands[] = {
    { "cases",    "[--all] [--json]",        "list the running cases, soonest deadline first",     apd_ctl_cases },
    { "show",     "CASE [--json]",           "all that is known of a case, and what was sent",     apd_ctl_show },
    { "ack",      "CASE",                    "you took notice: only the last two steps alert",     apd_ctl_ack },
    { "snooze",   "CASE DURATION",           "quiet for so long, never past the last step",        apd_ctl_snooze },
    { "appealed", "CASE",                    "the appeal was sent: wait for the decision",         apd_ctl_appealed },
    { "close",    "CASE",                    "nothing more is to be done",                         apd_ctl_close },
    { "reopen",   "CASE",                    "open it again",                                      apd_ctl_reopen },
    { "note",     "CASE [TEXT]",             "keep a note with the case",                          apd_ctl_note },
    { "status",   "[--json]",                "what is watched, what is owed, what comes next",     apd_ctl_status },
    { "check",    "",                        "check the configuration",                            apd_ctl_check },
    { "test",     "CHANNEL... | --all",      "send a marked test alert through the real channel",  apd_ctl_test },
    { "explain",  "[--json] [--authserv-id ID] FILE...", "what a message would become, and why; needs no configuration", apd_ctl_explain },
    { "rules",    "test [FOLDER]",           "run the cases beside the rules, or those of your own", apd_ctl_rules },
};
/* clang-format on */

static const Command *
find_command(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (g_str_equal(commands[i].name, name))
            return &commands[i];

    return NULL;
}

/* The list of commands, for --help. */
static char *
describe_commands(void)
{
    GString *text = g_string_new("Commands:\n");

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        g_string_append_printf(text, "  %-9s %s\n            %s\n", commands[i].name,
                               commands[i].operands, commands[i].help);
    g_string_append(text, "\nExit status: 0 good, 1 the answer is no or something needs attention, "
                          "2 usage, 3 could not run.\nSee appealctl(1).");
    return g_string_free(text, FALSE);
}

static int
dispatch(const ApdCtl *ctl, char **words)
{
    if (words == NULL || words[0] == NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "which command? (try appealctl --help)");

    const Command *command = find_command(words[0]);
    if (command == NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "there is no command '%s' (try appealctl --help)",
                                words[0]);
    return command->run(ctl, words + 1);
}

int
main(int argc, char **argv)
{
    ApdCtl ctl = { NULL };
    gboolean version = FALSE;
    g_auto(GStrv) words = NULL;
    const GOptionEntry entries[] = {
        { "config", 'c', 0, G_OPTION_ARG_FILENAME, &ctl.config_path, "Configuration", "FILE" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &ctl.json, "Print JSON", NULL },
        { "all", 'a', 0, G_OPTION_ARG_NONE, &ctl.all, "All of them: ended cases, every channel",
          NULL },
        { "authserv-id", 0, 0, G_OPTION_ARG_STRING, &ctl.authserv_id,
          "explain: whose Authentication-Results is believed", "ID" },
        { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words, NULL, NULL },
        { NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("COMMAND [OPERAND...]");
    g_autofree char *description = describe_commands();
    g_autoptr(GError) error = NULL;
    int status = APD_EXIT_GOOD;

    setlocale(LC_ALL, "");
    apd_log_setup("appealctl", false);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context,
                                 "Cases of penalty notices: list, answer, explain, check.");
    g_option_context_set_description(context, description);
    if (!g_option_context_parse(context, &argc, &argv, &error))
        status = apd_ctl_complain(APD_EXIT_USAGE, "%s (try appealctl --help)", error->message);
    else if (version)
        g_print("appealctl %s\n", APD_VERSION);
    else
        status = dispatch(&ctl, words);

    g_free(ctl.config_path);
    g_free(ctl.authserv_id);
    return status;
}
