/* The platform's own endpoints as a source: each topic is asked for in turn, one request
 * at a time, in the main loop.
 *
 * No child does it: what answers is one server that was proved by TLS and that the seller
 * has named, its answers are JSON of bounded size and depth, and curl's multi interface
 * never blocks.  What is free text in them goes through the readers like mail.
 */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "io/api_question.h"
#include "io/mail_frames.h"
#include "logic/api_filing.h"
#include "logic/api_round.h"
#include "logic/backoff.h"
#include "port/source_clock.h"

/* A network that drops a request is no news; one that drops three is. */
#define PATIENCE 3

/* What we are not allowed, or what is gone, is tried again so much later. */
#define LATER APD_DAY

/* So many different access tokens are refused in a row: another is no use. */
#define TOKENS 2

/* Who may not ask for longer is not looking. */
#define LONG_BAN (10 * APD_MINUTE)

/* What looks unchanged is looked at anew in every so many rounds. */
#define THOROUGH 12

typedef struct {
    const char *name; /* borrowed of the configuration */
    ApdTime due;      /* of apd_uptime() */
    ApdTime every;
    guint failures; /* in a row */
    guint rounds;
    guint token;  /* the last one that was refused, as a hash */
    guint tokens; /* different ones that were, in a row */
    bool gone;    /* not allowed, or not there: told */
} Topic;

typedef struct {
    ApdSource source;              /* first member */
    const ApdSourceConfig *config; /* borrowed */
    ApdLedger *ledger;             /* borrowed */
    ApdSourceEvents events;
    void *user_data;    /* borrowed */
    ApdHttp *http;      /* owned */
    char *host;         /* owned: of the gateway */
    GArray *topics;     /* owned, element-type Topic */
    Topic *topic;       /* borrowed: whose round it is; NULL: none */
    ApdApiRound *round; /* owned; NULL: none */
    GHashTable *marks;  /* owned: of this round */
    ApdApiQuestion question;
    ApdSourceClock clock;
    bool first_look; /* this round is */
    bool asking;     /* an answer is on its way */
    bool handed;     /* a record is with the receiver */
    bool handing;    /* hand_over() runs */
    guint timer;     /* owned */
} Aliexpress;

static void go_on(Aliexpress *self);
static bool send_question(Aliexpress *self, GError **error);
static void wake_soon(Aliexpress *self);

/* --- the end of a round -------------------------------------------------------------------- */

static void
end_round(Aliexpress *self, ApdTime pause)
{
    self->topic->due = apd_uptime() + pause;
    self->topic = NULL;
    g_clear_pointer(&self->round, apd_api_round_free);
    g_clear_pointer(&self->marks, g_hash_table_unref);
    wake_soon(self);
}

static void
tell_dark(Aliexpress *self, int code, const char *text)
{
    g_autoptr(GError) why = g_error_new_literal(APD_ERROR, code, text);

    self->events.sight(&self->source, self->topic->name, why, self->user_data);
}

/* Trouble that may pass: told when it stays. */
static void
fail_round(Aliexpress *self, const char *text)
{
    ApdTime wait = apd_backoff_wait((int) ++self->topic->failures, g_random_int(), APD_HOUR);

    if (self->topic->failures >= PATIENCE)
        tell_dark(self, APD_ERROR_TRANSIENT, text);
    end_round(self, MIN(wait, self->topic->every));
}

/* Trouble that a person must mend. */
static void
refuse_round(Aliexpress *self, const char *text)
{
    self->topic->failures++;
    tell_dark(self, APD_ERROR_REFUSED, text);
    end_round(self, self->topic->every);
}

/* Trouble that a person must mend, and that asking does not. */
static void
refuse_for_long(Aliexpress *self, const char *text)
{
    ApdTime wait = apd_backoff_wait((int) ++self->topic->failures, g_random_int(), APD_NEVER);

    tell_dark(self, APD_ERROR_REFUSED, text);
    end_round(self, MAX(wait, self->topic->every));
}

static void
finish_round(Aliexpress *self)
{
    g_autoptr(GError) error = NULL;

    self->topic->failures = 0;
    self->topic->rounds++;
    if (self->first_look)
        self->events.looked_back(&self->source, self->topic->name, self->user_data);
    apd_api_round_check(self->round, &error);
    self->topic->gone = false;
    self->events.sight(&self->source, self->topic->name, error, self->user_data);
    end_round(self, self->topic->every);
}

/* --- what an answer asks for ---------------------------------------------------------------- */

/* Returns: (transfer full): what a person is to be told of it. */
static char *
tell_answer(const Aliexpress *self, const ApdApiAnswer *answer)
{
    return apd_api_answer_tell(
        answer, apd_platform_get(self->config->platform, "method", self->question.method, "name"));
}

/* Told once; the other topics go on. */
static void
lose_method(Aliexpress *self, const ApdApiAnswer *answer)
{
    g_autofree char *text = tell_answer(self, answer);

    self->topic->gone = true;
    self->events.gone(&self->source, self->topic->name, text, self->user_data);
    end_round(self, LATER);
}

/* Once more, by the clock of the platform if ours is not like it. */
static bool
ask_again(Aliexpress *self, ApdTime off, GError **error)
{
    if (self->question.again)
        return false;
    self->question.again = true;
    self->clock.off = off;
    return send_question(self, error);
}

static void
mend_clock(Aliexpress *self, const ApdHttpResponse *response, const ApdApiAnswer *answer)
{
    ApdTime off = apd_source_clock_measure(response);
    g_autofree char *text = off != 0 ? apd_source_clock_text(off) : tell_answer(self, answer);
    g_autoptr(GError) error = NULL;

    if (ask_again(self, off, &error))
        return;
    if (off != 0)
        apd_source_clock_tell(&self->clock, off, &self->source, &self->events, self->user_data);
    refuse_round(self, error ? error->message : text);
}

/* One that is refused is renewed, and one that is renewed and refused is not: that
 * would go on for ever. */
static void
renew_token(Aliexpress *self, const char *said)
{
    Topic *topic = self->topic;
    guint token = self->question.token_mark;

    topic->tokens += topic->tokens == 0 || token != topic->token ? 1 : 0;
    topic->token = token;
    if (topic->tokens < TOKENS) {
        g_autofree char *text = g_strdup_printf(APD_MAIL_SAYS_TOKEN ": %s", said);
        refuse_round(self, text);
        return;
    }
    g_autofree char *text =
        g_strdup_printf("the platform refuses a new access token, too: %s (run: appealctl login "
                        "%s)",
                        said, self->config->name);
    refuse_for_long(self, text);
}

static void
wait_out(Aliexpress *self, const ApdApiAnswer *answer)
{
    ApdTime wait = answer->wait > 0 ? answer->wait : APD_MINUTE;
    guint failures = ++self->topic->failures;

    /* Seconds are usual; "0 seconds", again and again, is no leave to go on so. */
    if (failures >= PATIENCE)
        wait = MAX(wait, MIN(apd_backoff_wait((int) failures, g_random_int(), APD_HOUR),
                             self->topic->every));
    g_autofree char *span = apd_duration_format(wait);
    g_autofree char *text =
        g_strdup_printf("the platform allows no question for %s: %s", span, answer->text);
    if (wait > LONG_BAN || failures >= PATIENCE)
        tell_dark(self, APD_ERROR_TRANSIENT, text);
    end_round(self, wait);
}

static void
take_remedy(Aliexpress *self, const ApdHttpResponse *response, const ApdApiAnswer *answer)
{
    g_autofree char *text = NULL;

    switch (answer->remedy) {
    case APD_REMEDY_WAIT:
        wait_out(self, answer);
        return;
    case APD_REMEDY_FORBIDDEN:
    case APD_REMEDY_GONE:
        lose_method(self, answer);
        return;
    case APD_REMEDY_RENEW:
    case APD_REMEDY_LOGIN:
        renew_token(self, answer->text);
        return;
    case APD_REMEDY_CLOCK:
        mend_clock(self, response, answer);
        return;
    case APD_REMEDY_FIX:
        text = tell_answer(self, answer);
        refuse_for_long(self, text);
        return;
    case APD_REMEDY_APP:
        text = tell_answer(self, answer);
        refuse_round(self, text);
        return;
    default:
        fail_round(self, answer->text);
    }
}

static void
on_answer(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Aliexpress *self = user_data;
    g_auto(ApdApiAnswer) answer = { 0 };
    g_autoptr(GError) why = NULL;

    self->asking = false;
    if (self->topic == NULL) /* closing */
        return;
    if (error != NULL) {
        if (error->code == APD_ERROR_REFUSED)
            refuse_round(self, error->message);
        else
            fail_round(self, error->message);
        return;
    }
    apd_api_question_read(&self->question, self->config, response, &answer);
    if (answer.remedy != APD_REMEDY_NONE) {
        take_remedy(self, response, &answer);
        return;
    }
    self->topic->tokens = 0;
    apd_source_clock_look(&self->clock, response, &self->source, &self->events, self->user_data);
    if (!apd_api_round_take(self->round, answer.root, &why))
        refuse_round(self, why->message);
    else
        go_on(self);
}

/* --- asking -------------------------------------------------------------------------- */

static bool
send_question(Aliexpress *self, GError **error)
{
    self->asking = apd_api_question_send(&self->question, self->config, self->http,
                                         apd_now() + self->clock.off, on_answer, self, error);
    return self->asking;
}

static void
ask_next(Aliexpress *self)
{
    const char *method = NULL;
    g_autoptr(GError) error = NULL;

    apd_api_question_clear(&self->question);
    self->question.fields = apd_api_round_ask(self->round, &method);
    if (self->question.fields == NULL) {
        finish_round(self);
        return;
    }
    self->question.method = g_strdup(method);
    if (send_question(self, &error))
        return;
    /* A token that is being renewed: who renews it tells why that fails, and better. */
    if (error->code == APD_ERROR_TRANSIENT)
        end_round(self, self->topic->every);
    else
        refuse_round(self, error->message);
}

/* --- handing over -------------------------------------------------------------------- */

static void
hand(Aliexpress *self, ApdApiRecord *record)
{
    const ApdApiPlace place = { self->source.name, self->topic->name, self->host,
                                self->first_look };

    self->handed = true;
    self->events.message(&self->source, apd_api_filing_message(&place, record, apd_now()),
                         self->user_data);
}

/* A record may be filed while it is handed over, or later. */
static void
go_on(Aliexpress *self)
{
    if (self->handing)
        return;

    self->handing = true;
    while (self->round != NULL && !self->handed) {
        g_autoptr(ApdApiRecord) record = apd_api_round_next(self->round);
        if (record == NULL)
            break;
        hand(self, record);
    }
    self->handing = false;
    if (self->round != NULL && !self->handed && !self->asking)
        ask_next(self);
}

/* --- when ---------------------------------------------------------------------------- */

static bool
begin_round(Aliexpress *self, Topic *topic)
{
    ApdCursor cursor;
    bool thorough = topic->rounds % THOROUGH == 0;

    self->topic = topic;
    self->marks = apd_ledger_marks(self->ledger, self->source.name, NULL);
    if (self->marks == NULL
        || !apd_ledger_get_cursor(self->ledger, self->source.name, topic->name, &cursor, NULL)) {
        g_clear_pointer(&self->marks, g_hash_table_unref);
        self->topic = NULL;
        topic->due = apd_uptime() + APD_MINUTE;
        return false;
    }
    self->first_look = !cursor.looked_back;
    self->round = apd_api_round_new(self->config->platform, topic->name, self->marks, self->host,
                                    thorough, apd_now());
    return true;
}

static Topic *
most_due(const Aliexpress *self)
{
    Topic *best = NULL;

    for (guint i = 0; i < self->topics->len; i++) {
        Topic *topic = &g_array_index(self->topics, Topic, i);
        if (best == NULL || topic->due < best->due)
            best = topic;
    }
    return best;
}

static gboolean
on_timer(gpointer user_data)
{
    Aliexpress *self = user_data;
    Topic *topic = most_due(self);

    self->timer = 0;
    if (self->topic != NULL)
        return G_SOURCE_REMOVE;
    if (topic->due <= apd_uptime() && begin_round(self, topic))
        go_on(self);
    else
        wake_soon(self);
    return G_SOURCE_REMOVE;
}

/* A timer does not run in suspend: it is set for an hour at most. */
static void
wake_soon(Aliexpress *self)
{
    ApdTime wait = CLAMP(most_due(self)->due - apd_uptime(), 0, APD_HOUR);

    g_clear_handle_id(&self->timer, g_source_remove);
    self->timer = g_timeout_add((guint) (wait / 1000) + 1, on_timer, self);
}

static void
aliexpress_poke(ApdSource *source)
{
    Aliexpress *self = (Aliexpress *) source;

    for (guint i = 0; i < self->topics->len; i++) {
        Topic *topic = &g_array_index(self->topics, Topic, i);
        if (!topic->gone)
            topic->due = apd_uptime();
    }
    if (self->topic == NULL)
        wake_soon(self);
}

static void
aliexpress_stored(ApdSource *source, const ApdMessage *message)
{
    Aliexpress *self = (Aliexpress *) source;

    (void) message;
    self->handed = false;
    go_on(self);
}

/* --- opening and closing ------------------------------------------------------------- */

static void
add_topics(Aliexpress *self)
{
    for (char **name = self->config->folders; *name != NULL; name++) {
        const char *every = apd_platform_get(self->config->platform, "method", *name, "every");
        Topic topic = { .name = *name, .every = self->config->poll };
        ApdTime least = 0;
        /* A gateway of one's own is asked as often as one likes. */
        if (every != NULL && apd_duration_parse(every, &least)
            && g_str_has_suffix(self->host, "aliexpress.com"))
            topic.every = MAX(topic.every, least);
        g_array_append_val(self->topics, topic);
    }
}

static void
aliexpress_close(ApdSource *source)
{
    Aliexpress *self = (Aliexpress *) source;

    self->topic = NULL;
    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_pointer(&self->http, apd_http_free);
    g_clear_pointer(&self->round, apd_api_round_free);
    g_clear_pointer(&self->marks, g_hash_table_unref);
    g_array_unref(self->topics);
    apd_api_question_clear(&self->question);
    g_free(self->host);
    g_free(self->source.name);
    g_free(self);
}

static ApdSource *
aliexpress_open(const ApdSourceConfig *config, ApdTime look_back, ApdLedger *ledger,
                const ApdSourceEvents *events, void *user_data, GError **error)
{
    Aliexpress *self = g_new0(Aliexpress, 1);
    g_autoptr(GUri) uri = g_uri_parse(config->gateway, G_URI_FLAGS_NONE, NULL);

    (void) look_back; /* only what still runs is asked for */
    (void) error;
    self->source.type = &apd_source_aliexpress;
    self->source.name = g_strdup(config->section);
    self->config = config;
    self->ledger = ledger;
    self->events = *events;
    self->user_data = user_data;
    self->host = g_strdup(uri ? g_uri_get_host(uri) : config->gateway);
    self->topics = g_array_new(FALSE, TRUE, sizeof(Topic));
    self->http = apd_http_new();
    add_topics(self);
    wake_soon(self);
    return &self->source;
}

const ApdSourceType apd_source_aliexpress = {
    .name = "aliexpress",
    .open = aliexpress_open,
    .stored = aliexpress_stored,
    .poke = aliexpress_poke,
    .close = aliexpress_close,
};
