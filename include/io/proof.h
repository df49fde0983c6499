/* What a check has shown of one thing: a verdict, in words, and the remedy. */
#pragma once

typedef enum {
    APD_PROOF_GOOD,
    APD_PROOF_OPEN, /* not shown, and no fault */
    APD_PROOF_WARN, /* works, and soon or sometimes will not */
    APD_PROOF_BAD,
    APD_N_PROOFS,
} ApdProof;

/* @what: "login", "folder INBOX"; @remedy: "" when none is needed.  All borrowed. */
typedef void (*ApdProofTell)(ApdProof proof, const char *what, const char *text, const char *remedy,
                             void *user_data);
