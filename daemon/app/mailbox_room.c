/* Whether new mail still fits into the mailbox: asked beside the sweeps, at most once an hour
 * while all is well; and what its server says without being asked. */
#include "app/mailbox_private.h"

#include "base/error.h"
#include "io/mail_frames.h"

#define PAUSE APD_HOUR

static void
set_words(ApdMailboxWords *self, ApdRoom room, char *text)
{
    self->room = room;
    g_free(self->text);
    self->text = text;
}

void
apd_mailbox_forget_room(ApdMailbox *self)
{
    set_words(&self->room.by_login, APD_ROOM_ENOUGH, NULL);
    set_words(&self->room.by_folder, APD_ROOM_ENOUGH, NULL);
    set_words(&self->room.by_quota, APD_ROOM_ENOUGH, NULL);
    set_words(&self->room.told, APD_ROOM_ENOUGH, NULL);
}

/* Words about anything else go to the person as they are. */
static void
take_words(ApdMailbox *self, ApdMailboxWords *words)
{
    bool over;
    char *text = apd_imap_take_alert(self->imap, &over);
    ApdRoom room = over ? APD_ROOM_NONE : text != NULL ? apd_room_of_words(text) : APD_ROOM_ENOUGH;

    if (text != NULL && room == APD_ROOM_ENOUGH)
        apd_mailbox_tell(self, "said", g_variant_new(APD_MAIL_SAID, self->config.id, text));
    if (room != APD_ROOM_ENOUGH)
        set_words(words, room, g_steal_pointer(&text));
    g_free(text);
}

void
apd_mailbox_hear_login(ApdMailbox *self)
{
    set_words(&self->room.by_login, APD_ROOM_ENOUGH, NULL);
    take_words(self, &self->room.by_login);
}

void
apd_mailbox_hear_folder(ApdMailbox *self)
{
    set_words(&self->room.by_folder, APD_ROOM_ENOUGH, NULL);
    take_words(self, &self->room.by_folder);
}

static bool
is_due(const ApdMailboxRoom *room, ApdTime now)
{
    return !room->deaf
           && (room->asked == 0 || now >= room->asked + PAUSE
               || room->told.room != APD_ROOM_ENOUGH);
}

/* A server that breaks off at this question is asked it once: it is for the mail. */
static bool
ask(ApdMailbox *self, ApdTime now, GError **error)
{
    ApdMailboxRoom *room = &self->room;
    ApdQuota quota;

    room->asked = now;
    room->deaf = true;
    if (!apd_imap_ask_quota(self->imap, self->config.folder, &quota, error))
        return false;
    room->deaf = false;
    room->has_quota = quota.limit > 0;
    ApdRoom judged = apd_room_judge(&quota, room->by_quota.room);
    set_words(&room->by_quota, judged, room->has_quota ? apd_room_figures(&quota) : NULL);
    return true;
}

/* Figures are newer than what was said at a login some days ago. */
static const ApdMailboxWords *
worst(const ApdMailboxRoom *room)
{
    const ApdMailboxWords *worst = &room->by_quota;

    if (room->by_folder.room > worst->room)
        worst = &room->by_folder;
    if (!room->has_quota && room->by_login.room > worst->room)
        worst = &room->by_login;
    return worst;
}

bool
apd_mailbox_look_at_room(ApdMailbox *self, GError **error)
{
    ApdMailboxRoom *room = &self->room;
    ApdTime now = apd_uptime();

    if (is_due(room, now) && !ask(self, now, error))
        return false;
    take_words(self, &room->by_folder); /* said meanwhile */

    const ApdMailboxWords *what = worst(room);
    bool same = what->room == room->told.room
                && (what->room == APD_ROOM_ENOUGH || g_strcmp0(what->text, room->told.text) == 0);
    if (same && room->told_at != 0 && now < room->told_at + PAUSE)
        return true;
    apd_mailbox_tell(self, "room",
                     g_variant_new(APD_MAIL_ROOM, self->config.id, (guint) what->room,
                                   what->text != NULL ? what->text : ""));
    room->told_at = now;
    set_words(&room->told, what->room, g_strdup(what->text));
    return true;
}
