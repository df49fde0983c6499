#include "logic/classify_weigh.h"

#include <string.h>

#include "logic/extract_token.h"

static const int zone_factors[APD_N_ZONES] = {
    [APD_ZONE_SUBJECT] = 150, [APD_ZONE_HEADING] = 130, [APD_ZONE_LABEL] = 60,
    [APD_ZONE_VALUE] = 110,   [APD_ZONE_BODY] = 100,    [APD_ZONE_ITEM] = 90,
    [APD_ZONE_BUTTON] = 70,   [APD_ZONE_FOOTER] = 0,
};

bool
apd_weighing_has(const ApdInput *input, int segment, const char *name)
{
    int signal = apd_matcher_find(apd_rules_matcher(input->rules), name);
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);

    for (guint i = first; signal >= 0 && i < first + n; i++)
        if (g_array_index(input->hits, ApdHit, i).signal == signal)
            return true;
    return false;
}

int *
apd_classify_factors(const ApdRules *rules, const ApdText *text, const GArray *hits)
{
    int *factors = g_new0(int, text->segments->len + 1);
    int footer = apd_matcher_find(apd_rules_matcher(rules), "zone/footer");

    for (guint i = 0; i < text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(text, i);
        factors[i] = segment->depth > 0 && !text->is_forward ? 0 : zone_factors[segment->zone];
    }
    for (guint i = 0; i < hits->len; i++) {
        const ApdHit *hit = &g_array_index(hits, ApdHit, i);
        if (hit->signal == footer
            && apd_text_at(text, (guint) hit->segment)->zone != APD_ZONE_SUBJECT)
            factors[hit->segment] = 0;
    }
    return factors;
}

/* "12 points: ...", as lines of a scale begin. */
static bool
is_step(const ApdInput *input, int segment)
{
    if (segment < 0 || (guint) segment >= input->text->segments->len)
        return false;

    const ApdSegment *at = apd_text_at(input->text, (guint) segment);
    const char *p = at->folded;
    size_t digits = strspn(p, "0123456789.");
    size_t word = strcspn(p + digits, ":=>");
    return digits > 0 && digits < 5 && word > 0 && word < 24
           && (p[digits + word] != '\0' || at->zone == APD_ZONE_LABEL)
           && memchr(p + digits, ',', word) == NULL
           && apd_weighing_has(input, segment, "points/word");
}

/* One step alone may be what was done; two are a scale. */
bool
apd_weighing_is_scale(const ApdInput *input, int segment)
{
    int label = apd_text_at(input->text, (guint) segment)->pair;
    int at = label >= 0 ? label : segment, to_next = label >= 0 ? 2 : 1;

    return is_step(input, at) && (is_step(input, at - to_next) || is_step(input, at + to_next));
}

/* "2026-04-30", "30.04.2026": three numbers of a date's length. */
static bool
is_date(const char *word, size_t n)
{
    int numbers = 0;

    for (size_t i = 0; i < n; numbers++) {
        size_t digits = strspn(word + i, "0123456789");
        if (digits == 0 || (digits > 2 && digits != 4))
            return false;
        i += digits;
        if (i < n && strchr("-./", word[i++]) == NULL)
            return false;
    }
    return numbers == 3;
}

static bool
may_be_reference(const char *word, size_t n)
{
    int digits = 0, marks = 0;

    for (size_t i = 0; i < n; i++) {
        digits += g_ascii_isdigit(word[i]);
        marks += word[i] == '-' || g_ascii_isalpha(word[i]);
    }
    return (digits >= 6 || (digits >= 3 && marks > 0)) && !is_date(word, n);
}

/* Whether a number that can be a reference begins in the first @n bytes. */
static bool
has_number(const char *text, size_t n)
{
    n = strnlen(text, n);
    for (size_t i = 0, word; i < n; i += word + 1) {
        word = strcspn(text + i, " ,");
        if (may_be_reference(text + i, word))
            return true;
    }
    return false;
}

/* Sixteen digits in a row: an order or a product, whatever stands beside it. */
static bool
has_long_number(const ApdSegment *segment)
{
    size_t digits = 0;

    for (size_t i = 0; i <= segment->n; i++) {
        if (digits == 16 && !g_ascii_isalnum(segment->folded[i]))
            return true;
        digits = g_ascii_isdigit(segment->folded[i]) ? digits + 1 : 0;
    }
    return false;
}

/* "Deduction: 2" */
static bool
is_points_pair(const ApdInput *input, const ApdSegment *segment)
{
    static const char *const others[] = { "points/total", "points/threshold", "points/tariff" };
    const char *digit = strpbrk(segment->folded, "123456789");

    if (segment->pair < 0 || digit == NULL || segment->n > 40
        || !apd_weighing_has(input, segment->pair, "points/label"))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (apd_weighing_has(input, segment->pair, others[i]))
            return false;
    return true;
}

/* "12 points, and the function is closed": a sentence that begins with them. */
static bool
is_points_sentence(const ApdInput *input, int segment)
{
    static const char *const others[] = { "points/total", "points/threshold", "points/tariff",
                                          "mod/tariff",   "mod/hypothetical", "act/warn" };
    const char *p = apd_text_at(input->text, (guint) segment)->folded;
    int label = apd_text_at(input->text, (guint) segment)->pair;
    size_t digits = strspn(p, "0123456789.");

    /* "Your ledger shows 11 points: 2 points on ..., 6 points on ..." */
    if (label >= 0 && apd_weighing_has(input, label, "points/total"))
        return false;
    if (apd_text_at(input->text, (guint) segment)->zone == APD_ZONE_LABEL || digits == 0
        || digits > 4 || strspn(p, "0.") == digits || apd_weighing_is_scale(input, segment)
        || !apd_weighing_has(input, segment, "points/word"))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (apd_weighing_has(input, segment, others[i]))
            return false;
    return strncmp(p + digits, " p", 2) == 0 || (unsigned char) p[digits + 1] >= 0x80;
}

bool
apd_weighing_has_points(const ApdInput *input)
{
    for (guint i = 0; i < input->text->segments->len; i++)
        if ((is_points_pair(input, apd_text_at(input->text, i))
             || is_points_sentence(input, (int) i))
            && apd_classify_factor(input, (int) i) > 0)
            return true;
    return false;
}

bool
apd_weighing_has_reference(const ApdInput *input)
{
    static const char *const names[] = { "ref/case", "ref/number", "ref/order", "ref/product" };

    for (guint i = 0; i < input->hits->len; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        const char *name = apd_matcher_name(apd_rules_matcher(input->rules), hit->signal);
        const ApdSegment *segment = apd_text_at(input->text, (guint) hit->segment);
        if (!g_str_has_prefix(name, "ref/") || apd_classify_factor(input, hit->segment) == 0)
            continue;
        for (size_t k = 0; k < G_N_ELEMENTS(names); k++)
            if (strcmp(name, names[k]) == 0 && has_number(segment->folded + hit->end, 30))
                return true;
    }
    for (guint i = 0; i < input->text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(input->text, i);
        if (has_long_number(segment) && apd_classify_factor(input, (int) i) > 0)
            return true;
        if (segment->pair < 0 || !has_number(segment->folded, segment->n))
            continue;
        for (size_t k = 0; k < G_N_ELEMENTS(names); k++)
            if (apd_weighing_has(input, segment->pair, names[k]))
                return true;
    }
    return false;
}

/* Whether @folded holds one of the sums that have consequences. */
static bool
has_sum(const char *folded)
{
    static const char *const sums[] = { "12", "24", "36", "48" };

    for (size_t i = 0; i < G_N_ELEMENTS(sums); i++)
        for (const char *p = folded; (p = strstr(p, sums[i])) != NULL; p += 2)
            if ((p == folded || !g_ascii_isalnum(p[-1])) && !g_ascii_isalnum(p[2]))
                return true;
    return false;
}

bool
apd_weighing_adds_up(const ApdInput *input)
{
    for (guint i = 0; i < input->text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(input->text, i);
        if (segment->zone == APD_ZONE_LABEL || segment->pair >= 0
            || apd_classify_factor(input, (int) i) == 0 || !has_sum(segment->folded)
            || apd_weighing_is_scale(input, (int) i))
            continue;
        if (apd_weighing_has(input, (int) i, "points/total")
            || (apd_weighing_has(input, (int) i, "points/threshold")
                && apd_weighing_has(input, (int) i, "points/word")))
            return true;
    }
    return false;
}
