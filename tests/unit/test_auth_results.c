#include "logic/auth_results.h"

/* clang-format off */
static const struct {
    const char *header, *found; /* @found: "method=result/domain " each; NULL: not believed */
} rows[] = {
    { "mx.seller.example; dkim=pass header.d=a.example; dmarc=pass header.from=a.example",
      "dkim=pass/a.example dmarc=pass/a.example " },
    { "MX.seller.example 1; dkim = pass (ok; really) header.i = @A.example", "dkim=pass/a.example " },
    { "mx.evil.example; dmarc=pass header.from=a.example", NULL },
    { "mx.seller.example; none", "" },
    { "mx.seller.example; dkim=fail reason=\"x; dmarc=pass header.from=b.example\" header.d=b.example",
      "dkim=fail/b.example " },
    { "mx.seller.example; spf=pass smtp.mailfrom=bounce@a.example", "spf=pass/a.example " },
    { "", NULL },
    { "((((", NULL },
};
/* clang-format on */

/* Microsoft's servers give no name: they are believed only where that is configured. */
static void
test_nameless(void)
{
    static const char header[] =
        "spf=pass (sender IP is 47.246.137.58) smtp.mailfrom=b.a.example; "
        "dkim=pass (signature was verified) header.d=a.example;"
        "dmarc=pass action=none header.from=a.example;compauth=pass reason=100";
    g_autoptr(GPtrArray) results = apd_auth_results_parse(header, APD_AUTH_NOBODY);
    g_autoptr(GPtrArray) other = apd_auth_results_parse(header, "mx.seller.example");
    g_autoptr(GPtrArray) named = apd_auth_results_parse("mx; dmarc=pass", APD_AUTH_NOBODY);

    g_assert_null(other);
    g_assert_null(named);
    g_assert_cmpuint(results->len, ==, 4);
    const ApdAuthResult *dmarc = results->pdata[2];
    g_assert_cmpstr(dmarc->method, ==, "dmarc");
    g_assert_cmpstr(dmarc->domain, ==, "a.example");
}

static void
test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) results = apd_auth_results_parse(rows[i].header, "mx.seller.example");
        g_autoptr(GString) found = g_string_new(NULL);

        g_assert_cmpint(results != NULL, ==, rows[i].found != NULL);
        for (guint k = 0; results != NULL && k < results->len; k++) {
            const ApdAuthResult *result = results->pdata[k];
            g_string_append_printf(found, "%s=%s/%s ", result->method, result->result,
                                   result->domain);
        }
        g_assert_cmpstr(found->str, ==, rows[i].found != NULL ? rows[i].found : "");
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/auth-results/rows", test_rows);
    g_test_add_func("/auth-results/nameless", test_nameless);
    return g_test_run();
}
