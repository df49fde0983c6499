/* appealctl login, cut into its two ways: a code that is entered on another
 * device, and a browser that comes back to this machine.
 */
#pragma once

#include <gio/gio.h>

#include "io/config.h"
#include "io/http.h"
#include "io/oauth.h"

typedef struct {
    const ApdSourceConfig *source; /* borrowed */
    char *secret;                  /* owned; of the client, or NULL */
    char *code;                    /* owned, a secret: that was sent; NULL: none */
    ApdHttp *http;                 /* owned */
    GMainLoop *loop;               /* owned */
    ApdOAuthAnswer answer;         /* what came */
    GError *error;                 /* owned; why nothing did */
} ApdCtlLogin;

/* Runs the loop until there is a token (true) or none will come (false, @error set). */
bool apd_ctl_login_by_device(ApdCtlLogin *self);
bool apd_ctl_login_by_browser(ApdCtlLogin *self, bool open_it);

/* Sends @request (cleared) and hands its answer to @done. */
void apd_ctl_login_send(ApdCtlLogin *self, ApdHttpRequest *request, ApdHttpDone done,
                        void *user_data);

/* Ends the loop; takes @error (NULL: there is a token). */
void apd_ctl_login_end(ApdCtlLogin *self, GError *error);

/* What @result (no token) means, with the remedy. */
GError *apd_ctl_login_error(const ApdCtlLogin *self, ApdOAuthResult result);

/* Whether a browser can be shown here. */
bool apd_ctl_login_has_screen(void);

/* Starts one; without a screen, or when it cannot, nothing happens. */
void apd_ctl_login_open(const char *url);
