#include "io/frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

#define LENGTH_BYTES 4u

/* A variant is written where 8 divides the address, its length right before it. */
#define LEAD (8u - LENGTH_BYTES)

/* A buffer that knows its size, for its end. */
typedef struct {
    gsize size;
    _Alignas(8) guint8 data[];
} Wiped;

static Wiped *
make_wiped(gsize size)
{
    Wiped *self = g_malloc(sizeof *self + size);

    self->size = size;
    return self;
}

static void
free_wiped(void *data)
{
    Wiped *self = data;

    explicit_bzero(self->data, self->size);
    g_free(self);
}

GVariant *
apd_frame_secret(const char *text)
{
    Wiped *copy = make_wiped(strlen(text) + 1);

    memcpy(copy->data, text, copy->size);
    return g_variant_new_from_data(G_VARIANT_TYPE_STRING, copy->data, copy->size, TRUE, free_wiped,
                                   copy);
}

void
apd_frame_wipe(GVariant *content)
{
    union {
        const void *given;
        void *ours; /* the frame was made for us alone */
    } data = { g_variant_get_data(content) };

    if (data.given != NULL)
        explicit_bzero(data.ours, g_variant_get_size(content));
}

static void
swap_bytes(GVariant *frame, guint8 *to)
{
    g_autoptr(GVariant) swapped = g_variant_byteswap(frame);

    g_variant_store(swapped, to);
    apd_frame_wipe(swapped);
}

GBytes *
apd_frame_pack(const char *word, GVariant *content)
{
    g_autoptr(GVariant) frame = g_variant_ref_sink(g_variant_new("(sv)", word, content));
    gsize size = g_variant_get_size(frame);
    Wiped *wiped = make_wiped(LEAD + LENGTH_BYTES + size);
    guint8 *bytes = wiped->data + LEAD;
    guint32 length = GUINT32_TO_LE((guint32) size);

    /* Stored, not got as data: that would leave a copy with the variant. */
    memcpy(bytes, &length, LENGTH_BYTES);
    if (G_BYTE_ORDER == G_BIG_ENDIAN)
        swap_bytes(frame, bytes + LENGTH_BYTES);
    else
        g_variant_store(frame, bytes + LENGTH_BYTES);
    return g_bytes_new_with_free_func(bytes, LENGTH_BYTES + size, free_wiped, wiped);
}

static bool
refuse(GError **error, const char *what)
{
    g_set_error(error, APD_ERROR, APD_ERROR_MALFORMED, "the other process sent %s", what);
    return false;
}

static bool
read_length(const guint8 *data, gsize *ret_length, GError **error)
{
    guint32 length;

    memcpy(&length, data, LENGTH_BYTES);
    *ret_length = GUINT32_FROM_LE(length);
    return (*ret_length > 0 && *ret_length <= APD_FRAME_MAX)
           || refuse(error, "a frame of a senseless length");
}

/* Takes @bytes of one frame apart. */
static bool
read_content(GBytes *bytes, char **ret_word, GVariant **ret_content, GError **error)
{
    g_autoptr(GVariant) frame =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE("(sv)"), bytes, FALSE));

    if (!g_variant_is_normal_form(frame))
        return refuse(error, "a frame that is not in normal form");
    if (G_BYTE_ORDER == G_BIG_ENDIAN) {
        GVariant *swapped = g_variant_byteswap(frame);
        g_variant_unref(frame);
        frame = swapped;
    }

    g_variant_get(frame, "(sv)", ret_word, ret_content);
    return true;
}

bool
apd_frame_unpack(const guint8 *data, gsize size, gsize *ret_used, char **ret_word,
                 GVariant **ret_content, GError **error)
{
    gsize length;

    *ret_used = 0;
    if (size < LENGTH_BYTES)
        return true;
    if (!read_length(data, &length, error))
        return false;
    if (size - LENGTH_BYTES < length)
        return true;

    g_autoptr(GBytes) bytes = g_bytes_new(data + LENGTH_BYTES, length);
    if (!read_content(bytes, ret_word, ret_content, error))
        return false;

    *ret_used = LENGTH_BYTES + length;
    return true;
}

/* Returns 1 for all of it, 0 for the end before the first byte, -1 on failure. */
static int
read_all(int fd, void *buffer, gsize size)
{
    gsize done = 0;

    while (done < size) {
        ssize_t n = read(fd, (guint8 *) buffer + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 && done == 0 ? 0 : -1;
        done += (gsize) n;
    }
    return 1;
}

bool
apd_frame_read(int fd, char **ret_word, GVariant **ret_content, GError **error)
{
    guint8 head[LENGTH_BYTES];
    gsize length;
    int got = read_all(fd, head, sizeof head);

    if (got == 0)
        return false;
    if (got < 0)
        return refuse(error, "half a frame");
    if (!read_length(head, &length, error))
        return false;

    guint8 *data = g_malloc(length);
    g_autoptr(GBytes) bytes = g_bytes_new_take(data, length);
    if (read_all(fd, data, length) <= 0)
        return refuse(error, "half a frame");
    return read_content(bytes, ret_word, ret_content, error);
}

bool
apd_frame_write(int fd, const char *word, GVariant *content, GError **error)
{
    g_autoptr(GBytes) frame = apd_frame_pack(word, content);
    gsize size, done = 0;
    const guint8 *data = g_bytes_get_data(frame, &size);

    while (done < size) {
        ssize_t n = send(fd, data + done, size - done, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT,
                        "cannot write to the other process: %s", g_strerror(errno));
            return false;
        }
        done += (gsize) n;
    }
    return true;
}
