/* The last word of a child that hostile mail is killing: which mailbox it was. */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Prepares handlers for signals that a fault raises; once, before threads. */
void apd_mail_crash_prepare(int fd);

/* This thread works for mailbox @id from now on; 0: for none. */
void apd_mail_crash_enter(uint32_t id);

/* Names @id as if it had crashed, then aborts: it never ends its step. */
_Noreturn void apd_mail_crash_now(uint32_t id);

/* Around each frame written, so that the last word does not fall into it. */
void apd_mail_crash_hold(void);
void apd_mail_crash_release(void);
