#include "logic/matter.h"

#include <glib.h>
#include <string.h>

/* Copies and reminders of a notice come soon. */
#define REPEAT_WINDOW (30 * APD_DAY)

static bool
is_empty(char **list)
{
    return list[0] == NULL;
}

static bool
overlap(char **a, char **b)
{
    for (size_t i = 0; a[i] != NULL; i++)
        if (g_strv_contains((const char *const *) b, a[i]))
            return true;

    return false;
}

/* Both name some, and none in common. */
static bool
disjoint(char **a, char **b)
{
    return !is_empty(a) && !is_empty(b) && !overlap(a, b);
}

/* @part names some, and @whole all of them. */
static bool
is_within(char **part, char **whole)
{
    for (size_t i = 0; part[i] != NULL; i++)
        if (!g_strv_contains((const char *const *) whole, part[i]))
            return false;

    return !is_empty(part);
}

bool
apd_matter_is_group(const char *ref)
{
    return ref != NULL && g_str_has_prefix(ref, APD_MATTER_GROUP);
}

static bool
is_filler(char c)
{
    return g_ascii_ispunct(c) || g_ascii_isspace(c);
}

/* "AB-12" and "#ab 12" are one. */
bool
apd_matter_same_ref(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (is_filler(*a))
            a++;
        while (is_filler(*b))
            b++;
        if (g_ascii_toupper(*a) != g_ascii_toupper(*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

/* Also "ip.trademark" and "ip.other": the same family, one of them unspecific.
 * @loosely: any two of a family, and unknown with all. */
static bool
same_category(const char *a, const char *b, bool loosely)
{
    const char *dot = a ? strchr(a, '.') : NULL;

    if (a == NULL || b == NULL || g_str_equal(a, "unknown") || g_str_equal(b, "unknown"))
        return loosely;
    if (g_str_equal(a, b))
        return true;
    if (dot == NULL || strncmp(a, b, (size_t) (dot - a) + 1) != 0)
        return false;

    return loosely || g_str_has_suffix(a, ".other") || g_str_has_suffix(b, ".other");
}

/* A reminder of @kase or another copy of its notice: it asks for the same by the
 * same instant, or says nothing of its own about when. */
static bool
same_clock(const ApdCase *kase, const ApdVerdict *verdict)
{
    return verdict->deadline == kase->deadline || verdict->basis == APD_BASIS_NONE
           || verdict->basis == APD_BASIS_ESTIMATED;
}

static bool
same_words(const ApdCase *kase, const ApdVerdict *verdict)
{
    return g_strcmp0(kase->subject, verdict->subject) == 0
           && g_strcmp0(kase->excerpt, verdict->excerpt) == 0 && kase->kind == verdict->kind
           && kase->points == verdict->points && kase->deadline == verdict->deadline
           && verdict->deadline != APD_NEVER;
}

static ApdMatter
compare_decision(const ApdCase *kase, const ApdVerdict *verdict, ApdTime when, bool linked)
{
    if (!same_category(kase->category, verdict->category, true) || when < kase->noticed - APD_DAY)
        return APD_MATTER_OTHER;
    if (linked)
        return APD_MATTER_LINKED;
    if (!same_category(kase->category, verdict->category, false))
        return APD_MATTER_OTHER;

    /* Nothing names it, but it must be of something a person may have appealed. */
    return kase->kind != APD_KIND_DECISION && kase->kind != APD_KIND_POLICY
                   && (apd_state_runs(kase->state) || kase->state == APD_STATE_EXPIRED)
               ? APD_MATTER_LIKELY
               : APD_MATTER_OTHER;
}

/* The late notice of a matter whose decision was read before it: folders are
 * read in no order of time. */
static bool
precedes_decision(const ApdCase *kase, ApdTime when)
{
    return kase->kind == APD_KIND_DECISION && when <= kase->noticed;
}

/* One dispute of an order runs at a time, however its clock is told. */
static bool
same_dispute(const ApdCase *kase, const ApdVerdict *verdict)
{
    return g_strcmp0(kase->category, "order.dispute") == 0
           && g_strcmp0(verdict->category, "order.dispute") == 0;
}

/* A store is frozen, or closed, once at a time; a freeze for points is told by mail as
 * a matter of the points. */
static bool
same_state_of_store(const ApdCase *kase, const ApdVerdict *verdict)
{
    bool freeze = g_strcmp0(verdict->category, "account.freeze") == 0;
    bool closure = g_strcmp0(verdict->category, "account.closure") == 0;

    return (freeze && g_strcmp0(kase->category, "points.threshold") == 0)
           || ((freeze || closure) && g_strcmp0(kase->category, verdict->category) == 0);
}

/* The platform's own record: it has one for each matter. */
static ApdMatter
compare_record(const ApdCase *kase, const ApdVerdict *verdict, ApdTime when, bool linked)
{
    bool own = g_strcmp0(kase->sender, verdict->sender) == 0 && kase->case_ref == NULL
               && verdict->case_ref == NULL && g_strcmp0(kase->category, verdict->category) == 0;

    if (!apd_state_runs(kase->state) || kase->kind == APD_KIND_POLICY)
        return APD_MATTER_OTHER;
    if (linked && same_category(kase->category, verdict->category, false))
        return APD_MATTER_LINKED;
    return own || (same_state_of_store(kase, verdict) && when >= kase->noticed - REPEAT_WINDOW)
               ? APD_MATTER_LINKED
               : APD_MATTER_OTHER;
}

static ApdMatter
compare_notice(const ApdCase *kase, const ApdVerdict *verdict, ApdTime when, bool linked)
{
    if (when < kase->noticed - REPEAT_WINDOW || when > kase->noticed + REPEAT_WINDOW)
        return APD_MATTER_OTHER;
    /* The platform's record came first: the notice says what is done about it. */
    if (linked && apd_matter_is_group(kase->case_ref) && apd_state_runs(kase->state)
        && same_category(kase->category, verdict->category, false))
        return APD_MATTER_LINKED;
    if (linked && precedes_decision(kase, when)
        && same_category(kase->category, verdict->category, true))
        return APD_MATTER_LINKED;
    if (!same_category(kase->category, verdict->category, false) || kase->kind != verdict->kind)
        return APD_MATTER_OTHER;
    if (linked && (same_clock(kase, verdict) || same_dispute(kase, verdict))
        && apd_state_runs(kase->state))
        return APD_MATTER_LINKED;
    if (apd_case_is_of_record(kase) && same_state_of_store(kase, verdict)
        && apd_state_runs(kase->state))
        return APD_MATTER_LINKED;

    return same_words(kase, verdict) && ABS(when - kase->noticed) <= APD_DAY ? APD_MATTER_LINKED
                                                                             : APD_MATTER_OTHER;
}

/* Of a group of products, the notice of one is the same matter only when it is all of
 * them: else what becomes of one would become of all. */
static bool
is_linked(const ApdCase *kase, const ApdVerdict *verdict)
{
    if (apd_matter_is_group(verdict->case_ref))
        return is_within(verdict->products, kase->products);
    if (apd_matter_is_group(kase->case_ref))
        return is_within(kase->products, verdict->products);
    return overlap(kase->orders, verdict->orders) || overlap(kase->products, verdict->products);
}

/* One is a number of a case, the other a kind of problem: they say nothing of each other. */
static bool
differ_in_sort(const char *a, const char *b)
{
    return apd_matter_is_group(a) != apd_matter_is_group(b);
}

bool
apd_matter_refs_allow(const char *a, const char *b)
{
    return differ_in_sort(a, b) || apd_matter_same_ref(a, b);
}

ApdMatter
apd_matter_compare(const ApdCase *kase, const char *store, const ApdVerdict *verdict, ApdTime when)
{
    bool forged = kase->authenticity == APD_AUTHENTICITY_FORGED;
    bool stores_known = *store != '\0' && *kase->store != '\0';

    if (forged != (verdict->authenticity == APD_AUTHENTICITY_FORGED)
        || (stores_known && !g_str_equal(store, kase->store)))
        return APD_MATTER_OTHER;

    if (kase->case_ref != NULL && verdict->case_ref != NULL
        && !differ_in_sort(kase->case_ref, verdict->case_ref))
        return apd_matter_same_ref(kase->case_ref, verdict->case_ref) ? APD_MATTER_NAMED
                                                                      : APD_MATTER_OTHER;

    if (!g_str_equal(store, kase->store) || disjoint(kase->orders, verdict->orders)
        || disjoint(kase->products, verdict->products) || when > kase->noticed + APD_MATTER_WINDOW)
        return APD_MATTER_OTHER;

    bool linked = is_linked(kase, verdict);
    if (verdict->bearing != APD_BEARING_MESSAGE)
        return compare_record(kase, verdict, when, linked);
    return verdict->kind == APD_KIND_DECISION ? compare_decision(kase, verdict, when, linked)
                                              : compare_notice(kase, verdict, when, linked);
}
