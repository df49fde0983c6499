#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "ledger_fixture.h"

#define NOW (1000 * APD_DAY)

typedef LedgerFixture Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    (void) data;
    ledger_fixture_set_up(f);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void) data;
    ledger_fixture_tear_down(f);
}

static void
run_sql(const char *path, const char *sql)
{
    sqlite3 *db;

    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
    sqlite3_close(db);
}

static int64_t
add_case(Fixture *f, ApdCase *kase)
{
    g_autoptr(GError) error = NULL;

    apd_ledger_put_case(f->ledger, kase, "mail", "opened", NOW, &error);
    g_assert_no_error(error);
    return kase->id;
}

static bool
add_alert(Fixture *f, const char *key, ApdCase *kase, const char *const *channels)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdAlert) alert = apd_alert_new();
    bool is_new = false;

    alert->key = g_strdup(key);
    alert->type = kase ? APD_ALERT_CASE : APD_ALERT_BLIND;
    alert->severity = kase ? kase->severity : APD_SEVERITY_HIGH;
    alert->kase = kase;
    alert->created = NOW;
    apd_ledger_add_alert(f->ledger, alert, channels, &is_new, &error);
    g_assert_no_error(error);
    alert->kase = NULL;
    return is_new;
}

static GPtrArray *
owed(Fixture *f, const char *channel, ApdTime now)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *all = apd_ledger_owed(f->ledger, channel, now, 0, &error);

    g_assert_no_error(error);
    return all;
}

/* --- the file ------------------------------------------------------------ */

static void
test_private_file(Fixture *f, gconstpointer data)
{
    struct stat info;

    (void) data;
    g_assert_cmpint(stat(f->path, &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 07777, ==, 0600);
}

static void
test_shared_file(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->directory, "shared.db", NULL);
    g_autofree char *wal = g_strconcat(path, "-wal", NULL);
    g_autoptr(GError) error = NULL;
    struct stat info;

    (void) data;
    g_assert_cmpint(g_chmod(f->directory, 02770), ==, 0);
    g_autoptr(ApdLedger) shared = apd_ledger_open(path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(stat(path, &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 07777, ==, 0660);
    g_assert_cmpint(stat(wal, &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 07777, ==, 0660);
    apd_ledger_close(g_steal_pointer(&shared));
    g_unlink(path);
}

static void
test_refuses(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *sql;
        const char *why;
    } rows[] = {
        { "PRAGMA user_version = 4711", "*written by a newer appeald (version 4711*" },
        { "PRAGMA application_id = 1", "*another program's database*" },
    };

    (void) data;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *before = NULL, *after = NULL;
        gsize size_before, size_after;

        apd_ledger_close(g_steal_pointer(&f->ledger));
        run_sql(f->path, rows[i].sql);
        g_assert_true(g_file_get_contents(f->path, &before, &size_before, NULL));
        g_assert_null(apd_ledger_open(f->path, &error));
        g_assert_error(error, APD_ERROR, APD_ERROR_LEDGER);
        g_assert_true(g_pattern_match_simple(rows[i].why, error->message));
        g_assert_true(strstr(error->message, f->path) != NULL);
        g_assert_true(g_file_get_contents(f->path, &after, &size_after, NULL));
        g_assert_cmpuint(size_before, ==, size_after);
        g_assert_true(memcmp(before, after, size_before) == 0);
    }
}

static void
test_refuses_garbage(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->directory, "garbage.db", NULL);
    g_autofree char *after = NULL;
    g_autoptr(GError) error = NULL;

    (void) data;
    g_assert_true(
        g_file_set_contents(path, "this is no database, but somebody's letter ...", -1, NULL));
    g_assert_null(apd_ledger_open(path, &error));
    g_assert_error(error, APD_ERROR, APD_ERROR_LEDGER);
    g_assert_true(g_file_get_contents(path, &after, NULL, NULL));
    g_assert_true(g_str_has_prefix(after, "this is no database"));
    g_unlink(path);
}

static void
test_existing_only(Fixture *f, gconstpointer data)
{
    g_autofree char *path = g_build_filename(f->directory, "none.db", NULL);
    g_autoptr(GError) error = NULL;

    (void) data;
    g_assert_null(apd_ledger_open_existing(path, &error));
    g_assert_error(error, APD_ERROR, APD_ERROR_LEDGER);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));

    g_clear_error(&error);
    g_autoptr(ApdLedger) second = apd_ledger_open_existing(f->path, &error);
    g_assert_no_error(error);
}

/* --- cursors and messages ------------------------------------------------- */

static void
test_cursor(Fixture *f, gconstpointer data)
{
    ApdCursor cursor = { 1, 2, true };

    (void) data;
    g_assert_true(apd_ledger_get_cursor(f->ledger, "imap a", "INBOX", &cursor, NULL));
    g_assert_cmpuint(cursor.uidvalidity, ==, 0);
    g_assert_false(cursor.looked_back);

    cursor = (ApdCursor){ UINT32_MAX, UINT32_MAX - 1, true };
    g_assert_true(apd_ledger_set_cursor(f->ledger, "imap a", "INBOX", &cursor, NULL));
    ledger_fixture_reopen(f);
    cursor = (ApdCursor){ 0 };
    g_assert_true(apd_ledger_get_cursor(f->ledger, "imap a", "INBOX", &cursor, NULL));
    g_assert_cmpuint(cursor.uidvalidity, ==, UINT32_MAX);
    g_assert_cmpuint(cursor.last_uid, ==, UINT32_MAX - 1);
    g_assert_true(cursor.looked_back);
}

static void
test_rollback(Fixture *f, gconstpointer data)
{
    ApdCursor cursor = { 7, 8, false };

    (void) data;
    g_assert_true(apd_ledger_begin(f->ledger, NULL));
    g_assert_true(apd_ledger_set_cursor(f->ledger, "imap a", "INBOX", &cursor, NULL));
    apd_ledger_rollback(f->ledger);
    g_assert_true(apd_ledger_get_cursor(f->ledger, "imap a", "INBOX", &cursor, NULL));
    g_assert_cmpuint(cursor.uidvalidity, ==, 0);
}

static void
test_message_once(Fixture *f, gconstpointer data)
{
    ApdMessage one = { .source = (char *) "maildir a",
                       .folder = (char *) "",
                       .name = (char *) "1.x" };
    ApdMessage two = { .source = (char *) "imap b", .folder = (char *) "Junk", .uid = 9 };
    g_autoptr(ApdVerdict) verdict = apd_verdict_new();
    g_autoptr(ApdCase) kase = ledger_fixture_case("prohibited", NOW);
    int64_t id, again;
    bool is_new, known;

    (void) data;
    verdict->kind = APD_KIND_PENALTY;
    verdict->subject = g_strdup("Notice");
    add_case(f, kase);
    g_assert_true(apd_ledger_has_message(f->ledger, "k", &known, NULL));
    g_assert_false(known);
    g_assert_true(
        apd_ledger_add_message(f->ledger, &one, "k", verdict, kase->id, &is_new, &id, NULL));
    g_assert_true(is_new);
    g_assert_true(
        apd_ledger_add_message(f->ledger, &two, "k", verdict, kase->id, &is_new, &again, NULL));
    g_assert_false(is_new);
    g_assert_cmpint(id, ==, again);

    g_assert_true(apd_ledger_has_message(f->ledger, "k", &known, NULL));
    g_assert_true(known);
    g_assert_true(apd_ledger_has_name(f->ledger, "maildir a", "1.x", &known, NULL));
    g_assert_true(known);
    g_assert_true(apd_ledger_has_name(f->ledger, "maildir b", "1.x", &known, NULL));
    g_assert_false(known);

    g_autoptr(GPtrArray) records = apd_ledger_messages_of_case(f->ledger, kase->id, NULL);
    g_assert_cmpuint(records->len, ==, 1);
    const ApdRecord *record = records->pdata[0];
    g_assert_cmpstr(record->subject, ==, "Notice");
    g_assert_cmpuint(g_strv_length(record->places), ==, 2);
    g_assert_true(g_strv_contains((const char *const *) record->places, "imap b: Junk"));
}

/* --- cases ---------------------------------------------------------------- */

static void
test_case_round_trip(Fixture *f, gconstpointer data)
{
    g_autoptr(ApdCase) kase = ledger_fixture_case("ip.patent", NOW + APD_DAY);
    g_autoptr(ApdCase) back = NULL;

    (void) data;
    g_free(kase->store);
    kase->store = g_strdup("lanterns");
    kase->kind = APD_KIND_COMPLAINT;
    kase->outcome = APD_OUTCOME_MORE_EVIDENCE;
    kase->state = APD_STATE_APPEALED;
    kase->points = 50;
    kase->case_ref = g_strdup("A-1");
    g_strfreev(kase->orders);
    kase->orders = g_strsplit("1 22", " ", -1);
    kase->basis = APD_BASIS_RELATIVE;
    kase->authenticity = APD_AUTHENTICITY_FORGED;
    kase->severity = APD_SEVERITY_CRITICAL;
    kase->appeal_url = g_strdup("https://appeal.aliexpress.com/1");
    kase->snoozed_until = 5;
    kase->round = 3;
    kase->note = g_strdup("asked the lawyer");
    add_case(f, kase);
    g_assert_cmpint(kase->id, >, 0);
    ledger_fixture_reopen(f);

    g_assert_true(apd_ledger_get_case(f->ledger, kase->id, &back, NULL));
    g_assert_cmpstr(back->store, ==, "lanterns");
    g_assert_cmpint(back->kind, ==, APD_KIND_COMPLAINT);
    g_assert_cmpint(back->outcome, ==, APD_OUTCOME_MORE_EVIDENCE);
    g_assert_cmpint(back->state, ==, APD_STATE_APPEALED);
    g_assert_cmpint(back->points, ==, 50);
    g_assert_cmpstr(back->case_ref, ==, "A-1");
    g_assert_cmpuint(g_strv_length(back->orders), ==, 2);
    g_assert_cmpstr(back->orders[1], ==, "22");
    g_assert_cmpuint(g_strv_length(back->products), ==, 0);
    g_assert_cmpint(back->deadline, ==, NOW + APD_DAY);
    g_assert_cmpint(back->basis, ==, APD_BASIS_RELATIVE);
    g_assert_cmpint(back->authenticity, ==, APD_AUTHENTICITY_FORGED);
    g_assert_cmpint(back->severity, ==, APD_SEVERITY_CRITICAL);
    g_assert_null(back->language);
    g_assert_cmpstr(back->appeal_url, ==, "https://appeal.aliexpress.com/1");
    g_assert_cmpint(back->updated, ==, NOW);
    g_assert_cmpint(back->snoozed_until, ==, 5);
    g_assert_cmpint(back->round, ==, 3);
    g_assert_cmpstr(back->note, ==, "asked the lawyer");

    /* Replacing keeps the id and adds a line of history. */
    back->state = APD_STATE_WON;
    g_assert_true(apd_ledger_put_case(f->ledger, back, "person", "closed", NOW + 1, NULL));
    g_assert_cmpint(back->id, ==, kase->id);
    g_autoptr(GPtrArray) history = apd_ledger_history(f->ledger, kase->id, NULL);
    g_assert_cmpuint(history->len, ==, 2);
    g_assert_cmpstr(((ApdHistory *) history->pdata[1])->by, ==, "person");
}

static void
test_case_order(Fixture *f, gconstpointer data)
{
    static const ApdTime deadlines[] = { APD_NEVER, NOW + 2, NOW + 1 };
    static const ApdState states[] = { APD_STATE_OPEN, APD_STATE_ACKNOWLEDGED, APD_STATE_LOST };
    ApdCase *none = (ApdCase *) 1;

    (void) data;
    for (size_t i = 0; i < G_N_ELEMENTS(deadlines); i++) {
        g_autoptr(ApdCase) kase = ledger_fixture_case("prohibited", deadlines[i]);
        kase->state = states[i];
        add_case(f, kase);
    }

    g_autoptr(GPtrArray) running = apd_ledger_cases(f->ledger, APD_CASES_RUNNING, NULL);
    g_assert_cmpuint(running->len, ==, 2);
    g_assert_cmpint(((ApdCase *) running->pdata[0])->id, ==, 2);
    g_autoptr(GPtrArray) all = apd_ledger_cases(f->ledger, APD_CASES_ALL, NULL);
    g_assert_cmpuint(all->len, ==, 3);
    g_assert_cmpint(((ApdCase *) all->pdata[0])->id, ==, 3);
    g_assert_cmpint(((ApdCase *) all->pdata[2])->id, ==, 1);

    g_assert_true(apd_ledger_get_case(f->ledger, 99, &none, NULL));
    g_assert_null(none);
}

static void
test_candidates(Fixture *f, gconstpointer data)
{
    g_autoptr(ApdCase) old = ledger_fixture_case("prohibited", NOW);
    g_autoptr(ApdCase) running = ledger_fixture_case("prohibited", NOW);

    (void) data;
    old->state = APD_STATE_LOST;
    old->case_ref = g_strdup("R1");
    add_case(f, old);
    add_case(f, running);

    g_autoptr(GPtrArray) by_state = apd_ledger_candidates(f->ledger, "", NULL, NOW + 1, NULL);
    g_assert_cmpuint(by_state->len, ==, 1);
    g_autoptr(GPtrArray) by_ref = apd_ledger_candidates(f->ledger, "x", "R1", NOW + 1, NULL);
    g_assert_cmpuint(by_ref->len, ==, 1);
    g_autoptr(GPtrArray) recent = apd_ledger_candidates(f->ledger, "", NULL, NOW, NULL);
    g_assert_cmpuint(recent->len, ==, 2);
    g_autoptr(GPtrArray) spelt = apd_ledger_candidates(f->ledger, "", "#r-1", NOW, NULL);
    g_assert_cmpuint(spelt->len, ==, 2);
    g_autoptr(GPtrArray) others = apd_ledger_candidates(f->ledger, "", "R2", NOW, NULL);
    g_assert_cmpuint(others->len, ==, 1); /* the one that bears none */
}

/* --- alerts and deliveries ------------------------------------------------ */

static const char *const two_channels[] = { "team", "desk", NULL };
static const char *const one_channel[] = { "team", NULL };

static void
test_alert_once(Fixture *f, gconstpointer data)
{
    g_autoptr(ApdCase) kase = ledger_fixture_case("prohibited", NOW + APD_DAY);
    ApdTold told;

    (void) data;
    add_case(f, kase);
    g_assert_true(apd_ledger_told(f->ledger, kase->id, &told, NULL));
    g_assert_cmpint(told.left, ==, APD_NEVER);
    g_assert_cmpint(told.latest, ==, 0);

    g_assert_true(add_alert(f, "case/1/0/new", kase, two_channels));
    g_assert_false(add_alert(f, "case/1/0/new", kase, two_channels));

    g_autoptr(GPtrArray) all = owed(f, NULL, NOW);
    g_assert_cmpuint(all->len, ==, 2);
    const ApdDelivery *first = all->pdata[0], *second = all->pdata[1];
    g_assert_true(g_str_has_prefix(first->idempotency, "msg_"));
    g_assert_cmpstr(first->idempotency, !=, second->idempotency);

    g_assert_true(apd_ledger_told(f->ledger, kase->id, &told, NULL));
    g_assert_cmpint(told.left, ==, APD_DAY);
    g_assert_cmpint(told.latest, ==, NOW);

    /* A new round owes its steps anew. */
    kase->round = 1;
    add_case(f, kase);
    g_autoptr(GArray) all_told = apd_ledger_told_all(f->ledger, NULL);
    g_assert_cmpuint(all_told->len, ==, 1);
    g_assert_cmpint(g_array_index(all_told, ApdTold, 0).latest, ==, 0);

    g_autoptr(ApdAlert) alert = NULL;
    g_assert_true(apd_ledger_get_alert(f->ledger, first->alert_id, &alert, NULL));
    g_assert_cmpstr(alert->key, ==, "case/1/0/new");
    g_assert_cmpint(alert->kase->round, ==, 1);
}

static void
test_most_urgent_first(Fixture *f, gconstpointer data)
{
    static const struct {
        ApdTime left;
        ApdSeverity severity;
    } rows[] = {
        { 10 * APD_DAY, APD_SEVERITY_MEDIUM },    /* 3rd: within its slack */
        { 2 * APD_HOUR, APD_SEVERITY_LOW },       /* 2nd: its deadline */
        { 20 * APD_DAY, APD_SEVERITY_CRITICAL },  /* 1st */
        { APD_NEVER - NOW, APD_SEVERITY_LOW },    /* 4th */
        { -2 * APD_HOUR, APD_SEVERITY_CRITICAL }, /* last: nothing can be saved of it */
    };
    static const int64_t order[] = { 3, 2, 1, 4, 5 };

    (void) data;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *key = g_strdup_printf("k%zu", i);
        g_autoptr(ApdCase) kase = ledger_fixture_case("prohibited", NOW + rows[i].left);
        kase->severity = rows[i].severity;
        add_case(f, kase);
        add_alert(f, key, kase, one_channel);
    }

    g_autoptr(GPtrArray) all = owed(f, "team", NOW);
    g_assert_cmpuint(all->len, ==, G_N_ELEMENTS(order));
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        g_assert_cmpint(((ApdDelivery *) all->pdata[i])->alert_id, ==, order[i]);

    g_autoptr(GPtrArray) none = owed(f, "desk", NOW);
    g_assert_cmpuint(none->len, ==, 0);
    g_autoptr(GPtrArray) limited = apd_ledger_owed(f->ledger, NULL, NOW, 2, NULL);
    g_assert_cmpuint(limited->len, ==, 2);
}

static void
test_delivery_life(Fixture *f, gconstpointer data)
{
    g_autoptr(ApdCase) kase = ledger_fixture_case("prohibited", NOW + APD_DAY);
    ApdTime when;

    (void) data;
    add_case(f, kase);
    g_assert_true(apd_ledger_next_try(f->ledger, one_channel[0], &when, NULL));
    g_assert_cmpint(when, ==, APD_NEVER);
    add_alert(f, "a", kase, one_channel);

    g_autoptr(GPtrArray) first = owed(f, NULL, NOW);
    ApdDelivery *delivery = first->pdata[0];
    delivery->attempts = 1;
    delivery->next_try = NOW + APD_MINUTE;
    delivery->last_error = g_strdup("busy");
    g_assert_true(apd_ledger_put_delivery(f->ledger, delivery, NULL));
    g_assert_true(apd_ledger_next_try(f->ledger, one_channel[0], &when, NULL));
    g_assert_cmpint(when, ==, NOW + APD_MINUTE);
    g_assert_true(apd_ledger_next_try(f->ledger, NULL, &when, NULL));
    g_assert_cmpint(when, ==, NOW + APD_MINUTE);
    g_assert_true(apd_ledger_next_try(f->ledger, "desk", &when, NULL));
    g_assert_cmpint(when, ==, APD_NEVER);
    g_autoptr(GPtrArray) later = owed(f, NULL, NOW);
    g_assert_cmpuint(later->len, ==, 0);

    /* A later alert of the case takes its place; a late failure does not
     * bring it back, but a late success is written down. */
    add_alert(f, "b", kase, one_channel);
    g_assert_true(apd_ledger_drop_superseded(f->ledger, 2, NULL));
    g_assert_true(apd_ledger_put_delivery(f->ledger, delivery, NULL));
    g_autoptr(GPtrArray) all = apd_ledger_deliveries_of_case(f->ledger, kase->id, NULL);
    g_assert_cmpuint(all->len, ==, 2);
    g_assert_cmpint(((ApdDelivery *) all->pdata[0])->state, ==, APD_DELIVERY_DROPPED);
    g_assert_cmpint(((ApdDelivery *) all->pdata[1])->state, ==, APD_DELIVERY_OWED);
    delivery->state = APD_DELIVERY_DONE;
    g_assert_true(apd_ledger_put_delivery(f->ledger, delivery, NULL));

    g_assert_true(apd_ledger_drop_owed(f->ledger, kase->id, NULL));
    g_autoptr(GPtrArray) end = apd_ledger_deliveries_of_case(f->ledger, kase->id, NULL);
    g_assert_cmpint(((ApdDelivery *) end->pdata[0])->state, ==, APD_DELIVERY_DONE);
    g_assert_cmpint(((ApdDelivery *) end->pdata[1])->state, ==, APD_DELIVERY_DROPPED);
}

static void
test_summary(Fixture *f, gconstpointer data)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();
    g_autoptr(ApdAlert) back = NULL;
    ApdTold told;
    bool is_new;

    (void) data;
    for (int i = 0; i < 3; i++) {
        ApdCase *kase = ledger_fixture_case("prohibited", NOW + (3 - i) * APD_DAY);
        add_case(f, kase);
        g_assert_true(apd_ledger_hold_case(f->ledger, kase->id, "imap a", "INBOX", NOW + i, NULL));
        g_ptr_array_add(alert->cases, kase);
    }
    g_assert_true(apd_ledger_told(f->ledger, 1, &told, NULL));
    g_assert_true(told.held);

    g_autoptr(GPtrArray) held = apd_ledger_held(f->ledger, NULL);
    g_assert_cmpuint(held->len, ==, 1);
    g_assert_cmpuint(((ApdHeld *) held->pdata[0])->case_ids->len, ==, 3);
    g_assert_cmpint(((ApdHeld *) held->pdata[0])->since, ==, NOW);

    alert->key = g_strdup("summary/1");
    alert->type = APD_ALERT_SUMMARY;
    alert->created = NOW;
    g_assert_true(apd_ledger_add_alert(f->ledger, alert, one_channel, &is_new, NULL));
    g_assert_true(apd_ledger_release_held(f->ledger, "imap a", "INBOX", NULL));
    g_assert_true(apd_ledger_told(f->ledger, 1, &told, NULL));
    g_assert_false(told.held);
    g_assert_cmpint(told.left, ==, 3 * APD_DAY);

    g_assert_true(apd_ledger_get_alert(f->ledger, alert->id, &back, NULL));
    g_assert_cmpuint(back->cases->len, ==, 3);
    g_assert_cmpint(((ApdCase *) back->cases->pdata[0])->id, ==, 3);
}

static void
test_sights(Fixture *f, gconstpointer data)
{
    ApdSight sight = { .source = (char *) "imap a",
                       .folder = (char *) "INBOX",
                       .well = true,
                       .since = 1,
                       .last_life = 2 };

    (void) data;
    g_assert_true(apd_ledger_put_sight(f->ledger, &sight, NULL));
    sight.well = false;
    sight.text = (char *) "password rejected";
    g_assert_true(apd_ledger_put_sight(f->ledger, &sight, NULL));
    g_autoptr(GPtrArray) sights = apd_ledger_sights(f->ledger, NULL);
    g_assert_cmpuint(sights->len, ==, 1);
    g_assert_cmpstr(((ApdSight *) sights->pdata[0])->text, ==, "password rejected");
}

/* --- several programs ------------------------------------------------------ */

static void
count(void *user_data)
{
    ++*(int *) user_data;
}

static gboolean
on_late(gpointer user_data)
{
    *(bool *) user_data = true;
    return G_SOURCE_REMOVE;
}

/* Runs the loop until @counter is @wanted, or @ms have passed. */
static bool
wait_for(const int *counter, int wanted, guint ms)
{
    bool late = false;
    guint id = g_timeout_add(ms, on_late, &late);

    while (*counter < wanted && !late)
        g_main_context_iteration(NULL, TRUE);
    if (!late)
        g_source_remove(id);
    return *counter >= wanted;
}

static void
test_watch(Fixture *f, gconstpointer data)
{
    g_autoptr(ApdLedger) other = apd_ledger_open_existing(f->path, NULL);
    g_autoptr(ApdCase) kase = ledger_fixture_case("prohibited", NOW);
    ApdCursor cursor = { 1, 1, false };
    int changes = 0;

    (void) data;
    g_assert_true(apd_ledger_watch(f->ledger, count, &changes, NULL));

    /* One's own commits are no news. */
    add_case(f, kase);
    g_assert_false(wait_for(&changes, 1, 400));

    g_assert_true(apd_ledger_set_cursor(other, "imap a", "", &cursor, NULL));
    g_assert_true(wait_for(&changes, 1, 5000));
    g_assert_true(apd_ledger_set_cursor(other, "imap b", "", &cursor, NULL));
    g_assert_true(wait_for(&changes, 2, 5000));

    /* Another tool's commit, which touches nothing. */
    run_sql(f->path, "DELETE FROM cursors");
    g_assert_true(wait_for(&changes, 3, 5000));
}

/* Issue: thousands owed must not be slow to hand out, one batch at a time. */
static void
test_drains_quickly(Fixture *f, gconstpointer data)
{
    enum { N = 10000 };
    g_autoptr(GTimer) timer = g_timer_new();
    int done = 0;

    (void) data;
    g_assert_true(apd_ledger_begin(f->ledger, NULL));
    for (int i = 0; i < N; i++) {
        g_autofree char *key = g_strdup_printf("k%d", i);
        g_autoptr(ApdCase) kase = ledger_fixture_case("prohibited", NOW + i % 97 * APD_HOUR);
        add_case(f, kase);
        add_alert(f, key, kase, one_channel);
    }
    g_assert_true(apd_ledger_commit(f->ledger, NULL));
    g_test_message("owed %d in %.3f s", N, g_timer_elapsed(timer, NULL));

    g_timer_start(timer);
    for (;;) {
        g_autoptr(GPtrArray) batch = apd_ledger_owed(f->ledger, "team", NOW, 100, NULL);
        if (batch->len == 0)
            break;
        g_assert_true(apd_ledger_begin(f->ledger, NULL));
        for (guint i = 0; i < batch->len; i++) {
            ApdDelivery *delivery = batch->pdata[i];
            g_autoptr(ApdAlert) alert = NULL;
            g_assert_true(apd_ledger_get_alert(f->ledger, delivery->alert_id, &alert, NULL));
            delivery->state = APD_DELIVERY_DONE;
            g_assert_true(apd_ledger_put_delivery(f->ledger, delivery, NULL));
            done++;
        }
        g_assert_true(apd_ledger_commit(f->ledger, NULL));
    }
    g_test_message("drained in %.3f s", g_timer_elapsed(timer, NULL));
    g_assert_cmpint(done, ==, N);
    g_assert_cmpfloat(g_timer_elapsed(timer, NULL), <, 60); /* sanitizers and slow disks too */
}

#define ADD(path, func) g_test_add("/ledger/" path, Fixture, NULL, set_up, func, tear_down)

/* Programs that start together find no ledger: each of them gets it. */
static void
test_opened_by_many_at_once(void)
{
    g_autofree char *folder = g_dir_make_tmp("appeald-XXXXXX", NULL);

    for (int round = 0; round < 20; round++) {
        g_autofree char *name = g_strdup_printf("ledger-%d.db", round);
        g_autofree char *path = g_build_filename(folder, name, NULL);
        pid_t children[8];

        for (size_t i = 0; i < G_N_ELEMENTS(children); i++)
            if ((children[i] = fork()) == 0) {
                g_autoptr(GError) error = NULL;
                ApdLedger *ledger = apd_ledger_open(path, &error);
                if (ledger == NULL)
                    fprintf(stderr, "%s\n", error->message);
                apd_ledger_close(ledger);
                _exit(ledger == NULL);
            }
        for (size_t i = 0; i < G_N_ELEMENTS(children); i++) {
            int status;
            g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
            g_assert_cmpint(status, ==, 0);
        }
        g_assert_cmpint(g_remove(path), ==, 0);

        /* Left only where two closed it at the same instant. */
        g_autofree char *wal = g_strconcat(path, "-wal", NULL);
        g_autofree char *shm = g_strconcat(path, "-shm", NULL);
        g_remove(wal);
        g_remove(shm);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void
test_told_of_several(Fixture *f, gconstpointer data)
{
    static const char *const channels[] = { "office", NULL };
    g_auto(GStrv) told = g_strsplit("a@x.example b@x.example", " ", -1);
    g_autoptr(ApdCase) kase = ledger_fixture_case("prohibited", NOW);

    (void) data;
    add_case(f, kase);
    add_alert(f, "k", kase, channels);
    g_autoptr(GPtrArray) before = owed(f, "office", NOW);
    ApdDelivery *delivery = before->pdata[0];
    g_assert_false(apd_delivery_is_partly_told(delivery));

    g_strfreev(delivery->told);
    delivery->told = g_strdupv(told);
    g_assert_true(apd_ledger_put_delivery(f->ledger, delivery, NULL));
    ledger_fixture_reopen(f);
    g_autoptr(GPtrArray) after = owed(f, "office", NOW);
    delivery = after->pdata[0];
    g_assert_true(apd_delivery_is_partly_told(delivery));
    g_assert_true(g_strv_equal((const char *const *) delivery->told, (const char *const *) told));
}

static void
test_destinations(Fixture *f, gconstpointer data)
{
    char place[] = "-100", moved[] = "-200";
    const ApdDestination rows[] = { { 17, 42, place, moved }, { 18, 0, NULL, NULL } };

    (void) data;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(ApdDestination) known = { 0 }, other = { 1, 1, NULL, NULL };

        g_assert_true(apd_ledger_put_destination(f->ledger, "team", &rows[i], NULL));
        ledger_fixture_reopen(f);
        g_assert_true(apd_ledger_get_destination(f->ledger, "team", &known, NULL));
        g_assert_cmpint(known.full, ==, rows[i].full);
        g_assert_cmpint(known.closed, ==, rows[i].closed);
        g_assert_cmpstr(known.place, ==, rows[i].place);
        g_assert_cmpstr(known.moved, ==, rows[i].moved);
        g_assert_true(apd_ledger_get_destination(f->ledger, "stranger", &other, NULL));
        g_assert_cmpint(other.full, ==, 0);
        g_assert_null(other.moved);
    }
}

/* What version 1 owed is owed still. */
static void
test_grows(Fixture *f, gconstpointer data)
{
    static const char *const channels[] = { "office", NULL };
    g_autoptr(ApdCase) kase = ledger_fixture_case("prohibited", NOW);

    (void) data;
    add_case(f, kase);
    add_alert(f, "k", kase, channels);
    apd_ledger_close(g_steal_pointer(&f->ledger));
    run_sql(f->path, "DROP INDEX owed_by_bundle; ALTER TABLE deliveries DROP COLUMN bundle;"
                     "ALTER TABLE deliveries DROP COLUMN rest;"
                     "ALTER TABLE deliveries DROP COLUMN told; DROP TABLE destinations;"
                     "DROP TABLE marks; DROP INDEX cases_by_matter;"
                     "ALTER TABLE cases DROP COLUMN asked;"
                     "CREATE INDEX cases_by_store ON cases (store, updated);"
                     "PRAGMA user_version = 1");
    ledger_fixture_reopen(f);

    g_autoptr(GPtrArray) all = owed(f, "office", NOW);
    g_assert_cmpuint(all->len, ==, 1);
    ApdDelivery *delivery = all->pdata[0];
    g_assert_false(apd_delivery_is_partly_told(delivery));
    delivery->attempts = 3;
    g_assert_true(apd_ledger_put_delivery(f->ledger, delivery, NULL));
    g_autoptr(ApdCase) grown = NULL;
    g_assert_true(apd_ledger_get_case(f->ledger, kase->id, &grown, NULL));
    g_assert_cmpint(grown->asked, ==, kase->opened);
    test_destinations(f, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("private-file", test_private_file);
    ADD("shared-file", test_shared_file);
    ADD("told-of-several", test_told_of_several);
    ADD("destinations", test_destinations);
    ADD("grows", test_grows);
    ADD("refuses", test_refuses);
    ADD("refuses-garbage", test_refuses_garbage);
    ADD("existing-only", test_existing_only);
    ADD("cursor", test_cursor);
    ADD("rollback", test_rollback);
    ADD("message-once", test_message_once);
    ADD("case-round-trip", test_case_round_trip);
    ADD("case-order", test_case_order);
    ADD("candidates", test_candidates);
    ADD("alert-once", test_alert_once);
    ADD("most-urgent-first", test_most_urgent_first);
    ADD("delivery-life", test_delivery_life);
    ADD("summary", test_summary);
    ADD("sights", test_sights);
    ADD("watch", test_watch);
    ADD("drains-quickly", test_drains_quickly);
    g_test_add_func("/ledger/opened-by-many-at-once", test_opened_by_many_at_once);
    return g_test_run();
}
