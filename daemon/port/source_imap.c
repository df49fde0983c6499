/* IMAP as a source.  Messages of a folder are handed over one at a time, in the
 * order of their UIDs: the cursor must never pass one that is not stored. */
#include "base/error.h"
#include "port/mail_hub.h"
#include "port/source.h"

typedef struct Imap Imap;

typedef struct {
    Imap *owner;         /* borrowed */
    ApdMailWatch *watch; /* owned */
    char *name;
    GQueue waiting;         /* element-type ApdMessage, owned, or &looked_back */
    ApdMessage looked_back; /* stands in @waiting for the end of the first look */
    bool met;               /* it has told how full it is: */
    ApdRoom room;
    char *room_text; /* owned */
    bool handed;     /* one is being dealt with */
    bool busy;       /* handing over right now */
} Folder;

struct Imap {
    ApdSource source;
    const ApdSourceConfig *config; /* borrowed */
    ApdMailHub *hub;
    GPtrArray *folders; /* element-type Folder */
    ApdSourceEvents events;
    void *user_data;
};

static void
hand_over(Folder *folder)
{
    Imap *self = folder->owner;

    if (folder->busy)
        return;
    folder->busy = true;
    while (!folder->handed && !g_queue_is_empty(&folder->waiting)) {
        ApdMessage *message = g_queue_pop_head(&folder->waiting);
        if (message == &folder->looked_back) {
            self->events.looked_back(&self->source, folder->name, self->user_data);
            continue;
        }
        folder->handed = true;
        self->events.message(&self->source, message, self->user_data);
    }
    folder->busy = false;
}

static void
on_message(ApdMessage *message, void *user_data)
{
    Folder *folder = user_data;

    message->source = g_strdup(folder->owner->source.name);
    g_queue_push_tail(&folder->waiting, message);
    hand_over(folder);
}

static void
on_looked(void *user_data)
{
    Folder *folder = user_data;

    g_queue_push_tail(&folder->waiting, &folder->looked_back);
    hand_over(folder);
}

static void
on_sight(const GError *why, void *user_data)
{
    Folder *folder = user_data;
    Imap *self = folder->owner;

    self->events.sight(&self->source, folder->name, why, self->user_data);
}

/* The folders of an account may share their room or not: the worst speaks for it, and nothing
 * is well before each has been heard. */
static void
tell_room(Imap *self)
{
    const Folder *worst = NULL;
    bool all = true;

    for (guint i = 0; i < self->folders->len; i++) {
        const Folder *folder = self->folders->pdata[i];
        all = all && folder->met;
        if (folder->met && (worst == NULL || folder->room > worst->room))
            worst = folder;
    }
    if (worst != NULL && (all || worst->room != APD_ROOM_ENOUGH))
        self->events.room(&self->source, worst->room, worst->room_text, self->user_data);
}

static void
on_room(ApdRoom room, const char *text, void *user_data)
{
    Folder *folder = user_data;

    folder->met = true;
    folder->room = room;
    g_free(folder->room_text);
    folder->room_text = g_strdup(text);
    tell_room(folder->owner);
}

static void
on_said(const char *text, void *user_data)
{
    Imap *self = ((Folder *) user_data)->owner;

    self->events.said(&self->source, text, self->user_data);
}

static void
free_folder(void *data)
{
    Folder *folder = data;
    ApdMessage *message;

    if (folder->watch != NULL)
        apd_mail_watch_free(folder->watch);
    while ((message = g_queue_pop_head(&folder->waiting)) != NULL)
        if (message != &folder->looked_back)
            apd_message_free(message);
    g_free(folder->room_text);
    g_free(folder->name);
    g_free(folder);
}

static bool
add_folder(Imap *self, const char *name, ApdTime look_back, ApdLedger *ledger, GError **error)
{
    static const ApdMailWatchEvents events = {
        .message = on_message,
        .sight = on_sight,
        .looked = on_looked,
        .room = on_room,
        .said = on_said,
    };
    Folder *folder = g_new0(Folder, 1);
    ApdCursor cursor;

    folder->owner = self;
    folder->name = g_strdup(name);
    g_ptr_array_add(self->folders, folder);
    if (!apd_ledger_get_cursor(ledger, self->source.name, name, &cursor, error))
        return false;

    folder->watch =
        apd_mail_hub_watch(self->hub, self->config, name, &cursor, look_back, &events, folder);
    return true;
}

static void
imap_close(ApdSource *source)
{
    Imap *self = (Imap *) source;

    g_ptr_array_unref(self->folders);
    apd_mail_hub_unref(self->hub);
    g_free(self->source.name);
    g_free(self);
}

static ApdSource *
imap_open(const ApdSourceConfig *config, ApdTime look_back, ApdLedger *ledger,
          const ApdSourceEvents *events, void *user_data, GError **error)
{
    Imap *self = g_new0(Imap, 1);

    self->source.type = &apd_source_imap;
    self->source.name = g_strdup(config->section);
    self->config = config;
    self->hub = apd_mail_hub_ref(ledger);
    self->folders = g_ptr_array_new_with_free_func(free_folder);
    self->events = *events;
    self->user_data = user_data;
    for (char **name = config->folders; *name != NULL; name++) {
        if (!add_folder(self, *name, look_back, ledger, error)) {
            imap_close(&self->source);
            return NULL;
        }
    }
    return &self->source;
}

static void
imap_stored(ApdSource *source, const ApdMessage *message)
{
    Imap *self = (Imap *) source;

    for (guint i = 0; i < self->folders->len; i++) {
        Folder *folder = self->folders->pdata[i];
        if (!g_str_equal(folder->name, message->folder) || !folder->handed)
            continue;
        folder->handed = false;
        apd_mail_watch_ack(folder->watch, message);
        hand_over(folder);
        return;
    }
}

static void
imap_poke(ApdSource *source)
{
    Imap *self = (Imap *) source;

    for (guint i = 0; i < self->folders->len; i++)
        apd_mail_watch_poke(((Folder *) self->folders->pdata[i])->watch);
}

const ApdSourceType apd_source_imap = {
    .name = "imap",
    .open = imap_open,
    .stored = imap_stored,
    .poke = imap_poke,
    .close = imap_close,
};
