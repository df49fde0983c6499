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

static char **
brands(const ApdOriginContext *self)
{
    const char *list = apd_rules_value(self->rules, "sender", "platform", "brands");
    char **words = g_strsplit(list != NULL ? list : "", ",", -1);

    for (char **p = words; *p != NULL; p++)
        g_strstrip(*p);
    return words;
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
    g_auto(GStrv) words = brands(self);
    for (char **p = words; *p != NULL; p++)
        if (strlen(*p) >= MIN_HOST_BRAND
            && (apd_lookalike_imitates(skeleton, *p)
                || (strlen(*p) >= MIN_LOOSE_BRAND && is_spaced_out(skeleton, *p))))
            return true;
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
    g_auto(GStrv) words = brands(self);
    for (char **p = words; *p != NULL; p++) {
        g_autofree char *brand = apd_normalise(*p);
        if (*brand == '\0')
            continue;
        if (strstr(folded, brand) != NULL)
            return true;
        if (strlen(brand) >= MIN_LOOSE_BRAND
            && (is_spaced_out(words_of_name, brand)
                || apd_lookalike_imitates(words_of_name, brand)))
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
stand_together(const char *folded, const char *brand, const char *team)
{
    static const char *const between[] = { " ", "-", "" };
    size_t n = strlen(brand), m = strlen(team);

    for (const char *p = folded; (p = strstr(p, brand)) != NULL; p++)
        for (size_t i = 0; i < G_N_ELEMENTS(between); i++) {
            size_t gap = strlen(between[i]);
            const char *after = p + n;
            if (g_str_has_prefix(after, between[i]) && g_str_has_prefix(after + gap, team))
                return true;
            if (p - folded >= (ptrdiff_t) (gap + m) && strncmp(p - gap - m, team, m) == 0
                && strncmp(p - gap, between[i], gap) == 0)
                return true;
        }
    return false;
}

bool
apd_origin_signs_as_platform(const ApdOriginContext *self, const char *folded)
{
    g_auto(GStrv) names = brands(self);

    for (char **p = names; *p != NULL; p++) {
        g_autofree char *brand = apd_normalise(*p);
        if (*brand == '\0' || strstr(folded, brand) == NULL)
            continue;
        const char *list = apd_rules_value(self->rules, "link", "signature", "words");
        g_auto(GStrv) words = g_strsplit(list != NULL ? list : "", ",", -1);
        for (char **word = words; *word != NULL; word++) {
            g_autofree char *team = apd_normalise(g_strstrip(*word));
            if (*team != '\0' && stand_together(folded, brand, team))
                return true;
        }
    }
    return false;
}
