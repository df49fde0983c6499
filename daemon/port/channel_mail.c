#include "port/channel_mail.h"

#include <string.h>

#include "base/text.h"

#define MAX_SUBJECT 400
#define MAX_TEXT    16000

/* Bytes of an encoded word (RFC 2047: at most 75 characters) before base64. */
#define WORD_BYTES  42
#define LINE_LENGTH 76

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

/* Encoded words, each of whole characters. */
static void
append_words(GString *out, const char *text)
{
    for (size_t length = strlen(text); length > 0;) {
        size_t n = MIN(length, WORD_BYTES);
        while (n < length && ((unsigned char) text[n] & 0xc0) == 0x80)
            n--;
        g_autofree char *coded = g_base64_encode((const guchar *) text, n);
        g_string_append_printf(out, " =?utf-8?B?%s?=\r\n", coded);
        text += n;
        length -= n;
    }
}

static void
append_part(GString *mail, const char *boundary, const char *type, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *canonical = g_strjoinv("\r\n", lines);
    g_autofree char *coded = g_base64_encode((const guchar *) canonical, strlen(canonical));
    size_t length = strlen(coded);

    g_string_append_printf(mail,
                           "--%s\r\nContent-Type: %s; charset=utf-8\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n",
                           boundary, type);
    for (size_t i = 0; i < length; i += LINE_LENGTH)
        g_string_append_printf(mail, "%.*s\r\n", LINE_LENGTH, coded + i);
}

/* RFC 5322 names days and months in English, whatever the locale. */
static void
append_date(GString *mail, ApdTime now)
{
    static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(now / APD_SECOND);

    g_string_append_printf(
        mail, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n",
        days[g_date_time_get_day_of_week(date) - 1], g_date_time_get_day_of_month(date),
        months[g_date_time_get_month(date) - 1], g_date_time_get_year(date),
        g_date_time_get_hour(date), g_date_time_get_minute(date), g_date_time_get_second(date));
}

static void
append_headers(GString *mail, const ApdParcel *parcel, const char *from, char **to)
{
    g_autofree char *subject = apd_markup_fit(&apd_markup_raw, parcel->wording->title, MAX_SUBJECT);
    g_autofree char *line = apd_text_line(subject);
    g_autofree char *all = g_strjoinv(",\r\n ", to);
    g_autofree char *thread = apd_channel_case_key(parcel);
    const char *domain = strrchr(from, '@') + 1;

    append_date(mail, parcel->now);
    g_string_append_printf(mail, "From: appeald <%s>\r\nTo: %s\r\nSubject:", from, all);
    append_words(mail, line);
    g_string_append_printf(mail, "Message-ID: <%s@%s>\r\n", parcel->idempotency, domain);
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
