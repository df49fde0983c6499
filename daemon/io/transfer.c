#include "io/transfer.h"

#include <string.h>

/* Value and one; 0: no base64. */
/* clang-format off */
static const guint8 values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,  ['I'] = 9,
    ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18,
    ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27,
    ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36,
    ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45,
    ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54,
    ['2'] = 55, ['3'] = 56, ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
    ['/'] = 64,
};
/* clang-format on */

/* Value and one; 0: no hexadecimal digit. */
static const guint8 nibbles[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
    ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* What is looked at to tell text from base64. */
#define SAMPLE 256

bool
apd_base64_is_plain(const char *text, gsize size)
{
    gsize n = MIN(size, SAMPLE), odd = 0;

    for (gsize i = 0; i < n; i++) {
        bool ends_line = i + 1 == n || g_ascii_isspace(text[i + 1]);
        odd += values[(guchar) text[i]] == 0 && text[i] != '=' && text[i] != '\r' && text[i] != '\n'
               && !(g_ascii_isspace(text[i]) && ends_line);
    }
    return odd > 1 && odd * 16 > n;
}

/* Bytes of a quantum of @n characters, @n less than 4. */
static gsize
write_rest(guint32 bits, int n, guint8 *out)
{
    if (n < 2)
        return 0;

    out[0] = (guint8) (n == 2 ? bits >> 4 : bits >> 10);
    if (n == 3)
        out[1] = (guint8) (bits >> 2);
    return (gsize) n - 1;
}

/* Decodes whole quanta, four characters of base64 on end each, up to the first that is none or to
 * where @room, bytes at @out, may not hold another.  Returns: the characters taken. */
static gsize
decode_quanta(const char *text, gsize size, guint8 *out, gsize room)
{
    gsize i = 0;

    for (; i + 4 <= size && room >= 3; i += 4, room -= 3) {
        guint32 a = values[(guchar) text[i]], b = values[(guchar) text[i + 1]];
        guint32 c = values[(guchar) text[i + 2]], d = values[(guchar) text[i + 3]];
        if (a == 0 || b == 0 || c == 0 || d == 0)
            break;
        guint32 bits = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
        *out++ = (guint8) (bits >> 16);
        *out++ = (guint8) (bits >> 8);
        *out++ = (guint8) bits;
    }
    return i;
}

void
apd_base64_decode(const char *text, gsize size, gsize limit, GByteArray *out)
{
    guint32 bits = 0;
    int n = 0;
    guint before = out->len;

    g_byte_array_set_size(out, before + (guint) (MIN(size / 4 * 3, limit) + 6));
    guint8 *p = out->data + before;
    const guint8 *end = p + limit;

    for (gsize i = 0; i < size && p < end; i++) {
        if (n == 0) { /* nearly all of it */
            gsize taken = decode_quanta(text + i, size - i, p, (gsize) (end - p));
            i += taken;
            p += taken / 4 * 3;
            if (i >= size || p >= end)
                break;
        }
        int value = values[(guchar) text[i]] - 1;

        if (value >= 0) {
            bits = bits << 6 | (guint32) value;
            if (++n < 4)
                continue;
            *p++ = (guint8) (bits >> 16);
            *p++ = (guint8) (bits >> 8);
            *p++ = (guint8) bits;
        } else if (text[i] == '=') {
            p += write_rest(bits, n, p);
        } else {
            continue;
        }
        bits = 0;
        n = 0;
    }
    p += write_rest(bits, n, p);
    g_byte_array_set_size(out, (guint) (p - out->data));
}

/* The byte that "=E9" at @text stands for; -1 when it is none. */
static int
escaped_byte(const char *text, gsize size)
{
    if (size < 3 || nibbles[(guchar) text[1]] == 0 || nibbles[(guchar) text[2]] == 0)
        return -1;

    return (nibbles[(guchar) text[1]] - 1) * 16 + nibbles[(guchar) text[2]] - 1;
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

/* How many of the bytes at @text stand for themselves. */
static gsize
plain_length(const char *text, gsize size, bool header)
{
    const char *escape = memchr(text, '=', size);
    gsize n = escape != NULL ? (gsize) (escape - text) : size;
    const char *blank = header ? memchr(text, '_', n) : NULL;

    return blank != NULL ? (gsize) (blank - text) : n;
}

void
apd_quoted_printable_decode(const char *text, gsize size, bool header, gsize limit, GByteArray *out)
{
    guint before = out->len;

    if (size == 0)
        return;
    g_byte_array_set_size(out, before + (guint) MIN(size, limit));
    guint8 *p = out->data + before;
    const guint8 *end = p + MIN(size, limit);

    for (gsize i = 0; i < size && p < end; i++) {
        gsize room = MIN(size - i, (gsize) (end - p));
        gsize plain = text[i] != '=' ? plain_length(text + i, room, header) : 0;
        if (plain > 0) {
            memcpy(p, text + i, plain);
            p += plain;
            i += plain;
            if (i >= size || p >= end)
                break;
        }
        guint8 c = (guint8) text[i];

        if (c == '=') {
            int byte = escaped_byte(text + i, size - i);
            gsize skip = byte < 0 ? soft_break(text + i, size - i) : 0;
            i += byte >= 0 ? 2 : MAX(skip, 1) - 1;
            if (skip > 0)
                continue;
            c = byte >= 0 ? (guint8) byte : c;
        } else if (header && c == '_') {
            c = ' ';
        }
        *p++ = c;
    }
    g_byte_array_set_size(out, (guint) (p - out->data));
}
