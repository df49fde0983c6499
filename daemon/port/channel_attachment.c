#include "port/channel_attachment.h"

#define MAX_TITLE 300
#define MAX_TEXT  2000
#define MAX_VALUE 800

/* A value that stands beside another. */
#define SHORT 40

static const char *
colour(ApdSeverity severity)
{
    static const char *const colours[APD_N_SEVERITIES] = { "#95a5a6", "#3498db", "#e67e22",
                                                           "#d9534f" };
    return colours[severity];
}

static JsonNode *
fields(const ApdWording *wording, const ApdMarkup *markup)
{
    JsonNode *list = apd_empty();

    for (guint i = 0; i < wording->facts->len; i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        apd_list_add(
            list, apd_object("short", apd_bool(g_utf8_strlen(fact->value, -1) <= SHORT), "title",
                             apd_text_take(apd_markup_fit(markup, fact->label, MAX_TITLE)), "value",
                             apd_text_take(apd_markup_fit(markup, fact->value, MAX_VALUE)), NULL));
    }
    return list;
}

/* Not every client makes the title a link: the body ends with one. */
static char *
body(const ApdWording *wording, const ApdMarkup *markup)
{
    GString *text = g_string_new(NULL);
    g_autofree char *words = apd_markup_fit(markup, wording->body, MAX_TEXT);
    g_autofree char *footer = apd_markup_fit(markup, wording->footer, MAX_TITLE);

    if (*words != '\0')
        g_string_append_printf(text, "%s\n", words);
    if (wording->url != NULL) {
        g_autofree char *label = apd_markup_fit(markup, wording->url_label, MAX_TITLE);
        g_autofree char *url = apd_markup_url(markup, wording->url);
        g_string_append_printf(text, "[%s](%s)\n", label, url);
    }
    g_string_append(text, footer);
    return g_string_free(text, FALSE);
}

JsonNode *
apd_attachment_make(const ApdWording *wording, const ApdMarkup *markup)
{
    return apd_object(
        "color", apd_text(colour(wording->severity)), "title",
        apd_text_take(apd_markup_fit(&apd_markup_plain_points, wording->title, MAX_TITLE)),
        "title_link", apd_text(wording->url), "text", apd_text_take(body(wording, markup)),
        "fields", fields(wording, markup), NULL);
}
