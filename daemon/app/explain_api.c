#include "app/explain_api.h"

#include "app/explain.h"
#include "base/clock.h"
#include "logic/api_answer.h"
#include "logic/api_round.h"

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
        return g_strdup_printf("%s: %s (what appeald does then: %s)", file, answer.text,
                               apd_remedy_name(answer.remedy));
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
