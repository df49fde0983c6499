/* appealctl: what its commands share, and the commands.
 *
 * A command prints to standard output, its complaints to standard error, and
 * returns the exit status: 0 good, 1 the answer is "no" or something needs
 * attention, 2 usage, 3 could not run.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

#define APD_EXIT_GOOD  0
#define APD_EXIT_NO    1
#define APD_EXIT_USAGE 2
#define APD_EXIT_FAIL  3

typedef struct {
    char *config_path; /* owned; NULL: where it usually is */
    gboolean json;
    gboolean all;
    gboolean why;
    char *authserv_id; /* owned; NULL */
} ApdCtl;

/* What a command is given: its operands, NULL-terminated. */
typedef int (*ApdCtlCommand)(const ApdCtl *ctl, char **operands);

int apd_ctl_explain(const ApdCtl *ctl, char **operands);
int apd_ctl_cases(const ApdCtl *ctl, char **operands);
int apd_ctl_show(const ApdCtl *ctl, char **operands);
int apd_ctl_ack(const ApdCtl *ctl, char **operands);
int apd_ctl_snooze(const ApdCtl *ctl, char **operands);
int apd_ctl_appealed(const ApdCtl *ctl, char **operands);
int apd_ctl_close(const ApdCtl *ctl, char **operands);
int apd_ctl_reopen(const ApdCtl *ctl, char **operands);
int apd_ctl_note(const ApdCtl *ctl, char **operands);
int apd_ctl_status(const ApdCtl *ctl, char **operands);
int apd_ctl_check(const ApdCtl *ctl, char **operands);
int apd_ctl_test(const ApdCtl *ctl, char **operands);
int apd_ctl_rules(const ApdCtl *ctl, char **operands);

/* Prints "appealctl: ..." and returns @status. */
int apd_ctl_complain(int status, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Returns: (transfer full): NULL after a complaint, @ret_status set. */
ApdConfig *apd_ctl_config(const ApdCtl *ctl, int *ret_status);
ApdLedger *apd_ctl_ledger(const ApdConfig *config, int *ret_status);

/* Reads "12" or "#12". */
bool apd_ctl_id(const char *text, int64_t *ret_id);

/* Returns: (transfer full): the zone in which instants are shown. */
GTimeZone *apd_ctl_zone(const ApdConfig *config);

/* Returns: (transfer full): "2 d 5 h left", "no deadline", "over". */
char *apd_ctl_left(const ApdCase *kase, ApdTime now);
