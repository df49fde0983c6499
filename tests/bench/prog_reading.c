/* How many messages a second one core reads: parsing alone (GMime), decoding
 * (MIME, charsets, HTML), and the whole way to the verdict.
 *
 *     prog_reading parse|decode|whole RULES SECONDS FILE...
 *
 * Prints "WHAT MESSAGES-A-SECOND" and "peak-kib KIB"; seconds are of processor.  One at a time:
 * what one leaves of the heap slows another down, and the reader does nothing but the last.
 */
#include <glib.h>
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static const struct {
    const char *what;
    void (*job)(const Bench *, const void *, gsize);
} jobs[] = { { "parse", parse }, { "decode", decode }, { "whole", read_whole } };

static int
fail(const GError *why)
{
    g_printerr("prog_reading: %s\n", why->message);
    return 3;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    gsize job = 0;

    while (argc > 1 && job < G_N_ELEMENTS(jobs) && strcmp(jobs[job].what, argv[1]) != 0)
        job++;
    if (argc < 5 || job == G_N_ELEMENTS(jobs))
        return 2;
    apd_mime_init();
    g_autoptr(ApdReading) reading = apd_reading_new(argv[2], NULL, &error);
    g_autoptr(GPtrArray) mails = g_ptr_array_new_with_free_func(unref_bytes);
    for (int i = 4; error == NULL && i < argc; i++) {
        char *data;
        gsize size;
        if (g_file_get_contents(argv[i], &data, &size, &error))
            g_ptr_array_add(mails, g_bytes_new_take(data, size));
    }
    if (error != NULL)
        return fail(error);

    Bench bench = { reading, mails };
    /* A daemon that has run for a while. */
    for (guint i = 0; i < mails->len; i++) {
        gsize size;
        const void *data = g_bytes_get_data(mails->pdata[i], &size);
        jobs[job].job(&bench, data, size);
    }
    measure(&bench, jobs[job].what, atof(argv[3]), jobs[job].job);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("peak-kib %ld\n", usage.ru_maxrss);
    return 0;
}
