#include "logic/extract.h"

#include <string.h>

char *
apd_extract_excerpt(const ApdInput *input)
{
    int best = 0, at = -1;

    for (guint i = 0; i < input->text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(input->text, i);
        int score = 0;
        guint n, first = apd_hits_of_segment(input->hits, (int) i, &n);
        if (segment->zone == APD_ZONE_SUBJECT || segment->zone == APD_ZONE_BUTTON)
            continue;
        for (guint k = first; k < first + n; k++) {
            const ApdHit *hit = &g_array_index(input->hits, ApdHit, k);
            const char *type = apd_rules_signal(input->rules, hit->signal)->type;
            score += strcmp(type, "act") == 0 ? 2 : strcmp(type, "category") == 0 ? 3 : 0;
        }
        if (apd_classify_factor(input, (int) i) > 0 && score > best) {
            best = score;
            at = (int) i;
        }
    }
    return at >= 0 ? g_strdup(apd_text_at(input->text, (guint) at)->shown) : NULL;
}
