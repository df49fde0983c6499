#include "io/encoded_word.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "io/charset.h"
#include "io/transfer.h"

/* RFC 2047 allows 75; real ones are longer.  Bounds keep the search linear. */
#define MAX_CHARSET 40
#define MAX_WORD    2048
#define MAX_DECODED 65536

typedef struct {
    const char *charset; /* borrowed from the raw value */
    gsize charset_size;
    char encoding; /* 'b', 'q' */
    const char *text;
    gsize text_size;
    const char *end;
} Word;

typedef struct {
    GString *out;
    GByteArray *bytes; /* of the words since the last flush */
    char charset[MAX_CHARSET + 1];
} Decoding;

/* False: @raw is no encoded word. */
static bool
parse_word(const char *raw, Word *word)
{
    if (raw[0] != '=' || raw[1] != '?')
        return false;

    const char *charset = raw + 2;
    gsize n = strcspn(charset, "? \t\r\n");
    if (n == 0 || n > MAX_CHARSET || charset[n] != '?')
        return false;

    const char *encoding = charset + n + 1;
    if (*encoding == '\0' || strchr("bBqQ", *encoding) == NULL || encoding[1] != '?')
        return false;

    const char *text = encoding + 2;
    for (gsize i = 0; i < MAX_WORD && text[i] != '\0'; i++) {
        if (text[i] != '?' || text[i + 1] != '=')
            continue;
        const char *language = memchr(charset, '*', n); /* RFC 2231 section 5 */
        *word = (Word){ charset,
                        language ? (gsize) (language - charset) : n,
                        g_ascii_tolower(*encoding),
                        text,
                        i,
                        text + i + 2 };
        return true;
    }
    return false;
}

static void
flush(Decoding *self)
{
    if (self->bytes->len > 0) {
        g_autofree char *text =
            apd_charset_to_utf8(self->bytes->data, self->bytes->len, self->charset, NULL, NULL);
        g_string_append(self->out, text);
    }
    g_byte_array_set_size(self->bytes, 0);
}

static void
add_word(Decoding *self, const Word *word)
{
    g_autofree char *charset = g_strndup(word->charset, word->charset_size);

    if (g_ascii_strcasecmp(charset, self->charset) != 0) {
        flush(self);
        g_strlcpy(self->charset, charset, sizeof self->charset);
    }
    if (word->encoding == 'b')
        apd_base64_decode(word->text, word->text_size, MAX_DECODED, self->bytes);
    else
        apd_quoted_printable_decode(word->text, word->text_size, true, MAX_DECODED, self->bytes);
}

static void
add_plain(Decoding *self, const char *text, gsize size)
{
    flush(self);
    g_autofree char *utf8 = apd_charset_to_utf8((const guint8 *) text, size, NULL, NULL, NULL);
    g_string_append(self->out, utf8);
}

char *
apd_encoded_word_decode(const char *raw)
{
    Decoding self = { g_string_new(NULL), g_byte_array_new(), "" };
    const char *plain = raw; /* beginning of text that is no word */
    bool after_word = false;
    Word word;

    while (*raw != '\0') {
        if (!parse_word(raw, &word)) {
            raw++;
            continue;
        }

        /* Blanks between two words are not part of the text. */
        gsize gap = (gsize) (raw - plain);
        if (gap > 0 && !(after_word && strspn(plain, " \t\r\n") >= gap))
            add_plain(&self, plain, gap);
        add_word(&self, &word);
        after_word = true;
        raw = plain = word.end;
    }
    flush(&self);
    if (raw > plain)
        add_plain(&self, plain, (gsize) (raw - plain));

    g_byte_array_unref(self.bytes);
    g_autofree char *text = g_string_free(self.out, FALSE);
    return apd_text_line(text);
}
