#include "io/api_question.h"

#include "base/clock.h"
#include "io/api_call.h"
#include "io/secret.h"
#include "io/token.h"

/* No pause that is asked for is longer. */
#define LONGEST APD_DAY

static void
forget_secrets(ApdApiQuestion *self)
{
    g_clear_pointer(&self->secret, apd_secret_free);
    g_clear_pointer(&self->token, apd_secret_free);
}

void
apd_api_question_clear(ApdApiQuestion *self)
{
    forget_secrets(self);
    g_clear_pointer(&self->method, g_free);
    g_clear_pointer(&self->fields, json_object_unref);
    self->again = false;
}

bool
apd_api_question_send(ApdApiQuestion *self, const ApdSourceConfig *source, ApdHttp *http,
                      ApdTime now, ApdHttpDone done, void *user_data, GError **error)
{
    g_auto(ApdHttpRequest) request = { 0 };

    forget_secrets(self);
    self->secret = apd_secret_read(&source->oauth.client_secret, error);
    self->token = self->secret ? apd_token_secret(source, error) : NULL;
    if (self->token == NULL
        || !apd_api_call(source->platform, source, self->method, self->fields, self->secret,
                         self->token, now, &request, error))
        return false;
    self->token_mark = g_str_hash(self->token);
    apd_http_send(http, &request, done, user_data);
    return true;
}

/* A server that is asked too much may say so by HTTP. */
static void
take_retry_after(const ApdHttpResponse *response, ApdApiAnswer *answer)
{
    ApdTime wait = apd_http_retry_after(response->retry_after, apd_now());

    if (answer->remedy != APD_REMEDY_RETRY || wait <= 0)
        return;
    answer->remedy = APD_REMEDY_WAIT;
    answer->wait = MIN(wait, LONGEST) + APD_SECOND;
}

void
apd_api_question_read(ApdApiQuestion *self, const ApdSourceConfig *source,
                      const ApdHttpResponse *response, ApdApiAnswer *ret_answer)
{
    apd_api_answer_read(source->platform, response->status, response->body->str,
                        response->body->len, ret_answer);
    take_retry_after(response, ret_answer);
    if (ret_answer->text != NULL) {
        const char *const secrets[] = { self->token, self->secret, NULL };
        g_autofree char *said = ret_answer->text;
        ret_answer->text = apd_secret_leave_out_all(said, secrets);
    }
    forget_secrets(self);
}
