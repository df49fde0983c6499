#include "logic/origin_names.h"

#include <string.h>

#include "logic/lookalike.h"
#include "logic/normalise.h"
#include "model/text.h"

/* Shorter brands ("alipay") are part of too many other names. */
#define MIN_HOST_BRAND  6
#define MIN_LOOSE_BRAND 8

const char *
apd_origin_registrable(const ApdOriginContext *self, const char *host)
{
    const char *domain = self->registrable(host, self->user_data);
    return domain != NULL ? domain : host;
}

static bool
is_word(const char *text, const char *word, size_t size)
{
    return strncmp(text, word, size) == 0 && text[size] == '\0';
}

bool
apd_origin_lists(const ApdOriginContext *self, const char *type, const char *name, const char *key,
                 const char *host)
{
    const char *list = apd_rules_value(self->rules, type, name, key);

    if (list == NULL || *host == '\0')
        return false;

    const char *domain = apd_origin_registrable(self, host);
    for (size_t n; *list != '\0'; list += n + (list[n] != '\0')) {
        n = strcspn(list, ", ");
        if (n > 0 && (is_word(domain, list, n) || is_word(host, list, n)))
            return true;
    }
    return false;
}

bool
apd_origin_is_sender(const ApdOriginContext *self, const char *host)
{
    return apd_origin_lists(self, "sender", "platform", "domains", host);
}

bool
apd_origin_is_platform(const ApdOriginContext *self, const char *host)
{
    return apd_origin_is_sender(self, host)
           || apd_origin_lists(self, "sender", "platform", "names", host);
}

/* Whether @brand begins at a word of @skeleton when what stands between letters is left
 * out: "ali-express-pay.example", "A.l.i.Express", but not "vitali express". */
static bool
is_spaced_out(const char *skeleton, const char *brand)
{
    for (const char *word = skeleton; *word != '\0';) {
        const char *p = word, *b = brand;
        while (*p != '\0' && *b != '\0' && (*p == *b || !apd_text_is_word_byte(*p))) {
            b += *p == *b;
            p++;
        }
        if (*b == '\0')
            return true;
        while (apd_text_is_word_byte(*word))
            word++;
        while (*word != '\0' && !apd_text_is_word_byte(*word))
            word++;
    }
    return false;
}

bool
apd_origin_imitates(const ApdOriginContext *self, const char *host)
{
    if (*host == '\0')
        return false;

    g_autofree char *skeleton = apd_lookalike_skeleton(host);
    for (guint i = 0; i < self->words->brands->len; i++) {
        const ApdOriginWord *brand = &g_array_index(self->words->brands, ApdOriginWord, i);
        if (brand->n >= MIN_HOST_BRAND
            && (apd_lookalike_imitates(skeleton, brand->folded)
                || (brand->n >= MIN_LOOSE_BRAND && is_spaced_out(skeleton, brand->folded))))
            return true;
    }
    return false;
}

bool
apd_origin_names_brand(const ApdOriginContext *self, const char *name)
{
    if (name == NULL)
        return false;

    g_autofree char *folded = apd_normalise(name);
    g_autofree char *words_of_name =
        g_strdelimit(apd_lookalike_skeleton(name), " @,;:()[]\"'", '.');
    for (guint i = 0; i < self->words->brands->len; i++) {
        const ApdOriginWord *brand = &g_array_index(self->words->brands, ApdOriginWord, i);
        if (strstr(folded, brand->folded) != NULL)
            return true;
        if (brand->n >= MIN_LOOSE_BRAND
            && (is_spaced_out(words_of_name, brand->folded)
                || apd_lookalike_imitates(words_of_name, brand->folded)))
            return true;
    }
    return false;
}

char *
apd_origin_host_of_address(const char *address)
{
    const char *at = address != NULL ? strrchr(address, '@') : NULL;
    g_autofree char *host = g_ascii_strdown(at != NULL ? at + 1 : "", -1);

    g_strdelimit(host, "<>[]() \t", '\0');
    size_t n = strlen(host);
    while (n > 0 && host[n - 1] == '.')
        n--;
    return g_strndup(host, n);
}

/* Whether @team stands beside @brand in @folded. */
static bool
stand_together(const char *folded, const ApdOriginWord *brand, const ApdOriginWord *team)
{
    static const char *const between[] = { " ", "-", "" };

    for (const char *p = folded; (p = strstr(p, brand->folded)) != NULL; p++)
        for (size_t i = 0; i < G_N_ELEMENTS(between); i++) {
            size_t gap = strlen(between[i]);
            const char *after = p + brand->n;
            if (g_str_has_prefix(after, between[i]) && g_str_has_prefix(after + gap, team->folded))
                return true;
            if (p - folded >= (ptrdiff_t) (gap + team->n)
                && strncmp(p - gap - team->n, team->folded, team->n) == 0
                && strncmp(p - gap, between[i], gap) == 0)
                return true;
        }
    return false;
}

bool
apd_origin_signs_as_platform(const ApdOriginContext *self, const char *folded)
{
    const ApdOriginWords *words = self->words;

    for (guint i = 0; i < words->brands->len; i++) {
        const ApdOriginWord *brand = &g_array_index(words->brands, ApdOriginWord, i);
        if (strstr(folded, brand->folded) == NULL)
            continue;
        for (guint k = 0; k < words->signatures->len; k++)
            if (stand_together(folded, brand, &g_array_index(words->signatures, ApdOriginWord, k)))
                return true;
    }
    return false;
}
