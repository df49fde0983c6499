#include "logic/literals.h"

#include <string.h>

#include "logic/prepared.h"

/* Buckets of a table; a power of two. */
#define BITS      14
#define N_BUCKETS (1U << BITS)

/* A literal to compare with; most differ in their first bytes, which are here. */
typedef struct {
    guint64 head; /* its first bytes, ... */
    guint64 mask; /* ... those that count of eight */
    guint32 literal;
    guint16 length;
    bool ends;
} Entry;

/* Literals by what their first bytes, those of @mask, come to. */
typedef struct {
    guint32 mask;
    Entry *entries; /* owned: by bucket */
    guint32 *first; /* owned: where those of each bucket begin; one more */
} Table;

/* Literals of two and three bytes, and longer ones. */
typedef struct {
    Table tables[2];
    guint8 pairs[65536 / 8]; /* a bit for each two bytes that one of them begins with */
} Group;

struct ApdLiterals {
    char **texts;   /* owned; borrowed within */
    Group anchored; /* that begin a word */
    Group anywhere; /* the others */
};

/* @head: the first bytes of what is looked for; @mask: those of them that count. */
static guint
bucket_of(guint64 head, guint32 mask)
{
    return (((guint32) head & mask) * 2654435761U) >> (32 - BITS);
}

static Entry
make_entry(const ApdLiteral *literal, guint32 number)
{
    size_t n = strlen(literal->text);
    Entry entry = { 0, 0, number, (guint16) n, literal->ends };

    memcpy(&entry.head, literal->text, MIN(n, sizeof entry.head));
    memset(&entry.mask, 0xff, MIN(n, sizeof entry.mask));
    return entry;
}

/* The first two bytes, and the first four, of eight as they are loaded. */
static guint32
mask_of(size_t width)
{
    guint32 mask = 0;

    memset(&mask, 0xff, width);
    return mask;
}

static bool
belongs(const ApdLiteral *literal, size_t width, bool anchored)
{
    return literal->starts == anchored && (strlen(literal->text) >= 4) == (width == 4);
}

static void
fill_table(Table *self, size_t width, bool anchored, const ApdLiteral *literals, guint n)
{
    g_autofree guint32 *next = g_new0(guint32, N_BUCKETS + 1);

    self->mask = mask_of(width);
    self->first = g_new0(guint32, N_BUCKETS + 1);
    for (guint i = 0; i < n; i++)
        if (belongs(&literals[i], width, anchored))
            self->first[bucket_of(make_entry(&literals[i], i).head, self->mask) + 1]++;
    for (guint i = 0; i < N_BUCKETS; i++)
        self->first[i + 1] += self->first[i];
    memcpy(next, self->first, (N_BUCKETS + 1) * sizeof *next);
    self->entries = g_new0(Entry, self->first[N_BUCKETS] + 1);
    for (guint i = 0; i < n; i++)
        if (belongs(&literals[i], width, anchored)) {
            Entry entry = make_entry(&literals[i], i);
            self->entries[next[bucket_of(entry.head, self->mask)]++] = entry;
        }
}

static guint
pair_of(const char *text)
{
    return (guint) (guchar) text[0] << 8 | (guchar) text[1];
}

static void
fill_group(Group *self, bool anchored, const ApdLiteral *literals, guint n)
{
    fill_table(&self->tables[0], 2, anchored, literals, n);
    fill_table(&self->tables[1], 4, anchored, literals, n);
    for (guint i = 0; i < n; i++)
        if (literals[i].starts == anchored) {
            guint pair = pair_of(literals[i].text);
            self->pairs[pair / 8] |= (guint8) (1U << pair % 8);
        }
}

ApdLiterals *
apd_literals_new(const ApdLiteral *literals, guint n)
{
    ApdLiterals *self = g_new0(ApdLiterals, 1);

    self->texts = g_new0(char *, n + 1);
    for (guint i = 0; i < n; i++)
        self->texts[i] = (char *) (guintptr) literals[i].text;
    fill_group(&self->anchored, true, literals, n);
    fill_group(&self->anywhere, false, literals, n);
    return self;
}

static void
clear_group(Group *self)
{
    for (int i = 0; i < 2; i++) {
        g_free(self->tables[i].entries);
        g_free(self->tables[i].first);
    }
}

void
apd_literals_free(ApdLiterals *self)
{
    if (self == NULL)
        return;

    clear_group(&self->anchored);
    clear_group(&self->anywhere);
    g_free(self->texts);
    g_free(self);
}

typedef struct {
    const ApdLiterals *self;
    const char *text;
    size_t n;
    ApdLiteralsFound found;
    void *user_data;
} Search;

/* @head: the eight bytes at @at, with NUL for what lies beyond the end. */
static void
look_in(const Search *search, const Table *table, size_t at, guint64 head)
{
    guint bucket = bucket_of(head, table->mask);

    for (guint32 i = table->first[bucket]; i < table->first[bucket + 1]; i++) {
        const Entry *entry = &table->entries[i];
        if ((head & entry->mask) != entry->head || entry->length > search->n - at)
            continue;
        if (entry->length > sizeof entry->head
            && memcmp(search->text + at + sizeof entry->head,
                      search->self->texts[entry->literal] + sizeof entry->head,
                      entry->length - sizeof entry->head)
                   != 0)
            continue;
        if (!entry->ends || apd_prepared_is_boundary(search->text, at + entry->length))
            search->found(entry->literal, at + entry->length, search->user_data);
    }
}

static bool
may_begin(const Group *group, guint pair)
{
    return (group->pairs[pair / 8] >> pair % 8 & 1) != 0;
}

static void
look_at(const Search *search, const Group *group, size_t at)
{
    guint64 head = 0;
    size_t left = search->n - at;

    if (left >= sizeof head)
        memcpy(&head, search->text + at, sizeof head); /* one load: nearly always */
    else
        memcpy(&head, search->text + at, left);
    look_in(search, &group->tables[0], at, head);
    if (left >= 4)
        look_in(search, &group->tables[1], at, head);
}

void
apd_literals_scan(const ApdLiterals *self, const char *text, size_t n, ApdLiteralsFound found,
                  void *user_data)
{
    Search search = { self, text, n, found, user_data };

    for (size_t i = 0; i + 1 < n; i++) {
        guint pair = pair_of(text + i);
        if (may_begin(&self->anchored, pair) && apd_prepared_is_boundary(text, i))
            look_at(&search, &self->anchored, i);
        if (may_begin(&self->anywhere, pair))
            look_at(&search, &self->anywhere, i);
    }
}
