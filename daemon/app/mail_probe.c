#include "app/mail_probe.h"

#include "io/imap_probe.h"
#include "io/frame.h"
#include "io/mail_frames.h"

static void
tell(ApdProof proof, const char *what, const char *text, const char *remedy, void *user_data)
{
    g_autofree char *safe_what = g_utf8_make_valid(what, -1);
    g_autofree char *safe_text = g_utf8_make_valid(text, -1);
    g_autofree char *safe_remedy = g_utf8_make_valid(remedy, -1);

    apd_mail_send(
        user_data, "probed",
        g_variant_new(APD_MAIL_PROBED, (guint8) proof, safe_what, safe_text, safe_remedy));
}

void
apd_mail_probe(ApdMail *self, GVariant *content)
{
    ApdImapProbe probe = { 0 };
    g_auto(GStrv) folders = NULL;
    const char *password;
    gboolean send_id, push;
    guint32 port;
    guint8 tls;

    g_variant_get(content, "(&suy&s&s&s&s^asbb)", &probe.host, &port, &tls, &probe.ca_file,
                  &probe.login.user, &password, &probe.login.auth, &folders, &send_id, &push);
    probe.port = (int) port;
    probe.tls = (ApdTls) MIN(tls, APD_TLS_NONE);
    probe.login.password = password;
    probe.login.send_id = send_id;
    probe.push = push;
    probe.login.host = probe.host;
    probe.login.port = probe.port;
    probe.folders = (const char *const *) folders;
    apd_imap_probe(&probe, tell, self);
    apd_frame_wipe(content);
    apd_mail_send(self, "probed-all", g_variant_new(APD_MAIL_PROBED_ALL, (guint32) 0));
}
