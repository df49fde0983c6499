/* appeald-mail's work: many mailboxes, few threads.
 *
 * Idle sessions are parked on one epoll and hold no thread.  One that has
 * something to do, by its socket, its timer or a poke, is given to a worker for
 * one step.  The main thread alone decides, counts and talks to the parent;
 * a worker gets a mailbox and returns it.
 */
#pragma once

/* Serves the parent on @fd (io/child.h, io/mail_frames.h) until it hangs up.
 * Returns: exit status. */
int apd_mail_run(int fd);
