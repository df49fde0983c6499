/* appeald-desktop: shows what is owed to the desktop as popups with buttons.
 * Options and wiring only.
 */
#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>

#include "app/desktop_board.h"
#include "base/error.h"
#include "base/log.h"
#include "base/service.h"
#include "io/appear.h"

#define EXIT_USAGE    2
#define EXIT_NOT_RUN  3
#define EXIT_NOT_HERE 78 /* EX_CONFIG of sysexits.h: the unit does not restart on it */

typedef struct {
    char *config; /* owned */
    gboolean debug, version;
} Options;

typedef struct {
    GMainLoop *loop;        /* owned */
    ApdConfig *config;      /* owned */
    char *path;             /* owned: of the ledger */
    ApdAppear *appear;      /* owned; NULL: the ledger is there */
    ApdLedger *ledger;      /* owned */
    ApdDesktopBoard *board; /* owned */
    int status;
} Program;

static bool
parse_options(Options *self, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "config", 'c', 0, G_OPTION_ARG_FILENAME, &self->config,
          "Configuration (default: ~/.config/appeald/appeald.conf, else " APD_SYSCONFDIR
          "/appeald/appeald.conf)",
          "FILE" },
        { "debug", 0, 0, G_OPTION_ARG_NONE, &self->debug, "Log more", NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version and exit", NULL },
        { NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_set_summary(
        context,
        "Shows alerts of appeald as popups on this desktop, with buttons to acknowledge or\n"
        "snooze a case. Runs in the foreground, once in each graphical session; see\n"
        "appeald-desktop(1).");
    g_option_context_set_description(
        context,
        "Exit status: 0 stopped, 2 usage, 3 could not run, 78 the configuration is wrong or\n"
        "has no channel of type desktop.");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, error))
        return false;
    if (*argc == 1)
        return true;

    g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "'%s' is not expected here", (*argv)[1]);
    return false;
}

static void
give_up(Program *self, const GError *error, int status)
{
    apd_log(G_LOG_LEVEL_CRITICAL, "APPEALD_ERROR", "start", "%s", error->message);
    self->status = status;
    g_main_loop_quit(self->loop);
}

static void
on_ledger(void *user_data)
{
    Program *self = user_data;
    g_autoptr(GError) error = NULL;

    self->ledger = apd_ledger_open_existing(self->path, &error);
    if (self->ledger != NULL)
        self->board = apd_desktop_board_new(self->ledger, self->config, &error);
    if (self->board == NULL)
        give_up(self, error,
                g_error_matches(error, APD_ERROR, APD_ERROR_CONFIG) ? EXIT_NOT_HERE : EXIT_NOT_RUN);
}

static gboolean
on_stop(gpointer user_data)
{
    Program *self = user_data;

    g_main_loop_quit(self->loop);
    return G_SOURCE_CONTINUE;
}

static bool
has_desktop(const ApdConfig *config)
{
    for (guint i = 0; i < config->channels->len; i++)
        if (g_str_equal(((const ApdChannelConfig *) config->channels->pdata[i])->type, "desktop"))
            return true;
    return false;
}

static void
serve(Program *self)
{
    guint term = g_unix_signal_add(SIGTERM, on_stop, self);
    guint interrupt = g_unix_signal_add(SIGINT, on_stop, self);

    self->loop = g_main_loop_new(NULL, FALSE);
    self->path = apd_config_ledger_path(self->config);
    self->appear = apd_appear_new(self->path, on_ledger, self);
    apd_service_ready();
    apd_service_status("waits for appeald's ledger '%s'", self->path);
    g_main_loop_run(self->loop);

    apd_service_stopping();
    g_source_remove(term);
    g_source_remove(interrupt);
    apd_desktop_board_free(self->board);
    apd_ledger_close(self->ledger);
    apd_appear_free(self->appear);
    g_free(self->path);
    g_main_loop_unref(self->loop);
}

static int
run(const Options *options)
{
    g_autofree char *path = apd_config_path(options->config);
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdConfig) config = apd_config_load(path, &error);

    if (config == NULL) {
        g_printerr("%s\n", error->message);
        return EXIT_NOT_HERE;
    }
    if (!has_desktop(config)) {
        g_printerr("appeald-desktop: %s: no channel of type desktop, so there is nothing to show "
                   "here (add [channel NAME] with type = desktop)\n",
                   path);
        return EXIT_NOT_HERE;
    }

    Program program = { .config = config };
    serve(&program);
    return program.status;
}

int
main(int argc, char **argv)
{
    Options options = { NULL };
    g_autoptr(GError) error = NULL;
    int status;

    setlocale(LC_ALL, "");
    if (!parse_options(&options, &argc, &argv, &error)) {
        g_printerr("appeald-desktop: %s (try appeald-desktop --help)\n", error->message);
        status = EXIT_USAGE;
    } else if (options.version) {
        g_print("appeald-desktop %s\n", APD_VERSION);
        status = 0;
    } else {
        apd_log_setup("appeald-desktop", options.debug);
        status = run(&options);
    }
    g_free(options.config);
    return status;
}
