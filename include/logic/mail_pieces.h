/* Pieces of mails that we write ourselves: alerts by mail, and records that a reader is
 * to take for mails.  All of them are ASCII, whatever goes in.  Pure.
 */
#pragma once

#include <glib.h>

#include "base/clock.h"

/* @text (UTF-8) as encoded words of whole characters (RFC 2047), folded where there are
 * several; nothing in it can end the header. */
void apd_mail_add_words(GString *mail, const char *text);

/* "Date: ..." with its line end (RFC 5322 section 3.3); nothing when @when is no date. */
void apd_mail_add_date(GString *mail, ApdTime when);

/* A body of Content-Transfer-Encoding base64, in lines. */
void apd_mail_add_base64(GString *mail, const void *data, gsize size);
