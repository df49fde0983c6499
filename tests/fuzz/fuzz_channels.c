/* Any answer of any service is judged; any text is cut to any length, within it and
 * valid. */
#include <string.h>

#include "io/config_keys.h"
#include "port/channel.h"
#include "port/channel_sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
judge(const char *name, int status, const uint8_t *body, size_t size)
{
    const ApdChannelType *type = apd_channel_find(name);
    ApdHttpResponse response = { .status = status,
                                 .body = g_string_new_len((const char *) body, (gssize) size) };
    ApdJudgement judgement = { APD_TRY_AGAIN };

    if (type->build != NULL) {
        apd_channel_judge(type, &response, APD_DAY, &judgement);
        g_assert(judgement.taking == APD_TAKEN || judgement.text != NULL);
        g_assert(judgement.text == NULL || g_utf8_validate(judgement.text, -1, NULL));
        g_assert(judgement.wait >= 0 && judgement.wait <= 7 * APD_DAY);
    }
    apd_judgement_clear(&judgement);
    apd_http_response_clear(&response);
}

static void
cut(const char *text, size_t max)
{
    static const ApdMarkup *const markups[] = { &apd_markup_plain_bytes,  &apd_markup_plain_utf16,
                                                &apd_markup_plain_points, &apd_markup_raw,
                                                &apd_markup_html,         &apd_markup_markdown };

    for (size_t i = 0; i < G_N_ELEMENTS(markups); i++) {
        g_autofree char *fitted = apd_markup_fit(markups[i], text, max);
        g_assert(g_utf8_validate(fitted, -1, NULL));
        g_assert(apd_unit_size(markups[i]->unit, fitted) <= max);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = { 200, 202, 204, 400, 403, 429, 500, 250, 451, 550 };

    if (size < 3 || size > 65536)
        return 0;

    g_autofree char *text = g_strndup((const char *) data + 3, size - 3);
    judge(apd_channel_needs[data[0] % apd_n_channel_needs].name,
          statuses[data[1] % G_N_ELEMENTS(statuses)], data + 3, size - 3);
    cut(text, data[2]);
    return 0;
}
