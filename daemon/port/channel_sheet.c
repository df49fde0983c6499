#include "port/channel_sheet.h"

#include <string.h>

#include "logic/countdown.h"

/* Parts of an eighth or less of what there is never crowd each other out. */
#define SHARE 8

/* A part that is cut to less than this says nothing. */
#define LEAST 24

typedef struct {
    const ApdMarkup *markup; /* borrowed */
    size_t max, left;
    GPtrArray *parts; /* owned, element-type text: in order; NULL: left out */
} Sheet;

/* Facts without which an alert is of no use. */
static bool
is_vital(const ApdFact *fact)
{
    return g_strcmp0(fact->key, "deadline") == 0 || g_strcmp0(fact->key, "case") == 0
           || g_strcmp0(fact->key, "authenticity") == 0;
}

static char *
fill(const char *template, const char *name, const char *text, const char *other, const char *more)
{
    const char *const names[] = { name, text, other, more, NULL };
    return apd_phrase_fill(template, names);
}

static size_t
cost(const Sheet *self, const char *text)
{
    return apd_unit_size(self->markup->unit, text)
           + apd_unit_size(self->markup->unit, self->markup->line);
}

/* Keeps a part at @place.  Takes @text. */
static void
put(Sheet *self, guint place, char *text)
{
    self->left -= MIN(self->left, cost(self, text));
    g_free(self->parts->pdata[place]);
    self->parts->pdata[place] = text;
}

static char *
fact_text(const Sheet *self, const ApdFact *fact, size_t max)
{
    const ApdMarkup *markup = self->markup;
    bool urgent = markup->urgent != NULL && g_strcmp0(fact->key, "deadline") == 0;
    const char *template = urgent ? markup->urgent : markup->fact;
    g_autofree char *label = apd_markup_fit(markup, fact->label, max / 2);
    g_autofree char *frame = fill(template, "label", label, "value", "");
    size_t used = apd_unit_size(markup->unit, frame);
    g_autofree char *value = apd_markup_fit(markup, fact->value, max > used ? max - used : 1);

    return fill(template, "label", label, "value", value);
}

static char *
link_text(const Sheet *self, const ApdWording *wording, const char *address)
{
    g_autofree char *label =
        apd_markup_fit(self->markup, wording->url_label, self->max / (SHARE * (size_t) 2));
    g_autofree char *url = apd_markup_url(self->markup, address);

    return fill(self->markup->link, "label", label, "url", url);
}

/* The page itself; where its address is longer than all a service takes, the front page of
 * its site, from which a person finds it: cut anywhere else, it would lead nowhere. */
static void
put_link(Sheet *self, guint place, const ApdWording *wording)
{
    const char *host = strstr(wording->url, "://");
    size_t site = host ? (size_t) (host + 3 - wording->url) + strcspn(host + 3, "/?#") : 0;
    g_autofree char *front = g_strdup_printf("%.*s/", (int) site, wording->url);
    g_autofree char *whole = link_text(self, wording, wording->url);
    g_autofree char *least = link_text(self, wording, front);

    if (cost(self, whole) <= self->left)
        put(self, place, g_steal_pointer(&whole));
    else if (site > 0 && cost(self, least) <= self->left)
        put(self, place, g_steal_pointer(&least));
}

/* What may not be missing, first: none of it can crowd out the link. */
static void
put_vital(Sheet *self, const ApdWording *wording, ApdSheetFlags flags)
{
    size_t share = self->max / SHARE;
    guint last = self->parts->len - 1;

    if (!(flags & APD_SHEET_NO_TITLE)) {
        g_autofree char *title = apd_markup_fit(self->markup, wording->title, share);
        put(self, 0, fill(self->markup->title, "text", title, NULL, NULL));
    }
    for (guint i = 0; i < wording->facts->len; i++)
        if (is_vital(wording->facts->pdata[i]))
            put(self, i + 2, fact_text(self, wording->facts->pdata[i], share));
    put(self, last, apd_markup_fit(self->markup, wording->footer, share / 2));

    if (wording->url != NULL && !(flags & APD_SHEET_NO_LINK))
        put_link(self, last - 1, wording);
}

static void
put_rest(Sheet *self, const ApdWording *wording)
{
    size_t line = apd_unit_size(self->markup->unit, self->markup->line);

    if (*wording->body != '\0' && self->left > LEAST + line)
        put(self, 1, apd_markup_fit(self->markup, wording->body, self->left - line));
    for (guint i = 0; i < wording->facts->len; i++)
        if (!is_vital(wording->facts->pdata[i]) && self->left > LEAST + line)
            put(self, i + 2, fact_text(self, wording->facts->pdata[i], self->left - line));
}

char *
apd_sheet_make(const ApdWording *wording, const ApdMarkup *markup, size_t max, ApdSheetFlags flags)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    Sheet self = { markup, max, max, parts };
    GString *text = g_string_new(NULL);

    g_ptr_array_set_size(parts, (gint) wording->facts->len + 4);
    put_vital(&self, wording, flags);
    put_rest(&self, wording);
    for (guint i = 0; i < parts->len; i++) {
        if (parts->pdata[i] == NULL)
            continue;
        if (text->len > 0)
            g_string_append(text, markup->line);
        g_string_append(text, parts->pdata[i]);
    }
    return g_string_free(text, FALSE);
}
