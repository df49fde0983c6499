#include "logic/lookalike.h"

#include <glib.h>
#include <string.h>

#include "logic/normalise.h"

#define MAX_LABEL 64

/* Letters of other scripts, and digits, that look like a Latin letter. */
static const struct {
    const char *from;
    char to;
} confusables[] = {
    { "а", 'a' }, { "е", 'e' }, { "о", 'o' }, { "р", 'p' }, { "с", 'c' }, { "х", 'x' },
    { "і", 'i' }, { "ѕ", 's' }, { "ӏ", 'l' }, { "ь", 'b' }, { "в", 'b' }, { "н", 'h' },
    { "к", 'k' }, { "м", 'm' }, { "т", 't' }, { "у", 'y' }, { "ո", 'n' }, { "α", 'a' },
    { "ο", 'o' }, { "ρ", 'p' }, { "ε", 'e' }, { "ι", 'i' }, { "χ", 'x' }, { "0", 'o' },
    { "1", 'l' }, { "3", 'e' }, { "5", 's' }, { "!", 'i' }, { "|", 'l' },
};

char *
apd_lookalike_skeleton(const char *host)
{
    g_autofree char *unicode = g_hostname_to_unicode(host);
    g_autofree char *folded = apd_normalise(unicode != NULL ? unicode : host);
    GString *skeleton = g_string_new(NULL);

    for (const char *p = folded; *p != '\0';) {
        const char *next = g_utf8_next_char(p);
        char c = '\0';
        for (size_t i = 0; i < G_N_ELEMENTS(confusables) && c == '\0'; i++)
            if (strlen(confusables[i].from) == (size_t) (next - p)
                && strncmp(confusables[i].from, p, (size_t) (next - p)) == 0)
                c = confusables[i].to;
        if (c != '\0')
            g_string_append_c(skeleton, c);
        else
            g_string_append_len(skeleton, p, next - p);
        p = next;
    }
    return g_string_free(skeleton, FALSE);
}

/* Edits between two short words (Damerau: a swap counts one). */
static int
distance(const char *a, size_t n, const char *b)
{
    int rows[3][MAX_LABEL + 1];
    size_t m = strlen(b);

    if (n > MAX_LABEL || m > MAX_LABEL)
        return MAX_LABEL;
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (int) j;
    for (size_t i = 1; i <= n; i++) {
        int *row = rows[i % 3], *last = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        row[0] = (int) i;
        for (size_t j = 1; j <= m; j++) {
            int cost = a[i - 1] != b[j - 1];
            row[j] = MIN(MIN(row[j - 1], last[j]) + 1, last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = MIN(row[j], before[j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

bool
apd_lookalike_imitates(const char *skeleton, const char *brand)
{
    size_t length = strlen(brand);

    if (strstr(skeleton, brand) != NULL)
        return true;
    if (length < 6)
        return false;
    for (const char *p = skeleton; *p != '\0';) {
        size_t n = strcspn(p, ".-");
        if (n + 2 >= length && n <= length + 2 && distance(p, n, brand) <= (length > 8 ? 2 : 1))
            return true;
        /* "aliexpgrsho": a long beginning of the brand is enough */
        if (n >= 6 && length >= 8 && strncmp(p, brand, 6) == 0)
            return true;
        p += n + (p[n] != '\0');
    }
    return false;
}
