/* `appealctl explain --json` alone, without a configuration: for tests of the
 * recogniser that need nothing else of appealctl.
 *
 *     prog_explain [explain] [--json] [--authserv-id ID] [--rules DIR] FILE...
 */
#include <glib.h>
#include <stdio.h>

#include "app/explain.h"
#include "app/reading.h"
#include "io/mime.h"

static bool
explain(const ApdReading *reading, const char *path, const char *authserv, bool json)
{
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
    fputs(text, stdout);
    if (json)
        fputc('\n', stdout);
    return true;
}

int
main(int argc, char **argv)
{
    g_autofree char *rules = NULL, *authserv = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "rules", 0, 0, G_OPTION_ARG_FILENAME, &rules, "Folder of rules", "DIR" },
        { "authserv-id", 0, 0, G_OPTION_ARG_STRING, &authserv, "Believed", "ID" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One line a file", NULL },
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
            good = explain(reading, argv[i], authserv, json) && good;
    return good ? 0 : 3;
}
