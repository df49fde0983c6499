/* How evidence is weighed, with a small vocabulary of its own and weights that were once learnt:
 * each row is one way in which the same words mean something else. */
#include "logic/classify.h"

#include <string.h>

#include "logic/segment.h"

/* One line of a rule file each: section, phrases. */
static const struct {
    const char *section, *phrase;
} words[] = {
    { "act finding", "(violation|infringe*)" },
    { "act deducted", "(deducted # points|# points (deducted|were deducted|will be deducted))" },
    { "act measure", "(was|is|be) (removed|frozen)" },
    { "act rights-complaint", "(rights holder complains|complaint of the owner)" },
    { "act counter-notice", "counter notice" },
    { "act demand", "please (submit|upload)" },
    { "act warn", "(warning|# points to go until the store is frozen)" },
    { "act fix", "please correct" },
    { "act nothing-imposed", "nothing was imposed" },
    { "act threatened", "otherwise" },
    { "act policy", "(rules change|new rules)" },
    { "act upheld", "appeal ... rejected" },
    { "act reversed", "(penalty|points|deduction) ... (lifted|returned)" },
    { "act received", "received your appeal" },
    { "act more-evidence", "more evidence" },
    { "act appeal-offer", "(you may appeal|appeal before|submit your appeal)" },
    { "act education", "(lesson|webinar)" },
    { "act service-offer", "our service" },
    { "answer upheld", "(stays|not convincing)" },
    { "answer reversed", "(accepted|given back)" },
    { "answer received", "(arrived|in the queue)" },
    { "answer more-evidence", "(unreadable|incomplete)" },
    { "mod own-appeal", "(your appeal|appeal no)" },
    { "mod negation", "(no|not)" },
    { "mod hypothetical", "(if|otherwise)" },
    { "mod future", "will" },
    { "mod third", "another seller" },
    { "mod tariff", "each" },
    { "address seller", "seller" },
    { "address own", "your store" },
    { "address you", "(you|your)" },
    { "address buyer", "dear buyer" },
    { "address third-seller", "the seller answered" },
    { "speaker rights-holder", "our client" },
    { "points word", "points" },
    { "points total", "total" },
    { "points label", "deduction" },
    { "ref product", "product" },
    { "label violation", "violation type" },
    { "zone footer", "do not reply" },
    { "category trade.false-shipment", "false shipment" },
    { "category ip.trademark", "trademark" },
    { "category ip.other", "ip complaint" },
    { "category compliance", "certificate" },
    { "category order.dispute", "dispute" },
    { "category account.freeze", "store (is|was) frozen" },
    { "category points.threshold", "threshold" },
    { "category policy.change", "rules change" },
    { "language en", "(the|and|of)" },
    { "language de", "(der|und|mit)" },
};

static const struct {
    const char *section, *key, *value;
} values[] = {
    { "act finding", "kind", "penalty" },
    { "act deducted", "kind", "penalty" },
    { "act measure", "kind", "penalty" },
    { "act rights-complaint", "kind", "complaint" },
    { "act counter-notice", "kind", "complaint" },
    { "act demand", "kind", "request" },
    { "act warn", "kind", "warning" },
    { "act fix", "kind", "warning" },
    { "act nothing-imposed", "kind", "warning" },
    { "act threatened", "kind", "warning" },
    { "act policy", "kind", "policy" },
    { "act upheld", "kind", "decision" },
    { "act reversed", "kind", "decision" },
    { "act received", "kind", "decision" },
    { "act more-evidence", "kind", "decision" },
    { "category account.freeze", "severity", "critical" },
};

static const struct {
    const char *what, *subject, *text; /* @text: paragraphs, a line each */
    ApdSpeaker speaker;
    const char *expected; /* "KIND CATEGORY [OUTCOME]" */
} rows[] = {
    /* What was done, and what was not. */
    { "points taken", "False shipment", "2 points were deducted from your store.",
      APD_SPEAKER_PLATFORM, "penalty trade.false-shipment" },
    { "denied", "False shipment",
      "A violation in your store: product 1005006000000001. Nothing was imposed. Please correct "
      "it.",
      APD_SPEAKER_PLATFORM, "warning trade.false-shipment" },
    { "about to be, with a way to appeal", "False shipment in your store",
      "2 points will be deducted. You may appeal.", APD_SPEAKER_PLATFORM,
      "penalty trade.false-shipment" },
    { "only if it stays", "Certificate of product 1005006000000001",
      "Please upload it, otherwise it is removed.", APD_SPEAKER_PLATFORM, "request compliance" },
    { "what a warning warns of", "Threshold: 2 points to go until the store is frozen",
      "Warning for your store: nothing was imposed.", APD_SPEAKER_PLATFORM,
      "warning points.threshold" },
    { "a scale is no deed", "Certificate of product 1005006000000001",
      "Please upload the certificate. Please submit it.\n12 points: store is frozen\n24 points: "
      "store is frozen",
      APD_SPEAKER_PLATFORM, "request compliance" },
    { "a sum of points", "Threshold",
      "The total of your store has come to 12 points: your store was frozen. You may appeal.",
      APD_SPEAKER_PLATFORM, "penalty points.threshold" },
    { "a label tells", "Notice",
      "A violation was found in your store.\nViolation type: false shipment\nDeduction: "
      "2\nTrademark of the sender",
      APD_SPEAKER_PLATFORM, "penalty trade.false-shipment" },
    { "nothing is recognised", "Notice", "A violation was found in your store. You may appeal.",
      APD_SPEAKER_PLATFORM, "penalty unknown" },
    { "in the footer", "Notice of false shipment",
      "2 points were deducted from your store.\nDo not reply. Trademark trademark trademark.",
      APD_SPEAKER_PLATFORM, "penalty trade.false-shipment" },
    /* Rights. */
    { "complained of", "Trademark",
      "A rights holder complains. Send a counter notice for your store.", APD_SPEAKER_PLATFORM,
      "complaint ip.trademark" },
    { "an unspecific right gives way", "IP complaint: trademark",
      "A rights holder complains of your store: trademark. Send a counter notice.",
      APD_SPEAKER_PLATFORM, "complaint ip.trademark" },
    { "a letter", "Trademark",
      "Our client: complaint of the owner. You sell product 1005006000000001. Please submit it, "
      "otherwise it is removed.",
      APD_SPEAKER_STRANGER, "complaint ip.trademark" },
    { "an offer to answer letters", "Trademark",
      "Our client: complaint of the owner. You need our service.", APD_SPEAKER_STRANGER, "none" },
    /* Answers to appeals. */
    { "refused", "Your appeal",
      "False shipment of your store: product 1005006000000001. It stays, appeal rejected.",
      APD_SPEAKER_PLATFORM, "decision trade.false-shipment upheld" },
    { "refused by denial", "Your appeal",
      "False shipment of your store: product 1005006000000001. The points stay. It was not "
      "accepted.",
      APD_SPEAKER_PLATFORM, "decision trade.false-shipment upheld" },
    { "granted", "Your appeal",
      "False shipment of your store. It was accepted, the points are given back: product "
      "1005006000000001.",
      APD_SPEAKER_PLATFORM, "decision trade.false-shipment reversed" },
    { "received", "Your appeal", "Your appeal for the false shipment in your store arrived.",
      APD_SPEAKER_PLATFORM, "decision trade.false-shipment received" },
    { "asked for more", "Your appeal", "False shipment. A photo is unreadable. Please upload it.",
      APD_SPEAKER_PLATFORM, "decision trade.false-shipment more-evidence" },
    { "only offered", "False shipment",
      "2 points were deducted from your store. Submit your appeal.", APD_SPEAKER_PLATFORM,
      "penalty trade.false-shipment" },
    { "far below the matter", "False shipment",
      "2 points were deducted from your store on this day.\nThis is a sentence of some length.\n"
      "This is another sentence of some length.\nAnd this is the third sentence of length.\n"
      "Your appeal: it stays in the queue.",
      APD_SPEAKER_PLATFORM, "penalty trade.false-shipment" },
    { "lifted without one", "Penalty for false shipment lifted", "Your store is free of it.",
      APD_SPEAKER_PLATFORM, "decision trade.false-shipment reversed" },
    { "an answer to a dispute is asked for", "Dispute of product 1005006000000001",
      "Please submit your appeal. It stays open.", APD_SPEAKER_PLATFORM, "request order.dispute" },
    /* No notices. */
    { "a question", "Store is frozen? Points deducted?", "Read on.", APD_SPEAKER_PLATFORM, "none" },
    { "a lesson", "False shipment", "A lesson on what happens when a store is frozen.",
      APD_SPEAKER_PLATFORM, "none" },
    { "to a buyer", "Dispute", "Dear buyer, dispute of order 8123456789012345.",
      APD_SPEAKER_PLATFORM, "none" },
    { "of the other side", "Dispute", "The seller answered.", APD_SPEAKER_PLATFORM, "none" },
    { "marketing", "False shipment", "2 points were deducted from your store.",
      APD_SPEAKER_MARKETING, "none" },
    { "another marketplace", "False shipment", "2 points were deducted from your store.",
      APD_SPEAKER_MARKETPLACE, "none" },
    { "a stranger", "False shipment", "2 points were deducted from your store.",
      APD_SPEAKER_STRANGER, "none" },
    { "in a web address", "Hello", "See https://csp.aliexpress.com/violation/false-shipment/x",
      APD_SPEAKER_PLATFORM, "none" },
    /* Rules. */
    { "rules", "Rules change", "From April each false shipment: 2 points will be deducted.",
      APD_SPEAKER_PLATFORM, "policy policy.change" },
};

static void
add_weights(ApdRules *rules)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *data = NULL, *section = NULL;

    g_file_get_contents("tests/unit/classify.conf", &data, NULL, &error);
    g_assert_no_error(error);
    g_auto(GStrv) lines = g_strsplit(data, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        char *equals = strstr(*line, " = ");
        if (**line == '[') {
            g_free(section);
            section = g_strndup(*line + 1, strlen(*line) - 2);
        } else if (**line != ';' && equals != NULL) {
            *equals = '\0';
            apd_rules_add(rules, section, *line, equals + 3, &error);
            g_assert_no_error(error);
        }
    }
}

static ApdRules *
rules_new(void)
{
    g_autoptr(ApdRules) rules = apd_rules_new();
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        apd_rules_add(rules, words[i].section, "phrase", words[i].phrase, &error);
        g_assert_no_error(error);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        apd_rules_add(rules, values[i].section, values[i].key, values[i].value, &error);
        g_assert_no_error(error);
    }
    add_weights(rules);
    apd_rules_finish(rules, &error);
    g_assert_no_error(error);
    return g_steal_pointer(&rules);
}

static ApdDocument *
document_of(const char *subject, const char *text)
{
    ApdDocument *document = apd_document_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    document->subject = g_strdup(subject);
    for (char **line = lines; *line != NULL; line++)
        apd_document_add_block(document, APD_BLOCK_TEXT, 0, -1, -1, *line);
    return document;
}

static ApdVerdict *
judge(const ApdRules *rules, const ApdDocument *document, ApdSpeaker speaker)
{
    g_autoptr(ApdText) text = apd_segment_document(document);
    g_autoptr(GArray) hits = apd_matcher_scan(apd_rules_matcher(rules), text);
    ApdOrigin origin = { .speaker = speaker };
    g_autofree int *factors = apd_classify_factors(rules, text, hits);
    ApdInput input = { rules, document, text, hits, &origin, factors };
    ApdVerdict *verdict = apd_verdict_new();

    apd_classify(&input, verdict);
    return verdict;
}

static char *
said(const ApdVerdict *verdict)
{
    const char *outcome = apd_outcome_name(verdict->outcome);

    return g_strconcat(apd_kind_name(verdict->kind), verdict->category ? " " : "",
                       verdict->category ? verdict->category : "", outcome ? " " : "",
                       outcome ? outcome : "", NULL);
}

static void
test_rows(void)
{
    g_autoptr(ApdRules) rules = rules_new();
    int wrong = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ApdDocument) document = document_of(rows[i].subject, rows[i].text);
        g_autoptr(ApdVerdict) verdict = judge(rules, document, rows[i].speaker);
        g_autofree char *got = said(verdict);
        if (strcmp(got, rows[i].expected) == 0)
            continue;
        g_printerr("%s: expected %s, got %s\n", rows[i].what, rows[i].expected, got);
        wrong++;
    }
    g_assert_cmpint(wrong, ==, 0);
}

/* An auto-reply that quotes an old notice is none; a forwarded one is read. */
static void
test_quoted(void)
{
    static const char notice[] =
        "-----Original Message-----\nFrom: a@aliexpress.com\nSent: today\n"
        "Subject: False shipment\n\n2 points were deducted from your store.";
    g_autoptr(ApdRules) rules = rules_new();

    for (int forward = 0; forward < 2; forward++) {
        g_autofree char *subject = g_strconcat(forward ? "Fwd: " : "Re: ", "False shipment", NULL);
        g_autofree char *text = g_strconcat("See below.\n", notice, NULL);
        g_autoptr(ApdDocument) document = apd_document_new();
        document->subject = g_strdup(subject);
        apd_document_add_block(document, APD_BLOCK_TEXT, 0, -1, -1, text);
        g_autoptr(ApdVerdict) verdict = judge(rules, document, APD_SPEAKER_PLATFORM);
        g_assert_cmpint(verdict->kind, ==, forward ? APD_KIND_PENALTY : APD_KIND_NONE);
    }
}

/* Words of a language count in texts of that language. */
static void
test_languages(void)
{
    static const char *const texts[] = {
        "der Shop und der Preis mit der Ware und mit der Marke: die Falschsendung",
        "the shop and the price of the goods and the name of the brand: die Falschsendung",
    };

    for (int i = 0; i < 2; i++) {
        g_autoptr(ApdRules) rules = apd_rules_new();
        g_autoptr(GError) error = NULL;
        apd_rules_add(rules, "category trade.false-shipment de", "phrase", "falschsendung", &error);
        apd_rules_add(rules, "language en", "phrase", "(the|and|of)", &error);
        apd_rules_add(rules, "language de", "phrase", "(der|und|mit)", &error);
        g_assert_no_error(error);
        apd_rules_finish(rules, &error);
        g_autoptr(ApdDocument) document = document_of("", texts[i]);
        g_autoptr(ApdText) text = apd_segment_document(document);
        g_autoptr(GArray) hits = apd_matcher_scan(apd_rules_matcher(rules), text);
        int signal = apd_matcher_find(apd_rules_matcher(rules), "category/trade.false-shipment");
        int found = 0;
        for (guint k = 0; k < hits->len; k++)
            found += g_array_index(hits, ApdHit, k).signal == signal;
        g_assert_cmpint(found, ==, i == 0);
    }
}

static void
test_severity_and_evidence(void)
{
    g_autoptr(ApdRules) rules = rules_new();
    g_autoptr(ApdDocument) document =
        document_of("Store was frozen", "Your store was frozen for a violation. You may appeal.");
    g_autoptr(ApdVerdict) verdict = judge(rules, document, APD_SPEAKER_PLATFORM);
    bool category = false;

    g_assert_cmpint(verdict->severity, ==, APD_SEVERITY_CRITICAL);
    for (guint i = 0; i < verdict->evidence->len; i++) {
        const ApdEvidence *item = verdict->evidence->pdata[i];
        category |=
            g_str_has_prefix(item->what, "category (") && strstr(item->text, "frozen") != NULL;
    }
    g_assert_true(category);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/classify/rows", test_rows);
    g_test_add_func("/classify/quoted", test_quoted);
    g_test_add_func("/classify/languages", test_languages);
    g_test_add_func("/classify/severity-and-evidence", test_severity_and_evidence);
    return g_test_run();
}
