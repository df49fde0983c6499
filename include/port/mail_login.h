/* What a watched mailbox logs in with: it is read, given to the mail reader, and read again when
 * the server has refused it, for a person may have mended it meanwhile.
 */
#pragma once

#include "port/mail_hub_private.h"

/* Gives the running child of @watch, unless it has it, what it needs to log in; where that was
 * refused, another one if there is one by now.  What cannot be read is told as a lost sight.  A
 * command for it runs elsewhere; its answer comes later. */
void apd_mail_login_begin(ApdMailWatch *watch);

/* The child is to forget @watch, which it has; the next apd_mail_login_begin() makes it known anew.
 */
void apd_mail_login_forget(ApdMailWatch *watch);

/* An access token that was renewed is for the next login; @watch is one that the child has. */
void apd_mail_login_renew(ApdMailWatch *watch);
