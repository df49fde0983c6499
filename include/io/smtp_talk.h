/* Listens to a dialogue with a mail server (RFC 5321): for which addresses it took
 * the mail, for which not, and what it said to each.
 *
 * libcurl sends a mail to those who are not refused and tells only the last reply;
 * who was left out stands in the dialogue alone.
 */
#pragma once

#include <glib.h>

typedef struct {
    char *address; /* owned */
    int status;    /* of its reply: 4yz passes by itself, 5yz does not */
    char *said;    /* owned; one line, with the status */
} ApdMailRefusal;

typedef struct {
    char *address;       /* owned; whose RCPT was sent last; NULL: another command was */
    GString *last;       /* owned; the last line that was a refusal, of any command */
    GPtrArray *accepted; /* owned, element-type char *: whose RCPT was taken */
    GPtrArray *refusals; /* owned, element-type ApdMailRefusal */
} ApdSmtpTalk;

ApdSmtpTalk *apd_smtp_talk_new(void);
void apd_smtp_talk_free(ApdSmtpTalk *self);

/* One line of ours, and one of the server's; their line ends may be there. */
void apd_smtp_talk_sent(ApdSmtpTalk *self, const char *line, size_t size);
void apd_smtp_talk_came(ApdSmtpTalk *self, const char *line, size_t size);
