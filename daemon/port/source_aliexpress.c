/* The platform's own endpoints as a source: each topic is asked for in turn, one request
 * at a time, in the main loop.
 *
 * No child does it: what answers is one server that was proved by TLS and that the seller
 * has named, its answers are JSON of bounded size and depth, and curl's multi interface
 * never blocks.  What is free text in them goes through the readers like mail.
 */
#include "base/error.h"
#include "logic/api_filing.h"
#include "port/aliexpress.h"

typedef ApdAliexpressTopic Topic;

static void
on_answer(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    ApdAliexpress *self = user_data;
    g_auto(ApdApiAnswer) answer = { 0 };
    g_autoptr(GError) why = NULL;

    self->asking = false;
    if (self->topic == NULL) /* closing */
        return;
    if (error != NULL) {
        apd_aliexpress_lose_question(self, error->code, error->message);
        return;
    }
    apd_api_question_read(&self->question, self->config, response, &answer);
    if (answer.remedy != APD_REMEDY_NONE) {
        apd_aliexpress_take_remedy(self, response, &answer);
        return;
    }
    self->topic->tokens = 0;
    apd_source_clock_look(&self->clock, response, &self->source, &self->events, self->user_data);
    if (apd_api_round_take(self->topic->round, answer.root, &why)) {
        self->topic->stumbles = 0;
        self->topic->good = true;
        apd_aliexpress_go_on(self);
    } else {
        apd_aliexpress_lose_question(self, APD_ERROR_REFUSED, why->message);
    }
}

/* --- asking -------------------------------------------------------------------------- */

bool
apd_aliexpress_send(ApdAliexpress *self, GError **error)
{
    self->asking = apd_api_question_send(&self->question, self->config, self->http,
                                         apd_now() + self->clock.off, on_answer, self, error);
    return self->asking;
}

static void
ask_next(ApdAliexpress *self)
{
    const char *method = NULL;
    g_autoptr(GError) error = NULL;

    if (self->topic->asked++ >= APD_ALIEXPRESS_TURN) {
        apd_aliexpress_end_turn(self, 0);
        return;
    }
    apd_api_question_clear(&self->question);
    self->question.fields = apd_api_round_ask(self->topic->round, &method);
    if (self->question.fields == NULL) {
        apd_aliexpress_finish(self);
        return;
    }
    self->question.method = g_strdup(method);
    if (apd_aliexpress_send(self, &error))
        return;
    /* A token that is being renewed: who renews it tells why that fails, and better. */
    if (error->code == APD_ERROR_TRANSIENT)
        apd_aliexpress_end_round(self, self->topic->every);
    else
        apd_aliexpress_refuse(self, error->message);
}

/* --- handing over -------------------------------------------------------------------- */

static void
hand(ApdAliexpress *self, ApdApiRecord *record)
{
    const ApdApiPlace place = { self->source.name, self->topic->name, self->host,
                                self->topic->first_look };

    self->handed = true;
    self->events.message(&self->source, apd_api_filing_message(&place, record, apd_now()),
                         self->user_data);
}

/* A mark that nothing is to be filed for. */
static void
move_mark(ApdAliexpress *self, const ApdApiRecord *record)
{
    if (self->topic->lost == NULL)
        apd_ledger_set_mark(self->ledger, self->source.name, record->mark, record->value,
                            &self->topic->lost);
}

/* A record may be filed while it is handed over, or later. */
void
apd_aliexpress_go_on(ApdAliexpress *self)
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
        apd_aliexpress_end_lost(self);
    else
        ask_next(self);
}

/* --- when ---------------------------------------------------------------------------- */

static gboolean
on_timer(gpointer user_data)
{
    ApdAliexpress *self = user_data;
    Topic *topic = apd_aliexpress_topics_first(self->topics);

    self->timer = 0;
    if (self->topic != NULL)
        return G_SOURCE_REMOVE;
    if (topic->due <= apd_uptime()
        && apd_aliexpress_topic_begin(topic, self->config, self->ledger, self->host)) {
        self->topic = topic;
        if (topic->banned > apd_uptime())
            apd_aliexpress_sit_out(self);
        else
            apd_aliexpress_go_on(self);
    } else {
        apd_aliexpress_wake_soon(self);
    }
    return G_SOURCE_REMOVE;
}

/* A timer does not run in suspend: it is set for an hour at most. */
void
apd_aliexpress_wake_soon(ApdAliexpress *self)
{
    ApdTime wait =
        CLAMP(apd_aliexpress_topics_first(self->topics)->due - apd_uptime(), 0, APD_HOUR);

    g_clear_handle_id(&self->timer, g_source_remove);
    self->timer = g_timeout_add((guint) (wait / 1000) + 1, on_timer, self);
}

static void
aliexpress_poke(ApdSource *source)
{
    ApdAliexpress *self = (ApdAliexpress *) source;

    apd_aliexpress_topics_poke(self->topics);
    if (self->topic == NULL)
        apd_aliexpress_wake_soon(self);
}

static void
aliexpress_stored(ApdSource *source, const ApdMessage *message)
{
    ApdAliexpress *self = (ApdAliexpress *) source;

    (void) message;
    self->handed = false;
    apd_aliexpress_go_on(self);
}

/* --- opening and closing ------------------------------------------------------------- */

static void
aliexpress_close(ApdSource *source)
{
    ApdAliexpress *self = (ApdAliexpress *) source;

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
    ApdAliexpress *self = g_new0(ApdAliexpress, 1);
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
    apd_aliexpress_wake_soon(self);
    return &self->source;
}

const ApdSourceType apd_source_aliexpress = {
    .name = "aliexpress",
    .open = aliexpress_open,
    .stored = aliexpress_stored,
    .poke = aliexpress_poke,
    .close = aliexpress_close,
};
