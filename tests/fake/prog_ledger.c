/* Writes a ledger for tests of what appealctl prints: FILE, then a set of cases
 * in every state, with names in Chinese, hostile text, deliveries and sights. */
#include <stdio.h>
#include <stdlib.h>

#include "io/ledger.h"

typedef struct {
    const char *store, *category, *subject, *note;
    ApdKind kind;
    ApdState state;
    ApdOutcome outcome;
    int points;
    ApdTime left;  /* to the deadline; APD_NEVER: none */
    ApdTime since; /* how long ago it was noticed */
    ApdBasis basis;
    ApdAuthenticity authenticity;
} Row;

/* clang-format off */
static const Row rows[] = {
    { "lanterns", "ip.trademark", "Trademark complaint", NULL, APD_KIND_PENALTY, APD_STATE_OPEN, APD_OUTCOME_NONE, 200,
      53 * APD_HOUR + 30 * APD_MINUTE, APD_HOUR, APD_BASIS_STATED, APD_AUTHENTICITY_GENUINE },
    { "灯笼旗舰店", "trade.false-shipment", "违规处罚通知：虚假发货", "ask the forwarder", APD_KIND_PENALTY, APD_STATE_ACKNOWLEDGED, APD_OUTCOME_NONE, 1150,
      5 * APD_HOUR + 30 * APD_MINUTE, APD_DAY, APD_BASIS_RELATIVE, APD_AUTHENTICITY_UNVERIFIED },
    { "lanterns", "account.freeze", "\033[31mVerify\nnow\342\200\256", NULL, APD_KIND_PENALTY, APD_STATE_OPEN, APD_OUTCOME_NONE, APD_NO_POINTS,
      APD_NEVER, APD_HOUR, APD_BASIS_NONE, APD_AUTHENTICITY_FORGED },
    { "lanterns", "ip.copyright", "=cmd|' /C calc'!A0", NULL, APD_KIND_COMPLAINT, APD_STATE_APPEALED, APD_OUTCOME_RECEIVED, 250,
      100 * APD_HOUR + 30 * APD_MINUTE, 3 * APD_DAY, APD_BASIS_ESTIMATED, APD_AUTHENTICITY_GENUINE },
    { "lanterns", "prohibited", "Prohibited item", NULL, APD_KIND_PENALTY, APD_STATE_WON, APD_OUTCOME_REVERSED, 600,
      -APD_DAY, 9 * APD_DAY, APD_BASIS_STATED, APD_AUTHENTICITY_GENUINE },
    { "lanterns", "prohibited", "Prohibited item, again", NULL, APD_KIND_PENALTY, APD_STATE_EXPIRED, APD_OUTCOME_NONE, 400,
      -2 * APD_DAY, 10 * APD_DAY, APD_BASIS_STATED, APD_AUTHENTICITY_GENUINE },
};
/* clang-format on */

static void
must(bool good, const GError *error)
{
    if (good)
        return;
    fprintf(stderr, "prog_ledger: %s\n", error->message);
    exit(1);
}

static int64_t
put(ApdLedger *ledger, const Row *row, ApdTime now)
{
    g_autoptr(ApdCase) kase = apd_case_new();
    g_autoptr(GError) error = NULL;

    kase->store = g_strdup(row->store);
    kase->kind = row->kind;
    kase->category = g_strdup(row->category);
    kase->outcome = row->outcome;
    kase->state = row->state;
    kase->points = row->points;
    kase->case_ref = g_strdup("IPR2026112500017");
    kase->deadline = row->left == APD_NEVER ? APD_NEVER : now + row->left;
    kase->basis = row->basis;
    g_strfreev(kase->derivation);
    kase->derivation = g_strsplit("the text names an instant|it is later than the notice", "|", -1);
    kase->authenticity = row->authenticity;
    kase->severity = APD_SEVERITY_HIGH;
    kase->subject = g_strdup(row->subject);
    kase->sender = g_strdup("transaction@notice.aliexpress.com");
    kase->excerpt = g_strdup("Click http://evil.example/ now");
    kase->appeal_url = g_strdup("https://csp.aliexpress.com/detail?channelId=2286000");
    kase->noticed = now - row->since;
    kase->opened = now - row->since;
    kase->note = g_strdup(row->note);
    must(apd_ledger_put_case(ledger, kase, "mail", "opened", now - row->since, &error), error);
    if (row->state != APD_STATE_OPEN)
        must(apd_ledger_put_case(ledger, kase, "person", "acknowledged",
                                 now - row->since + APD_HOUR, &error),
             error);
    return kase->id;
}

/* An alert of case @id, owed to two channels; @refused: what one of them said. */
static void
owe(ApdLedger *ledger, int64_t id, const char *refused, ApdTime now)
{
    static const char *const channels[] = { "team", "popup", NULL };
    g_autoptr(ApdAlert) alert = apd_alert_new();
    g_autoptr(GError) error = NULL;
    bool is_new;

    alert->key = g_strdup_printf("case/%" G_GINT64_FORMAT "/0/step/72h", id);
    alert->type = APD_ALERT_CASE;
    alert->reason = APD_REASON_STEP;
    alert->severity = APD_SEVERITY_HIGH;
    must(apd_ledger_get_case(ledger, id, &alert->kase, &error), error);
    alert->created = now - APD_HOUR;
    must(apd_ledger_add_alert(ledger, alert, channels, &is_new, &error), error);

    g_autoptr(GPtrArray) owed = apd_ledger_owed(ledger, "team", APD_NEVER, 0, &error);
    must(owed != NULL, error);
    for (guint i = 0; i < owed->len; i++) {
        ApdDelivery *delivery = owed->pdata[i];
        delivery->attempts = 3;
        delivery->state = refused ? APD_DELIVERY_OWED : APD_DELIVERY_DONE;
        delivery->done_at = refused ? 0 : now - 50 * APD_MINUTE;
        delivery->next_try = now + 5 * APD_MINUTE;
        delivery->last_error = g_strdup(refused);
        must(apd_ledger_put_delivery(ledger, delivery, &error), error);
    }
}

static void
see(ApdLedger *ledger, const char *source, const char *folder, const char *trouble, ApdTime now)
{
    g_autoptr(GError) error = NULL;
    ApdSight sight = {
        .source = g_strdup(source),
        .folder = g_strdup(folder),
        .well = trouble == NULL,
        .since = now - 2 * APD_HOUR,
        .last_life = trouble ? now - 2 * APD_HOUR : now - 20 * APD_SECOND,
        .text = g_strdup(trouble),
    };

    must(apd_ledger_put_sight(ledger, &sight, &error), error);
    g_free(sight.source);
    g_free(sight.folder);
    g_free(sight.text);
}

/* FILE [well|ill|empty] */
int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    const char *how = argc > 2 ? argv[2] : "well";
    bool ill = g_str_equal(how, "ill");
    ApdTime now = apd_now();

    g_autoptr(ApdLedger) ledger = argc > 1 ? apd_ledger_open(argv[1], &error) : NULL;
    must(ledger != NULL, error);
    if (g_str_equal(how, "empty"))
        return 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t id = put(ledger, &rows[i], now);
        if (i == 0)
            owe(ledger, id, ill ? "refused: HTTP 404: no such hook" : NULL, now);
    }
    see(ledger, "maildir synced", "", ill ? "there is no folder '/mail': mount it" : NULL, now);
    return 0;
}
