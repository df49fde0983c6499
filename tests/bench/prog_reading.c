/* How many messages a second one core reads: parsing alone (GMime), decoding
 * (MIME, charsets, HTML), and the whole way to the verdict.
 *
 *     prog_reading RULES SECONDS FILE...
 *
 * Prints "WHAT MESSAGES-A-SECOND" lines; seconds are of processor.
 */
#include <glib.h>
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "app/reading.h"
#include "io/mime.h"

typedef struct {
    const ApdReading *reading;
    GPtrArray *mails; /* element-type GBytes */
} Bench;

static double
processor_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static void
parse(const Bench *self, const void *data, gsize size)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, size);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

    (void) self;
    g_clear_object(&message);
    g_object_unref(parser);
    g_object_unref(stream);
}

static void
decode(const Bench *self, const void *data, gsize size)
{
    (void) self;
    apd_document_free(apd_mime_read(data, size));
}

static void
read_whole(const Bench *self, const void *data, gsize size)
{
    apd_verdict_free(apd_reading_read(self->reading, data, size, "mx.seller.example", APD_NEVER));
}

static void
measure(const Bench *self, const char *what, double seconds,
        void (*job)(const Bench *, const void *, gsize))
{
    double start = processor_seconds(), spent;
    guint64 n = 0;

    do {
        for (guint i = 0; i < self->mails->len; i++) {
            gsize size;
            const void *data = g_bytes_get_data(self->mails->pdata[i], &size);
            job(self, data, size);
        }
        n += self->mails->len;
        spent = processor_seconds() - start;
    } while (spent < seconds);
    printf("%s %.0f\n", what, (double) n / spent);
}

static void
unref_bytes(void *data)
{
    g_bytes_unref(data);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (argc < 4)
        return 2;
    apd_mime_init();
    g_autoptr(ApdReading) reading = apd_reading_new(argv[1], NULL, &error);
    g_autoptr(GPtrArray) mails = g_ptr_array_new_with_free_func(unref_bytes);
    for (int i = 3; reading != NULL && i < argc; i++) {
        char *data;
        gsize size;
        if (!g_file_get_contents(argv[i], &data, &size, &error))
            break;
        g_ptr_array_add(mails, g_bytes_new_take(data, size));
    }
    if (error != NULL) {
        g_printerr("prog_reading: %s\n", error->message);
        return 3;
    }

    Bench bench = { reading, mails };
    double seconds = atof(argv[2]);
    /* A daemon that has run for a while. */
    for (guint i = 0; i < mails->len; i++) {
        gsize size;
        const void *data = g_bytes_get_data(mails->pdata[i], &size);
        read_whole(&bench, data, size);
    }
    measure(&bench, "parse", seconds, parse);
    measure(&bench, "decode", seconds, decode);
    measure(&bench, "whole", seconds, read_whole);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("peak-kib %ld\n", usage.ru_maxrss);
    return 0;
}
