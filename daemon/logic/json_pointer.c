#include "logic/json_pointer.h"

#include <string.h>

#include "base/json_read.h"

/* Of a pointer; deeper documents are refused before. */
#define MAX_NAMES 64

/* Elements of a list that become one text. */
#define MAX_ELEMENTS 64

/* --- pointers --------------------------------------------------------------------- */

bool
apd_json_pointer_is_good(const char *pointer)
{
    if (*pointer != '\0' && *pointer != '/')
        return false;

    int names = 0;
    for (const char *p = pointer; *p != '\0'; p++) {
        names += *p == '/';
        if (*p == '~' && p[1] != '0' && p[1] != '1')
            return false;
    }
    return names <= MAX_NAMES && g_utf8_validate(pointer, -1, NULL);
}

/* Returns: (transfer full): "~1" is a slash, then "~0" a tilde (section 4). */
static char *
unescape(const char *name, size_t n)
{
    GString *text = g_string_new_len(name, (gssize) n);

    g_string_replace(text, "~1", "/", 0);
    g_string_replace(text, "~0", "~", 0);
    return g_string_free(text, FALSE);
}

/* An index has no leading zeros; "-" is the element after the last: none. */
static JsonNode *
find_element(JsonArray *array, const char *name)
{
    guint64 index;

    if (!g_ascii_isdigit(*name) || (*name == '0' && name[1] != '\0')
        || !g_ascii_string_to_unsigned(name, 10, 0, G_MAXUINT32, &index, NULL)
        || index >= json_array_get_length(array))
        return NULL;
    return json_array_get_element(array, (guint) index);
}

static JsonNode *
find_child(JsonNode *node, const char *name)
{
    if (JSON_NODE_HOLDS_OBJECT(node))
        return json_object_get_member(json_node_get_object(node), name);
    if (JSON_NODE_HOLDS_ARRAY(node))
        return find_element(json_node_get_array(node), name);
    return NULL;
}

JsonNode *
apd_json_pointer_find(JsonNode *root, const char *pointer)
{
    if (!apd_json_pointer_is_good(pointer))
        return NULL;

    JsonNode *node = root;
    for (const char *p = pointer; node != NULL && *p == '/';) {
        size_t n = strcspn(p + 1, "/");
        g_autofree char *name = unescape(p + 1, n);
        node = find_child(node, name);
        p += n + 1;
    }
    return node;
}

/* --- forms ------------------------------------------------------------------------ */

static bool
is_pointer(const char *form)
{
    return *form == '\0' || *form == '/';
}

/* The "{/pointer}" that begins at or after @p: its brace, and the one that closes it. */
static const char *
find_braces(const char *p, const char **ret_end)
{
    const char *begin = strstr(p, "{/");

    *ret_end = begin ? strchr(begin, '}') : NULL;
    return *ret_end ? begin : NULL;
}

bool
apd_json_form_is_good(const char *form)
{
    const char *end;

    if (is_pointer(form))
        return apd_json_pointer_is_good(form);

    for (const char *p = form; (p = strstr(p, "{/")) != NULL; p = end) {
        if ((end = strchr(p, '}')) == NULL)
            return false;
        g_autofree char *pointer = g_strndup(p + 1, (size_t) (end - p - 1));
        if (!apd_json_pointer_is_good(pointer))
            return false;
    }
    return true;
}

/* Returns: (transfer full): NULL for what is no text, or an empty one. */
static char *
read_value(JsonNode *node)
{
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node)) {
        char *text = apd_json_read_text(node);
        if (text != NULL && *text == '\0')
            g_clear_pointer(&text, g_free);
        return text;
    }

    JsonArray *array = json_node_get_array(node);
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < json_array_get_length(array) && i < MAX_ELEMENTS; i++) {
        g_autofree char *text = apd_json_read_text(json_array_get_element(array, i));
        if (text != NULL && *text != '\0')
            g_string_append_printf(all, "%s%s", all->len > 0 ? ", " : "", text);
    }
    return all->len > 0 ? g_strdup(all->str) : NULL;
}

char *
apd_json_form_fill(JsonNode *root, const char *form)
{
    if (is_pointer(form))
        return read_value(apd_json_pointer_find(root, form));

    g_autoptr(GString) text = g_string_new(NULL);
    const char *rest = form, *end = NULL;
    bool found = false;
    for (const char *p; (p = find_braces(rest, &end)) != NULL; rest = end + 1) {
        g_autofree char *pointer = g_strndup(p + 1, (size_t) (end - p - 1));
        g_autofree char *value = read_value(apd_json_pointer_find(root, pointer));
        g_string_append_len(text, rest, p - rest);
        g_string_append(text, value ? value : "");
        found |= value != NULL;
    }
    g_string_append(text, rest);
    return found ? g_strdup(text->str) : NULL;
}
