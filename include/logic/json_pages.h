/* Which page of a JSON endpoint comes next: by number, by offset, by cursor, or by a link.  Neither
 * skips a page nor goes in a circle.  Pure. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* Where it stands; all borrowed, for as long as the pages. */
typedef struct {
    const char *url;   /* with {page}, {offset} or {cursor} where they go */
    const char *next;  /* pointer to the cursor or the link; "link-header"; NULL: none */
    const char *more;  /* pointer to whether there are more; NULL */
    const char *total; /* pointer to the number of all records; NULL */
    int first;         /* number of the first page */
    int most;          /* pages of one sweep */
} ApdJsonPaging;

typedef struct ApdJsonPages ApdJsonPages;

ApdJsonPages *apd_json_pages_new(const ApdJsonPaging *paging);
void apd_json_pages_free(ApdJsonPages *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdJsonPages, apd_json_pages_free)

/* The address to ask for now; a secret. */
const char *apd_json_pages_url(const ApdJsonPages *self);

/* Whether there can be more than one. */
bool apd_json_pages_turn_at_all(const ApdJsonPages *self);

/* What came of the present page: its answer, its Link header (NULL: none), how many records
 * it held, and how many of these no page before had.  True: another page is to be asked
 * for.  False: this was the last; when @error is set, not all can have been seen. */
bool apd_json_pages_turn(ApdJsonPages *self, JsonNode *answer, const char *link, guint records,
                         guint fresh, GError **error);
