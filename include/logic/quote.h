/* The marks by which mail programs set off what they quote or forward, in the
 * languages of their users. */
#pragma once

#include <stdbool.h>

typedef enum {
    APD_QUOTE_NO,
    APD_QUOTE_REPLY,   /* "On ... wrote:" */
    APD_QUOTE_FORWARD, /* "---------- Forwarded message", "-----Original Message-----" */
    APD_QUOTE_FROM,    /* "From: ..." of the quoted message */
    APD_QUOTE_HEADER,  /* "Sent: ...", "To: ..." of it */
    APD_QUOTE_SUBJECT, /* "Subject: ..." of the quoted message */
} ApdQuote;

/* What a line of shown text is.  Header lines are such only inside a quoted header
 * block, which the caller must judge. */
ApdQuote apd_quote_of(const char *line);

/* Length of "Fwd: ", "Re: " and their like before a subject. @ret_forward, @ret_reply
 * are set to true when one was seen, else left alone. */
int apd_quote_prefix(const char *subject, bool *ret_forward, bool *ret_reply);
