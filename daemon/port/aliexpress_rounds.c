#include "port/aliexpress.h"

#include "base/error.h"
#include "base/text.h"
#include "io/mail_frames.h"
#include "logic/backoff.h"

/* What we are not allowed, or what is gone, is tried again so much later. */
#define LATER APD_DAY

typedef ApdAliexpressTopic Topic;

/* --- the end of a round -------------------------------------------------------------------- */

/* The round goes on where it stopped. */
void
apd_aliexpress_end_turn(ApdAliexpress *self, ApdTime pause)
{
    self->topic->due = apd_uptime() + pause;
    self->topic->asked = 0;
    self->topic = NULL;
    apd_aliexpress_wake_soon(self);
}

/* What the first looks found is told of when all are over, in one summary. */
void
apd_aliexpress_end_round(ApdAliexpress *self, ApdTime pause)
{
    apd_aliexpress_topic_clear(self->topic);
    if (!self->summarised && apd_aliexpress_topics_settled(self->topics)) {
        self->summarised = true;
        self->events.looked_back(&self->source, "", self->user_data);
    }
    apd_aliexpress_end_turn(self, pause);
}

static void
tell_dark(ApdAliexpress *self, int code, const char *text)
{
    g_autoptr(GError) why = g_error_new_literal(APD_ERROR, code, text);

    self->events.sight(&self->source, self->topic->name, why, self->user_data);
}

/* What the first look found waits for its end: one that is at fault again and again must
 * do. */
static void
end_first_look(ApdAliexpress *self)
{
    self->topic->looked_back = true;
    if (!self->topic->first_look)
        return;
    self->summarised = false;
    self->events.looked_back(&self->source, self->topic->name, self->user_data);
}

/* Trouble that may pass: told when it stays. */
static void
fail_round(ApdAliexpress *self, const char *text)
{
    ApdTime wait = apd_backoff_wait((int) ++self->topic->failures, g_random_int(), APD_HOUR);

    if (self->topic->failures >= APD_ALIEXPRESS_PATIENCE)
        tell_dark(self, APD_ERROR_TRANSIENT, text);
    apd_aliexpress_end_round(self, MIN(wait, self->topic->every));
}

/* Trouble that a person must mend. */
void
apd_aliexpress_refuse(ApdAliexpress *self, const char *text)
{
    self->topic->failures++;
    tell_dark(self, APD_ERROR_REFUSED, text);
    apd_aliexpress_end_round(self, self->topic->every);
}

/* Trouble that a person must mend, and that asking does not. */
static void
refuse_for_long(ApdAliexpress *self, const char *text)
{
    ApdTime wait = apd_backoff_wait((int) ++self->topic->failures, g_random_int(), APD_NEVER);

    tell_dark(self, APD_ERROR_REFUSED, text);
    apd_aliexpress_end_round(self, MAX(wait, self->topic->every));
}

/* Whatever was at fault in it, all that could be asked was. */
void
apd_aliexpress_finish(ApdAliexpress *self)
{
    Topic *topic = self->topic;
    g_autoptr(GError) error = NULL;
    bool passing = !apd_api_round_check(topic->round, &error) && error->code == APD_ERROR_TRANSIENT;

    topic->rounds++;
    topic->gone = false;
    if (!passing || topic->failures + 1 >= APD_ALIEXPRESS_PATIENCE)
        end_first_look(self);
    if (passing) {
        fail_round(self, error->message);
        return;
    }
    topic->failures = 0;
    self->events.sight(&self->source, topic->name, error, self->user_data);
    apd_aliexpress_end_round(self, topic->every);
}

/* The question gets no answer: the round goes on without it, if it can, and if that is
 * not one too many in a row. */
void
apd_aliexpress_lose_question(ApdAliexpress *self, int code, const char *text)
{
    bool good = apd_api_round_skip(self->topic->round, text);

    apd_aliexpress_topic_stumble(self->topic, good, code, text);
    apd_aliexpress_go_on(self);
}

void
apd_aliexpress_end_lost(ApdAliexpress *self)
{
    g_autoptr(GError) why = g_steal_pointer(&self->topic->lost);

    if (self->topic->good && self->topic->failures + 1 >= APD_ALIEXPRESS_PATIENCE)
        end_first_look(self);
    if (why->code == APD_ERROR_REFUSED)
        apd_aliexpress_refuse(self, why->message);
    else
        fail_round(self, why->message);
}

/* --- what an answer asks for ---------------------------------------------------------------- */

/* Returns: (transfer full): what a person is to be told of it. */
static char *
tell_answer(const ApdAliexpress *self, const ApdApiAnswer *answer)
{
    return apd_api_answer_tell(
        answer, apd_platform_get(self->config->platform, "method", self->question.method, "name"));
}

/* Told once; the other topics go on. */
static void
lose_method(ApdAliexpress *self, const ApdApiAnswer *answer)
{
    g_autofree char *text = tell_answer(self, answer);

    self->topic->gone = true;
    self->events.gone(&self->source, self->topic->name, text, self->user_data);
    apd_aliexpress_end_round(self, LATER);
}

/* Once more, by the clock of the platform if ours is not like it. */
static bool
ask_again(ApdAliexpress *self, ApdTime off, GError **error)
{
    if (self->question.again)
        return false;
    self->question.again = true;
    self->clock.off = off;
    return apd_aliexpress_send(self, error);
}

static void
mend_clock(ApdAliexpress *self, const ApdHttpResponse *response, const ApdApiAnswer *answer)
{
    ApdTime off = apd_source_clock_measure(response);
    g_autofree char *text = off != 0 ? apd_source_clock_text(off) : tell_answer(self, answer);
    g_autoptr(GError) error = NULL;

    if (ask_again(self, off, &error))
        return;
    if (off != 0)
        apd_source_clock_tell(&self->clock, off, &self->source, &self->events, self->user_data);
    apd_aliexpress_refuse(self, error ? error->message : text);
}

/* One that is refused is renewed, and one that is renewed and refused is not: that
 * would go on for ever. */
static void
renew_token(ApdAliexpress *self, const char *said)
{
    g_autofree char *text = NULL;

    if (apd_aliexpress_topic_renew(self->topic, self->question.token_mark)) {
        text = g_strdup_printf(APD_MAIL_SAYS_TOKEN ": %s", said);
        apd_aliexpress_refuse(self, text);
        return;
    }
    text = g_strdup_printf("the platform refuses a new access token, too: %s (run: appealctl login "
                           "%s)",
                           said, self->config->name);
    refuse_for_long(self, text);
}

static void
wait_out(ApdAliexpress *self, const ApdApiAnswer *answer)
{
    ApdTime wait = apd_aliexpress_topic_ban(self->topic, self->config, self->ledger, answer->wait);
    g_autofree char *span = apd_duration_format(wait);
    g_autofree char *text =
        g_strdup_printf("the platform allows no question for %s: %s", span, answer->text);

    if (wait > APD_ALIEXPRESS_LONG_BAN || self->topic->stumbles >= APD_ALIEXPRESS_PATIENCE)
        tell_dark(self, APD_ERROR_TRANSIENT, text);
    if (wait > APD_ALIEXPRESS_LONG_BAN)
        apd_aliexpress_end_round(self, wait);
    else
        apd_aliexpress_end_turn(self, wait);
}

void
apd_aliexpress_take_remedy(ApdAliexpress *self, const ApdHttpResponse *response,
                           const ApdApiAnswer *answer)
{
    g_autofree char *text = tell_answer(self, answer);
    bool lasting = answer->remedy == APD_REMEDY_FORBIDDEN || answer->remedy == APD_REMEDY_GONE
                   || answer->remedy == APD_REMEDY_FIX;

    /* After a good answer it is of this question alone, or of the method that gives details. */
    if (lasting && self->topic->good) {
        apd_aliexpress_lose_question(self, APD_ERROR_REFUSED, text);
        return;
    }
    switch (answer->remedy) {
    case APD_REMEDY_WAIT:
        wait_out(self, answer);
        return;
    case APD_REMEDY_FORBIDDEN:
    case APD_REMEDY_GONE:
        lose_method(self, answer);
        return;
    case APD_REMEDY_RENEW:
    case APD_REMEDY_LOGIN:
        renew_token(self, answer->text);
        return;
    case APD_REMEDY_CLOCK:
        mend_clock(self, response, answer);
        return;
    case APD_REMEDY_FIX:
        refuse_for_long(self, text);
        return;
    case APD_REMEDY_APP:
        apd_aliexpress_refuse(self, text);
        return;
    default:
        apd_aliexpress_lose_question(self, APD_ERROR_TRANSIENT, answer->text);
    }
}

/* A ban from before this start. */
void
apd_aliexpress_sit_out(ApdAliexpress *self)
{
    g_autofree char *text = apd_aliexpress_topic_ban_text(self->topic);

    tell_dark(self, APD_ERROR_TRANSIENT, text);
    apd_aliexpress_end_turn(self, self->topic->banned - apd_uptime());
}
