/* Letters that tell a language of Latin script. */
#include "logic/letters.h"

#include <glib.h>
#include <string.h>

static int
letters_of(const char *shown, const char *language)
{
    int counts[APD_N_LETTERS] = { 0 };

    apd_letters_count(shown, counts);
    for (int i = 0; i < APD_N_LETTERS; i++)
        if (strcmp(apd_letters_language(i), language) == 0)
            return counts[i];
    return -1;
}

static void
test_count(void)
{
    static const struct {
        const char *shown;
        const char *language;
        int n;
    } cases[] = {
        { "12 puan eşiği aşıldı", "tr", 5 },
        { "12 puan eşiği aşıldı", "pl", 0 },
        { "Prosiłeś, zanim paczka dotarła", "pl", 3 },
        { "Verstöße gegen Regeln", "de", 1 },
        { "the store was frozen", "de", 0 },
        { "", "fr", 0 },
        /* letters of three bytes, and of Cyrillic */
        { "店铺冻结 магазин", "tr", 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(letters_of(cases[i].shown, cases[i].language), ==, cases[i].n);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/letters/count", test_count);
    return g_test_run();
}
