/* appeald-mail, whole, but for one thing: a mailbox that holds a message with
 * "crash-the-mail-reader" crashes it, as a hostile server may that nobody thought of.
 */
#include <signal.h>
#include <string.h>

#include "app/mailbox.h"
#include "io/mail_frames.h"

static ApdMailboxStep
step_or_crash(ApdMailbox *box, size_t grant, bool look)
{
    ApdMailboxStep step = apd_mailbox_step(box, grant, look);

    for (guint i = 0; i < step.news->len; i++) {
        const ApdMailboxNews *news = &g_array_index(step.news, ApdMailboxNews, i);
        const void *data = g_variant_get_data(news->content);
        if (g_str_equal(news->word, "message")
            && memmem(data, g_variant_get_size(news->content), "crash-the-mail-reader", 21) != NULL)
            (void) raise(SIGSEGV);
    }
    return step;
}

#define apd_mailbox_step step_or_crash
#include "../../daemon/app/mail.c"
#undef apd_mailbox_step
#include "../../daemon/appeald-mail.c"
