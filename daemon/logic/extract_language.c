#include "logic/extract.h"

#include <string.h>

#include "logic/letters.h"
#include "logic/normalise.h"

/* Letters by script in a text. */
typedef struct {
    int han, hangul, cyrillic, latin, traditional;
} Scripts;

static void
count_letters(const char *shown, Scripts *scripts)
{
    for (const char *p = shown; *p != '\0'; p = g_utf8_next_char(p)) {
        if ((guchar) *p < 0x80) {
            scripts->latin += g_ascii_isalpha(*p);
            continue;
        }
        gunichar c = g_utf8_get_char(p);
        if (c >= 0x3400 && c <= 0x9FFF) {
            scripts->han++;
            scripts->traditional += apd_normalise_is_traditional(c);
        } else if (c >= 0xAC00 && c <= 0xD7A3) {
            scripts->hangul++;
        } else if (c >= 0x400 && c <= 0x52F) {
            scripts->cyrillic++;
        } else if (c >= 0xC0 && c <= 0x17F) {
            scripts->latin++;
        }
    }
}

/* How many letters of one language alone are in the text. */
static void
count_marks(const ApdInput *input, int *counts)
{
    for (guint i = 0; i < input->text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(input->text, i);
        if (segment->depth == 0 || input->text->is_forward)
            apd_letters_count(segment->shown, counts);
    }
}

static int
mark_of(const char *language)
{
    for (int i = 0; i < APD_N_LETTERS; i++)
        if (strcmp(apd_letters_language(i), language) == 0)
            return i;
    return -1;
}

/* Weights of the hits of @signal, of what counts. */
static int
weight_of(const ApdInput *input, int signal)
{
    int sum = 0;

    for (guint k = 0; k < input->hits->len; k++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, k);
        if (hit->signal == signal && apd_classify_factor(input, hit->segment) > 0)
            sum += hit->weight;
    }
    return sum;
}

/* The language of Latin letters with most of its small words in the text. */
static const char *
latin_language(const ApdInput *input)
{
    const GPtrArray *names = apd_rules_names(input->rules, "language");
    const ApdMatcher *matcher = apd_rules_matcher(input->rules);
    int counts[APD_N_LETTERS] = { 0 };
    const char *best = NULL;
    int most = 0;

    count_marks(input, counts);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *signal_name = g_strconcat(APD_MATCHER_MARK, names->pdata[i], NULL);
        int sum = weight_of(input, apd_matcher_find(matcher, signal_name));
        int mark = mark_of(names->pdata[i]);
        if (mark >= 0)
            sum += 120 * counts[mark];
        if (strcmp(names->pdata[i], "zh") != 0 && sum > most) {
            most = sum;
            best = names->pdata[i];
        }
    }
    return best;
}

char *
apd_extract_language(const ApdInput *input)
{
    Scripts scripts = { 0 };

    for (guint i = 0; i < input->text->segments->len; i++)
        if (apd_text_at(input->text, i)->depth == 0 || input->text->is_forward)
            count_letters(apd_text_at(input->text, i)->shown, &scripts);

    /* An ideograph says as much as two or three letters. */
    int han = scripts.han * 3, hangul = scripts.hangul * 2;
    if (hangul > 0 && hangul * 3 >= scripts.latin && hangul >= scripts.han)
        return g_strdup("ko");
    if (han > 0 && han * 2 >= scripts.latin)
        return g_strdup(scripts.traditional * 20 > scripts.han ? "zh-Hant" : "zh");
    if (scripts.cyrillic * 2 >= scripts.latin && scripts.cyrillic > 0)
        return g_strdup("ru");
    return g_strdup(latin_language(input));
}
