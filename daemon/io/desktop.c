#include "io/desktop.h"

#include <gio/gio.h>
#include <libnotify/notify.h>
#include <stdlib.h>

#include "base/error.h"

#define SERVER      "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"

/* A server that takes longer than this to say what it can do hangs. */
#define ANSWER_MS (5 * 1000)

#define GONE_MS 100

/* How soon to try again, doubled each time. */
#define RETRY_FIRST_S 1
#define RETRY_LAST_S  60

/* What no capability tells, by the name a server gives itself; looked at on a screen. */
/* clang-format off */
typedef struct { const char *name; bool lists_default, narrow, keeps; } Habits;
static const Habits habits[] = {
    { "Xfce Notify Daemon",  true,  false, false }, /* 0.7 */
    { "Notification Daemon", false, true,  true },  /* 3.20 of GNOME, and MATE's: 400 pixels */
    { NULL, false, false, false },
};
/* clang-format on */

struct ApdDesktop {
    char *app_name;                 /* owned */
    const ApdDesktopEvents *events; /* borrowed */
    void *user_data;                /* borrowed */
    GDBusConnection *bus;           /* owned; NULL: none */
    gulong bus_closed;              /* handler */
    guint name_watch;               /* of the server */
    bool present;                   /* the server has its name */
    char *owner;                    /* owned: the server's own name on the bus */
    bool wanted;                    /* somebody waits for `ready` */
    char *name;                     /* owned: what the server calls itself; NULL: not known */
    char **capabilities;            /* owned; NULL: not yet asked */
    GCancellable *asking;           /* owned; NULL: no question under way */
    guint retry;                    /* source */
    guint retry_s;                  /* what the next delay will be */
};

static void connect_bus(ApdDesktop *self);
static void ask(ApdDesktop *self);

/* --- trying again ----------------------------------------------------------- */

static gboolean
on_retry(gpointer user_data)
{
    ApdDesktop *self = user_data;

    self->retry = 0;
    if (self->bus == NULL)
        connect_bus(self);
    else if (self->wanted)
        ask(self);
    return G_SOURCE_REMOVE;
}

static void
retry_later(ApdDesktop *self)
{
    if (self->retry != 0)
        return;

    self->retry = g_timeout_add_seconds(self->retry_s, on_retry, self);
    self->retry_s = MIN(self->retry_s * 2, RETRY_LAST_S);
}

/* --- asking the server ------------------------------------------------------ */

static void
stop_asking(ApdDesktop *self)
{
    if (self->asking != NULL)
        g_cancellable_cancel(self->asking);
    g_clear_object(&self->asking);
}

/* Takes the answer of a call, NULL: there was none.  False: @self may be gone. */
static bool
take_answer(GObject *source, GAsyncResult *result, gpointer user_data, GVariant **ret_answer)
{
    g_autoptr(GError) error = NULL;
    GVariant *answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    if (answer == NULL && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return false;

    ApdDesktop *self = user_data;
    g_clear_object(&self->asking);
    if (answer == NULL)
        g_debug("notification server: %s", error->message);
    *ret_answer = answer;
    return true;
}

static void
on_capabilities(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GVariant) answer = NULL;
    ApdDesktop *self = user_data;

    if (!take_answer(source, result, user_data, &answer))
        return;
    if (answer == NULL) {
        retry_later(self);
        return;
    }

    g_clear_pointer(&self->capabilities, g_strfreev);
    g_variant_get(answer, "(^as)", &self->capabilities);
    self->retry_s = RETRY_FIRST_S;
    g_clear_handle_id(&self->retry, g_source_remove);
    if (self->wanted) {
        self->wanted = false;
        self->events->ready(self->user_data);
    }
}

static void
ask_capabilities(ApdDesktop *self)
{
    self->asking = g_cancellable_new();
    g_dbus_connection_call(self->bus, SERVER, SERVER_PATH, SERVER, "GetCapabilities", NULL,
                           G_VARIANT_TYPE("(as)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MS,
                           self->asking, on_capabilities, self);
}

/* Its name is worth little: without it we go on. */
static void
on_information(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GVariant) answer = NULL;
    ApdDesktop *self = user_data;

    if (!take_answer(source, result, user_data, &answer))
        return;
    if (answer != NULL) {
        g_free(self->name);
        g_variant_get_child(answer, 0, "s", &self->name);
    }
    ask_capabilities(self);
}

/* A server that was started takes its name, which is what we wait for. */
static void
on_started(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GVariant) answer = NULL;
    ApdDesktop *self = user_data;

    if (take_answer(source, result, user_data, &answer) && answer == NULL && !self->present)
        retry_later(self);
}

static void
start_server(ApdDesktop *self)
{
    g_dbus_connection_call(self->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                           "org.freedesktop.DBus", "StartServiceByName",
                           g_variant_new("(su)", SERVER, 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                           self->asking, on_started, self);
}

static void
ask(ApdDesktop *self)
{
    if (self->bus == NULL || self->asking != NULL)
        return;

    self->asking = g_cancellable_new();
    if (!self->present) {
        start_server(self);
        return;
    }
    g_dbus_connection_call(self->bus, SERVER, SERVER_PATH, SERVER, "GetServerInformation", NULL,
                           G_VARIANT_TYPE("(ssss)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MS,
                           self->asking, on_information, self);
}

void
apd_desktop_ask(ApdDesktop *self)
{
    self->wanted = true;
    if (self->retry == 0)
        ask(self);
}

bool
apd_desktop_can(const ApdDesktop *self, const char *capability)
{
    return self->capabilities != NULL
           && g_strv_contains((const char *const *) self->capabilities, capability);
}

static const Habits *
habits_of(const ApdDesktop *self)
{
    const Habits *one = habits;

    while (one->name != NULL && g_strcmp0(one->name, self->name) != 0)
        one++;
    return one;
}

bool
apd_desktop_lists_default(const ApdDesktop *self)
{
    return habits_of(self)->lists_default;
}

bool
apd_desktop_is_narrow(const ApdDesktop *self)
{
    return habits_of(self)->narrow;
}

/* --- the server comes and goes ---------------------------------------------- */

static void
lose_server(ApdDesktop *self)
{
    bool had = self->present;

    self->present = false;
    g_clear_pointer(&self->owner, g_free);
    stop_asking(self);
    g_clear_pointer(&self->name, g_free);
    g_clear_pointer(&self->capabilities, g_strfreev);
    if (had)
        self->events->lost(self->user_data);
}

static void
on_appeared(GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
    ApdDesktop *self = user_data;

    (void) bus;
    (void) name;
    g_debug("notification server is %s", owner);
    lose_server(self);
    self->present = true;
    self->owner = g_strdup(owner);
    self->retry_s = RETRY_FIRST_S;
    g_clear_handle_id(&self->retry, g_source_remove);
    if (self->wanted)
        ask(self);
}

static void
on_vanished(GDBusConnection *bus, const char *name, gpointer user_data)
{
    ApdDesktop *self = user_data;

    (void) bus;
    (void) name;
    lose_server(self);
    /* It may come back by itself: give it a moment before starting one. */
    if (self->wanted)
        retry_later(self);
}

/* --- the bus comes and goes ------------------------------------------------- */

static void
drop_bus(ApdDesktop *self)
{
    lose_server(self);
    g_clear_handle_id(&self->name_watch, g_bus_unwatch_name);
    g_clear_signal_handler(&self->bus_closed, self->bus);
    g_clear_object(&self->bus);
    if (notify_is_initted())
        notify_uninit();
}

/* GIO keeps a dead connection as the session's for as long as anybody holds it,
 * so the last reference goes from here, outside of its own signal. */
static gboolean
on_drop(gpointer user_data)
{
    ApdDesktop *self = user_data;

    drop_bus(self);
    self->retry = 0;
    retry_later(self);
    return G_SOURCE_REMOVE;
}

static void
on_bus_closed(GDBusConnection *bus, gboolean vanished, GError *error, gpointer user_data)
{
    ApdDesktop *self = user_data;

    (void) bus;
    (void) vanished;
    (void) error;
    g_clear_handle_id(&self->retry, g_source_remove);
    self->retry = g_idle_add(on_drop, self);
}

/* GIO would start a bus of its own where the session has none. */
static bool
session_has_bus(void)
{
    if (getenv("DBUS_SESSION_BUS_ADDRESS") != NULL)
        return true;

    g_autofree char *socket = g_build_filename(g_get_user_runtime_dir(), "bus", NULL);
    return g_file_test(socket, G_FILE_TEST_EXISTS);
}

static void
connect_bus(ApdDesktop *self)
{
    g_autoptr(GError) error = NULL;

    if (session_has_bus())
        self->bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, &error);
    if (self->bus == NULL) {
        g_debug("no session bus: %s", error ? error->message : "the session names none");
        retry_later(self);
        return;
    }

    /* GIO's default is to end the process with the bus. */
    g_dbus_connection_set_exit_on_close(self->bus, FALSE);
    self->bus_closed = g_signal_connect(self->bus, "closed", G_CALLBACK(on_bus_closed), self);
    notify_init(self->app_name);
    self->retry_s = RETRY_FIRST_S;
    self->name_watch = g_bus_watch_name_on_connection(
        self->bus, SERVER, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, on_vanished, self, NULL);
}

static gboolean
on_first(gpointer user_data)
{
    ApdDesktop *self = user_data;

    self->retry = 0;
    connect_bus(self);
    return G_SOURCE_REMOVE;
}

ApdDesktop *
apd_desktop_new(const char *app_name, const ApdDesktopEvents *events, void *user_data)
{
    ApdDesktop *self = g_new0(ApdDesktop, 1);

    self->app_name = g_strdup(app_name);
    self->events = events;
    self->user_data = user_data;
    self->retry_s = RETRY_FIRST_S;
    self->retry = g_idle_add(on_first, self);
    return self;
}

void
apd_desktop_free(ApdDesktop *self)
{
    if (self == NULL)
        return;

    self->present = false; /* nobody is to be told */
    g_clear_handle_id(&self->retry, g_source_remove);
    drop_bus(self);
    g_free(self->app_name);
    g_free(self);
}

const char *
apd_desktop_bus(const ApdDesktop *self)
{
    return self->bus ? g_dbus_connection_get_guid(self->bus) : NULL;
}

const char *
apd_desktop_server(const ApdDesktop *self)
{
    return self->owner;
}

/* For a server that says a popup is closed, and leaves it on the screen: another in
 * its place, which goes by itself. */
static void
replace_by_nothing(ApdDesktop *self, uint32_t popup)
{
    g_dbus_connection_call(self->bus, self->owner, SERVER_PATH, SERVER, "Notify",
                           g_variant_new("(susssasa{sv}i)", self->app_name, popup, "",
                                         self->app_name, "", NULL, NULL, GONE_MS),
                           NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, ANSWER_MS, NULL, NULL, NULL);
}

void
apd_desktop_close(ApdDesktop *self, uint32_t popup)
{
    if (self->bus == NULL || !self->present)
        return;
    if (habits_of(self)->keeps) {
        replace_by_nothing(self, popup);
        return;
    }

    g_dbus_connection_call(self->bus, self->owner, SERVER_PATH, SERVER, "CloseNotification",
                           g_variant_new("(u)", popup), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                           ANSWER_MS, NULL, NULL, NULL);
}

bool
apd_desktop_open_url(const char *url, GError **error)
{
    return g_app_info_launch_default_for_uri(url, NULL, error);
}
