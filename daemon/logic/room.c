#include "logic/room.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"

/* Percent; a mailbox that fills by a few notices a day leaves weeks from there. */
#define SCARCE 95u

/* What was scarce is enough again below this. */
#define ENOUGH 90u

/* A notice with its pictures, KiB: what does not fit any more is sent back. */
#define ONE_MAIL 100u

/* And of a mailbox so small that this is a large part of it. */
#define ONE_PART 50u

static uint64_t
percent(const ApdQuota *quota)
{
    /* Not by used * 100: a server may say anything. */
    return quota->limit >= 100 ? quota->used / (quota->limit / 100)
                               : quota->used * 100 / MAX(quota->limit, 1);
}

static uint64_t
needed(const ApdQuota *quota)
{
    return quota->messages ? 1 : MIN(ONE_MAIL, quota->limit / ONE_PART);
}

ApdRoom
apd_room_judge(const ApdQuota *quota, ApdRoom before)
{
    if (quota->limit == 0)
        return APD_ROOM_ENOUGH;
    if (quota->used >= quota->limit || quota->limit - quota->used < needed(quota))
        return APD_ROOM_NONE;
    if (percent(quota) >= SCARCE || (before != APD_ROOM_ENOUGH && percent(quota) >= ENOUGH))
        return APD_ROOM_SCARCE;
    return APD_ROOM_ENOUGH;
}

bool
apd_room_is_less(const ApdQuota *a, const ApdQuota *b)
{
    return b->limit == 0 || (a->limit > 0 && percent(a) > percent(b));
}

char *
apd_room_figures(const ApdQuota *quota)
{
    static const char *const units[] = { "kB", "MB", "GB", "TB" };
    uint64_t used = quota->used, limit = quota->limit;
    size_t unit = 0;

    if (quota->messages)
        return g_strdup_printf("%" G_GUINT64_FORMAT " %% (%" G_GUINT64_FORMAT
                               " / %" G_GUINT64_FORMAT ")",
                               percent(quota), used, limit);
    for (; limit >= 10 * 1024 && unit + 1 < G_N_ELEMENTS(units); unit++) {
        used /= 1024;
        limit /= 1024;
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT " %% (%" G_GUINT64_FORMAT " / %" G_GUINT64_FORMAT
                           " %s)",
                           percent(quota), used, limit, units[unit]);
}

/* --- words ----------------------------------------------------------------------------------- */

/* In the languages of the providers' own servers, lower case. */
static const char *const about_room[] = {
    "quota",          "mailbox is full",
    "mailbox full",   "mailbox almost full",
    "nearly full",    "almost full",
    "disk space",     "storage",
    "容量",           "空间",
    "已满",           "将满",
    "квот",           "переполнен",
    "место в ящике",  "speicherplatz",
    "postfach",       "espace de stock",
    "almacenamiento", "armazenamento",
    "spazio",         "kotas",
    "용량",           NULL,
};
static const char *const is_used_up[] = {
    "over quota", "overquota", "over the quota", "exceed", "is full", "mailbox full",
    "100%",       "100 %",     "已满",           "超出",   "超过",    "превышен",
    "переполнен", "ist voll",  "überschritten",  "dépass", "초과",    NULL,
};
static const char *const is_not_yet[] = {
    "nearly", "almost", "soon", "close to", "approach", "即将", "将满", "почти", "fast", NULL,
};

ApdRoom
apd_room_of_words(const char *words)
{
    g_autofree char *valid = g_utf8_make_valid(words, -1);
    g_autofree char *text = g_utf8_strdown(valid, -1);

    if (!apd_text_has_any(text, about_room))
        return APD_ROOM_ENOUGH;
    return apd_text_has_any(text, is_used_up) && !apd_text_has_any(text, is_not_yet)
               ? APD_ROOM_NONE
               : APD_ROOM_SCARCE;
}
