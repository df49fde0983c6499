/* The platform's own endpoints as a source: each topic is asked for in turn, one request
 * at a time, in the main loop.
 *
 * No child does it: what answers is one server that was proved by TLS and that the seller
 * has named, its answers are JSON of bounded size and depth, and curl's multi interface
 * never blocks.  What is free text in them goes through the readers like mail.
 */
#include "base/error.h"
#include "base/text.h"
#include "io/api_question.h"
#include "io/mail_frames.h"
#include "logic/api_filing.h"
#include "logic/api_round.h"
#include "logic/backoff.h"
#include "port/aliexpress_topics.h"
#include "port/source_clock.h"

/* What we are not allowed, or what is gone, is tried again so much later. */
#define LATER APD_DAY

typedef ApdAliexpressTopic Topic;

typedef struct {
    ApdSource source;              /* first member */
    const ApdSourceConfig *config; /* borrowed */
    ApdLedger *ledger;             /* borrowed */
    ApdSourceEvents events;
    void *user_data; /* borrowed */
    ApdHttp *http;   /* owned */
    char *host;      /* owned: of the gateway */
    GArray *topics;  /* owned, element-type Topic */
    Topic *topic;    /* borrowed: whose turn it is; NULL: none's */
    ApdApiQuestion question;
    ApdSourceClock clock;
    bool asking;  /* an answer is on its way */
    bool handed;  /* a record is with the receiver */
    bool handing; /* hand_over() runs */
    guint timer;  /* owned */
} Aliexpress;

static void go_on(Aliexpress *self);
static bool send_question(Aliexpress *self, GError **error);
static void wake_soon(Aliexpress *self);

/* --- the end of a round -------------------------------------------------------------------- */

/* The round goes on where it stopped. */
static void
end_turn(Aliexpress *self, ApdTime pause)
{
    self->topic->due = apd_uptime() + pause;
    self->topic->asked = 0;
    self->topic = NULL;
    wake_soon(self);
}

static void
end_round(Aliexpress *self, ApdTime pause)
{
    apd_aliexpress_topic_clear(self->topic);
    end_turn(self, pause);
}

static void
tell_dark(Aliexpress *self, int code, const char *text)
{
    g_autoptr(GError) why = g_error_new_literal(APD_ERROR, code, text);

    self->events.sight(&self->source, self->topic->name, why, self->user_data);
}

/* What the first look found waits for its end: one that is at fault again and again must
 * do. */
static void
end_first_look(Aliexpress *self)
{
    if (self->topic->first_look)
        self->events.looked_back(&self->source, self->topic->name, self->user_data);
}

/* Trouble that may pass: told when it stays. */
static void
fail_round(Aliexpress *self, const char *text)
{
    ApdTime wait = apd_backoff_wait((int) ++self->topic->failures, g_random_int(), APD_HOUR);

    if (self->topic->failures >= APD_ALIEXPRESS_PATIENCE)
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

/* Whatever was at fault in it, all that could be asked was. */
static void
finish_round(Aliexpress *self)
{
    Topic *topic = self->topic;
    g_autoptr(GError) error = NULL;
    bool passing = !apd_api_round_check(topic->round, &error) && error->code == APD_ERROR_TRANSIENT;

    topic->rounds++;
    topic->gone = false;
    if (!passing || topic->failures + 1 >= APD_ALIEXPRESS_PATIENCE)
        end_first_look(self);
    if (passing) {
        fail_round(self, error->message);
        return;
    }
    topic->failures = 0;
    self->events.sight(&self->source, topic->name, error, self->user_data);
    end_round(self, topic->every);
}

/* The question gets no answer: the round goes on without it, if it can, and if that is
 * not one too many in a row. */
static void
lose_question(Aliexpress *self, int code, const char *text)
{
    bool good = apd_api_round_skip(self->topic->round, text);

    apd_aliexpress_topic_stumble(self->topic, good, code, text);
    go_on(self);
}

static void
end_lost(Aliexpress *self)
{
    g_autoptr(GError) why = g_steal_pointer(&self->topic->lost);

    if (self->topic->good && self->topic->failures + 1 >= APD_ALIEXPRESS_PATIENCE)
        end_first_look(self);
    if (why->code == APD_ERROR_REFUSED)
        refuse_round(self, why->message);
    else
        fail_round(self, why->message);
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
    g_autofree char *text = NULL;

    if (apd_aliexpress_topic_renew(self->topic, self->question.token_mark)) {
        text = g_strdup_printf(APD_MAIL_SAYS_TOKEN ": %s", said);
        refuse_round(self, text);
        return;
    }
    text = g_strdup_printf("the platform refuses a new access token, too: %s (run: appealctl login "
                           "%s)",
                           said, self->config->name);
    refuse_for_long(self, text);
}

static void
wait_out(Aliexpress *self, const ApdApiAnswer *answer)
{
    ApdTime wait = apd_aliexpress_topic_ban(self->topic, self->config, self->ledger, answer->wait);
    g_autofree char *span = apd_duration_format(wait);
    g_autofree char *text =
        g_strdup_printf("the platform allows no question for %s: %s", span, answer->text);

    if (wait > APD_ALIEXPRESS_LONG_BAN || self->topic->stumbles >= APD_ALIEXPRESS_PATIENCE)
        tell_dark(self, APD_ERROR_TRANSIENT, text);
    if (wait > APD_ALIEXPRESS_LONG_BAN)
        end_round(self, wait);
    else
        end_turn(self, wait);
}

static void
take_remedy(Aliexpress *self, const ApdHttpResponse *response, const ApdApiAnswer *answer)
{
    g_autofree char *text = tell_answer(self, answer);
    bool lasting = answer->remedy == APD_REMEDY_FORBIDDEN || answer->remedy == APD_REMEDY_GONE
                   || answer->remedy == APD_REMEDY_FIX;

    /* After a good answer it is of this question alone, or of the method that gives details. */
    if (lasting && self->topic->good) {
        lose_question(self, APD_ERROR_REFUSED, text);
        return;
    }
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
        refuse_for_long(self, text);
        return;
    case APD_REMEDY_APP:
        refuse_round(self, text);
        return;
    default:
        lose_question(self, APD_ERROR_TRANSIENT, answer->text);
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
        lose_question(self, error->code, error->message);
        return;
    }
    apd_api_question_read(&self->question, self->config, response, &answer);
    if (answer.remedy != APD_REMEDY_NONE) {
        take_remedy(self, response, &answer);
        return;
    }
    self->topic->tokens = 0;
    apd_source_clock_look(&self->clock, response, &self->source, &self->events, self->user_data);
    if (apd_api_round_take(self->topic->round, answer.root, &why)) {
        self->topic->stumbles = 0;
        self->topic->good = true;
        go_on(self);
    } else {
        lose_question(self, APD_ERROR_REFUSED, why->message);
    }
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

    if (self->topic->asked++ >= APD_ALIEXPRESS_TURN) {
        end_turn(self, 0);
        return;
    }
    apd_api_question_clear(&self->question);
    self->question.fields = apd_api_round_ask(self->topic->round, &method);
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
                                self->topic->first_look };

    self->handed = true;
    self->events.message(&self->source, apd_api_filing_message(&place, record, apd_now()),
                         self->user_data);
}

/* A mark that nothing is to be filed for. */
static void
move_mark(Aliexpress *self, const ApdApiRecord *record)
{
    if (self->topic->lost == NULL)
        apd_ledger_set_mark(self->ledger, self->source.name, record->mark, record->value,
                            &self->topic->lost);
}

/* A record may be filed while it is handed over, or later. */
static void
go_on(Aliexpress *self)
{
    if (self->handing)
        return;

    self->handing = true;
    while (self->topic != NULL && !self->handed) {
        g_autoptr(ApdApiRecord) record = apd_api_round_next(self->topic->round);
        if (record == NULL)
            break;
        if (record->id == NULL)
            move_mark(self, record);
        else
            hand(self, record);
    }
    self->handing = false;
    if (self->topic == NULL || self->handed || self->asking)
        return;
    if (self->topic->lost != NULL)
        end_lost(self);
    else
        ask_next(self);
}

/* --- when ---------------------------------------------------------------------------- */

/* A ban from before this start. */
static void
sit_out(Aliexpress *self)
{
    g_autofree char *text = apd_aliexpress_topic_ban_text(self->topic);

    tell_dark(self, APD_ERROR_TRANSIENT, text);
    end_turn(self, self->topic->banned - apd_uptime());
}

static gboolean
on_timer(gpointer user_data)
{
    Aliexpress *self = user_data;
    Topic *topic = apd_aliexpress_topics_first(self->topics);

    self->timer = 0;
    if (self->topic != NULL)
        return G_SOURCE_REMOVE;
    if (topic->due <= apd_uptime()
        && apd_aliexpress_topic_begin(topic, self->config, self->ledger, self->host)) {
        self->topic = topic;
        if (topic->banned > apd_uptime())
            sit_out(self);
        else
            go_on(self);
    } else {
        wake_soon(self);
    }
    return G_SOURCE_REMOVE;
}

/* A timer does not run in suspend: it is set for an hour at most. */
static void
wake_soon(Aliexpress *self)
{
    ApdTime wait =
        CLAMP(apd_aliexpress_topics_first(self->topics)->due - apd_uptime(), 0, APD_HOUR);

    g_clear_handle_id(&self->timer, g_source_remove);
    self->timer = g_timeout_add((guint) (wait / 1000) + 1, on_timer, self);
}

static void
aliexpress_poke(ApdSource *source)
{
    Aliexpress *self = (Aliexpress *) source;

    apd_aliexpress_topics_poke(self->topics);
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
aliexpress_close(ApdSource *source)
{
    Aliexpress *self = (Aliexpress *) source;

    self->topic = NULL;
    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_pointer(&self->http, apd_http_free);
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
    self->topics = apd_aliexpress_topics_new(config, ledger, self->host);
    self->http = apd_http_new();
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
