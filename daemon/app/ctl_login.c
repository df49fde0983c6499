#include "app/ctl_login.h"

#include <unistd.h>

#include "app/ctl.h"
#include "base/error.h"
#include "io/api_token.h"
#include "io/secret.h"
#include "io/token.h"

/* While appeald renews the token that we are about to replace. */
#define LOCK_PATIENCE 60
#define LOCK_PAUSE_MS 200

/* --- shared ---------------------------------------------------------------------------- */

void
apd_ctl_login_send(ApdCtlLogin *self, ApdHttpRequest *request, ApdHttpDone done, void *user_data)
{
    if (request->ca_file == NULL)
        request->ca_file = g_strdup(self->source->oauth.ca_file);
    apd_http_send(self->http, request, done, user_data);
    apd_http_request_clear(request);
}

void
apd_ctl_login_end(ApdCtlLogin *self, GError *error)
{
    g_clear_error(&self->error);
    self->error = error;
    g_main_loop_quit(self->loop);
}

GError *
apd_ctl_login_error(const ApdCtlLogin *self, ApdOAuthResult result)
{
    const char *const secrets[] = { self->code ? self->code : "", self->secret, NULL };
    g_autofree char *said =
        apd_secret_leave_out_all(self->answer.text ? self->answer.text : "", secrets);

    switch (result) {
    case APD_OAUTH_DENIED:
        return g_error_new_literal(APD_ERROR, APD_ERROR_REFUSED, "the login was declined");
    case APD_OAUTH_EXPIRED:
        return g_error_new(APD_ERROR, APD_ERROR_REFUSED,
                           "the code was not entered in time (run it again)");
    case APD_OAUTH_REVOKED:
        return g_error_new(APD_ERROR, APD_ERROR_REFUSED,
                           "the provider does not take the code: %s (run it again)", said);
    case APD_OAUTH_MISTAKE:
        return g_error_new(APD_ERROR, APD_ERROR_REFUSED,
                           "the provider refuses: %s (check %s of [%s], and what the provider says "
                           "of this client)",
                           said,
                           apd_api_token_is_for(self->source)
                               ? "app-key and app-secret-file"
                               : "client-id, client-secret-file and scope",
                           self->source->section);
    default:
        return g_error_new(APD_ERROR, APD_ERROR_TRANSIENT, "the provider has trouble: %s", said);
    }
}

bool
apd_ctl_login_has_screen(void)
{
    return g_getenv("DISPLAY") != NULL || g_getenv("WAYLAND_DISPLAY") != NULL;
}

void
apd_ctl_login_open(const char *url)
{
    g_autofree char *program = g_strdup("xdg-open");
    g_autofree char *address = g_strdup(url);
    char *argv[] = { program, address, NULL };

    (void) g_spawn_async(NULL, argv, NULL,
                         G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                             | G_SPAWN_STDERR_TO_DEV_NULL,
                         NULL, NULL, NULL, NULL);
}

/* --- the command ----------------------------------------------------------------------- */

typedef struct {
    ApdCtlLogin *login; /* borrowed */
    int fd;             /* owned; -1: not yet */
    int tries;
} Locking;

static gboolean
on_try(gpointer user_data)
{
    Locking *self = user_data;
    GError *why = NULL;

    self->fd = apd_token_lock(self->login->source, &why);
    if (self->fd < 0 && why == NULL && ++self->tries >= LOCK_PATIENCE * 1000 / LOCK_PAUSE_MS)
        why = g_error_new(APD_ERROR, APD_ERROR_TRANSIENT,
                          "another program holds the token of [%s] (try again)",
                          self->login->source->section);
    if (self->fd < 0 && why == NULL)
        return G_SOURCE_CONTINUE;
    apd_ctl_login_end(self->login, why);
    return G_SOURCE_REMOVE;
}

static bool
keep(ApdCtlLogin *self)
{
    g_autoptr(ApdToken) token = apd_token_new(self->source, NULL, &self->answer, apd_now());
    Locking locking = { self, -1, 0 };

    if (on_try(&locking) == G_SOURCE_CONTINUE) {
        g_timeout_add(LOCK_PAUSE_MS, on_try, &locking);
        g_main_loop_run(self->loop);
    }
    if (locking.fd < 0)
        return false;
    bool good = apd_token_store(self->source, token, &self->error);
    close(locking.fd);
    return good;
}

/* Nothing but a person can renew a consent: when that must be is told at once. */
static void
tell_end(const ApdCtlLogin *self)
{
    ApdTime end = apd_now() + self->answer.refresh_life;
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_local(end / APD_SECOND);
    g_autofree char *text = date ? g_date_time_format(date, "%Y-%m-%d %H:%M") : NULL;

    if (self->answer.refresh_life > 0 && text != NULL)
        g_print(
            "The platform wants this consent anew by %s; appealctl status and alerts tell of it "
            "14, 7, 3 and 1 days before.\n",
            text);
}

static int
finish(ApdCtlLogin *self)
{
    if (self->error != NULL || !keep(self))
        return apd_ctl_fail(self->error);

    g_print("Logged in: the token is kept in %s, for its owner alone.\n", self->source->token_file);
    if (apd_api_token_is_for(self->source))
        tell_end(self);
    if (self->answer.refresh == NULL)
        g_print("But the provider gave nothing to renew it with: it ends soon%s.\n",
                apd_api_token_is_for(self->source) ? "" : " (does scope lack offline_access?)");
    else
        g_print("appeald renews it by itself and takes it at once if it runs. Next: appealctl "
                "check --online\n");
    return self->answer.refresh != NULL ? APD_EXIT_GOOD : APD_EXIT_NO;
}

/* By the table of the two ways: what was asked for, else what is at hand. */
static int
run(const ApdCtl *ctl, const ApdSourceConfig *source)
{
    const ApdOAuthConfig *oauth = &source->oauth;
    bool screen = apd_ctl_login_has_screen();
    bool by_browser = oauth->auth_url != NULL
                      && (oauth->device_url == NULL || ctl->browser || (screen && !ctl->device));
    ApdCtlLogin self = { .source = source };
    g_autoptr(GError) error = NULL;

    if (ctl->device && oauth->device_url == NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "login: this provider gives no codes for other "
                                                "devices (leave --device out)");
    if (ctl->browser && oauth->auth_url == NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "login: [%s] has no auth-url (leave --browser out)",
                                source->section);
    if (apd_secret_is_set(&oauth->client_secret)) {
        self.secret = apd_secret_read(&oauth->client_secret, &error);
        if (self.secret == NULL)
            return apd_ctl_fail(error);
    }

    self.http = apd_http_new();
    self.loop = g_main_loop_new(NULL, FALSE);
    if (by_browser)
        apd_ctl_login_by_browser(&self, screen);
    else
        apd_ctl_login_by_device(&self);
    int status = finish(&self);
    apd_http_free(self.http);
    g_main_loop_unref(self.loop);
    apd_oauth_answer_clear(&self.answer);
    apd_secret_free(self.secret);
    apd_secret_free(self.code);
    g_clear_error(&self.error);
    return status;
}

static const ApdSourceConfig *
find_source(const ApdConfig *config, const char *name)
{
    const ApdSourceConfig *by_password = NULL;

    for (guint i = 0; i < config->sources->len; i++) {
        const ApdSourceConfig *source = config->sources->pdata[i];
        if (g_str_equal(source->section, name)
            || (g_str_equal(source->name, name) && source->token_file != NULL))
            return source;
        if (g_str_equal(source->name, name) && g_str_equal(source->type, "imap"))
            by_password = source;
    }
    return by_password;
}

static int
complain_of_source(const ApdConfig *config, const char *name)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < config->sources->len; i++) {
        const ApdSourceConfig *source = config->sources->pdata[i];
        if (source->token_file != NULL)
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", source->name);
    }
    if (names->len == 0)
        return apd_ctl_complain(APD_EXIT_NO, "login: no source logs in by OAuth 2.0 (set client-id "
                                             "in its section, or write an [aliexpress NAME])");
    if (name == NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "login: which source? (%s)", names->str);
    return apd_ctl_complain(APD_EXIT_NO,
                            "there is no [imap %s] nor [aliexpress %s] (there are: %s)", name, name,
                            names->str);
}

int
apd_ctl_login(const ApdCtl *ctl, char **operands)
{
    int status = APD_EXIT_GOOD;
    g_autoptr(ApdConfig) config = apd_ctl_config(ctl, &status);

    if (config == NULL)
        return status;
    if (operands[0] != NULL && operands[1] != NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "login: one source at a time");

    const ApdSourceConfig *source = operands[0] ? find_source(config, operands[0]) : NULL;
    if (source == NULL)
        return complain_of_source(config, operands[0]);
    if (source->token_file == NULL)
        return apd_ctl_complain(APD_EXIT_NO,
                                "[%s] logs in by password: there is nothing to do (for OAuth 2.0 "
                                "set client-id instead)",
                                source->section);
    return run(ctl, source);
}
