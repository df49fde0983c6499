/* Runs a program that gets no netlink sockets, as RestrictAddressFamilies= of
 * systemd.exec(5) has it.
 *
 *     prog_no_netlink PROGRAM [ARGUMENT...]
 */
#include <errno.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    if (argc < 2 || filter == NULL
        || seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
                            SCMP_A0(SCMP_CMP_EQ, AF_NETLINK))
               < 0
        || seccomp_load(filter) < 0)
        return 2;
    execvp(argv[1], argv + 1);
    return 127;
}
