#include "logic/mail_pieces.h"

#include <string.h>

/* Bytes of one encoded word before base64 (RFC 2047 section 2: 75 letters in all). */
#define WORD_BYTES 42

/* Letters of a line of base64 (RFC 2045 section 6.8). */
#define LINE 76

void
apd_mail_add_words(GString *mail, const char *text)
{
    for (const char *p = text; *p != '\0';) {
        size_t n = strnlen(p, WORD_BYTES);
        while (n > 0 && p[n] != '\0' && ((unsigned char) p[n] & 0xc0) == 0x80)
            n--;
        g_autofree char *word = g_base64_encode((const guchar *) p, n);
        g_string_append_printf(mail, "%s=?UTF-8?B?%s?=", p > text ? "\r\n " : "", word);
        p += n;
    }
}

/* RFC 5322 names days and months in English, whatever the locale. */
void
apd_mail_add_date(GString *mail, ApdTime when)
{
    static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(when / APD_SECOND);

    if (date == NULL)
        return;
    g_autofree char *rest = g_date_time_format(date, "%Y %H:%M:%S +0000");
    g_string_append_printf(
        mail, "Date: %s, %02d %s %s\r\n", days[g_date_time_get_day_of_week(date) - 1],
        g_date_time_get_day_of_month(date), months[g_date_time_get_month(date) - 1], rest);
}

void
apd_mail_add_base64(GString *mail, const void *data, gsize size)
{
    g_autofree char *coded = g_base64_encode(data, size);

    for (const char *p = coded; *p != '\0'; p += strnlen(p, LINE))
        g_string_append_printf(mail, "%.*s\r\n", LINE, p);
}
