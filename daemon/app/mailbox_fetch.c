/* Fetching what is to do: in batches, and one by one where a message breaks the
 * line or kills whoever reads it. */
#include "app/mailbox_private.h"
#include "io/mail_frames.h"

/* Messages fetched by one command. */
#define BATCH 16u

/* Messages measured by one command. */
#define MEASURE 64u

/* How long after a message of which nothing came, not even its header, the next such one
 * is rather the line's fault. */
#define RARE APD_HOUR

typedef ApdMailboxTodo Todo;

static Todo *
todo_at(const ApdMailbox *self, guint i)
{
    return &g_array_index(self->todo, Todo, i);
}

/* --- telling --------------------------------------------------------------------- */

/* Returns: (transfer full): why no more of it came; "": nothing was amiss. */
static char *
explain(const ApdMailbox *self, ApdDoubt doubt)
{
    const char *came = doubt == APD_DOUBT_BEGINNING ? "only its beginning could be fetched"
                       : doubt >= APD_DOUBT_NOTHING ? "it could not be fetched"
                                                    : "only its header could be fetched";

    if (doubt < APD_DOUBT_BEGINNING)
        return g_strdup("");
    return g_strdup_printf("%s: %s", came,
                           self->fault ? self->fault : "it crashed our mail reader");
}

static void
tell_message(ApdMailbox *self, const Todo *todo, const void *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autofree char *fault = explain(self, todo->doubt);
    bool truncated = todo->entry.size > self->config.limit || *fault != '\0';

    apd_mailbox_tell(
        self, "message",
        g_variant_new(APD_MAIL_MESSAGE, self->config.id, self->uidvalidity, todo->entry.uid,
                      todo->entry.received, (gboolean) todo->first_look, (gboolean) truncated,
                      (gboolean) (todo->doubt >= APD_DOUBT_HEADER), fault,
                      g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, bytes, TRUE)));
    self->step.used += size;
}

/* --- measuring ------------------------------------------------------------------- */

/* Some servers leave the date out of a search. */
static bool
is_too_old(const ApdMailbox *self, const Todo *todo)
{
    return todo->first_look && todo->entry.received != 0
           && todo->entry.received < apd_now() - self->config.look_back - 2 * APD_DAY;
}

static bool
measure(ApdMailbox *self, GError **error)
{
    ApdImapEntry entries[MEASURE];
    guint n = MIN(self->todo->len, MEASURE), kept = 0;

    for (guint i = 0; i < n; i++)
        entries[i] = todo_at(self, i)->entry;
    if (!apd_imap_measure(self->imap, entries, n, error))
        return false;

    for (guint i = 0; i < n; i++) {
        Todo todo = *todo_at(self, i);
        todo.entry = entries[i];
        if (todo.entry.size > 0 && !is_too_old(self, &todo)) /* without size it is gone */
            *todo_at(self, kept++) = todo;
    }
    g_array_remove_range(self->todo, kept, n - kept);
    return true;
}

static bool
is_measured(const ApdMailbox *self)
{
    return todo_at(self, 0)->entry.size != APD_IMAP_SIZE_UNKNOWN;
}

/* --- doubts ---------------------------------------------------------------------- */

/* Of the first of todo: what an earlier process died over counts too. */
static void
recall_doubt(ApdMailbox *self)
{
    const ApdDoubts *doubts = &self->config.doubts;
    Todo *first = todo_at(self, 0);

    if (doubts->uidvalidity != self->uidvalidity)
        return;
    self->slow = MAX(self->slow, doubts->slow);
    if (first->entry.uid == doubts->uid)
        first->doubt = MAX(first->doubt, (ApdDoubt) doubts->doubt);
    if (first->doubt == APD_DOUBT_BEGINNING && first->entry.size <= APD_DOUBT_BYTES)
        first->doubt = APD_DOUBT_HEADER; /* its beginning is all of it */
}

/* The first @n of todo were asked for, and that went wrong. */
static void
doubt(ApdMailbox *self, guint n)
{
    Todo *first = todo_at(self, 0);

    if (n > 1) {
        self->slow = MAX(self->slow, todo_at(self, n - 1)->entry.uid);
        return;
    }
    ApdDoubt next = apd_doubt_after_failure(first->doubt, first->entry.uid <= self->slow);
    bool rare = self->gave_up == 0 || apd_uptime() - self->gave_up > RARE;
    first->doubt = next >= APD_DOUBT_NOTHING && !rare ? APD_DOUBT_HEADER : next;
}

/* The next ones must be read, and a person can look at this one. */
static void
give_up(ApdMailbox *self)
{
    tell_message(self, todo_at(self, 0), "", 0);
    g_array_remove_index(self->todo, 0);
    self->gave_up = apd_uptime();
}

/* --- fetching -------------------------------------------------------------------- */

typedef struct {
    ApdMailbox *self;
    guint n;        /* of the batch: the first of todo */
    uint32_t taken; /* bit i: todo i came */
} Batch;

static void
take(uint32_t uid, const void *data, size_t size, void *user_data)
{
    Batch *batch = user_data;

    for (guint i = 0; i < batch->n; i++) {
        const Todo *todo = todo_at(batch->self, i);
        if (todo->entry.uid != uid || (batch->taken & 1u << i) != 0)
            continue;
        batch->taken |= 1u << i;
        tell_message(batch->self, todo, data, size);
    }
}

static bool
is_in_doubt(const ApdMailbox *self, const Todo *todo)
{
    return todo->entry.uid <= self->slow || todo->doubt != APD_DOUBT_NONE;
}

/* How many of todo fit the grant; the first always fits a whole one. */
static guint
count_batch(const ApdMailbox *self)
{
    size_t size = 0;
    guint n = 0;

    for (; n < MIN(self->todo->len, BATCH); n++) {
        const Todo *todo = todo_at(self, n);
        size += MIN(todo->entry.size, self->config.limit);
        if (todo->entry.size == APD_IMAP_SIZE_UNKNOWN || self->step.used + size > self->grant
            || (n > 0 && is_in_doubt(self, todo)))
            break;
    }
    return n > 0 && is_in_doubt(self, todo_at(self, 0)) ? 1 : n;
}

static void
blame(ApdMailbox *self, const char *fault)
{
    g_free(self->fault);
    self->fault = g_strdup(fault);
}

/* What did not come is gone, or will be asked for again. */
static void
finish_batch(ApdMailbox *self, const Batch *batch)
{
    guint kept = 0;

    for (guint i = 0; i < batch->n; i++) {
        Todo todo = *todo_at(self, i);
        if ((batch->taken & 1u << i) != 0)
            continue;
        todo.entry.size = APD_IMAP_SIZE_UNKNOWN;
        todo.doubt = apd_doubt_after_failure(todo.doubt, false);
        *todo_at(self, kept++) = todo;
    }
    g_array_remove_range(self->todo, kept, batch->n - kept);
    if (batch->taken != 0)
        self->gave_up = 0;
    blame(self, kept > 0 ? "the server lists it and does not hand it over" : NULL);
}

static bool
ask(ApdMailbox *self, Batch *batch, GError **error)
{
    ApdImapEntry entries[BATCH];
    ApdDoubt how = todo_at(self, 0)->doubt;
    uint32_t limit = self->config.limit;

    for (guint i = 0; i < batch->n; i++)
        entries[i] = todo_at(self, i)->entry;
    if (how >= APD_DOUBT_HEADER)
        return apd_imap_fetch_header(self->imap, entries, APD_DOUBT_BYTES, take, batch, error);
    if (how == APD_DOUBT_BEGINNING)
        limit = MIN(limit, APD_DOUBT_BYTES);
    return apd_imap_fetch(self->imap, entries, batch->n, limit, take, batch, error);
}

/* What a crash or a stall from now on is to be laid to. */
static void
begin_fetch(ApdMailbox *self, uint32_t uid, bool alone)
{
    self->work.uidvalidity = self->uidvalidity;
    self->work.alone = alone;
    self->work.busy = apd_uptime();
    self->work.uid = uid;
}

static bool
fetch(ApdMailbox *self, GError **error)
{
    Batch batch = { .self = self, .n = count_batch(self) };
    GError *why = NULL;

    begin_fetch(self, todo_at(self, batch.n - 1)->entry.uid, batch.n == 1);
    bool good = ask(self, &batch, &why);
    self->work.uid = 0;
    if (good) {
        finish_batch(self, &batch);
        return true;
    }
    doubt(self, batch.n);
    blame(self, why->message);
    g_propagate_error(error, why);
    return false;
}

bool
apd_mailbox_fetch(ApdMailbox *self, bool *ret_starved, GError **error)
{
    if (!is_measured(self) && !measure(self, error))
        return false;
    if (self->todo->len == 0 || !is_measured(self))
        return true;

    recall_doubt(self);
    if (todo_at(self, 0)->doubt >= APD_DOUBT_NOTHING) {
        give_up(self);
        return true;
    }
    *ret_starved = count_batch(self) == 0;
    return *ret_starved || fetch(self, error);
}

/* --- the newest ------------------------------------------------------------------- */

/* Nearly all news is one message of a few kilobytes. */
#define NEWEST       4u
#define NEWEST_BYTES (64u * 1024)

guint
apd_mailbox_count_newest(const ApdMailbox *self)
{
    uint32_t count = apd_imap_count(self->imap);
    uint32_t n = count > self->count ? count - self->count : 0;
    bool known = !self->fresh && !self->looking_back && self->config.limit >= NEWEST_BYTES;

    /* After a failure the messages are told apart before they are fetched. */
    if (!known || self->slow != 0 || self->todo->len > 0 || n > NEWEST
        || self->grant < (size_t) n * NEWEST_BYTES)
        return 0;
    return n;
}

static void
take_newest(const ApdImapEntry *entry, const void *data, size_t size, void *user_data)
{
    ApdMailbox *self = user_data;
    Todo todo = { .entry = *entry };

    self->last = entry->uid;
    /* In the order of UIDs: behind one that waits, all wait. */
    if (data != NULL && size < NEWEST_BYTES && self->todo->len == 0)
        tell_message(self, &todo, data, size);
    else
        g_array_append_val(self->todo, todo);
}

bool
apd_mailbox_fetch_newest(ApdMailbox *self, guint n, GError **error)
{
    begin_fetch(self, self->last + n, false); /* a guess: what is known of it */
    bool good =
        apd_imap_fetch_newest(self->imap, self->last, n, NEWEST_BYTES, take_newest, self, error);
    self->work.uid = 0;
    return good;
}
