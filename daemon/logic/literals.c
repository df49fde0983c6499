#include "logic/literals.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if __has_include(<hs.h>)
#include <hs.h>
#define HAVE_HYPERSCAN 1
#else
#define HAVE_HYPERSCAN 0
#endif

#define N_BUCKETS 65536

/* Hyperscan needs half a second to get ready: it pays after so many bytes. */
#define BYTES_TO_GET_READY (512 * 1024)

/* Words by what their first bytes come to. */
typedef struct {
    uint32_t *first; /* owned: by bucket: where in @order its words begin; one more */
    uint32_t *order; /* owned */
} Buckets;

struct ApdLiterals {
    const GPtrArray *words; /* borrowed */
    size_t *lengths;        /* owned */
    Buckets by_two;         /* of two and three bytes */
    Buckets by_four;        /* of four bytes and more */
    ApdLiteralsEngine engine;
    size_t scanned; /* bytes so far */
#if HAVE_HYPERSCAN
    hs_database_t *database; /* owned; NULL: not yet, or not here */
    hs_scratch_t *scratch;   /* owned: one scan at a time, as a reader does */
#endif
};

typedef struct {
    const ApdLiterals *self;
    ApdLiteralsFound found;
    void *user_data;
} Search;

static unsigned
pair_of(const char *p)
{
    return (unsigned) (unsigned char) p[0] << 8 | (unsigned char) p[1];
}

static unsigned
four_of(const char *p)
{
    uint32_t four;

    memcpy(&four, p, sizeof four);
    return (four * 2654435761U) >> 16;
}

static unsigned
bucket_of(const char *word, size_t length)
{
    return length >= 4 ? four_of(word) : pair_of(word);
}

static void
fill_buckets(const ApdLiterals *self, Buckets *buckets, bool of_four)
{
    guint n = self->words->len;
    g_autofree uint32_t *next = g_new0(uint32_t, N_BUCKETS + 1);

    buckets->first = g_new0(uint32_t, N_BUCKETS + 1);
    buckets->order = g_new0(uint32_t, n + 1);
    for (guint i = 0; i < n; i++)
        if ((self->lengths[i] >= 4) == of_four)
            buckets->first[bucket_of(self->words->pdata[i], self->lengths[i]) + 1]++;
    for (unsigned i = 0; i < N_BUCKETS; i++)
        buckets->first[i + 1] += buckets->first[i];
    memcpy(next, buckets->first, (N_BUCKETS + 1) * sizeof *next);
    for (guint i = 0; i < n; i++)
        if ((self->lengths[i] >= 4) == of_four)
            buckets->order[next[bucket_of(self->words->pdata[i], self->lengths[i])]++] = i;
}

static void
look_in_bucket(const Search *search, const Buckets *buckets, unsigned bucket, const char *text,
               size_t at, size_t n)
{
    const ApdLiterals *self = search->self;

    for (uint32_t k = buckets->first[bucket]; k < buckets->first[bucket + 1]; k++) {
        uint32_t word = buckets->order[k];
        size_t length = self->lengths[word];
        if (length <= n - at && memcmp(text + at, self->words->pdata[word], length) == 0)
            search->found(word, at + length, search->user_data);
    }
}

static void
scan_portable(const Search *search, const char *text, size_t n)
{
    const ApdLiterals *self = search->self;

    for (size_t i = 0; i + 1 < n; i++) {
        look_in_bucket(search, &self->by_two, pair_of(text + i), text, i, n);
        if (i + 3 < n)
            look_in_bucket(search, &self->by_four, four_of(text + i), text, i, n);
    }
}

#if HAVE_HYPERSCAN
/* Leaves the database NULL when it does not work: the portable search goes on. */
static void
get_ready(ApdLiterals *self)
{
    guint n = self->words->len;
    g_autofree unsigned *ids = g_new0(unsigned, n + 1);
    g_autofree unsigned *flags = g_new0(unsigned, n + 1);
    hs_compile_error_t *failure = NULL;

    self->engine = APD_LITERALS_PORTABLE;
    if (n == 0 || hs_valid_platform() != HS_SUCCESS)
        return;
    for (guint i = 0; i < n; i++)
        ids[i] = i;
    if (hs_compile_lit_multi((const char *const *) self->words->pdata, flags, ids, self->lengths, n,
                             HS_MODE_BLOCK, NULL, &self->database, &failure)
        != HS_SUCCESS) {
        hs_free_compile_error(failure);
        return;
    }
    if (hs_alloc_scratch(self->database, &self->scratch) != HS_SUCCESS) {
        hs_free_database(self->database);
        self->database = NULL;
    }
}

static int
on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *data)
{
    const Search *search = data;

    (void) from;
    (void) flags;
    search->found(id, (size_t) to, search->user_data);
    return 0;
}
#endif

ApdLiterals *
apd_literals_new(const GPtrArray *words, ApdLiteralsEngine engine)
{
    ApdLiterals *self = g_new0(ApdLiterals, 1);

    self->words = words;
    self->engine = engine;
    self->lengths = g_new0(size_t, words->len + 1);
    for (guint i = 0; i < words->len; i++)
        self->lengths[i] = strlen(words->pdata[i]);
    fill_buckets(self, &self->by_two, false);
    fill_buckets(self, &self->by_four, true);
    return self;
}

void
apd_literals_free(ApdLiterals *self)
{
    if (self == NULL)
        return;

#if HAVE_HYPERSCAN
    hs_free_scratch(self->scratch);
    hs_free_database(self->database);
#endif
    g_free(self->lengths);
    g_free(self->by_two.first);
    g_free(self->by_two.order);
    g_free(self->by_four.first);
    g_free(self->by_four.order);
    g_free(self);
}

void
apd_literals_scan(ApdLiterals *self, const char *text, size_t n, ApdLiteralsFound found,
                  void *user_data)
{
    Search search = { self, found, user_data };

#if HAVE_HYPERSCAN
    self->scanned += n;
    if (self->engine == APD_LITERALS_FASTEST
        || (self->engine == APD_LITERALS_BEST && self->scanned > BYTES_TO_GET_READY))
        get_ready(self);
    if (self->database != NULL && n <= G_MAXUINT) {
        hs_scan(self->database, text, (unsigned) n, 0, self->scratch, on_match, &search);
        return;
    }
#endif
    scan_portable(&search, text, n);
}
