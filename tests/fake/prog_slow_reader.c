/* appeald-reader, whole and in its sandbox, but for one thing: a message that says
 * "stall-the-reader" takes for ever, as a hostile one may that nobody thought of.
 */
#include <string.h>

#include "app/reading.h"

static ApdVerdict *
read_or_stall(const ApdReading *self, const void *data, size_t size, const char *authserv_id,
              ApdTime received)
{
    volatile unsigned turns = 0;

    while (memmem(data, size, "stall-the-reader", 16) != NULL)
        turns = turns + 1;
    return apd_reading_read(self, data, size, authserv_id, received);
}

#define apd_reading_read read_or_stall
#include "../../daemon/appeald-reader.c"
