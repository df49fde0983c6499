#include <sqlite3.h>
#include <sys/stat.h>

#include "ledger_fixture.h"

#define LENGTH (4 * 1024 * 1024)

static off_t
wal_size(const LedgerFixture *f)
{
    g_autofree char *path = g_strconcat(f->path, "-wal", NULL);
    struct stat info;

    return stat(path, &info) == 0 ? info.st_size : 0;
}

/* Some pages each. */
static void
commit_cases(LedgerFixture *f, int n)
{
    for (int i = 0; i < n; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ApdCase) kase = ledger_fixture_case("ip.trademark", APD_DAY);

        kase->excerpt = g_strnfill(20000, 'x');
        g_assert_true(apd_ledger_begin_relaxed(f->ledger, &error));
        apd_ledger_end(f->ledger, apd_ledger_put_case(f->ledger, kase, "mail", "opened", 0, &error),
                       &error);
        g_assert_no_error(error);
    }
}

static int64_t
read_number(const LedgerFixture *f, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *query;

    g_assert_cmpint(sqlite3_open(f->path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &query, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_step(query), ==, SQLITE_ROW);
    int64_t number = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(db);
    return number;
}

/* Its length is there before it is needed, and enough for all that comes; what was written
 * before stays. */
static void
test_length(LedgerFixture *f, gconstpointer data)
{
    (void) data;
    commit_cases(f, 20);
    g_assert_cmpint(wal_size(f), <, LENGTH);
    apd_ledger_tend(f->ledger);
    g_assert_cmpint(wal_size(f), ==, LENGTH);
    g_assert_cmpint(read_number(f, "SELECT count(*) FROM cases"), ==, 20);
    commit_cases(f, 20);
    g_assert_cmpint(read_number(f, "SELECT count(*) FROM cases"), ==, 40);
    ledger_fixture_reopen(f);
    g_assert_cmpint(read_number(f, "SELECT count(*) FROM cases"), ==, 40);
}

/* As after a power cut: another program finds frames and then nothing. */
static void
test_recovery(LedgerFixture *f, gconstpointer data)
{
    g_autofree char *wal = g_strconcat(f->path, "-wal", NULL);
    g_autofree char *copy = g_strconcat(f->path, ".copy", NULL);
    g_autofree char *copied_wal = g_strconcat(copy, "-wal", NULL);
    g_autofree char *copied_shm = g_strconcat(copy, "-shm", NULL);
    char *bytes;
    gsize size;

    (void) data;
    apd_ledger_tend(f->ledger);
    commit_cases(f, 7);
    for (int i = 0; i < 2; i++) {
        g_assert_true(g_file_get_contents(i == 0 ? f->path : wal, &bytes, &size, NULL));
        g_assert_true(g_file_set_contents(i == 0 ? copy : copied_wal, bytes, (gssize) size, NULL));
        g_free(bytes);
    }
    LedgerFixture other = { .path = copy };
    g_assert_cmpint(read_number(&other, "SELECT count(*) FROM cases"), ==, 7);
    g_unlink(copy);
    g_unlink(copied_wal);
    g_unlink(copied_shm);
}

/* Checkpoints come along: neither does it grow without end, nor is anything lost. */
static void
test_checkpoints(LedgerFixture *f, gconstpointer data)
{
    (void) data;
    apd_ledger_tend(f->ledger);
    for (int i = 0; i < 40; i++) {
        commit_cases(f, 50);
        g_usleep(2000); /* a thread of ours needs some time too */
    }
    g_assert_cmpint(wal_size(f), <, 10 * LENGTH);
    g_assert_cmpint(read_number(f, "SELECT count(*) FROM cases"), ==, 2000);
    ledger_fixture_reopen(f);
    g_assert_cmpint(wal_size(f), <, LENGTH);
    g_assert_cmpint(read_number(f, "SELECT count(*) FROM pragma_integrity_check"), ==, 1);
    g_assert_cmpint(read_number(f, "SELECT count(*) FROM cases"), ==, 2000);
}

#define ADD(path, function) g_test_add(path, LedgerFixture, NULL, set_up, function, tear_down)

static void
set_up(LedgerFixture *f, gconstpointer data)
{
    (void) data;
    ledger_fixture_set_up(f);
}

static void
tear_down(LedgerFixture *f, gconstpointer data)
{
    (void) data;
    ledger_fixture_tear_down(f);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/ledger-tend/length", test_length);
    ADD("/ledger-tend/recovery", test_recovery);
    ADD("/ledger-tend/checkpoints", test_checkpoints);
    return g_test_run();
}
