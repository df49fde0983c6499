#include "io/mime_guard.h"

#include <string.h>

/* Bounds (measured: 50,000 groups within each other overflow a stack of 8 MiB). */
#define MAX_HEADER    (64u * 1024)
#define MAX_ADDRESSES (16u * 1024)

gsize
apd_mime_guard_header_size(const char *data, gsize size)
{
    if ((size > 0 && data[0] == '\n') || (size > 1 && memcmp(data, "\r\n", 2) == 0))
        return 0;
    for (gsize i = 0; i + 1 < size; i++)
        if (data[i] == '\n'
            && (data[i + 1] == '\n'
                || (i + 2 < size && data[i + 1] == '\r' && data[i + 2] == '\n')))
            return i + 1;

    return size;
}

/* Where the line at @at ends, behind its line feed. */
static gsize
line_end(const char *data, gsize size, gsize at)
{
    const char *feed = memchr(data + at, '\n', size - at);
    return feed != NULL ? (gsize) (feed - data) + 1 : size;
}

/* Whether a header of addresses begins at @at; GMime reads these at once. */
static bool
is_addresses(const char *data, gsize size, gsize at)
{
    static const char *const names[] = { "to", "cc", "bcc", "from", "sender", "reply-to" };

    if (strchr("tTcCbBfFsSrR", data[at]) == NULL || data[at] == '\0')
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        gsize n = strlen(names[i]), k = at + n;
        if (size - at <= n || g_ascii_strncasecmp(data + at, names[i], n) != 0)
            continue;
        while (k < size && (data[k] == ' ' || data[k] == '\t'))
            k++;
        if (k < size && data[k] == ':')
            return true;
    }
    return false;
}

/* Finds the next giant list from @at on: what of it is too much, @ret_from to the result.
 * Returns 0 when there is none. */
static gsize
find_excess(const char *data, gsize size, gsize at, gsize *ret_from)
{
    while (at < size) {
        gsize start = at;
        at = line_end(data, size, at);
        if (!is_addresses(data, size, start))
            continue;
        while (at < size && (data[at] == ' ' || data[at] == '\t'))
            at = line_end(data, size, at);
        if (at - start > MAX_ADDRESSES) {
            *ret_from = start + MAX_ADDRESSES;
            return at;
        }
    }
    return 0;
}

static void
append(GByteArray *into, const char *data, gsize from, gsize to)
{
    g_byte_array_append(into, (const guint8 *) data + from, (guint) (to - from));
}

/* Cuts a giant header block to its first lines. */
static GBytes *
cut_header(const char *data, gsize size)
{
    gsize header = apd_mime_guard_header_size(data, size), keep = MAX_HEADER;

    if (header <= MAX_HEADER)
        return g_bytes_new_static(data, size);
    while (keep > 0 && data[keep - 1] != '\n')
        keep--;

    GByteArray *into = g_byte_array_new();
    append(into, data, 0, keep);
    append(into, data, header, size);
    return g_byte_array_free_to_bytes(into);
}

static GBytes *
cut_addresses(GBytes *bytes)
{
    gsize size, done = 0, from = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    GByteArray *into = NULL;

    for (gsize at = 0, end; (end = find_excess(data, size, at, &from)) > 0; at = end) {
        if (into == NULL)
            into = g_byte_array_new();
        append(into, data, done, from);
        append(into, "\n", 0, 1);
        done = end;
    }
    if (into == NULL)
        return g_bytes_ref(bytes);

    append(into, data, done, size);
    return g_byte_array_free_to_bytes(into);
}

GBytes *
apd_mime_guard(const char *data, gsize size, bool *ret_cut)
{
    if (size <= MAX_ADDRESSES)
        return g_bytes_new_static(data, size);

    g_autoptr(GBytes) shorter = cut_header(data, size);
    GBytes *guarded = cut_addresses(shorter);
    if (g_bytes_get_size(guarded) != size)
        *ret_cut = true;
    return guarded;
}
