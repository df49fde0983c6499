/* RFC 8628: a code that is entered on any device with a browser. */
#include <stdio.h>

#include "app/ctl_login.h"
#include "base/error.h"

/* RFC 8628 section 3.5. */
#define SLOWER        (5 * APD_SECOND)
#define LONGEST_PAUSE (2 * APD_MINUTE)

typedef struct {
    ApdCtlLogin *login; /* borrowed */
    ApdOAuthDevice device;
    ApdTime end; /* apd_uptime() */
} Device;

static gboolean on_poll(gpointer user_data);

static void
poll_later(Device *self)
{
    g_timeout_add((guint) (self->device.interval / 1000), on_poll, self);
}

static void
on_token(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Device *self = user_data;
    ApdOAuthResult result = APD_OAUTH_LATER;

    if (error != NULL && error->code == APD_ERROR_REFUSED) {
        apd_ctl_login_end(self->login, g_error_copy(error));
        return;
    }
    apd_oauth_answer_clear(&self->login->answer);
    if (response != NULL)
        result = apd_oauth_read_token(response, &self->login->answer);

    switch (result) {
    case APD_OAUTH_TOKEN:
        apd_ctl_login_end(self->login, NULL);
        break;
    case APD_OAUTH_SLOW_DOWN:
        self->device.interval += SLOWER;
        poll_later(self);
        break;
    case APD_OAUTH_LATER: /* "exponential backoff": the network, or the server */
        self->device.interval = MIN(2 * self->device.interval, LONGEST_PAUSE);
        poll_later(self);
        break;
    case APD_OAUTH_PENDING:
        poll_later(self);
        break;
    default:
        apd_ctl_login_end(self->login, apd_ctl_login_error(self->login, result));
    }
}

static gboolean
on_poll(gpointer user_data)
{
    Device *self = user_data;
    g_auto(ApdHttpRequest) request = { 0 };

    if (apd_uptime() > self->end) {
        apd_ctl_login_end(self->login, apd_ctl_login_error(self->login, APD_OAUTH_EXPIRED));
        return G_SOURCE_REMOVE;
    }
    apd_oauth_ask_device_token(&self->login->source->oauth, self->login->secret,
                               self->device.device_code, &request);
    apd_ctl_login_send(self->login, &request, on_token, self);
    return G_SOURCE_REMOVE;
}

static void
instruct(const Device *self)
{
    g_print("To let appeald read the mail of %s:\n\n"
            "  1. Open this address, on any device:  %s\n"
            "  2. Enter this code:                   %s\n"
            "  3. Log in as %s, and allow it.\n\n",
            self->login->source->user, self->device.url, self->device.user_code,
            self->login->source->user);
    g_print("The code is good for %d minutes. Waiting ...\n",
            (int) (self->device.life / APD_MINUTE));
    fflush(stdout);
}

static void
on_device(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Device *self = user_data;
    GError *why = NULL;

    if (error != NULL) {
        apd_ctl_login_end(self->login, g_error_copy(error));
        return;
    }
    if (!apd_oauth_read_device(response, &self->device, &why)) {
        apd_ctl_login_end(self->login, why);
        return;
    }
    self->end = apd_uptime() + self->device.life;
    instruct(self);
    if (self->device.whole_url != NULL && apd_ctl_login_has_screen())
        apd_ctl_login_open(self->device.whole_url);
    poll_later(self);
}

bool
apd_ctl_login_by_device(ApdCtlLogin *login)
{
    Device self = { .login = login };
    g_auto(ApdHttpRequest) request = { 0 };

    apd_oauth_ask_device(&login->source->oauth, login->secret, &request);
    apd_ctl_login_send(login, &request, on_device, &self);
    g_main_loop_run(login->loop);
    apd_oauth_device_clear(&self.device);
    return login->error == NULL;
}
