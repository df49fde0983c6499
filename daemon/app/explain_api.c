#include "app/explain_api.h"

#include "app/explain.h"
#include "base/clock.h"
#include "logic/api_answer.h"
#include "logic/api_round.h"

/* What appeald does of itself, and what it leaves to a person. */
static const char *const deeds[APD_N_REMEDIES] = {
    [APD_REMEDY_RETRY] = "asks again later, and tells you when it stays so",
    [APD_REMEDY_WAIT] = "waits as long as it says, and a second",
    [APD_REMEDY_RENEW] = "renews the access token; if that one is refused, too, you must log in",
    [APD_REMEDY_LOGIN] = "tells you to log in again",
    [APD_REMEDY_CLOCK] = "asks once more, by the platform's clock, then tells you",
    [APD_REMEDY_FORBIDDEN] = "tells you once, and leaves this method; the others go on",
    [APD_REMEDY_GONE] = "tells you once, and leaves this method; the others go on",
    [APD_REMEDY_APP] = "tells you: nothing works until app-key is mended",
    [APD_REMEDY_FIX] = "tells you at once, and asks again seldom: it does not pass by itself",
};

/* Returns: (transfer full): its page, with what was said before it. */
static char *
explain_all(ApdApiRound *round, const char *file, bool json)
{
    GString *all = g_string_new(NULL);

    for (;;) {
        g_autoptr(ApdApiRecord) record = apd_api_round_next(round);
        if (record == NULL)
            break;
        if (record->verdict == NULL)
            continue;
        g_autofree char *one = json ? apd_explain_json(file, record->verdict)
                                    : apd_explain_page(file, record->verdict);
        g_string_append_printf(all, "%s%s", all->len > 0 ? "\n" : "", one);
    }
    if (all->len == 0 && !json)
        g_string_append_printf(all, "%s\n  nothing that wants anything of you\n", file);
    return g_string_free(all, FALSE);
}

char *
apd_explain_api(const ApdPlatform *platform, const char *file, const char *text, size_t size,
                bool json, bool *ret_good)
{
    g_auto(ApdApiAnswer) answer = { 0 };
    g_autoptr(GHashTable) marks = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GError) error = NULL;

    *ret_good = false;
    apd_api_answer_read(platform, 200, text ? text : "", size, &answer);
    if (answer.remedy != APD_REMEDY_NONE)
        return g_strdup_printf("%s: %s (what appeald does then: %s: %s)", file, answer.text,
                               apd_remedy_name(answer.remedy), deeds[answer.remedy]);
    const char *topic = apd_api_round_topic(answer.root);
    if (topic == NULL)
        return g_strdup_printf("%s: no answer that appeald asks for", file);
    g_autoptr(ApdApiRound) round =
        apd_api_round_new(platform, topic, marks, "api-sg.aliexpress.com", true, apd_now());
    if (!apd_api_round_take_saved(round, answer.root, &error))
        return g_strdup_printf("%s: %s", file, error->message);
    *ret_good = true;
    return explain_all(round, file, json);
}
