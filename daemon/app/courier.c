#include "app/courier.h"

#include <string.h>

#include "base/error.h"
#include "io/phrases.h"
#include "io/secret.h"
#include "logic/wording.h"

struct ApdCourier {
    const ApdChannelConfig *channel; /* borrowed */
    const ApdChannelType *type;      /* borrowed */
    ApdHttp *http;                   /* borrowed */
    ApdPhrases *phrases;             /* owned */
    GTimeZone *zone;                 /* owned */
    char *url;                       /* owned, secret; NULL: not read yet, or none */
    char *secret;                    /* owned, secret; likewise */
    struct Errand *errand;           /* owned: under way; NULL: not busy */
};

/* One delivery under way.  Outlives a courier that is freed meanwhile, since
 * its request may still be in flight. */
typedef struct Errand {
    ApdCourier *courier; /* borrowed; NULL: nobody waits any more */
    ApdCourierDone done;
    void *user_data;        /* borrowed */
    guint soon;             /* owned: an idle call that ends it; 0: an answer does */
    ApdJudgement judgement; /* of channels that end at once */
} Errand;

ApdCourier *
apd_courier_new(const ApdChannelConfig *channel, const ApdConfig *config, ApdHttp *http,
                GError **error)
{
    const char *language = channel->language ? channel->language : config->language;
    g_autoptr(ApdPhrases) phrases =
        apd_phrases_load(config->rules_dir, config->user_rules_dir, language, error);
    if (phrases == NULL)
        return NULL;

    ApdCourier *self = g_new0(ApdCourier, 1);
    self->channel = channel;
    self->type = apd_channel_find(channel->type);
    self->http = http;
    self->phrases = g_steal_pointer(&phrases);
    self->zone = apd_config_zone(config);
    return self;
}

static void
forget_secrets(ApdCourier *self)
{
    g_clear_pointer(&self->url, apd_secret_free);
    g_clear_pointer(&self->secret, apd_secret_free);
}

/* Nobody waits for the verdict any more; an answer on its way frees it later. */
static void
drop_errand(Errand *errand)
{
    errand->courier = NULL;
    if (errand->soon == 0)
        return;

    g_source_remove(errand->soon);
    g_free(errand->judgement.text);
    g_free(errand);
}

void
apd_courier_free(ApdCourier *self)
{
    if (self == NULL)
        return;

    if (self->errand != NULL)
        drop_errand(self->errand);
    forget_secrets(self);
    apd_phrases_free(self->phrases);
    g_time_zone_unref(self->zone);
    g_free(self);
}

bool
apd_courier_is_elsewhere(const ApdCourier *self)
{
    return self->type->elsewhere;
}

bool
apd_courier_is_busy(const ApdCourier *self)
{
    return self->errand != NULL;
}

/* Hands the verdict over and ends the errand. */
static void
finish(Errand *errand, ApdJudgement *judgement)
{
    ApdCourier *self = errand->courier;

    if (self != NULL) {
        self->errand = NULL;

        /* Perhaps a person has changed the file meanwhile. */
        if (judgement->taking == APD_REFUSED)
            forget_secrets(self);
        errand->done(judgement, errand->user_data);
    }
    g_free(judgement->text);
    g_free(errand);
}

static gboolean
on_finish(gpointer user_data)
{
    Errand *errand = user_data;

    finish(errand, &errand->judgement);
    return G_SOURCE_REMOVE;
}

/* For verdicts that are known at once: they still come from the main context. */
static void
finish_soon(Errand *errand, const GError *error)
{
    errand->judgement.taking = error == NULL ? APD_TAKEN
                               : g_error_matches(error, APD_ERROR, APD_ERROR_TRANSIENT)
                                   ? APD_TRY_AGAIN
                                   : APD_REFUSED;
    errand->judgement.text = error ? g_strdup(error->message) : NULL;
    errand->soon = g_idle_add_full(G_PRIORITY_DEFAULT, on_finish, errand, NULL);
}

static void
on_answer(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Errand *errand = user_data;
    ApdJudgement judgement = { APD_TRY_AGAIN, 0, NULL };

    if (errand->courier == NULL) {
        g_free(errand);
        return;
    }
    if (response != NULL) {
        errand->courier->type->judge(response, apd_now(), &judgement);
    } else {
        if (g_error_matches(error, APD_ERROR, APD_ERROR_REFUSED))
            judgement.taking = APD_REFUSED;
        judgement.text = g_strdup(error->message);
    }
    finish(errand, &judgement);
}

static bool
read_secrets(ApdCourier *self, GError **error)
{
    const ApdChannelConfig *channel = self->channel;

    if (self->url == NULL && apd_secret_is_set(&channel->url)) {
        self->url = apd_secret_read(&channel->url, error);
        if (self->url == NULL)
            return false;
    }
    if (self->secret == NULL && apd_secret_is_set(&channel->secret)) {
        self->secret = apd_secret_read(&channel->secret, error);
        if (self->secret == NULL)
            return false;
    }
    if (self->url != NULL && !g_str_has_prefix(self->url, "https://")
        && !g_str_has_prefix(self->url, "http://")) {
        g_set_error_literal(error, APD_ERROR, APD_ERROR_CONFIG,
                            "the url is no https:// address (the url file must hold it alone, on "
                            "its first line)");
        return false;
    }
    return true;
}

static bool
send_request(ApdCourier *self, const ApdParcel *parcel, GError **error)
{
    ApdHttpRequest request = { NULL };
    bool good = self->type->build(self->channel, parcel, &request, error);

    if (good) {
        request.ca_file = g_strdup(self->channel->ca_file);
        apd_http_send(self->http, &request, on_answer, self->errand);
    }
    apd_http_request_clear(&request);
    return good;
}

void
apd_courier_send(ApdCourier *self, const ApdAlert *alert, const char *idempotency, ApdTime now,
                 ApdCourierDone done, void *user_data)
{
    g_autoptr(GError) error = NULL;

    if (self->errand != NULL)
        return;

    self->errand = g_new0(Errand, 1);
    self->errand->courier = self;
    self->errand->done = done;
    self->errand->user_data = user_data;
    if (!read_secrets(self, &error)) {
        finish_soon(self->errand, error);
        return;
    }

    g_autoptr(ApdWording) wording = apd_wording_make(self->phrases, alert, now, self->zone);
    const ApdParcel parcel = { alert, wording, idempotency, now, self->url, self->secret };
    if (self->type->put != NULL) {
        self->type->put(self->channel, &parcel, &error);
        finish_soon(self->errand, error);
    } else if (!send_request(self, &parcel, &error)) {
        finish_soon(self->errand, error);
    }
}
