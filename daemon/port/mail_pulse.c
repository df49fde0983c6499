#include "port/mail_pulse.h"

#include "base/error.h"
#include "io/mail_frames.h"

/* After the end of a round: its commands have 30 s each, of which it needs none as a rule.
 * Of the default `poll` this leaves a quarter of blind-limit to spare. */
#define GRACE (30 * APD_SECOND)

/* Of a mailbox that is not in sight, or at its first look: the longest pause after a
 * refusal, and a step. */
#define PATIENCE (45 * APD_MINUTE)

/* For an answer, which costs a child nothing; and how often it is looked for, since we may
 * have been away ourselves. */
#define ANSWER (5 * APD_SECOND)
#define LOOKS  2

/* When the child is to be asked for a sign of life. */
static gint64
due_at(const ApdMailWatch *watch)
{
    ApdTime round = MIN(watch->config->poll, APD_MAIL_ROUND);

    return MAX(watch->heard, watch->asked_at) + (watch->well ? round + GRACE : PATIENCE);
}

/* A server without IDLE is looked at when `poll` comes round, and not before. */
static bool
is_silent(const ApdMailWatch *watch, gint64 now)
{
    return watch->sent && watch->well && watch->heard + watch->config->poll + GRACE <= now;
}

static gboolean on_timer(gpointer user_data);

static void
arm(ApdMailChild *child, gint64 when)
{
    gint64 now = g_get_monotonic_time();

    if (child->pulse != 0 && child->pulse_at <= when)
        return;
    g_clear_handle_id(&child->pulse, g_source_remove);
    child->pulse_at = when;
    child->pulse = g_timeout_add((guint) (MAX(when - now, 0) / 1000 + 1), on_timer, child);
}

/* Returns: whether one is overdue; else waits for the first that may be. */
static bool
look(ApdMailChild *child)
{
    gint64 now = g_get_monotonic_time(), next = G_MAXINT64;

    for (guint i = 0; i < child->watches->len; i++) {
        const ApdMailWatch *watch = child->watches->pdata[i];
        if (watch->sent && due_at(watch) <= now)
            return true;
        if (watch->sent)
            next = MIN(next, due_at(watch));
    }
    if (next < G_MAXINT64)
        arm(child, next);
    return false;
}

static gboolean
on_timer(gpointer user_data)
{
    ApdMailChild *child = user_data;

    child->pulse = 0;
    if (child->process == NULL || (child->unanswered == 0 && !look(child)))
        return G_SOURCE_REMOVE;
    if (child->unanswered == 0)
        apd_child_send(child->process, "ping", g_variant_new(APD_MAIL_PING, (guint32) 0));
    if (child->unanswered++ < LOOKS) {
        arm(child, g_get_monotonic_time() + ANSWER);
        return G_SOURCE_REMOVE;
    }
    child->hung = true;
    apd_child_kill(child->process);
    return G_SOURCE_REMOVE;
}

void
apd_mail_pulse_feel(ApdMailWatch *watch)
{
    watch->heard = g_get_monotonic_time();
    arm(watch->child, due_at(watch));
}

void
apd_mail_pulse_answer(ApdMailChild *child)
{
    child->unanswered = 0;
}

void
apd_mail_pulse_judge(ApdMailChild *child)
{
    gint64 now = g_get_monotonic_time();

    for (guint i = 0; i < child->watches->len; i++) {
        ApdMailWatch *watch = child->watches->pdata[i];
        if (watch->sent && due_at(watch) <= now)
            watch->asked_at = now;
        if (is_silent(watch, now))
            apd_mail_watch_lose(watch, APD_ERROR_TRANSIENT,
                                "the server did not answer in time, or keeps others of its "
                                "mailboxes waiting: no sign of life for %d s",
                                (int) ((now - watch->heard) / APD_SECOND));
    }
    (void) look(child);
}

void
apd_mail_pulse_stop(ApdMailChild *child)
{
    g_clear_handle_id(&child->pulse, g_source_remove);
    child->unanswered = 0;
}
