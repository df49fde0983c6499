/* appeald: watches mailboxes for penalty notices and tells of them in time.
 * Options and wiring only.
 */
#include <glib.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "app/daemon.h"
#include "base/error.h"
#include "base/log.h"

#define EXIT_USAGE  2
#define EXIT_CONFIG 78 /* EX_CONFIG of sysexits.h: the unit does not restart on it */

typedef struct {
    char *config; /* owned */
    gboolean check, once, debug, version;
} Options;

static bool
parse_options(Options *self, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "config", 'c', 0, G_OPTION_ARG_FILENAME, &self->config,
          "Configuration (default: ~/.config/appeald/appeald.conf, else " APD_SYSCONFDIR
          "/appeald/appeald.conf)",
          "FILE" },
        { "check", 0, 0, G_OPTION_ARG_NONE, &self->check, "Check the configuration and exit",
          NULL },
        { "once", 0, 0, G_OPTION_ARG_NONE, &self->once,
          "Read everything new, deliver what is due, and exit", NULL },
        { "debug", 0, 0, G_OPTION_ARG_NONE, &self->debug, "Log more", NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Print the version and exit", NULL },
        { NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_set_summary(
        context, "Watches a seller's mailboxes for penalty notices and alerts before the appeal\n"
                 "deadline. Runs in the foreground; see appeald(8).");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, error))
        return false;
    if (*argc == 1)
        return true;

    g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "'%s' is not expected here", (*argv)[1]);
    return false;
}

/* Passwords pass through this process: no core file, no debugger of others. */
static void
hide_memory(void)
{
    const struct rlimit none = { 0, 0 };

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

/* Each message takes and gives back some 100 KiB: not to the kernel and from it again. */
static void
keep_memory(void)
{
    (void) mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    (void) mallopt(M_TOP_PAD, 128 * 1024);
}

static int
complain(const GError *error, int status)
{
    apd_log(G_LOG_LEVEL_CRITICAL, "APPEALD_ERROR", "start", "%s", error->message);
    return status;
}

static int
run(const Options *options)
{
    g_autofree char *path = apd_config_path(options->config);
    g_autoptr(GError) error = NULL;
    ApdConfig *config = apd_config_load(path, &error);

    if (config == NULL) {
        g_printerr("%s\n", error->message);
        return EXIT_CONFIG;
    }
    if (options->check) {
        g_print("%s: good: %u source%s, %u channel%s\n", path, config->sources->len,
                config->sources->len == 1 ? "" : "s", config->channels->len,
                config->channels->len == 1 ? "" : "s");
        apd_config_free(config);
        return 0;
    }

    const ApdDaemonOptions daemon_options = { .once = options->once };
    g_autoptr(ApdDaemon) daemon = apd_daemon_start(config, &daemon_options, &error);
    if (daemon == NULL)
        return complain(error,
                        g_error_matches(error, APD_ERROR, APD_ERROR_CONFIG) ? EXIT_CONFIG : 1);
    if (!apd_daemon_run(daemon, &error))
        return complain(error, 1);
    return 0;
}

int
main(int argc, char **argv)
{
    Options options = { NULL };
    g_autoptr(GError) error = NULL;
    int status;

    setlocale(LC_ALL, "");
    hide_memory();
    keep_memory();
    if (!parse_options(&options, &argc, &argv, &error)) {
        g_printerr("appeald: %s (try appeald --help)\n", error->message);
        status = EXIT_USAGE;
    } else if (options.version) {
        g_print("appeald %s\n", APD_VERSION);
        status = 0;
    } else {
        apd_log_setup("appeald", options.debug);
        status = run(&options);
    }
    g_free(options.config);
    return status;
}
