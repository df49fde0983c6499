#include "port/mail_login.h"

#include "base/error.h"
#include "io/mail_frames.h"
#include "io/secret.h"
#include "io/token.h"
#include "port/mail_pulse.h"

/* Of a message: the reader takes no more. */
#define FETCH_LIMIT (1024u * 1024)

static void
send_watch(ApdMailWatch *watch, const char *password)
{
    const ApdSourceConfig *config = watch->config;

    apd_child_send(
        watch->child->process, "watch",
        g_variant_new(APD_MAIL_WATCH_NEW, watch->id, config->host, (guint32) config->port,
                      (guint8) config->tls, config->ca_file != NULL ? config->ca_file : "",
                      config->user, apd_frame_secret(password), config->auth, watch->folder,
                      (gboolean) config->send_id, watch->cursor.uidvalidity, watch->cursor.last_uid,
                      (gboolean) watch->cursor.looked_back, watch->look_back, config->poll,
                      FETCH_LIMIT, watch->doubts.uidvalidity, watch->doubts.slow, watch->doubts.uid,
                      watch->doubts.doubt));
    watch->token = g_str_hash(password);
    watch->sent = true;
    apd_mail_pulse_feel(watch);
}

void
apd_mail_login_forget(ApdMailWatch *watch)
{
    ApdMailHub *hub = watch->child->hub;

    /* The child may be at work for it at this moment, and ends that in its own time: what begins
     * anew is another to it. */
    apd_child_send(watch->child->process, "drop", g_variant_new(APD_MAIL_DROP, watch->id));
    watch->sent = false;
    watch->acked += watch->due;
    watch->due = 0;
    g_hash_table_remove(hub->watches, GUINT_TO_POINTER(watch->id));
    watch->id = ++hub->last_id;
    g_hash_table_insert(hub->watches, GUINT_TO_POINTER(watch->id), watch);
}

/* The child has one that was refused: another is worth a try, and a second look at the same, or
 * at none, says nothing that was not told. */
static void
compare(ApdMailWatch *watch, const char *secret)
{
    if (!watch->refused || secret == NULL || g_str_hash(secret) == watch->token)
        return;
    apd_mail_login_forget(watch);
    send_watch(watch, secret);
}

static void
on_secret(char *secret, const GError *error, void *user_data)
{
    ApdMailWatch *watch = user_data;

    watch->asking = NULL;
    if (watch->sent)
        compare(watch, secret);
    else if (secret == NULL)
        apd_mail_watch_lose(watch, APD_ERROR_REFUSED, "%s", error->message);
    else if (watch->child->process != NULL)
        send_watch(watch, secret);
    apd_secret_free(secret);
}

/* A command for the password may hang: it is waited for elsewhere. */
static void
ask(ApdMailWatch *watch)
{
    const ApdSourceConfig *config = watch->config;
    g_autoptr(GError) error = NULL;

    if (watch->asking != NULL)
        return;
    if (config->token_file == NULL && config->password.command != NULL) {
        watch->asking = apd_mail_secret_ask(config->password.command, on_secret, watch);
        return;
    }
    char *password = apd_token_secret(config, &error);
    /* Whoever renews its token pokes us, and tells if it cannot. */
    if (!g_error_matches(error, APD_ERROR, APD_ERROR_TRANSIENT))
        on_secret(password, error, watch);
}

void
apd_mail_login_begin(ApdMailWatch *watch)
{
    /* A token that was refused is the business of whoever renews it. */
    if (!watch->sent || (watch->refused && watch->config->token_file == NULL))
        ask(watch);
}

void
apd_mail_login_renew(ApdMailWatch *watch)
{
    char *token = watch->config->token_file ? apd_token_secret(watch->config, NULL) : NULL;

    if (token != NULL && g_str_hash(token) != watch->token) {
        apd_child_send(watch->child->process, "renew",
                       g_variant_new(APD_MAIL_RENEW_NEW, watch->id, apd_frame_secret(token)));
        watch->token = g_str_hash(token);
    }
    apd_secret_free(token);
}
