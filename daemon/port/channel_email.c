/* Mail by SMTP (RFC 5321, 5322): plain text and HTML, marked as made by a machine.
 *
 * The Message-ID stays through all tries, so that a mail sent twice shows once in most
 * clients; mails of one case are one thread.
 */
#include "port/channel_tools.h"

#include <string.h>

#include "base/error.h"
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

/* Addresses stand in commands and headers: no blanks, no line ends. */
static bool
check_address(const char *address, const char *key, GError **error)
{
    const char *at = strrchr(address, '@');

    if (at != NULL && at != address && at[1] != '\0' && strpbrk(address, " \t\r\n<>,;\"") == NULL)
        return true;

    g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                "%s: '%s' is no mail address (write it as name@example.com)", key, address);
    return false;
}

/* Returns: (transfer full): the addresses of `to =`; NULL when one is none. */
static char **
split_addresses(const char *list, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(list, ",", -1);

    for (char **part = parts; *part != NULL; part++)
        if (!check_address(g_strstrip(*part), "to", error))
            return NULL;
    return g_steal_pointer(&parts);
}

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

static GBytes *
make_mail(const ApdParcel *parcel, const char *from, char **to)
{
    const ApdWording *wording = parcel->wording;
    GString *mail = g_string_new(NULL);
    g_autofree char *boundary = g_strdup_printf("=_%s", parcel->idempotency);
    g_autofree char *text = apd_sheet_make(wording, &apd_markup_raw, MAX_TEXT, APD_SHEET_ALL);
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

/* What stays on this machine needs no TLS. */
static bool
is_local(const char *server)
{
    g_autofree char *host = NULL;

    g_uri_split_network(server, G_URI_FLAGS_NONE, NULL, &host, NULL, NULL);
    return g_strcmp0(host, "localhost") == 0 || g_strcmp0(host, "127.0.0.1") == 0
           || g_strcmp0(host, "::1") == 0;
}

static bool
email_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
            GError **error)
{
    const char *from = apd_channel_option(config, "from", "");
    const char *server = apd_channel_option(config, "server", "");
    g_auto(GStrv) to = split_addresses(apd_channel_option(config, "to", ""), error);

    if (to == NULL || !check_address(from, "from", error))
        return false;

    request->url = g_strdup(server);
    request->body = make_mail(parcel, from, to);
    request->mail_from = g_strdup(from);
    request->mail_to = g_steal_pointer(&to);
    request->user = g_strdup(apd_channel_option(config, "user", NULL));
    request->password = g_strdup(parcel->token);
    request->tls_optional = is_local(server);
    return true;
}

/* Reply codes of RFC 5321 and 4954: 4yz passes by itself, 5yz does not. */
/* clang-format off */
static const struct { int status; const char *remedy; } remedies[] = {
    { 530, "the server wants a login: set user and password-file" },
    { 534, "the server wants another way to log in, often a password for this application alone" },
    { 535, "user or password is wrong" },
    { 550, "an address of from = or to = is refused" },
    { 553, "an address of from = or to = is refused" },
};
/* clang-format on */

static void
email_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *said = apd_channel_said(response);
    const char *remedy = NULL;

    (void) now;
    if (response->status >= 200 && response->status < 300) {
        judgement->taking = APD_TAKEN;
        if (*said == '4' || *said == '5')
            judgement->text = g_strdup_printf("not to every address: %s", said);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(remedies); i++)
        if (remedies[i].status == response->status)
            remedy = remedies[i].remedy;

    judgement->taking = response->status >= 500 ? APD_REFUSED : APD_TRY_AGAIN;
    judgement->text = g_strdup_printf("the mail server said %s%s%s", said, remedy ? ": " : "",
                                      remedy ? remedy : "");
}

const ApdChannelType apd_channel_email = {
    .name = "email",
    .rate = { 5, 2 * APD_SECOND }, /* providers take many mails at once for spam */
    .build = email_build,
    .judge = email_judge,
    .unseen = true,
};
