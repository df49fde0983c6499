/* A Maildir as a source: inotify wakes it, a sweep makes sure.
 *
 * A name is known once the ledger holds its message; names older than the look
 * back of the first contact are left alone for good, by a floor kept in the
 * cursor (as seconds since the epoch, in last_uid).
 */
#include "port/source.h"

#include <glib.h>

#include "base/error.h"
#include "io/maildir.h"

/* What the reader takes; the rest of a huge message is told as truncated. */
#define FETCH_LIMIT (2u * 1024 * 1024)

/* Messages on their way at once: bounds memory, keeps every reader busy. */
#define IN_FLIGHT 16

/* inotify does not see what another machine does to a network file system. */
#define SWEEP_SECONDS 60

/* How soon to look again for a folder that is out of sight. */
#define RETRY_SECONDS 5

typedef struct {
    ApdSource source; /* first member */
    char *path;       /* owned */
    ApdTime floor;    /* files older than this were there before us */
    bool looking_back;
    ApdLedger *ledger; /* borrowed */
    ApdSourceEvents events;
    void *user_data;        /* borrowed */
    ApdMaildirWatch *watch; /* owned; NULL: to be set up */
    GHashTable *known;      /* owned: names read, on their way, or below the floor */
    GHashTable *in_flight;  /* owned: names on their way */
    GPtrArray
        *pending; /* owned, element-type ApdMaildirFile: listed, not yet handed over; or NULL */
    guint next;   /* in pending */
    bool stale;   /* something may have come since the listing */
    guint sweep;  /* owned */
    guint soon;   /* owned: a scan is about to happen */
    guint retry;  /* owned: one is, after trouble */
} Maildir;

static gboolean on_soon(gpointer user_data);

static void
scan_soon(Maildir *self)
{
    if (self->soon == 0)
        self->soon = g_idle_add(on_soon, self);
}

/* Something may have come: list anew once the present list is done. */
static void
look_again(Maildir *self)
{
    self->stale = true;
    scan_soon(self);
}

static void
on_changed(void *user_data)
{
    look_again(user_data);
}

static bool
ensure_watch(Maildir *self, GError **error)
{
    if (self->watch != NULL && apd_maildir_watch_holds(self->watch))
        return true;

    apd_maildir_unwatch(self->watch);
    self->watch = apd_maildir_watch(self->path, on_changed, self, error);
    return self->watch != NULL;
}

/* Hands @file over, or passes it by for good.  False: try again later. */
static bool
take(Maildir *self, const ApdMaildirFile *file, GError **error)
{
    bool known = file->changed < self->floor, truncated;

    if (!known && !apd_ledger_has_name(self->ledger, self->source.name, file->name, &known, error))
        return false;
    if (known) {
        g_hash_table_add(self->known, g_strdup(file->name));
        return true;
    }

    g_autoptr(GError) why = NULL;
    g_autoptr(GBytes) bytes = apd_maildir_read(file, FETCH_LIMIT, &truncated, &why);
    if (bytes == NULL && g_error_matches(why, APD_ERROR, APD_ERROR_TRANSIENT)) {
        look_again(self); /* it was moved just now */
        return true;
    }
    if (bytes == NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }

    g_hash_table_add(self->known, g_strdup(file->name));
    g_hash_table_add(self->in_flight, g_strdup(file->name));

    ApdMessage *message = g_new0(ApdMessage, 1);
    message->source = g_strdup(self->source.name);
    message->folder = g_strdup("");
    message->name = g_strdup(file->name);
    message->received = file->changed;
    message->first_look = self->looking_back;
    message->truncated = truncated;
    message->bytes = g_steal_pointer(&bytes);
    self->events.message(&self->source, message, self->user_data);
    return true;
}

static void
finish_look_back(Maildir *self)
{
    if (!self->looking_back || g_hash_table_size(self->in_flight) > 0)
        return;

    self->looking_back = false;
    self->events.looked_back(&self->source, "", self->user_data);
}

static void
forget_pending(Maildir *self)
{
    g_clear_pointer(&self->pending, g_ptr_array_unref);
    self->next = 0;
}

/* Hands over what was listed until enough is on its way. */
static bool
take_pending(Maildir *self, GError **error)
{
    for (; self->next < self->pending->len; self->next++) {
        if (g_hash_table_size(self->in_flight) >= IN_FLIGHT)
            return true; /* stored() comes back here */
        if (!take(self, self->pending->pdata[self->next], error))
            return false;
    }
    forget_pending(self);
    return true;
}

static bool
scan(Maildir *self, GError **error)
{
    /* The watch comes first: what arrives after the listing wakes us. */
    if (!ensure_watch(self, error))
        return false;

    while (self->pending != NULL || self->stale) {
        if (self->pending == NULL) {
            self->stale = false;
            self->pending = apd_maildir_list(self->path, self->known, error);
        }
        if (self->pending == NULL || !take_pending(self, error))
            return false;
        if (self->pending != NULL)
            return true; /* enough is on its way */
    }

    finish_look_back(self);
    return true;
}

static gboolean
on_retry(gpointer user_data)
{
    Maildir *self = user_data;

    self->retry = 0;
    scan_soon(self);
    return G_SOURCE_REMOVE;
}

static gboolean
on_soon(gpointer user_data)
{
    Maildir *self = user_data;
    g_autoptr(GError) error = NULL;

    self->soon = 0;
    if (!scan(self, &error)) {
        forget_pending(self);
        self->stale = true;
        if (self->retry == 0)
            self->retry = g_timeout_add_seconds(RETRY_SECONDS, on_retry, self);
    }
    self->events.sight(&self->source, "", error, self->user_data);
    return G_SOURCE_REMOVE;
}

static gboolean
on_sweep(gpointer user_data)
{
    look_again(user_data);
    return G_SOURCE_CONTINUE;
}

static bool
read_cursor(Maildir *self, ApdTime look_back, GError **error)
{
    ApdCursor cursor;

    if (!apd_ledger_get_cursor(self->ledger, self->source.name, "", &cursor, error))
        return false;

    if (cursor.last_uid == 0) {
        ApdTime floor = (apd_now() - look_back) / APD_SECOND;
        cursor.last_uid = (uint32_t) CLAMP(floor, 1, (ApdTime) UINT32_MAX);
        if (!apd_ledger_set_cursor(self->ledger, self->source.name, "", &cursor, error))
            return false;
    }
    self->floor = cursor.last_uid * APD_SECOND;
    self->looking_back = !cursor.looked_back;
    return true;
}

static void maildir_close(ApdSource *source);

static ApdSource *
maildir_open(const ApdSourceConfig *config, ApdTime look_back, ApdLedger *ledger,
             const ApdSourceEvents *events, void *user_data, GError **error)
{
    Maildir *self = g_new0(Maildir, 1);

    self->source.type = &apd_source_maildir;
    self->source.name = g_strdup(config->section);
    self->path = g_strdup(config->path);
    self->ledger = ledger;
    self->events = *events;
    self->user_data = user_data;
    self->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->in_flight = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!read_cursor(self, look_back, error)) {
        maildir_close(&self->source);
        return NULL;
    }

    self->sweep = g_timeout_add_seconds(SWEEP_SECONDS, on_sweep, self);
    look_again(self);
    return &self->source;
}

static void
maildir_stored(ApdSource *source, const ApdMessage *message)
{
    Maildir *self = (Maildir *) source;

    g_hash_table_remove(self->in_flight, message->name);

    if (self->pending != NULL || self->looking_back)
        scan_soon(self);
}

static void
maildir_poke(ApdSource *source)
{
    look_again((Maildir *) source);
}

static void
maildir_close(ApdSource *source)
{
    Maildir *self = (Maildir *) source;

    g_clear_handle_id(&self->sweep, g_source_remove);
    g_clear_handle_id(&self->soon, g_source_remove);
    g_clear_handle_id(&self->retry, g_source_remove);
    apd_maildir_unwatch(self->watch);
    forget_pending(self);
    g_hash_table_unref(self->known);
    g_hash_table_unref(self->in_flight);
    g_free(self->path);
    g_free(self->source.name);
    g_free(self);
}

const ApdSourceType apd_source_maildir = {
    .name = "maildir",
    .open = maildir_open,
    .stored = maildir_stored,
    .poke = maildir_poke,
    .close = maildir_close,
};
