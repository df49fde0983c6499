/* The life of tokens of the platform: a year in simulated time, with one consent that is
 * missed, against a platform that is played here. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "../fake/clock.c"

#include "app/tokens.h"
#include "base/error.h"
#include "io/api_token.h"
#include "io/secret.h"
#include "io/token.h"
#include "ledger_fixture.h"

#define ACCESS_LIFE  (30 * APD_DAY)
#define CONSENT_LIFE (60 * APD_DAY)

/* --- a platform in place of io/http -------------------------------------------------------- */

struct ApdHttp {
    int unused;
};

static struct {
    ApdTime consent_ends; /* of the refresh token */
    guint refreshed, refused;
    ApdHttpDone done;
    void *user_data;
    bool asked;
} platform;

void
apd_http_request_clear(ApdHttpRequest *self)
{
    g_clear_pointer(&self->method, g_free);
    g_clear_pointer(&self->url, g_free);
    g_clear_pointer(&self->headers, g_strfreev);
    g_clear_pointer(&self->body, g_bytes_unref);
    g_clear_pointer(&self->ca_file, g_free);
}

void
apd_http_response_clear(ApdHttpResponse *self)
{
    g_string_free(self->body, TRUE);
}

ApdHttp *
apd_http_new(void)
{
    return g_new0(ApdHttp, 1);
}

void
apd_http_free(ApdHttp *self)
{
    g_free(self);
}

void
apd_http_send(ApdHttp *self, const ApdHttpRequest *request, ApdHttpDone done, void *user_data)
{
    (void) self;
    g_assert_true(g_str_has_suffix(request->url, "/rest/auth/token/refresh"));
    g_assert_null(strstr(request->url, "planted"));
    g_assert_false(platform.asked);
    platform.asked = true;
    platform.done = done;
    platform.user_data = user_data;
}

ApdTime
apd_http_date(const char *value)
{
    (void) value;
    return 0;
}

ApdTime
apd_http_retry_after(const char *value, ApdTime now)
{
    (void) value;
    (void) now;
    return 0;
}

static char *
token_json(ApdTime now, guint n)
{
    return g_strdup_printf(
        "{\"access_token\":\"planted-access-%u\",\"refresh_token\":\"planted-refresh-"
        "%u\",\"expires_in\":%" G_GINT64_FORMAT ",\"refresh_expires_in\":\"%" G_GINT64_FORMAT
        "\",\"refresh_token_valid_time\":%" G_GINT64_FORMAT ",\"code\":\"0\"}",
        n, n, ACCESS_LIFE / APD_SECOND, (platform.consent_ends - now) / APD_SECOND,
        platform.consent_ends / 1000);
}

/* It answers what it was asked, once the asker has gone on. */
static void
platform_answer(ApdTime now)
{
    if (!platform.asked)
        return;
    bool good = now < platform.consent_ends;
    g_autofree char *text =
        good ? token_json(now, ++platform.refreshed)
             : g_strdup("{\"code\":\"IllegalRefreshToken\",\"type\":\"ISV\",\"message\":\"The "
                        "specified refresh token is invalid or expired\"}");
    ApdHttpResponse response = { .status = 200, .body = g_string_new(text) };

    platform.refused += !good;
    platform.asked = false;
    platform.done(&response, NULL, platform.user_data);
    apd_http_response_clear(&response);
}

/* --- the year --------------------------------------------------------------------------------- */

typedef struct {
    LedgerFixture ledger;
    ApdConfig *config;
    const ApdSourceConfig *source;
    ApdTokens *tokens;
    guint renewed, lost;
} Year;

static void
on_renewed(const ApdSourceConfig *source, void *user_data)
{
    (void) source;
    ((Year *) user_data)->renewed++;
}

static void
on_lost(const ApdSourceConfig *source, const GError *why, void *user_data)
{
    (void) source;
    g_assert_nonnull(strstr(why->message, "appealctl login api"));
    ((Year *) user_data)->lost++;
}

static void
on_changed(void *user_data)
{
    (void) user_data;
}

static ApdConfig *
load_config(const char *folder)
{
    g_autofree char *secret = g_build_filename(folder, "secret", NULL);
    g_autofree char *path = g_build_filename(folder, "appeald.conf", NULL);
    g_autofree char *conf = g_canonicalize_filename("conf", NULL);
    g_autofree char *text =
        g_strdup_printf("[appeald]\nstate-dir = %s\nrules-dir = %s\n"
                        "[aliexpress api]\napp-key = 500102\napp-secret-file = %s\n"
                        "redirect = https://seller.example/\n"
                        "[channel here]\ntype = terminal\n",
                        folder, conf, secret);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents_full(secret, "planted-secret\n", -1, G_FILE_SET_CONTENTS_NONE,
                                           0600, NULL));
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    ApdConfig *config = apd_config_load(path, &error);
    g_assert_no_error(error);
    return config;
}

/* As `appealctl login` does it. */
static void
consent(Year *self, ApdTime now)
{
    g_auto(ApdOAuthAnswer) answer = { 0 };
    g_autoptr(GError) error = NULL;

    platform.consent_ends = now + CONSENT_LIFE;
    g_autofree char *text = token_json(now, ++platform.refreshed);
    ApdHttpResponse response = { .status = 200, .body = g_string_new(text) };
    g_assert_cmpint(apd_api_token_read(self->source, &response, now, &answer), ==, APD_OAUTH_TOKEN);
    apd_http_response_clear(&response);
    g_autoptr(ApdToken) token = apd_token_new(self->source, NULL, &answer, now);
    g_assert_cmpint(token->refresh_expires, ==, platform.consent_ends);
    int lock = apd_token_lock(self->source, &error);
    g_assert_cmpint(lock, >=, 0);
    g_assert_true(apd_token_store(self->source, token, &error));
    close(lock);
}

static bool
was_warned(const Year *self, ApdTime end, int days)
{
    g_autofree char *key =
        g_strdup_printf("login/aliexpress api/%" G_GINT64_FORMAT "/%d", end, days);
    bool known = false;

    g_assert_true(apd_ledger_has_alert(self->ledger.ledger, key, &known, NULL));
    return known;
}

static bool
was_told_of_end(const Year *self, ApdTime login)
{
    g_autofree char *key = g_strdup_printf("login/aliexpress api/ended/%" G_GINT64_FORMAT, login);
    bool known = false;

    g_assert_true(apd_ledger_has_alert(self->ledger.ledger, key, &known, NULL));
    return known;
}

/* Time goes on to @end, as the daemon's alarm has it. */
static void
live_until(Year *self, ApdTime end)
{
    const ApdTokensEvents events = { on_renewed, on_lost, on_changed };

    /* A new consent is found by inotify in the daemon; here the keepers begin anew. */
    g_clear_pointer(&self->tokens, apd_tokens_free);
    self->tokens = apd_tokens_new(self->ledger.ledger, self->config, &events, self);
    g_assert_nonnull(self->tokens);
    for (guint turns = 0; apd_now() < end; turns++) {
        ApdTime next = APD_NEVER;
        g_autoptr(GError) error = NULL;
        g_assert_cmpuint(turns, <, 20000);
        g_assert_true(apd_tokens_run(self->tokens, apd_now(), &next, &error));
        if (platform.asked) /* what comes of the answer is due at once */
            next = apd_now();
        platform_answer(apd_now());
        fake_clock_set(CLAMP(next, apd_now() + APD_SECOND, end));
    }
}

static bool
token_is_good(const Year *self)
{
    char *secret = apd_token_secret(self->source, NULL);
    bool good = secret != NULL;

    apd_secret_free(secret);
    return good;
}

static void
test_year(void)
{
    Year self = { 0 };
    ApdTime start = INT64_C(1764000000) * APD_SECOND;

    ledger_fixture_set_up(&self.ledger);
    self.config = load_config(self.ledger.directory);
    self.source = self.config->sources->pdata[0];
    fake_clock_set(start);

    /* Five consents in time, each a day before the end: never without a token. */
    for (int i = 0; i < 5; i++) {
        consent(&self, apd_now());
        ApdTime end = platform.consent_ends;
        guint before = platform.refreshed;
        live_until(&self, end - 15 * APD_DAY);
        g_assert_false(was_warned(&self, end, 14));
        live_until(&self, end - APD_DAY / 2);
        g_assert_true(was_warned(&self, end, 14) && was_warned(&self, end, 7)
                      && was_warned(&self, end, 3) && was_warned(&self, end, 1));
        g_assert_true(token_is_good(&self));
        g_assert_cmpuint(platform.refreshed, >, before);
        g_assert_cmpuint(platform.refreshed - before, <=, 3);
        g_assert_cmpuint(self.lost, ==, 0);
    }

    /* The sixth is missed: told by the warnings, then as ended, once, and no hammering. */
    ApdTime login = apd_now();
    consent(&self, login);
    ApdTime end = platform.consent_ends;
    live_until(&self, end + 40 * APD_DAY);
    g_assert_true(was_warned(&self, end, 1));
    g_assert_false(token_is_good(&self));
    g_assert_true(was_told_of_end(&self, login));
    g_assert_cmpuint(platform.refused, ==, 1);

    /* And all is well after it. */
    consent(&self, apd_now());
    guint lost = self.lost;
    live_until(&self, apd_now() + 20 * APD_DAY);
    g_assert_true(token_is_good(&self));
    g_assert_cmpuint(self.lost, ==, lost);
    g_assert_cmpint(apd_now() - start, >, 365 * APD_DAY);

    g_clear_pointer(&self.tokens, apd_tokens_free);
    apd_config_free(self.config);
    g_autofree char *command = g_strdup_printf("%s/tokens", self.ledger.directory);
    g_autoptr(GDir) dir = g_dir_open(command, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(command, name, NULL);
        g_unlink(path);
    }
    g_rmdir(command);
    static const char *const files[] = { "secret", "appeald.conf" };
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(self.ledger.directory, files[i], NULL);
        g_unlink(path);
    }
    ledger_fixture_tear_down(&self.ledger);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* A login that ends is warned of in the log: that is no failure here. */
    g_log_set_always_fatal((GLogLevelFlags) (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR));
    g_test_add_func("/platform-tokens/year", test_year);
    return g_test_run();
}
