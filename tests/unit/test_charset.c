/* Bytes that do not say how they are written are read as their author meant them. */
#include <glib.h>
#include <string.h>

#include "io/charset.h"

/* clang-format off */
static const struct { const char *charset, *text; } rows[] = {
    { "GB18030", "违规" },
    { "GB18030", "违规通知：您的商品已被下架" },
    { "GB18030", "尊敬的卖家：\n您的店铺因涉嫌虚假发货被扣2分，请在3个工作日内提交申诉。订单号 8193320077415582" },
    { "GB18030", "<p>Order 8193320077415582</p><td>虚假发货</td>" },
    { "BIG5", "違規通知：您的商品已下架" },
    { "BIG5", "親愛的賣家：您的店鋪因延遲發貨被扣2分，請於2026年3月5日前提出申訴。" },
    { "BIG5", "申訴結果" },
    { "EUC-KR", "위반 통지: 상품이 삭제되었습니다" },
    { "EUC-KR", "판매자님, 귀하의 상점이 허위 발송으로 2점 감점되었습니다. 3영업일 이내에 이의를 제기해 주십시오." },
    { "EUC-KR", "이의 신청 결과" },
    { "KOI8-R", "Уведомление о нарушении" },
    { "KOI8-R", "Ваш товар удалён. Подайте апелляцию в течение 7 дней." },
    { "WINDOWS-1251", "Уведомление о нарушении" },
    { "WINDOWS-1251", "Ваш товар удалён. Подайте апелляцию до 5 марта." },
    { "WINDOWS-1251", "Жалоба" },
    { "KOI8-R", "Жалоба" },
    { "CP866", "Уведомление о нарушении правил площадки" },
    { "WINDOWS-1252", "Réponse à votre réclamation : le délai expire le 5 février" },
    { "WINDOWS-1252", "Notificación de infracción: su producto ha sido eliminado" },
    { "WINDOWS-1252", "Verstoß gegen die Regeln: Einspruch bis 5. März möglich" },
    { "WINDOWS-1252", "Violação de direitos: a sua loja não pode vender até à decisão" },
    { "WINDOWS-1252", "Il tuo prodotto è stato rimosso, perché viola le regole" },
    { "WINDOWS-1252", "décision" },
    { "WINDOWS-1254", "İhlal bildirimi: ürününüz kaldırıldı, itiraz süresi 7 gündür" },
    { "WINDOWS-1254", "Mağazanız şikâyet nedeniyle kısıtlandı" },
    { "WINDOWS-1250", "Zgłoszenie naruszenia: odwołanie można złożyć do środy" },
    { "ISO-8859-2", "Zgłoszenie naruszenia: odwołanie można złożyć do środy" },
    { "CP932", "違反のお知らせ：商品が削除されました" },
    { "EUC-JP", "違反のお知らせ：商品が削除されました" },
    { "UTF-8", "Уведомление" },
    { "UTF-8", "plain" },
};
/* clang-format on */

static void
test_guess(void)
{
    int wrong = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        gsize size;
        g_autofree char *bytes =
            g_convert(rows[i].text, -1, rows[i].charset, "UTF-8", NULL, &size, NULL);
        g_assert_nonnull(bytes);
        const char *used = NULL;
        g_autofree char *read =
            apd_charset_to_utf8((const guint8 *) bytes, size, NULL, NULL, &used);
        if (g_str_equal(read, rows[i].text))
            continue;
        g_test_message("%s as %s: %s, not %s", rows[i].charset, used, read, rows[i].text);
        wrong++;
    }
    g_assert_cmpint(wrong, ==, 0);
}

static void
check(const char *bytes, const char *charset, const char *inner, const char *text)
{
    g_autofree char *read =
        apd_charset_to_utf8((const guint8 *) bytes, strlen(bytes), charset, inner, NULL);
    g_assert_cmpstr(read, ==, text);
}

static void
test_labels(void)
{
    check("caf\xe9", "iso-8859-1", NULL, "café");
    check("caf\xc3\xa9", "iso-8859-1", NULL, "café"); /* UTF-8 under a wrong label */
    check("\xd8\xf2\xf0\xe0\xf4", NULL, "windows-1251", "Штраф");
    check("\xd8\xf2\xf0\xe0\xf4", "utf-8", "windows-1251", "Штраф");
    check("\xce\xa5\xb9\xe6", "gbk", "windows-1251", "违规");
    check("\xe2\x82\xac 5", "nonsense", NULL, "€ 5");
    /* UTF-8 that was cut within a character */
    check("Уведомление о нарушении правил \xd0", NULL, NULL,
          "Уведомление о нарушении правил \xef\xbf\xbd");
    check("a\xff"
          "b",
          "../../etc/passwd", NULL, "aÿb");
}

static void
test_marks(void)
{
    static const guint8 little[] = { 0xff, 0xfe, 'a', 0, 0x2d, 0x4e };
    g_autofree char *read = apd_charset_to_utf8(little, sizeof little, NULL, NULL, NULL);

    g_assert_cmpstr(read, ==, "a中");
    check("\xef\xbb\xbf"
          "a",
          "gbk", NULL, "a");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    apd_charset_init();
    g_test_add_func("/charset/guess", test_guess);
    g_test_add_func("/charset/labels", test_labels);
    g_test_add_func("/charset/marks", test_marks);
    return g_test_run();
}
