/* Owns a name on the system bus of its environment and sends one signal from it.
 *
 *     prog_signal NAME PATH INTERFACE SIGNAL NUMBER
 */
#include <gio/gio.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &error);

    if (argc != 6 || bus == NULL)
        return 2;
    g_autoptr(GVariant) answer = g_dbus_connection_call_sync(
        bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
        g_variant_new("(su)", argv[1], 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
    if (answer == NULL
        || !g_dbus_connection_emit_signal(
            bus, NULL, argv[2], argv[3], argv[4],
            g_variant_new("(u)", (guint32) strtoul(argv[5], NULL, 10)), &error)
        || !g_dbus_connection_flush_sync(bus, NULL, &error))
        return 1;
    return 0;
}
