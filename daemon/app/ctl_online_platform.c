/* The platform's own endpoints: each topic is asked its first question, which proves
 * app, signature, token, clock and permission, and changes nothing. */
#include "app/ctl_online.h"
#include "base/error.h"
#include "io/api_question.h"
#include "io/secret.h"
#include "io/token.h"
#include "logic/api_answer.h"
#include "logic/api_round.h"
#include "logic/skew.h"

typedef struct {
    ApdOnlineSubject *subject;     /* borrowed */
    const ApdSourceConfig *source; /* borrowed */
    const char *topic;             /* borrowed */
    ApdApiQuestion asked;
    ApdApiRound *round; /* owned */
    GHashTable *marks;  /* owned: none */
} Question;

static void
free_question(Question *self)
{
    apd_api_question_clear(&self->asked);
    apd_api_round_free(self->round);
    g_hash_table_unref(self->marks);
    g_free(self);
}

static const struct {
    ApdRemedy remedy;
    ApdProof proof;
    const char *text;
} remedies[] = {
    { APD_REMEDY_RETRY, APD_PROOF_WARN, "wait: it is the platform's trouble" },
    { APD_REMEDY_WAIT, APD_PROOF_WARN, "wait: it was asked too often" },
    { APD_REMEDY_RENEW, APD_PROOF_BAD, "" },
    { APD_REMEDY_LOGIN, APD_PROOF_BAD, "" },
    { APD_REMEDY_CLOCK, APD_PROOF_BAD, "is app-secret-file that of this app-key?" },
    { APD_REMEDY_FORBIDDEN, APD_PROOF_BAD,
      "ask for this method in the platform's console, or take it out of watch" },
    { APD_REMEDY_GONE, APD_PROOF_BAD, "is there a newer appeald? else take it out of watch" },
    { APD_REMEDY_APP, APD_PROOF_BAD, "check app-key" },
    { APD_REMEDY_FIX, APD_PROOF_BAD, "mend what the platform says there; look in its console" },
};

/* Returns: (transfer full): what to do where that is not the same for everybody; NULL: it is. */
static char *
find_advice(const Question *self, const ApdApiAnswer *answer, const ApdHttpResponse *response)
{
    ApdTime theirs = apd_http_date(response->date), off = theirs > 0 ? theirs - apd_now() : 0;

    if (answer->remedy == APD_REMEDY_RENEW || answer->remedy == APD_REMEDY_LOGIN)
        return g_strdup_printf("appealctl login %s", self->source->name);
    if (answer->remedy == APD_REMEDY_RETRY && answer->root == NULL && response->status == 200)
        return g_strdup("is gateway right, and does this network want a sign-in first? else wait");
    if (answer->remedy != APD_REMEDY_CLOCK || ABS(off) < APD_SKEW_SLACK)
        return NULL;
    g_autofree char *span = apd_skew_text(off);
    return g_strdup_printf("this machine's clock is %s the platform's: timedatectl set-ntp true",
                           span);
}

static void
add_trouble(const Question *self, const ApdApiAnswer *answer, const ApdHttpResponse *response)
{
    g_autofree char *advice = find_advice(self, answer, response);

    for (size_t i = 0; i < G_N_ELEMENTS(remedies); i++)
        if (remedies[i].remedy == answer->remedy)
            apd_online_add(self->subject, remedies[i].proof, self->topic,
                           advice ? advice : remedies[i].text, "%s", answer->text);
}

static void
add_answer(Question *self, const ApdApiAnswer *answer, const ApdHttpResponse *response)
{
    g_autoptr(GError) error = NULL;

    if (answer->remedy != APD_REMEDY_NONE)
        add_trouble(self, answer, response);
    else if (apd_api_round_take(self->round, answer->root, &error)
             && apd_api_round_check(self->round, &error))
        apd_online_add(self->subject, APD_PROOF_GOOD, self->topic, "",
                       "answers, and is understood");
    else
        apd_online_add(self->subject, APD_PROOF_BAD, self->topic, "please report this", "%s",
                       error->message);
}

static void
on_answer(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Question *self = user_data;
    g_auto(ApdApiAnswer) answer = { 0 };

    if (error != NULL) {
        apd_online_add(self->subject, APD_PROOF_BAD, self->topic,
                       "check gateway and this machine's network", "%s", error->message);
    } else {
        apd_api_question_read(&self->asked, self->source, response, &answer);
        add_answer(self, &answer, response);
        apd_online_take_date(self->subject->owner, response);
    }
    apd_online_done(self->subject);
    free_question(self);
}

static void
ask(ApdOnlineSubject *subject, const ApdSourceConfig *source, const char *topic)
{
    Question *self = g_new0(Question, 1);
    g_autoptr(GError) error = NULL;
    const char *method = NULL;

    self->subject = subject;
    self->source = source;
    self->topic = topic;
    self->marks = g_hash_table_new(g_str_hash, g_str_equal);
    self->round =
        apd_api_round_new(source->platform, topic, self->marks, source->gateway, false, apd_now());
    self->asked.fields = apd_api_round_ask(self->round, &method);
    self->asked.method = g_strdup(method);
    if (self->asked.fields == NULL
        || !apd_api_question_send(&self->asked, source, subject->owner->http, apd_now(), on_answer,
                                  self, &error)) {
        apd_online_add(subject, APD_PROOF_BAD, topic, "", "%s",
                       error ? error->message : "there is nothing to ask");
        free_question(self);
        return;
    }
    subject->pending++;
}

void
apd_online_platform(ApdOnlineSubject *self, const ApdSourceConfig *source)
{
    g_autoptr(GError) error = NULL;
    char *secret = apd_secret_read(&source->oauth.client_secret, &error);
    char *token = secret != NULL ? apd_token_secret(source, NULL) : NULL;

    if (secret == NULL)
        apd_online_add(self, APD_PROOF_BAD, "app-secret", "", "%s", error->message);
    if (token == NULL) /* of the gateway, no more can be said */
        apd_online_ask_server(self, "gateway", source->gateway, source->ca_file);
    for (char **topic = source->folders; token != NULL && *topic != NULL; topic++)
        ask(self, source, *topic);
    apd_secret_free(secret);
    apd_secret_free(token);
}
