#include "logic/origin_words.h"

#include <string.h>

#include "logic/normalise.h"
#include "model/text.h"

static void
clear_word(void *word)
{
    g_free(((ApdOriginWord *) word)->folded);
}

static GArray *
new_words(void)
{
    GArray *words = g_array_new(FALSE, FALSE, sizeof(ApdOriginWord));

    g_array_set_clear_func(words, clear_word);
    return words;
}

static void
add_word(GArray *words, const char *written)
{
    size_t n = strlen(written);
    bool open = n > 0 && written[n - 1] == '*';
    g_autofree char *stem = g_strndup(written, open ? n - 1 : n);
    g_autofree char *folded = apd_normalise(stem);

    if (*folded == '\0')
        return;
    ApdOriginWord word = { g_steal_pointer(&folded), 0, open, (guchar) *written < 0xe0 };
    word.n = strlen(word.folded);
    g_array_append_val(words, word);
}

/* @list: NULL or written with commas between. */
static void
add_list(GArray *words, const char *list)
{
    g_auto(GStrv) pieces = g_strsplit(list != NULL ? list : "", ",", -1);

    for (char **p = pieces; *p != NULL; p++)
        add_word(words, g_strstrip(*p));
}

/* The lists of all languages: "[link call-en]", "[link call-ru]". */
static GArray *
words_of_links(const ApdRules *rules, const char *prefix)
{
    GArray *words = new_words();
    const GPtrArray *names = apd_rules_names(rules, "link");

    for (guint i = 0; i < names->len; i++)
        if (g_str_has_prefix(names->pdata[i], prefix))
            add_list(words, apd_rules_value(rules, "link", names->pdata[i], "words"));
    return words;
}

ApdOriginWords *
apd_origin_words_new(const ApdRules *rules)
{
    ApdOriginWords *self = g_new0(ApdOriginWords, 1);

    self->brands = new_words();
    add_list(self->brands, apd_rules_value(rules, "sender", "platform", "brands"));
    self->signatures = new_words();
    add_list(self->signatures, apd_rules_value(rules, "link", "signature", "words"));
    self->calls = words_of_links(rules, "call-");
    self->hints = words_of_links(rules, "hint-");
    self->laws = words_of_links(rules, "law-");
    return self;
}

void
apd_origin_words_free(ApdOriginWords *self)
{
    if (self == NULL)
        return;

    g_array_unref(self->brands);
    g_array_unref(self->signatures);
    g_array_unref(self->calls);
    g_array_unref(self->hints);
    g_array_unref(self->laws);
    g_free(self);
}

static size_t
find_last(const ApdOriginWord *word, const char *folded)
{
    size_t last = 0;

    for (const char *p = folded; (p = strstr(p, word->folded)) != NULL; p++) {
        bool starts = p == folded || !apd_text_is_word_byte(p[-1]);
        if (!word->apart || (starts && (word->open || !apd_text_is_word_byte(p[word->n]))))
            last = (size_t) (p - folded) + 1;
    }
    return last;
}

size_t
apd_origin_words_find_last(const GArray *words, const char *folded)
{
    size_t last = 0;

    for (guint i = 0; *folded != '\0' && i < words->len; i++) {
        size_t found = find_last(&g_array_index(words, ApdOriginWord, i), folded);
        last = MAX(last, found);
    }
    return last;
}
