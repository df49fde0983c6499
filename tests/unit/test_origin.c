/* Thinks as a forger: whatever he writes, it is never called genuine; and what the
 * platform itself writes is not called forged. */
#include <glib.h>
#include <string.h>

#include "app/rules_load.h"
#include "io/mime.h"
#include "io/psl.h"
#include "logic/origin.h"
#include "logic/segment.h"
#include "logic/web_address.h"

#define PASS                                                                                       \
    "Authentication-Results: mx.seller.example; dkim=pass header.d=notice.aliexpress.com;"         \
    " dmarc=pass header.from=notice.aliexpress.com\n"
#define FROM "From: AliExpress <notice@notice.aliexpress.com>\n"
#define TEXT "Content-Type: text/plain; charset=utf-8\n\n"
#define HTML "Content-Type: text/html; charset=utf-8\n\n"
#define HOME                                                                                       \
    "<p>Your product was removed.</p><p><a href='https://csp.aliexpress.com/a'>Appeal</a></p>"
#define MINE                                                                                       \
    "Authentication-Results: mx.seller.example; dkim=pass header.d=evil.example; dmarc=pass "      \
    "header.from=evil.example\n"
#define NO_LINK HTML "<p>Your product was removed.</p>"

/* clang-format off */
static const struct { const char *what; ApdAuthenticity authenticity; const char *message; } rows[] = {
    /* what the platform writes */
    { "a link home", APD_AUTHENTICITY_GENUINE, PASS FROM HTML HOME },
    { "no link", APD_AUTHENTICITY_GENUINE, PASS FROM NO_LINK },
    { "the law", APD_AUTHENTICITY_GENUINE, PASS FROM HTML HOME "<p>Legal text: <a href='https://eur-lex.europa.eu/x'>Regulation (EU) 2023/988</a></p>" },
    { "the law alone in its line", APD_AUTHENTICITY_GENUINE, PASS FROM HTML HOME "<p><a href='https://www.gov.uk/product-law'>UK law</a></p>" },
    { "the law elsewhere", APD_AUTHENTICITY_GENUINE, PASS FROM HTML HOME "<p>Gesetzestext: <a href='https://recht.example/gpsr'>Verordnung 2023/988</a></p>" },
    { "the law before an appeal", APD_AUTHENTICITY_GENUINE, PASS FROM HTML HOME "<p>Before you appeal, read the regulation <a href='https://law.example/gpsr'>here</a></p>" },
    { "a recall", APD_AUTHENTICITY_GENUINE, PASS FROM HTML HOME "<p>Rückruf im Wortlaut: https://warnung.example/a12</p>" },
    { "its pages with others", APD_AUTHENTICITY_GENUINE, PASS FROM HTML HOME "<p><a href='https://www.facebook.com/aliexpress'>Facebook</a></p>" },
    { "where a parcel is looked up", APD_AUTHENTICITY_GENUINE, PASS FROM HTML HOME "<p>Parcel LX1: <a href='https://t.17track.net/en#nums=LX1'>Track it</a></p>" },
    { "mail to itself", APD_AUTHENTICITY_GENUINE, PASS FROM HTML HOME "<a href='mailto:help@aliexpress.com'>Write to us</a>" },
    { "mail of a complainant", APD_AUTHENTICITY_GENUINE, PASS FROM HTML HOME "<p>Complainant: <a href='mailto:ip@brand.example'>ip@brand.example</a></p>" },
    { "answers go home", APD_AUTHENTICITY_GENUINE, PASS FROM "Reply-To: help@service.alibaba.com\n" NO_LINK },
    { "a link home by way of home", APD_AUTHENTICITY_GENUINE, PASS FROM HTML "<a href='https://login.aliexpress.com/?return=https%3A%2F%2Fcsp.aliexpress.com%2Fa'>Sign in</a>" },
    { "a group of one", APD_AUTHENTICITY_GENUINE, PASS "From: Notices: AliExpress <notice@notice.aliexpress.com>;\n" NO_LINK },
    { "an anchor and a telephone", APD_AUTHENTICITY_GENUINE, PASS FROM HTML HOME "<a href='#top'>Up</a> <a href='tel:+8610'>Call</a>" },

    /* links */
    { "a button among genuine links", APD_AUTHENTICITY_FORGED, PASS FROM HTML "<p><a href='https://csp.aliexpress.com/r'>Rules</a> <a href='https://desk.example/r8'>Handle now</a></p>" },
    { "an address with words before it", APD_AUTHENTICITY_FORGED, PASS FROM TEXT "Defend yourself here: https://desk.example/d\n\nSettings: https://csp.aliexpress.com/s\n" },
    { "a law, and what to do under it", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p>Under Regulation (EU) 2023/988 upload your documents <a href='https://desk.example/d'>here</a></p>" },
    { "the only address", APD_AUTHENTICITY_FORGED, PASS FROM TEXT "Your store was closed.\n\nhttps://desk.example/d\n" },
    { "an address in the line before", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p>Submit your evidence:</p><p>see https://desk.example/d for it</p>" },
    { "a link for no known purpose", APD_AUTHENTICITY_UNVERIFIED, PASS FROM HTML HOME "<p>A picture of <a href='https://pics.example/1'>the parcel</a> is kept.</p>" },
    { "a suffix", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p>See <a href='https://aliexpress.com.evil.example/'>this</a>.</p>" },
    { "another name with the brand", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p>See <a href='https://notaliexpress.com/'>this</a>.</p>" },
    { "the brand with a hyphen", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p>See <a href='https://ali-express.example/'>this</a>.</p>" },
    { "user information", APD_AUTHENTICITY_FORGED, PASS FROM HTML "See <a href='https://csp.aliexpress.com@evil.example/'>this</a>." },
    { "user information escaped", APD_AUTHENTICITY_FORGED, PASS FROM HTML "See <a href='https://csp.aliexpress.com%40evil.example/'>this</a>." },
    { "a slash the other way", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "See <a href='https:\\\\evil.example\\@aliexpress.com'>the appeal page</a>." },
    { "no slashes", APD_AUTHENTICITY_FORGED, PASS FROM HTML "<p><a href='https:evil.example/x'>Appeal</a></p>" },
    { "three slashes", APD_AUTHENTICITY_FORGED, PASS FROM HTML "<p><a href='https:///evil.example/x'>Appeal</a></p>" },
    { "no scheme", APD_AUTHENTICITY_FORGED, PASS FROM HTML "<p><a href='//evil.example/x'>Appeal</a></p>" },
    { "blanks within", APD_AUTHENTICITY_FORGED, PASS FROM HTML "<p><a href=' ht\ntps://evil.exa\tmple/x'>Appeal</a></p>" },
    { "full width dots", APD_AUTHENTICITY_FORGED, PASS FROM HTML "<p><a href='https://aliexpress.com。evil.example/x'>Appeal</a></p>" },
    { "punycode", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "See <a href='https://xn--liexpress-zyh.com/x'>this</a>." },
    { "a Cyrillic letter", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "See <a href='https://аliexpress.com/x'>this</a>." },
    { "a number for a host", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "See <a href='http://3232235777/x'>this</a>." },
    { "an address for a host", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "See <a href='http://192.0.2.1/x'>this</a>." },
    { "six groups", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "See <a href='http://[2001:db8::1]/x'>this</a>." },
    { "a shortener", APD_AUTHENTICITY_UNVERIFIED, PASS FROM HTML HOME "<p>The law is at <a href='https://bit.ly/x'>bit.ly/x</a>.</p>" },
    { "a shortener to act", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p>Appeal <a href='https://bit.ly/x'>bit.ly/x</a>.</p>" },
    { "an open redirector", APD_AUTHENTICITY_FORGED, PASS FROM HTML "<p><a href='https://www.aliexpress.com/go?u=https://evil.example/x'>Appeal</a></p>" },
    { "an open redirector, escaped twice", APD_AUTHENTICITY_FORGED, PASS FROM HTML "<p><a href='https://www.aliexpress.com/go?u=https%253A%252F%252Fevil.example'>Appeal</a></p>" },
    { "an open redirector without scheme", APD_AUTHENTICITY_FORGED, PASS FROM HTML "<p><a href='https://www.aliexpress.com/go?u=%2F%2Fevil.example'>Appeal</a></p>" },
    { "words that show home", APD_AUTHENTICITY_FORGED, PASS FROM HTML "See <a href='https://evil.example/x'>csp.aliexpress.com/appeal</a> about it." },
    { "script", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "See <a href='javascript:go()'>this</a>." },
    { "a page within", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "See <a href='data:text/html,x'>this</a>." },
    { "mail to somebody else", APD_AUTHENTICITY_FORGED, PASS FROM HTML "<p><a href='mailto:desk@free.example'>Send your evidence</a></p>" },
    { "an image", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p>text <a href='https://evil.example/'><img src=x></a> text</p>" },
    { "a page that passes on, with others", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p>see <a href='https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.example'>your account</a></p>" },
    { "a page that passes on, of an office", APD_AUTHENTICITY_UNVERIFIED, PASS FROM HTML HOME "<p>This is what the court said: <a href='https://www.customs.gov/go?u=https%3A%2F%2Fevil.example'>customs</a></p>" },
    { "a law behind a drawn button", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p>text <a style='padding:9px;background:red' href='https://evil.example/'>View regulation</a></p>" },
    { "a page within the page", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<iframe src='https://evil.example/'></iframe>" },
    { "a base elsewhere", APD_AUTHENTICITY_FORGED, PASS FROM HTML "<base href='https://evil.example/'><p><a href='/csp.aliexpress.com'>Appeal</a></p>" },
    { "a map of an image", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<img usemap=#m><map name=m><area shape=rect href='https://evil.example/'></map>" },
    { "a form", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<form action='https://evil.example/'><input name=p></form>" },
    { "a button of a form", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<form><button formaction='https://evil.example/'>Send</button></form>" },
    { "a button for one program", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<!--[if mso]><v:roundrect href='https://evil.example/'></v:roundrect><![endif]-->" },
    { "a link for one program", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<!--[if mso]><a href='https://evil.example/'>Appeal</a><![endif]-->" },
    { "a link hidden from others", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p><a style='mso-hide:all' href='https://evil.example/'>Appeal</a></p>" },
    { "a link hidden at first", APD_AUTHENTICITY_UNVERIFIED, PASS FROM HTML HOME "<p>Thank you for your trust in us.</p><a style='display:none' class=show href='https://evil.example/'>Appeal</a>" },
    { "an address without scheme", APD_AUTHENTICITY_FORGED, PASS FROM TEXT "Your store was closed. Appeal at www.evil.example/x\n" },
    { "an address in the other form alone", APD_AUTHENTICITY_FORGED, PASS FROM "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nAppeal here: https://evil.example/\n--b\n" HTML HOME "<p>This is long enough to stand for the message, longer than eighty bytes in any case.</p>\n--b--\n" },
    { "an attached form", APD_AUTHENTICITY_FORGED, PASS FROM "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nOpen the form.\n--b\nContent-Type: text/html; name=form.html\nContent-Disposition: attachment\n\n<form action='https://evil.example/'></form>\n--b--\n" },
    { "a mark that is never closed", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p><a href=\"https://evil.example/>Appeal</a></p><p>x</p>" },
    { "a style that is never closed", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<p style=\"color:red;<a/href='https://evil.example/'>Appeal</a></p><p>a \"b\" c</p>" },
    { "a slash for a blank, for one program", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<!--[if mso]><a/href='https://evil.example/'>Appeal</a><![endif]-->" },
    { "in what an answer quotes", APD_AUTHENTICITY_UNVERIFIED, PASS FROM HTML HOME "<p>On Monday x wrote:</p><blockquote><a href='https://evil.example/'>Appeal</a></blockquote>" },
    { "in a bare quotation", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<blockquote><p><a href='https://evil.example/'>Appeal</a></p></blockquote>" },
    { "in a quotation that answers nothing", APD_AUTHENTICITY_FORGED, PASS FROM HTML HOME "<blockquote type=cite><p><a href='https://evil.example/'>Appeal</a></p></blockquote>" },

    /* senders */
    { "two From: fields", APD_AUTHENTICITY_FORGED, PASS FROM "From: a@evil.example\n" NO_LINK },
    { "two From: fields, ours last", APD_AUTHENTICITY_FORGED, PASS "From: a@evil.example\n" FROM NO_LINK },
    { "a group of several", APD_AUTHENTICITY_FORGED, PASS "From: AliExpress: notice@notice.aliexpress.com, a@evil.example;\n" NO_LINK },
    { "a name of a group", APD_AUTHENTICITY_FORGED, MINE "From: AliExpress: a@evil.example;\n" NO_LINK },
    { "a name in a comment", APD_AUTHENTICITY_FORGED, MINE "From: a@evil.example (AliExpress)\n" NO_LINK },
    { "two addresses after one name", APD_AUTHENTICITY_FORGED, PASS "From: AliExpress <a@evil.example> <notice@notice.aliexpress.com>\n" NO_LINK },
    { "an encoded address for an address", APD_AUTHENTICITY_FORGED, "Authentication-Results: mx.seller.example; dmarc=pass\nFrom: =?utf-8?Q?notice=40notice.aliexpress.com?=\n" NO_LINK },
    { "a route to elsewhere", APD_AUTHENTICITY_FORGED, MINE "From: AliExpress <@notice.aliexpress.com:a@evil.example>\n" NO_LINK },
    { "a brand before another domain", APD_AUTHENTICITY_FORGED, MINE "From: AliExpress <a@evil.example>\n" HTML HOME },
    { "a spaced brand", APD_AUTHENTICITY_FORGED, MINE "From: A l i - Express <a@evil.example>\n" HTML HOME },
    { "a brand in other letters", APD_AUTHENTICITY_FORGED, MINE "From: =?utf-8?B?0JBsaUV4cHJlc3M=?= <a@evil.example>\n" HTML HOME },
    { "a misspelt brand", APD_AUTHENTICITY_FORGED, MINE "From: AliExpres Support <a@evil.example>\n" HTML HOME },
    { "an address for a name", APD_AUTHENTICITY_FORGED, MINE "From: \"notice@notice.aliexpress.com\" <a@evil.example>\n" HTML HOME },
    { "a relay", APD_AUTHENTICITY_UNVERIFIED, "Authentication-Results: mx.seller.example; dmarc=pass header.from=mozmail.com\n"
      "From: \"notice@notice.aliexpress.com [via Relay]\" <x1@mozmail.com>\n" NO_LINK },
    { "a stranger by a relay", APD_AUTHENTICITY_GENUINE, "Authentication-Results: mx.seller.example; dmarc=pass header.from=mozmail.com\n"
      "From: \"anna@a.example [via Relay]\" <x1@mozmail.com>\n" NO_LINK },
    { "a list that writes in its own name", APD_AUTHENTICITY_UNVERIFIED, "Authentication-Results: mx.seller.example; dmarc=pass header.from=lists.example\n"
      "From: 'AliExpress' via Sellers <sellers@lists.example>\nList-Id: <sellers.lists.example>\n" NO_LINK },
    { "a relay with a call elsewhere", APD_AUTHENTICITY_FORGED, "From: AliExpress <notice_at_notice_aliexpress_com_x1@privaterelay.appleid.com>\n" HTML "<p><a href='https://evil.example/'>Appeal</a></p>" },
    { "a signature", APD_AUTHENTICITY_FORGED, MINE "From: Seller Desk <a@evil.example>\n" TEXT "Your store was frozen. Reply within 24 hours.\n\nAliExpress Seller Support\n" },
    { "a Chinese signature", APD_AUTHENTICITY_FORGED, MINE "From: Seller Desk <a@evil.example>\n" TEXT "您的店铺已被冻结。\n\n速卖通团队\n" },
    { "who writes about it", APD_AUTHENTICITY_GENUINE, MINE "From: Anna <a@evil.example>\n" TEXT "I wrote to them.\n\nThe AliExpress support team answered me yesterday, and it took them a whole week to do so.\n\nAnna\n" },
    { "somebody whose name ends so", APD_AUTHENTICITY_GENUINE, MINE "From: Vitali Express <a@evil.example>\n" TEXT "Hello.\n" },
    { "two addresses", APD_AUTHENTICITY_FORGED, PASS "From: a@evil.example, AliExpress <notice@notice.aliexpress.com>\n" NO_LINK },
    { "two addresses, ours first", APD_AUTHENTICITY_FORGED, PASS "From: notice@notice.aliexpress.com, a@evil.example\n" NO_LINK },
    { "a foreign address to answer, and a link elsewhere", APD_AUTHENTICITY_FORGED, PASS FROM "Reply-To: case@desk.example\n" HTML HOME "<p>A picture of <a href='https://pics.example/1'>the parcel</a> is kept.</p>" },
    { "a foreign address to answer", APD_AUTHENTICITY_UNVERIFIED, PASS FROM "Reply-To: case@desk.example\n" NO_LINK },
    { "a like address to answer", APD_AUTHENTICITY_FORGED, PASS FROM "Reply-To: case@aliexpress-desk.example\n" NO_LINK },
    { "a foreign sender", APD_AUTHENTICITY_UNVERIFIED, PASS FROM "Sender: x@desk.example\n" NO_LINK },

    /* proofs */
    { "nobody's proof", APD_AUTHENTICITY_UNVERIFIED, FROM NO_LINK },
    { "somebody else's proof", APD_AUTHENTICITY_UNVERIFIED, "Authentication-Results: mx.evil.example; dmarc=pass header.from=notice.aliexpress.com\n" FROM NO_LINK },
    { "a proof below another", APD_AUTHENTICITY_UNVERIFIED, "Authentication-Results: mx.other.example; none\n" PASS FROM NO_LINK },
    { "a proof below a failure", APD_AUTHENTICITY_FORGED, "Authentication-Results: mx.seller.example; dmarc=fail header.from=notice.aliexpress.com\n" PASS FROM NO_LINK },
    { "a failure below a proof", APD_AUTHENTICITY_FORGED, PASS "Authentication-Results: mx.seller.example; dmarc=fail header.from=notice.aliexpress.com\n" FROM NO_LINK },
    { "a proof in a comment", APD_AUTHENTICITY_UNVERIFIED, "Authentication-Results: mx.seller.example; none (dmarc=pass header.from=notice.aliexpress.com)\n" FROM NO_LINK },
    { "a proof in quotes", APD_AUTHENTICITY_UNVERIFIED, "Authentication-Results: mx.seller.example; spf=pass smtp.mailfrom=\"x; dmarc=pass header.from=notice.aliexpress.com\"@evil.example\n" FROM NO_LINK },
    { "the name of the provider in a comment", APD_AUTHENTICITY_UNVERIFIED, "Authentication-Results: mx.evil.example (mx.seller.example); dmarc=pass header.from=notice.aliexpress.com\n" FROM NO_LINK },
    { "the envelope alone", APD_AUTHENTICITY_UNVERIFIED, "Authentication-Results: mx.seller.example; spf=pass smtp.mailfrom=notice.aliexpress.com\n" FROM NO_LINK },
    { "a signature of another", APD_AUTHENTICITY_UNVERIFIED, "Authentication-Results: mx.seller.example; dkim=pass header.d=evil.example header.i=@notice.aliexpress.com\n" FROM NO_LINK },
    { "folded, commented, in capitals", APD_AUTHENTICITY_GENUINE, "Authentication-Results: MX.seller.example (x) 1;\n\tDKIM = pass (ok; no)\n header.d = Notice.AliExpress.com\n" FROM NO_LINK },
    { "no sender at all", APD_AUTHENTICITY_UNVERIFIED, "Authentication-Results: mx.seller.example; dmarc=pass\n" NO_LINK },
};

static const struct { const char *href, *seen; } addresses[] = {
    { "https://a.example/x", "host a.example" },
    { "HTTPS://A.Example:443", "host a.example" },
    { "https://a.example.", "host a.example" },
    { "https://u:p@a.example/", "host a.example disguised" },
    { "https://a%2eexample/", "host a.example disguised" },
    { "https:a.example", "host a.example" },
    { "\\\\a.example\\b", "host a.example" },
    { "weird://a.example", "host a.example" },
    { "/just/a/path", "nowhere " },
    { "page.html", "nowhere " },
    { "https://ａ.example", "host a.example" },
    { "http://0x7f.1/", "host 0x7f.1 numeric" },
    { "http://[::1]:80/", "host [::1] numeric" },
    { "mailto:a@b.example?subject=x@c", "mail b.example" },
    { "javascript:x", "code " },
    { "", "nowhere " },
    { "https://", "host " },
    { "https://@", "host  disguised" },
};
/* clang-format on */

static const char *
registrable(const char *host, void *psl)
{
    return apd_psl_registrable(psl, host);
}

static void
test_rows(void)
{

    g_autoptr(GError) error = NULL;
    g_autoptr(ApdRules) rules = apd_rules_load("conf/rules", NULL, &error);
    g_assert_no_error(error);
    g_autoptr(ApdPsl) psl = apd_psl_new(&error);
    g_assert_no_error(error);
    g_autoptr(ApdOriginWords) words = apd_origin_words_new(rules);
    ApdOriginContext context = { rules, words, registrable, psl, "mx.seller.example" };
    int wrong = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ApdDocument) document = apd_mime_read(rows[i].message, strlen(rows[i].message));
        g_autoptr(ApdText) text = apd_segment_document(document);
        g_autoptr(ApdOrigin) origin = apd_origin_judge(&context, document, text);
        if (origin->authenticity == rows[i].authenticity)
            continue;
        g_test_message("%s: %s", rows[i].what, origin->why);
        wrong++;
    }
    g_assert_cmpint(wrong, ==, 0);
}

static void
test_addresses(void)
{
    static const char *const kinds[] = { "nowhere", "host", "mail", "code" };

    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_auto(ApdWebAddress) address = { 0 };
        apd_web_address_read(addresses[i].href, &address);
        g_autofree char *seen = g_strdup_printf("%s %s%s%s", kinds[address.kind], address.host,
                                                address.disguised ? " disguised" : "",
                                                address.numeric ? " numeric" : "");
        g_assert_cmpstr(seen, ==, addresses[i].seen);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    apd_mime_init();
    g_test_add_func("/origin/addresses", test_addresses);
    g_test_add_func("/origin/rows", test_rows);
    return g_test_run();
}
