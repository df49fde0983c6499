#include "app/mail_crash.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/mail_frames.h"

#define STACK 16384u
#define WORDS 4u          /* of APD_MAIL_CRASHED */
#define PLACE 0xa5c3a5c3u /* stands in the frame where the first of them belongs */

static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

/* Mutable and at file scope, against the rule: a signal handler has no other
 * way to it.  Written once before there are threads; then only under the lock. */
static struct {
    int fd;
    unsigned char frame[64];
    size_t size, place;
    atomic_flag busy; /* a frame is being written */
} last_word = { .fd = -1, .busy = ATOMIC_FLAG_INIT };

static _Thread_local const ApdMailWork *volatile current;

/* Gives up after a while: the thread that holds it may be the one that died. */
static bool
try_hold(void)
{
    for (int i = 0; i < 1000000; i++) {
        if (!atomic_flag_test_and_set(&last_word.busy))
            return true;
        sched_yield();
    }
    return false;
}

void
apd_mail_crash_hold(void)
{
    while (!try_hold())
        ;
}

void
apd_mail_crash_release(void)
{
    atomic_flag_clear(&last_word.busy);
}

/* Never releases: this is the last frame. */
static void
say(const ApdMailWork *work)
{
    if (work == NULL || last_word.fd < 0 || !try_hold())
        return;

    const uint32_t words[WORDS] = { work->id, work->uidvalidity, work->uid, work->alone };
    memcpy(last_word.frame + last_word.place, words, sizeof words);
    for (size_t done = 0; done < last_word.size;) {
        ssize_t n = write(last_word.fd, last_word.frame + done, last_word.size - done);
        if (n <= 0)
            return;
        done += (size_t) n;
    }
}

static void
on_fault(int number)
{
    say(current);
    (void) signal(number, SIG_DFL);
    (void) raise(number);
}

void
apd_mail_crash_now(const ApdMailWork *work)
{
    current = work;
    abort();
}

/* The same bytes that apd_frame_write() would send, with room for the numbers. */
static void
prepare_frame(void)
{
    const uint32_t place = PLACE;
    g_autoptr(GVariant) content = g_variant_ref_sink(
        g_variant_new("(sv)", "crashed", g_variant_new(APD_MAIL_CRASHED, place, 0, 0, 0)));
    size_t n = g_variant_get_size(content);
    uint32_t length = GUINT32_TO_LE((uint32_t) n);

    g_assert(n + sizeof length <= sizeof last_word.frame);
    memcpy(last_word.frame, &length, sizeof length);
    g_variant_store(content, last_word.frame + sizeof length);
    last_word.size = sizeof length + n;

    unsigned char *at = memmem(last_word.frame, last_word.size, &place, sizeof place);
    g_assert(at != NULL);
    last_word.place = (size_t) (at - last_word.frame);
    g_assert(last_word.place + WORDS * sizeof place <= last_word.size);
}

void
apd_mail_crash_prepare(int fd)
{
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_NODEFER };

    prepare_frame();
    last_word.fd = fd;
    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++)
        (void) sigaction(faults[i], &action, NULL);
}

static void
drop_stack(void *stack)
{
    stack_t none = { .ss_flags = SS_DISABLE };

    (void) sigaltstack(&none, NULL);
    g_free(stack);
}

/* A fault may be an overflow of the thread's own stack. */
static void
ensure_stack(void)
{
    static GPrivate stacks = G_PRIVATE_INIT(drop_stack);

    if (g_private_get(&stacks) != NULL)
        return;
    stack_t stack = { .ss_sp = g_malloc(STACK), .ss_size = STACK };
    g_private_set(&stacks, stack.ss_sp);
    (void) sigaltstack(&stack, NULL);
}

void
apd_mail_crash_enter(const ApdMailWork *work)
{
    ensure_stack();
    current = work;
}
