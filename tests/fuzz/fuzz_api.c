/* Answers of the platform's own endpoints: errors, and rounds of each topic, with what
 * they remember.  The first byte says which topic, the rest is the answer, given twice. */
#include <glib.h>
#include <string.h>

#include "io/platform.h"
#include "logic/api_answer.h"
#include "logic/api_filing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is filed goes into the ledger: it must hold what a reader's verdict must. */
static void
file_all(ApdApiRound *round, GHashTable *marks)
{
    const ApdApiPlace place = { "aliexpress api", "topic", "gateway.example", false };
    ApdApiRecord *record;

    while ((record = apd_api_round_next(round)) != NULL) {
        if (record->id == NULL) {
            apd_api_record_free(record);
            continue;
        }
        g_autoptr(ApdMessage) message = apd_api_filing_message(&place, record, 1);
        if (message->verdict != NULL) {
            g_autoptr(GVariant) variant =
                g_variant_ref_sink(apd_verdict_to_variant(message->verdict));
            g_autoptr(ApdVerdict) again = apd_verdict_from_variant(variant);
            g_assert_nonnull(again);
        }
        if (message->mark != NULL && message->mark_value != NULL)
            g_hash_table_replace(marks, g_strdup(message->mark), g_strdup(message->mark_value));
        apd_api_record_free(record);
    }
}

static void
run_round(const ApdPlatform *platform, const char *topic, GHashTable *marks, JsonNode *answer)
{
    g_autoptr(ApdApiRound) round = apd_api_round_new(platform, topic, marks, "gateway.example",
                                                     false, INT64_C(1795600000) * APD_SECOND);
    const char *method = NULL;

    for (int i = 0; i < 300; i++) {
        g_autoptr(JsonObject) question = apd_api_round_ask(round, &method);
        if (question == NULL || !apd_api_round_take(round, answer, NULL))
            break;
    }
    file_all(round, marks);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ApdPlatform *platform;
    g_auto(ApdApiAnswer) answer = { 0 };
    g_autoptr(GHashTable) marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    if (platform == NULL)
        platform = apd_platform_load("conf", NULL, "aliexpress", NULL);
    if (size < 2)
        return 0;
    guint n = g_strv_length((char **) (gpointer) apd_platform_topics);
    const char *topic = apd_platform_topics[data[0] % n];

    apd_api_answer_read(platform, 200, (const char *) data + 1, size - 1, &answer);
    g_assert_true(answer.remedy == APD_REMEDY_NONE || answer.text != NULL);
    if (answer.remedy != APD_REMEDY_NONE)
        return 0;
    run_round(platform, topic, marks, answer.root);
    run_round(platform, topic, marks, answer.root);
    return 0;
}
