/* appealctl: what its commands share, and the commands.
 *
 * A command prints to standard output, its complaints to standard error, and
 * returns the exit status: 0 good, 1 the answer is "no" or something needs
 * attention, 2 usage, 3 could not run.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "app/screen.h"
#include "io/config.h"
#include "io/ledger.h"
#include "model/phrases.h"

#define APD_EXIT_GOOD  0
#define APD_EXIT_NO    1
#define APD_EXIT_USAGE 2
#define APD_EXIT_FAIL  3

typedef struct {
    char *config_path; /* owned; NULL: where it usually is */
    gboolean json;
    gboolean all;
    gboolean why;
    gboolean version;
    gboolean device;
    gboolean browser;
    gboolean online;
    gboolean push;
    gboolean api;
    char *source;      /* owned; NULL */
    char *since;       /* owned; NULL */
    char *authserv_id; /* owned; NULL */
    char *rules;       /* owned; NULL */
    int jobs;          /* 0: one for each processor */
} ApdCtl;

/* What a command is given: its operands, NULL-terminated. */
typedef int (*ApdCtlCommand)(const ApdCtl *ctl, char **operands);

int apd_ctl_explain(const ApdCtl *ctl, char **operands);

/* explain --api --source NAME: of saved answers of a [json NAME]. */
int apd_ctl_explain_json(const ApdCtl *ctl, char **operands);
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
int apd_ctl_login(const ApdCtl *ctl, char **operands);
int apd_ctl_test(const ApdCtl *ctl, char **operands);
int apd_ctl_points(const ApdCtl *ctl, char **operands);
int apd_ctl_report(const ApdCtl *ctl, char **operands);
int apd_ctl_calendar(const ApdCtl *ctl, char **operands);
int apd_ctl_export(const ApdCtl *ctl, char **operands);
int apd_ctl_rules(const ApdCtl *ctl, char **operands);
int apd_ctl_mass_check(const ApdCtl *ctl, char **operands);

/* Prints "appealctl: ..." and returns @status. */
int apd_ctl_complain(int status, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What most commands open. */
typedef struct {
    ApdConfig *config;   /* owned */
    ApdLedger *ledger;   /* owned */
    ApdPhrases *phrases; /* owned; English: the command line speaks it */
    GTimeZone *zone;     /* owned; in which instants are shown */
    ApdTime now;
} ApdCtlDesk;

/* False after a complaint, with the exit status in @ret_status. */
bool apd_ctl_desk_open(ApdCtlDesk *self, const ApdCtl *ctl, int *ret_status);
void apd_ctl_desk_clear(ApdCtlDesk *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdCtlDesk, apd_ctl_desk_clear)

/* Returns: (transfer full): NULL after a complaint, @ret_status set. */
ApdConfig *apd_ctl_config(const ApdCtl *ctl, int *ret_status);
ApdLedger *apd_ctl_ledger(const ApdConfig *config, int *ret_status);

/* Prints @error and returns the exit status it calls for. */
int apd_ctl_fail(const GError *error);

/* Reads "12" or "#12". */
bool apd_ctl_id(const char *text, int64_t *ret_id);

/* Prints @builder's JSON and a newline. */
void apd_ctl_print_json(JsonBuilder *builder);

/* --- words for people; all (transfer full) --- */

/* "2 d 5 h left", "about 2 d 5 h left" for an estimate, "passed 3 h ago"; "" for
 * an ended case, "none" when a running one has no deadline. */
char *apd_ctl_left(const ApdCtlDesk *self, const ApdCase *kase);

/* "3 min ago", "just now", "never" for 0. */
char *apd_ctl_ago(const ApdCtlDesk *self, ApdTime when);

/* "2 d 5 h". */
char *apd_ctl_span(const ApdCtlDesk *self, ApdTime span);

/* "Mon 5 January 2026, 12:00 Beijing time". */
char *apd_ctl_date(const ApdCtlDesk *self, ApdTime when);

/* "01-05 12:00", with the year where it is another. */
char *apd_ctl_date_short(const ApdCtlDesk *self, ApdTime when);

/* "trademark infringement"; "open", "snoozed". */
char *apd_ctl_category(const ApdCtlDesk *self, const char *category);
const char *apd_ctl_state(const ApdCtlDesk *self, const ApdCase *kase);

/* How a case looks in a list. */
ApdPaint apd_ctl_paint(const ApdCtlDesk *self, const ApdCase *kase);
