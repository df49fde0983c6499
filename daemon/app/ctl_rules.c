#include "app/ctl.h"

#include "app/rules_lint.h"
#include "app/rules_load.h"
#include "app/rules_test.h"
#include "io/mime.h"

/* The taxonomy: each has cases beside the rules. */
static const char *const categories[] = {
    "ip.trademark",
    "ip.copyright",
    "ip.patent",
    "ip.tro",
    "ip.other",
    "prohibited",
    "compliance",
    "trade.false-shipment",
    "trade.non-shipment",
    "trade.late-shipment",
    "trade.not-as-described",
    "trade.manipulation",
    "trade.review",
    "trade.harassment",
    "trade.privacy",
    "trade.low-price",
    "trade.illegal-profit",
    "trade.disruption",
    "trade.unfair-competition",
    "trade.breach",
    "trade.early-receipt",
    "trade.off-platform",
    "trade.forgery",
    "info.search",
    "info.category",
    "info.duplicate",
    "info.price",
    "info.content",
    "order.dispute",
    "order.chargeback",
    "order.cancellation",
    "order.frozen",
    "account.freeze",
    "account.closure",
    "account.deposit",
    "account.other",
    "points.threshold",
    "policy.change",
    "unknown",
    NULL,
};

static int
test_rules(const char *user_rules)
{
    static const char *const none[] = { NULL };
    g_autofree char *rules = apd_config_rules_dir();
    g_autofree char *cases = user_rules ? g_build_filename(user_rules, "cases", NULL)
                                        : g_build_filename(rules, "rules", "cases", NULL);
    g_autoptr(GError) error = NULL;
    ApdRulesTested tested;

    apd_mime_init();
    g_autoptr(ApdReading) reading = apd_reading_new(rules, user_rules, &error);
    if (reading == NULL
        || !apd_rules_test(reading, cases, user_rules ? none : categories, &tested, &error))
        return apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);

    g_print("%u passed, %u failed\n", tested.passed, tested.failed);
    return tested.failed > 0 ? APD_EXIT_NO : APD_EXIT_GOOD;
}

static int
lint_rules(const char *user_rules)
{
    g_autofree char *shipped = apd_config_rules_dir();
    g_autofree char *dir = g_build_filename(shipped, "rules", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdRules) rules = apd_rules_load(dir, user_rules, &error);
    g_autoptr(GString) findings = g_string_new(NULL);

    if (rules == NULL)
        return apd_ctl_complain(APD_EXIT_NO, "%s", error->message);

    guint n = apd_rules_lint(dir, user_rules, findings);
    g_print("%s%u finding%s\n", findings->str, n, n == 1 ? "" : "s");
    return n > 0 ? APD_EXIT_NO : APD_EXIT_GOOD;
}

int
apd_ctl_rules(const ApdCtl *ctl, char **operands)
{
    (void) ctl;
    if (operands[0] != NULL && g_str_equal(operands[0], "test"))
        return test_rules(operands[1]);
    if (operands[0] != NULL && g_str_equal(operands[0], "lint"))
        return lint_rules(operands[1]);
    return apd_ctl_complain(APD_EXIT_USAGE,
                            "rules: what? (rules test [FOLDER of your own rules], or rules lint "
                            "[FOLDER])");
}
