/* IDLE (RFC 2177), by our own hand: libetpan's blocks, and loses an EXISTS that
 * comes before the "+". */
#include <string.h>

#include "base/error.h"
#include "io/imap_private.h"

/* What a server may say in one round without being read as babbling. */
#define BUDGET (1024u * 1024)

bool
apd_imap_can_idle(const ApdImap *self)
{
    return mailimap_has_extension(self->session, "IDLE");
}

static bool
fail_idle(ApdImap *self, const char *line, GError **error)
{
    if (line == NULL)
        return apd_imap_fail(self, MAILIMAP_ERROR_STREAM, APD_ERROR_TRANSIENT, "IDLE", error);

    g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "the server ended IDLE");
    return false;
}

static bool
is_bye(const char *line)
{
    return g_ascii_strncasecmp(line, "* BYE", 5) == 0;
}

bool
apd_imap_idle_enter(ApdImap *self, GError **error)
{
    const char *line = NULL;

    apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, 0);
    if (!apd_imap_send(self, "IDLE", true))
        return fail_idle(self, NULL, error);

    while ((line = apd_imap_next_line(self)) != NULL && line[0] != '+')
        if (is_bye(line) || apd_imap_tagged(self, line) != NULL)
            return fail_idle(self, line, error);
    if (line == NULL)
        return fail_idle(self, NULL, error);

    self->idle = true;
    return true;
}

bool
apd_imap_idle_look(ApdImap *self, GError **error)
{
    while (apd_stream_has_line(self->stream)) {
        const char *line = apd_imap_next_line(self);
        if (line == NULL || is_bye(line) || apd_imap_tagged(self, line) != NULL)
            return fail_idle(self, line, error);
    }
    return true;
}

bool
apd_imap_idle_leave(ApdImap *self, GError **error)
{
    const char *line = NULL;

    apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, 0);
    self->idle = false;
    if (!apd_imap_send(self, "DONE", false))
        return fail_idle(self, NULL, error);

    while ((line = apd_imap_next_line(self)) != NULL) {
        const char *rest = apd_imap_tagged(self, line);
        if (rest != NULL && g_ascii_strncasecmp(rest, "OK", 2) == 0)
            return true;
        if (rest != NULL || is_bye(line))
            return fail_idle(self, line, error);
    }
    return fail_idle(self, NULL, error);
}

/* A server that reads commands as a stream of bytes takes the next one behind "DONE"; home-made
 * ones may throw away what came with it.  Who knows ENABLE (RFC 5161) has been written with
 * commands in mind that follow each other without waiting. */
bool
apd_imap_idle_leave_with_next(ApdImap *self)
{
    if (!mailimap_has_extension(self->session, "ENABLE"))
        return false;

    self->idle = false;
    self->leaving = true;
    return true;
}

bool
apd_imap_idle_end(ApdImap *self, int tag)
{
    g_autofree char *good = g_strdup_printf("C%d OK", tag);
    const char *line;

    while ((line = apd_imap_next_line(self)) != NULL && line[0] != 'C')
        if (is_bye(line))
            return false;
    return line != NULL && g_ascii_strncasecmp(line, good, strlen(good)) == 0;
}
