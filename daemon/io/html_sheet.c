#include "io/html_sheet.h"

#include <string.h>

/* Bounds: rules of interest, and the length of what stands before one. */
#define MAX_RULES     256
#define MAX_SELECTORS 1024
#define MAX_SHEET     (256u * 1024)

typedef struct {
    guint hash;
    gsize size; /* of the name */
    char *key;  /* owned: 't', 'c' or 'i', and the name */
    ApdHtmlStyle style;
} Rule;

struct ApdHtmlSheet {
    GArray *rules; /* owned, element-type Rule */
    bool unclear;
};

static void
clear_rule(void *data)
{
    Rule *rule = data;
    g_free(rule->key);
}

ApdHtmlSheet *
apd_html_sheet_new(void)
{
    ApdHtmlSheet *self = g_new0(ApdHtmlSheet, 1);

    self->rules = g_array_new(FALSE, FALSE, sizeof(Rule));
    g_array_set_clear_func(self->rules, clear_rule);
    return self;
}

void
apd_html_sheet_free(ApdHtmlSheet *self)
{
    if (self == NULL)
        return;

    g_array_unref(self->rules);
    g_free(self);
}

bool
apd_html_sheet_is_empty(const ApdHtmlSheet *self)
{
    return self->rules->len == 0;
}

bool
apd_html_sheet_is_unclear(const ApdHtmlSheet *self)
{
    return self->unclear;
}

static guint
hash_of(char kind, const char *name, gsize size)
{
    guint hash = (guchar) kind;

    for (gsize i = 0; i < size; i++)
        hash = hash * 33 + ((guchar) name[i] | 0x20);
    return hash;
}

static Rule *
find(const ApdHtmlSheet *self, char kind, const char *name, gsize size)
{
    guint hash = hash_of(kind, name, size);

    for (guint i = 0; i < self->rules->len; i++) {
        Rule *rule = &g_array_index(self->rules, Rule, i);
        if (rule->hash == hash && rule->key[0] == kind && rule->size == size
            && g_ascii_strncasecmp(rule->key + 1, name, size) == 0)
            return rule;
    }
    return NULL;
}

static void
add_rule(ApdHtmlSheet *self, char kind, const char *name, const ApdHtmlStyle *style)
{
    gsize size = strlen(name);
    Rule *known = find(self, kind, name, size);

    if (known != NULL) {
        apd_html_style_merge(&known->style, style);
    } else if (self->rules->len < MAX_RULES) {
        Rule rule = { hash_of(kind, name, size), size, g_strdup_printf("%c%s", kind, name),
                      *style };
        g_array_append_val(self->rules, rule);
    }
}

/* One selector: "td", ".a", "#b", "td.a". */
static void
add_selector(ApdHtmlSheet *self, const char *selector, const ApdHtmlStyle *style)
{
    const char *mark = strpbrk(selector, ".#");
    const char *name = mark != NULL ? mark + 1 : selector;

    if (*name == '\0' || strchr(selector, ':') != NULL)
        return; /* a state that a mail is not in at first */
    if (strpbrk(name, " .#>+~[*\t\r\n") != NULL
        || (mark != NULL && strpbrk(selector, " >+~[*\t\r\n") != NULL)) {
        self->unclear |= style->background != APD_COLOUR_UNSET;
        return;
    }
    add_rule(self, mark == NULL ? 't' : *mark == '.' ? 'c' : 'i', name, style);
}

static void
add_selectors(ApdHtmlSheet *self, const char *text, gsize size, const ApdHtmlStyle *style)
{
    g_autofree char *list = g_strndup(text, MIN(size, MAX_SELECTORS));
    g_auto(GStrv) selectors = g_strsplit(list, ",", 32);

    for (char **selector = selectors; *selector != NULL; selector++)
        add_selector(self, g_strstrip(*selector), style);
}

static bool
says_something(const ApdHtmlStyle *style)
{
    return style->display != APD_SEEN_UNSET || style->visibility != APD_SEEN_UNSET
           || style->size != APD_SEEN_UNSET || style->gone || style->flat || style->clipped
           || style->colour != APD_COLOUR_UNSET || style->background != APD_COLOUR_UNSET
           || style->padded;
}

/* Returns: (transfer full): without comments. */
static char *
without_comments(const char *sheet, gsize size)
{
    g_autofree char *copy = g_strndup(sheet, size);
    const char *text = copy, *open;

    if (strstr(text, "/*") == NULL)
        return g_steal_pointer(&copy);
    GString *out = g_string_sized_new(size);
    while ((open = strstr(text, "/*")) != NULL) {
        g_string_append_len(out, text, open - text);
        const char *close = strstr(open + 2, "*/");
        text = close != NULL ? close + 2 : "";
    }
    g_string_append(out, text);
    return g_string_free(out, FALSE);
}

/* What stands before a '{', without statements that end before it and marks of comments
 * of HTML. */
static const char *
selectors_in(const char *text, const char *open)
{
    const char *first = text;

    for (const char *p = text; p < open; p++)
        if (*p == ';' || *p == '}')
            first = p + 1;
    while (first < open && g_ascii_isspace(*first))
        first++;
    if (open - first > 4 && memcmp(first, "<!--", 4) == 0)
        first += 4;
    while (first < open && g_ascii_isspace(*first))
        first++;
    return first;
}

void
apd_html_sheet_read(ApdHtmlSheet *self, const char *sheet, gsize size)
{
    g_autofree char *clean = without_comments(sheet, MIN(size, MAX_SHEET));
    const char *text = clean, *end = clean + strlen(clean);

    while (text < end) {
        const char *open = memchr(text, '{', (gsize) (end - text));
        if (open == NULL)
            return;

        int depth = 1;
        const char *close = open + 1;
        for (; close < end && depth > 0; close++)
            depth += *close == '{' ? 1 : *close == '}' ? -1 : 0;

        const char *first = selectors_in(text, open);
        ApdHtmlStyle style = APD_HTML_STYLE_NONE;
        if (first < open && *first != '@') {
            gsize inside = (gsize) (close - open - 1);
            apd_html_style_read(open + 1, depth == 0 ? inside - 1 : inside, &style);
        }
        if (says_something(&style))
            add_selectors(self, first, (gsize) (open - first), &style);
        text = close;
    }
}

void
apd_html_sheet_apply(const ApdHtmlSheet *self, char kind, const char *names, gsize size,
                     ApdHtmlStyle *style)
{
    const char *end = names + size;

    while (names < end) {
        while (names < end && g_ascii_isspace(*names))
            names++;
        const char *stop = names;
        while (stop < end && !g_ascii_isspace(*stop))
            stop++;
        const Rule *rule = stop > names ? find(self, kind, names, (gsize) (stop - names)) : NULL;
        if (rule != NULL)
            apd_html_style_merge(style, &rule->style);
        names = stop;
    }
}
