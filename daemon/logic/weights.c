#include "logic/weights.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "logic/traits.h"

/* What counts for every message, whatever it bears. */
#define ALWAYS "always"

/* As many percent as a trait that is wholly there. */
#define WHOLLY 100

#define MAX_WEIGHT 1000000

typedef struct {
    guint number; /* of the trait */
    guint answer;
    int weight; /* thousandths */
} Weight;

typedef struct {
    GPtrArray *answers; /* owned, element-type utf8 */
    GHashTable *lines;  /* owned: trait as written -> GArray of Weight, numbers not yet set */
    GArray *weights;    /* owned, element-type Weight: by number of the trait */
    GArray *firsts; /* owned, element-type guint: by number, of the first in weights; one more */
    gint64 *always; /* owned: by answer */
} Table;

struct ApdWeights {
    Table tables[APD_N_QUESTIONS];
};

static const char *const question_names[APD_N_QUESTIONS] = {
    [APD_QUESTION_KIND] = "kind",
    [APD_QUESTION_CATEGORY] = "category",
    [APD_QUESTION_OUTCOME] = "outcome",
};

static void
unref_array(void *data)
{
    g_array_unref(data);
}

ApdWeights *
apd_weights_new(void)
{
    ApdWeights *self = g_new0(ApdWeights, 1);

    for (int i = 0; i < APD_N_QUESTIONS; i++) {
        Table *table = &self->tables[i];
        table->answers = g_ptr_array_new_with_free_func(g_free);
        table->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_array);
        table->weights = g_array_new(FALSE, FALSE, sizeof(Weight));
        table->firsts = g_array_new(FALSE, TRUE, sizeof(guint));
    }
    return self;
}

void
apd_weights_free(ApdWeights *self)
{
    if (self == NULL)
        return;

    for (int i = 0; i < APD_N_QUESTIONS; i++) {
        g_ptr_array_unref(self->tables[i].answers);
        g_hash_table_unref(self->tables[i].lines);
        g_array_unref(self->tables[i].weights);
        g_array_unref(self->tables[i].firsts);
        g_free(self->tables[i].always);
    }
    g_free(self);
}

/* --- reading ------------------------------------------------------------------------------ */

/* The number of @name among the answers; their count when it is not there. */
static guint
find_answer(const Table *table, const char *name)
{
    guint i = 0;

    while (i < table->answers->len && strcmp(table->answers->pdata[i], name) != 0)
        i++;
    return i;
}

/* "penalty -310" */
static bool
read_weight(Table *table, const char *text, Weight *ret_weight)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 3);
    gint64 weight;

    if (g_strv_length(words) != 2 || *words[0] == '\0'
        || !g_ascii_string_to_signed(words[1], 10, -MAX_WEIGHT, MAX_WEIGHT, &weight, NULL))
        return false;
    guint answer = find_answer(table, words[0]);
    if (answer == table->answers->len)
        g_ptr_array_add(table->answers, g_strdup(words[0]));
    *ret_weight = (Weight){ 0, answer, (int) weight };
    return true;
}

bool
apd_weights_add(ApdWeights *self, const char *question, const char *trait, const char *value,
                GError **error)
{
    g_autoptr(GArray) line = g_array_new(FALSE, FALSE, sizeof(Weight));
    g_auto(GStrv) pieces = g_strsplit(value, ",", -1);
    int i = 0;

    while (i < APD_N_QUESTIONS && strcmp(question_names[i], question) != 0)
        i++;
    if (i == APD_N_QUESTIONS) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                    "'%s' is no question (kind, category, outcome)", question);
        return false;
    }
    for (char **p = pieces; *p != NULL; p++) {
        Weight weight;
        if (!read_weight(&self->tables[i], g_strstrip(*p), &weight)) {
            g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                        "'%s' is not an answer and its weight in thousandths: 'penalty -310'", *p);
            return false;
        }
        g_array_append_val(line, weight);
    }
    g_hash_table_replace(self->tables[i].lines, g_strdup(trait), g_steal_pointer(&line));
    return true;
}

static int
by_number(const void *a, const void *b)
{
    const Weight *x = a, *y = b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->answer > y->answer) - (x->answer < y->answer);
}

static void
take_line(Table *table, const char *trait, const GArray *line, const ApdMatcher *matcher)
{
    guint number = 0;
    bool always = strcmp(trait, ALWAYS) == 0;

    if (!always && !apd_trait_find(matcher, trait, &number))
        return;
    for (guint i = 0; i < line->len; i++) {
        Weight weight = g_array_index(line, Weight, i);
        weight.number = number;
        if (always)
            table->always[weight.answer] += weight.weight * WHOLLY;
        else
            g_array_append_val(table->weights, weight);
    }
}

static void
finish_table(Table *table, const ApdMatcher *matcher)
{
    GHashTableIter iter;
    gpointer trait, line;
    guint n = apd_traits_count(matcher), k = 0;

    table->always = g_new0(gint64, table->answers->len + 1);
    g_hash_table_iter_init(&iter, table->lines);
    while (g_hash_table_iter_next(&iter, &trait, &line))
        take_line(table, trait, line, matcher);
    g_hash_table_remove_all(table->lines);
    g_array_sort(table->weights, by_number);
    for (guint i = 0; i <= n; i++) {
        while (k < table->weights->len && g_array_index(table->weights, Weight, k).number < i)
            k++;
        g_array_append_val(table->firsts, k);
    }
}

void
apd_weights_finish(ApdWeights *self, const ApdMatcher *matcher)
{
    for (int i = 0; i < APD_N_QUESTIONS; i++)
        finish_table(&self->tables[i], matcher);
}

/* --- judging ------------------------------------------------------------------------------ */

guint
apd_weights_n_answers(const ApdWeights *self, ApdQuestion question)
{
    return self->tables[question].answers->len;
}

const char *
apd_weights_answer(const ApdWeights *self, ApdQuestion question, guint answer)
{
    return self->tables[question].answers->pdata[answer];
}

bool
apd_weights_knows(const ApdWeights *self, ApdQuestion question, const char *answer)
{
    const Table *table = &self->tables[question];
    return find_answer(table, answer) < table->answers->len;
}

void
apd_weights_sum(const ApdWeights *self, ApdQuestion question, const GArray *traits, gint64 *sums)
{
    const Table *table = &self->tables[question];

    memcpy(sums, table->always, table->answers->len * sizeof *sums);
    for (guint i = 0; i < traits->len; i++) {
        const ApdTrait *trait = &g_array_index(traits, ApdTrait, i);
        guint last = g_array_index(table->firsts, guint, trait->number + 1);
        for (guint k = g_array_index(table->firsts, guint, trait->number); k < last; k++) {
            const Weight *weight = &g_array_index(table->weights, Weight, k);
            sums[weight->answer] += (gint64) weight->weight * trait->value;
        }
    }
}

int
apd_weights_of(const ApdWeights *self, ApdQuestion question, guint number, guint answer)
{
    const Table *table = &self->tables[question];
    guint last = g_array_index(table->firsts, guint, number + 1);

    for (guint k = g_array_index(table->firsts, guint, number); k < last; k++)
        if (g_array_index(table->weights, Weight, k).answer == answer)
            return g_array_index(table->weights, Weight, k).weight;
    return 0;
}
