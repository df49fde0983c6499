/* A notification server that does what its script says.
 *
 *     prog_notifyd [--without CAPABILITY]... [--hang] [--refuse] [--name NAME]
 *
 * Tells on standard output, one JSON object a line, what it is asked for, and
 * takes on standard input: "press ID BUTTON" (as servers do: then it closes the
 * popup), "dismiss ID", "expire ID".  --hang: never answers.
 * --refuse: takes no popup.
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"

static const char interface_xml[] =
    "<node><interface name='" NAME "'>"
    "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
    "<method name='GetServerInformation'><arg type='s' direction='out'/>"
    "<arg type='s' direction='out'/><arg type='s' direction='out'/>"
    "<arg type='s' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>"
    "<arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
    "<signal name='NotificationClosed'><arg type='u'/><arg type='u'/></signal>"
    "<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>"
    "</interface></node>";

typedef struct {
    GMainLoop *loop;
    GDBusConnection *bus;
    char **without;
    char *name;
    gboolean hang, refuse;
    guint32 last_id;
} Server;

static void
tell(JsonBuilder *line)
{
    json_builder_end_object(line);
    g_autoptr(JsonNode) root = json_builder_get_root(line);
    g_autofree char *text = json_to_string(root, FALSE);

    printf("%s\n", text);
    fflush(stdout);
    g_object_unref(line);
}

static JsonBuilder *
begin(const char *what, guint32 id)
{
    JsonBuilder *line = json_builder_new();

    json_builder_begin_object(line);
    json_builder_set_member_name(line, "event");
    json_builder_add_string_value(line, what);
    json_builder_set_member_name(line, "id");
    json_builder_add_int_value(line, id);
    return line;
}

static void
add_text(JsonBuilder *line, const char *name, const char *text)
{
    json_builder_set_member_name(line, name);
    json_builder_add_string_value(line, text);
}

static guint32
notify(Server *self, GVariant *arguments)
{
    const char *app, *icon, *summary, *body;
    g_autofree const char **actions = NULL;
    g_autoptr(GVariant) hints = NULL;
    guint32 replaces;
    gint32 timeout;
    guchar urgency = 255;

    g_variant_get(arguments, "(&su&s&s&s^a&s@a{sv}i)", &app, &replaces, &icon, &summary, &body,
                  &actions, &hints, &timeout);
    g_variant_lookup(hints, "urgency", "y", &urgency);

    guint32 id = replaces != 0 ? replaces : ++self->last_id;
    JsonBuilder *line = begin("notify", id);
    add_text(line, "app", app);
    add_text(line, "icon", icon);
    add_text(line, "title", summary);
    add_text(line, "body", body);
    json_builder_set_member_name(line, "replaces");
    json_builder_add_int_value(line, replaces);
    json_builder_set_member_name(line, "urgency");
    json_builder_add_int_value(line, urgency);
    json_builder_set_member_name(line, "timeout");
    json_builder_add_int_value(line, timeout);
    json_builder_set_member_name(line, "buttons");
    json_builder_begin_object(line);
    for (size_t i = 0; actions[i] != NULL && actions[i + 1] != NULL; i += 2)
        add_text(line, actions[i], actions[i + 1]);
    json_builder_end_object(line);
    tell(line);
    return id;
}

static void
emit_closed(Server *self, guint32 id, guint32 reason)
{
    g_dbus_connection_emit_signal(self->bus, NULL, PATH, NAME, "NotificationClosed",
                                  g_variant_new("(uu)", id, reason), NULL);
}

static GVariant *
capabilities(const Server *self)
{
    static const char *const all[] = { "actions", "body", "body-markup", "persistence" };
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("as"));
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (self->without == NULL || !g_strv_contains((const char *const *) self->without, all[i]))
            g_variant_builder_add(&builder, "s", all[i]);
    return g_variant_new("(as)", &builder);
}

static void
on_call(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
        const char *method, GVariant *arguments, GDBusMethodInvocation *call, gpointer user_data)
{
    Server *self = user_data;
    guint32 id;

    (void) bus;
    (void) sender;
    (void) path;
    (void) interface;
    if (self->hang) {
        tell(begin("hung", 0));
    } else if (g_str_equal(method, "GetCapabilities")) {
        g_dbus_method_invocation_return_value(call, capabilities(self));
    } else if (g_str_equal(method, "GetServerInformation")) {
        g_dbus_method_invocation_return_value(
            call, g_variant_new("(ssss)", self->name ? self->name : "prog_notifyd", "appeald", "1",
                                "1.2"));
    } else if (g_str_equal(method, "Notify") && self->refuse) {
        g_dbus_method_invocation_return_dbus_error(call, NAME ".Error.Full", "no popups today");
    } else if (g_str_equal(method, "Notify")) {
        id = notify(self, arguments);
        g_dbus_method_invocation_return_value(call, g_variant_new("(u)", id));
    } else {
        g_variant_get(arguments, "(u)", &id);
        tell(begin("close", id));
        emit_closed(self, id, 3);
        g_dbus_method_invocation_return_value(call, NULL);
    }
}

static void
obey(Server *self, const char *order)
{
    g_auto(GStrv) words = g_strsplit(order, " ", 3);
    guint32 id = words[0] != NULL && words[1] != NULL ? (guint32) atoi(words[1]) : 0;

    if (id != 0 && g_str_equal(words[0], "press") && words[2] != NULL) {
        g_dbus_connection_emit_signal(self->bus, NULL, PATH, NAME, "ActionInvoked",
                                      g_variant_new("(us)", id, words[2]), NULL);
        emit_closed(self, id, 2);
    } else if (id != 0) {
        emit_closed(self, id, g_str_equal(words[0], "dismiss") ? 2 : 1);
    }
}

static gboolean
on_order(GIOChannel *input, GIOCondition condition, gpointer user_data)
{
    Server *self = user_data;
    g_autofree char *order = NULL;

    (void) condition;
    if (g_io_channel_read_line(input, &order, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
        g_main_loop_quit(self->loop);
        return G_SOURCE_REMOVE;
    }
    obey(self, g_strstrip(order));
    return G_SOURCE_CONTINUE;
}

static void
on_name(GDBusConnection *bus, const char *name, gpointer user_data)
{
    (void) bus;
    (void) name;
    (void) user_data;
    tell(begin("ready", 0));
}

int
main(int argc, char **argv)
{
    Server self = { .loop = g_main_loop_new(NULL, FALSE) };
    const GOptionEntry entries[] = {
        { "without", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.without, "Lacks it", "CAPABILITY" },
        { "hang", 0, 0, G_OPTION_ARG_NONE, &self.hang, "Answers nothing", NULL },
        { "refuse", 0, 0, G_OPTION_ARG_NONE, &self.refuse, "Takes no popup", NULL },
        { "name", 0, 0, G_OPTION_ARG_STRING, &self.name, "What it calls itself", "NAME" },
        { NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(interface_xml, NULL);
    const GDBusInterfaceVTable calls = { on_call, NULL, NULL, { NULL } };
    g_autoptr(GIOChannel) input = g_io_channel_unix_new(0);

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, NULL))
        return 2;

    self.bus = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
    if (self.bus == NULL)
        return 3;

    g_dbus_connection_register_object(self.bus, PATH, node->interfaces[0], &calls, &self, NULL,
                                      NULL);
    guint name = g_bus_own_name_on_connection(self.bus, NAME, G_BUS_NAME_OWNER_FLAGS_NONE, on_name,
                                              NULL, &self, NULL);
    g_io_add_watch(input, G_IO_IN | G_IO_HUP, on_order, &self);
    g_main_loop_run(self.loop);

    g_bus_unown_name(name);
    g_strfreev(self.without);
    g_free(self.name);
    g_object_unref(self.bus);
    g_main_loop_unref(self.loop);
    return 0;
}
