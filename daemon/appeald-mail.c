/* appeald-mail: the child of appeald that talks to mail servers.
 *
 * It holds passwords and hostile bytes, but no ledger and no channel: when a
 * server crashes it, that costs one reconnect.
 */
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "app/mail.h"
#include "io/child.h"
#include "io/vault.h"

/* libetpan takes 74 KiB of stack, the resolver some more. */
#define STACK (256u * 1024)

/* Thousands of sessions and few threads: one arena, and large blocks given back. */
static void
set_up_memory(void)
{
    pthread_attr_t attributes;

    (void) mallopt(M_ARENA_MAX, 1);
    (void) mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    (void) mallopt(M_TRIM_THRESHOLD, 256 * 1024);
    if (pthread_attr_init(&attributes) == 0) {
        (void) pthread_attr_setstacksize(&attributes, STACK);
        (void) pthread_setattr_default_np(&attributes);
        (void) pthread_attr_destroy(&attributes);
    }
}

int
main(int argc, char **argv)
{
    struct stat status;

    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("appeald-mail " APD_VERSION);
        return 0;
    }
    if (argc > 1 || fstat(APD_CHILD_FD, &status) < 0 || !S_ISSOCK(status.st_mode)) {
        fputs("appeald-mail is started by appeald, not by hand\n", stderr);
        return 2;
    }
    apd_vault_seal_process();
    (void) signal(SIGPIPE, SIG_IGN);
    set_up_memory();
    return apd_mail_run(APD_CHILD_FD);
}
