/* The pulse of appeald-mail: a part of ours that hangs must not look like a mailbox to which
 * nothing comes.
 *
 * Each round of a mailbox ends in a word about it.  When one is overdue the child is asked
 * for a sign of life: without an answer it is killed, and so started again; with one, a
 * mailbox of which nothing was heard all the same is out of sight.  At rest this costs one
 * timer a round.
 */
#pragma once

#include "port/mail_hub_private.h"

/* Something was heard of @watch, or begins now. */
void apd_mail_pulse_feel(ApdMailWatch *watch);

/* Anything came from @child. */
void apd_mail_pulse_answer(ApdMailChild *child);

/* All that @child had to say when it was asked has come. */
void apd_mail_pulse_judge(ApdMailChild *child);

/* @child has ended. */
void apd_mail_pulse_stop(ApdMailChild *child);
