#include "app/ctl.h"

#include <unistd.h>

#include "app/explain.h"
#include "app/reading.h"
#include "io/mime.h"

/* As much of a file as the daemon would fetch. */
#define MAX_FILE (8u * 1024 * 1024)

static GBytes *
read_input(const char *path, GError **error)
{
    char *data;
    gsize size;

    if (g_str_equal(path, "-")) {
        GByteArray *bytes = g_byte_array_new();
        guint8 block[65536];
        ssize_t n;
        while (bytes->len < MAX_FILE && (n = read(STDIN_FILENO, block, sizeof block)) > 0)
            g_byte_array_append(bytes, block, (guint) n);
        return g_byte_array_free_to_bytes(bytes);
    }
    if (!g_file_get_contents(path, &data, &size, error))
        return NULL;
    return g_bytes_new_take(data, size);
}

/* Returns: (transfer full): what is to be printed of the message at @path. */
static char *
explain(const ApdCtl *ctl, const ApdReading *reading, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = read_input(path, error);
    gsize size;

    if (bytes == NULL)
        return NULL;

    const void *content = g_bytes_get_data(bytes, &size);
    g_autoptr(ApdVerdict) verdict =
        apd_reading_read(reading, content ? content : "", size, ctl->authserv_id, apd_now());
    if (!ctl->json)
        return apd_explain_page(path, verdict);

    g_autofree char *line = apd_explain_json(path, verdict);
    return g_strconcat(line, "\n", NULL);
}

int
apd_ctl_explain(const ApdCtl *ctl, char **operands)
{
    g_autofree char *rules = apd_config_rules_dir();
    g_autoptr(GError) error = NULL;

    if (operands[0] == NULL)
        return apd_ctl_complain(APD_EXIT_USAGE,
                                "explain: which message? (a file, or - for standard input)");

    apd_mime_init();
    g_autoptr(ApdReading) reading = apd_reading_new(rules, NULL, &error);
    if (reading == NULL)
        return apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);

    int status = APD_EXIT_GOOD;
    for (char **path = operands; *path != NULL; path++) {
        g_autoptr(GError) why = NULL;
        g_autofree char *text = explain(ctl, reading, *path, &why);
        if (text == NULL) {
            status = apd_ctl_complain(APD_EXIT_FAIL, "%s", why->message);
            continue;
        }
        if (!ctl->json && path > operands)
            g_print("\n");
        g_print("%s", text);
    }
    return status;
}
