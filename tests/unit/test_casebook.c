#include <string.h>

#include "casebook_fixture.h"

#define D APD_DAY
#define H APD_HOUR

static void
set_up(Fixture *f, gconstpointer data)
{
    (void) data;
    fixture_set_up(f);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void) data;
    fixture_tear_down(f);
}

#define TEST(name) static void test_##name(Fixture *f, G_GNUC_UNUSED gconstpointer data)

TEST(counts_down)
{
    ApdFiled filed = file(f, new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D));

    g_assert_cmpint(filed.filing, ==, APD_FILED_OPENED);
    assert_log(f, "desk:case/1/0/new ");
    fake_clock_advance(8 * D);
    assert_log(f, "desk:case/1/0/step/3d desk:case/1/0/step/1d desk:case/1/0/step/6h "
                  "desk:case/1/0/step/1h desk:case/1/0/expired ");
    assert_state(f, 1, APD_STATE_EXPIRED);
    fake_clock_advance(100 * D);
    assert_log(f, "");
}

TEST(missed_steps_collapse)
{
    file(f, new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D));
    assert_log(f, "desk:case/1/0/new ");

    /* Switched off meanwhile: the clock jumps over two steps. */
    fake_clock_set(START + 6 * D + 12 * H);
    assert_log(f, "desk:case/1/0/step/1d ");
    fake_clock_advance(D);
    assert_log(f, "desk:case/1/0/step/6h desk:case/1/0/step/1h desk:case/1/0/expired ");
}

TEST(late_notice)
{
    file(f, new_verdict(APD_KIND_PENALTY, "prohibited", -H));
    assert_log(f, "desk:case/1/0/new ");
    assert_state(f, 1, APD_STATE_EXPIRED);
    fake_clock_advance(30 * D);
    assert_log(f, "");
}

TEST(same_mail_twice)
{
    g_autoptr(ApdVerdict) verdict = new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D);
    g_autoptr(ApdMessage) one = new_message(f, "imap office", "Date: x\n\nhello\n");
    g_autoptr(ApdMessage) two =
        new_message(f, "maildir synced", "Received: y\nDate: x\n\nhello\r\n");
    ApdFiled filed;
    ApdCursor cursor;
    bool known;

    file_message(f, one, verdict);
    filed = file_message(f, two, verdict);
    g_assert_cmpint(filed.filing, ==, APD_FILED_KNOWN);
    assert_log(f, "desk:case/1/0/new ");

    g_assert_true(apd_ledger_get_cursor(f->base.ledger, "imap office", "INBOX", &cursor, NULL));
    g_assert_cmpuint(cursor.uidvalidity, ==, 77);
    g_assert_cmpuint(cursor.last_uid, ==, 1);
    g_assert_true(apd_ledger_has_name(f->base.ledger, "maildir synced", two->name, &known, NULL));
    g_assert_true(known);
}

/* The same notice rendered for a second mailbox, with bytes of its own. */
TEST(same_matter_by_second_mailbox)
{
    for (int i = 0; i < 2; i++) {
        ApdVerdict *verdict = new_verdict(APD_KIND_COMPLAINT, "ip.trademark", 3 * D);
        g_strfreev(verdict->products);
        verdict->products = g_strsplit("1005001234567890", " ", -1);
        g_assert_cmpint(file(f, verdict).case_id, ==, 1);
    }
    assert_log(f, "desk:case/1/0/new ");

    /* A second complaint about the same product has a clock of its own. */
    ApdVerdict *second = new_verdict(APD_KIND_COMPLAINT, "ip.trademark", 5 * D);
    g_strfreev(second->products);
    second->products = g_strsplit("1005001234567890", " ", -1);
    g_assert_cmpint(file(f, second).case_id, ==, 2);
}

TEST(none_is_nothing)
{
    g_assert_cmpint(file(f, new_verdict(APD_KIND_NONE, NULL, APD_NEVER)).filing, ==,
                    APD_FILED_NOTHING);
    assert_log(f, "");
}

TEST(unreadable)
{
    g_autoptr(ApdMessage) message = new_message(f, "imap office", NULL);

    g_assert_cmpint(file_message(f, message, NULL).filing, ==, APD_FILED_UNREADABLE);
    g_assert_true(g_str_has_prefix(f->log->str, "desk:unreadable/"));
    g_string_truncate(f->log, 0);
    g_assert_cmpint(file_message(f, message, NULL).filing, ==, APD_FILED_KNOWN);
    assert_log(f, "");
}

/* Other UIDs, as after the first message of an empty folder, make no first look due. */
TEST(looked_back_once)
{
    g_autoptr(ApdMessage) message = new_message(f, "imap office", NULL);
    ApdCursor cursor;

    g_assert_true(apd_casebook_looked_back(&f->book, "imap office", "INBOX", apd_now(), NULL));
    file_message(f, message, NULL);
    g_assert_true(apd_ledger_get_cursor(f->base.ledger, "imap office", "INBOX", &cursor, NULL));
    g_assert_cmpuint(cursor.last_uid, ==, 1);
    g_assert_true(cursor.looked_back);
}

/* What the source could not fetch is told of with its place, and does not pass for a
 * copy of another; what could be read of it counts. */
TEST(fetched_in_part)
{
    g_autoptr(ApdVerdict) verdict = new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D);
    g_autoptr(ApdAlert) alert = NULL;

    for (int i = 0; i < 2; i++) {
        g_autoptr(ApdMessage) message = new_message(f, "imap office", "");
        message->fault = g_strdup("it could not be fetched: the line broke");
        message->header_only = true;
        g_assert_cmpint(file_message(f, message, NULL).filing, ==, APD_FILED_UNREADABLE);
    }
    assert_log(f, "desk:unreadable/imap office/INBOX/77/1 desk:unreadable/imap office/INBOX/77/2 ");
    g_assert_true(apd_ledger_get_alert(f->base.ledger, 2, &alert, NULL));
    g_assert_nonnull(strstr(alert->text, "UID: 2"));

    g_autoptr(ApdMessage) message = new_message(f, "imap office", "Subject: x\n\nthe beginning");
    message->fault = g_strdup("only its beginning could be fetched: the line broke");
    message->truncated = true;
    g_assert_cmpint(file_message(f, message, verdict).case_id, ==, 1);
    assert_log(f, "desk:unreadable/imap office/INBOX/77/3 desk:case/1/0/new ");
    g_assert_cmpint(file_message(f, message, verdict).filing, ==, APD_FILED_KNOWN);
    assert_log(f, "");
}

TEST(policy_is_told_once)
{
    file(f, new_verdict(APD_KIND_POLICY, "policy.change", APD_NEVER));
    assert_log(f, "desk:case/1/0/new ");
    fake_clock_advance(30 * D);
    assert_log(f, "");
    g_autoptr(ApdCase) kase = get_case(f, 1);
    g_assert_cmpint(kase->severity, ==, APD_SEVERITY_LOW);
    g_assert_true(apd_acts_ack(f->base.ledger, 1, "person", apd_now(), NULL));
    assert_state(f, 1, APD_STATE_CLOSED);
}

TEST(daily_without_deadline)
{
    file(f, new_verdict(APD_KIND_WARNING, "unknown", APD_NEVER));
    assert_log(f, "desk:case/1/0/new ");
    fake_clock_advance(3 * D);
    g_auto(GStrv) told = g_strsplit(f->log->str, " ", -1);
    g_assert_cmpuint(g_strv_length(told), ==, 4); /* three and the end */
    g_string_truncate(f->log, 0);
    g_assert_true(apd_acts_ack(f->base.ledger, 1, "person", apd_now(), NULL));
    fake_clock_advance(30 * D);
    assert_log(f, "");
}

/* --- decisions -------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *what;
    ApdAuthenticity notice, decision;
    ApdOutcome outcome;
    double days; /* to the decision's own deadline; 0: none */
    ApdState state;
    const char *log;
} decisions[] = {
    { "upheld",     APD_AUTHENTICITY_GENUINE, APD_AUTHENTICITY_GENUINE, APD_OUTCOME_UPHELD,   0,
      APD_STATE_LOST,     "desk:case/1/0/message/2 " },
    { "reversed",   APD_AUTHENTICITY_GENUINE, APD_AUTHENTICITY_GENUINE, APD_OUTCOME_REVERSED, 0,
      APD_STATE_WON,      "desk:case/1/0/message/2 " },
    { "received",   APD_AUTHENTICITY_GENUINE, APD_AUTHENTICITY_GENUINE, APD_OUTCOME_RECEIVED, 0,
      APD_STATE_APPEALED, "desk:case/1/0/message/2 " },
    { "a chance left", APD_AUTHENTICITY_GENUINE, APD_AUTHENTICITY_GENUINE, APD_OUTCOME_UPHELD, 2,
      APD_STATE_OPEN,     "desk:case/1/1/message/2 " },
    { "evidence",   APD_AUTHENTICITY_GENUINE, APD_AUTHENTICITY_GENUINE, APD_OUTCOME_MORE_EVIDENCE, 2,
      APD_STATE_OPEN,     "desk:case/1/1/message/2 " },
    { "no outcome", APD_AUTHENTICITY_GENUINE, APD_AUTHENTICITY_GENUINE, APD_OUTCOME_NONE,     0,
      APD_STATE_OPEN,     "desk:case/1/0/message/2 " },
    { "unverified end", APD_AUTHENTICITY_GENUINE, APD_AUTHENTICITY_UNVERIFIED, APD_OUTCOME_REVERSED, 0,
      APD_STATE_OPEN,     "desk:case/1/0/message/2 " },
    { "unverified loss", APD_AUTHENTICITY_GENUINE, APD_AUTHENTICITY_UNVERIFIED, APD_OUTCOME_UPHELD, 0,
      APD_STATE_OPEN,     "desk:case/1/0/message/2 " },
    { "unverified quiet", APD_AUTHENTICITY_GENUINE, APD_AUTHENTICITY_UNVERIFIED, APD_OUTCOME_RECEIVED, 0,
      APD_STATE_OPEN,     "desk:case/1/0/message/2 " },
    { "both unverified", APD_AUTHENTICITY_UNVERIFIED, APD_AUTHENTICITY_UNVERIFIED, APD_OUTCOME_REVERSED, 0,
      APD_STATE_WON,      "desk:case/1/0/message/2 " },
    { "forged", APD_AUTHENTICITY_GENUINE, APD_AUTHENTICITY_FORGED, APD_OUTCOME_REVERSED, 0,
      APD_STATE_OPEN,     "desk:case/2/0/new " },
};
/* clang-format on */

TEST(decisions)
{
    for (size_t i = 0; i < G_N_ELEMENTS(decisions); i++) {
        ApdVerdict *notice = new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D);
        ApdTime left =
            decisions[i].days > 0 ? (ApdTime) (decisions[i].days * (double) D) : APD_NEVER;

        g_test_message("%s", decisions[i].what);
        notice->case_ref = g_strdup("AB-12");
        notice->authenticity = decisions[i].notice;
        file(f, notice);
        assert_log(f, "desk:case/1/0/new ");

        ApdVerdict *decision = new_decision(decisions[i].outcome, "prohibited", left);
        decision->case_ref = g_strdup("ab12");
        decision->authenticity = decisions[i].decision;
        file(f, decision);
        assert_log(f, decisions[i].log);
        assert_state(f, 1, decisions[i].state);

        g_autoptr(ApdCase) kase = get_case(f, 1);
        g_assert_cmpint(kase->deadline - apd_now(), ==, left == APD_NEVER ? 7 * D : left);
        tear_down(f, NULL);
        memset(f, 0, sizeof *f);
        set_up(f, NULL);
    }
}

TEST(unverified_puts_nothing_off)
{
    ApdVerdict *notice = new_verdict(APD_KIND_PENALTY, "prohibited", 3 * D);
    notice->case_ref = g_strdup("R");
    file(f, notice);

    ApdVerdict *later = new_decision(APD_OUTCOME_MORE_EVIDENCE, "prohibited", 30 * D);
    later->case_ref = g_strdup("R");
    later->authenticity = APD_AUTHENTICITY_UNVERIFIED;
    later->appeal_url = g_strdup("https://evil.example/");
    file(f, later);

    ApdVerdict *extended = new_verdict(APD_KIND_PENALTY, "prohibited", 40 * D);
    extended->case_ref = g_strdup("R");
    extended->authenticity = APD_AUTHENTICITY_UNVERIFIED;
    file(f, extended);

    g_autoptr(ApdCase) kase = get_case(f, 1);
    g_assert_cmpint(kase->deadline, ==, START + 3 * D);
    g_assert_null(kase->appeal_url);
    g_assert_cmpint(kase->authenticity, ==, APD_AUTHENTICITY_GENUINE);
}

TEST(evidence_climbs_again)
{
    ApdVerdict *notice = new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D);
    notice->case_ref = g_strdup("R");
    file(f, notice);
    g_assert_true(apd_acts_appealed(f->base.ledger, 1, "person", apd_now(), NULL));
    fake_clock_advance(10 * D);
    assert_log(f, "desk:case/1/0/new ");
    assert_state(f, 1, APD_STATE_APPEALED);

    ApdVerdict *evidence = new_decision(APD_OUTCOME_MORE_EVIDENCE, "prohibited", 2 * D);
    evidence->case_ref = g_strdup("R");
    file(f, evidence);
    fake_clock_advance(3 * D);
    assert_log(f, "desk:case/1/1/message/2 desk:case/1/1/step/1d desk:case/1/1/step/6h "
                  "desk:case/1/1/step/1h desk:case/1/1/expired ");

    /* The same letter once more is no news, nor is its end. */
    ApdVerdict *lost = new_decision(APD_OUTCOME_UPHELD, "prohibited", APD_NEVER);
    lost->case_ref = g_strdup("R");
    file(f, lost);
    ApdVerdict *again = new_decision(APD_OUTCOME_UPHELD, "prohibited", APD_NEVER);
    again->case_ref = g_strdup("R");
    file(f, again);
    assert_log(f, "desk:case/1/1/message/3 ");
    assert_state(f, 1, APD_STATE_LOST);
}

TEST(decision_finds_its_case)
{
    ApdVerdict *one = new_verdict(APD_KIND_PENALTY, "trade.false-shipment", 7 * D);
    ApdVerdict *two = new_verdict(APD_KIND_PENALTY, "trade.false-shipment", 8 * D);
    g_strfreev(one->orders);
    one->orders = g_strsplit("8100000000000001", " ", -1);
    g_strfreev(two->orders);
    two->orders = g_strsplit("8100000000000002", " ", -1);
    file(f, one);
    file(f, two);

    /* By its order. */
    ApdVerdict *won = new_decision(APD_OUTCOME_REVERSED, NULL, APD_NEVER);
    g_strfreev(won->orders);
    won->orders = g_strsplit("8100000000000002", " ", -1);
    g_assert_cmpint(file(f, won).case_id, ==, 2);
    assert_state(f, 1, APD_STATE_OPEN);

    /* Nothing names it, but only one case can be meant. */
    g_assert_cmpint(
        file(f, new_decision(APD_OUTCOME_UPHELD, "trade.false-shipment", APD_NEVER)).case_id, ==,
        1);
    assert_state(f, 1, APD_STATE_LOST);
}

TEST(ambiguous_decision_closes_nothing)
{
    file(f, new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D));
    file(f, new_verdict(APD_KIND_PENALTY, "prohibited", 8 * D));
    g_string_truncate(f->log, 0);

    ApdFiled filed = file(f, new_decision(APD_OUTCOME_REVERSED, "prohibited", APD_NEVER));
    g_assert_cmpint(filed.filing, ==, APD_FILED_OPENED);
    g_assert_cmpint(filed.case_id, ==, 3);
    assert_log(f, "desk:case/3/0/new ");
    assert_state(f, 1, APD_STATE_OPEN);
    assert_state(f, 2, APD_STATE_OPEN);

    /* Unless one of them is the one that was appealed. */
    g_assert_true(apd_acts_appealed(f->base.ledger, 2, "person", apd_now(), NULL));
    g_assert_cmpint(file(f, new_decision(APD_OUTCOME_UPHELD, "prohibited", APD_NEVER)).case_id, ==,
                    2);
}

/* Anybody can write "your appeal was successful". */
TEST(unverified_decision_must_name_its_case)
{
    ApdVerdict *notice = new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D);
    notice->authenticity = APD_AUTHENTICITY_UNVERIFIED;
    file(f, notice);
    ApdVerdict *decision = new_decision(APD_OUTCOME_REVERSED, "prohibited", APD_NEVER);
    decision->authenticity = APD_AUTHENTICITY_UNVERIFIED;
    g_assert_cmpint(file(f, decision).case_id, ==, 2);
    assert_state(f, 1, APD_STATE_OPEN);
    assert_log(f, "desk:case/1/0/new desk:case/2/0/new ");
}

TEST(new_deadline)
{
    ApdVerdict *notice = new_verdict(APD_KIND_COMPLAINT, "ip.patent", 5 * D);
    notice->case_ref = g_strdup("R");
    file(f, notice);
    ApdVerdict *extended = new_verdict(APD_KIND_COMPLAINT, "ip.patent", 10 * D);
    extended->case_ref = g_strdup("R");
    file(f, extended);
    assert_log(f, "desk:case/1/0/new desk:case/1/1/message/2 ");

    /* An estimate never takes the place of what was stated. */
    ApdVerdict *guess = new_verdict(APD_KIND_COMPLAINT, "ip.patent", 3 * D);
    guess->case_ref = g_strdup("R");
    guess->basis = APD_BASIS_ESTIMATED;
    file(f, guess);
    assert_log(f, "");
    g_autoptr(ApdCase) kase = get_case(f, 1);
    g_assert_cmpint(kase->deadline, ==, START + 10 * D);
    g_assert_cmpint(kase->round, ==, 1);
}

TEST(forged_stays_apart)
{
    ApdVerdict *genuine = new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D);
    ApdVerdict *forged = new_verdict(APD_KIND_PENALTY, "prohibited", 9 * D);
    genuine->case_ref = g_strdup("R");
    forged->case_ref = g_strdup("R");
    forged->authenticity = APD_AUTHENTICITY_FORGED;
    file(f, genuine);
    g_assert_cmpint(file(f, forged).case_id, ==, 2);
    g_assert_true(apd_acts_ack(f->base.ledger, 1, "person", apd_now(), NULL));
    g_string_truncate(f->log, 0);
    fake_clock_advance(20 * D);
    assert_log(f, "desk:case/1/0/step/6h desk:case/1/0/step/1h desk:case/1/0/expired ");
    assert_state(f, 2, APD_STATE_OPEN);
}

/* --- the first look ---------------------------------------------------------- */

static ApdFiled
file_first_look(Fixture *f, ApdVerdict *verdict, ApdTime age)
{
    g_autoptr(ApdVerdict) owned = verdict;
    g_autoptr(ApdMessage) message = new_message(f, "imap office", NULL);

    message->first_look = true;
    message->received = apd_now() - age;
    owned->date = apd_now() - age;
    return file_message(f, message, owned);
}

TEST(first_look)
{
    ApdCursor cursor;

    file_first_look(f, new_verdict(APD_KIND_PENALTY, "prohibited", -D), 10 * D);
    file_first_look(f, new_verdict(APD_KIND_PENALTY, "info.search", 5 * H), 6 * D);
    file_first_look(f, new_verdict(APD_KIND_PENALTY, "trade.review", 5 * D), 2 * D);
    file_first_look(f, new_verdict(APD_KIND_WARNING, "unknown", APD_NEVER), 20 * D);
    file_first_look(f, new_verdict(APD_KIND_WARNING, "unknown", APD_NEVER), 2 * D);
    assert_log(f, "");

    g_assert_true(apd_casebook_looked_back(&f->book, "imap office", "INBOX", apd_now(), NULL));
    on_wake(f);
    g_assert_true(g_str_has_prefix(f->log->str, "desk:summary/imap office/INBOX/"));
    g_string_truncate(f->log, 0);

    g_autoptr(GPtrArray) cases = apd_ledger_cases(f->base.ledger, APD_CASES_ALL, NULL);
    g_assert_cmpuint(cases->len, ==, 3);
    g_assert_true(apd_ledger_get_cursor(f->base.ledger, "imap office", "INBOX", &cursor, NULL));
    g_assert_true(cursor.looked_back);
    g_assert_cmpuint(cursor.last_uid, ==, 5);

    /* From here each goes its own way. */
    fake_clock_advance(4 * H + APD_MINUTE);
    assert_log(f, "desk:case/1/0/step/1h ");
}

TEST(first_look_that_never_ends)
{
    file_first_look(f, new_verdict(APD_KIND_PENALTY, "info.search", 5 * D), D);
    assert_log(f, "");
    fake_clock_advance(15 * APD_MINUTE);
    g_assert_true(g_str_has_prefix(f->log->str, "desk:summary/"));
}

TEST(first_look_finds_nothing)
{
    g_assert_true(apd_casebook_looked_back(&f->book, "maildir synced", "", apd_now(), NULL));
    on_wake(f);
    assert_log(f, "");
}

/* The decision is read before the notice it answers: no case stays open. */
TEST(first_look_in_any_order)
{
    ApdVerdict *decision = new_decision(APD_OUTCOME_REVERSED, "prohibited", APD_NEVER);
    ApdVerdict *notice = new_verdict(APD_KIND_PENALTY, "prohibited", 5 * D);
    decision->case_ref = g_strdup("R");
    notice->case_ref = g_strdup("R");

    file_first_look(f, decision, D);
    g_assert_cmpint(file_first_look(f, notice, 3 * D).filing, ==, APD_FILED_JOINED);
    g_assert_true(apd_casebook_looked_back(&f->book, "imap office", "INBOX", apd_now(), NULL));
    fake_clock_advance(10 * D);
    assert_log(f, "");
    assert_state(f, 1, APD_STATE_WON);
}

/* --- routing and stores ------------------------------------------------------ */

TEST(routing)
{
    add_channel(f, "team", APD_SEVERITY_HIGH, NULL, NULL);
    add_channel(f, "lawyer", APD_SEVERITY_LOW, NULL, "ip.* order.dispute");
    add_channel(f, "shop2", APD_SEVERITY_LOW, "second", NULL);

    ApdVerdict *low = new_verdict(APD_KIND_WARNING, "points.threshold", 3 * H);
    low->severity = APD_SEVERITY_MEDIUM;
    file(f, low);
    assert_log(f, "desk:case/1/0/new team:case/1/0/new ");
    file(f, new_verdict(APD_KIND_COMPLAINT, "ip.tro", 30 * D));
    assert_log(f, "desk:case/2/0/new team:case/2/0/new lawyer:case/2/0/new ");
}

TEST(nobodys_case_goes_to_all)
{
    g_ptr_array_set_size(f->config.channels, 0);
    add_channel(f, "lawyer", APD_SEVERITY_LOW, NULL, "ip.*");
    add_channel(f, "boss", APD_SEVERITY_CRITICAL, NULL, "ip.*");
    file(f, new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D));
    assert_log(f, "lawyer:case/1/0/new ");
}

TEST(stores)
{
    add_store(f, "first", "111");
    add_store(f, "second", "222");
    ApdSourceConfig *source = f->config.sources->pdata[0];
    g_free(source->store);
    source->store = g_strdup("first");

    ApdVerdict *named = new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D);
    named->channel_id = g_strdup("222");
    file(f, named);
    ApdVerdict *unknown = new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D);
    unknown->channel_id = g_strdup("333");
    file(f, unknown);

    g_autoptr(ApdCase) one = get_case(f, 1);
    g_autoptr(ApdCase) two = get_case(f, 2);
    g_assert_cmpstr(one->store, ==, "second");
    g_assert_cmpstr(two->store, ==, "first");
}

/* --- blindness ---------------------------------------------------------------- */

static void
note(Fixture *f, const char *folder, const char *why)
{
    g_autoptr(GError) error =
        why ? g_error_new_literal(g_quark_from_static_string("t"), 0, why) : NULL;

    g_autofree char *source = g_strdup("imap office");
    g_autofree char *place = g_strdup(folder);
    ApdSightNote note = { source, place, error, apd_now() };
    g_autoptr(GPtrArray) notes = g_ptr_array_new();

    g_ptr_array_add(notes, &note);
    g_assert_true(apd_blindness_note_all(f->base.ledger, &f->config, notes, NULL));
    on_wake(f);
}

TEST(blindness)
{
    note(f, "INBOX", NULL);
    note(f, "Junk", NULL);
    note(f, "INBOX", "no answer");
    fake_clock_advance(APD_MINUTE);
    note(f, "INBOX", NULL);
    fake_clock_advance(D);
    assert_log(f, ""); /* shorter than the limit: nothing */
    note(f, "INBOX", NULL);
    note(f, "Junk", NULL);

    ApdTime since = apd_now();
    note(f, "INBOX", "no answer");
    note(f, "Junk", "no answer");
    fake_clock_advance(APD_MINUTE);
    note(f, "INBOX", "password rejected");
    fake_clock_advance(D);
    g_autofree char *first =
        g_strdup_printf("desk:blind/imap office/%" G_GINT64_FORMAT "/0 ", since);
    assert_log(f, first);
    fake_clock_advance(D);
    g_autofree char *second =
        g_strdup_printf("desk:blind/imap office/%" G_GINT64_FORMAT "/1 ", since);
    assert_log(f, second);

    note(f, "Junk", NULL);
    assert_log(f, "");
    note(f, "INBOX", NULL);
    g_autofree char *end = g_strdup_printf("desk:sight/imap office/%" G_GINT64_FORMAT " ", since);
    assert_log(f, end);
    fake_clock_advance(10 * D);
    assert_log(f, "");
}

/* A junk folder that is not there must not hide that the inbox goes dark a day later. */
TEST(a_blindness_that_was_told_hides_no_other)
{
    note(f, "INBOX", NULL);
    ApdTime junk = apd_now();
    note(f, "Junk", "not there");
    fake_clock_advance(APD_HOUR);
    g_autofree char *first =
        g_strdup_printf("desk:blind/imap office/%" G_GINT64_FORMAT "/0 ", junk);
    assert_log(f, first);

    note(f, "INBOX", NULL);
    ApdTime inbox = apd_now();
    note(f, "INBOX", "password rejected");
    fake_clock_advance(2 * APD_MINUTE);
    g_autofree char *second =
        g_strdup_printf("desk:blind/imap office/%" G_GINT64_FORMAT "/0 ", inbox);
    assert_log(f, second);
    g_assert_cmpstr(f->subject, ==, "imap office: INBOX");

    note(f, "INBOX", NULL);
    g_autofree char *end = g_strdup_printf("desk:sight/imap office/%" G_GINT64_FORMAT " ", inbox);
    assert_log(f, end);
    g_assert_cmpstr(f->subject, ==, "imap office: INBOX");
    fake_clock_advance(D);
    g_autofree char *again =
        g_strdup_printf("desk:blind/imap office/%" G_GINT64_FORMAT "/1 ", junk);
    assert_log(f, again);
    g_assert_cmpstr(f->subject, ==, "imap office: Junk");
    note(f, "Junk", NULL);
    g_autofree char *last = g_strdup_printf("desk:sight/imap office/%" G_GINT64_FORMAT " ", junk);
    assert_log(f, last);
    g_assert_cmpstr(f->subject, ==, "imap office");
}

/* Two minutes from the last sign of life, however late the silence was noticed; but
 * never at once: a network that wakes up needs a moment. */
TEST(blindness_counts_from_the_last_sign_of_life)
{
    note(f, "INBOX", NULL);
    fake_clock_advance(75 * APD_SECOND);
    note(f, "INBOX", "no answer");
    fake_clock_advance(45 * APD_SECOND - 1);
    assert_log(f, "");
    fake_clock_advance(1);
    g_assert_true(g_str_has_prefix(f->log->str, "desk:blind/"));
    g_string_truncate(f->log, 0);
    note(f, "INBOX", NULL);
    g_string_truncate(f->log, 0);

    fake_clock_advance(8 * H); /* asleep */
    note(f, "INBOX", "no network");
    fake_clock_advance(30 * APD_SECOND - 1);
    assert_log(f, "");
    note(f, "INBOX", NULL);
    fake_clock_advance(D);
    assert_log(f, "");
}

/* --- a person's acts ----------------------------------------------------------- */

TEST(snooze)
{
    ApdLadder ladder = apd_reminders_ladder(&f->config);
    ApdTime until;

    file(f, new_verdict(APD_KIND_PENALTY, "prohibited", 4 * D));
    g_string_truncate(f->log, 0);
    g_assert_true(apd_acts_snooze(f->base.ledger, &ladder, 1, START + 2 * D, "person", apd_now(),
                                  &until, NULL));
    g_assert_cmpint(until, ==, START + 2 * D);
    on_wake(f);
    fake_clock_advance(2 * D + APD_MINUTE);
    assert_log(f, "desk:case/1/0/step/3d ");

    /* Never past the last step. */
    g_assert_true(apd_acts_snooze(f->base.ledger, &ladder, 1, START + 20 * D, "person", apd_now(),
                                  &until, NULL));
    g_assert_cmpint(until, ==, START + 4 * D - H);
    on_wake(f);
    fake_clock_advance(2 * D);
    assert_log(f, "desk:case/1/0/step/1h desk:case/1/0/expired ");
}

TEST(acts_refuse)
{
    ApdLadder ladder = apd_reminders_ladder(&f->config);
    g_autoptr(GError) error = NULL;

    g_assert_false(apd_acts_ack(f->base.ledger, 9, "person", apd_now(), &error));
    g_assert_nonnull(strstr(error->message, "#9"));
    g_clear_error(&error);

    file(f, new_verdict(APD_KIND_PENALTY, "prohibited", H / 2));
    g_assert_false(
        apd_acts_snooze(f->base.ledger, &ladder, 1, START + D, "person", apd_now(), NULL, &error));
    g_assert_nonnull(strstr(error->message, "too near"));
    g_clear_error(&error);

    g_assert_true(apd_acts_close(f->base.ledger, 1, "person", apd_now(), NULL));
    g_assert_true(apd_acts_close(f->base.ledger, 1, "person", apd_now(), NULL));
    g_assert_false(apd_acts_appealed(f->base.ledger, 1, "person", apd_now(), &error));
    g_assert_nonnull(strstr(error->message, "reopen"));
}

TEST(acts_leave_history)
{
    static const char *const lines[] = { "opened: \"A notice", "acknowledged", "noted",
                                         "appealed",           "closed",       "opened again" };

    file(f, new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D));
    g_assert_true(apd_acts_ack(f->base.ledger, 1, "person", apd_now(), NULL));
    g_assert_true(apd_acts_ack(f->base.ledger, 1, "person", apd_now(), NULL));
    g_assert_true(apd_acts_note(f->base.ledger, 1, "asked Li", "person", apd_now(), NULL));
    g_assert_true(apd_acts_appealed(f->base.ledger, 1, "person", apd_now(), NULL));
    g_assert_true(apd_acts_close(f->base.ledger, 1, "person", apd_now(), NULL));
    g_assert_true(apd_acts_reopen(f->base.ledger, 1, "person", apd_now(), NULL));
    on_wake(f);
    assert_log(f, "desk:case/1/0/new desk:case/1/1/new ");

    g_autoptr(GPtrArray) history = apd_ledger_history(f->base.ledger, 1, NULL);
    g_assert_cmpuint(history->len, ==, G_N_ELEMENTS(lines));
    for (guint i = 0; i < history->len; i++)
        g_assert_true(g_str_has_prefix(((ApdHistory *) history->pdata[i])->what, lines[i]));
}

TEST(ack_drops_what_is_owed)
{
    g_autoptr(ApdVerdict) verdict = new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D);
    g_autoptr(ApdMessage) message = new_message(f, "imap office", NULL);
    ApdFiled filed;

    g_assert_true(apd_casebook_file(&f->book, message, verdict, NULL, apd_now(), &filed, NULL));
    g_assert_true(apd_acts_ack(f->base.ledger, 1, "person", apd_now(), NULL));
    on_wake(f);
    assert_log(f, "");
}

/* --- many ------------------------------------------------------------------------ */

/* Looking at what is due is done after every event: it must not cost much. */
TEST(many_cases)
{
    enum { N = 5000 };
    g_autoptr(GTimer) timer = g_timer_new();
    ApdTime next;

    g_assert_true(apd_ledger_begin(f->base.ledger, NULL));
    for (int i = 0; i < N; i++) {
        g_autoptr(ApdCase) kase = ledger_fixture_case("prohibited", START + 4 * D + i * H);
        g_assert_true(apd_ledger_put_case(f->base.ledger, kase, "mail", "opened", START, NULL));
    }
    g_assert_true(apd_ledger_commit(f->base.ledger, NULL));
    g_timer_start(timer);
    g_assert_true(apd_steps_run(f->base.ledger, &f->config, START, &next, NULL));
    g_test_message("raised %d in %.3f s", N, g_timer_elapsed(timer, NULL));

    g_timer_start(timer);
    g_assert_true(apd_steps_run(f->base.ledger, &f->config, START, &next, NULL));
    g_test_message("looked at %d in %.6f s", N, g_timer_elapsed(timer, NULL));
    g_assert_cmpint(next, ==, START + D);
}

/* --- a clock that was wrong ----------------------------------------------------- */

TEST(clock_set_back)
{
    file(f, new_verdict(APD_KIND_PENALTY, "prohibited", 7 * D));
    fake_clock_set(START + 400 * D);
    assert_log(f, "desk:case/1/0/new desk:case/1/0/expired ");
    assert_state(f, 1, APD_STATE_EXPIRED);

    fake_clock_set(START + APD_MINUTE);
    assert_log(f, "desk:case/1/1/new ");
    assert_state(f, 1, APD_STATE_OPEN);
    fake_clock_advance(8 * D);
    assert_log(f, "desk:case/1/1/step/3d desk:case/1/1/step/1d desk:case/1/1/step/6h "
                  "desk:case/1/1/step/1h desk:case/1/1/expired ");
}

#define ADD(path, func) g_test_add("/casebook/" path, Fixture, NULL, set_up, test_##func, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("counts-down", counts_down);
    ADD("missed-steps-collapse", missed_steps_collapse);
    ADD("late-notice", late_notice);
    ADD("same-mail-twice", same_mail_twice);
    ADD("same-matter-by-second-mailbox", same_matter_by_second_mailbox);
    ADD("none-is-nothing", none_is_nothing);
    ADD("unreadable", unreadable);
    ADD("fetched-in-part", fetched_in_part);
    ADD("looked-back-once", looked_back_once);
    ADD("policy-is-told-once", policy_is_told_once);
    ADD("daily-without-deadline", daily_without_deadline);
    ADD("decisions", decisions);
    ADD("unverified-puts-nothing-off", unverified_puts_nothing_off);
    ADD("evidence-climbs-again", evidence_climbs_again);
    ADD("decision-finds-its-case", decision_finds_its_case);
    ADD("ambiguous-decision-closes-nothing", ambiguous_decision_closes_nothing);
    ADD("unverified-decision-must-name-its-case", unverified_decision_must_name_its_case);
    ADD("new-deadline", new_deadline);
    ADD("forged-stays-apart", forged_stays_apart);
    ADD("first-look", first_look);
    ADD("first-look-that-never-ends", first_look_that_never_ends);
    ADD("first-look-finds-nothing", first_look_finds_nothing);
    ADD("first-look-in-any-order", first_look_in_any_order);
    ADD("routing", routing);
    ADD("nobodys-case-goes-to-all", nobodys_case_goes_to_all);
    ADD("stores", stores);
    ADD("blindness", blindness);
    ADD("a-blindness-that-was-told-hides-no-other", a_blindness_that_was_told_hides_no_other);
    ADD("blindness_counts_from_the_last_sign_of_life", blindness_counts_from_the_last_sign_of_life);
    ADD("snooze", snooze);
    ADD("acts-refuse", acts_refuse);
    ADD("acts-leave-history", acts_leave_history);
    ADD("ack-drops-what-is-owed", ack_drops_what_is_owed);
    ADD("many-cases", many_cases);
    ADD("clock-set-back", clock_set_back);
    return g_test_run();
}
