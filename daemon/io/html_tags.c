#include "io/html_tags.h"

#include <glib.h>
#include <string.h>

/* Sorted by first letter. */
/* clang-format off */
static const struct { const char *name; ApdTag tag; } tags[] = {
    { "a", APD_TAG_LINK }, { "address", APD_TAG_BLOCK }, { "area", APD_TAG_VOID }, { "article", APD_TAG_BLOCK }, { "aside", APD_TAG_BLOCK },
    { "b", APD_TAG_BOLD }, { "base", APD_TAG_BASE }, { "blockquote", APD_TAG_QUOTE }, { "body", APD_TAG_BLOCK }, { "br", APD_TAG_BR },
    { "button", APD_TAG_BLOCK }, { "caption", APD_TAG_BLOCK }, { "center", APD_TAG_BLOCK }, { "col", APD_TAG_VOID }, { "dd", APD_TAG_BLOCK },
    { "div", APD_TAG_BLOCK }, { "dl", APD_TAG_BLOCK }, { "dt", APD_TAG_BLOCK }, { "embed", APD_TAG_VOID }, { "fieldset", APD_TAG_BLOCK },
    { "figure", APD_TAG_BLOCK }, { "footer", APD_TAG_BLOCK }, { "form", APD_TAG_BLOCK }, { "h1", APD_TAG_HEADING }, { "h2", APD_TAG_HEADING },
    { "h3", APD_TAG_HEADING }, { "h4", APD_TAG_HEADING }, { "h5", APD_TAG_HEADING }, { "h6", APD_TAG_HEADING }, { "header", APD_TAG_BLOCK },
    { "hr", APD_TAG_VOID_BLOCK }, { "img", APD_TAG_IMAGE }, { "input", APD_TAG_VOID }, { "li", APD_TAG_ITEM }, { "link", APD_TAG_VOID },
    { "main", APD_TAG_BLOCK }, { "meta", APD_TAG_META }, { "nav", APD_TAG_BLOCK }, { "ol", APD_TAG_BLOCK }, { "option", APD_TAG_BLOCK },
    { "p", APD_TAG_BLOCK }, { "pre", APD_TAG_PRE }, { "script", APD_TAG_RAW }, { "section", APD_TAG_BLOCK }, { "select", APD_TAG_HIDDEN },
    { "source", APD_TAG_VOID }, { "strong", APD_TAG_BOLD }, { "style", APD_TAG_STYLE }, { "table", APD_TAG_TABLE }, { "tbody", APD_TAG_BLOCK },
    { "td", APD_TAG_CELL }, { "template", APD_TAG_HIDDEN }, { "textarea", APD_TAG_RAW }, { "tfoot", APD_TAG_BLOCK }, { "th", APD_TAG_CELL }, { "thead", APD_TAG_BLOCK },
    { "title", APD_TAG_RAW }, { "tr", APD_TAG_ROW }, { "ul", APD_TAG_BLOCK }, { "wbr", APD_TAG_VOID },
};
/* clang-format on */

ApdTag
apd_html_tag(const char *name)
{
    size_t low = 0, high = G_N_ELEMENTS(tags);

    while (low < high) { /* the first with this letter */
        size_t middle = (low + high) / 2;
        if (tags[middle].name[0] < *name)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < G_N_ELEMENTS(tags) && tags[low].name[0] == *name; low++)
        if (strcmp(tags[low].name, name) == 0)
            return tags[low].tag;
    return APD_TAG_OTHER;
}
