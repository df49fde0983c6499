/* The child is this program itself: `test_child child MODE`. */
#include "io/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIMIT_MS 60000 /* far more than any of it takes: the machine may be busy */

/* --- the child ------------------------------------------------------------------ */

static void
say_bytes(const void *data, size_t size)
{
    if (send(APD_CHILD_FD, data, size, MSG_NOSIGNAL) != (ssize_t) size)
        _exit(9);
}

static void
say(const char *word, GVariant *content)
{
    if (!apd_frame_write(APD_CHILD_FD, word, content, NULL))
        _exit(9);
}

/* Sends back what comes; or, not to hold it twice, its word alone. */
static void
answer(bool whole)
{
    for (;;) {
        g_autofree char *word = NULL;
        g_autoptr(GVariant) content = NULL;
        g_autoptr(GError) error = NULL;

        if (!apd_frame_read(APD_CHILD_FD, &word, &content, &error))
            _exit(error != NULL ? 8 : 0);
        say(word, whole ? content : g_variant_new_uint32(0));
    }
}

static void
say_environment(void)
{
    const char *planted = g_getenv("PLANTED");
    guint open = 0;

    for (int fd = 0; fd < 64; fd++)
        open += fcntl(fd, F_GETFD) >= 0;
    say("environment", g_variant_new("(su)", planted != NULL ? planted : "", open));
}

/* A frame by hand: @length in its head, then @data. */
static void
say_frame(guint32 length, const void *data, size_t size)
{
    guint32 head = GUINT32_TO_LE(length);

    say_bytes(&head, sizeof head);
    say_bytes(data, size);
}

static int
run_child(const char *mode)
{
    if (strcmp(mode, "echo") == 0)
        answer(true);
    else if (strcmp(mode, "swallow") == 0)
        answer(false);
    else if (strcmp(mode, "environment") == 0)
        say_environment();
    else if (strcmp(mode, "exit") == 0)
        return 7;
    else if (strcmp(mode, "kill") == 0)
        (void) raise(SIGKILL);
    else if (strcmp(mode, "close") == 0)
        close(APD_CHILD_FD);
    else if (strcmp(mode, "garbage") == 0)
        say_frame(24, "garbage that is no frame", 24);
    else if (strcmp(mode, "empty") == 0)
        say_frame(0, "", 0);
    else if (strcmp(mode, "oversize") == 0)
        say_frame(APD_FRAME_MAX + 1, "", 0);
    else if (strcmp(mode, "half") == 0)
        say_frame(1000, "half", 4);
    else if (strcmp(mode, "half-and-end") == 0) {
        say_frame(1000, "half", 4);
        return 0;
    }
    for (;;)
        pause();
}

/* --- the parent ------------------------------------------------------------------- */

typedef struct {
    GMainLoop *loop;
    ApdChild *child;
    GString *said;   /* the words, in order */
    GVariant *last;  /* content of the last frame */
    char *end;       /* how it ended */
    guint wanted;    /* frames after which to leave the loop; 0: at its end */
    guint seen;      /* frames */
    bool free_it;    /* during the next event */
    bool kill_it;    /* at the next frame */
    bool over_limit; /* LIMIT_MS are over */
    guint timer;
} World;

static void
on_frame(ApdChild *child, const char *word, GVariant *content, void *user_data)
{
    World *w = user_data;

    g_string_append_printf(w->said, "%s ", word);
    g_clear_pointer(&w->last, g_variant_unref);
    w->last = g_variant_ref(content);
    w->seen++;
    if (w->kill_it)
        apd_child_kill(child);
    if (w->free_it)
        g_clear_pointer(&w->child, apd_child_free);
    if (w->free_it || w->seen == w->wanted)
        g_main_loop_quit(w->loop);
}

static void
on_ended(ApdChild *child, const char *text, void *user_data)
{
    World *w = user_data;

    g_assert_null(w->end);
    w->end = g_strdup(text);
    if (w->free_it) {
        apd_child_free(child);
        w->child = NULL;
    }
    g_main_loop_quit(w->loop);
}

static gboolean
on_limit(gpointer user_data)
{
    World *w = user_data;

    w->over_limit = true;
    w->timer = 0;
    g_main_loop_quit(w->loop);
    return G_SOURCE_REMOVE;
}

static const ApdChildEvents events = { .frame = on_frame, .ended = on_ended };

static void
start(World *w, const char *mode)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    const char *argv[] = { self, "child", mode, NULL };
    g_autoptr(GError) error = NULL;

    *w = (World){ .loop = g_main_loop_new(NULL, FALSE), .said = g_string_new(NULL) };
    w->child = apd_child_start(argv, &events, w, &error);
    g_assert_no_error(error);
    w->timer = g_timeout_add(LIMIT_MS, on_limit, w);
}

static void
run_until(World *w, guint frames)
{
    w->wanted = frames;
    if (frames == 0 || w->seen < frames)
        g_main_loop_run(w->loop);
    g_assert_false(w->over_limit);
}

static void
stop(World *w)
{
    apd_child_free(w->child);
    g_clear_handle_id(&w->timer, g_source_remove);
    g_clear_pointer(&w->last, g_variant_unref);
    g_string_free(w->said, TRUE);
    g_main_loop_unref(w->loop);
    g_free(w->end);
}

static void
test_both_ways(void)
{
    World w;

    start(&w, "echo");
    apd_child_send(w.child, "one", g_variant_new_uint32(1));
    apd_child_send(w.child, "two", g_variant_new("(sx)", "text", (gint64) -2));
    run_until(&w, 2);
    g_assert_cmpstr(w.said->str, ==, "one two ");
    g_assert_cmpstr(g_variant_get_type_string(w.last), ==, "(sx)");
    stop(&w);
}

/* More than the socket takes at once: it waits, and the main loop does not. */
static void
test_large(void)
{
    gsize size = 4 * 1024 * 1024;
    g_autofree guint8 *data = g_malloc(size);
    World w;

    for (gsize i = 0; i < size; i++)
        data[i] = (guint8) (i * 7);
    start(&w, "echo");
    for (int i = 0; i < 3; i++)
        apd_child_send(w.child, "large",
                       g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, size, 1));
    run_until(&w, 3);
    gsize n;
    const void *got = g_variant_get_fixed_array(w.last, &n, 1);
    g_assert_true(n == size && memcmp(got, data, size) == 0);
    stop(&w);
}

static void
test_environment(void)
{
    const char *planted;
    guint32 open;
    World w;

    g_setenv("PLANTED", "secret", TRUE);
    start(&w, "environment");
    run_until(&w, 1);
    g_variant_get(w.last, "(&su)", &planted, &open);
    g_assert_cmpstr(planted, ==, "");
    g_assert_cmpuint(open, ==, 4); /* 0, 1, 2 and its socket */
    stop(&w);
}

/* clang-format off */
static const struct { const char *mode, *end; } ends[] = {
    { "exit",         "exit status 7" },
    { "kill",         "killed by SIGKILL" },
    { "close",        "killed by SIGKILL" },
    { "garbage",      "the other process sent a frame that is not in normal form, killed by SIGKILL" },
    { "empty",        "the other process sent a frame of a senseless length, killed by SIGKILL" },
    { "oversize",     "the other process sent a frame of a senseless length, killed by SIGKILL" },
    { "half-and-end", "*" },
};
/* clang-format on */

static void
test_ends(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        World w;
        g_test_message("%s", ends[i].mode);
        start(&w, ends[i].mode);
        run_until(&w, 0);
        if (strcmp(ends[i].end, "*") != 0)
            g_assert_cmpstr(w.end, ==, ends[i].end);
        g_assert_cmpuint(w.seen, ==, 0);
        apd_child_send(w.child, "late", g_variant_new_uint32(1)); /* goes nowhere, quietly */
        stop(&w);
    }
}

/* Neither answers nor reads: the sender does not wait, and may kill it. */
static void
test_stalls(void)
{
    static const char *const modes[] = { "stall", "half" };

    for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
        World w;
        start(&w, modes[i]);
        for (int n = 0; n < 64; n++)
            apd_child_send(w.child, "much", g_variant_new_take_string(g_strnfill(64 * 1024, 'x')));
        apd_child_kill(w.child);
        run_until(&w, 0);
        g_assert_cmpstr(w.end, ==, "killed by SIGKILL");
        stop(&w);
    }
}

static void
test_freed_in_event(void)
{
    World w;

    start(&w, "echo");
    w.free_it = true;
    apd_child_send(w.child, "one", g_variant_new_uint32(1));
    apd_child_send(w.child, "two", g_variant_new_uint32(2));
    run_until(&w, 1);
    g_assert_cmpstr(w.said->str, ==, "one ");
    g_assert_null(w.child);
    stop(&w);

    start(&w, "exit");
    w.free_it = true;
    run_until(&w, 0);
    g_assert_null(w.child);
    stop(&w);
}

static void
test_freed_is_reaped(void)
{
    World w;

    start(&w, "stall");
    pid_t pid = apd_child_pid(w.child);
    g_clear_pointer(&w.child, apd_child_free);
    g_assert_cmpint(kill(pid, 0), ==, -1);
    g_assert_cmpint(errno, ==, ESRCH);
    stop(&w);
}

static void
test_no_such_program(void)
{
    static const char *const argv[] = { "/nowhere/appeald-reader", NULL };
    g_autoptr(GError) error = NULL;

    g_assert_null(apd_child_start(argv, &events, NULL, &error));
    g_assert_nonnull(strstr(error->message, "/nowhere/appeald-reader"));
}

/* --- secrets ------------------------------------------------------------------------ */

/* How often @secret stands from @from to @to, but for @mine and the copy searched. */
static guint
find_between(int memory, unsigned long from, unsigned long to, const char *secret, const char *mine)
{
    size_t size = to - from;
    g_autofree char *copy = g_malloc(size);
    ssize_t got = pread(memory, copy, size, (off_t) from);
    const char *end = copy + MAX(got, 0), *at = copy;
    guint found = 0;

    for (; (at = memmem(at, (size_t) (end - at), secret, strlen(secret))) != NULL; at++) {
        unsigned long where = from + (unsigned long) (at - copy);
        bool ours = where >= (unsigned long) copy && where < (unsigned long) copy + size;
        found += !ours && where != (unsigned long) mine;
    }
    explicit_bzero(copy, size);
    return found;
}

/* The stack is left out: calls overwrite it as they come. */
static guint
find_secret(const char *secret, const char *mine)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    unsigned long from, to;
    char line[512], mode[5];
    guint found = 0;

    g_assert_nonnull(maps);
    g_assert_cmpint(memory, >=, 0);
    while (fgets(line, sizeof line, maps) != NULL)
        if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) == 3 && mode[1] == 'w'
            && to - from < 256u * 1024 * 1024 && strstr(line, "[stack]") == NULL)
            found += find_between(memory, from, to, secret, mine);
    fclose(maps);
    close(memory);
    return found;
}

/* Sent at once, waiting in the queue, and freed unsent. */
static void
test_secrets_are_wiped(void)
{
    /* Made here: as a constant it would stand in the program. */
    g_autofree char *secret = g_strdup_printf("planted%d%s", 4711, "secret");
    World w;

    start(&w, "swallow");
    apd_child_send(w.child, "watch",
                   g_variant_new("(us@sx)", 1, "user", apd_frame_secret(secret), (gint64) 5));
    run_until(&w, 1);
    stop(&w);

    start(&w, "stall");
    for (int i = 0; i < 64; i++)
        apd_child_send(w.child, "watch",
                       g_variant_new("(@sy^ay)", apd_frame_secret(secret), 0, "more"));
    for (int i = 0; i < 64; i++)
        apd_child_send(w.child, "much", g_variant_new_take_string(g_strnfill(64 * 1024, 'x')));
    apd_child_send(w.child, "watch", apd_frame_secret(secret));
    g_assert_cmpuint(find_secret(secret, secret), >, 0); /* so it would be found */
    stop(&w);
    g_assert_cmpuint(find_secret(secret, secret), ==, 0);
}

int
main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "child") == 0)
        return run_child(argv[2]);

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/child/both-ways", test_both_ways);
    g_test_add_func("/child/large", test_large);
    g_test_add_func("/child/environment", test_environment);
    g_test_add_func("/child/ends", test_ends);
    g_test_add_func("/child/stalls", test_stalls);
    g_test_add_func("/child/freed-in-event", test_freed_in_event);
    g_test_add_func("/child/freed-is-reaped", test_freed_is_reaped);
    g_test_add_func("/child/no-such-program", test_no_such_program);
    if (g_getenv("APPEALD_VALGRIND") == NULL) /* it remembers what was written */
        g_test_add_func("/child/secrets-are-wiped", test_secrets_are_wiped);
    return g_test_run();
}
