#include "logic/points.h"

#include <glib.h>
#include <string.h>

#define LIFE          (365 * APD_DAY)
#define BEIJING       (8 * APD_HOUR) /* UTC+8 all year */
#define STRIKE        100
#define STRIKE_WINDOW (3 * APD_DAY) /* severe complaints within it are one strike */
#define INFO_EVERY    1200          /* the information ledger has no last threshold */

typedef struct {
    int at; /* hundredths */
    ApdSanction sanction;
} Threshold;

/* clang-format off */
static const Threshold ip_severe[] = {
    { 100, APD_SANCTION_FREEZE },
    { 200, APD_SANCTION_FREEZE },
    { 300, APD_SANCTION_CLOSURE },
};
static const Threshold ip_prohibited[] = {
    {  200, APD_SANCTION_WARNING },
    {  600, APD_SANCTION_LISTING_3_DAYS },
    { 1200, APD_SANCTION_FREEZE_7_DAYS },
    { 2400, APD_SANCTION_FREEZE_14_DAYS },
    { 3600, APD_SANCTION_FREEZE_30_DAYS },
    { 4800, APD_SANCTION_CLOSURE },
};
static const Threshold trade[] = {
    { 1200, APD_SANCTION_FREEZE_7_DAYS },
    { 2400, APD_SANCTION_FREEZE_14_DAYS },
    { 3600, APD_SANCTION_FREEZE_30_DAYS },
    { 4800, APD_SANCTION_CLOSURE },
};

static const struct {
    const char *name;
    const Threshold *thresholds; /* NULL: every INFO_EVERY */
    size_t n;
} ledgers[APD_N_POINTS_LEDGERS] = {
    [APD_POINTS_IP_SEVERE]     = { "ip-severe",     ip_severe,     G_N_ELEMENTS(ip_severe) },
    [APD_POINTS_IP_PROHIBITED] = { "ip-prohibited", ip_prohibited, G_N_ELEMENTS(ip_prohibited) },
    [APD_POINTS_TRADE]         = { "trade",         trade,         G_N_ELEMENTS(trade) },
    [APD_POINTS_INFO]          = { "info",          NULL,          0 },
};

static const char *const sanctions[APD_N_SANCTIONS] = {
    "none", "warning", "listing-3-days", "freeze-7-days", "freeze-14-days", "freeze-30-days",
    "freeze", "closure",
};

/* By prefix; ip.tro is a court's matter and gives no points. */
static const struct {
    const char *prefix;
    ApdPointsLedger ledger;
} prefixes[] = {
    { "ip.",        APD_POINTS_IP_PROHIBITED },
    { "prohibited", APD_POINTS_IP_PROHIBITED },
    { "trade.",     APD_POINTS_TRADE },
    { "info.",      APD_POINTS_INFO },
};
/* clang-format on */

const char *
apd_points_ledger_name(ApdPointsLedger ledger)
{
    return ledgers[ledger].name;
}

const char *
apd_sanction_name(ApdSanction sanction)
{
    return sanctions[sanction];
}

bool
apd_points_ledger_of(const char *category, bool severe, ApdPointsLedger *ret_ledger)
{
    if (g_str_equal(category, "ip.tro"))
        return false;

    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(category, prefixes[i].prefix)) {
            bool ip = g_str_has_prefix(category, "ip.");
            *ret_ledger = ip && severe ? APD_POINTS_IP_SEVERE : prefixes[i].ledger;
            return true;
        }
    return false;
}

ApdTime
apd_points_expiry(ApdTime at)
{
    ApdTime wall = at + BEIJING;
    ApdTime days = wall / APD_DAY - (wall % APD_DAY < 0);
    GDate date, next;

    /* GDate's day 1 is 0001-01-01; 1970-01-01 is its day 719163. */
    if (days < -719162 || days > INT32_MAX - 719163)
        return APD_NEVER;

    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32) (days + 719163));
    next = date;
    if (g_date_get_month(&date) == G_DATE_FEBRUARY && g_date_get_day(&date) == 29)
        g_date_set_dmy(&next, 1, G_DATE_MARCH, (GDateYear) (g_date_get_year(&date) + 1));
    else
        g_date_set_year(&next, (GDateYear) (g_date_get_year(&date) + 1));

    return at + MAX(LIFE, g_date_days_between(&date, &next) * APD_DAY);
}

static int
by_time(const void *a, const void *b)
{
    const ApdPointsEntry *one = a, *two = b;

    return (one->at > two->at) - (one->at < two->at);
}

/* Those of @ledger that were given by @now, oldest first. */
static GArray *
select_entries(ApdPointsLedger ledger, const ApdPointsEntry *entries, size_t n, ApdTime now)
{
    GArray *chosen = g_array_new(FALSE, FALSE, sizeof(ApdPointsEntry));

    for (size_t i = 0; i < n; i++)
        if (entries[i].ledger == ledger && entries[i].at <= now)
            g_array_append_val(chosen, entries[i]);
    g_array_sort(chosen, by_time);
    return chosen;
}

/* Keeps the first complaint of each strike, worth one. */
static void
count_strikes(GArray *entries)
{
    guint kept = 0;

    for (guint i = 0; i < entries->len; i++) {
        ApdPointsEntry entry = g_array_index(entries, ApdPointsEntry, i);
        entry.points = STRIKE;
        if (kept > 0
            && entry.at - g_array_index(entries, ApdPointsEntry, kept - 1).at <= STRIKE_WINDOW)
            continue;
        g_array_index(entries, ApdPointsEntry, kept++) = entry;
    }
    g_array_set_size(entries, kept);
}

static void
find_thresholds(ApdPointsStanding *standing, ApdPointsLedger ledger)
{
    if (ledgers[ledger].thresholds == NULL) {
        standing->next = (standing->total / INFO_EVERY + 1) * INFO_EVERY;
        standing->sanction = APD_SANCTION_FREEZE_7_DAYS;
        standing->reached =
            standing->total >= INFO_EVERY ? APD_SANCTION_FREEZE_7_DAYS : APD_SANCTION_NONE;
        return;
    }

    for (size_t i = 0; i < ledgers[ledger].n; i++) {
        const Threshold *threshold = &ledgers[ledger].thresholds[i];
        if (threshold->at > standing->total) {
            standing->next = threshold->at;
            standing->sanction = threshold->sanction;
            return;
        }
        standing->reached = threshold->sanction;
    }
}

ApdPointsStanding
apd_points_standing(ApdPointsLedger ledger, const ApdPointsEntry *entries, size_t n, ApdTime now)
{
    ApdPointsStanding standing = { .next_expiry = APD_NEVER };
    g_autoptr(GArray) chosen = select_entries(ledger, entries, n, now);

    if (ledger == APD_POINTS_IP_SEVERE)
        count_strikes(chosen);

    for (guint i = 0; i < chosen->len; i++) {
        const ApdPointsEntry *entry = &g_array_index(chosen, ApdPointsEntry, i);
        ApdTime expiry = apd_points_expiry(entry->at);
        if (expiry <= now || entry->points <= 0)
            continue;
        standing.total += entry->points;
        if (expiry < standing.next_expiry) {
            standing.next_expiry = expiry;
            standing.expiring = 0;
        }
        if (expiry == standing.next_expiry)
            standing.expiring += entry->points;
    }
    find_thresholds(&standing, ledger);
    return standing;
}
