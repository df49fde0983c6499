#include "io/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>

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

static bool
is_utf8(const guint8 *data, gsize size)
{
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

char *
apd_charset_to_utf8(const guint8 *data, gsize size, const char *charset, const char **ret_used)
{
    const char *declared = canonical(charset);
    bool is_declared = declared != NULL && !g_str_equal(declared, "UTF-8");
    char *text = NULL;

    if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
        return used(mend_utf8(data + 3, size - 3), "UTF-8", ret_used);

    /* Bytes above 127 that are UTF-8 are hardly ever anything else, but for the
     * charsets that mark their text by escapes. */
    if (is_declared)
        text = convert(data, size, declared, false);
    if (text != NULL)
        return used(text, declared, ret_used);
    if (is_utf8(data, size))
        return used(size > 0 ? g_strndup((const char *) data, size) : g_strdup(""), "UTF-8",
                    ret_used);
    if (!is_declared)
        text = convert(data, size, "GB18030", false);
    if (text != NULL)
        return used(text, "GB18030", ret_used);
    if (is_declared || declared != NULL)
        text = convert(data, size, declared, true);
    if (text != NULL)
        return used(text, declared, ret_used);

    text = convert(data, size, "WINDOWS-1252", true);
    return used(text ? text : mend_utf8(data, size), "WINDOWS-1252", ret_used);
}
