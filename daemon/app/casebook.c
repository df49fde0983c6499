#include "app/casebook.h"

#include "app/raise.h"
#include "app/reminders.h"
#include "app/steps.h"
#include "base/text.h"
#include "logic/change.h"
#include "logic/envelope.h"
#include "logic/ladder.h"
#include "logic/matter.h"
#include "logic/message_key.h"

/* How long after a notice without a deadline the first look still opens a case:
 * the usual window of penalties. */
#define USUAL_WINDOW (7 * APD_DAY)

#define MAX_QUOTE 200

/* One message on its way through the casebook. */
typedef struct {
    const ApdCasebook *book;
    const ApdMessage *message;
    const ApdVerdict *verdict; /* NULL: unreadable */
    const char *why;
    const char *key;
    const char *store;
    ApdTime when; /* of the message, as believable */
    ApdTime now;
    ApdFiled filed;
} Filing;

/* The store that the message itself names, else the one its source is for. */
static const char *
find_store(const ApdConfig *config, const ApdMessage *message, const ApdVerdict *verdict)
{
    const ApdSourceConfig *source = apd_config_source(config, message->source);

    for (guint i = 0; verdict && verdict->channel_id && i < config->stores->len; i++) {
        const ApdStore *store = config->stores->pdata[i];
        if (g_strcmp0(store->channel_id, verdict->channel_id) == 0)
            return store->name;
    }
    if (source != NULL && source->store != NULL)
        return source->store;

    return "";
}

/* A Date: that lies in the future is wrong or a lie. */
static ApdTime
find_when(const ApdMessage *message, const ApdVerdict *verdict, ApdTime now)
{
    ApdTime when = verdict && verdict->date != APD_NEVER ? verdict->date : message->received;

    return when <= 0 || when > now ? now : when;
}

/* Writes the message, and moves the cursor with it. */
static bool
record(Filing *f, int64_t case_id, int64_t *ret_id, GError **error)
{
    ApdLedger *ledger = f->book->ledger;
    const ApdMessage *message = f->message;
    const char *folder = message->folder ? message->folder : "";
    ApdCursor cursor;
    bool is_new;

    if (!apd_ledger_add_message(ledger, message, f->key, f->verdict, case_id, &is_new, ret_id,
                                error))
        return false;
    if (message->mark != NULL
        && !apd_ledger_set_mark(ledger, message->source, message->mark, message->mark_value, error))
        return false;
    if (message->uid == 0)
        return true;

    if (!apd_ledger_get_cursor(ledger, message->source, folder, &cursor, error))
        return false;
    if (cursor.uidvalidity != message->uidvalidity)
        cursor.last_uid = 0;
    cursor.uidvalidity = message->uidvalidity;
    cursor.last_uid = MAX(cursor.last_uid, message->uid);
    return apd_ledger_set_cursor(ledger, message->source, folder, &cursor, error);
}

static bool
put_case(Filing *f, ApdCase *kase, const char *what, GError **error)
{
    g_autofree char *line = apd_text_line(f->verdict->subject ? f->verdict->subject : "");
    g_autofree char *quote = apd_text_cut(line, MAX_QUOTE);
    g_autofree char *entry = g_strdup_printf(
        "%s: \"%s\"%s", what, quote,
        f->message->truncated ? " (of this message only the beginning was read)" : "");

    const char *by = f->verdict->bearing == APD_BEARING_MESSAGE ? "mail" : "platform";
    return apd_ledger_put_case(f->book->ledger, kase, by, entry, f->now, error);
}

static bool
raise_case(Filing *f, ApdCase *kase, ApdReason reason, const char *key, GError **error)
{
    ApdLadder ladder = apd_reminders_ladder(f->book->config);
    ApdSeverity severity = apd_ladder_severity(&ladder, kase, f->now);

    return apd_raise_case(f->book->ledger, f->book->config, kase, reason, severity, key, f->now,
                          error);
}

/* --- a new matter ---------------------------------------------------------- */

/* Whether a case found by the first look still has a clock that runs. */
static bool
still_runs(const Filing *f, const ApdCase *kase)
{
    if (!apd_state_runs(kase->state))
        return false;

    return kase->deadline == APD_NEVER ? f->when > f->now - USUAL_WINDOW : kase->deadline > f->now;
}

static ApdReason
first_reason(const ApdCase *kase)
{
    if (kase->state == APD_STATE_EXPIRED)
        return APD_REASON_EXPIRED;

    return kase->kind == APD_KIND_DECISION ? APD_REASON_DECISION : APD_REASON_NEW;
}

static bool
announce(Filing *f, ApdCase *kase, GError **error)
{
    const ApdStep step = { APD_RUNG_NEW, 0 };
    g_autofree char *key = apd_ladder_key(kase, &step, f->now);

    const char *look = f->message->look     ? f->message->look
                       : f->message->folder ? f->message->folder
                                            : "";

    if (f->message->first_look)
        return !apd_state_runs(kase->state)
               || apd_ledger_hold_case(f->book->ledger, kase->id, f->message->source, look, f->now,
                                       error);

    return raise_case(f, kase, first_reason(kase), key, error);
}

static bool
open_case(Filing *f, GError **error)
{
    g_autoptr(ApdCase) kase =
        apd_case_from_verdict(f->verdict, f->store, f->message->source, f->now);
    int64_t message_id;

    kase->noticed = f->when;
    apd_change_begin(kase, f->now);

    /* Of what is over before the first look, only decisions are kept: the notice
     * that they decided may be read after them. */
    bool over = f->message->first_look && !still_runs(f, kase);
    if (over && (kase->kind != APD_KIND_DECISION || apd_state_runs(kase->state))) {
        f->filed = (ApdFiled){ APD_FILED_NOTHING, 0 };
        return record(f, 0, &message_id, error);
    }

    if (!put_case(f, kase, "opened", error) || !record(f, kase->id, &message_id, error)
        || !announce(f, kase, error))
        return false;

    f->filed = (ApdFiled){ APD_FILED_OPENED, kase->id };
    return true;
}

/* --- a known matter -------------------------------------------------------- */

/* Of several that fit a decision which names none, the one that was appealed;
 * when that is not one, none: a guess could close the wrong case.  Nor does a
 * decision that nobody vouches for move a case which it cannot name. */
static ApdCase *
only_likely(GPtrArray *cases, const Filing *f)
{
    ApdCase *likely = NULL, *appealed = NULL;
    unsigned n_likely = 0, n_appealed = 0;

    if (f->verdict->authenticity != APD_AUTHENTICITY_GENUINE)
        return NULL;

    for (guint i = 0; i < cases->len; i++) {
        ApdCase *kase = cases->pdata[i];
        if (apd_matter_compare(kase, f->store, f->verdict, f->when) != APD_MATTER_LIKELY)
            continue;
        likely = kase;
        n_likely++;
        if (kase->state == APD_STATE_APPEALED) {
            appealed = kase;
            n_appealed++;
        }
    }
    if (n_appealed == 1)
        return appealed;

    return n_likely == 1 ? likely : NULL;
}

static ApdCase *
best_match(GPtrArray *cases, const Filing *f)
{
    ApdMatter best = APD_MATTER_LIKELY;
    ApdCase *match = NULL;

    /* Newest first: of equal ones the newest wins. */
    for (guint i = 0; i < cases->len; i++) {
        ApdMatter matter = apd_matter_compare(cases->pdata[i], f->store, f->verdict, f->when);
        if (matter > best) {
            best = matter;
            match = cases->pdata[i];
        }
    }
    return match ? match : only_likely(cases, f);
}

/* Whether the change waits for the summary of the first look like its case. */
static bool
waits_for_summary(Filing *f, const ApdCase *kase, bool *ret_waits, GError **error)
{
    ApdTold told;

    if (!apd_ledger_told(f->book->ledger, kase->id, &told, error))
        return false;

    *ret_waits = told.held;
    return true;
}

static bool
tell_change(Filing *f, ApdCase *kase, ApdReason reason, int64_t message_id, GError **error)
{
    bool waits;
    g_autofree char *key = g_strdup_printf("case/%" G_GINT64_FORMAT "/%d/message/%" G_GINT64_FORMAT,
                                           kase->id, kase->round, message_id);

    if (!waits_for_summary(f, kase, &waits, error))
        return false;
    /* What was owed before tells of a case as it no longer is. */
    if (!apd_ledger_drop_owed(f->book->ledger, kase->id, error))
        return false;

    return waits || raise_case(f, kase, reason, key, error);
}

static bool
join_case(Filing *f, ApdCase *kase, GError **error)
{
    ApdChange change = apd_change_apply(kase, f->verdict, f->when, f->now);
    int64_t message_id;

    if (!put_case(f, kase, change.what, error) || !record(f, kase->id, &message_id, error))
        return false;
    if (change.told && !tell_change(f, kase, change.reason, message_id, error))
        return false;

    f->filed = (ApdFiled){ change.told ? APD_FILED_CHANGED : APD_FILED_JOINED, kase->id };
    return true;
}

static bool
file_notice(Filing *f, GError **error)
{
    g_autoptr(GPtrArray) cases = apd_ledger_candidates(
        f->book->ledger, f->store, f->verdict->case_ref, f->now - APD_MATTER_WINDOW, error);
    if (cases == NULL)
        return false;

    ApdCase *match = best_match(cases, f);
    if (match != NULL)
        return join_case(f, match, error);
    if (f->verdict->bearing != APD_BEARING_MOVE && f->verdict->bearing != APD_BEARING_END)
        return open_case(f, error);

    /* It would have moved a case: there is none. */
    int64_t message_id;
    f->filed = (ApdFiled){ APD_FILED_NOTHING, 0 };
    return record(f, 0, &message_id, error);
}

/* --- the rest -------------------------------------------------------------- */

/* What helps a person to find it in the mail program. */
static char *
describe_place(const Filing *f)
{
    gsize size;
    const void *bytes = g_bytes_get_data(f->message->bytes, &size);
    char *envelope = apd_envelope_describe(bytes, size);

    if (*envelope != '\0' || f->message->uid == 0)
        return envelope;
    g_free(envelope);
    g_autofree char *came = apd_time_iso(f->message->received);
    return g_strdup_printf("UID: %u\nReceived: %s", f->message->uid, came);
}

static char *
describe_unreadable(const Filing *f)
{
    g_autofree char *place = describe_place(f);
    const char *why = f->why ? f->why : f->message->fault ? f->message->fault : "";

    return g_strconcat(why, *why && *place ? "\n" : "", place, NULL);
}

static bool
raise_unreadable(Filing *f, GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();
    const char *folder = f->message->folder ? f->message->folder : "";

    alert->key = g_strconcat("unreadable/", f->key, NULL);
    alert->type = APD_ALERT_UNREADABLE;
    alert->severity = APD_SEVERITY_HIGH;
    alert->subject = g_strconcat(f->message->source, *folder ? ": " : "", folder, NULL);
    alert->text = describe_unreadable(f);
    alert->created = f->now;
    return apd_raise_alert(f->book->ledger, f->book->config, alert, NULL, error);
}

static bool
file_within(Filing *f, GError **error)
{
    bool known;
    int64_t message_id;

    if (!apd_ledger_has_message(f->book->ledger, f->key, &known, error))
        return false;
    /* Of what came in part the rest may matter: it is told of in any case. */
    bool unreadable = f->verdict == NULL || f->message->fault != NULL;
    if (!known && unreadable && !raise_unreadable(f, error))
        return false;
    if (!known && f->verdict != NULL && f->verdict->kind != APD_KIND_NONE)
        return file_notice(f, error);

    f->filed.filing = known        ? APD_FILED_KNOWN
                      : unreadable ? APD_FILED_UNREADABLE
                                   : APD_FILED_NOTHING;
    return record(f, 0, &message_id, error);
}

/* What came in part is known by where it stood. */
static char *
make_key(const ApdMessage *message)
{
    gsize size;
    const void *bytes = g_bytes_get_data(message->bytes, &size);

    if (message->fault == NULL)
        return apd_message_key(bytes, size);
    return g_strdup_printf("%s/%s/%u/%u", message->source, message->folder, message->uidvalidity,
                           message->uid);
}

bool
apd_casebook_file(const ApdCasebook *self, const ApdMessage *message, const ApdVerdict *verdict,
                  const char *why, ApdTime now, ApdFiled *ret_filed, GError **error)
{
    g_autofree char *key = make_key(message);
    Filing f = {
        .book = self,
        .message = message,
        .verdict = verdict,
        .why = why,
        .key = key,
        .store = find_store(self->config, message, verdict),
        .when = find_when(message, verdict, now),
        .now = now,
    };

    if (!apd_ledger_begin(self->ledger, error)
        || !apd_ledger_end(self->ledger, file_within(&f, error), error))
        return false;

    *ret_filed = f.filed;
    return true;
}

static bool
looked_back_within(const ApdCasebook *self, const char *source, const char *folder, ApdTime now,
                   GError **error)
{
    ApdCursor cursor;

    if (!apd_ledger_get_cursor(self->ledger, source, folder, &cursor, error))
        return false;

    cursor.looked_back = true;
    return apd_ledger_set_cursor(self->ledger, source, folder, &cursor, error)
           && apd_steps_summarise(self->ledger, self->config, source, folder, now, error);
}

bool
apd_casebook_looked_back(const ApdCasebook *self, const char *source, const char *folder,
                         ApdTime now, GError **error)
{
    return apd_ledger_begin(self->ledger, error)
           && apd_ledger_end(self->ledger, looked_back_within(self, source, folder, now, error),
                             error);
}
