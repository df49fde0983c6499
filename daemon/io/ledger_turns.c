/* Which alerts of a channel wait for somebody else to be told. */
#include "io/ledger_private.h"

/* Found by the channel's own index of what it owes, then by (alert, channel).  The end of a
 * case concerns nobody but who keeps account of it (io/ledger_accounts.h). */
#define TURNS                                                                                      \
    "SELECT own.alert_id, created, turn.attempts, turn.next_try, turn.last_error"                  \
    " FROM deliveries AS own JOIN alerts ON alerts.id = own.alert_id"                              \
    " JOIN deliveries AS turn ON turn.alert_id = own.alert_id AND turn.channel = ?2"               \
    " WHERE own.state = 'owed' AND own.channel = ?1 AND turn.state = 'owed' AND type <> 'test'"    \
    " AND key NOT LIKE 'case/%/settled'"                                                           \
    " AND NOT EXISTS (SELECT 1 FROM deliveries AS other WHERE other.alert_id = own.alert_id"       \
    "  AND (other.channel = ?3 OR (other.state = 'done'"                                           \
    "   AND instr(char(10) || ?4 || char(10), char(10) || other.channel || char(10)))))"           \
    " ORDER BY own.rank, own.id"

static ApdTurn
read_turn(ApdQuery *query)
{
    const char *last_error = (const char *) sqlite3_column_text(query, 4);

    return (ApdTurn){
        .alert_id = sqlite3_column_int64(query, 0),
        .created = sqlite3_column_int64(query, 1),
        .attempts = sqlite3_column_int(query, 2),
        .next_try = sqlite3_column_int64(query, 3),
        .refused = last_error != NULL && g_str_has_prefix(last_error, APD_REFUSAL),
    };
}

GArray *
apd_ledger_turns(ApdLedger *self, const char *channel, char *const *others, const char *turn,
                 const char *next, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(self, TURNS, error);
    if (query == NULL)
        return NULL;

    apd_ledger_bind_text(query, 1, channel);
    apd_ledger_bind_text(query, 2, turn);
    apd_ledger_bind_text(query, 3, next);
    apd_ledger_bind_list(query, 4, others);

    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ApdTurn));
    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW) {
        const ApdTurn one = read_turn(query);
        g_array_append_val(all, one);
    }
    return step == APD_QUERY_DONE ? g_steal_pointer(&all) : NULL;
}
