#include <glib.h>

#include "logic/doubt.h"

static void
test_failures(void)
{
    static const ApdDoubt alone[] = { APD_DOUBT_ALONE,      APD_DOUBT_BEGINNING,
                                      APD_DOUBT_HEADER,     APD_DOUBT_HEADER + 1,
                                      APD_DOUBT_HEADER + 2, APD_DOUBT_HEADER + 3,
                                      APD_DOUBT_HEADER + 4, APD_DOUBT_NOTHING,
                                      APD_DOUBT_NOTHING };
    ApdDoubt doubt = APD_DOUBT_NONE;

    for (size_t i = 0; i < G_N_ELEMENTS(alone); i++) {
        doubt = apd_doubt_after_failure(doubt, false);
        g_assert_cmpint(doubt, ==, alone[i]);
    }
    /* A batch with it failed: that was the first try. */
    g_assert_cmpint(apd_doubt_after_failure(APD_DOUBT_NONE, true), ==, APD_DOUBT_BEGINNING);
    g_assert_cmpint(apd_doubt_after_failure(APD_DOUBT_BEGINNING, true), ==, APD_DOUBT_HEADER);
}

typedef struct {
    uint32_t uidvalidity, uid;
    bool alone;
    ApdDoubts after;
} Death;

static void
test_deaths(void)
{
    static const Death deaths[] = {
        { 7, 0, false, { 0, 0, 0, 0 } },                   /* not over a message */
        { 7, 16, false, { 7, 16, 0, 0 } },                 /* over a batch */
        { 7, 3, true, { 7, 16, 3, APD_DOUBT_BEGINNING } }, /* found by going slowly */
        { 7, 3, true, { 7, 16, 3, APD_DOUBT_HEADER } },
        { 7, 3, true, { 7, 16, 3, APD_DOUBT_NOTHING } },
        { 7, 3, true, { 7, 16, 3, APD_DOUBT_NOTHING } },
        { 7, 9, true, { 7, 16, 9, APD_DOUBT_BEGINNING } }, /* the next */
        { 7, 20, true, { 7, 16, 20, APD_DOUBT_ALONE } },   /* one that came by itself */
        { 8, 1, true, { 8, 0, 1, APD_DOUBT_ALONE } },      /* other UIDs: all is forgotten */
    };
    ApdDoubts doubts = { 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(deaths); i++) {
        const ApdDoubts *after = &deaths[i].after;
        apd_doubt_note_death(&doubts, deaths[i].uidvalidity, deaths[i].uid, deaths[i].alone);
        g_assert_cmpuint(doubts.uidvalidity, ==, after->uidvalidity);
        g_assert_cmpuint(doubts.slow, ==, after->slow);
        g_assert_cmpuint(doubts.uid, ==, after->uid);
        g_assert_cmpuint(doubts.doubt, ==, after->doubt);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/doubt/failures", test_failures);
    g_test_add_func("/doubt/deaths", test_deaths);
    return g_test_run();
}
