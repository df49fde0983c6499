/* Logins that end are told of while there is still sight: each warning once, the
 * latest that is due for those before it, none at once after a login. */
#include "app/token_alert.h"
#include "ledger_fixture.h"
#include "model/alert.h"

#define START (20000 * APD_DAY)

typedef struct {
    LedgerFixture base;
    ApdConfig config;
    ApdSourceConfig source;
    ApdChannelConfig channel;
    ApdToken token;
} Fixture;

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void) unused;
    ledger_fixture_set_up(&f->base);
    f->config.stores = g_ptr_array_new();
    f->config.sources = g_ptr_array_new();
    f->config.channels = g_ptr_array_new();
    f->config.steps = g_array_new(FALSE, FALSE, sizeof(ApdTime));
    f->channel.name = (char *) "desk";
    f->channel.type = (char *) "terminal";
    g_ptr_array_add(f->config.channels, &f->channel);
    f->source.name = (char *) "office";
    f->source.section = (char *) "imap office";
    f->token.login = START;
    f->token.refresh_expires = APD_NEVER;
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void) unused;
    ledger_fixture_tear_down(&f->base);
    g_ptr_array_unref(f->config.stores);
    g_ptr_array_unref(f->config.sources);
    g_ptr_array_unref(f->config.channels);
    g_array_unref(f->config.steps);
}

static ApdTime
run(Fixture *f, ApdTime now)
{
    g_autoptr(GError) error = NULL;
    ApdTime next = APD_NEVER;

    apd_token_alert_run(f->base.ledger, &f->config, &f->source, &f->token, now, &next, &error);
    g_assert_no_error(error);
    return next;
}

static guint
count(Fixture *f)
{
    g_autoptr(GPtrArray) owed = apd_ledger_owed(f->base.ledger, NULL, APD_NEVER, 0, NULL);

    return owed->len;
}

static void
test_no_end(Fixture *f, gconstpointer unused)
{
    (void) unused;
    g_assert_cmpint(run(f, START + 1000 * APD_DAY), ==, APD_NEVER);
    g_assert_cmpuint(count(f), ==, 0);
}

static void
test_end(Fixture *f, gconstpointer unused)
{
    /* Days after the login, of a login of 90 days; warnings so far; the next one. */
    static const int rows[][3] = {
        { 0, 0, 83 },  { 82, 0, 83 }, { 83, 1, 87 }, { 84, 1, 87 },
        { 87, 2, 89 }, { 88, 2, 89 }, { 89, 3, -1 }, { 91, 3, -1 },
    };

    (void) unused;
    f->token.refresh_expires = START + 90 * APD_DAY;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ApdTime next = run(f, START + rows[i][0] * APD_DAY);
        g_assert_cmpint((int) count(f), ==, rows[i][1]);
        g_assert_cmpint(next, ==, rows[i][2] < 0 ? APD_NEVER : START + rows[i][2] * APD_DAY);
    }
}

/* Google's test registrations live seven days, refreshed or not. */
static void
test_short_life(Fixture *f, gconstpointer unused)
{
    (void) unused;
    f->token.refresh_expires = START + 7 * APD_DAY;
    g_assert_cmpint(run(f, START), ==, START + 4 * APD_DAY);
    g_assert_cmpuint(count(f), ==, 0);
    run(f, START + 4 * APD_DAY);
    g_assert_cmpuint(count(f), ==, 1);
}

static void
test_off_for_long(Fixture *f, gconstpointer unused)
{
    (void) unused;
    f->token.refresh_expires = START + 90 * APD_DAY;
    run(f, START + 89 * APD_DAY);
    g_assert_cmpuint(count(f), ==, 1);
}

static void
test_ended(Fixture *f, gconstpointer unused)
{
    (void) unused;
    f->token.refused = (char *) "invalid_grant";
    run(f, START);
    run(f, START + APD_DAY);
    g_assert_cmpuint(count(f), ==, 1);
    f->token.login += APD_DAY; /* logged in, and ended, again */
    run(f, START + 2 * APD_DAY);
    g_assert_cmpuint(count(f), ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add("/token-alert/" name, Fixture, NULL, set_up, test, tear_down)
    ADD("no-end", test_no_end);
    ADD("end", test_end);
    ADD("short-life", test_short_life);
    ADD("off-for-long", test_off_for_long);
    ADD("ended", test_ended);
    return g_test_run();
}
