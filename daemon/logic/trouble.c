#include "logic/trouble.h"

#include <string.h>

#include "base/text.h"
#include "logic/countdown.h"

/* Advice for those who read logs, which [causes] gives better. */
#define ADVICE " (check user and password"

/* Longest detail that is quoted, in bytes. */
#define MAX_DETAIL 300

/* What follows these is not ours. */
static const char *const quotes[] = {
    "refused for ",
    "put off by the server: ",
    "ended by the provider: ",
    "the server says: ",
    "the server ended the session: ",
    "the service says: ",
    "gives no access token: ",
};

/* Our own words, in the order in which they count. */
/* clang-format off */
static const struct { const char *words, *cause; } marks[] = {
    { "login refused", "password" },
    { "access token refused", "token" },
    { "login was ended", "token" },
    { "login has expired", "token" },
    { "no access token", "token" },
    { "run: appealctl login", "token" },
    { "login runs out", "expiry" },
    { "put off by the server", "busy" },
    { "certificate not accepted", "certificate" },
    { "no CA certificates", "file" },
    { "may be tampering", "tls" },
    { "PREAUTH", "tls" },
    { "STARTTLS", "tls" },
    { "TLS", "tls" },
    { "calls this login unsafe", "unsafe" },
    { "cannot be opened (check folders)", "folder" },
    { "cannot find the address", "unreachable" },
    { "cannot connect to port", "unreachable" },
    { "did not answer in time", "silent" },
    { "closed the connection", "silent" },
    { "the server ended", "silent" },
    { "Connection reset", "silent" },
    { "Connection timed out", "silent" },
    { "Broken pipe", "silent" },
    { "makes no sense", "nonsense" },
    { "far more than we asked", "nonsense" },
    { "the server sent ", "nonsense" },
    { "cannot read '", "file" },
    { "cannot watch '", "file" },
    { "secret", "file" },
    { "credential '", "file" },
    { "the password is ", "file" },
    { "mail reader", "program" },
    { "cannot start ", "program" },
};

/* Where no mark says more. */
static const struct { const char *type, *cause; } types[] = {
    { "aliexpress ", "answers" },
    { "json ", "service" },
};
/* clang-format on */

/* Returns: (transfer full): @text as far as it is ours. */
static char *
own_words(const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < G_N_ELEMENTS(quotes); i++) {
        const char *at = strstr(text, quotes[i]);
        if (at != NULL)
            n = MIN(n, (size_t) (at - text) + strlen(quotes[i]));
    }
    return g_strndup(text, n);
}

const char *
apd_trouble_find(const char *subject, const char *text)
{
    g_autofree char *own = own_words(text);

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        if (strstr(own, marks[i].words) != NULL)
            return marks[i].cause;
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_has_prefix(subject, types[i].type))
            return types[i].cause;
    return NULL;
}

/* Returns: (transfer full): "office" of "imap office: INBOX, Junk". */
static char *
source_name(const char *subject)
{
    const char *blank = strchr(subject, ' ');
    const char *name = blank != NULL ? blank + 1 : subject;
    const char *end = strstr(name, ": ");

    return end != NULL ? g_strndup(name, (size_t) (end - name)) : g_strdup(name);
}

/* Returns: (transfer full): when the login of "login/SOURCE/END/DAYS" ends, in words; NULL: the
 * key does not say. */
static char *
end_date(const ApdPhrases *phrases, const ApdAlert *alert, GTimeZone *zone)
{
    const char *last = strrchr(alert->key, '/');
    const char *before = last != NULL ? g_strrstr_len(alert->key, last - alert->key, "/") : NULL;
    g_autofree char *digits =
        before != NULL ? g_strndup(before + 1, (size_t) (last - before - 1)) : g_strdup("");
    gint64 end;

    return g_ascii_string_to_signed(digits, 10, 1, G_MAXINT64, &end, NULL)
               ? apd_countdown_date(phrases, end, zone)
               : NULL;
}

static bool
is_about_source(const ApdAlert *alert)
{
    return (alert->type == APD_ALERT_BLIND || alert->type == APD_ALERT_LOGIN)
           && alert->subject != NULL && alert->text != NULL;
}

/* Returns: (transfer full): "In detail: ..."; the @expiry of a login has nothing to add. */
static char *
detail_line(const ApdPhrases *phrases, const char *text, bool expiry)
{
    const char *pattern = apd_phrases_get(phrases, "causes", "detail");
    const char *advice = strstr(text, ADVICE);
    g_autofree char *bare = g_strndup(text, advice ? (size_t) (advice - text) : strlen(text));
    g_autofree char *line = apd_text_line(bare);
    g_autofree char *cut = apd_text_cut(line, MAX_DETAIL);
    const char *const names[] = { "text", cut, NULL };
    g_autofree char *filled = apd_phrase_fill(pattern != NULL ? pattern : "{text}", names);

    return expiry || *cut == '\0' ? g_strdup("") : g_strconcat("\n", filled, NULL);
}

char *
apd_trouble_words(const ApdPhrases *phrases, const ApdAlert *alert, GTimeZone *zone)
{
    if (!is_about_source(alert))
        return NULL;

    const char *cause = apd_trouble_find(alert->subject, alert->text);
    const char *pattern = cause != NULL ? apd_phrases_get(phrases, "causes", cause) : NULL;
    bool expiry = g_strcmp0(cause, "expiry") == 0;
    g_autofree char *date = expiry ? end_date(phrases, alert, zone) : NULL;
    g_autofree char *name = source_name(alert->subject);
    const char *const names[] = { "name", name, "date", date != NULL ? date : "", NULL };
    if (pattern == NULL || (expiry && date == NULL))
        return NULL;

    g_autofree char *words = apd_phrase_fill(pattern, names);
    g_autofree char *detail = detail_line(phrases, alert->text, expiry);
    return g_strconcat(words, detail, NULL);
}
