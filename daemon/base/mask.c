#include "base/mask.h"

#include <glib.h>
#include <string.h>

/* Shorter parts of an address are words, not secrets. */
#define LEAST_SECRET 10

#define ELLIPSIS "\xe2\x80\xa6"

static void
replace(char **text, const char *what, const char *by)
{
    g_auto(GStrv) parts = g_strsplit(*text, what, -1);

    g_free(*text);
    *text = g_strjoinv(by, parts);
}

void
apd_mask(char **text, const char *secret)
{
    if (*text == NULL || secret == NULL || strlen(secret) < 4)
        return;

    replace(text, secret, "***");

    /* What the far side said is cut: perhaps in the midst of the secret. */
    g_autofree char *start = g_strdup(secret);
    for (size_t n = strlen(secret) - 1; n >= 4 && strstr(*text, ELLIPSIS) != NULL; n--) {
        start[n] = '\0';
        g_autofree char *end = g_strconcat(start, ELLIPSIS, NULL);
        replace(text, end, "***" ELLIPSIS);
    }
}

void
apd_mask_url(char **text, const char *url)
{
    const char *host = url ? strstr(url, "://") : NULL;
    const char *path = host ? strchr(host + 3, '/') : NULL;

    apd_mask(text, url);
    if (path == NULL)
        return;

    g_auto(GStrv) parts = g_strsplit_set(path, "/?&=", -1);
    for (char **part = parts; *part != NULL; part++)
        if (strlen(*part) >= LEAST_SECRET)
            apd_mask(text, *part);
}
