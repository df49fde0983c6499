#include "port/channel_json.h"

#include <stdarg.h>

JsonNode *
apd_object(const char *name, ...)
{
    g_autoptr(JsonObject) object = json_object_new();
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    va_list pairs;

    va_start(pairs, name);
    for (const char *key = name; key != NULL; key = va_arg(pairs, const char *)) {
        JsonNode *value = va_arg(pairs, JsonNode *);
        if (value != NULL)
            json_object_set_member(object, key, value);
    }
    va_end(pairs);
    json_node_take_object(node, g_steal_pointer(&object));
    return node;
}

JsonNode *
apd_empty(void)
{
    JsonNode *node = json_node_new(JSON_NODE_ARRAY);

    json_node_take_array(node, json_array_new());
    return node;
}

void
apd_list_add(JsonNode *list, JsonNode *node)
{
    if (node != NULL)
        json_array_add_element(json_node_get_array(list), node);
}

JsonNode *
apd_list(JsonNode *first, ...)
{
    JsonNode *list = apd_empty();
    va_list nodes;

    va_start(nodes, first);
    for (JsonNode *node = first; node != NULL; node = va_arg(nodes, JsonNode *))
        apd_list_add(list, node);
    va_end(nodes);
    return list;
}

JsonNode *
apd_text(const char *text)
{
    return text ? json_node_init_string(json_node_alloc(), text) : NULL;
}

JsonNode *
apd_text_take(char *text)
{
    JsonNode *node = apd_text(text);

    g_free(text);
    return node;
}

JsonNode *
apd_int(gint64 value)
{
    return json_node_init_int(json_node_alloc(), value);
}

JsonNode *
apd_bool(bool value)
{
    return json_node_init_boolean(json_node_alloc(), value);
}
