/* What a sender writes of himself: addresses of links, verdicts of servers, names and
 * senders, charsets.  Any bytes are read without a crash. */
#include <glib.h>
#include <string.h>

#include "io/charset.h"
#include "io/mime_address.h"
#include "io/plain.h"
#include "logic/auth_results.h"
#include "logic/lookalike.h"
#include "logic/web_address.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void) argc;
    (void) argv;
    apd_charset_init();
    return 0;
}

static void
read_address(const char *text)
{
    g_auto(ApdWebAddress) address = { 0 };

    apd_web_address_read(text, &address);
    g_assert(strlen(address.host) <= 255);
    g_auto(GStrv) hosts = apd_web_address_inner_hosts(address.rest);
    g_assert(hosts == NULL || g_strv_length(hosts) <= 8);
}

static void
read_sender(const char *raw)
{
    g_autoptr(GPtrArray) domains = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *name = NULL;
    g_autofree char *address = apd_mime_address_first(raw, &name);

    g_assert(name == NULL || g_utf8_validate(name, -1, NULL));
    apd_mime_address_domains(raw, domains);
    g_assert(domains->len <= 20);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    g_autofree char *raw = g_strndup((const char *) data + 1, size - 1);
    g_autofree char *text = apd_charset_to_utf8(data + 1, size - 1, NULL, NULL, NULL);

    g_assert(g_utf8_validate(text, -1, NULL));
    switch (data[0] % 4) {
    case 0:
        read_address(text);
        break;
    case 1: {
        g_autoptr(GPtrArray) results = apd_auth_results_parse(text, "mx");
        break;
    }
    case 2: {
        g_autofree char *skeleton = apd_lookalike_skeleton(text);
        apd_lookalike_imitates(skeleton, "aliexpress");
        break;
    }
    default:
        read_sender(raw);
        break;
    }
    g_autofree char *flowed = apd_plain_unflow(text, data[0] & 4);
    g_assert(g_utf8_validate(flowed, -1, NULL));
    return 0;
}
