#include "app/ctl_online.h"

#include <stdio.h>
#include <string.h>

#include "app/ctl.h"
#include "app/ctl_online_print.h"
#include "base/error.h"
#include "io/secret.h"

/* When nothing came for so long nothing will: every step has a deadline of its own. */
#define PATIENCE_S 180

/* Renewing tokens comes first. */
#define TOKEN_PATIENCE (40 * APD_SECOND)

static void
free_step(void *data)
{
    ApdOnlineStep *step = data;

    g_free(step->what);
    g_free(step->text);
    g_free(step->remedy);
    g_free(step);
}

static void
free_subject(void *data)
{
    ApdOnlineSubject *subject = data;

    g_ptr_array_unref(subject->steps);
    g_free(subject->name);
    g_free(subject);
}

void
apd_online_add(ApdOnlineSubject *self, ApdProof proof, const char *what, const char *remedy,
               const char *format, ...)
{
    ApdOnlineStep *step = g_new0(ApdOnlineStep, 1);
    va_list arguments;

    va_start(arguments, format);
    step->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    step->proof = proof;
    step->what = g_strdup(what);
    step->remedy = g_strdup(remedy);
    g_ptr_array_add(self->steps, step);
}

/* Subjects are printed in their order, each as soon as it can be. */
static void
print_finished(ApdOnline *self)
{
    for (; self->printed < self->subjects->len; self->printed++) {
        ApdOnlineSubject *subject = self->subjects->pdata[self->printed];
        if (subject->pending > 0)
            return;
        if (!self->json)
            apd_online_print(subject);
    }
    g_main_loop_quit(self->loop);
}

static gboolean
on_late(gpointer user_data)
{
    ApdOnline *self = user_data;

    for (guint i = 0; i < self->subjects->len; i++) {
        ApdOnlineSubject *subject = self->subjects->pdata[i];
        if (subject->pending > 0)
            apd_online_add(subject, APD_PROOF_BAD, "answer", "try again", "none came in %d s",
                           PATIENCE_S);
        subject->pending = 0;
    }
    self->late = 0;
    print_finished(self);
    return G_SOURCE_REMOVE;
}

static void
wait_on(ApdOnline *self)
{
    g_clear_handle_id(&self->late, g_source_remove);
    self->late = g_timeout_add_seconds(PATIENCE_S, on_late, self);
}

void
apd_online_done(ApdOnlineSubject *self)
{
    if (self->pending == 0)
        return; /* given up */
    wait_on(self->owner);
    if (--self->pending == 0)
        print_finished(self->owner);
}

static ApdOnlineSubject *
add_subject(ApdOnline *self, const char *name)
{
    ApdOnlineSubject *subject = g_new0(ApdOnlineSubject, 1);

    subject->owner = self;
    subject->name = g_strdup(name);
    subject->steps = g_ptr_array_new_with_free_func(free_step);
    subject->pending = 1; /* until all of its steps have begun */
    g_ptr_array_add(self->subjects, subject);
    return subject;
}

/* --- servers of HTTP ------------------------------------------------------------------- */

typedef struct {
    ApdOnlineSubject *subject; /* borrowed */
    char *what;                /* owned */
    char *host;                /* owned */
    bool encrypted;
    ApdTime began;
} Asking;

static void
on_server(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Asking *self = user_data;
    int took = (int) ((apd_uptime() - self->began) / 1000);
    /* 501: it does not know GET, which is no trouble. */
    bool trouble = response != NULL && response->status >= 500 && response->status != 501;

    if (error != NULL)
        apd_online_add(self->subject, APD_PROOF_BAD, self->what,
                       "check the address, this machine's network, and its clock; a private "
                       "authority goes into ca-file",
                       "%s", error->message);
    else
        apd_online_add(self->subject, trouble ? APD_PROOF_WARN : APD_PROOF_GOOD, self->what,
                       trouble ? "wait; it is the server's trouble" : "",
                       "%s answers%s, after %d ms%s", self->host,
                       self->encrypted ? " by TLS with a good certificate" : ", not encrypted",
                       took, trouble ? ", with an error of its own" : "");
    if (response != NULL)
        apd_online_take_date(self->subject->owner, response);
    apd_online_done(self->subject);
    g_free(self->what);
    g_free(self->host);
    g_free(self);
}

void
apd_online_ask_server(ApdOnlineSubject *self, const char *what, const char *url,
                      const char *ca_file)
{
    g_autofree char *scheme = NULL, *host = NULL;
    g_auto(ApdHttpRequest) request = { 0 };
    gint port = -1;

    if (!g_uri_split_network(url, G_URI_FLAGS_NONE, &scheme, &host, &port, NULL)) {
        apd_online_add(self, APD_PROOF_BAD, what, "correct it", "its address is none");
        return;
    }
    bool bare = strchr(host, ':') == NULL;
    g_autofree char *number = port > 0 ? g_strdup_printf(":%d", port) : g_strdup("");
    request.method = g_strdup("GET");
    request.url = g_strdup_printf(bare ? "%s://%s%s/" : "%s://[%s]%s/", scheme, host, number);
    request.ca_file = g_strdup(ca_file);

    Asking *asking = g_new0(Asking, 1);
    asking->subject = self;
    asking->what = g_strdup(what);
    asking->encrypted = g_str_equal(scheme, "https");
    asking->host = g_strconcat(host, number, NULL);
    asking->began = apd_uptime();
    self->pending++;
    apd_http_send(self->owner->http, &request, on_server, asking);
}

void
apd_online_take_date(ApdOnline *self, const ApdHttpResponse *response)
{
    ApdTime theirs = apd_http_date(response->date);
    ApdTime skew = apd_now() - theirs;

    if (theirs != 0)
        g_array_append_val(self->skews, skew);
}

/* --- tokens first ----------------------------------------------------------------------- */

static void
on_renewed(const ApdSourceConfig *source, void *user_data)
{
    (void) source;
    (void) user_data;
}

static void
on_lost(const ApdSourceConfig *source, const GError *why, void *user_data)
{
    ApdOnline *self = user_data;

    g_hash_table_insert(self->lost, g_strdup(source->section), g_strdup(why->message));
}

static void
on_changed(void *user_data)
{
    (void) user_data;
}

static gboolean
on_tick(gpointer user_data)
{
    (void) user_data;
    return G_SOURCE_CONTINUE;
}

static bool
renew_tokens(ApdOnline *self, GError **error)
{
    static const ApdTokensEvents events = { on_renewed, on_lost, on_changed };
    ApdTime end = apd_uptime() + TOKEN_PATIENCE, next = APD_NEVER;

    self->tokens = apd_tokens_new(NULL, self->config, &events, self);
    if (self->tokens == NULL)
        return true;
    if (!apd_tokens_run(self->tokens, apd_now(), &next, error))
        return false;

    guint tick = g_timeout_add_seconds(1, on_tick, NULL); /* so that the wait ends */
    while (apd_tokens_are_busy(self->tokens) && apd_uptime() < end)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(tick);
    return true;
}

/* --- all of it ------------------------------------------------------------------------- */

static void
start(ApdOnline *self)
{
    const ApdConfig *config = self->config;

    for (guint i = 0; i < config->sources->len; i++) {
        const ApdSourceConfig *source = config->sources->pdata[i];
        apd_online_source(add_subject(self, source->section), source);
    }
    for (guint i = 0; i < config->channels->len; i++) {
        const ApdChannelConfig *channel = config->channels->pdata[i];
        apd_online_channel(add_subject(self, channel->section), channel);
    }
    for (guint i = 0; i < self->subjects->len; i++) {
        ApdOnlineSubject *subject = self->subjects->pdata[i];
        subject->pending--; /* all have begun */
    }
}

static int
conclude(ApdOnline *self)
{
    ApdProof worst = APD_PROOF_GOOD;

    for (guint i = 0; i < self->subjects->len; i++) {
        const ApdOnlineSubject *subject = self->subjects->pdata[i];
        for (guint j = 0; j < subject->steps->len; j++)
            worst = MAX(worst, ((const ApdOnlineStep *) subject->steps->pdata[j])->proof);
    }
    return worst == APD_PROOF_BAD ? APD_EXIT_NO : APD_EXIT_GOOD;
}

static int
run(ApdOnline *self)
{
    g_autoptr(GError) error = NULL;

    if (!renew_tokens(self, &error))
        return apd_ctl_fail(error);
    start(self);
    wait_on(self);
    print_finished(self);
    if (self->printed < self->subjects->len)
        g_main_loop_run(self->loop);
    g_clear_handle_id(&self->late, g_source_remove);

    ApdOnlineSubject *clock = add_subject(self, "clock");
    apd_online_clock(clock);
    if (self->json)
        apd_online_print_json(self->subjects);
    else
        apd_online_print(clock);
    return conclude(self);
}

int
apd_online_run(const ApdConfig *config, bool json, bool push)
{
    ApdOnline self = { .config = config, .json = json, .push = push };

    self.http = apd_http_new();
    self.loop = g_main_loop_new(NULL, FALSE);
    self.subjects = g_ptr_array_new_with_free_func(free_subject);
    self.skews = g_array_new(FALSE, FALSE, sizeof(ApdTime));
    self.lost = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    int status = run(&self);
    g_clear_pointer(&self.looks, g_ptr_array_unref);
    apd_tokens_free(self.tokens);
    apd_http_free(self.http);
    g_ptr_array_unref(self.subjects);
    g_array_unref(self.skews);
    g_hash_table_unref(self.lost);
    g_main_loop_unref(self.loop);
    return status;
}
