#include "logic/normalise.h"

#include <string.h>

/* clang-format off */
static const struct {
    const char *text, *shown, *folded;
} rows[] = {
    { "", "", "" },
    { "  Plain \t\r\n TEXT ", "Plain TEXT", "plain text" },
    { "Zażółć GĘŚLĄ jaźń Łódź", "Zażółć GĘŚLĄ jaźń Łódź", "zazolc gesla jazn lodz" },
    { "Große Straße, Œuvre æon Đ ø", "Große Straße, Œuvre æon Đ ø", "grosse strasse, oeuvre aeon d o" },
    { "İstanbul ISIK ışık", "İstanbul ISIK ışık", "istanbul isik isik" },
    { "Жёлтый Йод", "Жёлтый Йод", "желтыи иод" },
    { "e\xcc\x81t\xc3\xa9", "été", "ete" },
    { "１２３ＡＢＣ：（x）", "123ABC:(x)", "123abc:(x)" },
    { "虛假發貨", "虛假發貨", "虚假发货" },
    { "虚 假 发货2分", "虚 假 发货2分", "虚假发货 2 分" },
    { "请在2026年1月5日前，提交“申诉”。", "请在2026年1月5日前,提交“申诉”。",
      "请在 2026 年 1 月 5 日前,提交\"申诉\"." },
    { "pen\xc2\xad" "alty zero\xe2\x80\x8bwidth", "penalty zerowidth", "penalty zerowidth" },
    { "a\xc2\xa0\xc2\xa0 b", "a b", "a b" },
    { "5–7 — x", "5–7 — x", "5-7 - x" },
    { "N 8206\xc2\xa0" "6190 3347 1825.", "N 8206619033471825.", "n 8206619033471825." },
    { "1234 5678 9012 3456", "1234567890123456", "1234567890123456" },
    { "1234 5678 9012 3456 7", "1234 5678 9012 3456 7", "1234 5678 9012 3456 7" },
    { "7 1234 5678 9012 3456", "7 1234 5678 9012 3456", "7 1234 5678 9012 3456" },
    { "1234 5678 9012 345", "1234 5678 9012 345", "1234 5678 9012 345" },
    { "1234 5678 9012 3456th", "1234 5678 9012 3456th", "1234 5678 9012 3456th" },
    { "벌점 2점이 부과", "벌점 2점이 부과", "벌점 2점이 부과" },
    { "ｶﾞ カ\xe3\x82\x99", "ガ ガ", "ガガ" },
    { "① ² ½ ™", "1 2 1⁄2 TM", "1 2 1/2 tm" },
    { "don’t", "don’t", "don't" },
};
/* clang-format on */

static void
test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) shown = g_string_new("x");
        g_autoptr(GString) folded = g_string_new("x");

        apd_normalise_show(rows[i].text, strlen(rows[i].text), shown);
        g_assert_cmpstr(shown->str + 1, ==, rows[i].shown);
        apd_normalise_fold(shown->str + 1, shown->len - 1, folded);
        g_assert_cmpstr(folded->str + 1, ==, rows[i].folded);
    }
}

/* Folding folded text changes nothing: phrases and text meet. */
static void
test_settled(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *again = apd_normalise(rows[i].folded);
        g_assert_cmpstr(again, ==, rows[i].folded);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/normalise/rows", test_rows);
    g_test_add_func("/normalise/settled", test_settled);
    return g_test_run();
}
