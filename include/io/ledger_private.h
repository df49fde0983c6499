/* What the files of the ledger share: the connection, and statements that are
 * prepared once.  Included by io/ledger*.c alone.
 */
#pragma once

#include <sqlite3.h>

#include "base/error.h"
#include "io/ledger.h"

struct ApdLedger {
    char *path;             /* owned */
    sqlite3 *db;            /* owned */
    GHashTable *statements; /* owned: SQL to sqlite3_stmt */
    bool in_transaction;
    bool relaxed;                 /* its commit need not be on the disk */
    struct ApdLedgerWatch *watch; /* owned; NULL: nobody asked */
    struct ApdLedgerTend *tend;   /* owned; likewise */
};

/* A prepared statement on loan from the ledger: freeing one only resets it. */
typedef struct sqlite3_stmt ApdQuery;

/* @sql stays prepared for the next time.  Not for use while the same statement
 * is still being stepped. */
ApdQuery *apd_ledger_query(ApdLedger *self, const char *sql, GError **error);
void apd_ledger_query_done(ApdQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdQuery, apd_ledger_query_done)

/* Parameters count from 1.  @text is copied; NULL binds NULL. */
void apd_ledger_bind_text(ApdQuery *query, int at, const char *text);
void apd_ledger_bind_int(ApdQuery *query, int at, int64_t value);

/* A list of texts is one text with a line for each: readable by hand. */
void apd_ledger_bind_list(ApdQuery *query, int at, char *const *list);

typedef enum {
    APD_QUERY_FAILED,
    APD_QUERY_DONE,
    APD_QUERY_ROW,
} ApdQueryStep;

ApdQueryStep apd_ledger_step(ApdLedger *self, ApdQuery *query, GError **error);

/* For statements that return no rows. */
bool apd_ledger_run(ApdLedger *self, ApdQuery *query, GError **error);

/* For a writing statement that stands alone unless the caller has a
 * transaction. */
bool apd_ledger_write(ApdLedger *self, ApdQuery *query, GError **error);

/* Columns count from 0.  Returns: (transfer full): NULL for NULL. */
char *apd_ledger_column_text(ApdQuery *query, int at);
char **apd_ledger_column_list(ApdQuery *query, int at);

/* Sets @error from the connection's last failure.  Returns false. */
bool apd_ledger_fail(ApdLedger *self, const char *doing, GError **error);

/* Brackets a function of several statements: opens a transaction unless the
 * caller has one.  leave() commits when @good, else rolls back, and returns
 * whether all is well; a transaction of the caller's is left to the caller. */
bool apd_ledger_enter(ApdLedger *self, bool *ret_own, GError **error);
bool apd_ledger_leave(ApdLedger *self, bool own, bool good, GError **error);

/* Brings the schema up to date (io/ledger_schema.c). */
bool apd_ledger_migrate(ApdLedger *self, GError **error);

/* io/ledger_watch.c */
void apd_ledger_watch_free(struct ApdLedgerWatch *self);

/* io/ledger_tend.c; before the connection is closed. */
void apd_ledger_tend_free(struct ApdLedgerTend *self);

/* Tells the watches of other programs that a commit of ours is complete. */
void apd_ledger_watch_tell(const ApdLedger *self);
