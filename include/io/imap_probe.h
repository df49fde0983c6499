/* What a look at a mail server shows, step by step, without changing anything but what
 * @push asks for. */
#pragma once

#include "io/imap.h"
#include "io/proof.h"

typedef struct {
    const char *host; /* borrowed, as are all of these */
    int port;
    ApdTls tls;
    const char *ca_file; /* "": the system's */
    ApdImapLogin login;
    const char *const *folders;
    bool push; /* show that new mail is pushed */
} ApdImapProbe;

/* Blocks for the sum of the deadlines at most; stops at the first step without
 * which there is no next one. */
void apd_imap_probe(const ApdImapProbe *probe, ApdProofTell tell, void *user_data);
