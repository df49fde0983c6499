/* Whose turn it is: per host, per account, by credit and by time. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

#include "app/mail_crash.h"
#include "app/mail_private.h"
#include "base/error.h"
#include "base/task.h"
#include "io/mail_frames.h"

/* No step takes longer than the sum of its deadlines, by far. */
#define STEP_LIMIT (15 * APD_MINUTE)

/* A step waits for the server and computes for milliseconds: one that is still busy
 * after so long, having used so much of the processor, goes round in circles; one that
 * sleeps for so long over a message, with nothing to wait for, never wakes. */
#define BUSY_LIMIT (10 * APD_SECOND)
#define USED_LIMIT (8 * APD_SECOND)

/* Between two tries of a mailbox whose server lets others in, and of one that is looked for
 * because the network has changed: networks may change all the time. */
#define CALL_BACK_PAUSE (2 * APD_SECOND)
#define POKE_PAUSE      (5 * APD_SECOND)

static void
arm(ApdMail *self, ApdTime when)
{
    struct itimerspec spec = { .it_value = { .tv_sec = when / APD_SECOND,
                                             .tv_nsec = when % APD_SECOND * 1000 } };

    if (when >= self->armed)
        return;
    self->armed = when;
    if (timerfd_settime(self->timer, TFD_TIMER_ABSTIME, &spec, NULL) < 0)
        g_error("timerfd_settime: %s", g_strerror(errno));
}

static void
rest_until(ApdMail *self, ApdMailSlot *slot, ApdTime due)
{
    slot->state = APD_SLOT_RESTING;
    slot->due = due;
    arm(self, due);
}

static ApdMailSlot *
find_slot(ApdMail *self, uint32_t id)
{
    return g_hash_table_lookup(self->slots, GUINT_TO_POINTER(id));
}

/* --- starting ---------------------------------------------------------------------- */

static void
start(ApdMail *self, ApdMailSlot *slot)
{
    size_t left = APD_MAIL_CREDIT_EACH - MIN(slot->in_flight, APD_MAIL_CREDIT_EACH);

    slot->state = APD_SLOT_RUNNING;
    slot->grant = MIN(left, self->credit / 4);
    slot->started = apd_uptime();
    slot->looking = slot->look;
    slot->look = false;
    slot->host->running++;
    self->credit -= slot->grant;
    arm(self, slot->started + BUSY_LIMIT);
    g_thread_pool_push(self->pool, slot, NULL);
}

static void
wait_in(GQueue *queue, ApdMailSlot *slot)
{
    slot->state = APD_SLOT_WAITING;
    g_queue_push_tail(queue, GUINT_TO_POINTER(slot->id));
}

/* The account is not to be tried now: say so of this mailbox too. */
static void
block(ApdMail *self, ApdMailSlot *slot)
{
    const ApdMailAccount *account = slot->account;
    const char *text;
    guint32 code;

    if (account->why != NULL) {
        g_variant_get(account->why, "(u&s)", &code, &text);
        apd_mail_send(self, "sight", g_variant_new(APD_MAIL_SIGHT, slot->id, code, text));
    }
    rest_until(self, slot, account->blocked + g_random_int_range(0, (gint32) APD_SECOND));
}

void
apd_mail_ready(ApdMail *self, ApdMailSlot *slot)
{
    ApdMailAccount *account = slot->account;

    if (slot->state == APD_SLOT_RUNNING || slot->state == APD_SLOT_WAITING)
        return;
    if (!slot->connected && account->blocked > apd_uptime()) {
        block(self, slot);
        return;
    }
    if (!slot->connected && !account->proven && account->prober != 0
        && account->prober != slot->id) {
        wait_in(&account->waiting, slot);
        return;
    }
    if (!slot->connected && !account->proven)
        account->prober = slot->id;
    if (slot->host->running >= APD_MAIL_PER_HOST)
        wait_in(&slot->host->waiting, slot);
    else
        start(self, slot);
}

/* --- ending ------------------------------------------------------------------------- */

static void
release_waiting(ApdMail *self, GQueue *queue)
{
    GQueue ids = *queue;

    g_queue_init(queue);
    for (GList *i = ids.head; i != NULL; i = i->next) {
        ApdMailSlot *slot = find_slot(self, GPOINTER_TO_UINT(i->data));
        if (slot == NULL)
            continue;
        slot->state = APD_SLOT_RESTING;
        apd_mail_ready(self, slot);
    }
    g_queue_clear(&ids);
}

/* What the step said last of its sight, for those that wait for its account. */
static void
remember_why(ApdMailAccount *account, const ApdMailboxStep *step)
{
    for (guint i = 0; i < step->news->len; i++) {
        const ApdMailboxNews *news = &g_array_index(step->news, ApdMailboxNews, i);
        const char *text;
        guint32 id, code;
        if (!g_str_equal(news->word, "sight"))
            continue;
        g_variant_get(news->content, "(uu&s)", &id, &code, &text);
        g_clear_pointer(&account->why, g_variant_unref);
        account->why = g_variant_ref_sink(g_variant_new("(us)", code, text));
    }
}

static void
judge_account(ApdMail *self, ApdMailSlot *slot)
{
    ApdMailAccount *account = slot->account;
    const ApdMailboxStep *step = &slot->step;
    bool probed = account->prober == slot->id;

    /* Who changes a password ends the sessions of all folders: one of them tries it. */
    if (step->fd < 0)
        account->proven = false;
    if (probed)
        account->prober = 0;
    if (step->connected) {
        account->proven = true;
        account->blocked = 0;
        g_clear_pointer(&account->why, g_variant_unref);
    } else if (step->refused || (probed && step->wait == APD_MAILBOX_PAUSE)) {
        account->proven = false;
        account->blocked = step->due;
        account->refused = step->refused ? g_str_hash(slot->password) : 0;
        remember_why(account, step);
    }
    if (probed || step->connected)
        release_waiting(self, &account->waiting);
}

/* --- the way back ------------------------------------------------------------------- */

static void
set_lost(ApdMailSlot *slot, bool lost)
{
    if (slot->lost == lost)
        return;
    slot->lost = lost;
    slot->host->lost += lost ? 1u : -1u;
}

/* Nobody's turn before its last try is as old as @pause. */
static void
call_back(ApdMail *self, ApdMailSlot *slot, ApdTime pause)
{
    ApdTime due = MIN(slot->due, MAX(slot->started + pause, apd_uptime()));

    if (slot->account->refused == 0)
        slot->account->blocked = MIN(slot->account->blocked, due);
    rest_until(self, slot, due);
}

/* A server that let one in is back: those that lost it need not sit out pauses that
 * an outage has made long. */
static void
call_all_back(ApdMail *self, const ApdMailHost *host)
{
    GHashTableIter iter;
    void *slot;

    if (host->lost == 0)
        return;
    g_hash_table_iter_init(&iter, self->slots);
    while (g_hash_table_iter_next(&iter, NULL, &slot)) {
        ApdMailSlot *lost = slot;
        if (lost->lost && lost->host == host && lost->state == APD_SLOT_RESTING)
            call_back(self, lost, CALL_BACK_PAUSE);
    }
}

void
apd_mail_poke(ApdMail *self, ApdMailSlot *slot)
{
    slot->look = true;
    if (slot->state != APD_SLOT_RESTING)
        return;
    if (slot->lost)
        call_back(self, slot, POKE_PAUSE);
    else
        apd_mail_ready(self, slot);
}

/* Somebody was let in where a session was found dead: the line was, and has come back without
 * its sessions.  All of them are asked now, and not one after the other with half a minute each. */
static void
doubt_others(ApdMail *self, ApdMailHost *host)
{
    GHashTableIter iter;
    void *data;

    if (host->silent == 0)
        return;
    g_hash_table_iter_init(&iter, self->slots);
    while (g_hash_table_iter_next(&iter, NULL, &data)) {
        ApdMailSlot *slot = data;
        bool idle = slot->state == APD_SLOT_RESTING || slot->state == APD_SLOT_WAITING;
        if (slot->host != host || !idle || !slot->connected || slot->started >= host->silent)
            continue;
        apd_mailbox_doubt(slot->box);
        slot->look = true;
        apd_mail_ready(self, slot);
    }
    host->silent = 0;
}

static void
serve_host(ApdMail *self, ApdMailHost *host)
{
    while (host->running < APD_MAIL_PER_HOST && !g_queue_is_empty(&host->waiting)) {
        uint32_t id = GPOINTER_TO_UINT(g_queue_pop_head(&host->waiting));
        ApdMailSlot *slot = find_slot(self, id);
        if (slot == NULL || slot->state != APD_SLOT_WAITING)
            continue;
        slot->state = APD_SLOT_RESTING;
        apd_mail_ready(self, slot); /* its account may have been blocked meanwhile */
    }
}

static void
serve_starved(ApdMail *self)
{
    GHashTableIter iter;
    void *slot;

    if (self->credit < APD_MAIL_CREDIT / 4)
        return;
    g_hash_table_iter_init(&iter, self->slots);
    while (g_hash_table_iter_next(&iter, NULL, &slot)) {
        ApdMailSlot *starved = slot;
        if (starved->state == APD_SLOT_STARVED && starved->in_flight <= APD_MAIL_CREDIT_EACH / 2)
            apd_mail_ready(self, starved);
    }
}

static void
park(ApdMail *self, ApdMailSlot *slot)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT,
                                 .data.u64 = slot->id };

    if (epoll_ctl(self->epoll, EPOLL_CTL_MOD, slot->step.fd, &event) < 0
        && epoll_ctl(self->epoll, EPOLL_CTL_ADD, slot->step.fd, &event) < 0)
        g_error("epoll_ctl: %s", g_strerror(errno));
    rest_until(self, slot, slot->step.due);
}

static void
go_on(ApdMail *self, ApdMailSlot *slot, bool again)
{
    slot->state = APD_SLOT_RESTING;
    switch (slot->step.wait) {
    case APD_MAILBOX_PARK:
        park(self, slot);
        break;
    case APD_MAILBOX_PAUSE:
        rest_until(self, slot, slot->step.due);
        break;
    case APD_MAILBOX_AGAIN:
        apd_mail_ready(self, slot);
        break;
    case APD_MAILBOX_STARVED:
        slot->state = APD_SLOT_STARVED;
        break;
    }
    if (slot->state == APD_SLOT_RESTING && (again || (slot->look && slot->connected)))
        apd_mail_ready(self, slot); /* poked, or given a new password, while it ran */
}

/* A token that was refused is no reason to wait once there is another. */
static bool
use_renewed(ApdMail *self, ApdMailSlot *slot)
{
    ApdMailAccount *account = slot->account;

    if (slot->renewed == NULL)
        return false;
    apd_vault_drop(self->vault, slot->password);
    slot->password = g_steal_pointer(&slot->renewed);
    apd_mailbox_set_password(slot->box, slot->password);
    if (account->refused != 0 && account->refused != g_str_hash(slot->password)) {
        account->refused = 0;
        account->blocked = 0;
    }
    return !slot->connected;
}

void
apd_mail_finish(ApdMail *self, ApdMailSlot *slot)
{
    ApdMailHost *host = slot->host;
    const ApdMailboxStep *step = &slot->step;

    host->running--;
    self->credit += slot->grant - MIN(slot->grant, step->used);
    slot->in_flight += step->used;
    slot->connected = step->fd >= 0;
    set_lost(slot, step->lost);
    for (guint i = 0; i < step->news->len && !slot->dropped; i++) {
        ApdMailboxNews *news = &g_array_index(step->news, ApdMailboxNews, i);
        apd_mail_send(self, news->word, news->content);
    }
    judge_account(self, slot);
    bool again = use_renewed(self, slot);
    if (step->silent)
        host->silent = apd_uptime();
    if (step->connected) {
        call_all_back(self, host);
        doubt_others(self, host);
    }
    /* A mailbox at work for long goes behind those that wait. */
    slot->state = APD_SLOT_RESTING;
    serve_host(self, host);
    if (slot->dropped)
        apd_mail_drop(self, slot);
    else
        go_on(self, slot, again);
    serve_starved(self);
}

void
apd_mail_renew(ApdMail *self, ApdMailSlot *slot, const char *password)
{
    apd_vault_drop(self->vault, slot->renewed);
    slot->renewed = password;
    if (slot->state == APD_SLOT_RUNNING)
        return;
    use_renewed(self, slot);
    if (slot->state == APD_SLOT_RESTING && !slot->connected)
        apd_mail_ready(self, slot);
}

void
apd_mail_ack(ApdMail *self, ApdMailSlot *slot, size_t bytes)
{
    bytes = MIN(bytes, slot->in_flight);
    slot->in_flight -= bytes;
    self->credit = MIN(self->credit + bytes, APD_MAIL_CREDIT);
    serve_starved(self);
}

void
apd_mail_drop(ApdMail *self, ApdMailSlot *slot)
{
    slot->dropped = true;
    set_lost(slot, false);
    if (slot->state == APD_SLOT_RUNNING)
        return;

    ApdMailAccount *account = slot->account;
    bool probed = account->prober == slot->id;
    self->credit = MIN(self->credit + slot->in_flight, APD_MAIL_CREDIT);
    apd_vault_drop(self->vault, slot->password);
    apd_vault_drop(self->vault, slot->renewed);
    g_hash_table_remove(self->slots, GUINT_TO_POINTER(slot->id));
    if (probed) {
        account->prober = 0;
        release_waiting(self, &account->waiting);
    }
}

/* --- time ---------------------------------------------------------------------------- */

ApdTime
apd_mail_used(clockid_t clock)
{
    struct timespec used;

    return clock_gettime(clock, &used) == 0 ? used.tv_sec * APD_SECOND + used.tv_nsec / 1000 : 0;
}

/* Over a message: it waits, and not for the server.  Seen twice, for a machine that was
 * suspended comes back in the middle of anything. */
static bool
sleeps_over_message(ApdMailSlot *slot, ApdTime now)
{
    const ApdMailWork *work = apd_mailbox_work(slot->box);
    ApdTime since = work->uid != 0 ? work->busy : 0, before = slot->asleep;

    slot->asleep =
        since != 0 && now - since >= BUSY_LIMIT && apd_task_sleeps(slot->thread) ? since : 0;
    return slot->asleep != 0 && slot->asleep == before;
}

static bool
is_stuck(ApdMailSlot *slot, ApdTime now)
{
    ApdTime busy = now - slot->started;

    if (busy >= STEP_LIMIT)
        return true;
    if (busy < BUSY_LIMIT || !slot->at_work)
        return false;
    return apd_mail_used(slot->clock) - slot->used >= USED_LIMIT || sleeps_over_message(slot, now);
}

void
apd_mail_tick(ApdMail *self)
{
    g_autoptr(GList) slots = g_hash_table_get_values(self->slots);
    ApdTime now = apd_uptime(), next = APD_NEVER;

    self->armed = APD_NEVER;
    for (GList *i = slots; i != NULL; i = i->next) {
        ApdMailSlot *slot = i->data;
        if (slot->state == APD_SLOT_RUNNING && is_stuck(slot, now))
            apd_mail_crash_now(apd_mailbox_work(slot->box));
        if (slot->state == APD_SLOT_RESTING && slot->due <= now)
            apd_mail_ready(self, slot);
        if (slot->state == APD_SLOT_RESTING)
            next = MIN(next, slot->due);
        else if (slot->state == APD_SLOT_RUNNING)
            next = MIN(next, MAX(slot->started + BUSY_LIMIT, now + BUSY_LIMIT / 4));
    }
    arm(self, next);
}
