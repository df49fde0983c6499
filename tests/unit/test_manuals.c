/* appeald.conf(5) says of every key what the table of keys says.
 *
 * The part of the page between the two marks is made from the tables:
 * APPEALD_WRITE=1 build/tests/unit/test_manuals writes it anew. */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "io/config_keys.h"

#define PAGE "man/appeald.conf.5"

typedef struct {
    const char *begin, *end;
    char *(*make)(void);
} Part;

/* Where the line that begins at @text ends: at a sentence, or before 78 columns. */
static size_t
line_length(const char *text)
{
    size_t blank = 0;

    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] == ' ' && i > 0 && text[i - 1] == '.' && g_ascii_isupper(text[i + 1]))
            return i;
        if (i >= 78 && blank > 0)
            return blank;
        if (text[i] == ' ')
            blank = i;
    }
    return strlen(text);
}

/* Text as mdoc: a sentence a line, no escapes. */
static void
add_text(GString *page, const char *text)
{
    g_auto(GStrv) parts_of = g_strsplit(text, "\\", -1);
    g_autofree char *escaped = g_strjoinv("\\e", parts_of);

    for (const char *p = escaped; *p != '\0'; p += *p == ' ') {
        size_t n = line_length(p);
        g_string_append_len(page, p, (gssize) n);
        g_string_append_c(page, '\n');
        p += n;
    }
}

static void
add_words(GString *page, const char *words)
{
    g_auto(GStrv) list = g_strsplit(words, "|", -1);

    for (char **word = list; *word != NULL; word++)
        g_string_append_printf(page, "%s Cm %s", word == list ? "" : " |", *word);
}

static void
add_argument(GString *page, const ApdConfigKey *key)
{
    static const char *const names[] = {
        [APD_VALUE_TEXT] = "text",   [APD_VALUE_NUMBER] = "number",
        [APD_VALUE_LIST] = "list",   [APD_VALUE_DURATION] = "duration",
        [APD_VALUE_PATH] = "path",   [APD_VALUE_DURATIONS] = "durations",
        [APD_VALUE_ZONE] = "zone",   [APD_VALUE_SEVERITY] = "severity",
        [APD_VALUE_OPTION] = "text",
    };

    if (key->type == APD_VALUE_WORD)
        add_words(page, key->words);
    else if (key->type == APD_VALUE_BOOL)
        add_words(page, "yes|no");
    else if (key->type == APD_VALUE_TLS)
        add_words(page, "implicit|starttls|none");
    else
        g_string_append_printf(page, " Ar %s", names[key->type]);
}

static void
add_key(GString *page, const ApdConfigKey *key)
{
    g_string_append_printf(page, ".It Cm %s No =", key->key);
    add_argument(page, key);
    g_string_append_c(page, '\n');
    add_text(page, key->help);
    if (key->fallback != NULL && *key->fallback != '\0')
        g_string_append_printf(page, "Default: %s.\n", key->fallback);
    if (key->type == APD_VALUE_NUMBER)
        g_string_append_printf(page, "From %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ".\n",
                               key->min, key->max);
    if (key->type == APD_VALUE_DURATION) {
        g_autofree char *min = apd_duration_format(key->min);
        g_autofree char *max = apd_duration_format(key->max);
        g_string_append_printf(page, "From %s to %s.\n", min, max);
    }
    if (g_str_equal(key->section, "channel") && key->words != NULL) {
        g_auto(GStrv) types = g_strsplit(key->words, "|", -1);
        g_autofree char *text = g_strjoinv(", ", types);
        g_autofree char *line = g_strdup_printf("Known to: %s.", text);
        add_text(page, line);
    }
}

static char *
make_keys(void)
{
    GString *page = g_string_new(NULL);

    for (size_t i = 0; i < apd_n_config_sections; i++) {
        const ApdConfigSection *section = &apd_config_sections[i];
        g_string_append_printf(page, ".Ss \\&[%s%s]\\&\n", section->name,
                               section->named ? " NAME" : "");
        add_text(page, section->help);
        g_string_append(page, ".Bl -tag -width Ds\n");
        for (size_t j = 0; j < apd_n_config_keys; j++)
            if (g_str_equal(apd_config_keys[j].section, section->name))
                add_key(page, &apd_config_keys[j]);
        g_string_append(page, ".El\n");
    }
    return g_string_free(page, FALSE);
}

static char *
make_channels(void)
{
    GString *page = g_string_new(".Bl -tag -width Ds\n");

    for (size_t i = 0; i < apd_n_channel_needs; i++) {
        const ApdChannelNeeds *type = &apd_channel_needs[i];
        g_auto(GStrv) needs = g_strsplit(type->needs, "|", -1);
        g_autofree char *text = g_strjoinv(" and ", needs);
        g_string_append_printf(page, ".It Cm %s\n", type->name);
        add_text(page, type->help);
        if (*text != '\0')
            g_string_append_printf(page, "(Needs: %s.)\n", text);
    }
    g_string_append(page, ".El\n");
    return g_string_free(page, FALSE);
}

static const Part parts[] = {
    { ".\\\" keys: made from io/config_keys.c by tests/unit/test_manuals.c\n", ".\\\" keys: end\n",
      make_keys },
    { ".\\\" channels: made from io/config_keys.c by tests/unit/test_manuals.c\n",
      ".\\\" channels: end\n", make_channels },
};

static char *
replace(const char *page, const Part *part)
{
    const char *begin = strstr(page, part->begin);
    const char *end = begin ? strstr(begin, part->end) : NULL;
    g_assert_nonnull(end);

    g_autofree char *head = g_strndup(page, (gsize) (begin - page) + strlen(part->begin));
    g_autofree char *made = part->make();
    return g_strconcat(head, made, end, NULL);
}

/* Compares line by line, so that a failure names the line. */
static void
test_configuration_page(gconstpointer data)
{
    const Part *part = data;
    g_autofree char *page = NULL;
    g_autoptr(GError) error = NULL;

    g_file_get_contents(PAGE, &page, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *wanted = replace(page, part);
    if (g_getenv("APPEALD_WRITE") != NULL) {
        g_assert_true(g_file_set_contents(PAGE, wanted, -1, NULL));
        return;
    }

    g_auto(GStrv) is = g_strsplit(page, "\n", -1), must_be = g_strsplit(wanted, "\n", -1);
    for (size_t i = 0; is[i] != NULL && must_be[i] != NULL; i++)
        g_assert_cmpstr(is[i], ==, must_be[i]);
    g_assert_cmpstr(page, ==, wanted);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/manuals/keys", &parts[0], test_configuration_page);
    g_test_add_data_func("/manuals/channels", &parts[1], test_configuration_page);
    return g_test_run();
}
