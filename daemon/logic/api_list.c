#include "logic/api_list.h"

#include "base/error.h"
#include "base/json_read.h"

/* What one round keeps in mind of a list at most. */
#define MAX_RECORDS 100000

#define MAX_SWEEPS 2

struct ApdApiList {
    const char *what; /* borrowed for ever */
    int64_t size;     /* of a page, as asked for */
    int64_t page;     /* from 1 */
    int64_t total;    /* as the page before said; -1: not */
    int64_t raw;      /* records of this sweep, with those that came twice */
    GHashTable *ids;  /* owned: of this sweep */
    guint unnamed;    /* of this sweep */
    guint n, fresh;   /* records of the present page; those that were on none before */
    bool steady;      /* each page of this sweep said the same total */
    bool gap;         /* a page of this sweep could not be had */
    int sweep;
    bool over, whole;
    char *fault; /* owned: how it came short, or NULL */
};

ApdApiList *
apd_api_list_new(const char *what, int64_t size)
{
    ApdApiList *self = g_new0(ApdApiList, 1);

    self->what = what;
    self->size = size;
    self->page = 1;
    self->total = -1;
    self->steady = true;
    self->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

void
apd_api_list_free(ApdApiList *self)
{
    if (self == NULL)
        return;

    g_hash_table_unref(self->ids);
    g_free(self->fault);
    g_free(self);
}

/* --- what answers say ------------------------------------------------------------------- */

static int64_t
read_number(JsonNode *answer, const char *const *names)
{
    int64_t number = -1;

    for (; *names != NULL; names++)
        if (apd_json_read_int(apd_json_hunt(answer, *names), &number) && number >= 0)
            return number;
    return -1;
}

ApdApiSaid
apd_api_said_read(JsonNode *answer, const char *total)
{
    const char *const totals[] = { total, "total_count", "total_item", "total_num", NULL };
    static const char *const pages[] = { "total_page", "total_pages", NULL };
    static const char *const sizes[] = { "page_size", NULL };
    static const char *const nexts[] = { "has_next", "hasNext", "has_more", NULL };
    ApdApiSaid said = { read_number(answer, totals), read_number(answer, pages),
                        read_number(answer, sizes), -1 };
    bool next;

    for (const char *const *name = nexts; *name != NULL && said.next < 0; name++)
        if (apd_json_read_bool(apd_json_hunt(answer, *name), &next))
            said.next = next;
    return said;
}

/* --- pages ------------------------------------------------------------------------------- */

int64_t
apd_api_list_page(const ApdApiList *self)
{
    return self->page;
}

bool
apd_api_list_add(ApdApiList *self, const char *id)
{
    bool fresh = id == NULL || g_hash_table_add(self->ids, g_strdup(id));

    self->raw++;
    self->n++;
    self->unnamed += id == NULL;
    self->fresh += fresh;
    return fresh;
}

static int64_t
distinct(const ApdApiList *self)
{
    return (int64_t) g_hash_table_size(self->ids) + self->unnamed;
}

/* Whether what the answers say was reached: of several words the most exact counts. */
static bool
is_reached(const ApdApiList *self, const ApdApiSaid *said)
{
    if (said->next == 1)
        return false;
    if (said->total >= 0)
        return self->raw >= said->total;
    if (said->pages >= 0)
        return self->page >= said->pages;
    if (said->next == 0)
        return true;
    return self->n < (said->size > 0 ? said->size : self->size);
}

static void
begin_sweep(ApdApiList *self)
{
    g_hash_table_remove_all(self->ids);
    self->page = 1;
    self->total = -1;
    self->raw = 0;
    self->unnamed = self->n = self->fresh = 0;
    self->steady = true;
    self->gap = self->over = self->whole = false;
    g_clear_pointer(&self->fault, g_free);
}

bool
apd_api_list_again(ApdApiList *self)
{
    if (self->sweep + 1 >= MAX_SWEEPS)
        return false;
    self->sweep++;
    begin_sweep(self);
    return true;
}

static void
set_fault(ApdApiList *self)
{
    if (self->raw >= MAX_RECORDS)
        self->fault = g_strdup_printf("it lists more than %d %s", MAX_RECORDS, self->what);
    else if (self->total >= 0)
        self->fault =
            g_strdup_printf("its list of %s ends after %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                            self->what, distinct(self), self->total);
    else
        self->fault =
            g_strdup_printf("its list of %s ends after %" G_GINT64_FORMAT ", before its last page",
                            self->what, distinct(self));
}

/* The sweep is over.  Returns whether another begins. */
static bool
end_sweep(ApdApiList *self, bool reached)
{
    bool exact = reached && self->steady && (self->total < 0 || distinct(self) >= self->total);

    if (!exact && apd_api_list_again(self))
        return true;
    self->over = true;
    self->whole = reached;
    if (!reached)
        set_fault(self);
    return false;
}

bool
apd_api_list_turn(ApdApiList *self, const ApdApiSaid *said)
{
    bool reached = is_reached(self, said);
    bool stuck = self->fresh == 0 || self->raw >= MAX_RECORDS;

    self->steady &= self->page == 1 || said->total == self->total;
    self->total = said->total;
    if (reached || stuck)
        return end_sweep(self, reached && !self->gap);
    self->page++;
    self->n = self->fresh = 0;
    return true;
}

bool
apd_api_list_skip(ApdApiList *self)
{
    if (self->page == 1)
        return false;
    self->gap = true;
    self->page++;
    self->raw += self->size;
    if (self->total > self->raw)
        return true;
    return end_sweep(self, false);
}

bool
apd_api_list_whole(const ApdApiList *self)
{
    return self->over && self->whole;
}

bool
apd_api_list_check(const ApdApiList *self, GError **error)
{
    if (!self->over || self->whole)
        return true;
    g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT,
                "the platform's answers are not whole: %s; what it left out may be what matters "
                "(meanwhile look in the seller centre)",
                self->fault);
    return false;
}
