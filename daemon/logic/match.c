#include "logic/match_private.h"

#include <string.h>

#include "base/error.h"

#define MAX_PHRASES 100000

ApdMatcher *
apd_matcher_new(void)
{
    ApdMatcher *self = g_new0(ApdMatcher, 1);

    self->names = g_ptr_array_new_with_free_func(g_free);
    self->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    self->traits = g_array_new(FALSE, FALSE, sizeof(ApdSignalTrait));
    self->book = apd_phrase_book_new();
    self->phrases = g_array_new(FALSE, FALSE, sizeof(ApdPhrase));
    self->meanings = g_array_new(FALSE, FALSE, sizeof(ApdMeaning));
    self->chunk = g_string_chunk_new(4096);
    self->languages = g_ptr_array_new_with_free_func(g_free);
    self->gates = g_array_new(FALSE, FALSE, sizeof(ApdGate));
    return self;
}

void
apd_matcher_free(ApdMatcher *self)
{
    if (self == NULL)
        return;

    apd_literals_free(self->literals);
    g_array_unref(self->gates);
    g_free(self->has_mark);
    apd_triggers_free(self->triggers);
    g_ptr_array_unref(self->languages);
    g_string_chunk_free(self->chunk);
    g_array_unref(self->meanings);
    g_array_unref(self->phrases);
    apd_phrase_book_free(self->book);
    g_array_unref(self->traits);
    g_hash_table_unref(self->by_name);
    g_ptr_array_unref(self->names);
    g_free(self);
}

int
apd_matcher_find(const ApdMatcher *self, const char *name)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(self->by_name, name)) - 1;
}

int
apd_matcher_intern(ApdMatcher *self, const char *name)
{
    int signal = apd_matcher_find(self, name);

    if (signal < 0) {
        signal = (int) self->names->len;
        g_ptr_array_add(self->names, g_strdup(name));
        g_hash_table_insert(self->by_name, self->names->pdata[signal], GINT_TO_POINTER(signal + 1));
        ApdSignalTrait trait = { g_str_has_prefix(name, APD_MATCHER_MARK),
                                 g_str_has_prefix(name, "mod/") };
        g_array_append_val(self->traits, trait);
    }
    return signal;
}

const char *
apd_matcher_name(const ApdMatcher *self, int signal)
{
    return self->names->pdata[signal];
}

int
apd_matcher_n_signals(const ApdMatcher *self)
{
    return (int) self->names->len;
}

void
apd_matcher_set_language(ApdMatcher *self, const char *language)
{
    guint i = 0;

    self->language = 0;
    if (language == NULL)
        return;
    while (i < self->languages->len && strcmp(self->languages->pdata[i], language) != 0)
        i++;
    if (i == self->languages->len)
        g_ptr_array_add(self->languages, g_strdup(language));
    self->language = (int) i + 1;
}

bool
apd_matcher_add(ApdMatcher *self, int signal, const char *phrase, int weight, GError **error)
{
    g_autoptr(GArray) phrases = apd_phrase_book_add(self->book, phrase, error);

    if (phrases == NULL)
        return false;
    if (self->phrases->len + phrases->len > MAX_PHRASES) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "more than %d phrases", MAX_PHRASES);
        return false;
    }

    ApdMeaning meaning = { g_string_chunk_insert(self->chunk, phrase), signal, weight,
                           self->language };
    g_array_append_vals(self->phrases, phrases->data, phrases->len);
    for (guint i = 0; i < phrases->len; i++)
        g_array_append_val(self->meanings, meaning);
    return true;
}

bool
apd_matcher_remove(ApdMatcher *self, int signal, const char *phrase)
{
    bool found = false;

    for (guint i = 0; i < self->phrases->len; i++) {
        const ApdMeaning *meaning = &g_array_index(self->meanings, ApdMeaning, i);
        ApdPhrase *taken_apart = &g_array_index(self->phrases, ApdPhrase, i);
        if (taken_apart->n > 0 && meaning->signal == signal
            && strcmp(meaning->source, phrase) == 0) {
            taken_apart->n = 0;
            found = true;
        }
    }
    return found;
}

/* Letters of another script stand in no text of another language. */
static int
language_of(const ApdMatcher *self, const ApdTrigger *trigger)
{
    const ApdPhrase *phrase = &trigger->place.phrase;
    bool is_ascii = true;

    if (phrase->n == 1)
        is_ascii = apd_phrase_choice(self->book, trigger->place.choice)->is_ascii;
    for (int i = 0; phrase->n > 1 && i < phrase->n; i++)
        is_ascii &= apd_phrase_element(self->book, phrase, i)->is_ascii;
    return is_ascii ? g_array_index(self->meanings, ApdMeaning, trigger->number).language : 0;
}

static ApdGate
gate_of(const ApdMatcher *self, const ApdTrigger *trigger)
{
    int signal = g_array_index(self->meanings, ApdMeaning, trigger->number).signal;
    const ApdSignalTrait *trait = &g_array_index(self->traits, ApdSignalTrait, (guint) signal);
    ApdNeed need = trait->is_mark       ? APD_NEED_NOTHING
                   : trait->is_modifier ? APD_NEED_MODIFIER_SHARE
                                        : APD_NEED_SHARE;

    return (ApdGate){ trigger->before,
                      trigger->after,
                      trigger->skip,
                      trigger->length,
                      (guint8) language_of(self, trigger),
                      (guint8) need };
}

void
apd_matcher_compile(ApdMatcher *self)
{
    self->triggers = apd_triggers_new(self->book, self->phrases);
    self->has_mark = g_new0(bool, self->triggers->words->len + 1);
    for (guint w = 0; w < self->triggers->words->len; w++) {
        guint32 last = g_array_index(self->triggers->firsts, guint32, w + 1);
        for (guint32 i = g_array_index(self->triggers->firsts, guint32, w); i < last; i++) {
            ApdGate gate = gate_of(self, &g_array_index(self->triggers->list, ApdTrigger, i));
            self->has_mark[w] |= gate.need == APD_NEED_NOTHING;
            g_array_append_val(self->gates, gate);
        }
    }
    self->literals =
        apd_literals_new((const ApdLiteral *) (const void *) self->triggers->words->data,
                         self->triggers->words->len);
}
