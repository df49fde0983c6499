/* The signature of the platform's API: vectors, and what is never signed. */
#include <glib.h>
#include <string.h>

#include "logic/api_sign.h"

#define CODE "3_500102_JxZ05Ux3cnnSSUm6dCxYg6Q26"
#define AT   "1517820392000"

typedef struct {
    const char *name, *prefix, *sign;
    const char *const params[24]; /* name, value, ... */
} Vector;

/* From executing the vendor's own code on these; V3 is printed by the vendor. */
static const Vector vectors[] = {
    { "V1",
      "",
      "571146246767C34C4A82B4947DD5E5642DD8E166A493CEDA672E4982D2D1695E",
      { "v", "2.0", "app_key", "123456", "format", "json", "method",
        "aliexpress.merchant.diagnosis.query", "partner_id", "iop-sdk-java-20181207", "session",
        "test", "sign_method", "sha256", "simplify", "true", "timestamp", AT } },
    { "V2",
      "/auth/token/create",
      "CCA1A050ED98960288B872455ACBC479189840218C8F552D5375C662086446C7",
      { "code", CODE, "app_key", "123456", "sign_method", "sha256", "timestamp", AT } },
    { "V3",
      "/order/get",
      "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A",
      { "access_token", "test", "app_key", "123456", "order_id", "1234", "sign_method", "sha256",
        "timestamp", AT } },
    { "V4",
      "",
      "B6E348272E7609938D8A6C32469773A1A87E0B41658A54CCB73F632446CC7FC4",
      { "a",
        "3",
        "A",
        "1",
        "aB",
        "4",
        "a_",
        "2",
        "app_key",
        "123456",
        "method",
        "aliexpress.issue.issuelist.get",
        "query_dto",
        "{\"current_page\":1,\"page_size\":50,\"issue_status\":\"processing\","
        "\"memo\":\"速卖通 & é\"}",
        "session",
        "test",
        "sign_method",
        "sha256",
        "timestamp",
        AT } },
    { "V5",
      "/auth/token/create",
      "E0D95E51BB122DE87855A6A09BC3514F6C92642EAB0EDF9698F255494C93E50C",
      { "app_key", "123456", "code", CODE, "format", "json", "method", "/auth/token/create",
        "partner_id", "iop-sdk-python-20220609", "sign_method", "sha256", "simplify", "false",
        "timestamp", AT } },
};

static ApdApiParams *
params_of(const Vector *vector)
{
    ApdApiParams *params = apd_api_params_new();

    for (size_t i = 0; vector->params[i] != NULL; i += 2)
        apd_api_params_set(params, vector->params[i], vector->params[i + 1]);
    return params;
}

static void
test_vectors(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        g_autoptr(ApdApiParams) params = params_of(&vectors[i]);
        g_autofree char *sign = apd_api_sign(params, vectors[i].prefix, "helloworld");
        g_test_message("%s", vectors[i].name);
        g_assert_cmpstr(sign, ==, vectors[i].sign);
    }
}

static void
test_nothing_is_not_sent(void)
{
    g_autoptr(ApdApiParams) params = params_of(&vectors[3]);

    apd_api_params_set(params, "empty", "");
    apd_api_params_set(params, "blank", " \t");
    apd_api_params_set(params, "none", NULL);
    apd_api_params_set(params, "", "of no name");
    apd_api_params_set(params, "sign", "OLD");
    g_autofree char *sign = apd_api_sign(params, "", "helloworld");
    g_assert_cmpstr(sign, ==, vectors[3].sign);

    GString *form = apd_api_params_form(params);
    g_assert_null(strstr(form->str, "empty"));
    g_assert_null(strstr(form->str, "blank"));
    g_assert_null(strstr(form->str, "none"));
    g_string_free(form, TRUE);
}

static void
test_form(void)
{
    g_autoptr(ApdApiParams) params = apd_api_params_new();

    apd_api_params_set(params, "b", "a b&c=d+é/速");
    apd_api_params_set(params, "a", "old");
    apd_api_params_set(params, "a", "1");
    GString *form = apd_api_params_form(params);
    g_assert_cmpstr(form->str, ==, "a=1&b=a%20b%26c%3Dd%2B%C3%A9%2F%E9%80%9F");
    g_string_free(form, TRUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api-sign/vectors", test_vectors);
    g_test_add_func("/api-sign/nothing-is-not-sent", test_nothing_is_not_sent);
    g_test_add_func("/api-sign/form", test_form);
    return g_test_run();
}
