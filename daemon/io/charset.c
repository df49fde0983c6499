#include "io/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>

#include "io/charset_guess.h"

/* Longest name of a charset that is taken at its word. */
#define MAX_NAME 40

/* What senders write, and the superset that reads it: a label of the smaller set
 * is often put on text of the larger one. */
/* clang-format off */
static const struct { const char *label, *charset; } aliases[] = {
    { "gb2312", "GB18030" },         { "gb_2312-80", "GB18030" },   { "gbk", "GB18030" },
    { "x-gbk", "GB18030" },          { "cp936", "GB18030" },        { "windows-936", "GB18030" },
    { "euc-cn", "GB18030" },         { "gb18030", "GB18030" },      { "hz-gb-2312", "HZ" },
    { "big5", "BIG5-HKSCS" },        { "x-big5", "BIG5-HKSCS" },    { "cp950", "BIG5-HKSCS" },
    { "big5-hkscs", "BIG5-HKSCS" },  { "ks_c_5601-1987", "CP949" }, { "ks_c_5601", "CP949" },
    { "euc-kr", "CP949" },           { "korean", "CP949" },         { "cp949", "CP949" },
    { "shift_jis", "CP932" },        { "x-sjis", "CP932" },         { "sjis", "CP932" },
    { "iso-2022-jp", "ISO-2022-JP-3" }, { "euc-jp", "EUC-JP" },     { "iso-2022-kr", "ISO-2022-KR" },
    { "iso-8859-1", "WINDOWS-1252" }, { "latin1", "WINDOWS-1252" }, { "iso8859-1", "WINDOWS-1252" },
    { "windows-1252", "WINDOWS-1252" }, { "cp1252", "WINDOWS-1252" }, { "iso-8859-9", "WINDOWS-1254" },
    { "windows-1254", "WINDOWS-1254" }, { "iso-8859-2", "ISO-8859-2" }, { "latin2", "ISO-8859-2" },
    { "iso-8859-5", "ISO-8859-5" },  { "iso-8859-7", "ISO-8859-7" }, { "iso-8859-15", "ISO-8859-15" },
    { "iso-8859-16", "ISO-8859-16" }, { "windows-1250", "WINDOWS-1250" }, { "cp1250", "WINDOWS-1250" },
    { "windows-1251", "WINDOWS-1251" }, { "cp1251", "WINDOWS-1251" }, { "windows-1253", "WINDOWS-1253" },
    { "windows-1255", "WINDOWS-1255" }, { "windows-1256", "WINDOWS-1256" }, { "windows-1257", "WINDOWS-1257" },
    { "windows-1258", "WINDOWS-1258" }, { "koi8-r", "KOI8-R" },     { "koi8-u", "KOI8-U" },
    { "cp866", "CP866" },            { "tis-620", "TIS-620" },      { "windows-874", "CP874" },
    { "utf-7", "UTF-7" },            { "utf-16", "UTF-16" },        { "utf-16le", "UTF-16LE" },
    { "utf-16be", "UTF-16BE" },      { "us-ascii", "UTF-8" },       { "ascii", "UTF-8" },
    { "utf8", "UTF-8" },             { "utf-8", "UTF-8" },          { "unicode-1-1-utf-8", "UTF-8" },
    { "unknown-8bit", "UTF-8" },     { "8bit", "UTF-8" },           { "default", "UTF-8" },
};
/* clang-format on */

void
apd_charset_init(void)
{
    /* They stay open, since closing the last one unloads the module; kept in one
     * place, so that a leak checker sees whose they are. */
    static gsize kept;

    if (!g_once_init_enter(&kept))
        return;

    iconv_t *open = g_new(iconv_t, G_N_ELEMENTS(aliases));
    for (size_t i = 0; i < G_N_ELEMENTS(aliases); i++)
        open[i] = iconv_open("UTF-8", aliases[i].charset);
    g_once_init_leave(&kept, (gsize) open);
}

/* NULL for a charset that is unknown, which also keeps odd names from iconv. */
static const char *
canonical(const char *label)
{
    if (label == NULL || strlen(label) > MAX_NAME)
        return NULL;
    if (g_ascii_strcasecmp(label, "utf-8") == 0) /* nearly all */
        return "UTF-8";

    for (size_t i = 0; i < G_N_ELEMENTS(aliases); i++)
        if (g_ascii_strcasecmp(aliases[i].label, label) == 0)
            return aliases[i].charset;
    return NULL;
}

/* iconv gives code points that GLib rejects, and mail holds NULs. */
static char *
clean(GString *text)
{
    for (gsize i = 0; i < text->len; i++)
        if (text->str[i] == '\0')
            text->str[i] = ' ';

    if (g_utf8_validate(text->str, (gssize) text->len, NULL))
        return g_string_free(text, FALSE);

    char *valid = g_utf8_make_valid(text->str, (gssize) text->len);
    g_string_free(text, TRUE);
    return valid;
}

static void
append_replacement(GString *text)
{
    g_string_append(text, "\xef\xbf\xbd");
}

/* @lossy: what does not fit becomes U+FFFD; else NULL when anything does not. */
static char *
convert(const guint8 *data, gsize size, const char *charset, bool lossy)
{
    iconv_t converter = iconv_open("UTF-8", charset);
    char *in = (char *) (guintptr) data; /* iconv does not write there */
    gsize left = size;
    bool good = true;

    if (converter == (iconv_t) -1)
        return NULL;

    GString *text = g_string_sized_new(size + size / 2 + 16);
    while (good && left > 0) {
        char buffer[4096], *out = buffer;
        gsize room = sizeof buffer;
        gsize result = iconv(converter, &in, &left, &out, &room);
        int why = errno;

        g_string_append_len(text, buffer, out - buffer);
        if (result != (gsize) -1 || why == E2BIG)
            continue;
        good = lossy;
        append_replacement(text);
        in++;
        left--;
    }
    iconv_close(converter);
    if (good)
        return clean(text);

    g_string_free(text, TRUE);
    return NULL;
}

/* Bytes at the start that are ASCII and not NUL, eight at a time: most of most mail. */
static gsize
ascii_length(const guint8 *data, gsize size)
{
    const guint64 high = G_GUINT64_CONSTANT(0x8080808080808080), ones = high >> 7;
    gsize n = 0;

    for (guint64 eight; size - n >= sizeof eight; n += sizeof eight) {
        memcpy(&eight, data + n, sizeof eight);
        if (((eight | (eight - ones)) & high) != 0)
            break;
    }
    return n;
}

static bool
is_utf8(const guint8 *data, gsize size)
{
    gsize n = ascii_length(data, size);

    data += n;
    size -= n;
    return g_utf8_validate_len((const char *) data, size, NULL);
}

/* With what is no UTF-8 replaced. */
static char *
mend_utf8(const guint8 *data, gsize size)
{
    return clean(g_string_new_len((const char *) data, (gssize) size));
}

static char *
used(char *text, const char *charset, const char **ret_used)
{
    if (ret_used != NULL)
        *ret_used = charset;
    return text;
}

/* Charsets of one byte a character take any bytes: a label of theirs proves little. */
static bool
takes_anything(const char *charset)
{
    return g_str_has_prefix(charset, "WINDOWS-") || g_str_has_prefix(charset, "ISO-8859-")
           || g_str_has_prefix(charset, "KOI8-") || g_str_equal(charset, "CP866");
}

static bool
has_high_bytes(const guint8 *data, gsize size)
{
    for (gsize i = 0; i < size; i++)
        if (data[i] >= 0x80)
            return true;
    return false;
}

/* A label that says something; NULL for none, and for UTF-8, which is seen from the bytes. */
static const char *
telling(const char *label)
{
    const char *charset = canonical(label);
    return charset != NULL && !g_str_equal(charset, "UTF-8") ? charset : NULL;
}

/* What no label fits. */
static char *
by_guess(const guint8 *data, gsize size, const char *declared, const char **ret_used)
{
    const char *guessed = declared != NULL ? NULL : apd_charset_guess(data, size);

    if (guessed != NULL && g_str_equal(guessed, "UTF-8"))
        return used(mend_utf8(data, size), "UTF-8", ret_used);
    if (guessed == NULL)
        guessed = declared != NULL ? declared : "WINDOWS-1252";
    char *text = convert(data, size, guessed, true);
    return used(text != NULL ? text : mend_utf8(data, size), guessed, ret_used);
}

/* By a byte order mark; NULL when there is none. */
static char *
by_mark(const guint8 *data, gsize size, const char **ret_used)
{
    if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
        return used(mend_utf8(data + 3, size - 3), "UTF-8", ret_used);
    if (size >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0)) {
        char *text = convert(data, size, "UTF-16", true);
        return text != NULL ? used(text, "UTF-16", ret_used) : NULL;
    }
    return NULL;
}

char *
apd_charset_to_utf8(const guint8 *data, gsize size, const char *charset, const char *inner,
                    const char **ret_used)
{
    const char *labels[] = { telling(charset), telling(inner) };
    bool valid = is_utf8(data, size);
    bool labelled = labels[0] != NULL || labels[1] != NULL;
    bool unicode = labelled && valid && has_high_bytes(data, size);
    char *text = by_mark(data, size, ret_used);

    if (text != NULL)
        return text;
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        /* Bytes above 127 that are UTF-8 are hardly ever anything else. */
        if (labels[i] == NULL || (unicode && (i > 0 || takes_anything(labels[i]))))
            continue;
        text = convert(data, size, labels[i], false);
        if (text != NULL)
            return used(text, labels[i], ret_used);
    }
    if (valid)
        return used(size > 0 ? g_strndup((const char *) data, size) : g_strdup(""), "UTF-8",
                    ret_used);
    return by_guess(data, size, labels[0] != NULL ? labels[0] : labels[1], ret_used);
}
