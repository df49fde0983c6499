/* Any bytes are read to a verdict that survives the way between processes. */
#include <glib.h>

#include "app/reading.h"
#include "io/mime.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const ApdReading *
reading(void)
{
    static const ApdReading *loaded; /* a fuzzer has no main() to keep it in */
    g_autoptr(GError) error = NULL;

    if (loaded == NULL) {
        apd_mime_init();
        loaded = apd_reading_new("conf", NULL, &error);
        if (loaded == NULL)
            g_error("%s", error->message);
    }
    return loaded;
}

/* Loading the rules is no part of the time that an input may take. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void) argc;
    (void) argv;
    reading();
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(ApdVerdict) verdict =
        apd_reading_read(reading(), data, size, "mx.seller.example", 1000 * APD_DAY);
    g_autoptr(GVariant) variant = g_variant_ref_sink(apd_verdict_to_variant(verdict));
    g_autoptr(ApdVerdict) back = apd_verdict_from_variant(variant);

    g_assert(back != NULL);
    g_assert(back->authenticity == APD_AUTHENTICITY_GENUINE || back->appeal_url == NULL);
    return 0;
}
