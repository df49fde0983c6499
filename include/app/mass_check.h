/* `appealctl mass-check`: what a whole mailbox would have alerted, and why.
 *
 * For trying rules on old mail before trusting them.  Reads, prints, and sends
 * nothing; needs no configuration and no ledger.
 */
#pragma once

#include <glib.h>

typedef struct {
    const char *path;           /* a Maildir, an mbox, or a tree of .eml files */
    const char *rules_dir;      /* what is shipped */
    const char *user_rules_dir; /* NULL: none */
    const char *authserv_id;    /* NULL: nobody's header is believed */
    const char *labels;         /* a CSV file; NULL: x.json beside x.eml, where there is one */
    guint jobs;                 /* 0: one for each processor */
    gboolean json;              /* one line of JSON a message instead of the report */
} ApdMassCheckOptions;

/* Prints the report to standard output; progress to standard error when that is a
 * terminal.  Returns: 0: read all, and as labelled where labelled; 1: something was
 * unreadable or not as labelled; 3 and @error: could not run. */
int apd_mass_check(const ApdMassCheckOptions *options, GError **error);
