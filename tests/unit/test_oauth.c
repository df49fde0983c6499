/* OAuth 2.0: what is asked, what is made of answers, PKCE by the RFC's own example,
 * and the file that keeps tokens. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "io/config_oauth.h"
#include "io/oauth.h"
#include "io/oauth_code.h"
#include "io/oauth_sasl.h"
#include "io/token.h"
#include "io/token_file.h"
#include "io/secret.h"

static char *
decode(const char *base64)
{
    gsize n;
    g_autofree guchar *bytes = g_base64_decode(base64, &n);

    return g_strndup((const char *) bytes, n);
}

/* RFC 7628 section 4.1; Google's and Microsoft's documents of XOAUTH2. */
static void
test_sasl(void)
{
    g_autofree char *bearer = apd_oauth_sasl_bearer("user@example.com", "server.example.com", 143,
                                                    "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
    g_autofree char *odd = apd_oauth_sasl_bearer("a=b,c", "h", 1, "t");
    g_autofree char *old = apd_oauth_sasl_xoauth2("someuser@example.com",
                                                  "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg");
    g_autofree char *bearer_text = decode(bearer), *odd_text = decode(odd);

    g_assert_cmpstr(bearer_text, ==,
                    "n,a=user@example.com,\001host=server.example.com\001port=143\001"
                    "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\001\001");
    g_assert_true(g_str_has_prefix(odd_text, "n,a=a=3Db=2Cc,\001"));
    g_assert_cmpstr(old, ==,
                    "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRj"
                    "Mk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==");
}

static void
test_sasl_errors(void)
{
    static const struct {
        const char *json, *wanted;
    } rows[] = {
        { "{\"status\":\"invalid_token\",\"scope\":\"x\"}", "invalid_token" },
        { "{ \"schemes\":\"bearer\", \"status\" : \"400\" }", "400" },
        { "{\"status\":401}", "401" },
        { "{\"status", "" },
        { "{\"status\"", "" },
        { "", "" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *base64 =
            g_base64_encode((const guchar *) rows[i].json, strlen(rows[i].json));
        g_autofree char *text = apd_oauth_sasl_error(base64);
        g_assert_cmpstr(text, ==, rows[i].wanted);
    }
    g_autofree char *noise = apd_oauth_sasl_error("no base64 at all !!");
    g_assert_cmpstr(noise, ==, "");
}

/* RFC 7636 appendix B. */
static void
test_pkce(void)
{
    g_autofree char *challenge = apd_oauth_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    g_autofree char *one = apd_oauth_random(), *other = apd_oauth_random();

    g_assert_cmpstr(challenge, ==, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    g_assert_cmpuint(strlen(one), ==, 43);
    g_assert_cmpuint(
        strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), ==, 43);
    g_assert_cmpstr(one, !=, other);
}

static void
test_auth_url(void)
{
    ApdOAuthConfig config = { .client_id = (char *) "id&1",
                              .auth_url = (char *) "https://a.example/auth?x=1",
                              .scope = (char *) "mail offline" };
    g_autofree char *url =
        apd_oauth_auth_url(&config, "me@example.com", "http://127.0.0.1:7/", "st", "ch");

    g_assert_cmpstr(url, ==,
                    "https://a.example/auth?x=1&response_type=code&client_id=id%261"
                    "&redirect_uri=http%3A%2F%2F127.0.0.1%3A7%2F&scope=mail%20offline&state=st"
                    "&code_challenge=ch&login_hint=me%40example.com&code_challenge_method=S256");
}

static void
test_return(void)
{
    static const struct {
        const char *address;
        ApdOAuthReturn wanted;
        const char *text; /* code, or why not */
    } rows[] = {
        { "/?code=4%2F0A&state=st HTTP/1.1", APD_OAUTH_CODE, "4/0A" },
        { "http://127.0.0.1:1/?state=st&code=x&scope=y", APD_OAUTH_CODE, "x" },
        { "/?error=access_denied&state=st HTTP/1.1", APD_OAUTH_NO, "access_denied" },
        { "/?error=a&error_description=b+c&state=st", APD_OAUTH_NO, "a: b c" },
        { "/?code=x&state=other", APD_OAUTH_FOREIGN, NULL },
        { "/?code=x&state=s", APD_OAUTH_FOREIGN, NULL },
        { "/?code=x", APD_OAUTH_FOREIGN, NULL },
        { "/?state=st", APD_OAUTH_FOREIGN, NULL },
        { "/favicon.ico", APD_OAUTH_FOREIGN, NULL },
        { "", APD_OAUTH_FOREIGN, NULL },
        { "/?%zz", APD_OAUTH_FOREIGN, NULL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *code = NULL, *text = NULL;
        ApdOAuthReturn is = apd_oauth_read_return(rows[i].address, "st", &code, &text);
        g_assert_cmpint(is, ==, rows[i].wanted);
        g_assert_cmpstr(is == APD_OAUTH_CODE ? code : text, ==, rows[i].text);
    }
}

static void
respond(ApdHttpResponse *response, int status, const char *body)
{
    response->status = status;
    response->body = g_string_new(body);
}

static void
test_answers(void)
{
    static const struct {
        int status;
        const char *body;
        ApdOAuthResult wanted;
    } rows[] = {
        { 200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}", APD_OAUTH_TOKEN },
        { 200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}", APD_OAUTH_MISTAKE },
        { 200, "{\"access_token\":\"a b\",\"token_type\":\"bearer\"}", APD_OAUTH_MISTAKE },
        { 200, "{\"access_token\":\"a\\r\\nX\",\"token_type\":\"bearer\"}", APD_OAUTH_MISTAKE },
        { 200, "{\"access_token\":7}", APD_OAUTH_LATER },
        { 200, "[]", APD_OAUTH_LATER },
        { 200, "", APD_OAUTH_LATER },
        { 400, "{\"error\":\"authorization_pending\"}", APD_OAUTH_PENDING },
        { 428, "{\"error\":\"authorization_pending\"}", APD_OAUTH_PENDING }, /* Google */
        { 400, "{\"error\":\"slow_down\"}", APD_OAUTH_SLOW_DOWN },
        { 400, "{\"error\":\"access_denied\"}", APD_OAUTH_DENIED },
        { 400, "{\"error\":\"expired_token\"}", APD_OAUTH_EXPIRED },
        { 400, "{\"error\":\"invalid_grant\"}", APD_OAUTH_REVOKED },
        { 401, "{\"error\":\"invalid_client\"}", APD_OAUTH_MISTAKE },
        { 400, "{\"error\":{\"code\":1}}", APD_OAUTH_LATER },
        { 503, "{\"error\":\"temporarily_unavailable\"}", APD_OAUTH_LATER },
        { 429, "{\"error\":\"rate\"}", APD_OAUTH_LATER },
        { 500, "<html>", APD_OAUTH_LATER },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(ApdOAuthAnswer) answer = { 0 };
        ApdHttpResponse response = { 0 };
        respond(&response, rows[i].status, rows[i].body);
        g_assert_cmpint(apd_oauth_read_token(&response, &answer), ==, rows[i].wanted);
        g_assert_true((answer.access != NULL) == (rows[i].wanted == APD_OAUTH_TOKEN));
        g_assert_true((answer.text != NULL) == (rows[i].wanted != APD_OAUTH_TOKEN));
        apd_http_response_clear(&response);
    }
}

/* A server may repeat what it was sent. */
static void
test_echo(void)
{
    g_auto(ApdOAuthAnswer) answer = { 0 };
    ApdHttpResponse response = { 0 };
    g_autofree char *token = g_strnfill(900, 'x');
    g_autofree char *body = g_strdup_printf(
        "{\"error\":\"invalid_grant\",\"error_description\":\"bad token %s.\"}", token);

    respond(&response, 400, body);
    g_assert_cmpint(apd_oauth_read_token(&response, &answer), ==, APD_OAUTH_REVOKED);
    g_assert_cmpstr(answer.text, ==, "invalid_grant (bad token ***");
    apd_http_response_clear(&response);
}

static void
test_lives(void)
{
    static const struct {
        const char *more;
        ApdTime life, refresh_life;
    } rows[] = {
        { "", APD_HOUR, 0 },
        { ",\"expires_in\":30,\"refresh_token_expires_in\":604799", 30 * APD_SECOND,
          604799 * APD_SECOND },
        { ",\"expires_in\":\"30\"", 30 * APD_SECOND, 0 },
        { ",\"expires_in\":-5", APD_HOUR, 0 },
        { ",\"expires_in\":1e300", APD_HOUR, 0 },
        { ",\"expires_in\":null,\"refresh_expires_in\":0", APD_HOUR, 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(ApdOAuthAnswer) answer = { 0 };
        ApdHttpResponse response = { 0 };
        g_autofree char *body = g_strdup_printf("{\"access_token\":\"a\"%s}", rows[i].more);
        respond(&response, 200, body);
        g_assert_cmpint(apd_oauth_read_token(&response, &answer), ==, APD_OAUTH_TOKEN);
        if (i != 4) /* a number that is none may be read as any */
            g_assert_cmpint(answer.life, ==, rows[i].life);
        g_assert_cmpint(answer.refresh_life, ==, rows[i].refresh_life);
        apd_http_response_clear(&response);
    }
}

static void
test_requests(void)
{
    ApdOAuthConfig config = { .client_id = (char *) "id", .token_url = (char *) "https://t" };
    g_auto(ApdHttpRequest) request = { 0 };
    gsize n;

    apd_oauth_ask_refresh(&config, "s=1&", "r+/", &request);
    const char *body = g_bytes_get_data(request.body, &n);
    g_autofree char *text = g_strndup(body, n);
    g_assert_cmpstr(text, ==,
                    "grant_type=refresh_token&client_id=id&client_secret=s%3D1%26"
                    "&refresh_token=r%2B%2F");
    g_assert_cmpstr(request.url, ==, "https://t");
}

/* --- the file ---------------------------------------------------------------------- */

typedef struct {
    char *folder;
    ApdSourceConfig source;
} Fixture;

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void) unused;
    f->folder = g_dir_make_tmp("apd-oauth-XXXXXX", NULL);
    f->source.name = (char *) "office/1";
    f->source.section = (char *) "imap office/1";
    f->source.user = (char *) "me";
    f->source.auth = g_strdup("auto");
    f->source.oauth.client_id = (char *) "id";
    f->source.oauth.token_url = (char *) "https://t";
    apd_config_oauth_use(&f->source, f->folder);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    g_autofree char *folder = g_path_get_dirname(f->source.token_file);
    g_autofree char *lock = g_strconcat(f->source.token_file, ".lock", NULL);

    (void) unused;
    g_unlink(f->source.token_file);
    g_unlink(lock);
    g_assert_true(g_rmdir(folder) == 0 || errno == ENOENT); /* nothing else was left */
    g_rmdir(f->folder);
    g_free(f->folder);
    g_free(f->source.auth);
    g_free(f->source.token_file);
    g_free(f->source.oauth.redirect);
}

static ApdToken *
make(const Fixture *f, const ApdToken *old, const char *access, const char *refresh, ApdTime life,
     ApdTime refresh_life)
{
    g_auto(ApdOAuthAnswer)
        answer = { g_strdup(access), g_strdup(refresh), life, refresh_life, NULL };

    return apd_token_new(&f->source, old, &answer, apd_now());
}

static void
test_store(Fixture *f, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdToken) token = make(f, NULL, "acc", "ref", APD_HOUR, 7 * APD_DAY);
    struct stat status;

    (void) unused;
    g_assert_cmpstr(f->source.auth, ==, "oauth");
    g_assert_null(apd_token_load(&f->source, &error));
    g_assert_error(error, APD_ERROR, APD_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "appealctl login office/1"));
    g_clear_error(&error);

    g_assert_true(apd_token_store(&f->source, token, &error));
    g_assert_no_error(error);
    g_assert_cmpint(stat(f->source.token_file, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
    g_autoptr(ApdToken) back = apd_token_load(&f->source, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(back->access, ==, "acc");
    g_assert_cmpstr(back->refresh, ==, "ref");
    g_assert_cmpint(back->expires / APD_SECOND, ==, token->expires / APD_SECOND);
    g_assert_cmpint(back->refresh_expires / APD_SECOND, ==, token->refresh_expires / APD_SECOND);
    char *secret = apd_token_secret(&f->source, &error);
    g_assert_cmpstr(secret, ==, "acc");
    apd_secret_free(secret);

    f->source.user = (char *) "another";
    g_assert_null(apd_token_load(&f->source, &error));
    g_assert_error(error, APD_ERROR, APD_ERROR_REFUSED);
    g_clear_error(&error);
    f->source.user = (char *) "me";
    g_chmod(f->source.token_file, 0640);
    g_assert_null(apd_token_load(&f->source, &error));
    g_assert_nonnull(strstr(error->message, "read by others"));
}

static void
test_rotation(Fixture *f, gconstpointer unused)
{
    g_autoptr(ApdToken) first = make(f, NULL, "a1", "r1", APD_HOUR, 7 * APD_DAY);
    g_autoptr(ApdToken) kept = make(f, first, "a2", NULL, APD_HOUR, 0);
    g_autoptr(ApdToken) turned = make(f, kept, "a3", "r3", 8 * APD_SECOND, 0);

    (void) unused;
    g_assert_cmpstr(kept->refresh, ==, "r1");
    g_assert_cmpint(kept->refresh_expires, ==, first->refresh_expires);
    g_assert_cmpint(kept->login, ==, first->login);
    g_assert_cmpstr(turned->refresh, ==, "r3");
    g_assert_cmpint(turned->refresh_expires, ==, APD_NEVER);
    g_assert_cmpint(apd_token_refresh_at(first), ==, first->expires - 10 * APD_MINUTE);
    g_assert_cmpint(apd_token_refresh_at(turned), ==, turned->expires - 2 * APD_SECOND);
    turned->refused = g_strdup("no");
    g_assert_cmpint(apd_token_refresh_at(turned), ==, APD_NEVER);
}

static void
test_expired(Fixture *f, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdToken) token = make(f, NULL, "acc", "ref", APD_HOUR, 0);

    (void) unused;
    token->obtained -= 2 * APD_HOUR;
    token->expires -= 2 * APD_HOUR;
    g_assert_true(apd_token_store(&f->source, token, NULL));
    g_assert_null(apd_token_secret(&f->source, &error));
    g_assert_error(error, APD_ERROR, APD_ERROR_TRANSIENT);
    g_clear_error(&error);
    token->refused = g_strdup("revoked by hand");
    g_assert_true(apd_token_store(&f->source, token, NULL));
    g_assert_null(apd_token_secret(&f->source, &error));
    g_assert_error(error, APD_ERROR, APD_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "revoked by hand"));
    g_assert_null(strstr(error->message, "acc"));
}

static void
test_lock(Fixture *f, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    int one = apd_token_lock(&f->source, &error);

    (void) unused;
    g_assert_no_error(error);
    g_assert_cmpint(one, >=, 0);
    g_assert_cmpint(apd_token_lock(&f->source, &error), ==, -1);
    g_assert_no_error(error);
    close(one);
    one = apd_token_lock(&f->source, &error);
    g_assert_cmpint(one, >=, 0);
    close(one);
}

static void
test_nonsense(Fixture *f, gconstpointer unused)
{
    static const char *const files[] = {
        "",
        "{",
        "[]",
        "{\"version\":2}",
        "{\"version\":1}",
        "\xff\xfe",
        "{\"version\":1,\"access_token\":7,\"user\":\"me\",\"client_id\":\"id\",\"token_url\":"
        "\"https://t\",\"expires\":\"x\"}",
        "{\"version\":1,\"access_token\":\"a\",\"user\":\"me\",\"client_id\":\"id\",\"token_url\":"
        "\"https://t\",\"expires\":1e99}",
    };

    (void) unused;
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_true(apd_token_file_write(f->source.token_file, files[i], &error));
        g_assert_null(apd_token_load(&f->source, &error));
        g_assert_error(error, APD_ERROR, APD_ERROR_REFUSED);
    }
}

static void
on_changed(void *user_data)
{
    ++*(int *) user_data;
}

static void
test_watch(Fixture *f, gconstpointer unused)
{
    int changes = 0;
    ApdTokenWatch *watch = apd_token_watch_new(f->source.token_file, on_changed, &changes, NULL);

    (void) unused;
    g_assert_nonnull(watch);
    g_assert_true(apd_token_file_write(f->source.token_file, "x", NULL));
    while (changes == 0)
        g_main_context_iteration(NULL, TRUE);
    apd_token_watch_free(watch);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/oauth/sasl", test_sasl);
    g_test_add_func("/oauth/sasl-errors", test_sasl_errors);
    g_test_add_func("/oauth/pkce", test_pkce);
    g_test_add_func("/oauth/auth-url", test_auth_url);
    g_test_add_func("/oauth/return", test_return);
    g_test_add_func("/oauth/answers", test_answers);
    g_test_add_func("/oauth/echo", test_echo);
    g_test_add_func("/oauth/lives", test_lives);
    g_test_add_func("/oauth/requests", test_requests);
#define ADD(name, test) g_test_add("/token/" name, Fixture, NULL, set_up, test, tear_down)
    ADD("store", test_store);
    ADD("rotation", test_rotation);
    ADD("expired", test_expired);
    ADD("lock", test_lock);
    ADD("nonsense", test_nonsense);
    ADD("watch", test_watch);
    return g_test_run();
}
