#include "base/json_read.h"

#include <string.h>

#include "base/error.h"

#define MAX_DEPTH 64

/* What apd_json_hunt() goes through at most. */
#define MAX_HUNT_DEPTH 6

/* What an int64, and a double, is sure to hold. */
#define EXACT_DIGITS 15

/* --- before the parser ---------------------------------------------------------------- */

typedef struct {
    const char *at, *end; /* borrowed */
    GString *out;         /* owned */
    int depth;
} Scan;

/* A string with its quotes; false when it does not end. */
static bool
scan_string(Scan *self)
{
    const char *begin = self->at++;

    while (self->at < self->end && *self->at != '"')
        self->at += *self->at == '\\' ? 2 : 1;
    if (self->at >= self->end)
        return false;
    self->at++;
    g_string_append_len(self->out, begin, self->at - begin);
    return true;
}

static void
scan_number(Scan *self)
{
    const char *begin = self->at;
    bool whole = true;
    int digits = 0;

    for (; self->at < self->end && (g_ascii_isdigit(*self->at) || strchr("+-.eE", *self->at));
         self->at++) {
        digits += g_ascii_isdigit(*self->at);
        whole &= *self->at != '.' && *self->at != 'e' && *self->at != 'E';
    }
    const char *quote = whole && digits > EXACT_DIGITS ? "\"" : "";
    g_string_append(self->out, quote);
    g_string_append_len(self->out, begin, self->at - begin);
    g_string_append(self->out, quote);
}

static bool
scan_token(Scan *self)
{
    char c = *self->at;

    if (c == '"')
        return scan_string(self);
    if (c == '-' || g_ascii_isdigit(c)) {
        scan_number(self);
        return true;
    }
    if (c == '\0' || !(strchr("{}[],: \t\r\n", c) || (c >= 'a' && c <= 'z')))
        return false;
    self->depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    g_string_append_c(self->out, c);
    self->at++;
    return self->depth >= 0 && self->depth <= MAX_DEPTH;
}

JsonNode *
apd_json_parse(const char *text, size_t size, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GString) out = g_string_sized_new(size + 64);
    bool bom = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
    Scan scan = { text + (bom ? 3 : 0), text + size, out, 0 };
    bool good = g_utf8_validate(text, (gssize) size, NULL);

    while (good && scan.at < scan.end)
        good = scan_token(&scan);
    if (good && scan.depth == 0
        && json_parser_load_from_data(parser, out->str, (gssize) out->len, NULL)
        && json_parser_get_root(parser) != NULL)
        return json_parser_steal_root(parser);

    g_set_error(error, APD_ERROR, APD_ERROR_MALFORMED, "the answer is no JSON that can be read");
    return NULL;
}

/* --- after it --------------------------------------------------------------------------- */

static bool
is_null(JsonNode *node)
{
    return node == NULL || JSON_NODE_HOLDS_NULL(node);
}

JsonNode *
apd_json_member(JsonNode *node, const char *name)
{
    JsonNode *member = !is_null(node) && JSON_NODE_HOLDS_OBJECT(node)
                           ? json_object_get_member(json_node_get_object(node), name)
                           : NULL;

    return is_null(member) ? NULL : member;
}

/* The nodes right below @node are added to @level. */
static void
add_children(JsonNode *node, GPtrArray *level)
{
    g_autoptr(GList) values = NULL;

    if (JSON_NODE_HOLDS_OBJECT(node))
        values = json_object_get_values(json_node_get_object(node));
    else if (JSON_NODE_HOLDS_ARRAY(node))
        values = json_array_get_elements(json_node_get_array(node));
    for (GList *value = values; value != NULL; value = value->next)
        g_ptr_array_add(level, value->data);
}

JsonNode *
apd_json_hunt(JsonNode *node, const char *name)
{
    g_autoptr(GPtrArray) level = g_ptr_array_new();

    if (node != NULL)
        g_ptr_array_add(level, node);
    for (int depth = 0; depth < MAX_HUNT_DEPTH && level->len > 0; depth++) {
        GPtrArray *next = g_ptr_array_new();
        for (guint i = 0; i < level->len; i++) {
            JsonNode *found = apd_json_member(level->pdata[i], name);
            if (found != NULL) {
                g_ptr_array_unref(next);
                return found;
            }
            add_children(level->pdata[i], next);
        }
        g_ptr_array_unref(level);
        level = next;
    }
    return NULL;
}

char *
apd_json_read_text(JsonNode *node)
{
    if (is_null(node) || !JSON_NODE_HOLDS_VALUE(node))
        return NULL;

    GType type = json_node_get_value_type(node);
    if (type == G_TYPE_STRING)
        return g_strdup(json_node_get_string(node));
    if (type == G_TYPE_INT64)
        return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
    if (type == G_TYPE_BOOLEAN)
        return g_strdup(json_node_get_boolean(node) ? "true" : "false");
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_dtostr(buffer, sizeof buffer, json_node_get_double(node)));
}

bool
apd_json_read_int(JsonNode *node, int64_t *ret_value)
{
    g_autofree char *text = apd_json_read_text(node);
    gint64 value;

    if (text == NULL || !g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL))
        return false;
    *ret_value = value;
    return true;
}

bool
apd_json_read_bool(JsonNode *node, bool *ret_value)
{
    g_autofree char *text = apd_json_read_text(node);
    bool yes = text != NULL && (g_ascii_strcasecmp(text, "true") == 0 || g_str_equal(text, "1"));
    bool no = text != NULL && (g_ascii_strcasecmp(text, "false") == 0 || g_str_equal(text, "0"));

    if (yes || no)
        *ret_value = yes;
    return yes || no;
}

/* "data_list": {"issue": [...]} or {"issue": {...}}, as gateways write that make lists
 * of XML: what is inside; else @node. */
static JsonNode *
unwrap(JsonNode *node)
{
    JsonObject *object = json_node_get_object(node);
    g_autoptr(GList) values = json_object_get_values(object);

    if (json_object_get_size(object) != 1)
        return node;
    JsonNode *inner = values->data;
    return JSON_NODE_HOLDS_ARRAY(inner) || JSON_NODE_HOLDS_OBJECT(inner) ? inner : node;
}

GPtrArray *
apd_json_elements(JsonNode *node)
{
    GPtrArray *elements = g_ptr_array_new();

    if (is_null(node))
        return elements;
    if (JSON_NODE_HOLDS_OBJECT(node))
        node = unwrap(node);
    if (JSON_NODE_HOLDS_ARRAY(node))
        add_children(node, elements);
    else if (JSON_NODE_HOLDS_OBJECT(node) && json_object_get_size(json_node_get_object(node)) > 0)
        g_ptr_array_add(elements, node);
    return elements;
}

char *
apd_json_member_text(JsonNode *node, const char *name)
{
    return apd_json_read_text(apd_json_member(node, name));
}
