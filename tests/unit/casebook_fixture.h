/* A casebook over a ledger in a temporary folder, with a small configuration
 * and appeald's own wiring of alarm and steps, on a hand-driven clock. */
#pragma once

#include "../fake/clock.c"
#include "app/acts.h"
#include "app/blindness.h"
#include "app/casebook.h"
#include "app/reminders.h"
#include "app/steps.h"
#include "ledger_fixture.h"

#define START (20000 * APD_DAY)

typedef struct {
    LedgerFixture base;
    ApdConfig config;
    ApdCasebook book;
    ApdAlarm *alarm;
    GString *log;  /* "channel:key " of everything delivered */
    char *subject; /* of the last of these; NULL: it has none */
    guint n_messages;
    const char *dead; /* channel that takes nothing; NULL: all take all */
    const char *says; /* ... and why */
} Fixture;

static inline void
add_source(Fixture *f, const char *type, const char *name, const char *store)
{
    ApdSourceConfig *source = g_new0(ApdSourceConfig, 1);

    source->type = g_strdup(type);
    source->name = g_strdup(name);
    source->section = g_strconcat(type, " ", name, NULL);
    source->store = g_strdup(store);
    source->folders = g_new0(char *, 1);
    g_ptr_array_add(f->config.sources, source);
}

static inline void
add_store(Fixture *f, const char *name, const char *channel_id)
{
    ApdStore *store = g_new0(ApdStore, 1);

    store->name = g_strdup(name);
    store->channel_id = g_strdup(channel_id);
    g_ptr_array_add(f->config.stores, store);
}

/* @stores, @categories: one pattern, or NULL for all. */
static inline ApdChannelConfig *
add_channel(Fixture *f, const char *name, ApdSeverity severity, const char *stores,
            const char *categories)
{
    ApdChannelConfig *channel = g_new0(ApdChannelConfig, 1);

    channel->name = g_strdup(name);
    channel->severity = severity;
    channel->stores = stores ? g_strsplit(stores, " ", -1) : NULL;
    channel->categories = categories ? g_strsplit(categories, " ", -1) : NULL;
    g_ptr_array_add(f->config.channels, channel);
    return channel;
}

static inline void
free_source(void *data)
{
    ApdSourceConfig *source = data;

    g_free(source->type);
    g_free(source->name);
    g_free(source->section);
    g_free(source->store);
    g_strfreev(source->folders);
    g_free(source);
}

static inline void
free_store(void *data)
{
    ApdStore *store = data;

    g_free(store->name);
    g_free(store->channel_id);
    g_free(store);
}

static inline void
free_channel(void *data)
{
    ApdChannelConfig *channel = data;

    g_free(channel->name);
    g_strfreev(channel->stores);
    g_strfreev(channel->categories);
    g_free(channel);
}

static inline void
deliver_all(Fixture *f)
{
    g_autoptr(GPtrArray) owed = apd_ledger_owed(f->base.ledger, NULL, apd_now(), 0, NULL);

    g_assert_nonnull(owed);
    for (guint i = 0; i < owed->len; i++) {
        ApdDelivery *delivery = owed->pdata[i];
        g_autoptr(ApdAlert) alert = NULL;
        g_assert_true(apd_ledger_get_alert(f->base.ledger, delivery->alert_id, &alert, NULL));
        if (g_strcmp0(delivery->channel, f->dead) == 0) {
            delivery->attempts++;
            delivery->next_try = apd_now() + APD_MINUTE;
            g_free(delivery->last_error);
            delivery->last_error = g_strdup(f->says);
            g_assert_true(apd_ledger_put_delivery(f->base.ledger, delivery, NULL));
            continue;
        }
        g_string_append_printf(f->log, "%s:%s ", delivery->channel, alert->key);
        g_free(f->subject);
        f->subject = g_strdup(alert->subject);
        delivery->state = APD_DELIVERY_DONE;
        delivery->done_at = apd_now();
        g_assert_true(apd_ledger_put_delivery(f->base.ledger, delivery, NULL));
    }
}

/* What appeald does whenever something happened or its alarm goes off. */
static inline void
on_wake(void *user_data)
{
    Fixture *f = user_data;
    g_autoptr(GError) error = NULL;
    ApdTime next = APD_NEVER;

    apd_steps_run(f->base.ledger, &f->config, apd_now(), &next, &error);
    g_assert_no_error(error);
    deliver_all(f);
    apd_alarm_at(f->alarm, next);
}

static inline void
fixture_set_up(Fixture *f)
{
    static const ApdTime steps[] = { 72 * APD_HOUR, 24 * APD_HOUR, 6 * APD_HOUR, APD_HOUR };

    ledger_fixture_set_up(&f->base);
    f->config.blind_limit = 2 * APD_MINUTE;
    f->config.daily_at = -1;
    f->config.steps = g_array_new(FALSE, FALSE, sizeof(ApdTime));
    g_array_append_vals(f->config.steps, steps, G_N_ELEMENTS(steps));
    f->config.stores = g_ptr_array_new_with_free_func(free_store);
    f->config.sources = g_ptr_array_new_with_free_func(free_source);
    f->config.channels = g_ptr_array_new_with_free_func(free_channel);
    add_source(f, "imap", "office", "");
    add_source(f, "maildir", "synced", "");
    add_channel(f, "desk", APD_SEVERITY_LOW, NULL, NULL);
    f->book = (ApdCasebook){ f->base.ledger, &f->config };
    f->log = g_string_new(NULL);
    f->alarm = apd_alarm_new(on_wake, f);
    fake_clock_set(START);
}

static inline void
fixture_tear_down(Fixture *f)
{
    apd_alarm_free(f->alarm);
    g_string_free(f->log, TRUE);
    g_free(f->subject);
    g_array_unref(f->config.steps);
    g_ptr_array_unref(f->config.stores);
    g_ptr_array_unref(f->config.sources);
    g_ptr_array_unref(f->config.channels);
    ledger_fixture_tear_down(&f->base);
}

/* Returns: (transfer full): a genuine verdict of @kind; @left: to its deadline
 * from now, APD_NEVER for none. */
static inline ApdVerdict *
new_verdict(ApdKind kind, const char *category, ApdTime left)
{
    ApdVerdict *verdict = apd_verdict_new();

    verdict->kind = kind;
    verdict->category = g_strdup(category);
    verdict->authenticity = APD_AUTHENTICITY_GENUINE;
    verdict->severity = APD_SEVERITY_HIGH;
    verdict->date = apd_now();
    verdict->subject = g_strdup_printf("A notice at %" G_GINT64_FORMAT, apd_now());
    if (left != APD_NEVER) {
        verdict->deadline = apd_now() + left;
        verdict->basis = APD_BASIS_STATED;
    }
    return verdict;
}

static inline ApdVerdict *
new_decision(ApdOutcome outcome, const char *category, ApdTime left)
{
    ApdVerdict *verdict = new_verdict(APD_KIND_DECISION, category, left);

    verdict->outcome = outcome;
    return verdict;
}

/* Returns: (transfer full): a message found nowhere else; @body NULL: of its own. */
static inline ApdMessage *
new_message(Fixture *f, const char *source, const char *body)
{
    ApdMessage *message = g_new0(ApdMessage, 1);
    bool imap = g_str_has_prefix(source, "imap");
    char *text = body ? g_strdup(body) : g_strdup_printf("\nmessage %u\n", f->n_messages);

    f->n_messages++;
    message->source = g_strdup(source);
    message->folder = g_strdup(imap ? "INBOX" : "");
    message->uidvalidity = imap ? 77 : 0;
    message->uid = imap ? f->n_messages : 0;
    message->name = imap ? NULL : g_strdup_printf("name.%u", f->n_messages);
    message->received = apd_now();
    message->bytes = g_bytes_new_take(text, strlen(text));
    return message;
}

static inline ApdFiled
file_message(Fixture *f, ApdMessage *message, const ApdVerdict *verdict)
{
    g_autoptr(GError) error = NULL;
    ApdFiled filed = { APD_FILED_NOTHING, 0 };

    apd_casebook_file(&f->book, message, verdict, "it broke the reader", apd_now(), &filed, &error);
    g_assert_no_error(error);
    on_wake(f);
    return filed;
}

/* Takes @verdict: files it as a new message. */
static inline ApdFiled
file(Fixture *f, ApdVerdict *verdict)
{
    g_autoptr(ApdVerdict) owned = verdict;
    g_autoptr(ApdMessage) message = new_message(f, "imap office", NULL);

    return file_message(f, message, owned);
}

static inline void
assert_log(Fixture *f, const char *expected)
{
    g_assert_cmpstr(f->log->str, ==, expected);
    g_string_truncate(f->log, 0);
}

static inline ApdCase *
get_case(Fixture *f, int64_t id)
{
    ApdCase *kase = NULL;

    g_assert_true(apd_ledger_get_case(f->base.ledger, id, &kase, NULL));
    g_assert_nonnull(kase);
    return kase;
}

static inline void
assert_state(Fixture *f, int64_t id, ApdState state)
{
    g_autoptr(ApdCase) kase = get_case(f, id);

    g_assert_cmpstr(apd_state_name(kase->state), ==, apd_state_name(state));
}
