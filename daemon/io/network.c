#include "io/network.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

/* Interfaces come up in several messages: one look serves all. */
#define CALM_MS 500

struct ApdNetwork {
    void (*changed)(void *user_data);
    void *user_data;
    int fd;                   /* owned; -1: none */
    guint source;             /* owned */
    guint calming;            /* owned */
    ApdAlarm *set;            /* owned: goes off when the clock jumps, as it does on waking */
    GCancellable *connecting; /* owned; NULL: netlink serves */
    GDBusConnection *bus;     /* owned; NULL: none */
    guint subscription;       /* on @bus */
};

static gboolean
on_calm(gpointer user_data)
{
    ApdNetwork *self = user_data;

    self->calming = 0;
    self->changed(self->user_data);
    return G_SOURCE_REMOVE;
}

static void
note_change(void *user_data)
{
    ApdNetwork *self = user_data;

    if (self->calming == 0)
        self->calming = g_timeout_add(CALM_MS, on_calm, self);
}

/* What changed is of no interest: all sources look. */
static gboolean
on_news(gint fd, GIOCondition condition, gpointer user_data)
{
    ApdNetwork *self = user_data;
    char news[8192];
    ssize_t n = 1;

    (void) condition;
    while (n > 0)
        n = recv(fd, news, sizeof news, MSG_DONTWAIT);

    /* ENOBUFS: more changed than the socket could hold. */
    note_change(self);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != ENOBUFS && errno != EINTR)) {
        self->source = 0;
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

static int
open_socket(void)
{
    const struct sockaddr_nl address = {
        .nl_family = AF_NETLINK,
        .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
    };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

    if (fd < 0)
        return -1;
    if (bind(fd, (const struct sockaddr *) (const void *) &address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

/* --- NetworkManager --------------------------------------------------------------- */

static void
on_signal(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
    (void) bus;
    (void) sender;
    (void) path;
    (void) interface;
    (void) signal;
    (void) parameters;
    note_change(user_data);
}

static void
on_bus(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *bus = g_bus_get_finish(result, &error);
    ApdNetwork *self = user_data;

    (void) source;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* @self is gone */
    if (bus == NULL) {
        g_debug("no news of the network: %s", error->message);
        return;
    }
    g_dbus_connection_set_exit_on_close(bus, FALSE);
    self->bus = bus;
    self->subscription = g_dbus_connection_signal_subscribe(
        bus, "org.freedesktop.NetworkManager", "org.freedesktop.NetworkManager", "StateChanged",
        NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, self, NULL);
}

/* ---------------------------------------------------------------------------------- */

ApdNetwork *
apd_network_new(void (*changed)(void *user_data), void *user_data)
{
    ApdNetwork *self = g_new0(ApdNetwork, 1);

    self->changed = changed;
    self->user_data = user_data;
    self->set = apd_alarm_new(note_change, self);
    apd_alarm_at(self->set, APD_NEVER);
    self->fd = open_socket();
    if (self->fd >= 0) {
        self->source = g_unix_fd_add(self->fd, G_IO_IN | G_IO_ERR, on_news, self);
        return self;
    }
    self->connecting = g_cancellable_new();
    g_bus_get(G_BUS_TYPE_SYSTEM, self->connecting, on_bus, self);
    return self;
}

void
apd_network_free(ApdNetwork *self)
{
    if (self == NULL)
        return;

    g_clear_handle_id(&self->source, g_source_remove);
    g_clear_handle_id(&self->calming, g_source_remove);
    if (self->connecting != NULL)
        g_cancellable_cancel(self->connecting);
    g_clear_object(&self->connecting);
    if (self->subscription != 0)
        g_dbus_connection_signal_unsubscribe(self->bus, self->subscription);
    g_clear_object(&self->bus);
    apd_alarm_free(self->set);
    if (self->fd >= 0)
        close(self->fd);
    g_free(self);
}
