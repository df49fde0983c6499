#include "io/charset_guess.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>

/* Bytes that are looked at, from the first above 127 on. */
#define SAMPLE 4096

/* Less than this share of usual characters is chance. */
#define LEAST 0.12

/* The characters that make up most of a text of notices. */
/* clang-format off */
static const char hans[] =
    "的一是不了在有人我他这为之来以个中上大到说们国和地出道也时年得就那要下生会自着去过家学对可里后小么心多天而能好都然没日于起还发成"
    "事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长分您诉申商月请号扣店单规内处提铺违将权交罚台期卖通复结间编订系"
    "收冻平工件关知次投款证被则立理利退账信统定计假议限截录元至即除回判户买并案止虚报查周因联邮反每效服核名意入超与法存营全架品产类别"
    "解侵著标商版专售货物积累记额冲制措施门锁绑执据材料上传受审核销";
static const char hant[] =
    "的一是不了在有人我他這為之來以個中上大到說們國和地出道也時年得就那要下生會自著去過家學對可裡後小麼心多天而能好都然沒日於起還發成"
    "事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長分您訴申商月請號扣店單規內處提違將權交罰臺期賣通復結間編訂系"
    "收凍平工件關知次投款證被則立理利退賬信統定計假議限截錄元至即除回判戶買並案止虛報查周因聯郵反每效服核名意入超與法存營全架品產類別"
    "解侵標版專售貨物積累記額沖制措施門鎖綁執據材料傳受審銷帳賣家";
static const char hangul[] =
    "이다일니점지의신상자하매습월에시기가품인청호제되번판위내해사주고은으벌까요면년로과리출반었를세부문처한합송됩않안권을결발간동금용터업수"
    "는전구소료유오증정확님분영답침조보센서허드담원대작있건명입어감알스메도여거응녕미저누적능재귀본통객취게후실장받립목관준당변없그나말것들"
    "등만라만아우개연연";
static const char cyrillic[] = "оеаинтсрвлкмдпуяыьгзбч";
static const char west[] = "áéíóúüñçãõàâêôèìòùëïîûöäßøåæœÁÉÍÓÚÜÑÇÃÕÀÂÊÔÈÖÄ¿¡";
static const char turkish[] = "çğıöşüâîÇĞİÖŞÜ";
static const char polish[] = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻöüä";
/* clang-format on */

typedef enum { WORDLESS, CYRILLIC, LATIN, KANA } Writing;

/* The first of equals wins. */
static const struct {
    const char *charset;
    Writing writing;
    const char *usual; /* NULL: hiragana and katakana */
} candidates[] = {
    { "GB18030", WORDLESS, hans },
    { "BIG5-HKSCS", WORDLESS, hant },
    { "CP949", WORDLESS, hangul },
    { "CP932", KANA, NULL },
    { "EUC-JP", KANA, NULL },
    { "WINDOWS-1252", LATIN, west },
    { "WINDOWS-1251", CYRILLIC, cyrillic },
    { "KOI8-R", CYRILLIC, cyrillic },
    { "CP866", CYRILLIC, cyrillic },
    { "ISO-8859-5", CYRILLIC, cyrillic },
    { "WINDOWS-1254", LATIN, turkish },
    { "WINDOWS-1250", LATIN, polish },
    { "ISO-8859-2", LATIN, polish },
};

/* --- decoding a sample ------------------------------------------------------------- */

/* Decodes as far as it goes, a byte that fits nothing left out and counted. */
static char *
decode(const guint8 *data, gsize size, const char *charset, int *ret_errors)
{
    iconv_t converter = iconv_open("UTF-8", charset);
    char *in = (char *) (guintptr) data; /* iconv does not write there */
    gsize left = size;
    int errors = 0;

    if (converter == (iconv_t) -1)
        return NULL;

    GString *text = g_string_sized_new(2 * size);
    while (left > 0) {
        char buffer[4096], *out = buffer;
        gsize room = sizeof buffer;
        gsize result = iconv(converter, &in, &left, &out, &room);
        int why = errno;

        g_string_append_len(text, buffer, out - buffer);
        if (result != (gsize) -1 || why == EINVAL)
            break;
        if (why == E2BIG)
            continue;
        errors++;
        in++;
        left--;
    }
    iconv_close(converter);
    *ret_errors = errors;
    char *valid = g_utf8_make_valid(text->str, (gssize) text->len);
    g_string_free(text, TRUE);
    return valid;
}

/* --- how much it looks like a language ------------------------------------------------ */

/* Blanks, quotation marks, dashes and signs, which every language has. */
static bool
is_neutral(gunichar c)
{
    return c == 0xa0 || c == 0xa9 || c == 0xab || c == 0xae || c == 0xb0 || c == 0xb7 || c == 0xbb
           || (c >= 0x2010 && c <= 0x203a) || c == 0x20ac || c == 0x2116 || c == 0x2122
           || (c >= 0x3000 && c <= 0x301f) || (c >= 0xff00 && c <= 0xff65);
}

/* What @c at @p in @text speaks for, 0 to 1. */
static double
weight_of(size_t candidate, const char *text, const char *p, gunichar c)
{
    const char *usual = candidates[candidate].usual;
    Writing writing = candidates[candidate].writing;
    const char *before = p > text ? g_utf8_prev_char(p) : "", *after = g_utf8_next_char(p);
    bool among_plain = g_ascii_isalpha(*before) || g_ascii_isalpha(*after);
    bool alone =
        !g_unichar_isalpha(g_utf8_get_char(before)) && !g_unichar_isalpha(g_utf8_get_char(after));

    if (writing == KANA)
        return c >= 0x3041 && c <= 0x30fe ? 1 : 0;
    /* Accented letters stand among plain ones, Cyrillic ones never do. */
    if ((writing == CYRILLIC && among_plain) || (writing == LATIN && !among_plain && !alone))
        return 0;
    if (g_utf8_strchr(usual, -1, writing == CYRILLIC ? g_unichar_tolower(c) : c) == NULL)
        return 0;
    if (alone && writing != WORDLESS) /* "и", "è": a word in both */
        return 0.6;
    if (writing != CYRILLIC || g_unichar_islower(c))
        return 1;
    /* A wrong one turns small letters into capitals, or mixes them. */
    return g_unichar_islower(g_utf8_get_char(before)) ? 0 : 0.5;
}

static double
score(size_t candidate, const guint8 *data, gsize size)
{
    int errors = 0, n = 0;
    g_autofree char *text = decode(data, size, candidates[candidate].charset, &errors);
    double sum = 0;

    for (const char *p = text; p != NULL && *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c < 0x80 || is_neutral(c))
            continue;
        n++;
        sum += weight_of(candidate, text, p, c);
    }
    return n > 0 ? (sum - errors) / (n + errors) : 0;
}

/* --- damaged UTF-8 ----------------------------------------------------------------------- */

/* Whether characters of UTF-8 are many and bytes that are none few. */
static bool
is_nearly_utf8(const guint8 *data, gsize size)
{
    const char *p = (const char *) data, *end = p + size;
    int good = 0, bad = 0;

    while (p < end) {
        if ((guchar) *p < 0x80) {
            p++;
            continue;
        }
        gunichar c = g_utf8_get_char_validated(p, end - p);
        bool valid = c < 0x110000;
        good += valid;
        bad += !valid;
        p += valid ? g_utf8_next_char(p) - p : 1;
    }
    return good > 4 * bad;
}

const char *
apd_charset_guess(const guint8 *data, gsize size)
{
    gsize start = 0;
    const char *best = NULL;
    double most = LEAST;

    if (is_nearly_utf8(data, size))
        return "UTF-8";
    while (start < size && data[start] < 0x80)
        start++;
    if (start > 0)
        start--; /* the letter before tells something too */
    for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
        double reached = score(i, data + start, MIN(size - start, SAMPLE));
        if (reached > most) {
            most = reached;
            best = candidates[i].charset;
        }
    }
    return best;
}
