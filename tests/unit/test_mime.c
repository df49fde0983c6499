#include <glib.h>
#include <string.h>

#include "io/charset.h"
#include "io/encoded_word.h"
#include "io/mail_date.h"
#include "io/mime.h"
#include "io/mime_simple.h"
#include "io/transfer.h"

/* --- small decoders --------------------------------------------------------------- */

/* clang-format off */
static const struct { const char *text, *bytes; } base64[] = {
    { "SGVsbG8gd29ybGQ=",       "Hello world" },
    { "SGVsbG8gd29ybGQ",        "Hello world" },          /* without padding */
    { "SGVs\r\nbG8g d29ybGQ=",  "Hello world" },
    { "SGVsbG8=IHdvcmxk",       "Hello world" },          /* concatenated */
    { "SGVs!!bG8=",             "Hello" },
    { "S",                      "" },
    { "SGVsbG8g\nd29y\nbGQ=",   "Hello world" },
    { "SGVsbG8gd\n29ybGQ=SGk=", "Hello worldHi" },         /* lines that end within a quantum */
};

static const struct { const char *text, *bytes; bool header; } quoted[] = {
    { "a=20b=3Dc",     "a b=c",  false },
    { "soft=\r\nbreak", "softbreak", false },
    { "soft= \nbreak", "softbreak", false },
    { "a_b",           "a b",    true },
    { "a_b",           "a_b",    false },
    { "100=% =zz",     "100=% =zz", false },
    { "end=",          "end",    false },
    { "long_er run=3D and_more", "long er run= and more", true },
};

static const struct { const char *raw, *text; } words[] = {
    { "plain",                                             "plain" },
    { "=?utf-8?B?YWI=?= =?utf-8?B?Y2Q=?=",                 "abcd" },
    { "=?utf-8?Q?a?= x =?utf-8?Q?b?=",                     "a x b" },
    { "=?UTF-8?B?6L+d6KeE6YCa?=\r\n =?UTF-8?B?55+l?=",     "违规通知" },
    { "=?UTF-8?B?6L8=?= =?UTF-8?B?neinhA==?=",             "违规" },   /* cut within a character */
    { "=?gb2312?B?zqW55s2o1qo=?=",                         "违规通知" },
    { "=?koi8-r?Q?=EE=C1=D2=D5=DB=C5=CE=C9=C5?=",          "Нарушение" },
    { "=?utf-8*en?Q?lang?=",                               "lang" },
    { "=?nonsense?Q?=E2=82=AC?=",                          "€" },
    { "=?utf-8?X?a?=",                                     "=?utf-8?X?a?=" },
    { "=?utf-8?B?unterminated",                            "=?utf-8?B?unterminated" },
    { "\xce\xa5\xb9\xe6 raw",                              "Υ规 raw" },
    { "a\x1b[31m\xe2\x80\xae" "b",                         "a[31mb" },
};

static const struct { const char *text; const char *utc; bool zone; } dates[] = {
    { "Wed, 25 Nov 2026 01:02:03 -0800",          "2026-11-25T09:02:03", true },
    { "Wed, 25 Nov 2026 01:02:03 -0800 (PST)",    "2026-11-25T09:02:03", true },
    { "25 Nov 26 01:02 PDT",                      "2026-11-25T08:02:00", true },
    { "Wed,25 Nov 2026 01:02:03 +0800",           "2026-11-24T17:02:03", true },
    { "Wed Nov 25 01:02:03 2026",                 "2026-11-25T01:02:03", false },
    { "Wed, 25 Nov 2026 01:02:03 +08:00",         "2026-11-24T17:02:03", true },
    { "Wed, 25 Nov 2026 01:02:03 GMT+0800",       "2026-11-24T17:02:03", true },
    { "2026-11-25T01:02:03+08:00",                "2026-11-24T17:02:03", true },
    { "25 Nov 2026 24:00:00 +0000",               NULL, false },
    { "soon",                                     NULL, false },
    { "",                                         NULL, false },
};
/* clang-format on */

static void
assert_bytes(const GByteArray *got, const char *wanted)
{
    g_autofree char *text =
        got->len > 0 ? g_strndup((const char *) got->data, got->len) : g_strdup("");

    g_assert_cmpstr(text, ==, wanted);
}

static void
test_transfer(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(base64); i++) {
        g_autoptr(GByteArray) out = g_byte_array_new();
        apd_base64_decode(base64[i].text, strlen(base64[i].text), 1000, out);
        assert_bytes(out, base64[i].bytes);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(quoted); i++) {
        g_autoptr(GByteArray) out = g_byte_array_new();
        apd_quoted_printable_decode(quoted[i].text, strlen(quoted[i].text), quoted[i].header, 1000,
                                    out);
        assert_bytes(out, quoted[i].bytes);
    }
}

static void
test_words(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *text = apd_encoded_word_decode(words[i].raw);
        if (i != 11) /* raw bytes: what matters is that it is valid */
            g_assert_cmpstr(text, ==, words[i].text);
        g_assert_true(g_utf8_validate(text, -1, NULL));
    }
}

static void
test_dates(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(dates); i++) {
        ApdTime when = 0;
        bool zone = false;

        g_test_message("%s", dates[i].text);
        g_assert_true(apd_mail_date_parse(dates[i].text, &when, &zone) == (dates[i].utc != NULL));
        if (dates[i].utc == NULL)
            continue;
        g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(when / APD_SECOND);
        g_autofree char *iso = g_date_time_format(date, "%Y-%m-%dT%H:%M:%S");
        g_assert_cmpstr(iso, ==, dates[i].utc);
        g_assert_true(zone == dates[i].zone);
    }
}

/* --- whole messages ------------------------------------------------------------------ */

/* Blocks as "kind:text|kind:text", links as " [text](href)". */
static char *
show(const ApdDocument *document)
{
    static const char kinds[] = "thicb";
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < document->blocks->len; i++) {
        const ApdBlock *block = &g_array_index(document->blocks, ApdBlock, i);
        g_string_append_printf(out, "%s%c", i > 0 ? "|" : "", kinds[block->kind]);
        if (block->depth > 0)
            g_string_append_printf(out, "%d", block->depth);
        if (block->row >= 0)
            g_string_append_printf(out, "(%d,%d)", block->row, block->column);
        g_string_append_printf(out, ":%s", block->text);
    }
    for (guint i = 0; i < document->links->len; i++) {
        const ApdLink *link = &g_array_index(document->links, ApdLink, i);
        g_string_append_printf(out, " [%s](%s)%s", link->text, link->href, link->button ? "!" : "");
    }
    return g_string_free(out, FALSE);
}

#define HTML(body) "Content-Type: text/html; charset=utf-8\n\n" body

/* clang-format off */
static const struct { const char *what, *message, *shown; } messages[] = {
    { "plain paragraphs", "Subject: x\n\none\ntwo\n\nthree\n", "t:one\ntwo|t:three" },
    { "quoted lines", "\n> a\n> > b\nc\n", "t1:a|t2:b|t:c" },
    { "bare address", "\nsee https://a.example/x?y=1.\n", "t:see https://a.example/x?y=1. [https://a.example/x?y=1](https://a.example/x?y=1)" },
    { "no blank line", "Subject: x\nno body here", "t:Subject: x\nno body here" },
    { "words split by tags", HTML("<p>vio<span>la</span><b>tion</b></p>"), "t:violation" },
    { "line breaks", HTML("a<br>b<p>c"), "t:a|t:b|t:c" },
    { "heading", HTML("<h2>Notice</h2><p>text <b>bold</b></p><p><b>All bold</b></p>"), "h:Notice|t:text bold|h:All bold" },
    { "list", HTML("<ul><li>one<li>two</ul>after"), "i:one|i:two|t:after" },
    { "data table", HTML("<table><tr><td>Points</td><td>6</td></tr><tr><th>Case<th>A1</table>"), "c(0,0):Points|c(0,1):6|c(1,0):Case|c(1,1):A1" },
    { "layout table", HTML("<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>y"), "t:x|t:y" },
    { "entities", HTML("a&nbsp;&lt;b&gt; &#x4e2d;&#22269; &copy2026 &bogus; &"), "t:a\xc2\xa0<b> \xe4\xb8\xad\xe5\x9b\xbd \xc2\xa9" "2026 &bogus; &" },
    { "button", HTML("<p>text <a href='https://x.example/ a'>inline</a> more</p><a href=\"https://b.example/?a=1&amp;b=2\" style='padding:8px;background:#f00'>Appeal now</a>"),
      "t:text inline more|b:Appeal now [inline](https://x.example/a) [Appeal now](https://b.example/?a=1&b=2)!" },
    { "link on an image", HTML("<a href=https://x.example/><img alt='Open' src=y></a>"), "b:Open [Open](https://x.example/)!" },
    { "hidden: display", HTML("<div style='DISPLAY : none'>no<p>no</p></div>yes"), "t:yes" },
    { "hidden: size, height, opacity", HTML("<span style='font-size:0px'>no</span><div style='max-height:0;overflow:hidden'>no</div><i style='opacity:0'>no</i>yes"), "t:yes" },
    { "hidden: white on white", HTML("<p style='color:#ffffff'>no</p><p style='color:white;background:#f00'>yes</p>"), "t:yes" },
    { "hidden: background inherited", HTML("<td bgcolor=#123456><span style='color:#fff'>yes</span><span style='color:#123456'>no</span></td>"), "t:yes" },
    { "hidden: by style sheet", HTML("<style>.pre{display:none} @media print{.seen{display:none}}</style><div class='a pre'>no</div><div class=seen>yes</div>"), "t:yes" },
    { "hidden: attribute", HTML("<div hidden>no</div>yes"), "t:yes" },
    { "not hidden: size 10, opacity 0.9", HTML("<p style='font-size:10px;opacity:0.9'>yes</p>"), "t:yes" },
    { "comments and scripts", HTML("a<!-- no --><![if mso]>b<![endif]><script>no('</p>')</script><title>no</title>c"), "t:abc" },
    { "a bare blockquote sets off the sender's own words", HTML("new<blockquote>own</blockquote>"), "t:new|t:own" },
    { "blockquote of a reply", HTML("new<blockquote type=cite>old</blockquote>after"), "t:new|t1:old|t:after" },
    { "blockquote of a mail program", HTML("new<blockquote class='gmail_quote'>old</blockquote>"), "t:new|t1:old" },
    { "blockquote announced", HTML("new<p>On 5 March A wrote:</p><blockquote>old</blockquote>"), "t:new|t:On 5 March A wrote:|t1:old" },
    { "blockquote announced as forwarded", HTML("<p>-----Original Message-----</p><p>From: a@b.example</p><blockquote>old</blockquote>"), "t:-----Original Message-----|t:From: a@b.example|t1:old" },
    { "lines of a cell", HTML("<table><tr><td>Deadline</td><td>5 March<br>12:00 (GMT+8)</td></tr></table>"), "c(0,0):Deadline|c(0,1):5 March 12:00 (GMT+8)" },
    { "lines of a cell with labels", HTML("<table><tr><td>Case</td><td>Points: 2<br>Order: 1</td></tr></table>"), "c(0,0):Case|c(0,1):Points: 2|c(0,1):Order: 1" },
    { "mso-hide hides in one program alone", HTML("<p><a href='https://x.example/' style='mso-hide:all'>Appeal</a></p>"), "b:Appeal [Appeal](https://x.example/)!" },
    { "a form", HTML("<form action='https://f.example/'><input type=submit value=Go></form>"), " [](https://f.example/)!" },
    { "a button of a form", HTML("<p>x</p><button formaction=https://f.example/>Go</button>"), "t:x|t:Go [](https://f.example/)!" },
    { "a drawn button", HTML("<p>x</p><!--[if mso]><v:roundrect xmlns:v='urn:x' href='https://v.example/' fillcolor=red><v:textbox>Go</v:textbox></v:roundrect><![endif]-->"), "t:x [](https://v.example/)!" },
    { "a drawn button beside a link", HTML("<!--[if mso]><v:rect href='https://v.example/'/><![endif]--><!--[if !mso]><!--><a href='https://v.example/'>Go</a><!--<![endif]-->"), "b:Go [Go](https://v.example/)!" },
    { "a map of an image", HTML("<img usemap=#m src=x><map name=m><area href=https://m.example/></map>x"), "t:x [](https://m.example/)!" },
    { "a base", HTML("<base href='https://b.example/d/'><p>see <a href='/x'>this</a></p><a href=y>Go</a>"), "t:see this|b:Go [this](https://b.example/x) [Go](https://b.example/y)!" },
    { "a page that goes on", HTML("<meta http-equiv=refresh content='0; URL=https://r.example/'>x"), "t:x [](https://r.example/)!" },
    { "a drawing with a link", HTML("<svg><a xlink:href='https://s.example/'><text>Go</text></a></svg>"), "b:Go [Go](https://s.example/)!" },
    { "a hidden link", HTML("<p>x</p><a style='display:none' href='https://h.example/'>no</a>"), "t:x [](https://h.example/)" },
    { "size 0 undone within", HTML("<td style='font-size:0'>no<span style='font-size:14px'>yes</span> <span style='font:italic 12px/1.5 Arial'>too</span></td>"), "t:yestoo" },
    { "size 0 is not undone by parts of it", HTML("<div style='font-size:0'><span style='font-size:120%'>no</span><b style='font-size:2em'>no</b></div>yes"), "t:yes" },
    { "visibility undone within", HTML("<div style='visibility:hidden'>no<span style='visibility:visible'>yes</span></div>"), "t:yes" },
    { "colour undone within", HTML("<td style='color:#fff'>no<span style='color:#333'>yes</span></td>"), "t:yes" },
    { "white on a background that a class sets", HTML("<style>.h{background:#e62e04}</style><div class=h><span style='color:#fff'>yes</span></div>"), "t:yes" },
    { "white on a background that a tag sets", HTML("<style>/* x */ th{background-color:#e62e04}</style><table><tr><th style='color:#fff'>yes<th>b</table>"), "c(0,0):yes|c(0,1):b" },
    { "white where backgrounds cannot be told", HTML("<style>.w td{background:#e62e04}</style><table class=w><tr><td style='color:#fff'>yes</table>"), "t:yes" },
    { "white by a class on white", HTML("<style>@import url(x); .n{color:#fefefe}</style><p class=n>no</p><p>yes</p>"), "t:yes" },
    { "rgb", HTML("<p style='color:rgb(255, 255,255)'>no</p><p style='color:rgba(0,0,0,.5)'>yes</p>"), "t:yes" },
    { "shown again by its own style", HTML("<style>.n{display:none}</style><p class=n style='display:block'>yes</p>"), "t:yes" },
    { "no height, cut off", HTML("<div style='height:0;overflow:hidden'>no</div>yes"), "t:yes" },
    { "a mark that is never closed", HTML("<p><a href=\"https://x.example/>Appeal</a></p><p>Then</p>"), "b:Appeal|t:Then [Appeal](https://x.example/)!" },
    { "a mark that another tag closes", HTML("<p><a href=\"https://x.example/>Appeal</a></p><p class=\"a\">Then</p>"), "b:Appeal|t:Then [Appeal](https://x.example/)!" },
    { "an angle in words", HTML("<img alt=\"a > b <c\" src=x>"), "t:a > b <c" },
    { "unclosed everything", HTML("<div><p><table><tr><td>x<td>y"), "c(0,0):x|c(0,1):y" },
    { "a lone <", HTML("1 < 2 <3 </> <"), "t:1 < 2 <3 </> <" },
    { "page that names its charset", "Content-Type: text/html\n\n<html><head><meta charset=windows-1251></head>\xd8\xf2\xf0\xe0\xf4", "t:\xd0\xa8\xd1\x82\xd1\x80\xd0\xb0\xd1\x84" },
    { "page that names its charset the old way", "Content-Type: text/html\n\n<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=koi8-r'>\xfb\xd4\xd2\xc1\xc6", "t:\xd0\xa8\xd1\x82\xd1\x80\xd0\xb0\xd1\x84" },
    { "unlabelled koi8-r", "\n\xfb\xd4\xd2\xc1\xc6 \xce\xc1\xcc\xcf\xd6\xc5\xce", "t:\xd0\xa8\xd1\x82\xd1\x80\xd0\xb0\xd1\x84 \xd0\xbd\xd0\xb0\xd0\xbb\xd0\xbe\xd0\xb6\xd0\xb5\xd0\xbd" },
    { "unlabelled gbk", "Content-Type: text/plain\n\n\xce\xa5\xb9\xe6\xcd\xa8\xd6\xaa", "t:\xe8\xbf\x9d\xe8\xa7\x84\xe9\x80\x9a\xe7\x9f\xa5" },
    { "gb2312 label on gb18030", "Content-Type: text/plain; charset=gb2312\n\n\x81\x39\xef\x30", "t:\xe3\x90\x81" },
    { "latin1 label on utf-8 is taken at its word", "Content-Type: text/plain; charset=iso-8859-1\n\ncaf\xe9", "t:caf\xc3\xa9" },
    { "big5", "Content-Type: text/plain; charset=big5\n\n\xb9\x48\xb3\x57", "t:\xe9\x81\x95\xe8\xa6\x8f" },
    { "euc-kr", "Content-Type: text/plain; charset=euc-kr\n\n\xc0\xa7\xb9\xdd", "t:\xec\x9c\x84\xeb\xb0\x98" },
    { "iso-2022-jp", "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B0cH?\x1b(B", "t:\xe9\x81\x95\xe5\x8f\x8d" },
    { "windows-1251", "Content-Type: text/plain; charset=windows-1251\n\n\xd8\xf2\xf0\xe0\xf4", "t:\xd0\xa8\xd1\x82\xd1\x80\xd0\xb0\xd1\x84" },
    { "base64 without padding", "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSGVsbG8gd29ybGQ", "t:Hello world" },
    { "text that is said to be base64", "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nDear seller, your product was removed.\n", "t:Dear seller, your product was removed." },
    { "flowed", "Content-Type: text/plain; format=flowed\n\nPlease appeal \nbefore 5 \nMarch.\nSecond line\n> quoted \n> text\n-- \nme\n", "t:Please appeal before 5 March.\nSecond line|t1:quoted text|t:-- \nme" },
    { "flowed without blanks", "Content-Type: text/plain; format=flowed; delsp=yes; charset=utf-8\n\n\xe8\xbf\x9d \n\xe8\xa7\x84\n", "t:\xe8\xbf\x9d\xe8\xa7\x84" },
    { "an attached page alone", "Content-Type: text/html; name=a.html\nContent-Disposition: attachment; filename=a.html\n\n<p>Your <b>product</b></p>", "t:Your product" },
    { "an attached page beside text", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: application/octet-stream; name=\"a.htm\"\nContent-Disposition: attachment\n\n<form action=https://f.example/>x</form>\n--b--\n", "t:text [](https://f.example/)!" },
    { "links of the other form", "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nAppeal at https://p.example/\n--b\nContent-Type: text/html\n\n<p>A html part that says enough to stand for the message as a whole, surely more than the plain one.</p>\n--b--\n",
      "t:A html part that says enough to stand for the message as a whole, surely more than the plain one. [https://p.example/](https://p.example/)" },
    { "alternative prefers html", "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<p>A html part that says enough to stand for the message as a whole, surely more than the plain one.</p>\n--b--\n",
      "t:A html part that says enough to stand for the message as a whole, surely more than the plain one." },
    { "alternative with an empty html", "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<img src=x>\n--b--\n", "t:plain" },
    { "boundary that never comes", "Content-Type: multipart/mixed; boundary=b\n\nthe text is here\n", "t:the text is here" },
    { "boundary of a quote", "Content-Type: multipart/mixed; boundary=\"\\\"\"\n\nx\n", "t:x" },
    { "attached message", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ninside\n--b--\n", "t:see" },
    { "nuls", "\na", "t:a" },
};
/* clang-format on */

static void
test_messages(void)
{
    int wrong = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_autoptr(ApdDocument) document =
            apd_mime_read(messages[i].message, strlen(messages[i].message));
        g_autofree char *shown = show(document);

        if (g_str_equal(shown, messages[i].shown))
            continue;
        g_test_message("%s: '%s', not '%s'", messages[i].what, shown, messages[i].shown);
        wrong++;
    }
    g_assert_cmpint(wrong, ==, 0);
}

/* --- without GMime ------------------------------------------------------------------------ */

/* clang-format off */
static const struct { const char *message; bool simple; } forms[] = {
    { "Subject: s\n\nx", true },
    { "Subject: s\r\nContent-Type: text/html; charset=\"utf-8\"\r\n\r\n<p>\xc3\xa9", true },
    { "Content-Type: TEXT/Plain;\n\tformat=flowed; delsp=yes;charset=us-ascii\n\na \nb\n", true },
    { "content-type: text/plain; charset=koi8-r\ncontent-transfer-encoding: Quoted-Printable\n\n=EE=C1=D2", true },
    { "Content-Transfer-Encoding: base64\n\nSGVsbG8=", true },
    { "From: a@a.example\nFrom: b@b.example\nSubject: one\n two\nSubject: three\nTo:\n\nx", true },
    { "\nno headers", true },
    { "", false },
    { "Subject: no end", false },
    { " folded: first\n\nx", false },
    { "From a@a.example\nSubject: s\n\nx", false },
    { "Subject : s\n\nx", false },
    { "Subject: s\nno field\n\nx", false },
    { "Content-Type: text/html\nContent-Type: text/plain\n\nx", false },
    { "Content-Type: text/html (page)\n\nx", false },
    { "Content-Type: text/html; charset=a; charset=b\n\nx", false },
    { "Content-Type: text/html; charset*=utf-8''a\n\nx", false },
    { "Content-Type: text/html; name=a.txt\n\nx", false },
    { "Content-Type: text/html; charset=\"a\\\"b\"\n\nx", false },
    { "Content-Type: text/html charset=a\n\nx", false },
    { "Content-Type: text/calendar\n\nx", false },
    { "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n", false },
    { "Content-Disposition: inline\n\nx", false },
    { "Content-Transfer-Encoding: x-uuencode\n\nx", false },
};
/* clang-format on */

/* What is simple is read as GMime has it read. */
static void
test_simple(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        const char *message = forms[i].message;
        g_autofree char *longer = g_strconcat("Content-Disposition: inline\n", message, NULL);
        g_autoptr(ApdDocument) simple = apd_document_new();
        g_autoptr(ApdDocument) document = apd_mime_read(message, strlen(message));
        g_autoptr(ApdDocument) other = apd_mime_read(longer, strlen(longer));
        g_autofree char *shown = show(document), *shown_other = show(other);

        g_test_message("%s", message);
        g_assert_cmpint(apd_mime_simple_read(message, strlen(message), simple), ==,
                        forms[i].simple);
        if (!forms[i].simple)
            continue;
        g_assert_cmpstr(shown, ==, shown_other);
        g_assert_cmpstr(document->subject, ==, other->subject);
        g_assert_cmpstr(document->from_address, ==, other->from_address);
        g_assert_cmpstr(document->to_address, ==, other->to_address);
        g_assert_cmpstr(document->charset, ==, other->charset);
        g_assert_cmpuint(g_strv_length(document->from_domains), ==,
                         g_strv_length(other->from_domains));
    }
}

static void
test_headers(void)
{
    static const char message[] =
        "Authentication-Results: mx.seller.example;\r\n dmarc=pass (p=none)\r\n"
        "  header.from=a.example\r\n"
        "Authentication-Results: evil; dmarc=pass\r\n"
        "From: \"Ali, \\\"Express\\\"\" <Notice@Notice.AliExpress.com>, second "
        "<b@other.example>\r\n"
        "Reply-To: (comment) reply@c.example\r\n"
        "To: =?utf-8?Q?J=C3=BCrgen?= <j@d.example>\r\n"
        "Message-ID: <0123456789abcdef0123456789abcdef>\r\n"
        "Subject: =?utf-8?B?6L+d6KeE?=\r\n"
        "Precedence: bulk\r\n\r\nx";
    g_autoptr(ApdDocument) document = apd_mime_read(message, strlen(message));

    g_assert_cmpstr(document->authentication_results[0], ==,
                    "mx.seller.example; dmarc=pass (p=none) header.from=a.example");
    g_assert_cmpstr(document->authentication_results[1], ==, "evil; dmarc=pass");
    g_assert_cmpstr(document->from_address, ==, "Notice@Notice.AliExpress.com");
    g_assert_cmpstr(document->from_name, ==, "Ali, \"Express\"");
    g_assert_cmpstr(document->from_domains[0], ==, "notice.aliexpress.com");
    g_assert_cmpstr(document->from_domains[1], ==, "other.example");
    g_assert_cmpstr(document->reply_to_address, ==, "reply@c.example");
    g_assert_cmpstr(document->to_address, ==, "j@d.example");
    g_assert_cmpstr(document->message_id, ==, "0123456789abcdef0123456789abcdef");
    g_assert_cmpstr(document->subject, ==, "违规");
    g_assert_true(document->is_bulk);
    g_assert_cmpint(document->date, ==, APD_NEVER);
}

static void
test_attached(void)
{
    const char *message = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++)
        if (g_str_equal(messages[i].what, "attached message"))
            message = messages[i].message;

    g_autoptr(ApdDocument) document = apd_mime_read(message, strlen(message));
    g_assert_cmpuint(document->attached->len, ==, 1);
    const ApdDocument *inner = document->attached->pdata[0];
    g_assert_cmpstr(inner->subject, ==, "inner");
    g_assert_cmpstr(g_array_index(inner->blocks, ApdBlock, 0).text, ==, "inside");
}

/* An attached message may not be encoded, and is. */
static void
test_attached_encoded(void)
{
    static const char message[] =
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\n"
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        "U3ViamVjdDogaW5uZXIKCmluc2lkZQo=\n--b--\n";
    g_autoptr(ApdDocument) document = apd_mime_read(message, strlen(message));

    g_assert_cmpuint(document->attached->len, ==, 1);
    const ApdDocument *inner = document->attached->pdata[0];
    g_assert_cmpstr(inner->subject, ==, "inner");
    g_assert_cmpstr(g_array_index(inner->blocks, ApdBlock, 0).text, ==, "inside");
}

/* clang-format off */
static const struct { const char *header, *address, *name, *domains; } senders[] = {
    { "From: A <a@a.example>\n", "a@a.example", "A", "a.example" },
    { "From: a@a.example\n", "a@a.example", NULL, "a.example" },
    { "From: a@a.example (A B)\n", "a@a.example", "A B", "a.example" },
    { "From: a@a.example\nFrom: B <b@b.example>\n", "a@a.example", NULL, "a.example b.example" },
    { "From: Team: A <a@a.example>, b@b.example;\n", "a@a.example", "A", "a.example b.example" },
    { "From: Team: a@a.example;\n", "a@a.example", "Team", "a.example" },
    { "From: A <a@a.example> <b@b.example>\n", "b@b.example", "A <a@a.example>", "b.example a.example" },
    { "From: \"A: b, <c@c.example>\" <a@a.example>\n", "a@a.example", "A: b, <c@c.example>", "a.example" },
    { "From: =?utf-8?Q?a=40a.example?=\n", "=?utf-8?Q?a=40a.example?=", "a@a.example", "" },
    { "From: =?utf-8?Q?A?= <@x.example:a@a.example>\n", "@x.example:a@a.example", "A", "a.example" },
    { "From: A\n <a@a.example\n", "a@a.example", "A", "a.example" },
};
/* clang-format on */

static void
test_senders(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(senders); i++) {
        g_autofree char *message = g_strconcat(senders[i].header, "\nx", NULL);
        g_autoptr(ApdDocument) document = apd_mime_read(message, strlen(message));
        g_autofree char *domains = g_strjoinv(" ", document->from_domains);

        g_assert_cmpstr(document->from_address, ==, senders[i].address);
        g_assert_cmpstr(document->from_name, ==, senders[i].name);
        g_assert_cmpstr(domains, ==, senders[i].domains);
    }
}

/* Made to be slow or deep: each is read in bounded time and memory. */
static GString *
repeat(const char *head, const char *piece, int n)
{
    GString *text = g_string_new(head);

    for (int i = 0; i < n; i++)
        g_string_append(text, piece);
    return text;
}

static void
test_hostile(void)
{
    static const struct {
        const char *head, *piece;
        int n;
    } hostile[] = {
        { HTML(""), "<div>", 300000 },
        { HTML(""), "<table><tr><td>", 100000 },
        { HTML("<a "), "x=1 ", 300000 },
        { HTML(""), "&#x;&", 300000 },
        { HTML(""), "<a href=x>", 100000 },
        { HTML(""), "<style>.a{display:none}</style>", 30000 },
        { "Subject: ", "=?utf-8?Q?a", 20000 },
        { "To: ", "a:", 60000 },
        { "", "X-Header: y\n", 100000 },
        { "Content-Type: multipart/mixed; boundary=a\n\n",
          "--a\nContent-Type: multipart/mixed; boundary=a\n\n", 20000 },
        { "Content-Type: multipart/mixed; boundary=a\n\n", "--a\n\nx\n", 100000 },
        { "\n", "> ", 500000 },
        { "\n", "http://a", 200000 },
        { "Content-Type: message/rfc822\n\nTo: ", "a:", 300000 },
        { "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\nCc : ",
          "a:\n\t", 300000 },
        { "", "Content-Type: message/rfc822\n\n", 50000 },
        { HTML(""), "<!--[if mso]><v:rect href=https://a.example/x>", 40000 },
        { HTML(""), "<form action=https://a.example/>", 60000 },
        { HTML(""), "<a href=\"https://a.example/>", 60000 },
        { HTML(""), "<blockquote>", 150000 },
        { HTML("<table><tr>"), "<td>a<br>b<br>c", 100000 },
        { HTML("<table><tr><td>x<td>"), "a<br>", 300000 },
        { HTML("<style>"), ".a{color:red}.b .c{background:red}", 50000 },
        { HTML("<style>.a{color:red}</style>"), "<i class='a b c d e f'>", 80000 },
        { "Content-Type: text/plain; format=flowed\n\n", "a \n", 400000 },
        { "\n", "\xc3\xa9\xd0\xff", 200000 },
        { "From: ", "a:<", 20000 },
        { "From: ", "(", 60000 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autoptr(GString) text = repeat(hostile[i].head, hostile[i].piece, hostile[i].n);
        gint64 start = g_get_monotonic_time();
        g_autoptr(ApdDocument) document = apd_mime_read(text->str, text->len);

        g_test_message("%s: %" G_GINT64_FORMAT " ms", hostile[i].piece,
                       (g_get_monotonic_time() - start) / 1000);
        g_assert_cmpuint(document->blocks->len, <=, 20000);
        g_assert_cmpuint(document->links->len, <=, 2000);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    apd_mime_init();
    g_test_add_func("/mime/transfer", test_transfer);
    g_test_add_func("/mime/words", test_words);
    g_test_add_func("/mime/dates", test_dates);
    g_test_add_func("/mime/messages", test_messages);
    g_test_add_func("/mime/simple", test_simple);
    g_test_add_func("/mime/headers", test_headers);
    g_test_add_func("/mime/attached", test_attached);
    g_test_add_func("/mime/attached-encoded", test_attached_encoded);
    g_test_add_func("/mime/senders", test_senders);
    g_test_add_func("/mime/hostile", test_hostile);
    return g_test_run();
}
