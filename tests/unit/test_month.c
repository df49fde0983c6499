/* Thirty days of appeald's whole daemon on a hand-driven clock.  Mailboxes, readers and
 * the far side of its channel are scripted, with a fault every few minutes: whatever
 * happens, each notice is alerted, each blindness told within its limit, each message
 * that breaks its reader told, and memory stays flat.
 */
#include "../fake/clock.c"

#include <glib/gstdio.h>
#include <malloc.h>
#include <string.h>

#include "app/acts.h"
#include "app/daemon.h"
#include "app/health.h"
#include "app/readers.h"
#include "base/error.h"
#include "io/http.h"
#include "io/network.h"
#include "port/source.h"

#define START       (20000 * APD_DAY)
#define BLIND_LIMIT (2 * APD_MINUTE)
#define ROUND       (9 * APD_MINUTE)
#define RETRY       APD_MINUTE

/* What a spell of darkness leaves to the oracle. */
typedef struct {
    ApdTime begun, noticed, ended; /* @ended: seen again; 0: not yet */
} Spell;

typedef struct {
    char *name;
    GPtrArray *texts; /* owned: what was delivered, UIDs from 1 */
    bool looked_back, handed;
    uint32_t next; /* index of the message to hand over */
} Folder;

typedef struct {
    ApdSource base;
    char *section; /* owned; what base.name is too */
    const ApdSourceEvents *events;
    void *user_data;
    bool open;
    Folder folders[2];
    guint n_folders;
    uint32_t uidvalidity;
    ApdTime dark_until; /* 0: in sight */
    guint round;        /* which of the rounds asked for is the last */
    GArray *spells;     /* owned; element-type Spell; the last may be running */
    bool noticed;
} Box;

typedef struct {
    ApdTime at;
    void (*run)(gpointer a, gpointer b);
    gpointer a, b;
} Event;

typedef struct {
    ApdHttpDone done;
    void *user_data;
} Flight;

/* Fakes have no other way to it. */
static struct {
    GRand *random;
    GQueue events; /* element-type Event, soonest first */
    Box boxes[3];
    ApdDaemon *daemon;
    char *folder, *config;
    void (*network)(void *user_data);
    void *network_data;
    ApdTime http_down_until, http_well_since;
    int http_fault;
    GPtrArray *flights; /* element-type Flight, owned */
    GHashTable *sent;   /* reference to when it was delivered to a mailbox */
    GHashTable *clear;  /* set of references delivered in clear weather */
    GHashTable *told;   /* reference to when it was first taken by the far side */
    guint notices, crashes, restarts, pings;
    ApdTime end;
} world;

/* --- scripted time ---------------------------------------------------------------- */

static gint
by_time(gconstpointer a, gconstpointer b, gpointer data)
{
    const Event *x = a, *y = b;

    (void) data;
    return (x->at > y->at) - (x->at < y->at);
}

static void
at(ApdTime when, void (*run)(gpointer, gpointer), gpointer a, gpointer b)
{
    Event *event = g_new0(Event, 1);

    *event = (Event){ MAX(when, apd_now()), run, a, b };
    g_queue_insert_sorted(&world.events, event, by_time, NULL);
}

static void
spin(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static void
run_until(ApdTime end)
{
    for (;;) {
        spin();
        Event *event = g_queue_peek_head(&world.events);
        ApdAlarm *alarm = soonest();
        ApdTime when = event != NULL ? event->at : APD_NEVER;

        if (alarm != NULL && alarm->at <= when && alarm->at <= end) {
            fake_clock_advance(MAX(alarm->at - apd_now(), 0));
            continue;
        }
        if (when > end)
            break;
        fake_clock_advance(when - apd_now());
        g_queue_pop_head(&world.events);
        event->run(event->a, event->b);
        g_free(event);
    }
    fake_clock_advance(end - apd_now());
    spin();
}

static ApdTime
some(ApdTime least, ApdTime most)
{
    return least + (ApdTime) (g_rand_double(world.random) * (double) (most - least));
}

static bool
chance(double p)
{
    return g_rand_double(world.random) < p;
}

/* --- GLib's own timers, by the same clock --------------------------------------------- */

typedef struct {
    GSource base;
    ApdTime due;
} Timer;

static gboolean
timer_is_due(GSource *source)
{
    return apd_now() >= ((Timer *) source)->due;
}

static gboolean
timer_prepare(GSource *source, gint *timeout)
{
    *timeout = -1;
    return timer_is_due(source);
}

static gboolean
timer_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    (void) source;
    g_assert_false(callback(user_data)); /* no timer of ours repeats */
    return G_SOURCE_REMOVE;
}

static void
look_at_timers(gpointer a, gpointer b)
{
    (void) a;
    (void) b;
}

guint
g_timeout_add(guint interval, GSourceFunc function, gpointer data)
{
    static GSourceFuncs timers = { timer_prepare, timer_is_due, timer_dispatch, NULL, NULL, NULL };
    GSource *source = g_source_new(&timers, sizeof(Timer));

    ((Timer *) source)->due = apd_now() + interval * (APD_SECOND / 1000);
    at(((Timer *) source)->due, look_at_timers, NULL, NULL);
    g_source_set_callback(source, function, data, NULL);
    guint id = g_source_attach(source, NULL);
    g_source_unref(source);
    return id;
}

/* --- mailboxes, in place of port/source.c ------------------------------------------ */

static void
hand_over(gpointer a, gpointer b)
{
    Box *box = a;
    Folder *folder = b;

    if (!box->open || box->dark_until != 0 || folder->handed)
        return;
    if (folder->next >= folder->texts->len) {
        if (!folder->looked_back)
            box->events->looked_back(&box->base, folder->name, box->user_data);
        folder->looked_back = true;
        return;
    }
    ApdMessage *message = g_new0(ApdMessage, 1);
    const char *text = folder->texts->pdata[folder->next];
    folder->handed = true;
    message->source = g_strdup(box->section);
    message->folder = g_strdup(folder->name);
    message->uidvalidity = box->uidvalidity;
    message->uid = ++folder->next;
    message->received = apd_now();
    message->first_look = !folder->looked_back;
    message->bytes = g_bytes_new(text, strlen(text));
    box->events->message(&box->base, message, box->user_data);
}

static void on_round(gpointer a, gpointer b);

static void
next_round(Box *box, ApdTime pause)
{
    at(apd_now() + pause, on_round, box, GUINT_TO_POINTER(++box->round));
}

static Spell *
last_spell(Box *box)
{
    return &g_array_index(box->spells, Spell, box->spells->len - 1);
}

/* The mailbox was looked at: what appeald-mail tells of it. */
static void
on_round(gpointer a, gpointer b)
{
    Box *box = a;
    bool dark = box->dark_until > apd_now();
    g_autoptr(GError) why = NULL;

    if (!box->open || GPOINTER_TO_UINT(b) != box->round)
        return;
    if (dark)
        why = g_error_new_literal(APD_ERROR, APD_ERROR_TRANSIENT,
                                  "the server did not answer in time");
    if (dark && !box->noticed)
        last_spell(box)->noticed = apd_now();
    if (!dark && box->dark_until != 0) {
        last_spell(box)->ended = apd_now();
        box->dark_until = 0;
    }
    box->noticed = dark;
    for (guint i = 0; i < box->n_folders; i++) {
        box->events->sight(&box->base, box->folders[i].name, why, box->user_data);
        hand_over(box, &box->folders[i]);
    }
    next_round(box, dark ? RETRY : ROUND);
}

static ApdSource *
box_open(const ApdSourceConfig *config, ApdTime look_back, ApdLedger *ledger,
         const ApdSourceEvents *events, void *user_data, GError **error)
{
    Box *box = NULL;

    (void) look_back;
    for (size_t i = 0; i < G_N_ELEMENTS(world.boxes); i++)
        if (g_str_equal(world.boxes[i].section, config->section))
            box = &world.boxes[i];
    box->events = events;
    box->user_data = user_data;
    box->open = true;
    for (guint i = 0; i < box->n_folders; i++) {
        Folder *folder = &box->folders[i];
        ApdCursor cursor;
        if (!apd_ledger_get_cursor(ledger, box->section, folder->name, &cursor, error))
            return NULL;
        folder->looked_back = cursor.looked_back;
        folder->handed = false;
        folder->next = cursor.uidvalidity == box->uidvalidity ? cursor.last_uid : 0;
    }
    next_round(box, APD_SECOND);
    return &box->base;
}

static void
box_stored(ApdSource *source, const ApdMessage *message)
{
    Box *box = (Box *) source;

    for (guint i = 0; i < box->n_folders; i++) {
        Folder *folder = &box->folders[i];
        if (!g_str_equal(folder->name, message->folder))
            continue;
        folder->handed = false;
        at(apd_now(), hand_over, box, folder);
    }
}

static void
box_poke(ApdSource *source)
{
    next_round((Box *) source, APD_SECOND);
}

static void
box_close(ApdSource *source)
{
    ((Box *) source)->open = false;
}

static const ApdSourceType box_type = { "imap", box_open, box_stored, box_poke, box_close };

const ApdSourceType *
apd_source_find(const char *name)
{
    return g_str_equal(name, "imap") ? &box_type : NULL;
}

static void
set_up_box(Box *box, const char *section, guint n_folders)
{
    static const char *const names[] = { "INBOX", "Junk" };

    box->section = g_strdup(section);
    box->base = (ApdSource){ &box_type, box->section };
    box->uidvalidity = 7;
    box->n_folders = n_folders;
    box->spells = g_array_new(FALSE, TRUE, sizeof(Spell));
    for (guint i = 0; i < n_folders; i++) {
        box->folders[i].name = g_strdup(names[i]);
        box->folders[i].texts = g_ptr_array_new_with_free_func(g_free);
    }
}

static void
tear_down_box(Box *box)
{
    for (guint i = 0; i < box->n_folders; i++) {
        g_free(box->folders[i].name);
        g_ptr_array_unref(box->folders[i].texts);
    }
    g_array_unref(box->spells);
    g_free(box->section);
}

/* --- readers, in place of app/readers.c --------------------------------------------- */

typedef struct {
    char *text;
    ApdReadersDone done;
    void *user_data;
    guint soon;
    ApdReaders *pool;
} Job;

struct ApdReaders {
    GHashTable *jobs; /* a set */
};

static void
free_job(void *data)
{
    Job *job = data;

    if (job->soon != 0)
        g_source_remove(job->soon);
    g_free(job->text);
    g_free(job);
}

ApdReaders *
apd_readers_new(const char *rules_dir, const char *user_rules_dir, guint max)
{
    ApdReaders *self = g_new0(ApdReaders, 1);

    (void) rules_dir;
    (void) user_rules_dir;
    (void) max;
    self->jobs = g_hash_table_new_full(NULL, NULL, free_job, NULL);
    return self;
}

void
apd_readers_free(ApdReaders *self)
{
    g_hash_table_unref(self->jobs);
    g_free(self);
}

/* "notice R DAYS", "crash N", or anything else. */
static ApdVerdict *
read_text(const char *text)
{
    ApdVerdict *verdict = apd_verdict_new();
    char reference[32];
    int days;

    if (sscanf(text, "\nnotice %31s %d", reference, &days) != 2)
        return verdict;
    verdict->kind = APD_KIND_PENALTY;
    verdict->category = g_strdup("prohibited");
    verdict->authenticity = APD_AUTHENTICITY_GENUINE;
    verdict->severity = APD_SEVERITY_HIGH;
    verdict->case_ref = g_strdup(reference);
    verdict->subject = g_strdup(reference);
    verdict->date = apd_now();
    verdict->deadline = apd_now() + days * APD_DAY;
    verdict->basis = APD_BASIS_STATED;
    return verdict;
}

static gboolean
on_read(gpointer user_data)
{
    Job *job = user_data;
    bool crash = g_str_has_prefix(job->text, "\ncrash");
    g_autoptr(ApdVerdict) verdict = crash ? NULL : read_text(job->text);

    job->soon = 0;
    job->done(verdict, crash ? "killed by SIGSEGV" : NULL, job->user_data);
    g_hash_table_remove(job->pool->jobs, job);
    return G_SOURCE_REMOVE;
}

void
apd_readers_read(ApdReaders *self, GBytes *bytes, const char *authserv_id, ApdTime received,
                 const ApdStated *stated, ApdReadersDone done, void *user_data)
{
    Job *job = g_new0(Job, 1);
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);

    (void) authserv_id;
    (void) received;
    (void) stated;
    *job = (Job){ g_strndup(data, size), done, user_data, 0, self };
    job->soon = g_idle_add(on_read, job);
    g_hash_table_add(self->jobs, job);
}

void
apd_readers_warm(ApdReaders *self)
{
    (void) self;
}

guint
apd_readers_pending(const ApdReaders *self)
{
    return g_hash_table_size(self->jobs);
}

/* --- the far side, in place of io/http.c --------------------------------------------- */

void
apd_http_request_clear(ApdHttpRequest *self)
{
    g_free(self->method);
    g_free(self->url);
    g_strfreev(self->headers);
    g_clear_pointer(&self->body, g_bytes_unref);
    g_free(self->ca_file);
    g_free(self->mail_from);
    g_strfreev(self->mail_to);
    g_free(self->user);
    g_free(self->password);
    *self = (ApdHttpRequest){ 0 };
}

void
apd_http_response_clear(ApdHttpResponse *self)
{
    g_string_free(self->body, TRUE);
    g_free(self->retry_after);
    g_free(self->date);
}

ApdHttp *
apd_http_new(void)
{
    return (ApdHttp *) g_new0(char, 1);
}

void
apd_http_free(ApdHttp *self)
{
    g_free(self);
}

ApdTime
apd_http_date(const char *value)
{
    (void) value;
    return 0;
}

ApdTime
apd_http_retry_after(const char *value, ApdTime now)
{
    (void) now;
    return value != NULL ? g_ascii_strtoll(value, NULL, 10) * APD_SECOND : 0;
}

/* Every reference in the body was told now. */
static void
note_told(GBytes *body)
{
    gsize size;
    const char *data = g_bytes_get_data(body, &size);
    g_autofree char *text = g_strndup(data, size);
    static const char mark[] = "\"case_ref\":\"";

    for (char *at = strstr(text, mark); at != NULL; at = strstr(at, mark)) {
        at += strlen(mark);
        g_autofree char *reference = g_strndup(at, strcspn(at, "\""));
        if (!g_hash_table_contains(world.told, reference))
            g_hash_table_insert(world.told, g_steal_pointer(&reference),
                                g_memdup2(&(ApdTime){ apd_now() }, sizeof(ApdTime)));
    }
}

static void
answer(gpointer a, gpointer b)
{
    Flight *flight = a;
    g_autoptr(GBytes) body = b;
    bool down = world.http_down_until > apd_now();
    ApdHttpResponse response = { .status = 200, .body = g_string_new("") };
    g_autoptr(GError) error = NULL;

    if (down && world.http_fault == 0)
        error = g_error_new_literal(APD_ERROR, APD_ERROR_TRANSIENT, "hook.example: no answer");
    if (down && world.http_fault != 0)
        response.status = world.http_fault;
    if (down && world.http_fault == 429)
        response.retry_after = g_strdup("120");
    if (!down && body != NULL)
        note_told(body);
    if (flight->done != NULL)
        flight->done(error != NULL ? NULL : &response, error, flight->user_data);
    apd_http_response_clear(&response);
    g_ptr_array_remove(world.flights, flight);
}

/* A ping says that all is well: no mailbox may be known to be dark, but for the moment in
 * which that is written down. */
static void
check_ping(void)
{
    world.pings++;
    for (size_t i = 0; i < G_N_ELEMENTS(world.boxes); i++)
        if (world.boxes[i].noticed)
            g_assert_cmpint(apd_now() - last_spell(&world.boxes[i])->noticed, <=, APD_SECOND / 10);
}

void
apd_http_send(ApdHttp *self, const ApdHttpRequest *request, ApdHttpDone done, void *user_data)
{
    Flight *flight = g_new0(Flight, 1);

    (void) self;
    *flight = (Flight){ done, user_data };
    g_ptr_array_add(world.flights, flight);
    if (strstr(request->url, "ping") != NULL)
        check_ping();
    at(apd_now() + 200 * 1000, answer, flight,
       request->body != NULL ? g_bytes_ref(request->body) : NULL);
}

/* --- the network, in place of io/network.c -------------------------------------------- */

ApdNetwork *
apd_network_new(void (*changed)(void *user_data), void *user_data)
{
    world.network = changed;
    world.network_data = user_data;
    return NULL;
}

void
apd_network_free(ApdNetwork *self)
{
    (void) self;
}

/* --- the script ------------------------------------------------------------------------ */

static void
start_daemon(void)
{
    static const ApdDaemonOptions options = { .once = false };
    g_autoptr(GError) error = NULL;
    ApdConfig *config = apd_config_load(world.config, &error);

    g_assert_no_error(error);
    world.daemon = apd_daemon_start(config, &options, &error);
    g_assert_no_error(error);
    spin();
}

/* What was on its way is lost, as with any crash; answers to it find nobody. */
static void
restart_daemon(void)
{
    for (guint i = 0; i < world.flights->len; i++)
        ((Flight *) world.flights->pdata[i])->done = NULL;
    apd_daemon_free(world.daemon);
    world.restarts++;
    start_daemon();
}

static Box *
some_box(void)
{
    return &world.boxes[g_rand_int_range(world.random, 0, G_N_ELEMENTS(world.boxes))];
}

static void
put(Box *box, char *text)
{
    Folder *folder = &box->folders[g_rand_int_range(world.random, 0, (gint32) box->n_folders)];

    g_ptr_array_add(folder->texts, text);
    hand_over(box, folder);
}

/* As a program of a person's own.  SQLite keeps that descriptor for the next such while the
 * daemon holds its locks. */
static ApdLedger *
open_ledger(void)
{
    g_autofree char *path = g_build_filename(world.folder, "state", "ledger.db", NULL);

    return apd_ledger_open(path, NULL);
}

/* Somebody answers in time, or not. */
static void
close_case(gpointer a, gpointer b)
{
    ApdLedger *ledger = open_ledger();

    (void) b;
    apd_acts_close(ledger, GPOINTER_TO_INT(a), "person", apd_now(), NULL);
    apd_ledger_close(ledger);
}

static void
plant(gpointer a, gpointer b)
{
    Box *box = some_box();
    g_autofree char *reference = g_strdup_printf("R%u", ++world.notices);
    bool clear = box->dark_until == 0 && world.http_down_until + APD_HOUR < apd_now();

    (void) a;
    (void) b;
    g_hash_table_insert(world.sent, g_strdup(reference),
                        g_memdup2(&(ApdTime){ apd_now() }, sizeof(ApdTime)));
    if (clear)
        g_hash_table_add(world.clear, g_strdup(reference));
    char *text =
        g_strdup_printf("\nnotice %s %d\n", reference, g_rand_int_range(world.random, 2, 8));
    if (chance(0.2)) /* a copy comes by another mailbox */
        put(some_box(), g_strdup(text));
    put(box, text);
    at(apd_now() + some(APD_HOUR, 4 * APD_DAY), close_case, GINT_TO_POINTER(world.notices), NULL);
    at(apd_now() + some(2 * APD_HOUR, 8 * APD_HOUR), plant, NULL, NULL);
}

static void
go_dark(Box *box, ApdTime how_long)
{
    if (box->dark_until == 0) {
        Spell spell = { .begun = apd_now() };
        g_array_append_val(box->spells, spell);
        next_round(box, some(0, APD_MINUTE)); /* until a dead line is noticed */
    }
    box->dark_until = MAX(box->dark_until, apd_now() + how_long);
}

/* Seconds mostly, hours at times. */
static ApdTime
how_long(void)
{
    return chance(0.03)  ? some(APD_HOUR, 8 * APD_HOUR)
           : chance(0.3) ? some(2 * APD_MINUTE, 20 * APD_MINUTE)
                         : some(APD_SECOND, 2 * APD_MINUTE);
}

static void
renumber(Box *box)
{
    box->uidvalidity++;
    for (guint i = 0; i < box->n_folders; i++)
        box->folders[i].next = 0;
    next_round(box, APD_SECOND);
}

static void
fault(gpointer a, gpointer b)
{
    static const int faults[] = { 0, 500, 503, 429 };
    double kind = g_rand_double(world.random);

    (void) a;
    (void) b;
    if (kind < 0.4) {
        go_dark(some_box(), how_long());
    } else if (kind < 0.55) {
        world.http_fault = faults[g_rand_int_range(world.random, 0, G_N_ELEMENTS(faults))];
        world.http_down_until = apd_now() + how_long() / 8;
    } else if (kind < 0.65) {
        put(some_box(), g_strdup_printf("\ncrash %u\n", ++world.crashes));
    } else if (kind < 0.85) {
        put(some_box(), g_strdup_printf("\nchatter %" G_GINT64_FORMAT "\n", apd_now()));
    } else if (kind < 0.95) {
        world.network(world.network_data);
    } else if (kind < 0.99) {
        restart_daemon();
    } else {
        renumber(some_box());
    }
    at(apd_now() + some(APD_MINUTE, 12 * APD_MINUTE), fault, NULL, NULL);
}

/* --- what must hold --------------------------------------------------------------------- */

typedef struct {
    GPtrArray *alerts; /* element-type ApdAlert, owned */
    guint unreadable;
} Told;

static void
read_alerts(ApdLedger *ledger, Told *told)
{
    ApdAlert *alert = NULL;

    told->alerts = g_ptr_array_new_with_free_func((GDestroyNotify) apd_alert_free);
    for (int64_t id = 1; apd_ledger_get_alert(ledger, id, &alert, NULL) && alert != NULL; id++) {
        told->unreadable += alert->type == APD_ALERT_UNREADABLE;
        g_ptr_array_add(told->alerts, g_steal_pointer(&alert));
    }
}

static guint
count(const Told *told, ApdAlertType type, const char *source, ApdTime from, ApdTime to)
{
    guint n = 0;

    for (guint i = 0; i < told->alerts->len; i++) {
        const ApdAlert *alert = told->alerts->pdata[i];
        n += alert->type == type && g_str_has_prefix(alert->subject, source)
             && alert->created >= from && alert->created <= to;
    }
    return n;
}

static void
check_spell(const Told *told, const Box *box, const Spell *spell, guint *dark)
{
    ApdTime lasted = spell->ended - spell->begun;

    if (spell->noticed == 0)
        return; /* over before anybody looked */
    if (lasted < BLIND_LIMIT / 4)
        g_assert_cmpuint(count(told, APD_ALERT_BLIND, box->section, spell->begun, spell->ended), ==,
                         0);
    if (lasted <= BLIND_LIMIT + APD_SECOND)
        return;
    ++*dark;
    g_assert_cmpuint(count(told, APD_ALERT_BLIND, box->section, spell->begun,
                           spell->begun + BLIND_LIMIT + APD_SECOND),
                     ==, 1);
    g_assert_cmpuint(count(told, APD_ALERT_BLIND, box->section, spell->begun, spell->ended), ==,
                     1 + (guint) ((lasted - BLIND_LIMIT) / APD_DAY));
    g_assert_cmpuint(
        count(told, APD_ALERT_SIGHT, box->section, spell->ended, spell->ended + APD_SECOND), ==, 1);
}

static void
check_notices(void)
{
    GHashTableIter iter;
    gpointer reference, sent;

    g_hash_table_iter_init(&iter, world.sent);
    while (g_hash_table_iter_next(&iter, &reference, &sent)) {
        const ApdTime *told = g_hash_table_lookup(world.told, reference);
        if (told == NULL)
            g_error("%s was never alerted", (char *) reference);
        /* A moment for the reader, and the rounds of a mailbox just renumbered. */
        if (g_hash_table_contains(world.clear, reference))
            g_assert_cmpint(*told - *(ApdTime *) sent, <=, APD_MINUTE);
    }
}

static void
check_all(void)
{
    ApdLedger *ledger = open_ledger();
    g_autoptr(GPtrArray) owed = apd_ledger_owed(ledger, NULL, APD_NEVER, 0, NULL);
    Told told = { 0 };
    guint dark = 0;

    check_notices();
    g_assert_cmpuint(owed->len, ==, 0);
    read_alerts(ledger, &told);
    g_assert_cmpuint(told.unreadable, ==, world.crashes);
    for (size_t i = 0; i < G_N_ELEMENTS(world.boxes); i++)
        for (guint s = 0; s < world.boxes[i].spells->len; s++)
            check_spell(&told, &world.boxes[i], &g_array_index(world.boxes[i].spells, Spell, s),
                        &dark);
    g_test_message("%u notices, %u spells of blindness told, %u broken messages, %u restarts, "
                   "%u pings, %u alerts",
                   world.notices, dark, world.crashes, world.restarts, world.pings,
                   told.alerts->len);
    g_assert_cmpuint(dark, >, 0);
    g_assert_cmpuint(world.pings, >, 0);
    g_ptr_array_unref(told.alerts);
    apd_ledger_close(ledger);
}

static guint
count_descriptors(void)
{
    GDir *folder = g_dir_open("/proc/self/fd", 0, NULL);
    guint n = 0;

    while (g_dir_read_name(folder) != NULL)
        n++;
    g_dir_close(folder);
    return n;
}

/* --- around -------------------------------------------------------------------------------- */

static void
write_file(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(world.folder, name, NULL);

    g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
set_up(void)
{
    /* Where writing costs nothing: each of a hundred thousand commits waits for the disk. */
    if (g_access("/dev/shm", W_OK) == 0)
        world.folder = g_mkdtemp(g_strdup("/dev/shm/apd-month-XXXXXX"));
    if (world.folder == NULL)
        world.folder = g_dir_make_tmp("apd-month-XXXXXX", NULL);
    g_autofree char *here = g_get_current_dir();
    g_autofree char *text = g_strdup_printf(
        "[appeald]\nstate-dir = %s/state\nrules-dir = %s/conf\nblind-limit = 2m\n"
        "[imap a]\nhost = a.example\nuser = a\npassword-file = password\n"
        "[imap b]\nhost = b.example\nuser = b\npassword-file = password\nfolders = INBOX, Junk\n"
        "[imap c]\nhost = c.example\nuser = c\npassword-file = password\n"
        "[channel hook]\ntype = webhook\nurl-file = hook.url\nsecret-file = hook.secret\n"
        "[heartbeat]\nurl-file = ping.url\n",
        world.folder, here);

    write_file("password", "secret");
    write_file("hook.url", "https://hook.example/x");
    write_file("ping.url", "https://watch.example/ping");
    write_file("hook.secret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    write_file("appeald.conf", text);
    world.config = g_build_filename(world.folder, "appeald.conf", NULL);
    world.random = g_rand_new_with_seed(4);
    world.flights = g_ptr_array_new_with_free_func(g_free);
    world.sent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    world.told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    world.clear = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    set_up_box(&world.boxes[0], "imap a", 1);
    set_up_box(&world.boxes[1], "imap b", 2);
    set_up_box(&world.boxes[2], "imap c", 1);
    fake_clock_set(START);
}

static void
remove_folder(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_folder(child);
    }
    g_remove(path);
}

static void
tear_down(void)
{
    apd_daemon_free(world.daemon);
    for (Event *event; (event = g_queue_pop_head(&world.events)) != NULL; g_free(event))
        if (event->run == answer)
            g_bytes_unref(event->b);
    for (size_t i = 0; i < G_N_ELEMENTS(world.boxes); i++)
        tear_down_box(&world.boxes[i]);
    g_ptr_array_unref(world.flights);
    g_hash_table_unref(world.sent);
    g_hash_table_unref(world.told);
    g_hash_table_unref(world.clear);
    g_rand_free(world.random);
    remove_folder(world.folder);
    g_free(world.folder);
    g_free(world.config);
}

/* No faults from now on, and time for what is owed. */
static void
clear_up(void)
{
    GList *next;

    for (GList *i = world.events.head; i != NULL; i = next) {
        Event *event = i->data;
        next = i->next;
        if (event->run == fault || event->run == plant) {
            g_queue_delete_link(&world.events, i);
            g_free(event);
        }
    }
    run_until(apd_now() + 10 * APD_HOUR);
}

static void
test_month(void)
{
    int days = g_getenv("APPEALD_VALGRIND") != NULL ? 2 : 30;

    set_up();
    start_daemon();
    plant(NULL, NULL);
    fault(NULL, NULL);
    run_until(START + days * APD_DAY / 3);
    apd_ledger_close(open_ledger()); /* in two days perhaps nobody did before */
    size_t used = mallinfo2().uordblks;
    guint descriptors = count_descriptors();
    if (days > 2) /* one that is told again daily */
        go_dark(&world.boxes[2], 50 * APD_HOUR);
    run_until(START + days * APD_DAY);
    size_t grown = mallinfo2().uordblks - used;
    clear_up();

    g_test_message("memory: %zu KiB after a third, %+zd KiB since", used / 1024,
                   (ssize_t) grown / 1024);
    check_all();
    g_assert_cmpint((ssize_t) grown, <, 256 * 1024);
    g_assert_cmpuint(count_descriptors(), <=, descriptors);
    tear_down();
}

static GLogWriterOutput
say_nothing(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
    return (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0
               ? g_log_writer_default(level, fields, n, data)
               : G_LOG_WRITER_HANDLED;
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
    g_log_set_writer_func(say_nothing, NULL, NULL);
    g_test_add_func("/month", test_month);
    return g_test_run();
}
