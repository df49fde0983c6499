#include "io/ledger_private.h"

bool
apd_ledger_fail(ApdLedger *self, const char *doing, GError **error)
{
    int code = sqlite3_errcode(self->db) & 0xff;
    const char *remedy = "";

    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        remedy = "; the file was left as it is: restore a copy, or move it away by hand";
    else if (code == SQLITE_BUSY)
        remedy = "; another program kept it busy";
    else if (code == SQLITE_FULL)
        remedy = "; make room on the disk";

    g_set_error(error, APD_ERROR, APD_ERROR_LEDGER, "ledger '%s': cannot %s: %s%s", self->path,
                doing, sqlite3_errmsg(self->db), remedy);
    return false;
}

ApdQuery *
apd_ledger_query(ApdLedger *self, const char *sql, GError **error)
{
    sqlite3_stmt *query = g_hash_table_lookup(self->statements, sql);

    if (query != NULL)
        return query;

    if (sqlite3_prepare_v3(self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &query, NULL)
        != SQLITE_OK) {
        apd_ledger_fail(self, "prepare a statement", error);
        return NULL;
    }

    g_hash_table_insert(self->statements, g_strdup(sql), query);
    return query;
}

void
apd_ledger_query_done(ApdQuery *query)
{
    sqlite3_reset(query);
    sqlite3_clear_bindings(query);
}

void
apd_ledger_bind_text(ApdQuery *query, int at, const char *text)
{
    sqlite3_bind_text(query, at, text, -1, SQLITE_TRANSIENT);
}

void
apd_ledger_bind_int(ApdQuery *query, int at, int64_t value)
{
    sqlite3_bind_int64(query, at, value);
}

void
apd_ledger_bind_list(ApdQuery *query, int at, char *const *list)
{
    g_autoptr(GString) lines = g_string_new(NULL);

    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        g_autofree char *line = g_strdelimit(g_strdup(list[i]), "\r\n", ' ');
        g_string_append_printf(lines, "%s%s", i > 0 ? "\n" : "", line);
    }
    apd_ledger_bind_text(query, at, lines->str);
}

ApdQueryStep
apd_ledger_step(ApdLedger *self, ApdQuery *query, GError **error)
{
    switch (sqlite3_step(query)) {
    case SQLITE_ROW:
        return APD_QUERY_ROW;
    case SQLITE_DONE:
        return APD_QUERY_DONE;
    default:
        apd_ledger_fail(self, sqlite3_stmt_readonly(query) ? "read" : "write", error);
        return APD_QUERY_FAILED;
    }
}

bool
apd_ledger_run(ApdLedger *self, ApdQuery *query, GError **error)
{
    return apd_ledger_step(self, query, error) == APD_QUERY_DONE;
}

char *
apd_ledger_column_text(ApdQuery *query, int at)
{
    return g_strdup((const char *) sqlite3_column_text(query, at));
}

char **
apd_ledger_column_list(ApdQuery *query, int at)
{
    const char *lines = (const char *) sqlite3_column_text(query, at);

    return g_strsplit(lines ? lines : "", "\n", -1);
}
