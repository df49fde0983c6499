/* Date: of a message (RFC 5322 section 3.3), and what senders make of it. */
#pragma once

#include <stdbool.h>

#include "base/clock.h"

/* @ret_zone_known: it named a zone.  False when it is no date. */
bool apd_mail_date_parse(const char *text, ApdTime *ret_when, bool *ret_zone_known);
