#include "io/imap_name.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static bool
is_direct(gunichar c)
{
    return c >= 0x20 && c < 0x7f;
}

/* Appends the base64 of @units as UTF-16BE, without padding. */
static void
append_shifted(GString *out, const gunichar2 *units, glong n)
{
    uint32_t bits = 0;
    int held = 0;

    g_string_append_c(out, '&');
    for (glong i = 0; i < n; i++) {
        bits = bits << 16 | units[i];
        held += 16;
        for (; held >= 6; held -= 6)
            g_string_append_c(out, digits[bits >> (held - 6) & 63]);
        bits &= (1u << held) - 1;
    }
    if (held > 0)
        g_string_append_c(out, digits[bits << (6 - held) & 63]);
    g_string_append_c(out, '-');
}

char *
apd_imap_name_encode(const char *name)
{
    if (!g_utf8_validate(name, -1, NULL))
        return NULL;

    g_autoptr(GString) out = g_string_new(NULL);
    for (const char *p = name; *p != '\0';) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_iscntrl(c))
            return NULL;
        if (is_direct(c)) {
            g_string_append(out, c == '&' ? "&-" : (char[]){ (char) c, '\0' });
            p++;
            continue;
        }
        const char *start = p;
        while (*p != '\0' && !is_direct(g_utf8_get_char(p)))
            p = g_utf8_next_char(p);

        glong n = 0;
        g_autofree gunichar2 *units = g_utf8_to_utf16(start, p - start, NULL, &n, NULL);
        append_shifted(out, units, n);
    }
    return g_strdup(out->str);
}

/* Decodes what stands between '&' and '-'.  False when it is malformed. */
static bool
append_unshifted(GString *out, const char *text, size_t size)
{
    g_autofree gunichar2 *units = g_new0(gunichar2, size + 1);
    uint32_t bits = 0;
    int held = 0;
    glong n = 0;

    for (size_t i = 0; i < size; i++) {
        const char *digit = strchr(digits, text[i]);
        if (digit == NULL)
            return false;
        bits = bits << 6 | (uint32_t) (digit - digits);
        held += 6;
        if (held >= 16) {
            held -= 16;
            units[n++] = (gunichar2) (bits >> held & 0xffff);
        }
        bits &= (1u << held) - 1;
    }
    g_autofree char *utf8 = g_utf16_to_utf8(units, n, NULL, NULL, NULL);
    if (utf8 == NULL || n == 0)
        return false;

    g_string_append(out, utf8);
    return true;
}

char *
apd_imap_name_decode(const char *wire)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (const char *p = wire; *p != '\0'; p++) {
        const char *end = *p == '&' ? strchr(p, '-') : NULL;
        if (*p != '&')
            g_string_append_c(out, *p);
        else if (end == p + 1)
            g_string_append_c(out, '&');
        else if (end == NULL || !append_unshifted(out, p + 1, (size_t) (end - p) - 1))
            return g_utf8_make_valid(wire, -1);
        if (end != NULL)
            p = end;
    }
    return g_utf8_make_valid(out->str, -1);
}
