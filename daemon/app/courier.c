#include "app/courier.h"

#include <string.h>

#include "base/error.h"
#include "base/mask.h"
#include "io/phrases.h"
#include "io/secret.h"
#include "logic/wording.h"
#include "port/channel_tools.h"

struct ApdCourier {
    const ApdChannelConfig *channel; /* borrowed */
    const ApdChannelType *type;      /* borrowed */
    ApdHttp *http;                   /* borrowed */
    ApdPhrases *phrases;             /* owned */
    GTimeZone *zone;                 /* owned */
    char *url;                       /* owned, secret; NULL: not read yet, or none */
    char *secret;                    /* owned, secret; likewise */
    char *token;                     /* owned, secret; likewise */
    char *moved;                     /* owned: the place's new name; NULL: it has not moved */
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
    char *rest;             /* owned: whom alone it is for; NULL: all */
    ApdHttpRequest plain;   /* owned: what to send when the rich form is refused; empty: none */
} Errand;

static void
free_errand(Errand *errand)
{
    apd_judgement_clear(&errand->judgement);
    apd_http_request_clear(&errand->plain);
    g_free(errand->rest);
    g_free(errand);
}

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
    g_clear_pointer(&self->token, apd_secret_free);
}

/* Nobody waits for the verdict any more; an answer on its way frees it later. */
static void
drop_errand(Errand *errand)
{
    errand->courier = NULL;
    if (errand->soon == 0)
        return;

    g_source_remove(errand->soon);
    free_errand(errand);
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
    g_free(self->moved);
    g_free(self);
}

bool
apd_courier_is_elsewhere(const ApdCourier *self)
{
    return self->type->elsewhere;
}

/* NULL: nowhere the service could move it from. */
static const char *
place_of(const ApdChannelConfig *channel)
{
    const char *key = apd_channel_find(channel->type)->place;

    return key ? apd_channel_option(channel, key, "") : NULL;
}

const char *
apd_courier_new_place(const ApdChannelConfig *channel, const ApdDestination *known)
{
    return g_strcmp0(known->place, place_of(channel)) == 0 ? known->moved : NULL;
}

void
apd_courier_recall(ApdCourier *self, const ApdDestination *known)
{
    g_free(self->moved);
    self->moved = g_strdup(apd_courier_new_place(self->channel, known));
}

void
apd_courier_remember(const ApdCourier *self, ApdDestination *known)
{
    apd_destination_clear(known);
    known->place = g_strdup(place_of(self->channel));
    known->moved = g_strdup(self->moved);
}

const ApdRate *
apd_courier_rate(const ApdCourier *self)
{
    return &self->type->rate;
}

bool
apd_courier_takes_digests(const ApdCourier *self)
{
    return self->type->rate.burst > 0 && !self->type->one_by_one;
}

bool
apd_courier_is_sticky(const ApdCourier *self)
{
    return self->type->idempotent && apd_courier_takes_digests(self);
}

bool
apd_courier_spares_half_hours(const ApdCourier *self)
{
    return self->type->spare_half_hours;
}

bool
apd_courier_is_unseen(const ApdCourier *self)
{
    return self->type->unseen;
}

bool
apd_courier_is_busy(const ApdCourier *self)
{
    return self->errand != NULL;
}

/* Services may repeat what they were sent, and texts end in logs. */
static void
mask_secrets(const ApdCourier *self, char **text)
{
    apd_mask_url(text, self->url);
    apd_mask(text, self->secret);
    apd_mask(text, self->token);
}

/* Hands the verdict over and ends the errand. */
static void
finish(Errand *errand)
{
    ApdCourier *self = errand->courier;
    ApdJudgement *judgement = &errand->judgement;

    if (self != NULL) {
        self->errand = NULL;
        if (judgement->taking == APD_REFUSED && judgement->refused == NULL)
            judgement->refused = g_steal_pointer(&errand->rest);
        mask_secrets(self, &judgement->text);
        mask_secrets(self, &judgement->refused);
        mask_secrets(self, &judgement->answer);
        if (judgement->moved != NULL) {
            g_free(self->moved);
            self->moved = g_strdup(judgement->moved);
        }

        /* Perhaps a person has changed the file meanwhile. */
        if (judgement->taking == APD_REFUSED)
            forget_secrets(self);
        errand->done(judgement, errand->user_data);
    }
    free_errand(errand);
}

static gboolean
on_finish(gpointer user_data)
{
    Errand *errand = user_data;

    finish(errand);
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

static void on_answer(const ApdHttpResponse *response, const GError *error, void *user_data);

/* Sends the plain form at once when the rich one was refused.  Returns whether. */
static bool
send_plainer(Errand *errand, ApdJudgement *judgement)
{
    if (!judgement->plainer || errand->plain.url == NULL)
        return false;

    g_auto(ApdHttpRequest) request = errand->plain;
    errand->plain = (ApdHttpRequest){ NULL };
    apd_judgement_clear(judgement);
    apd_http_send(errand->courier->http, &request, on_answer, errand);
    return true;
}

/* Returns: (transfer full): "HTTP 200: ok". */
static char *
describe_answer(const ApdHttpResponse *response)
{
    g_autofree char *said = apd_channel_said(response);

    return g_strdup_printf("%s %d%s%s", response->talk ? "SMTP" : "HTTP", response->status,
                           *said != '\0' ? ": " : "", said);
}

static void
on_answer(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Errand *errand = user_data;
    ApdJudgement judgement = { APD_TRY_AGAIN };

    if (errand->courier == NULL) {
        free_errand(errand);
        return;
    }
    if (response != NULL) {
        apd_channel_judge(errand->courier->type, response, apd_now(), &judgement);
        if (send_plainer(errand, &judgement))
            return;
        judgement.answer = describe_answer(response);
    } else {
        if (g_error_matches(error, APD_ERROR, APD_ERROR_REFUSED))
            judgement.taking = APD_REFUSED;
        judgement.text = g_strdup(error->message);
    }
    errand->judgement = judgement;
    finish(errand);
}

static void
on_command_end(const ApdCommandEnd *end, const GError *error, void *user_data)
{
    Errand *errand = user_data;

    if (errand->courier == NULL) {
        free_errand(errand);
        return;
    }
    if (end != NULL) {
        errand->courier->type->judge_command(end, &errand->judgement);
        errand->judgement.answer = g_strdup_printf("exit status %d%s%s", end->status,
                                                   *end->said != '\0' ? ": " : "", end->said);
    } else {
        errand->judgement.taking =
            g_error_matches(error, APD_ERROR, APD_ERROR_TRANSIENT) ? APD_TRY_AGAIN : APD_REFUSED;
        errand->judgement.text = g_strdup(error->message);
    }
    finish(errand);
}

/* Reads one secret, unless it is known or there is none. */
static bool
read_secret(const ApdSecretConfig *config, char **secret, GError **error)
{
    if (*secret == NULL && apd_secret_is_set(config))
        *secret = apd_secret_read(config, error);
    return *secret != NULL || !apd_secret_is_set(config);
}

static bool
read_secrets(ApdCourier *self, GError **error)
{
    const ApdChannelConfig *channel = self->channel;

    if (!read_secret(&channel->url, &self->url, error)
        || !read_secret(&channel->secret, &self->secret, error)
        || !read_secret(&channel->token, &self->token, error))
        return false;
    if (self->url != NULL && !g_str_has_prefix(self->url, "https://")
        && !g_str_has_prefix(self->url, "http://")) {
        g_set_error_literal(error, APD_ERROR, APD_ERROR_CONFIG,
                            "the url is no https:// address (the url file must hold it alone, on "
                            "its first line)");
        return false;
    }
    return true;
}

/* Builds the rich form, and the plain one in case it is refused. */
static bool
build(ApdCourier *self, ApdParcel *parcel, ApdHttpRequest *request, GError **error)
{
    const ApdChannelType *type = self->type;

    if (!type->build(self->channel, parcel, request, error))
        return false;

    request->ca_file = g_strdup(self->channel->ca_file);
    if (!type->has_plain)
        return true;

    parcel->plain = true;
    if (!type->build(self->channel, parcel, &self->errand->plain, error))
        return false;
    self->errand->plain.ca_file = g_strdup(self->channel->ca_file);
    if (type->max_body == 0 || g_bytes_get_size(request->body) <= type->max_body)
        return true;

    apd_http_request_clear(request);
    *request = self->errand->plain;
    self->errand->plain = (ApdHttpRequest){ NULL };
    return true;
}

static bool
send_request(ApdCourier *self, ApdParcel *parcel, GError **error)
{
    g_auto(ApdHttpRequest) request = { NULL };

    if (!build(self, parcel, &request, error))
        return false;
    if (request.mail_to != NULL && request.mail_to[0] == NULL)
        return false; /* all have it */

    apd_http_send(self->http, &request, on_answer, self->errand);
    return true;
}

static bool
run_command(ApdCourier *self, const ApdParcel *parcel, GError **error)
{
    g_auto(ApdCommandRequest) request = { NULL };

    if (!self->type->command(self->channel, parcel, &request, error))
        return false;

    apd_command_run(&request, on_command_end, self->errand);
    return true;
}

/* What ends at once ends soon; what has begun ends by its answer. */
static void
dispatch(ApdCourier *self, ApdParcel *parcel)
{
    g_autoptr(GError) error = NULL;
    bool begun = false;

    if (self->type->put != NULL)
        self->type->put(self->channel, parcel, &error);
    else if (self->type->command != NULL)
        begun = run_command(self, parcel, &error);
    else
        begun = send_request(self, parcel, &error);
    if (!begun)
        finish_soon(self->errand, error);
}

/* Returns: (transfer full): NULL for none. */
static char *
list_text(char *const *names)
{
    GString *text = names && *names ? g_string_new(*names) : NULL;

    if (text == NULL)
        return NULL;
    while (*++names != NULL)
        g_string_append_printf(text, ", %s", *names);
    return g_string_free(text, FALSE);
}

void
apd_courier_send(ApdCourier *self, const ApdAlert *alert, const char *idempotency,
                 char *const *told, char *const *rest, ApdTime now, ApdCourierDone done,
                 void *user_data)
{
    g_autoptr(GError) error = NULL;

    if (self->errand != NULL)
        return;

    self->errand = g_new0(Errand, 1);
    self->errand->courier = self;
    self->errand->done = done;
    self->errand->user_data = user_data;
    self->errand->rest = list_text(rest);
    if (!read_secrets(self, &error)) {
        finish_soon(self->errand, error);
        return;
    }

    g_autoptr(ApdWording) wording = apd_wording_make(self->phrases, alert, now, self->zone);
    ApdParcel parcel = { .alert = alert,
                         .wording = wording,
                         .idempotency = idempotency,
                         .now = now,
                         .url = self->url,
                         .secret = self->secret,
                         .token = self->token,
                         .moved = self->moved,
                         .told = told,
                         .rest = rest };
    dispatch(self, &parcel);
}
