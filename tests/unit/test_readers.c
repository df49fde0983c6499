/* The readers' child is this program itself: it is given as appeald-reader and
 * told by the folder of rules how to behave.  Seconds are tenths here.
 */
#include "app/readers.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/child.h"

static char *
own_program(const char *name)
{
    (void) name;
    return g_file_read_link("/proc/self/exe", NULL);
}

/* clang-format off */
#define apd_child_program own_program
#define g_timeout_add_seconds(seconds, call, data) g_timeout_add(MIN((seconds) * 100, 4000), call, data)
#include "../../daemon/app/readers.c"
#undef apd_child_program
#undef g_timeout_add_seconds
/* clang-format on */

/* --- the child -------------------------------------------------------------------- */

/* One line for each time the child came to this; kept in the folder of rules. */
static int
count(const char *folder, const char *what)
{
    g_autofree char *path = g_build_filename(folder, what, NULL), *text = NULL;
    FILE *file = fopen(path, "ae");

    g_assert_nonnull(file);
    fputs("x", file);
    fclose(file);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return (int) strlen(text);
}

static void
say(const char *word, GVariant *content)
{
    if (!apd_frame_write(APD_CHILD_FD, word, content, NULL))
        _exit(0);
}

static void
say_verdict(guint64 id, const char *reference)
{
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
    g_autoptr(ApdVerdict) verdict = apd_verdict_new();

    verdict->case_ref = g_strdup(reference);
    g_variant_builder_add(&builder, "{sv}", "id", g_variant_new_uint64(id));
    g_variant_builder_add(&builder, "{sv}", "verdict", apd_verdict_to_variant(verdict));
    say("verdict", g_variant_builder_end(&builder));
}

static void
stall(void)
{
    for (;;)
        pause();
}

static void
say_length(guint32 length)
{
    guint32 head = GUINT32_TO_LE(length);

    if (write(APD_CHILD_FD, &head, sizeof head) != sizeof head)
        _exit(1);
    stall();
}

/* Does what the message says. */
static void
obey(const char *order, guint64 id, const char *folder)
{
    if (g_str_has_prefix(order, "kill"))
        (void) raise(SIGKILL);
    else if (g_str_has_prefix(order, "once") && count(folder, "once") == 1)
        (void) raise(SIGKILL);
    else if (g_str_has_prefix(order, "stall"))
        stall();
    else if (g_str_has_prefix(order, "oversize"))
        say_length(APD_FRAME_MAX + 1);
    else if (g_str_has_prefix(order, "garbage")) {
        say("garbage", g_variant_new_string("nobody asked for it"));
        stall();
    } else if (g_str_has_prefix(order, "wrong-type")) {
        say("verdict", g_variant_new_uint64(id));
        stall();
    } else if (g_str_has_prefix(order, "another")) {
        say_verdict(id + 1, order);
        stall();
    }
    say_verdict(id, order);
    if (g_str_has_prefix(order, "leave"))
        _exit(3);
}

static int
run_child(const char *folder)
{
    if (g_str_has_suffix(folder, "never-ready"))
        return 4;
    if (g_str_has_suffix(folder, "late") && count(folder, "started") == 1)
        stall(); /* never says that it is ready */
    say("ready", g_variant_new_array(G_VARIANT_TYPE("{sv}"), NULL, 0));
    for (;;) {
        g_autofree char *word = NULL;
        g_autoptr(GVariant) request = NULL;
        guint64 id;

        if (!apd_frame_read(APD_CHILD_FD, &word, &request, NULL))
            return 0;
        g_autoptr(GVariant) bytes =
            g_variant_lookup_value(request, "bytes", G_VARIANT_TYPE_BYTESTRING);
        g_assert_true(g_variant_lookup(request, "id", "t", &id));
        count(folder, "given");
        obey(g_variant_get_bytestring(bytes), id, folder);
    }
}

/* --- the pool ------------------------------------------------------------------------ */

typedef struct {
    GMainLoop *loop;
    char *folder;
    ApdReaders *readers;
    GString *log; /* what came back: "reference; " or "(why); " */
    guint wanted;
} World;

static void
on_done(const ApdVerdict *verdict, const char *why, void *user_data)
{
    World *w = user_data;

    if (verdict != NULL)
        g_string_append_printf(w->log, "%s; ", verdict->case_ref);
    else
        g_string_append_printf(w->log, "(%s); ", why);
    if (--w->wanted == 0)
        g_main_loop_quit(w->loop);
}

static void
begin(World *w, const char *kind, guint readers)
{
    g_autofree char *pattern = g_strdup_printf("apd-readers-XXXXXX");
    g_autofree char *folder = g_dir_make_tmp(pattern, NULL);

    *w = (World){ .loop = g_main_loop_new(NULL, FALSE), .log = g_string_new(NULL) };
    w->folder = g_build_filename(folder, kind, NULL);
    g_assert_cmpint(g_mkdir_with_parents(w->folder, 0700), ==, 0);
    w->readers = apd_readers_new(w->folder, NULL, readers);
}

static void
hand_in(World *w, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text) + 1);

    w->wanted++;
    apd_readers_read(w->readers, bytes, "mx.example", 0, NULL, on_done, w);
}

static gboolean
on_limit(gpointer user_data)
{
    (void) user_data;
    g_error("the readers took too long");
    return G_SOURCE_REMOVE;
}

static void
run(World *w)
{
    guint limit = g_timeout_add(120000, on_limit, NULL);

    g_main_loop_run(w->loop);
    g_source_remove(limit);
    g_assert_cmpuint(apd_readers_pending(w->readers), ==, 0);
}

static gsize
times(const World *w, const char *what)
{
    g_autofree char *path = g_build_filename(w->folder, what, NULL), *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? strlen(text) : 0;
}

static void
end(World *w)
{
    static const char *const files[] = { "once", "given", "started" };
    g_autofree char *above = g_path_get_dirname(w->folder);

    apd_readers_free(w->readers);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(w->folder, files[i], NULL);
        (void) unlink(path);
    }
    (void) rmdir(w->folder);
    (void) rmdir(above);
    g_string_free(w->log, TRUE);
    g_main_loop_unref(w->loop);
    g_free(w->folder);
}

static void
test_many(void)
{
    World w;

    begin(&w, "good", 3);
    for (int i = 0; i < 200; i++)
        hand_in(&w, "good");
    g_assert_cmpuint(apd_readers_pending(w.readers), ==, 200);
    run(&w);
    g_assert_cmpuint(w.log->len, ==, 200 * strlen("good; "));
    g_assert_cmpuint(times(&w, "given"), ==, 200);
    end(&w);
}

/* What one message does, how often it is tried, what it ends as; the next one is
 * read in any case. */
/* clang-format off */
static const struct { const char *order, *came; gsize tries; } rows[] = {
    { "kill",       "(killed by SIGKILL); ", 2 },
    { "stall",      "(killed by SIGKILL); ", 2 },
    { "garbage",    "(killed by SIGKILL); ", 2 },
    { "wrong-type", "(killed by SIGKILL); ", 2 },
    { "another",    "(killed by SIGKILL); ", 2 },
    { "oversize",   "(the other process sent a frame of a senseless length, killed by SIGKILL); ", 2 },
    { "once",       "once; ",                2 },
    { "leave",      "leave; ",               1 },
};
/* clang-format on */

static void
test_bad_messages(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *came = g_strconcat(rows[i].came, "next; ", NULL);
        World w;

        g_test_message("%s", rows[i].order);
        begin(&w, "bad", 1);
        hand_in(&w, rows[i].order);
        hand_in(&w, "next");
        run(&w);
        g_assert_cmpstr(w.log->str, ==, came);
        g_assert_cmpuint(times(&w, "given"), ==, rows[i].tries + 1);
        end(&w);
    }
}

static void
test_dies_while_idle(void)
{
    World w;

    begin(&w, "good", 1);
    hand_in(&w, "leave");
    run(&w);
    hand_in(&w, "again");
    run(&w);
    g_assert_cmpstr(w.log->str, ==, "leave; again; ");
    end(&w);
}

/* Each message is a try to start it; none waits for ever. */
static void
test_never_ready(void)
{
    World w;

    begin(&w, "never-ready", 2);
    hand_in(&w, "one");
    hand_in(&w, "two");
    run(&w);
    g_assert_cmpstr(w.log->str, ==, "(exit status 4); (exit status 4); ");
    end(&w);
}

static void
test_starts_late(void)
{
    World w;

    begin(&w, "late", 1);
    hand_in(&w, "one");
    run(&w);
    g_assert_cmpstr(w.log->str, ==, "one; ");
    g_assert_cmpuint(times(&w, "started"), ==, 2);
    end(&w);
}

static void
test_no_such_program(void)
{
    World w;

    begin(&w, "good", 1);
    g_free(w.readers->program);
    w.readers->program = g_strdup("/nowhere/appeald-reader");
    hand_in(&w, "one");
    hand_in(&w, "two");
    run(&w);
    g_assert_nonnull(strstr(w.log->str, "/nowhere/appeald-reader"));
    g_clear_pointer(&w.readers->program, g_free);
    w.readers->program = own_program("appeald-reader");
    hand_in(&w, "three");
    run(&w);
    g_assert_true(g_str_has_suffix(w.log->str, "; three; "));
    end(&w);
}

/* With a message being read and others waiting. */
static void
test_freed_at_work(void)
{
    World w;

    begin(&w, "good", 2);
    hand_in(&w, "stall");
    hand_in(&w, "stall");
    hand_in(&w, "good");
    while (times(&w, "given") < 2)
        g_main_context_iteration(NULL, TRUE);
    end(&w);
}

int
main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "--rules") == 0)
        return run_child(argv[2]);

    g_test_init(&argc, &argv, NULL);
    g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL); /* it warns, and goes on */
    g_test_add_func("/readers/many", test_many);
    g_test_add_func("/readers/bad-messages", test_bad_messages);
    g_test_add_func("/readers/dies-while-idle", test_dies_while_idle);
    g_test_add_func("/readers/never-ready", test_never_ready);
    g_test_add_func("/readers/starts-late", test_starts_late);
    g_test_add_func("/readers/no-such-program", test_no_such_program);
    g_test_add_func("/readers/freed-at-work", test_freed_at_work);
    return g_test_run();
}
