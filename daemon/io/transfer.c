#include "io/transfer.h"

/* -1: no base64. */
static int
value_of(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

static void
flush_quantum(guint32 bits, int n, GByteArray *out)
{
    const guint8 bytes[] = {
        (guint8) (n == 2 ? bits >> 4 : bits >> 10),
        (guint8) (bits >> 2),
    };

    if (n >= 2)
        g_byte_array_append(out, bytes, (guint) n - 1);
}

void
apd_base64_decode(const char *text, gsize size, gsize limit, GByteArray *out)
{
    guint32 bits = 0;
    int n = 0;
    gsize end = out->len + limit;

    for (gsize i = 0; i < size && out->len < end; i++) {
        int value = value_of((unsigned char) text[i]);

        if (text[i] == '=') {
            flush_quantum(bits, n, out);
            bits = 0;
            n = 0;
        } else if (value >= 0) {
            bits = bits << 6 | (guint32) value;
            if (++n == 4) {
                const guint8 bytes[] = { (guint8) (bits >> 16), (guint8) (bits >> 8),
                                         (guint8) bits };
                g_byte_array_append(out, bytes, sizeof bytes);
                bits = 0;
                n = 0;
            }
        }
    }
    flush_quantum(bits, n, out);
}

/* Length of a soft line break at @text, 0: none. */
static gsize
soft_break(const char *text, gsize size)
{
    gsize i = 1;

    while (i < size && (text[i] == ' ' || text[i] == '\t'))
        i++;
    if (i < size && text[i] == '\r')
        i++;
    if (i < size && text[i] == '\n')
        return i + 1;
    return i == size ? i : 0;
}

void
apd_quoted_printable_decode(const char *text, gsize size, bool header, gsize limit, GByteArray *out)
{
    gsize end = out->len + limit;

    for (gsize i = 0; i < size && out->len < end; i++) {
        guint8 c = (guint8) text[i];

        if (header && c == '_') {
            c = ' ';
        } else if (c == '=' && i + 2 < size && g_ascii_isxdigit(text[i + 1])
                   && g_ascii_isxdigit(text[i + 2])) {
            c = (guint8) (g_ascii_xdigit_value(text[i + 1]) * 16
                          + g_ascii_xdigit_value(text[i + 2]));
            i += 2;
        } else if (c == '=') {
            gsize skip = soft_break(text + i, size - i);
            if (skip > 0) {
                i += skip - 1;
                continue;
            }
        }
        g_byte_array_append(out, &c, 1);
    }
}
