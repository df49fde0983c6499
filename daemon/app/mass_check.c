#include "app/mass_check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/explain.h"
#include "app/mass_labels.h"
#include "app/mass_messages.h"
#include "app/mass_read.h"
#include "app/table.h"
#include "base/text.h"
#include "io/mime.h"

/* Progress is told this often. */
#define TELL_EVERY (APD_SECOND / 5)

/* What is kept of each message that counts: a mailbox has many that do not. */
static const ApdColumn alert_columns[] = {
    { .heading = "kind" },
    { .heading = "category" },
    { .heading = "deadline" },
    { .heading = "origin" },
    { .heading = "subject", .rank = 1, .least = 12 },
    { .heading = "file", .rank = 2, .least = 12 },
    { NULL },
};
static const ApdColumn miss_columns[] = {
    { .heading = "labelled" },
    { .heading = "read as" },
    { .heading = "file", .rank = 1, .least = 12 },
    { NULL },
};
static const ApdColumn rule_columns[] = {
    { .heading = "what decided", .rank = 1, .least = 12 },
    { .heading = "messages", .right = true },
    { NULL },
};

typedef struct {
    const ApdMassCheckOptions *options;
    const GPtrArray *messages;
    const ApdMassLabels *labels;
    GHashTable *rules; /* owned: what decided -> how often */
    ApdTable *alerts;  /* owned */
    ApdTable *misses;  /* owned */
    guint done, n_alerts, n_unreadable, n_labelled, n_misses;
    guint confusion[APD_N_KINDS][APD_N_KINDS]; /* as labelled, as read */
    ApdTime told;
    bool terminal;
} Check;

static void
count(Check *self, const char *what)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(self->rules, what));

    g_hash_table_replace(self->rules, g_strdup(what), GUINT_TO_POINTER(n + 1));
}

/* Kind and category by name, the rest by what it was evidence for. */
static void
count_rules(Check *self, const ApdVerdict *verdict)
{
    g_autofree char *category = g_strdup_printf("category %s", verdict->category);

    count(self, category);
    for (guint i = 0; i < verdict->evidence->len; i++) {
        const ApdEvidence *item = verdict->evidence->pdata[i];
        if (!g_str_equal(item->what, "category"))
            count(self, item->what);
    }
}

static void
add_alert(Check *self, const char *name, const ApdVerdict *verdict)
{
    g_autofree char *deadline = apd_time_iso(verdict->deadline);
    g_autofree char *subject = apd_text_line(verdict->subject);
    g_autofree char *file = apd_text_line(name);
    const char *cells[] = { apd_kind_name(verdict->kind),
                            verdict->category ? verdict->category : "",
                            deadline ? deadline : "",
                            apd_authenticity_name(verdict->authenticity),
                            subject,
                            file };

    self->n_alerts++;
    apd_table_add(self->alerts, cells,
                  verdict->severity == APD_SEVERITY_CRITICAL ? APD_PAINT_URGENT : APD_PAINT_PLAIN);
    count_rules(self, verdict);
}

static void
compare(Check *self, const char *name, const ApdVerdict *verdict)
{
    g_autofree char *kind = NULL, *category = NULL;
    ApdKind expected;

    if (!apd_mass_labels_find(self->labels, name, &kind, &category)
        || !apd_kind_parse(kind, &expected))
        return;

    self->n_labelled++;
    self->confusion[expected][verdict->kind]++;
    const char *got = verdict->category ? verdict->category : "";
    if (expected == verdict->kind && (category == NULL || g_str_equal(category, got)))
        return;

    g_autofree char *file = apd_text_line(name);
    g_autofree char *wanted = g_strdup_printf("%s %s", kind, category ? category : "");
    g_autofree char *found = g_strdup_printf("%s %s", apd_kind_name(verdict->kind), got);
    const char *cells[] = { wanted, found, file };
    self->n_misses++;
    apd_table_add(self->misses, cells, APD_PAINT_PLAIN);
}

static void
tell_progress(Check *self)
{
    ApdTime now = apd_uptime();

    if (!self->terminal || (now < self->told + TELL_EVERY && self->done < self->messages->len))
        return;

    self->told = now;
    fprintf(stderr, "\r%u of %u read, %u would alert%s", self->done, self->messages->len,
            self->n_alerts, self->done == self->messages->len ? "\n" : " ");
}

static void
on_done(guint index, const ApdVerdict *verdict, void *user_data)
{
    Check *self = user_data;
    g_autofree char *name = apd_mass_message_name(self->messages->pdata[index]);

    self->done++;
    if (verdict == NULL) {
        const char *cells[] = { "unreadable", "", "", "", "look yourself", name };
        self->n_unreadable++;
        self->n_alerts++;
        apd_table_add(self->alerts, cells, APD_PAINT_URGENT);
    } else {
        if (self->options->json) {
            g_autofree char *line = apd_explain_json(name, verdict);
            printf("%s\n", line);
        }
        if (verdict->kind != APD_KIND_NONE)
            add_alert(self, name, verdict);
        compare(self, name, verdict);
    }
    tell_progress(self);
}

/* --- the report ---------------------------------------------------------------------- */

static int
by_count(const void *a, const void *b, void *user_data)
{
    guint x = GPOINTER_TO_UINT(g_hash_table_lookup(user_data, *(const char *const *) a));
    guint y = GPOINTER_TO_UINT(g_hash_table_lookup(user_data, *(const char *const *) b));

    return x != y ? (x < y) - (x > y) : strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void
print_rules(const Check *self)
{
    guint n;
    g_autofree const char **names = (const char **) g_hash_table_get_keys_as_array(self->rules, &n);
    g_autoptr(ApdTable) table = apd_table_new(rule_columns);

    g_qsort_with_data(names, (int) n, sizeof *names, by_count, self->rules);
    for (guint i = 0; i < n; i++) {
        g_autofree char *times =
            g_strdup_printf("%u", GPOINTER_TO_UINT(g_hash_table_lookup(self->rules, names[i])));
        const char *cells[] = { names[i], times };
        apd_table_add(table, cells, APD_PAINT_PLAIN);
    }
    printf("\n");
    fflush(stdout);
    apd_table_print(table);
}

static void
print_confusion(const Check *self)
{
    ApdColumn columns[APD_N_KINDS + 2] = { { .heading = "labelled \\ read as" } };
    for (int k = 0; k < APD_N_KINDS; k++)
        columns[k + 1] = (ApdColumn){ .heading = apd_kind_name((ApdKind) k), .right = true };
    g_autoptr(ApdTable) table = apd_table_new(columns);

    for (int k = 0; k < APD_N_KINDS; k++) {
        g_auto(GStrv) cells = g_new0(char *, APD_N_KINDS + 2);
        guint sum = 0;
        cells[0] = g_strdup(apd_kind_name((ApdKind) k));
        for (int r = 0; r < APD_N_KINDS; r++) {
            sum += self->confusion[k][r];
            cells[r + 1] = self->confusion[k][r] > 0 ? g_strdup_printf("%u", self->confusion[k][r])
                                                     : g_strdup(".");
        }
        if (sum > 0)
            apd_table_add(table, (const char *const *) cells, APD_PAINT_PLAIN);
    }
    printf("\n%u labelled, %u not read as labelled\n\n", self->n_labelled, self->n_misses);
    fflush(stdout);
    apd_table_print(table);
    if (self->n_misses == 0)
        return;
    printf("\n");
    fflush(stdout);
    apd_table_print(self->misses);
}

static void
print_report(const Check *self, ApdTime took)
{
    if (self->n_alerts > 0)
        apd_table_print(self->alerts);
    if (self->n_alerts > self->n_unreadable)
        print_rules(self);
    if (self->n_labelled > 0)
        print_confusion(self);
    printf("%s%u messages read in %.1f s: %u would alert", self->n_alerts > 0 ? "\n" : "",
           self->messages->len, (double) took / APD_SECOND, self->n_alerts);
    if (self->n_unreadable > 0)
        printf(", %u of them could not be read", self->n_unreadable);
    printf("; nothing was sent\n");
}

static int
run(Check *self, const ApdReading *reading, GError **error)
{
    const ApdMassCheckOptions *options = self->options;
    ApdTime start = apd_uptime();

    fflush(NULL); /* what is buffered belongs to no worker */
    if (!apd_mass_read(reading, self->messages, options->authserv_id, options->jobs, on_done, self,
                       error))
        return 3;
    if (!options->json)
        print_report(self, apd_uptime() - start);
    fflush(stdout);
    return self->n_unreadable + self->n_misses > 0 ? 1 : 0;
}

int
apd_mass_check(const ApdMassCheckOptions *options, GError **error)
{
    g_autoptr(GPtrArray) messages = apd_mass_messages_find(options->path, error);
    g_autoptr(ApdMassLabels) labels = messages ? apd_mass_labels_new(options->labels, error) : NULL;

    if (labels == NULL)
        return 3;

    apd_mime_init();
    g_autoptr(ApdReading) reading =
        apd_reading_new(options->rules_dir, options->user_rules_dir, error);
    if (reading == NULL)
        return 3;

    g_autoptr(GHashTable) rules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(ApdTable) alerts = apd_table_new(alert_columns);
    g_autoptr(ApdTable) misses = apd_table_new(miss_columns);
    Check self = { .options = options,
                   .messages = messages,
                   .labels = labels,
                   .rules = rules,
                   .alerts = alerts,
                   .misses = misses,
                   .terminal = isatty(STDERR_FILENO) != 0 };
    return run(&self, reading, error);
}
