#include "port/channel_mail.h"

#include <string.h>

#include "base/text.h"
#include "logic/mail_pieces.h"

#define MAX_SUBJECT 400
#define MAX_TEXT    16000

static const ApdMarkup html = {
    .unit = APD_UNIT_BYTES,
    .inert = true,
    .swaps = apd_swaps_entities,
    .url = apd_swaps_entities,
    .title = "<h3 style=\"margin:0 0 8px\">{text}</h3>",
    .fact = "<b>{label}:</b> {value}",
    .urgent = "<b>{label}:</b> <b style=\"color:#c0392b\">{value}</b>",
    .link = "<a href=\"{url}\" style=\"display:inline-block;margin:8px 0;padding:8px 16px;"
            "background:#1f6feb;color:#fff;text-decoration:none\">{label}</a>",
    .line = "<br>\n",
};

static void
append_part(GString *mail, const char *boundary, const char *type, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *canonical = g_strjoinv("\r\n", lines);

    g_string_append_printf(mail,
                           "--%s\r\nContent-Type: %s; charset=utf-8\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n",
                           boundary, type);
    apd_mail_add_base64(mail, canonical, strlen(canonical));
}

static void
append_headers(GString *mail, const ApdParcel *parcel, const char *from, char **to)
{
    g_autofree char *subject = apd_markup_fit(&apd_markup_raw, parcel->wording->title, MAX_SUBJECT);
    g_autofree char *line = apd_text_line(subject);
    g_autofree char *all = g_strjoinv(",\r\n ", to);
    g_autofree char *thread = apd_channel_case_key(parcel);
    const char *domain = strrchr(from, '@') + 1;

    apd_mail_add_date(mail, parcel->now);
    g_string_append_printf(mail, "From: appeald <%s>\r\nTo: %s\r\nSubject: ", from, all);
    apd_mail_add_words(mail, line);
    g_string_append_printf(mail, "\r\nMessage-ID: <%s@%s>\r\n", parcel->idempotency, domain);
    if (parcel->alert->kase != NULL)
        g_string_append_printf(mail, "References: <%s@%s>\r\n", thread, domain);
    g_string_append(mail, "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
                          "X-Appeald: alert\r\nMIME-Version: 1.0\r\n");
    if (parcel->wording->severity >= APD_SEVERITY_HIGH)
        g_string_append(mail, "Importance: high\r\nX-Priority: 1\r\n");
}

GBytes *
apd_mail_make(const ApdParcel *parcel, const char *from, char **to)
{
    const ApdWording *wording = parcel->wording;
    GString *mail = g_string_new(NULL);
    g_autofree char *boundary = g_strdup_printf("=_%s", parcel->idempotency);
    g_autofree char *text =
        apd_sheet_make(wording, &apd_markup_plain_bytes, MAX_TEXT, APD_SHEET_ALL);
    g_autofree char *rich = apd_sheet_make(wording, &html, MAX_TEXT, APD_SHEET_ALL);
    g_autofree char *page =
        g_strdup_printf("<!DOCTYPE html><html lang=\"%s\"><body "
                        "style=\"font-family:sans-serif\">\n%s\n</body></html>\n",
                        wording->language, rich);

    append_headers(mail, parcel, from, to);
    g_string_append_printf(mail, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n",
                           boundary);
    append_part(mail, boundary, "text/plain", text);
    append_part(mail, boundary, "text/html", page);
    g_string_append_printf(mail, "--%s--\r\n", boundary);
    return g_string_free_to_bytes(mail);
}
