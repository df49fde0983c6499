/* Opens the sources of a configuration and prints what they say, a JSON line
 * each; stores every message's cursor as appeald would.  A line on standard
 * input: "poke" pokes all sources; its end ends the program. */
#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "port/source.h"

typedef struct {
    ApdLedger *ledger;
    GPtrArray *sources;
    GMainLoop *loop;
} Program;

static void
print(JsonBuilder *builder)
{
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = NULL;

    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    json_generator_set_root(generator, root);
    g_autofree char *line = json_generator_to_data(generator, NULL);
    puts(line);
    fflush(stdout);
    g_object_unref(builder);
}

static JsonBuilder *
begin(const char *event, ApdSource *source, const char *folder)
{
    JsonBuilder *builder = json_builder_new();

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "event");
    json_builder_add_string_value(builder, event);
    json_builder_set_member_name(builder, "source");
    json_builder_add_string_value(builder, source->name);
    json_builder_set_member_name(builder, "folder");
    json_builder_add_string_value(builder, folder);
    return builder;
}

static void
add_int(JsonBuilder *builder, const char *name, int64_t value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_int_value(builder, value);
}

static void
add_text(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, value);
}

static void
update_cursor(Program *self, ApdSource *source, const char *folder, const ApdMessage *message)
{
    ApdCursor cursor;
    g_autoptr(GError) error = NULL;

    if (!apd_ledger_get_cursor(self->ledger, source->name, folder, &cursor, &error))
        g_error("%s", error->message);
    if (message != NULL) {
        cursor.uidvalidity = message->uidvalidity;
        cursor.last_uid = message->uid;
    } else {
        cursor.looked_back = true;
    }
    if (!apd_ledger_set_cursor(self->ledger, source->name, folder, &cursor, &error))
        g_error("%s", error->message);
}

static void
on_message(ApdSource *source, ApdMessage *taken, void *user_data)
{
    g_autoptr(ApdMessage) message = taken;
    JsonBuilder *builder = begin("message", source, message->folder);
    size_t size;
    const void *data = g_bytes_get_data(message->bytes, &size);
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, size);

    add_int(builder, "uid", message->uid);
    add_int(builder, "uidvalidity", message->uidvalidity);
    add_int(builder, "received", message->received / APD_SECOND);
    add_int(builder, "first_look", message->first_look);
    add_int(builder, "truncated", message->truncated);
    add_int(builder, "size", (int64_t) size);
    add_text(builder, "sha256", sum);
    print(builder);
    update_cursor(user_data, source, message->folder, message);
    source->type->stored(source, message);
}

static void
on_sight(ApdSource *source, const char *folder, const GError *why, void *user_data)
{
    JsonBuilder *builder = begin("sight", source, folder);

    (void) user_data;
    add_int(builder, "code", why != NULL ? why->code : -1);
    add_text(builder, "text", why != NULL ? why->message : "");
    print(builder);
}

static void
on_room(ApdSource *source, ApdRoom room, const char *text, void *user_data)
{
    JsonBuilder *builder = begin("room", source, "");

    (void) user_data;
    add_int(builder, "room", room);
    add_text(builder, "text", text);
    print(builder);
}

static void
on_said(ApdSource *source, const char *text, void *user_data)
{
    JsonBuilder *builder = begin("said", source, "");

    (void) user_data;
    add_text(builder, "text", text);
    print(builder);
}

static void
on_looked_back(ApdSource *source, const char *folder, void *user_data)
{
    update_cursor(user_data, source, folder, NULL);
    print(begin("looked_back", source, folder));
}

static gboolean
on_input(gint fd, GIOCondition condition, gpointer user_data)
{
    Program *self = user_data;
    char line[64];

    (void) condition;
    if (read(fd, line, sizeof line) <= 0) {
        g_main_loop_quit(self->loop);
        return G_SOURCE_REMOVE;
    }
    for (guint i = 0; i < self->sources->len; i++) {
        ApdSource *source = self->sources->pdata[i];
        source->type->poke(source);
    }
    return G_SOURCE_CONTINUE;
}

int
main(int argc, char **argv)
{
    static const ApdSourceEvents events = { .message = on_message,
                                            .sight = on_sight,
                                            .room = on_room,
                                            .said = on_said,
                                            .looked_back = on_looked_back };
    Program self = { .sources = g_ptr_array_new(), .loop = g_main_loop_new(NULL, FALSE) };
    g_autoptr(GError) error = NULL;

    g_autoptr(ApdConfig) config = argc == 2 ? apd_config_load(argv[1], &error) : NULL;
    g_autofree char *path = config != NULL ? apd_config_ledger_path(config) : NULL;
    self.ledger = path != NULL ? apd_ledger_open(path, &error) : NULL;
    if (self.ledger == NULL) {
        fprintf(stderr, "%s\n", error != NULL ? error->message : "usage: prog_sources CONFIG");
        return 2;
    }
    for (guint i = 0; i < config->sources->len; i++) {
        const ApdSourceConfig *each = config->sources->pdata[i];
        ApdSource *source =
            apd_source_find(each->type)
                ->open(each, config->look_back, self.ledger, &events, &self, &error);
        if (source == NULL)
            g_error("%s", error->message);
        g_ptr_array_add(self.sources, source);
    }
    g_unix_fd_add(0, G_IO_IN | G_IO_HUP, on_input, &self);
    g_main_loop_run(self.loop);
    for (guint i = 0; i < self.sources->len; i++) {
        ApdSource *source = self.sources->pdata[i];
        source->type->close(source);
    }
    g_ptr_array_unref(self.sources);
    g_main_loop_unref(self.loop);
    apd_ledger_close(self.ledger);
    return 0;
}
