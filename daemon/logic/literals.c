#include "logic/literals.h"

#include <stdint.h>
#include <string.h>

#if __has_include(<hs.h>)
#include <hs.h>
#define HAVE_HYPERSCAN 1
#else
#define HAVE_HYPERSCAN 0
#endif

#include "base/error.h"

#define N_PAIRS 65536

struct ApdLiterals {
    const GPtrArray *words; /* borrowed */
    size_t *lengths;        /* owned */
#if HAVE_HYPERSCAN
    hs_database_t *database; /* owned; NULL: portable */
    hs_scratch_t *scratch;   /* owned: one scan at a time, as a reader does */
#endif
    uint32_t *first; /* owned: by the first two bytes: where in @order they begin; one more */
    uint32_t *order; /* owned: words by their first two bytes */
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

static void
build_portable(ApdLiterals *self)
{
    guint n = self->words->len;
    g_autofree uint32_t *next = g_new0(uint32_t, N_PAIRS + 1);

    self->first = g_new0(uint32_t, N_PAIRS + 1);
    self->order = g_new0(uint32_t, n + 1);
    for (guint i = 0; i < n; i++)
        self->first[pair_of(self->words->pdata[i]) + 1]++;
    for (unsigned i = 0; i < N_PAIRS; i++)
        self->first[i + 1] += self->first[i];
    memcpy(next, self->first, (N_PAIRS + 1) * sizeof *next);
    for (guint i = 0; i < n; i++)
        self->order[next[pair_of(self->words->pdata[i])]++] = i;
}

static void
scan_portable(const Search *search, const char *text, size_t n)
{
    const ApdLiterals *self = search->self;

    for (size_t i = 0; i + 1 < n; i++) {
        unsigned pair = pair_of(text + i);
        for (uint32_t k = self->first[pair]; k < self->first[pair + 1]; k++) {
            uint32_t word = self->order[k];
            size_t length = self->lengths[word];
            if (length <= n - i && memcmp(text + i, self->words->pdata[word], length) == 0)
                search->found(word, i + length, search->user_data);
        }
    }
}

#if HAVE_HYPERSCAN
static bool
build_hyperscan(ApdLiterals *self, GError **error)
{
    guint n = self->words->len;
    g_autofree unsigned *ids = g_new0(unsigned, n + 1);
    g_autofree unsigned *flags = g_new0(unsigned, n + 1);
    hs_compile_error_t *failure = NULL;

    for (guint i = 0; i < n; i++)
        ids[i] = i;
    if (n > 0
        && hs_compile_lit_multi((const char *const *) self->words->pdata, flags, ids, self->lengths,
                                n, HS_MODE_BLOCK, NULL, &self->database, &failure)
               != HS_SUCCESS) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "Hyperscan refused the phrases: %s",
                    failure->message);
        hs_free_compile_error(failure);
        return false;
    }
    if (n > 0 && hs_alloc_scratch(self->database, &self->scratch) != HS_SUCCESS) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "Hyperscan has no memory to scan in");
        return false;
    }
    return true;
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
apd_literals_new(const GPtrArray *words, ApdLiteralsEngine engine, GError **error)
{
    g_autoptr(ApdLiterals) self = g_new0(ApdLiterals, 1);

    self->words = words;
    self->lengths = g_new0(size_t, words->len + 1);
    for (guint i = 0; i < words->len; i++)
        self->lengths[i] = strlen(words->pdata[i]);

#if HAVE_HYPERSCAN
    if (engine == APD_LITERALS_BEST && hs_valid_platform() == HS_SUCCESS) {
        if (!build_hyperscan(self, error))
            return NULL;
        return g_steal_pointer(&self);
    }
#else
    (void) engine;
    (void) error;
#endif
    build_portable(self);
    return g_steal_pointer(&self);
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
    g_free(self->first);
    g_free(self->order);
    g_free(self);
}

void
apd_literals_scan(const ApdLiterals *self, const char *text, size_t n, ApdLiteralsFound found,
                  void *user_data)
{
    Search search = { self, found, user_data };

    if (self->first != NULL)
        scan_portable(&search, text, n);
#if HAVE_HYPERSCAN
    else if (self->database != NULL && n <= G_MAXUINT)
        hs_scan(self->database, text, (unsigned) n, 0, self->scratch, on_match, &search);
#endif
}
