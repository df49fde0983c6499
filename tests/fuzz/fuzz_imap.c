/* What a server says, through the stream and the filter into libetpan: greeting,
 * capabilities, login, EXAMINE, LIST, SEARCH, FETCH, IDLE. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "io/imap_private.h"
#include "io/stream_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* The packaged libetpan leaks a few bytes on some senseless answers; they are
 * bounded by the budget of a session, and not what this hunts. */
const char *
__asan_default_options(void)
{
    return "detect_leaks=0";
}

static void
take(uint32_t uid, const void *data, size_t size, void *user_data)
{
    (void) uid;
    (void) data;
    *(size_t *) user_data += size;
}

static void
talk(ApdImap *self)
{
    ApdImapLogin login = { "user", "password", "auto", true };
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(ApdImapEntry));
    ApdImapEntry some[] = { { 1, 10, 0 }, { 2, 10, 0 } };
    uint32_t number;
    size_t sum = 0;

    if (!apd_imap_login(self, &login, NULL) || !apd_imap_examine(self, "Junk", &number, NULL)
        || !apd_imap_highest(self, &number, NULL)
        || !apd_imap_search(self, 0, APD_DAY * 20000, entries, NULL)
        || !apd_imap_list(self, 1, entries, NULL) || !apd_imap_measure(self, some, 2, NULL)
        || !apd_imap_fetch(self, some, 2, 65536, take, &sum, NULL))
        return;
    bool over;
    ApdQuota quota;
    g_free(apd_imap_take_alert(self, &over));
    if (!apd_imap_ask_quota(self, "Junk", &quota, NULL))
        return;
    g_free(apd_room_figures(&quota));
    apd_imap_rest(self);
    if (apd_imap_idle_enter(self, NULL) && apd_imap_idle_look(self, NULL))
        (void) apd_imap_idle_leave(self, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fds[2];

    if (size > 60000 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) < 0)
        return 0;
    if (send(fds[1], data, size, MSG_NOSIGNAL) != (ssize_t) size) {
        close(fds[0]);
        close(fds[1]);
        return 0;
    }
    shutdown(fds[1], SHUT_WR);

    g_autoptr(ApdImap) self = g_new0(ApdImap, 1);
    self->stream = g_new0(ApdStream, 1);
    self->stream->fd = fds[0];
    apd_stream_mount(self->stream);
    self->session = mailimap_new(0, NULL);
    mailimap_set_163_workaround_enabled(self->session, 1);
    apd_imap_begin(self, APD_SECOND, 65536, 0);
    if (mailimap_connect(self->session, self->stream->mail) == MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
        talk(self);
    close(fds[1]);
    return 0;
}
