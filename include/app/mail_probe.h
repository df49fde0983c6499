/* A look at a mail server for `appealctl check --online`, in the child that alone
 * speaks IMAP.
 */
#pragma once

#include "app/mail_private.h"

/* @content: APD_MAIL_PROBE; wiped.  Blocks; tells the parent each step. */
void apd_mail_probe(ApdMail *self, GVariant *content);
