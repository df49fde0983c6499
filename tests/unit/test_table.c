/* Text and tables in terminals of every width. */
#include <string.h>

#include "app/table.h"

static const ApdColumn columns[] = {
    { "ID", 0, 0, true },    { "NAME", 1, 6, false }, { "STATE", 2, 0, false },
    { "NOTE", 3, 4, false }, { NULL, 0, 0, false },
};

static ApdTable *
make_table(void)
{
    ApdTable *table = apd_table_new(columns);
    const char *one[] = { "1", "trademark infringement", "open", "" };
    const char *two[] = { "12", "灯笼旗舰店的案件", "acknowledged", "call the forwarder" };

    apd_table_add(table, one, APD_PAINT_URGENT);
    apd_table_add(table, two, APD_PAINT_PLAIN);
    return table;
}

static void
test_columns(void)
{
    static const struct {
        const char *text;
        guint columns;
    } rows[] = {
        { "", 0 },          { "abc", 3 },    { "灯笼", 4 }, { "é", 1 },
        { "e\xcc\x81", 1 }, { "한국어", 6 }, { "Ａ１", 4 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpuint(apd_screen_columns(rows[i].text), ==, rows[i].columns);
}

static void
test_fit(void)
{
    static const struct {
        const char *text;
        guint width;
        const char *wanted;
        guint used;
    } rows[] = {
        { "abc", 3, "abc", 3 },      { "abcd", 3, "ab…", 3 },   { "灯笼旗", 6, "灯笼旗", 6 },
        { "灯笼旗", 5, "灯笼…", 5 }, { "灯笼旗", 4, "灯…", 3 }, { "灯", 1, "…", 1 },
        { "abc", 0, "", 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) line = g_string_new(NULL);
        g_assert_cmpuint(apd_screen_fit(line, rows[i].text, rows[i].width), ==, rows[i].used);
        g_assert_cmpstr(line->str, ==, rows[i].wanted);
    }
}

static void
test_whole(void)
{
    g_autoptr(ApdTable) table = make_table();
    g_autofree char *text = apd_table_render(table, 0);

    g_assert_cmpstr(text, ==,
                    "ID  NAME                    STATE         NOTE\n"
                    " 1  trademark infringement  open\n"
                    "12  灯笼旗舰店的案件        acknowledged  call the forwarder\n");
}

/* Whatever the width from that of the strongest column on, no line is wider. */
static void
test_every_width(void)
{
    g_autoptr(ApdTable) table = make_table();

    for (guint width = 10; width < 100; width++) {
        g_autofree char *text = apd_table_render(table, width);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        g_assert_cmpuint(g_strv_length(lines), ==, 4);
        for (char **line = lines; *line != NULL; line++) {
            g_assert_cmpuint(apd_screen_columns(*line), <=, width);
            g_assert_true(g_utf8_validate(*line, -1, NULL));
        }
        g_assert_true(g_str_has_prefix(lines[2], "12"));
    }
}

/* The weakest gives way first: cut, then left out. */
static void
test_order(void)
{
    g_autoptr(ApdTable) table = make_table();
    g_autofree char *cut = apd_table_render(table, 50);
    g_autofree char *out = apd_table_render(table, 28);

    g_assert_nonnull(strstr(cut, "call th…"));
    g_assert_nonnull(strstr(cut, "trademark infringement"));
    g_assert_null(strstr(out, "NOTE"));
    g_assert_nonnull(strstr(out, "acknowledged"));
    g_assert_nonnull(strstr(out, "…"));
}

static void
test_hostile(void)
{
    g_autoptr(ApdTable) table = apd_table_new(columns);
    const char *cells[] = { "1", "\033[31mred\r\n\xff\xfe\xe2\x80\xae", "", "" };

    apd_table_add(table, cells, APD_PAINT_PLAIN);
    g_autofree char *text = apd_table_render(table, 0);
    g_assert_null(strchr(text, '\033'));
    g_assert_null(strchr(text, '\r'));
    g_assert_null(strstr(text, "\xe2\x80\xae"));
    g_assert_null(strstr(text, "STATE")); /* nothing stands in it */
    g_assert_true(g_utf8_validate(text, -1, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/screen/columns", test_columns);
    g_test_add_func("/screen/fit", test_fit);
    g_test_add_func("/table/whole", test_whole);
    g_test_add_func("/table/every-width", test_every_width);
    g_test_add_func("/table/order", test_order);
    g_test_add_func("/table/hostile", test_hostile);
    return g_test_run();
}
