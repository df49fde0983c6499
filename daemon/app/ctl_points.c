/* appealctl points: what stands against each store, by the platform's ledgers. */
#include "app/ctl.h"

#include "app/table.h"
#include "base/text.h"
#include "logic/points.h"
#include "port/channel_tools.h"

static const ApdColumn columns[] = {
    { "STORE", 2, 6, false },           { "LEDGER", 0, 0, false }, { "POINTS", 0, 0, true },
    { "MEASURE REACHED", 5, 0, false }, { "NEXT AT", 1, 0, true }, { "NEXT MEASURE", 3, 0, false },
    { "OLDEST GONE", 4, 0, false },     { NULL, 0, 0, false },
};

/* The words of the taxonomy are for programs; these for people. */
static const char *
measure_words(ApdSanction sanction)
{
    static const char *const words[APD_N_SANCTIONS] = {
        "-",
        "warning",
        "no listing for 3 days",
        "frozen for 7 days",
        "frozen for 14 days",
        "frozen for 30 days",
        "frozen",
        "CLOSURE",
    };

    return words[sanction];
}

/* Points that count: imposed, and neither lifted nor found to be a forgery. */
static bool
counts(const ApdCase *kase)
{
    return kase->points > 0 && kase->state != APD_STATE_WON && kase->outcome != APD_OUTCOME_REVERSED
           && kase->authenticity != APD_AUTHENTICITY_FORGED && kase->kind != APD_KIND_WARNING;
}

/* Returns: (transfer full): store to GArray of ApdPointsEntry. */
static GHashTable *
collect(const GPtrArray *cases)
{
    GHashTable *stores =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_array_unref);

    for (guint i = 0; i < cases->len; i++) {
        const ApdCase *kase = cases->pdata[i];
        ApdPointsEntry entry = { .points = kase->points, .at = kase->noticed };
        if (!counts(kase) || !apd_points_ledger_of(kase->category, false, &entry.ledger))
            continue;

        GArray *entries = g_hash_table_lookup(stores, kase->store);
        if (entries == NULL) {
            entries = g_array_new(FALSE, FALSE, sizeof entry);
            g_hash_table_insert(stores, kase->store, entries);
        }
        g_array_append_val(entries, entry);
    }
    return stores;
}

static ApdPaint
paint_of(const ApdPointsStanding *standing)
{
    if (standing->reached > APD_SANCTION_WARNING)
        return APD_PAINT_URGENT;
    return standing->next > 0 && standing->total * 4 >= standing->next * 3 ? APD_PAINT_BOLD
                                                                           : APD_PAINT_PLAIN;
}

static void
add_standing(ApdTable *table, const ApdCtlDesk *desk, const char *store, ApdPointsLedger ledger,
             const ApdPointsStanding *standing)
{
    g_autofree char *total = apd_points_text(standing->total);
    g_autofree char *next = standing->next > 0 ? apd_points_text(standing->next) : g_strdup("-");
    g_autofree char *expiring = apd_points_text(standing->expiring);
    g_autofree char *date = apd_ctl_date_short(desk, standing->next_expiry);
    g_autofree char *gone = standing->next_expiry == APD_NEVER
                                ? g_strdup("")
                                : g_strdup_printf("%s on %s", expiring, date);
    const char *cells[] = { store, apd_points_ledger_name(ledger),
                            total, measure_words(standing->reached),
                            next,  measure_words(standing->sanction),
                            gone };

    apd_table_add(table, cells, paint_of(standing));
}

static void
add_standing_json(JsonBuilder *builder, const char *store, ApdPointsLedger ledger,
                  const ApdPointsStanding *standing)
{
    g_autofree char *expiry = apd_time_iso(standing->next_expiry);

    json_builder_begin_object(builder);
    apd_json_text(builder, "store", store);
    apd_json_text(builder, "ledger", apd_points_ledger_name(ledger));
    json_builder_set_member_name(builder, "points");
    json_builder_add_double_value(builder, standing->total / 100.0);
    apd_json_text(builder, "reached", apd_sanction_name(standing->reached));
    json_builder_set_member_name(builder, "next_at");
    json_builder_add_double_value(builder, standing->next / 100.0);
    apd_json_text(builder, "next", apd_sanction_name(standing->sanction));
    apd_json_text(builder, "next_expiry", expiry);
    json_builder_set_member_name(builder, "expiring");
    json_builder_add_double_value(builder, standing->expiring / 100.0);
    json_builder_end_object(builder);
}

/* Every ledger of every store, into whichever of the two is given. */
static void
fill(const ApdCtlDesk *desk, GHashTable *stores, ApdTable *table, JsonBuilder *builder)
{
    g_autoptr(GList) names =
        g_list_sort(g_hash_table_get_keys(stores), (GCompareFunc) (void (*)(void)) g_strcmp0);

    for (GList *name = names; name != NULL; name = name->next) {
        const GArray *entries = g_hash_table_lookup(stores, name->data);
        for (unsigned l = 0; l < APD_N_POINTS_LEDGERS; l++) {
            ApdPointsStanding standing = apd_points_standing(
                (ApdPointsLedger) l, (const ApdPointsEntry *) (void *) entries->data, entries->len,
                desk->now);
            if (standing.total == 0)
                continue;
            if (table != NULL)
                add_standing(table, desk, name->data, (ApdPointsLedger) l, &standing);
            else
                add_standing_json(builder, name->data, (ApdPointsLedger) l, &standing);
        }
    }
}

static void
print_points(const ApdCtlDesk *desk, GHashTable *stores)
{
    g_autoptr(ApdTable) table = apd_table_new(columns);

    if (g_hash_table_size(stores) == 0) {
        g_print("No notice that appeald has seen gave points.\n");
        return;
    }
    fill(desk, stores, table, NULL);
    apd_table_print(table);
    g_print("\n");
    apd_screen_text(0,
                    "Counted from the notices seen, without what was lifted: the seller centre has "
                    "the whole record. Points are gone 365 days after they were given.",
                    APD_PAINT_DIM);
}

int
apd_ctl_points(const ApdCtl *ctl, char **operands)
{
    int status = APD_EXIT_GOOD;
    g_auto(ApdCtlDesk) desk = { NULL };
    g_autoptr(GError) error = NULL;

    (void) operands;
    if (!apd_ctl_desk_open(&desk, ctl, &status))
        return status;

    g_autoptr(GPtrArray) cases = apd_ledger_cases(desk.ledger, APD_CASES_ALL, &error);
    if (cases == NULL)
        return apd_ctl_fail(error);

    g_autoptr(GHashTable) stores = collect(cases);
    if (!ctl->json) {
        print_points(&desk, stores);
        return APD_EXIT_GOOD;
    }

    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_array(builder);
    fill(&desk, stores, NULL, builder);
    json_builder_end_array(builder);
    apd_ctl_print_json(builder);
    return APD_EXIT_GOOD;
}
