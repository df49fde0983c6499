/* Does appeald's work on a real ledger and kills itself before its Nth write to
 * disk, or to the far side; started again, it goes on.
 *
 *     prog_crasher LEDGER STATE N: exits 0 when N was beyond the end; -1: never.
 *
 * STATE is what the world remembers: a line "CHANNEL KEY IDEMPOTENCY" for each
 * alert the far side took, and "# I" for each instant of time that came.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/acts.h"
#include "app/casebook.h"
#include "app/steps.h"

#define START (20000 * APD_DAY)

/* How many more writes are allowed; counts down in the interposed functions. */
static long writes_left = -1;

static void
count(void)
{
    if (writes_left >= 0 && writes_left-- == 0)
        kill(getpid(), SIGKILL);
}

/* clang-format off */
#define INTERPOSE(type, name, parameters, arguments)                                               \
    type name parameters;                                                                          \
    type name parameters                                                                           \
    {                                                                                              \
        type(*real) parameters = NULL;                                                             \
        *(void **) (void *) &real = dlsym(RTLD_NEXT, #name);                                       \
        count();                                                                                   \
        return real arguments;                                                                     \
    }
/* clang-format on */

INTERPOSE(ssize_t, pwrite64, (int fd, const void *data, size_t n, off64_t at), (fd, data, n, at))
INTERPOSE(int, fdatasync, (int fd), (fd))
INTERPOSE(int, ftruncate64, (int fd, off64_t size), (fd, size))
INTERPOSE(int, unlink, (const char *path), (path))

typedef struct {
    ApdLedger *ledger;
    ApdConfig config;
    const char *state;
} World;

static void
check(bool good, GError *error)
{
    if (!good)
        g_error("%s", error ? error->message : "failed");
}

static void
free_channel(void *data)
{
    ApdChannelConfig *channel = data;

    g_free(channel->name);
    g_free(channel);
}

static void
set_up(World *w, const char *path)
{
    static const ApdTime steps[] = { 72 * APD_HOUR, 24 * APD_HOUR, 6 * APD_HOUR, APD_HOUR };
    static const char *const names[] = { "desk", "team" };
    GError *error = NULL;

    w->config.daily_at = -1;
    w->config.steps = g_array_new(FALSE, FALSE, sizeof(ApdTime));
    g_array_append_vals(w->config.steps, steps, G_N_ELEMENTS(steps));
    w->config.stores = g_ptr_array_new();
    w->config.sources = g_ptr_array_new();
    w->config.channels = g_ptr_array_new_with_free_func(free_channel);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        ApdChannelConfig *channel = g_new0(ApdChannelConfig, 1);
        channel->name = g_strdup(names[i]);
        g_ptr_array_add(w->config.channels, channel);
    }
    w->ledger = apd_ledger_open(path, &error);
    check(w->ledger != NULL, error);
}

/* The far side takes it, for good, before the ledger hears of it. */
static void
deliver(World *w, ApdDelivery *delivery)
{
    g_autoptr(ApdAlert) alert = NULL;
    GError *error = NULL;
    FILE *state = fopen(w->state, "ae");

    check(state != NULL && apd_ledger_get_alert(w->ledger, delivery->alert_id, &alert, &error),
          error);
    count();
    fprintf(state, "%s %s %s\n", delivery->channel, alert->key, delivery->idempotency);
    fclose(state);
    count();
    delivery->state = APD_DELIVERY_DONE;
    check(apd_ledger_put_delivery(w->ledger, delivery, &error), error);
}

static void
wake(World *w, ApdTime now)
{
    GError *error = NULL;
    ApdTime next;

    check(apd_steps_run(w->ledger, &w->config, now, &next, &error), error);
    g_autoptr(GPtrArray) owed = apd_ledger_owed(w->ledger, NULL, now, 0, &error);
    check(owed != NULL, error);
    for (guint i = 0; i < owed->len; i++)
        deliver(w, owed->pdata[i]);
}

/* Message @uid of the mailbox: 1 and 2 open cases, 3 decides the first. */
static ApdVerdict *
verdict_of(uint32_t uid)
{
    ApdVerdict *verdict = apd_verdict_new();

    verdict->kind = uid == 3 ? APD_KIND_DECISION : APD_KIND_PENALTY;
    verdict->outcome = uid == 3 ? APD_OUTCOME_MORE_EVIDENCE : APD_OUTCOME_NONE;
    verdict->category = g_strdup("prohibited");
    verdict->case_ref = g_strdup(uid == 2 ? "R2" : "R1");
    verdict->authenticity = APD_AUTHENTICITY_GENUINE;
    verdict->date = START;
    verdict->deadline = START + (uid == 3 ? 2 : 4) * APD_DAY;
    verdict->basis = APD_BASIS_STATED;
    return verdict;
}

static void
read_message(World *w, uint32_t uid)
{
    ApdCasebook book = { w->ledger, &w->config };
    g_autoptr(ApdMessage) message = g_new0(ApdMessage, 1);
    g_autoptr(ApdVerdict) verdict = verdict_of(uid);
    char *text = g_strdup_printf("\nmessage %u\n", uid);
    GError *error = NULL;
    ApdFiled filed;

    message->source = g_strdup("imap office");
    message->folder = g_strdup("INBOX");
    message->uidvalidity = 1;
    message->uid = uid;
    message->received = START;
    message->bytes = g_bytes_new_take(text, strlen(text));
    check(apd_casebook_file(&book, message, verdict, NULL, START, &filed, &error), error);
    wake(w, START);
}

/* How many instants have come already: time does not go back. */
static size_t
read_clock(const World *w)
{
    g_autofree char *text = NULL;
    size_t came = 0;

    if (!g_file_get_contents(w->state, &text, NULL, NULL))
        return 0;
    for (const char *at = strstr(text, "# "); at != NULL; at = strstr(at + 1, "# "))
        came++;
    return came > 0 ? came - 1 : 0;
}

static void
write_clock(const World *w, size_t i)
{
    FILE *state = fopen(w->state, "ae");

    check(state != NULL, NULL);
    fprintf(state, "# %zu\n", i);
    fclose(state);
}

/* What a run of appeald does: reads on from the cursor, then lives through the
 * deadlines. */
static void
live(World *w)
{
    static const int hours[] = { 0, 24, 25, 42, 47, 48, 72, 90, 95, 96 };
    ApdCursor cursor;
    GError *error = NULL;

    check(apd_ledger_get_cursor(w->ledger, "imap office", "INBOX", &cursor, &error), error);
    for (uint32_t uid = cursor.last_uid + 1; uid <= 3; uid++)
        read_message(w, uid);
    for (size_t i = read_clock(w); i < G_N_ELEMENTS(hours); i++) {
        write_clock(w, i);
        wake(w, START + hours[i] * APD_HOUR);
    }
    check(apd_acts_close(w->ledger, 1, "person", START + 97 * APD_HOUR, &error), error);
}

int
main(int argc, char **argv)
{
    World w = { 0 };

    if (argc != 4)
        return 2;

    writes_left = strtol(argv[3], NULL, 10);
    w.state = argv[2];
    set_up(&w, argv[1]);
    live(&w);
    apd_ledger_close(w.ledger);
    return 0;
}
