#include "app/ctl_online_json.h"

#include <string.h>

#include "base/error.h"
#include "io/json_fetch.h"

typedef struct {
    ApdOnlineSubject *subject;     /* borrowed */
    const ApdSourceConfig *source; /* borrowed */
    ApdJsonAccess access;          /* owned */
} Asking;

/* What of the records is a matter can only be said by reading them: explain --api does. */
static void
show_records(ApdOnlineSubject *self, const ApdSourceConfig *source, const GPtrArray *records)
{
    g_autoptr(ApdJsonMap) map = apd_json_map_new(source->keys, source->section, source->vouched);
    g_autofree char *why = NULL;
    guint understood = 0, clocks = 0, wrong = 0;

    for (guint i = 0; i < records->len; i++) {
        g_autofree char *why_not = NULL;
        g_autoptr(ApdJsonItem) item = apd_json_item_read(map, records->pdata[i], &why_not);
        if (item == NULL) {
            g_free(why);
            why = g_steal_pointer(&why_not);
            continue;
        }
        understood++;
        clocks += item->stated->deadline != APD_NEVER;
        wrong += item->stated->deadline_wrong != NULL;
    }
    if (understood < records->len)
        apd_online_add(
            self, APD_PROOF_BAD, "records",
            "compare an answer with the keys of its section: appealctl explain --api --source",
            "understood %u of %u records: %s", understood, records->len, why);
    else
        apd_online_add(self, APD_PROOF_GOOD, "records", "",
                       records->len == 0 ? "the list is empty"
                                         : "understood all %u records of the first page; %u state "
                                           "a deadline",
                       records->len, clocks);
    if (wrong > 0)
        apd_online_add(self, APD_PROOF_BAD, "deadline",
                       "does the key deadline lead to a time? (see timezone, too)",
                       "%u records state a deadline that cannot be read", wrong);
}

static void
show_refusal(const Asking *self, GError **why)
{
    *why = apd_json_access_leave_out(&self->access, *why);
    apd_online_add(self->subject, APD_PROOF_BAD, "answer",
                   g_error_matches(*why, APD_ERROR, APD_ERROR_MALFORMED)
                       ? "compare an answer with the keys of its section: appealctl explain --api "
                         "--source"
                       : "",
                   "%s", (*why)->message);
}

static void
on_page(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Asking *self = user_data;
    g_auto(ApdJsonAnswer) answer = { NULL, NULL };
    g_autoptr(GError) why = NULL;

    if (response != NULL)
        apd_online_take_date(self->subject->owner, response);
    if (error != NULL)
        apd_online_add(self->subject, APD_PROOF_BAD, "answer",
                       "check the address, this machine's network, and its clock; a private "
                       "authority goes into ca-file",
                       "%s", error->message);
    else if (!apd_json_response_read(self->source, response, &answer, &why))
        show_refusal(self, &why);
    else
        show_records(self->subject, self->source, answer.records);
    apd_online_done(self->subject);
    apd_json_access_clear(&self->access);
    g_free(self);
}

void
apd_online_json(ApdOnlineSubject *self, const ApdSourceConfig *source)
{
    Asking *asking = g_new0(Asking, 1);
    g_auto(ApdHttpRequest) request = { 0 };
    g_autoptr(GError) error = NULL;

    asking->subject = self;
    asking->source = source;
    if (!apd_json_access_read(&asking->access, source, &error)) {
        apd_online_add(self, APD_PROOF_BAD, "address", "", "%s", error->message);
        apd_json_access_clear(&asking->access);
        g_free(asking);
        return;
    }
    ApdJsonPaging paging = apd_json_paging(source, &asking->access);
    g_autoptr(ApdJsonPages) pages = apd_json_pages_new(&paging);
    apd_json_request(source, &asking->access, apd_json_pages_url(pages), NULL, NULL, &request);
    self->pending++;
    apd_http_send(self->owner->http, &request, on_page, asking);
}
