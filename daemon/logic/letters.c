#include "logic/letters.h"

#include <glib.h>

static const struct {
    const char *language;
    const char *letters;
} marks[APD_N_LETTERS] = {
    { "pl", "ąęłśżźćńĄĘŁŚŻŹĆŃ" },
    { "tr", "ğışĞİŞ" },
    { "es", "ñ¿¡Ñ" },
    { "pt", "ãõÃÕ" },
    { "de", "ßäÄ" },
    { "fr", "êâûœèÈÊ" },
};

const char *
apd_letters_language(int i)
{
    return marks[i].language;
}

void
apd_letters_count(const char *shown, int *counts)
{
    /* All of them are of the two bytes that begin with C2 to C5. */
    for (const char *p = shown; *p != '\0'; p++) {
        unsigned char lead = (unsigned char) *p;
        if (lead < 0xC2 || lead > 0xC5)
            continue;
        for (int k = 0; k < APD_N_LETTERS; k++)
            counts[k] += g_utf8_strchr(marks[k].letters, -1, g_utf8_get_char(p)) != NULL;
    }
}
