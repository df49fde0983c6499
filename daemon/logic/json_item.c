#include "logic/json_item.h"

#include <string.h>

#include "logic/json_pointer.h"
#include "logic/json_when.h"

/* Points of one record that can be meant. */
#define MAX_POINTS 1000.0

/* A pointer that leads to something unreadable is quoted so far. */
#define MAX_QUOTE 80

struct ApdJsonMap {
    GHashTable *keys;       /* borrowed */
    GHashTable *categories; /* owned: text of a record to key of the taxonomy */
    ApdZones *zones;        /* owned */
    int zone;
    char *by; /* owned */
    bool vouched;
};

/* --- the map ---------------------------------------------------------------------- */

static const char *
form_of(const ApdJsonMap *self, const char *key)
{
    return g_hash_table_lookup(self->keys, key);
}

/* "5: trade.late-shipment, 6: none, *: account.other" into @categories (may be NULL);
 * returns (transfer full) the part that is wrong, or NULL. */
static char *
read_categories(const char *value, GHashTable *categories)
{
    g_auto(GStrv) parts = g_strsplit(value, ",", -1);

    for (char **part = parts; *part != NULL; part++) {
        char *colon = strrchr(g_strstrip(*part), ':');
        if (colon == NULL || colon == *part)
            return g_strdup(*part);
        g_autofree char *category = g_strstrip(g_strdup(colon + 1));
        g_autofree char *word = g_strstrip(g_strndup(*part, (gsize) (colon - *part)));
        if (!g_regex_match_simple("^[a-z]+([.][a-z-]+)?$", category, G_REGEX_DEFAULT, 0))
            return g_strdup(*part);
        if (categories != NULL)
            g_hash_table_replace(categories, g_steal_pointer(&word), g_steal_pointer(&category));
    }
    return NULL;
}

ApdJsonMap *
apd_json_map_new(GHashTable *keys, const char *by, bool vouched)
{
    ApdJsonMap *self = g_new0(ApdJsonMap, 1);

    self->keys = keys;
    self->by = g_strdup(by);
    self->vouched = vouched;
    self->zones = apd_zones_new();
    self->zone = MAX(apd_zones_intern(self->zones, form_of(self, "timezone")), APD_ZONE_BEIJING);
    self->categories = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (form_of(self, "categories") != NULL)
        g_free(read_categories(form_of(self, "categories"), self->categories));
    return self;
}

void
apd_json_map_free(ApdJsonMap *self)
{
    if (self == NULL)
        return;

    g_hash_table_unref(self->categories);
    apd_zones_free(self->zones);
    g_free(self->by);
    g_free(self);
}

/* Keys that lead to one thing in an answer or a record. */
static const char *const pointers[] = {
    "items", "id", "time", "deadline", "points", "category", "more", "total", "error", NULL,
};

/* Keys that may be made of several. */
static const char *const forms[] = {
    "title", "body", "sender", "reference", "order", "product", "error-text", NULL,
};

static char *
check_zone(const char *value)
{
    g_autoptr(GTimeZone) zone = strchr(value, '/') != NULL || g_str_equal(value, "UTC")
                                    ? g_time_zone_new_identifier(value)
                                    : NULL;

    return zone ? NULL
                : g_strdup_printf("'%s' is no time zone (write for example Asia/Shanghai)", value);
}

char *
apd_json_map_check(const char *key, const char *value)
{
    if (g_str_equal(key, "categories")) {
        g_autofree char *part = read_categories(value, NULL);
        return part ? g_strdup_printf("'%s' is no pair (write for example 5: trade.late-shipment, "
                                      "6: none)",
                                      part)
                    : NULL;
    }
    if (g_str_equal(key, "timezone"))
        return check_zone(value);

    bool pointer = g_strv_contains(pointers, key)
                   || (g_str_equal(key, "next") && !g_str_equal(value, "link-header"));
    bool good = pointer                       ? apd_json_pointer_is_good(value)
                : g_strv_contains(forms, key) ? apd_json_form_is_good(value)
                                              : true;
    return good ? NULL
                : g_strdup_printf("'%s' is no JSON pointer (RFC 6901; write for example "
                                  "/data/items; in a name ~ is written ~0 and / is written ~1)",
                                  value);
}

/* --- one record ------------------------------------------------------------------- */

void
apd_json_item_free(ApdJsonItem *self)
{
    if (self == NULL)
        return;

    g_free(self->id);
    g_free(self->title);
    g_free(self->body);
    g_free(self->sender);
    g_free(self->change);
    apd_stated_free(self->stated);
    g_free(self);
}

static char *
fill(const ApdJsonMap *self, JsonNode *record, const char *key)
{
    const char *form = form_of(self, key);

    return form ? apd_json_form_fill(record, form) : NULL;
}

/* Zero and the like are how many say that there is none. */
static bool
is_nothing(const char *text)
{
    return text == NULL || text[strspn(text, "0-:T Z./")] == '\0';
}

static void
state_deadline(const ApdJsonMap *self, JsonNode *record, ApdStated *stated)
{
    g_autofree char *text = fill(self, record, "deadline");
    g_autoptr(GString) how = g_string_new(NULL);

    if (is_nothing(text))
        return;
    if (apd_json_when(text, self->zones, self->zone, &stated->deadline, how))
        stated->deadline_how =
            g_strdup_printf("\"%s\"%s%s", text, how->len > 0 ? ": " : "", how->str);
    else
        stated->deadline_wrong = g_strndup(text, MAX_QUOTE);
}

/* "-2" is how some write that two were taken. */
static void
state_points(const ApdJsonMap *self, JsonNode *record, ApdStated *stated)
{
    g_autofree char *text = fill(self, record, "points");
    char *end = NULL;
    double points = text ? g_ascii_strtod(text, &end) : 0;

    if (points < 0)
        points = -points;
    if (text != NULL && end != text && *end == '\0' && points <= MAX_POINTS)
        stated->points = (int) (points * 100 + 0.5);
}

/* With a map, what is in it is a matter; "none" is none, and what is not in it is left to
 * the text. */
static void
state_category(const ApdJsonMap *self, JsonNode *record, ApdStated *stated)
{
    g_autofree char *text = fill(self, record, "category");
    const char *category = text ? g_hash_table_lookup(self->categories, text) : NULL;

    if (category == NULL && g_hash_table_size(self->categories) > 0)
        category = g_hash_table_lookup(self->categories, "*");
    if (category == NULL && text != NULL && g_hash_table_size(self->categories) == 0)
        category = text;
    if (category == NULL)
        return;
    stated->is_matter = true;
    stated->kind = APD_KIND_NONE;
    if (g_str_equal(category, "none"))
        return;
    stated->kind = APD_KIND_PENALTY;
    stated->category = g_strdup(category);
    stated->category_how = g_strndup(text ? text : "", MAX_QUOTE);
}

static void
state_kind(const ApdJsonMap *self, ApdStated *stated)
{
    bool none = stated->is_matter && stated->kind == APD_KIND_NONE;
    ApdKind kind;

    if (none || !apd_kind_parse(form_of(self, "kind"), &kind))
        return;
    stated->is_matter = true;
    stated->kind = kind;
}

static ApdStated *
read_stated(const ApdJsonMap *self, JsonNode *record)
{
    ApdStated *stated = apd_stated_new(self->by);

    stated->vouched = self->vouched;
    state_category(self, record, stated);
    state_kind(self, stated);
    state_deadline(self, record, stated);
    state_points(self, record, stated);
    stated->case_ref = fill(self, record, "reference");
    stated->order = fill(self, record, "order");
    stated->product = fill(self, record, "product");
    return stated;
}

/* Returns: (transfer full): what is missing for @item to mean something; NULL: nothing. */
static char *
find_missing(const ApdJsonMap *self, const ApdJsonItem *item)
{
    if (item->id == NULL)
        return g_strdup_printf("nothing stands at id = %s", form_of(self, "id"));
    if (item->title == NULL && item->body == NULL && item->stated->category == NULL)
        return g_strdup("nothing stands where its title and body should");
    return NULL;
}

ApdJsonItem *
apd_json_item_read(const ApdJsonMap *self, JsonNode *record, char **ret_why)
{
    g_autoptr(ApdJsonItem) item = g_new0(ApdJsonItem, 1);
    g_autofree char *time = fill(self, record, "time");

    item->id = fill(self, record, "id");
    item->title = fill(self, record, "title");
    item->body = fill(self, record, "body");
    item->sender = fill(self, record, "sender");
    if (item->sender != NULL)
        g_strstrip(item->sender);
    item->stated = read_stated(self, record);
    item->time = APD_NEVER;
    if (!is_nothing(time))
        apd_json_when(time, self->zones, self->zone, &item->time, NULL);

    char *why = find_missing(self, item);
    if (why != NULL) {
        *ret_why = why;
        return NULL;
    }
    return g_steal_pointer(&item);
}
