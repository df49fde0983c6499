/* Any bytes from a child: a frame, not yet one, or refused. */
#include <glib.h>

#include "io/frame.h"
#include "model/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *word = NULL;
    g_autoptr(GVariant) content = NULL;
    g_autoptr(GError) error = NULL;
    gsize used;

    if (apd_frame_unpack(data, size, &used, &word, &content, &error) && used > 0) {
        g_autoptr(ApdVerdict) verdict = apd_verdict_from_variant(content);
        g_assert(used <= size);
    }
    return 0;
}
