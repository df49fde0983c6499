#include "app/tokens.h"

#include <string.h>
#include <unistd.h>

#include "app/token_alert.h"
#include "base/error.h"
#include "base/log.h"
#include "io/api_token.h"
#include "io/secret.h"
#include "io/token.h"
#include "io/token_file.h"
#include "logic/backoff.h"

/* While another refreshes it. */
#define LOCK_PAUSE APD_SECOND

#define LAST_PAUSE (5 * APD_MINUTE)

/* For answers, when we end. */
#define PATIENCE_S 10

/* Requests at a time. */
#define AT_ONCE 8

/* A token that was renewed so lately is not renewed because it was refused. */
#define NEW_ENOUGH APD_MINUTE

/* One source. */
typedef struct {
    ApdTokens *owner;              /* borrowed */
    const ApdSourceConfig *source; /* borrowed */
    ApdTime expires;               /* of the token on disk; 0: there is none */
    ApdTime obtained;              /* of it */
    guint mark;                    /* tells it from others of the same second */
    ApdTime due;                   /* when to refresh it, or to try again; APD_NEVER: not */
    ApdTime alert_due;             /* when to see whether its end is to be told */
    ApdTime banned;                /* of apd_uptime(): not asked for before that */
    guint failures;                /* in a row */
    int lock;                      /* owned; -1: not held */
    ApdToken *old;                 /* owned; while it is refreshed */
    char *secret;                  /* owned, a secret: of the client, as long; or NULL */
    ApdToken *unwritten;           /* owned; refreshed, and the disk did not take it */
    bool doubted;                  /* the server refused it */
} Keeper;

struct ApdTokens {
    ApdLedger *ledger;       /* borrowed */
    const ApdConfig *config; /* borrowed */
    ApdTokensEvents events;
    void *user_data;      /* borrowed */
    ApdHttp *http;        /* owned */
    ApdTokenWatch *watch; /* owned; or NULL */
    GPtrArray *keepers;   /* owned, element-type Keeper */
    guint telling;        /* owned: on_tell() is about to run */
    guint asking;         /* requests under way */
    bool closing;
};

static void
free_keeper(void *data)
{
    Keeper *keeper = data;

    if (keeper->lock >= 0)
        close(keeper->lock);
    apd_token_free(keeper->old);
    apd_secret_free(keeper->secret);
    apd_token_free(keeper->unwritten);
    g_free(keeper);
}

static void
unlock(Keeper *keeper)
{
    g_clear_pointer(&keeper->old, apd_token_free);
    g_clear_pointer(&keeper->secret, apd_secret_free);
    if (keeper->lock >= 0)
        close(keeper->lock);
    keeper->lock = -1;
}

/* --- what is on disk ------------------------------------------------------------------ */

static bool
is_other(const Keeper *keeper, const ApdToken *token)
{
    return token->obtained != keeper->obtained || token->expires != keeper->expires
           || g_str_hash(token->access) != keeper->mark;
}

/* Takes note of the token on disk; tells when it is another. */
static void
look_at(Keeper *keeper, const ApdToken *token, bool tell)
{
    bool other = is_other(keeper, token);

    keeper->expires = token->expires;
    keeper->obtained = token->obtained;
    keeper->mark = g_str_hash(token->access);
    if (!other)
        return;
    keeper->due = apd_token_refresh_at(token);
    keeper->alert_due = 0;
    keeper->failures = 0;
    keeper->doubted = false;
    if (tell)
        keeper->owner->events.renewed(keeper->source, keeper->owner->user_data);
}

/* --- renewing --------------------------------------------------------------------------- */

static void
try_later(Keeper *keeper, const GError *why, ApdTime now)
{
    ApdTokens *self = keeper->owner;
    ApdTime pause = apd_backoff_wait((int) ++keeper->failures, g_random_int(), APD_HOUR);

    unlock(keeper);
    keeper->due = now + MIN(pause, LAST_PAUSE);
    if (self->ledger != NULL)
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_SOURCE", keeper->source->section,
                "%s: the access token could not be renewed: %s; will try again",
                keeper->source->section, why->message);
    if (now >= keeper->expires)
        self->events.lost(keeper->source, why, self->user_data);
    self->events.changed(self->user_data);
}

/* Nothing is used before it is on disk: what it replaced is worth nothing now. */
static void
write_down(Keeper *keeper, ApdTime now)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdToken) token = g_steal_pointer(&keeper->unwritten);

    if (!apd_token_store(keeper->source, token, &error)) {
        int lock = keeper->lock;
        keeper->lock = -1; /* kept through try_later() */
        keeper->unwritten = g_steal_pointer(&token);
        try_later(keeper, error, now);
        keeper->lock = lock;
        return;
    }
    unlock(keeper);
    look_at(keeper, token, true);
    keeper->owner->events.changed(keeper->owner->user_data);
}

/* The provider ended the login, or does not know us.  What is left of the old
 * token is used to its end. */
static void
give_up(Keeper *keeper, ApdOAuthResult result, const char *text, ApdTime now)
{
    ApdTokens *self = keeper->owner;
    g_autoptr(GError) error = NULL;

    if (result == APD_OAUTH_REVOKED) {
        g_free(keeper->old->refused);
        keeper->old->refused = g_strdup(text);
        (void) apd_token_store(keeper->source, keeper->old, NULL);
        keeper->alert_due = 0;
        error = g_error_new(APD_ERROR, APD_ERROR_REFUSED,
                            "the login was ended by the provider: %s (run: appealctl login %s)",
                            text, keeper->source->name);
        keeper->due = APD_NEVER;
    } else {
        error = g_error_new(
            APD_ERROR, APD_ERROR_REFUSED,
            "the provider gives no access token: %s (check %s, then run: appealctl login %s)", text,
            apd_api_token_is_for(keeper->source) ? "app-key and app-secret-file"
                                                 : "client-id and client-secret-file",
            keeper->source->name);
        keeper->due = now + LAST_PAUSE;
    }
    unlock(keeper);
    if (self->ledger != NULL)
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_SOURCE", keeper->source->section, "%s: %s",
                keeper->source->section, error->message);
    if (now >= keeper->expires || keeper->doubted)
        self->events.lost(keeper->source, error, self->user_data);
    self->events.changed(self->user_data);
}

/* We end, but a refresh token that was replaced must not be lost. */
static void
keep_last(Keeper *keeper, ApdOAuthResult result, const ApdOAuthAnswer *answer, ApdTime now)
{
    if (result != APD_OAUTH_TOKEN)
        return;
    g_autoptr(ApdToken) token = apd_token_new(keeper->source, keeper->old, answer, now);
    (void) apd_token_store(keeper->source, token, NULL);
}

/* Returns: (transfer full): what was said, without what was sent; NULL: nothing. */
static char *
clean(const Keeper *keeper, const char *said)
{
    const char *const secrets[] = { keeper->old->refresh, keeper->old->access, keeper->secret,
                                    NULL };

    return said ? apd_secret_leave_out_all(said, secrets) : NULL;
}

static void
on_answer(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Keeper *keeper = user_data;
    g_auto(ApdOAuthAnswer) answer = { 0 };
    g_autoptr(GError) why = NULL;
    ApdTime now = apd_now();

    ApdOAuthResult result =
        response ? apd_api_token_read(keeper->source, response, now, &answer) : APD_OAUTH_LATER;
    keeper->owner->asking--;
    if (keeper->owner->closing) {
        keep_last(keeper, result, &answer, now);
    } else if (result == APD_OAUTH_TOKEN) {
        keeper->unwritten = apd_token_new(keeper->source, keeper->old, &answer, now);
        write_down(keeper, now);
    } else if (result == APD_OAUTH_REVOKED || result == APD_OAUTH_MISTAKE
               || result == APD_OAUTH_DENIED) {
        g_autofree char *said = clean(keeper, answer.text);
        give_up(keeper, result, said, now);
    } else {
        g_autofree char *said = clean(keeper, answer.text);
        why =
            error ? g_error_copy(error) : g_error_new_literal(APD_ERROR, APD_ERROR_TRANSIENT, said);
        why->code = APD_ERROR_TRANSIENT;
        keeper->banned = apd_uptime() + MIN(answer.wait, APD_DAY);
        try_later(keeper, why, now);
    }
}

static bool
ask(Keeper *keeper, GError **error)
{
    const ApdSourceConfig *source = keeper->source;
    bool has_secret = apd_secret_is_set(&source->oauth.client_secret);
    g_auto(ApdHttpRequest) request = { 0 };

    keeper->secret = has_secret ? apd_secret_read(&source->oauth.client_secret, error) : NULL;
    if (has_secret && keeper->secret == NULL)
        return false;
    if (apd_api_token_is_for(source)) {
        if (!apd_api_token_ask_refresh(source->platform, source, keeper->secret,
                                       keeper->old->refresh, apd_now(), &request, error))
            return false;
    } else {
        apd_oauth_ask_refresh(&source->oauth, keeper->secret, keeper->old->refresh, &request);
        request.ca_file = g_strdup(source->oauth.ca_file);
    }
    keeper->owner->asking++;
    apd_http_send(keeper->owner->http, &request, on_answer, keeper);
    return true;
}

/* Under the lock: whoever held it before may have renewed the token. */
static void
renew(Keeper *keeper, ApdTime now)
{
    g_autoptr(GError) error = NULL;

    if (keeper->unwritten != NULL) {
        write_down(keeper, now);
        return;
    }
    if (apd_uptime() < keeper->banned) {
        keeper->due = now + keeper->banned - apd_uptime();
        return;
    }
    keeper->lock = apd_token_lock(keeper->source, &error);
    if (keeper->lock < 0 && error == NULL) {
        keeper->due = now + LOCK_PAUSE;
        return;
    }
    keeper->old = keeper->lock >= 0 ? apd_token_load(keeper->source, &error) : NULL;
    if (keeper->old == NULL) {
        try_later(keeper, error, now);
        return;
    }
    if (is_other(keeper, keeper->old)) {
        g_autoptr(ApdToken) other = g_steal_pointer(&keeper->old);
        unlock(keeper);
        look_at(keeper, other, true);
    } else if (keeper->old->refresh == NULL || keeper->old->refused != NULL) {
        unlock(keeper);
        keeper->due = APD_NEVER;
    } else if (!ask(keeper, &error)) {
        try_later(keeper, error, now);
    }
}

/* --- outside -------------------------------------------------------------------------- */

static bool
is_busy(const Keeper *keeper)
{
    return keeper->lock >= 0 && keeper->unwritten == NULL;
}

/* The clock was set back: when a token expires is not known any more. */
static bool
is_from_wrong_clock(const Keeper *keeper, ApdTime now)
{
    return keeper->expires != 0 && keeper->obtained > now + APD_MINUTE;
}

static bool
run_alerts(ApdTokens *self, Keeper *keeper, ApdTime now, GError **error)
{
    g_autoptr(ApdToken) token = apd_token_load(keeper->source, NULL);

    keeper->alert_due = APD_NEVER;
    return token == NULL || self->ledger == NULL
           || apd_token_alert_run(self->ledger, self->config, keeper->source, token, now,
                                  &keeper->alert_due, error);
}

static void
run_keeper(ApdTokens *self, Keeper *keeper, ApdTime now, ApdTime *next)
{
    if (is_from_wrong_clock(keeper, now) && keeper->failures == 0 && keeper->due != APD_NEVER)
        keeper->due = now;
    if (keeper->failures > 0 && keeper->due != APD_NEVER)
        keeper->due = MIN(keeper->due, now + LAST_PAUSE);

    if (!is_busy(keeper) && now >= keeper->due && self->asking < AT_ONCE)
        renew(keeper, now);
    if (!is_busy(keeper))
        *next = MIN(*next, MAX(keeper->due, now + APD_SECOND));
}

bool
apd_tokens_run(ApdTokens *self, ApdTime now, ApdTime *next, GError **error)
{
    for (guint i = 0; i < self->keepers->len; i++) {
        Keeper *keeper = self->keepers->pdata[i];
        if (now >= keeper->alert_due && !run_alerts(self, keeper, now, error))
            return false;
        run_keeper(self, keeper, now, next);
        *next = MIN(*next, keeper->alert_due);
    }
    return true;
}

void
apd_tokens_doubt(ApdTokens *self, const char *section)
{
    ApdTime now = apd_now();

    for (guint i = 0; i < self->keepers->len; i++) {
        Keeper *keeper = self->keepers->pdata[i];
        ApdTime age = now - keeper->obtained;
        ApdTime life = keeper->expires - keeper->obtained;
        if (!g_str_equal(keeper->source->section, section) || keeper->due == APD_NEVER
            || keeper->lock >= 0 || (age >= 0 && age < MIN(NEW_ENOUGH, life / 2)))
            continue;
        keeper->doubted = true;
        if (keeper->failures == 0)
            keeper->due = now;
        self->events.changed(self->user_data);
    }
}

bool
apd_tokens_are_busy(const ApdTokens *self)
{
    for (guint i = 0; i < self->keepers->len; i++)
        if (((const Keeper *) self->keepers->pdata[i])->lock >= 0)
            return true;
    return false;
}

static gboolean
on_tell(gpointer user_data)
{
    ApdTokens *self = user_data;

    self->telling = 0;
    if (self->closing)
        return G_SOURCE_REMOVE;
    for (guint i = 0; i < self->keepers->len; i++) {
        Keeper *keeper = self->keepers->pdata[i];
        g_autoptr(ApdToken) token = apd_token_load(keeper->source, NULL);
        if (token != NULL && keeper->lock < 0)
            look_at(keeper, token, true);
    }
    self->events.changed(self->user_data);
    return G_SOURCE_REMOVE;
}

static void
on_files(void *user_data)
{
    ApdTokens *self = user_data;

    if (self->telling == 0 && !self->closing)
        self->telling = g_idle_add(on_tell, self);
}

static void
add_keeper(ApdTokens *self, const ApdSourceConfig *source)
{
    Keeper *keeper = g_new0(Keeper, 1);
    g_autoptr(ApdToken) token = apd_token_load(source, NULL);

    keeper->owner = self;
    keeper->source = source;
    keeper->lock = -1;
    keeper->due = APD_NEVER;
    g_ptr_array_add(self->keepers, keeper);
    if (token != NULL)
        look_at(keeper, token, false);
}

ApdTokens *
apd_tokens_new(ApdLedger *ledger, const ApdConfig *config, const ApdTokensEvents *events,
               void *user_data)
{
    ApdTokens *self = g_new0(ApdTokens, 1);
    g_autoptr(GError) error = NULL;

    self->ledger = ledger;
    self->config = config;
    self->events = *events;
    self->user_data = user_data;
    self->http = apd_http_new();
    self->keepers = g_ptr_array_new_with_free_func(free_keeper);
    for (guint i = 0; i < config->sources->len; i++) {
        const ApdSourceConfig *source = config->sources->pdata[i];
        if (source->token_file != NULL)
            add_keeper(self, source);
    }
    if (self->keepers->len == 0) {
        apd_tokens_free(self);
        return NULL;
    }

    const Keeper *first = self->keepers->pdata[0];
    self->watch = apd_token_watch_new(first->source->token_file, on_files, self, &error);
    if (self->watch == NULL)
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_SOURCE", "",
                "%s; a login is noticed at the next reload only", error->message);
    return self;
}

static gboolean
on_patience(gpointer user_data)
{
    *(bool *) user_data = true;
    return G_SOURCE_CONTINUE;
}

/* An answer on its way may bring a refresh token in place of the one on disk, which
 * is then worth nothing: it is waited for a while. */
static void
wait_for_answers(ApdTokens *self)
{
    bool late = false;
    guint patience = g_timeout_add_seconds(PATIENCE_S, on_patience, &late);

    while (self->asking > 0 && !late)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(patience);
}

/* Answers still to come find their keepers: the keepers go last. */
void
apd_tokens_free(ApdTokens *self)
{
    if (self == NULL)
        return;

    self->closing = true;
    if (self->asking > 0)
        wait_for_answers(self);
    g_clear_handle_id(&self->telling, g_source_remove);
    apd_token_watch_free(self->watch);
    apd_http_free(self->http);
    g_ptr_array_unref(self->keepers);
    g_free(self);
}
