#include "logic/api_filing.h"

#include "logic/json_mail.h"

/* What makes the record known again when it comes a second time, and no more. */
static GBytes *
bytes_of(const ApdApiPlace *place, const ApdApiRecord *record)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "From: %s\nMessage-ID: <%s/%s>\n\n", place->host, place->source,
                           record->id);
    return g_string_free_to_bytes(text);
}

static void
make_mail(const ApdApiPlace *place, const ApdApiRecord *record, ApdMessage *message)
{
    g_autoptr(ApdStated) stated = apd_stated_new(place->source);
    char title[] = "Message of the platform";
    const ApdJsonItem item = {
        .id = record->id,
        .title = title,
        .body = record->text,
        .time = record->time,
        .stated = stated,
    };

    stated->vouched = true;
    message->bytes = apd_json_mail(&item);
    message->stated = g_steal_pointer(&stated);
}

ApdMessage *
apd_api_filing_message(const ApdApiPlace *place, ApdApiRecord *record, ApdTime now)
{
    ApdMessage *message = g_new0(ApdMessage, 1);

    message->source = g_strdup(place->source);
    message->folder = g_strdup(place->topic);
    message->name = g_strdup(record->id);
    message->received = now;
    message->first_look = place->first_look;
    message->look = g_strdup(""); /* all topics are told of together */
    if (record->verdict != NULL)
        message->bytes = bytes_of(place, record);
    else
        make_mail(place, record, message);
    message->verdict = g_steal_pointer(&record->verdict);
    message->mark = g_steal_pointer(&record->mark);
    message->mark_value = g_steal_pointer(&record->value);
    return message;
}
