/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox_calls.c: seccomp: the system calls that are left. The one file that knows libseccomp. */
#include "sandbox.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

/* What is not on the list fails with EPERM, as it would for want of a right: a call that a newer libc makes
 * costs that one thing, and does not end a sensor. */
static const char *const allowed[] = {
    /* memory */
    "brk",
    "madvise",
    "munmap",
    "mremap",
    "mlock",
    "membarrier",
    "rseq",
    /* files; which ones is Landlock's to say */
    "read",
    "readv",
    "pread64",
    "preadv",
    "write",
    "writev",
    "pwrite64",
    "pwritev",
    "lseek",
    "close",
    "openat",
    "fstat",
    "newfstatat",
    "statx",
    "fstatfs",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "getdents64",
    "ftruncate",
    "fallocate",
    "fadvise64",
    "readahead",
    "fsync",
    "fdatasync",
    "fcntl",
    "dup",
    "dup3",
    "getcwd",
    /* waiting, clocks, threads, signals */
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "epoll_wait",
    "epoll_pwait",
    "epoll_ctl",
    "eventfd2",
    "futex",
    "nanosleep",
    "clock_nanosleep",
    "clock_gettime",
    "clock_getres",
    "gettimeofday",
    "time",
    "sched_yield",
    "sched_getaffinity",
    "set_robust_list",
    "get_robust_list",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigtimedwait",
    "sigaltstack",
    "restart_syscall",
    "exit",
    "exit_group",
    /* who am I */
    "getpid",
    "gettid",
    "getppid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getrusage",
    "uname",
    "sysinfo",
    "getrandom",
    "getrlimit",
    /* sockets that were open before: the interface's ring, the monitor, the service manager */
    "recvfrom",
    "recvmsg",
    "getsockopt",
    "getsockname",
    "shutdown",
};

static const unsigned long allowed_ioctls[] = {TCGETS, TIOCGWINSZ, FIONREAD, SIOCGIFINDEX, SIOCGIFFLAGS};

/* Of maps that are open already; no program is loaded, no map is made. */
static const unsigned allowed_bpf[] = {BPF_MAP_LOOKUP_ELEM, BPF_MAP_UPDATE_ELEM, BPF_MAP_DELETE_ELEM,
    BPF_MAP_GET_NEXT_KEY, BPF_MAP_LOOKUP_BATCH, BPF_MAP_LOOKUP_AND_DELETE_BATCH};

#if SANDBOX_SANITIZED
/* Leaks are looked for by a thread of the sanitizer's own, through ptrace. */
static const char *const sanitizer_calls[] = {"open", "stat", "ptrace", "clone", "wait4", "prctl", "process_vm_readv",
    "mprotect", "mmap",
    "personality", "kill", "getdents", "setrlimit", "arch_prctl", "pipe2", "pipe"};
#endif

static int allow_named(scmp_filter_ctx filter, const char *const *names, size_t count)
{
    int failed = 0;

    for (size_t i = 0; i < count && failed == 0; i++) {
        int call = seccomp_syscall_resolve_name(names[i]);

        if (call != __NR_SCMP_ERROR) /* another architecture may lack it */
            failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    }
    return failed;
}

/* No memory becomes code; clone only makes threads, and these, no other process, are signalled or limited; a socket
 * speaks to whom it was connected to, and to nobody by an address (which sendmsg could name). */
static int allow_checked(scmp_filter_ctx filter)
{
    const struct {
        int call;
        struct scmp_arg_cmp argument;
    } rows[] = {
        {SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)},
        {SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)},
        {SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)},
        {SCMP_SYS(prlimit64), SCMP_A0(SCMP_CMP_EQ, 0, 0)},
        {SCMP_SYS(sendto), SCMP_A4(SCMP_CMP_EQ, 0, 0)},
    };
    int failed = 0;

    for (size_t i = 0; failed == 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
        failed = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rows[i].call, 1, &rows[i].argument);
    for (size_t i = 0; failed == 0 && i < sizeof(allowed_ioctls) / sizeof(allowed_ioctls[0]); i++)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
            SCMP_A1(SCMP_CMP_EQ, allowed_ioctls[i], 0));
    for (size_t i = 0; failed == 0 && i < sizeof(allowed_bpf) / sizeof(allowed_bpf[0]); i++)
        failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(bpf), 1,
            SCMP_A0(SCMP_CMP_EQ, allowed_bpf[i], 0));
    /* clone3 hides its flags behind a pointer: libc falls back */
    return failed == 0 ? seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) : failed;
}

bool sandbox_limit_calls(struct error *error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int failed;

    if (filter == NULL)
        return error_set(error, "not enough memory for the sandbox");
    failed = allow_named(filter, allowed, sizeof(allowed) / sizeof(allowed[0]));
#if SANDBOX_SANITIZED
    if (failed == 0)
        failed = allow_named(filter, sanitizer_calls, sizeof(sanitizer_calls) / sizeof(sanitizer_calls[0]));
#endif
    if (failed == 0)
        failed = allow_checked(filter);
    if (failed == 0)
        failed = seccomp_load(filter);
    seccomp_release(filter);
    return failed == 0 || error_set(error, "seccomp: %s; --no-sandbox does without", strerror(-failed));
}
