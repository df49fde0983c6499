#include "app/readers.h"

#include "base/log.h"
#include "base/task.h"
#include "io/child.h"

/* A message takes a millisecond; the sandbox allows three seconds of processor,
 * which a busy machine may take long to give. */
#define WALL_SECONDS 60

/* One that has been given its message and sleeps will not wake: so often that is looked at,
 * twice before it is believed. */
#define SLEEP_SECONDS 5

/* Loading the rules takes a second, and on a small or busy machine a minute. */
#define START_SECONDS 180

/* A reader that cannot even start is asked again this much later. */
#define RESTART_SECONDS 2

#define MAX_TRIES 2

/* A program that is just being replaced, or a machine that is full for a moment,
 * is waited for; then a person is told of each message. */
#define MAX_STARTS 30

typedef struct {
    GBytes *bytes;     /* owned */
    char *authserv_id; /* owned, or NULL */
    ApdTime received;
    ApdStated *stated; /* owned, or NULL */
    int tries;
    ApdReadersDone done;
    void *user_data; /* borrowed */
} Job;

typedef struct {
    ApdReaders *pool; /* borrowed */
    ApdChild *child;  /* owned; NULL: not running */
    bool ready;       /* the child has loaded its rules */
    Job *job;         /* owned; NULL: idle */
    guint64 number;   /* of the job, so that a late answer is no answer */
    guint timer;      /* owned: limit of the start or of the job, or the pause before a restart */
    guint looks;      /* at the job under way */
    bool asleep;      /* as it was found by the last of them */
} Reader;

struct ApdReaders {
    char *program;        /* owned */
    char *rules_dir;      /* owned */
    char *user_rules_dir; /* owned, or NULL */
    Reader *readers;      /* owned array */
    guint n;
    guint64 last_number;
    guint failed_starts; /* in a row */
    GQueue *queue;       /* owned, element-type Job */
    guint starting;      /* owned: an idle call */
};

static void run_soon(ApdReaders *self);

static void
free_job(Job *job)
{
    g_bytes_unref(job->bytes);
    g_free(job->authserv_id);
    apd_stated_free(job->stated);
    g_free(job);
}

static void
finish(Reader *self, const ApdVerdict *verdict, const char *why)
{
    Job *job = g_steal_pointer(&self->job);

    g_clear_handle_id(&self->timer, g_source_remove);
    run_soon(self->pool);
    job->done(verdict, why, job->user_data);
    free_job(job);
}

static void
on_frame(ApdChild *child, const char *word, GVariant *content, void *user_data)
{
    Reader *self = user_data;
    guint64 number;
    g_autoptr(GVariant) inner = NULL;

    if (!self->ready && g_str_equal(word, "ready")) {
        self->ready = true;
        self->pool->failed_starts = 0;
        g_clear_handle_id(&self->timer, g_source_remove);
        run_soon(self->pool);
        return;
    }
    if (self->job == NULL || !g_str_equal(word, "verdict")
        || !g_variant_is_of_type(content, G_VARIANT_TYPE_VARDICT)
        || !g_variant_lookup(content, "id", "t", &number) || number != self->number) {
        apd_child_kill(child); /* it says what nobody asked: it is not ours any more */
        return;
    }

    inner = g_variant_lookup_value(content, "verdict", G_VARIANT_TYPE_VARDICT);
    g_autoptr(ApdVerdict) verdict = inner ? apd_verdict_from_variant(inner) : NULL;
    if (verdict != NULL)
        finish(self, verdict, NULL);
    else
        apd_child_kill(child);
}

static gboolean
on_restart(gpointer user_data)
{
    Reader *self = user_data;

    self->timer = 0;
    run_soon(self->pool);
    return G_SOURCE_REMOVE;
}

static void
on_ended(ApdChild *child, const char *text, void *user_data)
{
    Reader *self = user_data;

    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_pointer(&self->child, apd_child_free);
    (void) child;

    if (!self->ready && !g_queue_is_empty(self->pool->queue)) {
        /* It could not start: that is a try of what waits for it. */
        self->job = g_queue_pop_head(self->pool->queue);
        self->job->tries++;
    }
    if (self->job == NULL) {
        /* It died while idle: not at once again. */
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHILD", "reader",
                "a reader ended (%s); will start another", text);
        self->timer = g_timeout_add_seconds(RESTART_SECONDS, on_restart, self);
        return;
    }
    if (self->job->tries < MAX_TRIES) {
        g_queue_push_head(self->pool->queue, g_steal_pointer(&self->job));
        run_soon(self->pool);
        return;
    }
    finish(self, NULL, text);
}

static gboolean
on_late(gpointer user_data)
{
    Reader *self = user_data;

    self->timer = 0;
    apd_child_kill(self->child);
    return G_SOURCE_REMOVE;
}

/* Whether the job under way has had its time. */
static gboolean
on_look(gpointer user_data)
{
    Reader *self = user_data;
    bool before = self->asleep;

    self->asleep = apd_task_sleeps(apd_child_pid(self->child));
    if (++self->looks * SLEEP_SECONDS < WALL_SECONDS && !(before && self->asleep))
        return G_SOURCE_CONTINUE;

    self->timer = 0;
    apd_child_kill(self->child);
    return G_SOURCE_REMOVE;
}

static void
start(Reader *self)
{
    const ApdReaders *pool = self->pool;
    const char *argv[] = { pool->program, "--rules", pool->rules_dir, NULL, NULL, NULL };
    const ApdChildEvents events = { on_frame, on_ended };
    g_autoptr(GError) error = NULL;

    if (pool->user_rules_dir != NULL) {
        argv[3] = "--user-rules";
        argv[4] = pool->user_rules_dir;
    }
    self->ready = false;
    self->child = apd_child_start(argv, &events, self, &error);
    if (self->child != NULL) {
        self->timer = g_timeout_add_seconds(START_SECONDS, on_late, self);
        return;
    }

    if (self->pool->failed_starts++ == 0)
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHILD", "reader", "%s; will try again",
                error->message);
    if (self->pool->failed_starts >= MAX_STARTS && !g_queue_is_empty(self->pool->queue)) {
        self->job = g_queue_pop_head(self->pool->queue);
        finish(self, NULL, error->message);
    }
    self->timer = g_timeout_add_seconds(RESTART_SECONDS, on_restart, self);
}

static void
give(Reader *self, Job *job)
{
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    self->job = job;
    self->number = ++self->pool->last_number;
    job->tries++;
    g_variant_builder_add(&builder, "{sv}", "id", g_variant_new_uint64(self->number));
    g_variant_builder_add(&builder, "{sv}", "received", g_variant_new_int64(job->received));
    g_variant_builder_add(&builder, "{sv}", "bytes",
                          g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, job->bytes, TRUE));
    if (job->authserv_id != NULL)
        g_variant_builder_add(&builder, "{sv}", "authserv", g_variant_new_string(job->authserv_id));

    if (job->stated != NULL)
        g_variant_builder_add(&builder, "{sv}", "stated", apd_stated_to_variant(job->stated));

    self->looks = 0;
    self->asleep = false;
    self->timer = g_timeout_add_seconds(SLEEP_SECONDS, on_look, self);
    apd_child_send(self->child, "read", g_variant_builder_end(&builder));
}

/* Returns: (nullable): one that waits for work. */
static Reader *
find_idle(const ApdReaders *self)
{
    for (guint i = 0; i < self->n; i++)
        if (self->readers[i].child != NULL && self->readers[i].ready
            && self->readers[i].job == NULL)
            return &self->readers[i];
    return NULL;
}

/* As many readers as there are messages waiting, those on their way counted. */
static void
start_readers(ApdReaders *self)
{
    guint wanted = g_queue_get_length(self->queue);

    for (guint i = 0; i < self->n; i++)
        if (self->readers[i].child != NULL && !self->readers[i].ready && wanted > 0)
            wanted--;
    for (guint i = 0; i < self->n && wanted > 0; i++)
        if (self->readers[i].child == NULL && self->readers[i].timer == 0) {
            start(&self->readers[i]);
            wanted--;
        }
}

static gboolean
on_run(gpointer user_data)
{
    ApdReaders *self = user_data;

    self->starting = 0;
    for (Reader *idle; !g_queue_is_empty(self->queue) && (idle = find_idle(self)) != NULL;)
        give(idle, g_queue_pop_head(self->queue));
    start_readers(self);
    return G_SOURCE_REMOVE;
}

static void
run_soon(ApdReaders *self)
{
    if (self->starting == 0)
        self->starting = g_idle_add_full(G_PRIORITY_DEFAULT, on_run, self, NULL);
}

ApdReaders *
apd_readers_new(const char *rules_dir, const char *user_rules_dir, guint max)
{
    ApdReaders *self = g_new0(ApdReaders, 1);

    self->program = apd_child_program("appeald-reader");
    self->rules_dir = g_strdup(rules_dir);
    self->user_rules_dir = g_strdup(user_rules_dir);
    self->n = max > 0 ? max : MAX(g_get_num_processors(), 1);
    self->queue = g_queue_new();
    self->readers = g_new0(Reader, self->n);
    for (guint i = 0; i < self->n; i++)
        self->readers[i].pool = self;
    return self;
}

void
apd_readers_warm(ApdReaders *self)
{
    if (self->readers[0].child == NULL && self->readers[0].timer == 0)
        start(&self->readers[0]);
}

void
apd_readers_free(ApdReaders *self)
{
    if (self == NULL)
        return;

    for (guint i = 0; i < self->n; i++) {
        Reader *reader = &self->readers[i];
        g_clear_handle_id(&reader->timer, g_source_remove);
        apd_child_free(reader->child);
        g_clear_pointer(&reader->job, free_job);
    }
    g_clear_handle_id(&self->starting, g_source_remove);
    g_queue_free_full(self->queue, (GDestroyNotify) free_job);
    g_free(self->readers);
    g_free(self->program);
    g_free(self->rules_dir);
    g_free(self->user_rules_dir);
    g_free(self);
}

void
apd_readers_read(ApdReaders *self, GBytes *bytes, const char *authserv_id, ApdTime received,
                 const ApdStated *stated, ApdReadersDone done, void *user_data)
{
    Job *job = g_new0(Job, 1);

    job->bytes = g_bytes_ref(bytes);
    job->authserv_id = g_strdup(authserv_id);
    job->received = received;
    job->stated = stated ? apd_stated_copy(stated) : NULL;
    job->done = done;
    job->user_data = user_data;
    Reader *idle = g_queue_is_empty(self->queue) ? find_idle(self) : NULL;
    if (idle != NULL) {
        give(idle, job);
        return;
    }
    g_queue_push_tail(self->queue, job);
    run_soon(self);
}

guint
apd_readers_pending(const ApdReaders *self)
{
    guint n = g_queue_get_length(self->queue);

    for (guint i = 0; i < self->n; i++)
        n += self->readers[i].job != NULL;
    return n;
}
