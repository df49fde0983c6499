/* What appeald and its child appeald-mail say to each other (io/child.h), a
 * mailbox being one folder of one account, known by a number.
 *
 * To the child:
 *   watch  a mailbox and where its reading stands
 *   ack    so many bytes of messages of a mailbox are dealt with
 *   poke   look now (0: at all mailboxes)
 *   drop   watch it no more
 *   probe  look at a server, tell what that shows, and nothing else
 *   renew  a new password (an access token) for the next login
 *   ping   say that you are there
 * From the child:
 *   message  in ascending order of UIDs within a mailbox
 *   sight    proof of life, or what is wrong
 *   looked   all messages of the first look were sent
 *   room     how full the mailbox is
 *   said     what its server wants a person to read
 *   pong     it is there, and all it had to say before was said
 *   probed, probed-all  what a look shows, and its end
 *   crashed  this mailbox is killing the child, and over which message: its last word
 */
#pragma once

/* id, host, port, tls, CA file or "", user, password, auth, folder, send ID,
 * UIDVALIDITY, last UID, looked back, look-back, poll, fetch limit, ApdDoubts */
#define APD_MAIL_WATCH "(usuysssssbuubxxu(uuuu))"

/* The same for g_variant_new(), with the password of apd_frame_secret(). */
#define APD_MAIL_WATCH_NEW "(usuyss@sssbuubxxu(uuuu))"

#define APD_MAIL_ACK  "(ut)"
#define APD_MAIL_POKE "u"
#define APD_MAIL_DROP "u"
#define APD_MAIL_PING "u"
#define APD_MAIL_PONG "u"

/* id, password; the same for g_variant_new() */
#define APD_MAIL_RENEW     "(us)"
#define APD_MAIL_RENEW_NEW "(u@s)"

/* id, UIDVALIDITY, UID, received, first look, truncated, only its header, why no more
 * of it came or "", bytes; and its type */
#define APD_MAIL_MESSAGE      "(uuuxbbbs@ay)"
#define APD_MAIL_MESSAGE_TYPE "(uuuxbbbsay)"

/* id, 0 when well, else 1 + ApdErrorCode; text */
#define APD_MAIL_SIGHT  "(uus)"
#define APD_MAIL_LOOKED "u"

/* id, ApdRoom, figures or the server's words */
#define APD_MAIL_ROOM "(uus)"

/* id, the server's words */
#define APD_MAIL_SAID "(us)"

/* Parts of what "sight" says, by which the parent knows what a person needs to be
 * told besides: the child knows no names of ours, and no providers. */
#define APD_MAIL_SAYS_LOGIN  "login refused"
#define APD_MAIL_SAYS_TOKEN  "access token refused"
#define APD_MAIL_SAYS_ADVICE " (check user and password"

/* Of a look at a server, instead of all the others: host, port, tls, CA file or "",
 * user, password, auth, folders, send ID, show that mail is pushed */
#define APD_MAIL_PROBE     "(suyssssasbb)"
#define APD_MAIL_PROBE_NEW "(suyss@ss^asbb)"

/* ApdProof, what, text, remedy; and its end */
#define APD_MAIL_PROBED     "(ysss)"
#define APD_MAIL_PROBED_ALL "u"

/* id, UIDVALIDITY, UID up to which messages were being fetched (0: none were), 1: that one
 * alone.  Written by a signal handler: its length must not depend on its content. */
#define APD_MAIL_CRASHED "(uuuu)"

/* The longest time between two looks at a mailbox, however long `poll` is.  Servers may log
 * out who idles for half an hour (RFC 2177), and routers forget lines that are silent for
 * much less. */
#define APD_MAIL_ROUND (9 * APD_MINUTE)

/* Bytes of messages that may be on their way, in all and of one mailbox. */
#define APD_MAIL_CREDIT      (16u * 1024 * 1024)
#define APD_MAIL_CREDIT_EACH (4u * 1024 * 1024)
