/* appeald-reader: bytes of one message -> verdict, in a sandbox.  A child of
 * appeald; may crash or be killed without harm.  Options and wiring only.
 */
#include <glib.h>
#include <stdio.h>

#include "app/reading.h"
#include "base/log.h"
#include "io/child.h"
#include "io/mime.h"
#include "io/sandbox.h"

/* Hostile MIME takes far less; the rules and their automaton are loaded before. */
#define MEMORY (1024u * 1024 * 1024)

/* Of processor, a message; ordinary ones take a millisecond. */
#define CPU_SECONDS 3

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true

/* Looking for leaks takes a process of its own, which the sandbox forbids. */
int __lsan_is_turned_off(void);
int
__lsan_is_turned_off(void)
{
    return 1;
}
#else
#define SANITIZED false
#endif

static bool
answer(const ApdReading *reading, GVariant *request, GError **error)
{
    guint64 id;
    gint64 received;
    const char *authserv = NULL;
    g_autoptr(GVariant) bytes = g_variant_lookup_value(request, "bytes", G_VARIANT_TYPE_BYTESTRING);
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
    gsize size = 0;

    if (bytes == NULL || !g_variant_lookup(request, "id", "t", &id)
        || !g_variant_lookup(request, "received", "x", &received))
        return false;
    g_variant_lookup(request, "authserv", "&s", &authserv);
    g_autoptr(GVariant) more = g_variant_lookup_value(request, "stated", G_VARIANT_TYPE_VARDICT);
    g_autoptr(ApdStated) stated = more ? apd_stated_from_variant(more) : NULL;

    const void *data = g_variant_get_fixed_array(bytes, &size, 1);
    g_autoptr(ApdVerdict) verdict =
        stated
            ? apd_reading_read_stated(reading, data ? data : "", size, authserv, received, stated)
            : apd_reading_read(reading, data ? data : "", size, authserv, received);
    g_variant_builder_add(&builder, "{sv}", "id", g_variant_new_uint64(id));
    g_variant_builder_add(&builder, "{sv}", "verdict", apd_verdict_to_variant(verdict));
    return apd_frame_write(APD_CHILD_FD, "verdict", g_variant_builder_end(&builder), error);
}

static int
serve(const ApdReading *reading)
{
    g_autoptr(GError) error = NULL;
    GVariantBuilder nothing = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    /* From now on the clock of a message runs, not that of loading. */
    if (!apd_frame_write(APD_CHILD_FD, "ready", g_variant_builder_end(&nothing), &error))
        return 1;

    for (;;) {
        g_autofree char *word = NULL;
        g_autoptr(GVariant) request = NULL;

        if (!apd_frame_read(APD_CHILD_FD, &word, &request, &error))
            return error == NULL ? 0 : 1;
        apd_sandbox_allow_cpu(CPU_SECONDS);
        if (!g_str_equal(word, "read") || !answer(reading, request, &error))
            return 1;
    }
}

int
main(int argc, char **argv)
{
    g_autofree char *rules = NULL, *user_rules = NULL;
    const GOptionEntry entries[] = {
        { "rules", 0, 0, G_OPTION_ARG_FILENAME, &rules, "Folder of what is shipped", "DIR" },
        { "user-rules", 0, 0, G_OPTION_ARG_FILENAME, &user_rules, "Folder of a user's rules",
          "DIR" },
        { NULL },
    };
    g_autoptr(GOptionContext) context =
        g_option_context_new("- a part of appeald, not for use by hand");
    g_autoptr(GError) error = NULL;

    apd_log_setup("appeald-reader", false);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || rules == NULL) {
        g_printerr("appeald-reader: %s\n", error ? error->message : "--rules is missing");
        return 2;
    }

    apd_mime_init();
    g_autoptr(ApdReading) reading = apd_reading_new(rules, user_rules, &error);
    if (reading == NULL || !apd_sandbox_close(SANITIZED ? 0 : MEMORY, &error)) {
        g_warning("%s", error->message);
        return 1;
    }
    return serve(reading);
}
