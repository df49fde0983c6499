#include "app/mass_labels.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/error.h"
#include "io/ini.h"
#include "model/verdict.h"

struct ApdMassLabels {
    GHashTable *rows; /* owned: file -> strv of the line; NULL: labels lie beside */
};

static void
free_row(void *data)
{
    g_strfreev(data);
}

static void
add_row(ApdMassLabels *self, const char *csv, int number, const char *line, GString *problems)
{
    g_auto(GStrv) cells = g_strsplit(line, ",", 4);
    guint n = g_strv_length(cells);
    ApdKind kind;

    for (guint i = 0; i < n; i++)
        g_strstrip(cells[i]);
    if (n == 0 || (number == 1 && g_ascii_strcasecmp(cells[0], "file") == 0))
        return;
    if (n < 2 || !apd_kind_parse(cells[1], &kind)) {
        apd_ini_complain(problems, csv, number,
                         "write FILE,KIND or FILE,KIND,CATEGORY; '%s' is no kind",
                         n < 2 ? "" : cells[1]);
        return;
    }
    g_hash_table_replace(self->rows, g_strdup(cells[0]), g_steal_pointer(&cells));
}

static bool
load(ApdMassLabels *self, const char *csv, GError **error)
{
    g_autoptr(GString) problems = g_string_new(NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(csv, &text, NULL, error))
        return false;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (int i = 0; lines[i] != NULL; i++)
        if (*g_strstrip(lines[i]) != '\0')
            add_row(self, csv, i + 1, lines[i], problems);
    return apd_ini_conclude(problems, error);
}

ApdMassLabels *
apd_mass_labels_new(const char *csv, GError **error)
{
    g_autoptr(ApdMassLabels) self = g_new0(ApdMassLabels, 1);

    if (csv == NULL)
        return g_steal_pointer(&self);

    self->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_row);
    if (!load(self, csv, error))
        return NULL;
    return g_steal_pointer(&self);
}

void
apd_mass_labels_free(ApdMassLabels *self)
{
    if (self == NULL)
        return;

    g_clear_pointer(&self->rows, g_hash_table_unref);
    g_free(self);
}

static gboolean
find_row(const ApdMassLabels *self, const char *name, char **ret_kind, char **ret_category)
{
    g_autofree char *last = g_path_get_basename(name);
    char **row = g_hash_table_lookup(self->rows, name);

    if (row == NULL)
        row = g_hash_table_lookup(self->rows, last);
    if (row == NULL)
        return FALSE;

    *ret_kind = g_strdup(row[1]);
    *ret_category = row[2] != NULL && *row[2] != '\0' ? g_strdup(row[2]) : NULL;
    return TRUE;
}

static const char *
text_of(JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);

    return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

static gboolean
find_beside(const char *name, char **ret_kind, char **ret_category)
{
    if (!g_str_has_suffix(name, ".eml"))
        return FALSE;

    g_autofree char *path =
        g_strdup_printf("%.*s.json", (int) (strlen(name) - strlen(".eml")), name);
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_file(parser, path, NULL))
        return FALSE;
    JsonNode *root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        return FALSE;
    const char *kind = text_of(json_node_get_object(root), "kind");
    ApdKind known;
    if (kind == NULL || !apd_kind_parse(kind, &known))
        return FALSE;

    *ret_kind = g_strdup(kind);
    *ret_category = g_strdup(text_of(json_node_get_object(root), "category"));
    return TRUE;
}

gboolean
apd_mass_labels_find(const ApdMassLabels *self, const char *name, char **ret_kind,
                     char **ret_category)
{
    return self->rows != NULL ? find_row(self, name, ret_kind, ret_category)
                              : find_beside(name, ret_kind, ret_category);
}
