/* A source: its token, its folder, and through a child its server. */
#include <string.h>

#include "app/ctl_online.h"
#include "app/ctl_online_json.h"
#include "app/token_alert.h"
#include "base/error.h"
#include "base/text.h"
#include "io/api_token.h"
#include "io/child.h"
#include "io/mail_frames.h"
#include "io/secret.h"
#include "io/token.h"

#define PROGRAM "appeald-mail"

/* Servers that are looked at, at a time, by a child each. */
#define AT_ONCE 8

typedef struct {
    ApdOnlineSubject *subject;     /* borrowed */
    const ApdSourceConfig *source; /* borrowed */
    ApdChild *child;               /* owned; NULL: none any more, or not yet */
    bool started, finished;
} Look;

/* --- what it logs in with --------------------------------------------------------------- */

static char *
roughly(ApdTime span)
{
    ApdTime unit = span >= 2 * APD_DAY      ? APD_DAY
                   : span >= 2 * APD_HOUR   ? APD_HOUR
                   : span >= 2 * APD_MINUTE ? APD_MINUTE
                                            : APD_SECOND;

    return apd_duration_format(MAX(span, 0) / unit * unit);
}

static void
show_token(ApdOnlineSubject *self, const ApdSourceConfig *source)
{
    const char *lost = g_hash_table_lookup(self->owner->lost, source->section);
    g_autofree char *login = g_strdup_printf("appealctl login %s", source->name);
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdToken) token = apd_token_load(source, &error);

    if (token == NULL) {
        apd_online_add(self, APD_PROOF_BAD, "token", login, "%s", error->message);
        return;
    }
    ApdTime now = apd_now(), end = token->refresh_expires;
    bool soon = end - now < apd_token_alert_first(source);
    g_autofree char *left = roughly(token->expires - now);
    g_autofree char *age = roughly(now - token->login);
    g_autofree char *until = end == APD_NEVER ? NULL : roughly(end - now);
    if (lost != NULL)
        apd_online_add(self, APD_PROOF_BAD, "token", "", "could not be renewed: %s", lost);
    else if (token->refused != NULL)
        apd_online_add(self, APD_PROOF_BAD, "token", login, "the provider has ended the login: %s",
                       token->refused);
    else if (token->refresh == NULL)
        apd_online_add(self, APD_PROOF_WARN, "token", login,
                       "good for %s more, and nothing was given to renew it with", left);
    else
        apd_online_add(self, soon ? APD_PROOF_WARN : APD_PROOF_GOOD, "token", soon ? login : "",
                       "good for %s more, then renewed; logged in %s ago; the login %s%s", left,
                       age, until ? "ends in " : "has no end that is known", until ? until : "");
}

/* --- its server ------------------------------------------------------------------------- */

/* The child knows no names of ours. */
static char *
own_remedy(const ApdSourceConfig *source, const char *what, const char *remedy)
{
    if (!g_str_equal(what, "login") || *remedy == '\0')
        return g_strdup(remedy);
    if (source->token_file != NULL)
        return g_strdup_printf("log in again, as that user: appealctl login %s", source->name);
    return g_strdup(source->hint != NULL ? source->hint : remedy);
}

static void start_looks(ApdOnline *owner);

static void
finish_look(Look *self)
{
    ApdOnline *owner = self->subject->owner;

    self->finished = true;
    owner->looking--;
    apd_online_done(self->subject);
    start_looks(owner);
}

static void
on_frame(ApdChild *child, const char *word, GVariant *content, void *user_data)
{
    Look *self = user_data;
    const char *what, *text, *remedy;
    guint8 proof;

    if (self->finished)
        return;
    if (g_str_equal(word, "probed-all")) {
        finish_look(self);
        apd_child_kill(child);
    } else if (g_str_equal(word, "probed")
               && g_variant_is_of_type(content, G_VARIANT_TYPE(APD_MAIL_PROBED))) {
        g_variant_get(content, "(y&s&s&s)", &proof, &what, &text, &remedy);
        g_autofree char *own = own_remedy(self->source, what, remedy);
        apd_online_add(self->subject, (ApdProof) MIN(proof, APD_PROOF_BAD), what, own, "%s", text);
    }
}

static void
on_ended(ApdChild *child, const char *text, void *user_data)
{
    Look *self = user_data;

    apd_child_free(child);
    self->child = NULL;
    if (self->finished)
        return;
    apd_online_add(self->subject, APD_PROOF_BAD, "server", "please report this",
                   "what it sends has ended our mail reader: %s", text);
    finish_look(self);
}

/* Without a secret the server is looked at all the same, up to the login. */
static void
send_probe(Look *self)
{
    const ApdSourceConfig *source = self->source;
    g_autoptr(GError) error = NULL;
    char *secret = apd_token_secret(source, &error);

    if (secret == NULL && source->token_file == NULL)
        apd_online_add(self->subject, APD_PROOF_BAD, "password", "", "%s", error->message);
    apd_child_send(self->child, "probe",
                   g_variant_new(APD_MAIL_PROBE_NEW, source->host, (guint32) source->port,
                                 (guint8) source->tls, source->ca_file ? source->ca_file : "",
                                 source->user, apd_frame_secret(secret ? secret : ""), source->auth,
                                 source->folders, (gboolean) source->send_id,
                                 (gboolean) self->subject->owner->push));
    apd_secret_free(secret);
}

static void
start_look(Look *self)
{
    static const ApdChildEvents events = { .frame = on_frame, .ended = on_ended };
    g_autofree char *program = apd_child_program(PROGRAM);
    const char *const argv[] = { program, NULL };
    g_autoptr(GError) error = NULL;

    self->started = true;
    self->subject->owner->looking++;
    self->child = apd_child_start(argv, &events, self, &error);
    if (self->child != NULL) {
        send_probe(self);
        return;
    }
    apd_online_add(self->subject, APD_PROOF_BAD, "server", "", "cannot start %s: %s", program,
                   error->message);
    self->finished = true;
    self->subject->owner->looking--;
    apd_online_done(self->subject);
}

static void
start_looks(ApdOnline *owner)
{
    for (guint i = 0; i < owner->looks->len && owner->looking < AT_ONCE; i++) {
        Look *look = owner->looks->pdata[i];
        if (!look->started)
            start_look(look);
    }
}

static void
free_look(void *data)
{
    Look *look = data;

    apd_child_free(look->child);
    g_free(look);
}

static void
show_server(ApdOnlineSubject *self, const ApdSourceConfig *source)
{
    Look *look = g_new0(Look, 1);

    look->subject = self;
    look->source = source;
    self->pending++;
    if (self->owner->looks == NULL)
        self->owner->looks = g_ptr_array_new_with_free_func(free_look);
    g_ptr_array_add(self->owner->looks, look);
    start_looks(self->owner);
}

static void
show_maildir(ApdOnlineSubject *self, const ApdSourceConfig *source)
{
    static const char *const parts[] = { "new", "cur" };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_build_filename(source->path, parts[i], NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GDir) dir = g_dir_open(path, 0, &error);
        if (dir != NULL)
            apd_online_add(self, APD_PROOF_GOOD, parts[i], "", "%s can be read", path);
        else
            apd_online_add(
                self, APD_PROOF_BAD, parts[i],
                "is path the folder that holds new/ and cur/, and may this user read it?", "%s",
                error->message);
    }
}

void
apd_online_source(ApdOnlineSubject *self, const ApdSourceConfig *source)
{
    if (g_str_equal(source->type, "json")) {
        apd_online_json(self, source);
        return;
    }
    if (source->path != NULL) {
        show_maildir(self, source);
        return;
    }
    if (source->token_file != NULL)
        show_token(self, source);
    if (apd_api_token_is_for(source)) {
        apd_online_platform(self, source);
        return;
    }
    if (source->token_file != NULL)
        apd_online_ask_server(self, "token server", source->oauth.token_url, source->oauth.ca_file);
    show_server(self, source);
}
