/* appeald-reader, whole, but for one thing: "crash-the-reader" in a message crashes it,
 * "stall-the-reader" keeps it busy for ever, and "hush-the-reader" lets it wait for more.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "app/reading.h"
#include "io/child.h"

static ApdVerdict *
read_or_crash(const ApdReading *reading, const void *data, size_t size, const char *authserv_id,
              ApdTime received)
{
    if (memmem(data, size, "crash-the-reader", 16) != NULL)
        (void) raise(SIGSEGV);
    while (memmem(data, size, "stall-the-reader", 16) != NULL)
        ;
    while (memmem(data, size, "hush-the-reader", 15) != NULL) {
        char more;
        if (read(APD_CHILD_FD, &more, 1) <= 0)
            _exit(0);
    }
    return apd_reading_read(reading, data, size, authserv_id, received);
}

#define apd_reading_read read_or_crash
#include "../../daemon/appeald-reader.c"
