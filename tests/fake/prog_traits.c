/* Prints what the learnt weights are told of messages: for each FILE one line of JSON,
 * {"file": ..., "traits": {NAME: PERCENT, ...}}.
 *
 *     prog_traits RULES FILE...
 */
#include <stdio.h>

#include "app/rules_load.h"
#include "io/mime.h"
#include "io/psl.h"
#include "logic/classify_weigh.h"
#include "logic/segment.h"

typedef struct {
    ApdRules *rules;
    ApdOriginWords *words;
    ApdPsl *psl;
} Reader;

static const char *
registrable(const char *host, void *psl)
{
    return apd_psl_registrable(psl, host);
}

static void
print_traits(const char *path, const ApdRules *rules, const GArray *traits)
{
    printf("{\"file\": \"%s\", \"traits\": {", path);
    for (guint i = 0; i < traits->len; i++) {
        const ApdTrait *trait = &g_array_index(traits, ApdTrait, i);
        g_autofree char *name = apd_trait_name(apd_rules_matcher(rules), trait->number);
        printf("%s\"%s\": %d", i > 0 ? ", " : "", name, trait->value);
    }
    printf("}}\n");
}

static bool
read_file(const Reader *self, const char *path)
{
    g_autofree char *data = NULL;
    gsize size;

    if (!g_file_get_contents(path, &data, &size, NULL))
        return false;
    g_autoptr(ApdDocument) document = apd_mime_read(data, size);
    g_autoptr(ApdText) text = apd_segment_document(document);
    g_autoptr(GArray) hits = apd_matcher_scan(apd_rules_matcher(self->rules), text);
    ApdOriginContext context = { self->rules, self->words, registrable, self->psl,
                                 "mx.seller.example" };
    g_autoptr(ApdOrigin) origin = apd_origin_judge(&context, document, text);
    g_autofree int *factors = apd_classify_factors(self->rules, text, hits);
    ApdInput input = { self->rules, document, text, hits, origin, factors };
    int n = apd_matcher_n_signals(apd_rules_matcher(self->rules));
    g_autofree ApdScore *scores = g_new0(ApdScore, n + 1);
    ApdWeighing weighing = { .input = &input, .scores = scores, .n = n };
    apd_weighing_fill(&weighing);
    g_autoptr(GArray) traits = apd_classify_traits(&weighing);
    print_traits(path, self->rules, traits);
    return true;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (argc < 3)
        return 2;
    apd_mime_init();
    g_autoptr(ApdRules) rules = apd_rules_load(argv[1], NULL, &error);
    g_autoptr(ApdPsl) psl = rules != NULL ? apd_psl_new(&error) : NULL;
    if (psl == NULL) {
        g_printerr("prog_traits: %s\n", error->message);
        return 3;
    }
    g_autoptr(ApdOriginWords) words = apd_origin_words_new(rules);
    Reader reader = { rules, words, psl };
    for (int i = 2; i < argc; i++)
        if (!read_file(&reader, argv[i])) {
            g_printerr("prog_traits: %s cannot be read\n", argv[i]);
            return 4;
        }
    return 0;
}
