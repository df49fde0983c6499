#include "logic/json_mail.h"

#include <string.h>

#include "logic/mail_pieces.h"

/* Who speaks when a record does not say: the platform. */
#define PLATFORM "notice@aliexpress.com"

/* What the reader takes anyway. */
#define MAX_TITLE 4096

/* @text may be anything. */
static void
add_words(GString *mail, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, MIN((gssize) strlen(text), MAX_TITLE));

    apd_mail_add_words(mail, valid);
}

/* An address without what could end it; else NULL. */
static const char *
address_of(const ApdJsonItem *item)
{
    return item->sender != NULL
                   && g_regex_match_simple("^[^\\s@<>(),;:\"\\\\]+@[A-Za-z0-9.-]+\\z", item->sender,
                                           G_REGEX_DEFAULT, 0)
               ? item->sender
               : NULL;
}

/* A name without an address is a stranger's: "Buyer 12" is not the platform. */
static void
add_sender(GString *mail, const ApdJsonItem *item)
{
    const char *address = item->sender ? address_of(item) : PLATFORM;

    g_string_append(mail, "From: ");
    if (address == NULL)
        add_words(mail, item->sender);
    g_string_append_printf(mail, "%s<%s>\r\n", address ? "" : " ",
                           address ? address : "sender@appeald.invalid");
    if (address != NULL && item->stated->vouched)
        g_string_append_printf(mail, "Authentication-Results: %s; dmarc=pass header.from=%s\r\n",
                               APD_JSON_AUTHSERV, strchr(address, '@') + 1);
}

static bool
is_html(const char *text)
{
    return g_regex_match_simple("<(p|br|div|table|html|body|a|span|b|strong|ul|ol|li|h[1-6])\\b",
                                text, G_REGEX_CASELESS, 0);
}

static void
add_body(GString *mail, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    g_string_append_printf(mail,
                           "MIME-Version: 1.0\r\nContent-Type: text/%s; charset=utf-8\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n",
                           is_html(valid) ? "html" : "plain");
    apd_mail_add_base64(mail, valid, strlen(valid));
}

GBytes *
apd_json_mail(const ApdJsonItem *item)
{
    g_autofree char *who = g_strconcat(item->stated->by, "\n", item->id, item->change ? "\n" : NULL,
                                       item->change, NULL);
    g_autofree char *id = g_compute_checksum_for_string(G_CHECKSUM_SHA256, who, -1);
    const char *title = item->title ? item->title : item->stated->category_how;
    GString *mail = g_string_new(NULL);

    g_string_append_printf(mail, "Message-ID: <%.32s@%s>\r\n", id, APD_JSON_AUTHSERV);
    if (item->time != APD_NEVER)
        apd_mail_add_date(mail, item->time);
    add_sender(mail, item);
    g_string_append(mail, "Subject: ");
    add_words(mail, item->title ? item->title : item->stated->by);
    g_string_append(mail, "\r\n");
    add_body(mail, item->body ? item->body : title ? title : "");
    return g_string_free_to_bytes(mail);
}
