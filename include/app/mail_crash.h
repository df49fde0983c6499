/* The last word of a child that hostile mail is killing: which mailbox it was, and
 * which message. */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "base/clock.h"

/* Prepares handlers for signals that a fault raises; once, before threads. */
void apd_mail_crash_prepare(int fd);

/* What a thread is at: read by others while it is, and by a signal handler. */
typedef struct {
    uint32_t id;                  /* of the mailbox */
    _Atomic uint32_t uidvalidity; /* of @uid */
    _Atomic uint32_t uid;         /* messages up to it are being fetched; 0: none are */
    _Atomic uint32_t alone;       /* that one is, by itself */
    _Atomic ApdTime busy;         /* apd_uptime() since when; 0: the server is waited for */
} ApdMailWork;

/* This thread is at @work (borrowed) from now on; NULL: at nothing. */
void apd_mail_crash_enter(const ApdMailWork *work);

/* Names @work as if it had crashed, then aborts: it never ends its step. */
_Noreturn void apd_mail_crash_now(const ApdMailWork *work);

/* Around each frame written, so that the last word does not fall into it. */
void apd_mail_crash_hold(void);
void apd_mail_crash_release(void);
