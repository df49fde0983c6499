#include "port/mail_hub_private.h"

#include <string.h>

#include "base/error.h"
#include "io/mail_frames.h"
#include "port/mail_login.h"
#include "port/mail_pulse.h"

#define PROGRAM "appeald-mail"
#define DATASET "apd-mail-hub"

/* A child that lived so long was well. */
#define WELL (5 * APD_MINUTE)

#define FIRST_PAUSE_MS 200u
#define LAST_PAUSE_MS  60000u

/* Deaths by a mailbox before it is set apart. */
#define PATIENCE 2

/* A password that cannot be read, or was refused, is read again; a person may be mending it. */
#define SECRET_PAUSE_MS 60000u

static void start_after(ApdMailChild *child, guint milliseconds);

/* --- telling ------------------------------------------------------------------------- */

void
apd_mail_watch_lose(ApdMailWatch *self, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autoptr(GError) why = g_error_new_valist(APD_ERROR, code, format, args);
    va_end(args);
    self->refused = code == APD_ERROR_REFUSED;
    self->well = false;
    self->events.sight(why, self->user_data);
}

static void
on_message(ApdMailWatch *watch, GVariant *content)
{
    g_autoptr(ApdMessage) message = g_new0(ApdMessage, 1);
    g_autoptr(GVariant) bytes = NULL;
    gboolean first_look, truncated, header_only;
    const char *fault;
    guint32 id;

    g_variant_get(content, "(uuuxbbb&s@ay)", &id, &message->uidvalidity, &message->uid,
                  &message->received, &first_look, &truncated, &header_only, &fault, &bytes);
    message->first_look = first_look;
    message->truncated = truncated;
    message->header_only = header_only;
    message->fault = *fault != '\0' ? g_strdup(fault) : NULL;
    message->folder = g_strdup(watch->folder);
    message->bytes = g_variant_get_data_as_bytes(bytes);
    watch->due += g_bytes_get_size(message->bytes);
    watch->cursor.uidvalidity = message->uidvalidity;
    watch->cursor.last_uid = message->uid;
    watch->events.message(g_steal_pointer(&message), watch->user_data);
}

static void
on_sight(ApdMailWatch *watch, GVariant *content)
{
    const char *text;
    guint32 id, code;

    g_variant_get(content, "(uu&s)", &id, &code, &text);
    if (code != 0) {
        bool refused = code == APD_ERROR_REFUSED + 1;
        apd_mail_watch_lose(watch, refused ? APD_ERROR_REFUSED : APD_ERROR_TRANSIENT, "%s", text);
        if (refused)
            start_after(watch->child, SECRET_PAUSE_MS);
        return;
    }
    watch->refused = false;
    watch->well = true;
    watch->events.sight(NULL, watch->user_data);
}

static void
on_room(ApdMailWatch *watch, GVariant *content)
{
    const char *text;
    guint32 id, room;

    g_variant_get(content, "(uu&s)", &id, &room, &text);
    if (room <= APD_ROOM_NONE)
        watch->events.room((ApdRoom) room, text, watch->user_data);
}

static void
on_said(ApdMailWatch *watch, GVariant *content)
{
    const char *text;
    guint32 id;

    g_variant_get(content, "(u&s)", &id, &text);
    watch->events.said(text, watch->user_data);
}

/* Its last word. */
static void
on_crashed(ApdMailWatch *watch, GVariant *content)
{
    guint32 id, uidvalidity, uid, alone;

    g_variant_get(content, APD_MAIL_CRASHED, &id, &uidvalidity, &uid, &alone);
    watch->child->culprit = id;
    apd_doubt_note_death(&watch->doubts, uidvalidity, uid, alone != 0);
}

/* What a child may say; nothing of it is believed beyond its form. */
/* clang-format off */
static const struct { const char *word, *type; void (*take)(ApdMailWatch *, GVariant *); } says[] = {
    { "message", APD_MAIL_MESSAGE_TYPE, on_message },
    { "sight",   APD_MAIL_SIGHT,        on_sight },
    { "room",    APD_MAIL_ROOM,         on_room },
    { "said",    APD_MAIL_SAID,         on_said },
    { "crashed", APD_MAIL_CRASHED,      on_crashed },
};
/* clang-format on */

static ApdMailWatch *
find_watch(const ApdMailChild *child, uint32_t id)
{
    ApdMailWatch *watch = g_hash_table_lookup(child->hub->watches, GUINT_TO_POINTER(id));
    return watch != NULL && watch->child == child ? watch : NULL;
}

static void
on_frame(ApdChild *process, const char *word, GVariant *content, void *user_data)
{
    ApdMailChild *child = user_data;
    ApdMailWatch *watch = NULL;
    guint32 id = 0;

    (void) process;
    apd_mail_pulse_answer(child);
    if (g_str_equal(word, "pong"))
        apd_mail_pulse_judge(child);
    if (g_variant_is_of_type(content, G_VARIANT_TYPE_UINT32))
        id = g_variant_get_uint32(content);
    else if (g_variant_is_container(content) && g_variant_n_children(content) > 0)
        g_variant_get_child(content, 0, "u", &id);
    watch = find_watch(child, id);
    if (watch == NULL)
        return;

    if (g_str_equal(word, "looked")) {
        watch->cursor.looked_back = true;
        watch->events.looked(watch->user_data);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(says); i++)
        if (g_str_equal(word, says[i].word)
            && g_variant_is_of_type(content, G_VARIANT_TYPE(says[i].type)))
            says[i].take(watch, content);
    apd_mail_pulse_feel(watch);
}

/* --- children ------------------------------------------------------------------------- */

static ApdMailChild *
add_child(ApdMailHub *hub)
{
    ApdMailChild *child = g_new0(ApdMailChild, 1);

    child->hub = hub;
    child->watches = g_ptr_array_new();
    g_ptr_array_add(hub->children, child);
    return child;
}

static void
free_child(void *data)
{
    ApdMailChild *child = data;

    g_clear_handle_id(&child->timer, g_source_remove);
    apd_mail_pulse_stop(child);
    apd_child_free(child->process);
    g_ptr_array_unref(child->watches);
    g_free(child);
}

static void start(ApdMailChild *child);

static gboolean
on_timer(gpointer user_data)
{
    ApdMailChild *child = user_data;

    child->timer = 0;
    start(child);
    return G_SOURCE_REMOVE;
}

/* Sooner, if it was to be later. */
static void
start_after(ApdMailChild *child, guint milliseconds)
{
    gint64 when = g_get_monotonic_time() + milliseconds * (APD_SECOND / 1000);

    if (child->timer != 0 && child->timer_at <= when)
        return;
    g_clear_handle_id(&child->timer, g_source_remove);
    child->timer = g_timeout_add(milliseconds, on_timer, child);
    child->timer_at = when;
}

/* Half to whole of a doubling pause. */
static void
start_later(ApdMailChild *child)
{
    guint pause = MIN(FIRST_PAUSE_MS << MIN(child->failures, 12), LAST_PAUSE_MS);

    child->failures++;
    start_after(child, (guint) g_random_int_range((gint32) pause / 2, (gint32) pause + 1));
}

static void
set_apart(ApdMailWatch *watch)
{
    ApdMailChild *child = watch->child;

    apd_mail_watch_lose(
        watch, APD_ERROR_TRANSIENT,
        "what this mailbox's server sends has crashed our mail reader %d times; it is now "
        "read in a process of its own (please report this)",
        watch->deaths);
    if (child->watches->len < 2)
        return;
    g_ptr_array_remove(child->watches, watch);
    watch->child = add_child(child->hub);
    g_ptr_array_add(watch->child->watches, watch);
    start_later(watch->child);
}

static void
on_ended(ApdChild *process, const char *text, void *user_data)
{
    ApdMailChild *child = user_data;
    ApdMailWatch *culprit = find_watch(child, child->culprit);
    bool hung = child->hung;

    apd_child_free(process);
    child->process = NULL;
    apd_mail_pulse_stop(child);
    if (apd_uptime() - child->started > WELL)
        child->failures = 0;
    for (guint i = 0; i < child->watches->len; i++) {
        ApdMailWatch *watch = child->watches->pdata[i];
        watch->sent = false;
        watch->acked += watch->due;
        watch->due = 0;
        apd_mail_watch_lose(watch, APD_ERROR_TRANSIENT,
                            "our mail reader ended (%s%s); it is started again",
                            hung ? "it gave no sign of life, " : "", text);
    }
    if (culprit != NULL && ++culprit->deaths >= PATIENCE)
        set_apart(culprit);
    start_later(child);
}

/* Starts the process if need be, and tells it of mailboxes it does not know. */
static void
start(ApdMailChild *child)
{
    static const ApdChildEvents events = { .frame = on_frame, .ended = on_ended };
    g_autofree char *program = apd_child_program(PROGRAM);
    const char *const argv[] = { program, NULL };
    g_autoptr(GError) error = NULL;
    bool all = true;

    if (child->process == NULL) {
        child->culprit = 0;
        child->hung = false;
        child->started = apd_uptime();
        child->process = apd_child_start(argv, &events, child, &error);
    }
    for (guint i = 0; i < child->watches->len; i++) {
        ApdMailWatch *watch = child->watches->pdata[i];
        if (child->process == NULL)
            apd_mail_watch_lose(watch, APD_ERROR_TRANSIENT, "cannot start %s: %s", program,
                                error->message);
        else
            apd_mail_login_begin(watch);
        all = all && watch->sent && !watch->refused;
    }
    if (child->process == NULL)
        start_later(child);
    else if (!all)
        start_after(child, SECRET_PAUSE_MS);
}

/* --- the hub ---------------------------------------------------------------------------- */

ApdMailHub *
apd_mail_hub_ref(ApdLedger *ledger)
{
    ApdMailHub *self = g_dataset_get_data(ledger, DATASET);

    if (self == NULL) {
        self = g_new0(ApdMailHub, 1);
        self->ledger = ledger;
        self->watches = g_hash_table_new(NULL, NULL);
        self->children = g_ptr_array_new_with_free_func(free_child);
        add_child(self);
        g_dataset_set_data(ledger, DATASET, self);
    }
    self->references++;
    return self;
}

void
apd_mail_hub_unref(ApdMailHub *self)
{
    if (--self->references > 0)
        return;

    g_dataset_remove_data(self->ledger, DATASET);
    g_ptr_array_unref(self->children);
    g_hash_table_unref(self->watches);
    g_free(self);
}

ApdMailWatch *
apd_mail_hub_watch(ApdMailHub *self, const ApdSourceConfig *config, const char *folder,
                   const ApdCursor *cursor, ApdTime look_back, const ApdMailWatchEvents *events,
                   void *user_data)
{
    ApdMailWatch *watch = g_new0(ApdMailWatch, 1);

    watch->id = ++self->last_id;
    watch->child = self->children->pdata[0];
    watch->config = config;
    watch->folder = g_strdup(folder);
    watch->cursor = *cursor;
    watch->look_back = look_back;
    watch->events = *events;
    watch->user_data = user_data;
    g_hash_table_insert(self->watches, GUINT_TO_POINTER(watch->id), watch);
    g_ptr_array_add(watch->child->watches, watch);
    start_after(watch->child, 0);
    return watch;
}

void
apd_mail_watch_ack(ApdMailWatch *self, const ApdMessage *message)
{
    uint64_t size = g_bytes_get_size(message->bytes);
    uint64_t old = MIN(size, self->acked);

    self->acked -= old;
    size = MIN(size - old, self->due);
    self->due -= size;
    if (size > 0 && self->sent)
        apd_child_send(self->child->process, "ack", g_variant_new(APD_MAIL_ACK, self->id, size));
}

void
apd_mail_watch_poke(ApdMailWatch *self)
{
    ApdMailChild *child = self->child;

    if (self->refused && self->sent && child->process != NULL)
        apd_mail_login_forget(self);
    if (self->sent)
        apd_mail_login_renew(self);
    if (self->sent)
        apd_child_send(child->process, "poke", g_variant_new(APD_MAIL_POKE, self->id));
    else if (child->process != NULL)
        apd_mail_login_begin(self);
}

void
apd_mail_watch_free(ApdMailWatch *self)
{
    ApdMailChild *child = self->child;

    if (self->sent)
        apd_child_send(child->process, "drop", g_variant_new(APD_MAIL_DROP, self->id));
    apd_mail_secret_forget(self->asking);
    g_hash_table_remove(child->hub->watches, GUINT_TO_POINTER(self->id));
    g_ptr_array_remove(child->watches, self);
    if (child->watches->len == 0 && child != child->hub->children->pdata[0])
        g_ptr_array_remove(child->hub->children, child);
    g_free(self->folder);
    g_free(self);
}
