/* A ledger in a temporary folder, for tests of what is built on it. */
#pragma once

#include <glib/gstdio.h>

#include "io/ledger.h"

typedef struct {
    char *directory;
    char *path;
    ApdLedger *ledger;
} LedgerFixture;

static inline void
ledger_fixture_set_up(LedgerFixture *f)
{
    g_autoptr(GError) error = NULL;

    f->directory = g_dir_make_tmp("apd-ledger-XXXXXX", &error);
    g_assert_no_error(error);
    f->path = g_build_filename(f->directory, "ledger.db", NULL);
    f->ledger = apd_ledger_open(f->path, &error);
    g_assert_no_error(error);
}

static inline void
ledger_fixture_reopen(LedgerFixture *f)
{
    g_autoptr(GError) error = NULL;

    apd_ledger_close(f->ledger);
    f->ledger = apd_ledger_open(f->path, &error);
    g_assert_no_error(error);
}

static inline void
ledger_fixture_tear_down(LedgerFixture *f)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };

    apd_ledger_close(f->ledger);
    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *path = g_strconcat(f->path, suffixes[i], NULL);
        g_unlink(path);
    }
    g_rmdir(f->directory);
    g_free(f->path);
    g_free(f->directory);
}

/* Returns: (transfer full): an open case of @category that ends at @deadline. */
static inline ApdCase *
ledger_fixture_case(const char *category, ApdTime deadline)
{
    ApdCase *kase = apd_case_new();

    kase->store = g_strdup("");
    kase->kind = APD_KIND_PENALTY;
    kase->category = g_strdup(category);
    kase->subject = g_strdup("Your product was removed");
    kase->severity = APD_SEVERITY_HIGH;
    kase->deadline = deadline;
    kase->basis = deadline == APD_NEVER ? APD_BASIS_NONE : APD_BASIS_STATED;
    return kase;
}
