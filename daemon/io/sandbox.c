#include "io/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/error.h"

/* What computing, memory and an open socket need; nothing that names a file, a
 * host or another process. */
/* clang-format off */
static const int allowed[] = {
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(sendto), SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg), SCMP_SYS(recvmsg), SCMP_SYS(close), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(fstat),
    SCMP_SYS(newfstatat), SCMP_SYS(lseek), SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap),
    SCMP_SYS(mprotect), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack), SCMP_SYS(exit),
    SCMP_SYS(exit_group), SCMP_SYS(getrandom), SCMP_SYS(sched_yield), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(getrusage), SCMP_SYS(prlimit64), SCMP_SYS(setrlimit), SCMP_SYS(getrlimit), SCMP_SYS(restart_syscall),
    SCMP_SYS(tgkill), /* abort() of our own failing assertion */
};

/* Libraries try these and live without. */
static const int refused[] = {
    SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(access), SCMP_SYS(faccessat2), SCMP_SYS(stat), SCMP_SYS(statx),
    SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(ioctl), SCMP_SYS(sched_getaffinity), SCMP_SYS(prctl),
};
/* clang-format on */

static bool
fail(const char *what, int code, GError **error)
{
    g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "cannot close the sandbox: %s: %s", what,
                g_strerror(code));
    return false;
}

static int
add_rules(scmp_filter_ctx filter)
{
    int bad = 0;

    /* A call that this architecture lacks is not an error. */
    for (size_t i = 0; i < G_N_ELEMENTS(allowed) && bad == 0; i++)
        if ((bad = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0)) == -EDOM)
            bad = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(refused) && bad == 0; i++)
        if ((bad = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0)) == -EDOM)
            bad = 0;
    return bad;
}

static bool
load_filter(GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int bad = filter ? add_rules(filter) : -ENOMEM;

    if (bad == 0)
        bad = seccomp_load(filter); /* sets no_new_privs as well */
    seccomp_release(filter);
    return bad == 0 || fail("seccomp", -bad, error);
}

static bool
limit(int resource, rlim_t most, GError **error)
{
    const struct rlimit to = { most, most };

    return setrlimit((__rlimit_resource_t) resource, &to) == 0 || fail("setrlimit", errno, error);
}

bool
apd_sandbox_close(size_t memory, GError **error)
{
    prctl(PR_SET_DUMPABLE, 0);
    return limit(RLIMIT_CORE, 0, error) && limit(RLIMIT_FSIZE, 0, error)
           && limit(RLIMIT_NPROC, 0, error) && (memory == 0 || limit(RLIMIT_AS, memory, error))
           && load_filter(error);
}

void
apd_sandbox_allow_cpu(unsigned seconds)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    rlim_t now = (rlim_t) (used.ru_utime.tv_sec + used.ru_stime.tv_sec);

    /* Only the soft limit moves: the hard one can never be raised again. */
    const struct rlimit to = { now + seconds + 1, RLIM_INFINITY };
    setrlimit(RLIMIT_CPU, &to);
}
