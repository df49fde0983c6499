#include "io/ledger_private.h"

/* How a field of a case stands in its column. */
typedef enum {
    TEXT,
    LIST,
    TIME,
    NUMBER, /* an int */
    KIND,
    OUTCOME,
    STATE,
    BASIS,
    AUTHENTICITY,
    SEVERITY,
} Form;

typedef struct {
    size_t offset;
    Form form;
} Field;

/* In the order of COLUMNS. */
/* clang-format off */
#define COLUMNS "store, kind, category, outcome, state, points, case_ref, orders, products," \
    " deadline, basis, derivation, authenticity, severity, language, subject, sender, excerpt," \
    " appeal_url, source, noticed, opened, updated, snoozed_until, round, note, asked"
#define PLACES "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

#define AT(field) G_STRUCT_OFFSET(ApdCase, field)
static const Field fields[] = {
    { AT(store), TEXT }, { AT(kind), KIND }, { AT(category), TEXT }, { AT(outcome), OUTCOME },
    { AT(state), STATE }, { AT(points), NUMBER }, { AT(case_ref), TEXT }, { AT(orders), LIST },
    { AT(products), LIST }, { AT(deadline), TIME }, { AT(basis), BASIS },
    { AT(derivation), LIST }, { AT(authenticity), AUTHENTICITY }, { AT(severity), SEVERITY },
    { AT(language), TEXT }, { AT(subject), TEXT }, { AT(sender), TEXT }, { AT(excerpt), TEXT },
    { AT(appeal_url), TEXT }, { AT(source), TEXT }, { AT(noticed), TIME }, { AT(opened), TIME },
    { AT(updated), TIME }, { AT(snoozed_until), TIME }, { AT(round), NUMBER },
    { AT(note), TEXT }, { AT(asked), TIME },
};
#undef AT
/* clang-format on */

#define FIELD(type, kase, field) G_STRUCT_MEMBER(type, kase, (field)->offset)

static const char *
enum_name(const ApdCase *kase, const Field *field)
{
    switch (field->form) {
    case KIND:
        return apd_kind_name(kase->kind);
    case OUTCOME:
        return apd_outcome_name(kase->outcome);
    case STATE:
        return apd_state_name(kase->state);
    case BASIS:
        return apd_basis_name(kase->basis);
    case AUTHENTICITY:
        return apd_authenticity_name(kase->authenticity);
    default:
        return apd_severity_name(kase->severity);
    }
}

static void
bind_field(ApdQuery *query, int at, const ApdCase *kase, const Field *field)
{
    switch (field->form) {
    case TEXT:
        apd_ledger_bind_text(query, at, FIELD(char *, kase, field));
        break;
    case LIST:
        apd_ledger_bind_list(query, at, FIELD(char **, kase, field));
        break;
    case TIME:
        apd_ledger_bind_int(query, at, FIELD(ApdTime, kase, field));
        break;
    case NUMBER:
        apd_ledger_bind_int(query, at, FIELD(int, kase, field));
        break;
    default:
        apd_ledger_bind_text(query, at, enum_name(kase, field));
        break;
    }
}

/* A name that this version does not know stays at the enum's first value; the
 * schema version guards against that. */
static void
read_enum(const char *name, ApdCase *kase, const Field *field)
{
    switch (field->form) {
    case KIND:
        apd_kind_parse(name, &kase->kind);
        break;
    case OUTCOME:
        apd_outcome_parse(name, &kase->outcome);
        break;
    case STATE:
        apd_state_parse(name, &kase->state);
        break;
    case BASIS:
        apd_basis_parse(name, &kase->basis);
        break;
    case AUTHENTICITY:
        apd_authenticity_parse(name, &kase->authenticity);
        break;
    default:
        apd_severity_parse(name, &kase->severity);
        break;
    }
}

static void
read_field(ApdQuery *query, int at, ApdCase *kase, const Field *field)
{
    switch (field->form) {
    case TEXT:
        FIELD(char *, kase, field) = apd_ledger_column_text(query, at);
        break;
    case LIST:
        FIELD(char **, kase, field) = apd_ledger_column_list(query, at);
        break;
    case TIME:
        FIELD(ApdTime, kase, field) = sqlite3_column_int64(query, at);
        break;
    case NUMBER:
        FIELD(int, kase, field) = sqlite3_column_int(query, at);
        break;
    default:
        read_enum((const char *) sqlite3_column_text(query, at), kase, field);
        break;
    }
}

/* The columns: id, then COLUMNS. */
static ApdCase *
read_case(ApdQuery *query)
{
    ApdCase *kase = g_new0(ApdCase, 1);

    kase->id = sqlite3_column_int64(query, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        read_field(query, (int) i + 1, kase, &fields[i]);
    return kase;
}

static bool
write_case(ApdLedger *self, ApdCase *kase, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self, "INSERT OR REPLACE INTO cases (" COLUMNS ", id) VALUES (" PLACES ", ?)", error);
    if (query == NULL)
        return false;

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        bind_field(query, (int) i + 1, kase, &fields[i]);
    if (kase->id != 0)
        apd_ledger_bind_int(query, (int) G_N_ELEMENTS(fields) + 1, kase->id);
    if (!apd_ledger_run(self, query, error))
        return false;

    kase->id = sqlite3_last_insert_rowid(self->db);
    return true;
}

static bool
write_history(ApdLedger *self, int64_t case_id, const char *by, const char *what, ApdTime now,
              GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self, "INSERT INTO history (case_id, at, by, what) VALUES (?, ?, ?, ?)", error);
    if (query == NULL)
        return false;

    apd_ledger_bind_int(query, 1, case_id);
    apd_ledger_bind_int(query, 2, now);
    apd_ledger_bind_text(query, 3, by);
    apd_ledger_bind_text(query, 4, what);
    return apd_ledger_run(self, query, error);
}

bool
apd_ledger_put_case(ApdLedger *self, ApdCase *kase, const char *by, const char *what, ApdTime now,
                    GError **error)
{
    bool own;
    int64_t id = kase->id;
    ApdTime updated = kase->updated;

    if (!apd_ledger_enter(self, &own, error))
        return false;

    kase->updated = now;
    bool good =
        write_case(self, kase, error) && write_history(self, kase->id, by, what, now, error);
    if (apd_ledger_leave(self, own, good, error))
        return true;

    kase->id = id;
    kase->updated = updated;
    return false;
}

bool
apd_ledger_get_case(ApdLedger *self, int64_t id, ApdCase **ret_case, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self, "SELECT id, " COLUMNS " FROM cases WHERE id = ?", error);
    if (query == NULL)
        return false;

    apd_ledger_bind_int(query, 1, id);
    ApdQueryStep step = apd_ledger_step(self, query, error);
    if (step == APD_QUERY_FAILED)
        return false;

    *ret_case = step == APD_QUERY_ROW ? read_case(query) : NULL;
    return true;
}

static GPtrArray *
read_cases(ApdLedger *self, ApdQuery *query, GError **error)
{
    g_autoptr(GPtrArray) cases = apd_cases_new();

    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW)
        g_ptr_array_add(cases, read_case(query));
    return step == APD_QUERY_DONE ? g_steal_pointer(&cases) : NULL;
}

#define RUNS     "state IN ('open', 'acknowledged', 'appealed')"
#define IN_ORDER " ORDER BY deadline, id"

GPtrArray *
apd_ledger_cases(ApdLedger *self, ApdCaseFilter filter, GError **error)
{
    static const char *const queries[] = {
        [APD_CASES_RUNNING] = "SELECT id, " COLUMNS " FROM cases WHERE " RUNS IN_ORDER,
        [APD_CASES_CLOCKED] =
            "SELECT id, " COLUMNS " FROM cases WHERE " RUNS " OR state = 'expired'" IN_ORDER,
        [APD_CASES_ALL] = "SELECT id, " COLUMNS " FROM cases" IN_ORDER,
    };
    g_autoptr(ApdQuery) query = apd_ledger_query(self, queries[filter], error);

    return query ? read_cases(self, query, error) : NULL;
}

/* The index holds all that is asked of a case here: of hundreds nearly all bear
 * another reference, and none of those is taken apart. */
GPtrArray *
apd_ledger_candidates(ApdLedger *self, const char *store, const char *case_ref, ApdTime since,
                      GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "SELECT id, " COLUMNS " FROM cases WHERE id IN ("
        " SELECT id FROM cases WHERE case_ref = ?2"
        " UNION SELECT id FROM cases INDEXED BY cases_by_matter"
        "  WHERE store = ?1 AND (updated >= ?3 OR " RUNS ")"
        "   AND (?2 IS NULL OR case_ref IS NULL OR same_ref(case_ref, ?2))) ORDER BY id DESC",
        error);
    if (query == NULL)
        return NULL;

    apd_ledger_bind_text(query, 1, store);
    apd_ledger_bind_text(query, 2, case_ref);
    apd_ledger_bind_int(query, 3, since);
    return read_cases(self, query, error);
}

void
apd_history_free(ApdHistory *self)
{
    if (self == NULL)
        return;

    g_free(self->by);
    g_free(self->what);
    g_free(self);
}

static void
free_history(void *data)
{
    apd_history_free(data);
}

GPtrArray *
apd_ledger_history(ApdLedger *self, int64_t case_id, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self, "SELECT at, by, what FROM history WHERE case_id = ? ORDER BY id", error);
    if (query == NULL)
        return NULL;

    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(free_history);
    apd_ledger_bind_int(query, 1, case_id);

    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW) {
        ApdHistory *line = g_new0(ApdHistory, 1);
        line->at = sqlite3_column_int64(query, 0);
        line->by = apd_ledger_column_text(query, 1);
        line->what = apd_ledger_column_text(query, 2);
        g_ptr_array_add(lines, line);
    }
    return step == APD_QUERY_DONE ? g_steal_pointer(&lines) : NULL;
}
