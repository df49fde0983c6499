/* `appealctl explain --json` alone, without a configuration: for tests of the
 * recogniser that need nothing else of appealctl.
 *
 *     prog_explain [explain] [--json] [--seconds] [--authserv-id ID] [--rules DIR] FILE...
 *
 * --seconds: what it took of the processor instead, a line for each file.
 */
#include <glib.h>
#include <stdio.h>
#include <time.h>

#include "app/explain.h"
#include "app/reading.h"
#include "io/mime.h"

static double
seconds_used(void)
{
    struct timespec used;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double) used.tv_sec + (double) used.tv_nsec / 1e9;
}

static bool
explain(const ApdReading *reading, const char *path, const char *authserv, bool json, bool seconds)
{
    double begun = seconds_used();
    g_autofree char *data = NULL;
    gsize size;
    g_autoptr(GError) error = NULL;

    if (!g_file_get_contents(path, &data, &size, &error)) {
        g_printerr("prog_explain: %s\n", error->message);
        return false;
    }
    g_autoptr(ApdVerdict) verdict = apd_reading_read(reading, data, size, authserv, APD_NEVER);
    g_autofree char *text =
        json ? apd_explain_json(path, verdict) : apd_explain_page(path, verdict);
    if (seconds) {
        printf("%.3f\n", seconds_used() - begun);
        return true;
    }
    fputs(text, stdout);
    if (json)
        fputc('\n', stdout);
    return true;
}

int
main(int argc, char **argv)
{
    g_autofree char *rules = NULL, *authserv = NULL;
    gboolean json = FALSE, seconds = FALSE;
    const GOptionEntry entries[] = {
        { "rules", 0, 0, G_OPTION_ARG_FILENAME, &rules, "Folder of rules", "DIR" },
        { "authserv-id", 0, 0, G_OPTION_ARG_STRING, &authserv, "Believed", "ID" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One line a file", NULL },
        { "seconds", 0, 0, G_OPTION_ARG_NONE, &seconds, "Of the processor, for each", NULL },
        { NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("FILE...");
    g_autoptr(GError) error = NULL;
    bool good = true;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("prog_explain: %s\n", error->message);
        return 2;
    }
    apd_mime_init();
    g_autoptr(ApdReading) reading = apd_reading_new(rules ? rules : "conf", NULL, &error);
    if (reading == NULL) {
        g_printerr("prog_explain: %s\n", error->message);
        return 3;
    }
    for (int i = 1; i < argc; i++)
        if (i > 1 || !g_str_equal(argv[i], "explain"))
            good = explain(reading, argv[i], authserv, json, seconds) && good;
    return good ? 0 : 3;
}
