/* A list of the platform that comes in numbered pages, and whether all of it was seen.
 * Pure.
 *
 * It counts as whole only when what its answers say of it was reached: total, number of
 * pages, whether there is a next.  What comes and goes while it is read moves the rest from
 * page to page: a sweep that came short, or whose total changed, is made once more.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What an answer says of its list; -1 where it does not say. */
typedef struct {
    int64_t total; /* records in all */
    int64_t pages; /* pages in all */
    int64_t size;  /* records in a page */
    int next;      /* 0, 1: whether there is another page */
} ApdApiSaid;

/* @total: the member that counts the records; usual names of it are known. */
ApdApiSaid apd_api_said_read(JsonNode *answer, const char *total);

typedef struct ApdApiList ApdApiList;

/* @what (borrowed for ever): "disputes".  @size: of a page, as it is asked for. */
ApdApiList *apd_api_list_new(const char *what, int64_t size);
void apd_api_list_free(ApdApiList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdApiList, apd_api_list_free)

/* The page to be asked for, from 1. */
int64_t apd_api_list_page(const ApdApiList *self);

/* A record stands on the present page.  @id NULL: it cannot be told from others.
 * Returns whether it stood on no page of this sweep before. */
bool apd_api_list_add(ApdApiList *self, const char *id);

/* All records of the present page were added.  Returns whether there is another page to
 * be asked for. */
bool apd_api_list_turn(ApdApiList *self, const ApdApiSaid *said);

/* The present page cannot be had.  Returns whether the next can be asked for; false too
 * when the list ends here. */
bool apd_api_list_skip(ApdApiList *self);

/* The list is over: it is read once more, for what may have been missed.  False when
 * that was done. */
bool apd_api_list_again(ApdApiList *self);

/* Whether it is over, and all of it was seen: what stands nowhere is not there. */
bool apd_api_list_whole(const ApdApiList *self);

/* TRANSIENT: it is over, and came short. */
bool apd_api_list_check(const ApdApiList *self, GError **error);
