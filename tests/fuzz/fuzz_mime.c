/* Any bytes are a message: decoded without a crash, into valid UTF-8. */
#include <glib.h>

#include "io/mime.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void) argc;
    (void) argv;
    apd_mime_init();
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(ApdDocument) document = apd_mime_read(data, size);

    for (guint i = 0; i < document->blocks->len; i++)
        g_assert(g_utf8_validate(g_array_index(document->blocks, ApdBlock, i).text, -1, NULL));
    for (guint i = 0; i < document->links->len; i++)
        g_assert(g_utf8_validate(g_array_index(document->links, ApdLink, i).href, -1, NULL));
    return 0;
}
