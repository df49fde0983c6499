#include "logic/prepared.h"

static bool
is_soft(const char *folded, size_t n, size_t i)
{
    switch (folded[i]) {
    case '\'':
        return i == 0 || i + 1 == n || !apd_text_is_word_byte(folded[i - 1])
               || !apd_text_is_word_byte(folded[i + 1]);
    case '"':
    case '-':
    case '/':
    case '[':
    case ']':
    case '*':
    case '_':
        return true;
    default:
        return false;
    }
}

/* What is being written: room for all of it is there. */
typedef struct {
    char *text;
    guint32 *map; /* NULL: not wanted */
    size_t n;
} Out;

static void
put(Out *out, char c, size_t at)
{
    out->text[out->n] = c;
    if (out->map != NULL)
        out->map[out->n] = (guint32) at;
    out->n++;
}

static void
prepare(Out *out, const char *folded, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool blank = folded[i] == ' ' || is_soft(folded, n, i);
        char last = out->n > 0 ? out->text[out->n - 1] : ' ';
        if (blank && last == ' ')
            continue;
        /* A quotation mark between two ideographs leaves nothing. */
        if (!blank && last == ' ' && out->n > 1 && apd_prepared_joins_dense(folded + i)
            && apd_prepared_ends_dense(out->text, out->n - 1))
            out->n--;
        put(out, blank ? ' ' : folded[i], i);
    }
}

void
apd_prepared_append(GString *prepared, const char *folded, size_t n, GArray *map)
{
    size_t from = prepared->len;
    guint map_from = map != NULL ? map->len : 0;

    g_string_set_size(prepared, from + n);
    if (map != NULL)
        g_array_set_size(map, map_from + (guint) n + 1);
    Out out = { prepared->str + from, map != NULL ? &g_array_index(map, guint32, map_from) : NULL,
                0 };
    prepare(&out, folded, n);
    g_string_truncate(prepared, from + out.n);
    if (map != NULL) {
        out.map[out.n] = (guint32) n;
        g_array_set_size(map, map_from + (guint) out.n + 1);
    }
}
