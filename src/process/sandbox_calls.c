/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox_calls.c: seccomp: the system calls that are left. The one file that knows libseccomp. */
#include "sandbox_steps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* What is not on the list fails with EPERM, as it would for want of a right: a call that a newer libc makes
 * costs that one thing, and does not end a sensor. Calls that do many things are in `checked`. */
static const char *const allowed[] = {
    /* memory */
    "brk",
    "munmap",
    "mlock",
    "membarrier",
    "rseq",
    /* files that are open: none is opened. Which ones are written is checked */
    "read",
    "readv",
    "pread64",
    "preadv",
    "lseek",
    "close",
    "fstat",
    "newfstatat",
    "fstatfs",
    "ftruncate",
    "fallocate",
    "fadvise64",
    "readahead",
    "fsync",
    "fdatasync",
    "getcwd",
    /* waiting, clocks, threads, signals */
    "poll",
    "ppoll",
    "futex",
    "nanosleep",
    "clock_nanosleep",
    "clock_gettime",
    "clock_getres",
    "gettimeofday",
    "time",
    "sched_yield",
    "set_robust_list",
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
    /* sockets that were open before: the interface's ring, the monitor */
    "recvfrom",
    "recvmsg",
};

#define ARGUMENTS_MAX         2
#define DESCRIPTORS_LOOKED_AT 4096

/* A call that is allowed with these arguments. All 64 bits are compared, also where the kernel looks at 32 of
 * them: what has others in the upper half is refused. */
struct checked {
    int call;
    struct scmp_arg_cmp arguments[ARGUMENTS_MAX];
    unsigned count;
};

/* clang-format off */
#define BITS(argument, bits) {argument, SCMP_CMP_MASKED_EQ, ~(scmp_datum_t)(bits), 0} /* and no others */
#define VALUE(argument, value) {argument, SCMP_CMP_EQ, (scmp_datum_t)(value), 0}
/* clang-format on */

#define MEMORY_FLAGS (MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED | MAP_STACK)
#define THREAD_FLAGS                                                                                   \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | \
        CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

static const struct checked checked[] = {
    /* memory is read and written, never code */
    {SCMP_SYS(mmap), {BITS(2, PROT_READ | PROT_WRITE), BITS(3, MEMORY_FLAGS)}, 2},
    {SCMP_SYS(mprotect), {BITS(2, PROT_READ | PROT_WRITE)}, 1},
    {SCMP_SYS(mremap), {BITS(3, MREMAP_MAYMOVE)}, 1},  /* realloc of a large block */
    {SCMP_SYS(madvise), {VALUE(2, MADV_DONTNEED)}, 1}, /* free gives pages back */
    {SCMP_SYS(madvise), {VALUE(2, MADV_FREE)}, 1},     /* likewise */
    {SCMP_SYS(madvise), {VALUE(2, MADV_HUGEPAGE)}, 1}, /* tables become large */
    /* what glibc makes a thread with, and no process */
    {SCMP_SYS(clone), {VALUE(0, THREAD_FLAGS)}, 1},
    {SCMP_SYS(prlimit64), {VALUE(0, 0)}, 1},         /* its own limits */
    {SCMP_SYS(sched_getaffinity), {VALUE(0, 0)}, 1}, /* its own processors */
    /* SQLite's locks, and those on sources. No command that names an owner or a signal (F_SETOWN, F_SETSIG,
     * F_SETLEASE, F_NOTIFY), sets flags (O_ASYNC), or makes another descriptor. */
    {SCMP_SYS(fcntl), {VALUE(1, F_GETLK)}, 1},
    {SCMP_SYS(fcntl), {VALUE(1, F_SETLK)}, 1},
    {SCMP_SYS(fcntl), {VALUE(1, F_SETLKW)}, 1},
    {SCMP_SYS(fcntl), {VALUE(1, F_OFD_GETLK)}, 1},
    {SCMP_SYS(fcntl), {VALUE(1, F_OFD_SETLK)}, 1},
    {SCMP_SYS(fcntl), {VALUE(1, F_OFD_SETLKW)}, 1},
    {SCMP_SYS(fcntl), {VALUE(1, F_GETFD)}, 1}, /* libraries ask what a descriptor is */
    {SCMP_SYS(fcntl), {VALUE(1, F_GETFL)}, 1},
    {SCMP_SYS(fcntl), {VALUE(1, F_SETFD), BITS(2, FD_CLOEXEC)}, 2},
    /* is it a terminal, and how wide; what is there to be read; is the interface there, and up */
    {SCMP_SYS(ioctl), {VALUE(1, TCGETS)}, 1},
    {SCMP_SYS(ioctl), {VALUE(1, TIOCGWINSZ)}, 1},
    {SCMP_SYS(ioctl), {VALUE(1, FIONREAD)}, 1},
    {SCMP_SYS(ioctl), {VALUE(1, SIOCGIFINDEX)}, 1},
    {SCMP_SYS(ioctl), {VALUE(1, SIOCGIFFLAGS)}, 1},
    /* what the ring dropped, and what went wrong with it */
    {SCMP_SYS(getsockopt), {VALUE(1, SOL_PACKET)}, 1},
    {SCMP_SYS(getsockopt), {VALUE(1, SOL_SOCKET), VALUE(2, SO_ERROR)}, 2},
    /* of maps that are open already; no program is loaded, no map is made */
    {SCMP_SYS(bpf), {VALUE(0, BPF_MAP_LOOKUP_ELEM)}, 1},
    {SCMP_SYS(bpf), {VALUE(0, BPF_MAP_UPDATE_ELEM)}, 1},
    {SCMP_SYS(bpf), {VALUE(0, BPF_MAP_DELETE_ELEM)}, 1},
    {SCMP_SYS(bpf), {VALUE(0, BPF_MAP_GET_NEXT_KEY)}, 1},
    {SCMP_SYS(bpf), {VALUE(0, BPF_MAP_LOOKUP_BATCH)}, 1},
    {SCMP_SYS(bpf), {VALUE(0, BPF_MAP_LOOKUP_AND_DELETE_BATCH)}, 1},
};

#if SANDBOX_SANITIZED
/* Leaks are looked for by a thread of the sanitizer's own, through ptrace. */
static const char *const sanitizer_calls[] = {"open", "openat", "stat", "statx", "readlink", "getdents64",
    "ptrace", "clone", "wait4", "prctl", "process_vm_readv", "mprotect", "mmap", "madvise", "personality",
    "kill", "getdents", "setrlimit", "arch_prctl", "pipe2", "pipe", "write", "sched_getaffinity"};
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

static int allow(scmp_filter_ctx filter, const struct checked *row)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, row->call, row->count, row->arguments);
}

static int allow_rows(scmp_filter_ctx filter, const struct checked *rows, size_t count)
{
    int failed = 0;

    for (size_t i = 0; i < count && failed == 0; i++)
        failed = allow(filter, &rows[i]);
    return failed;
}

/* To this descriptor: bytes, and, where it is a socket, to whom it was connected to: no address is named, as
 * sendmsg could. */
static int allow_writing(scmp_filter_ctx filter, struct scmp_arg_cmp descriptor)
{
    const struct checked rows[] = {
        {SCMP_SYS(write), {descriptor}, 1},
        {SCMP_SYS(writev), {descriptor}, 1},
        {SCMP_SYS(pwrite64), {descriptor}, 1},
        {SCMP_SYS(pwritev), {descriptor}, 1},
        {SCMP_SYS(sendto), {descriptor, VALUE(4, 0)}, 2},
    };

    return allow_rows(filter, rows, sizeof(rows) / sizeof(rows[0]));
}

/* A capture socket would put what is written to it on the wire. So the descriptors of before are written only
 * where the plan says so; those that come later, from the monitor, are: their numbers are from `floor` to 2 *
 * floor - 1, which one comparison can tell, with all 64 bits of the argument. */
static int allow_writings(scmp_filter_ctx filter, const struct sandbox_plan *plan, unsigned floor)
{
    int failed = allow_writing(
        filter, (struct scmp_arg_cmp){0, SCMP_CMP_MASKED_EQ, ~(scmp_datum_t)(floor - 1), floor});

    for (size_t i = 0; i < SANDBOX_WRITTEN_MAX && plan->written[i] >= 0 && failed == 0; i++)
        failed = allow_writing(filter, (struct scmp_arg_cmp)VALUE(0, plan->written[i]));
    return failed;
}

/* Who was accepted is answered; nobody is called. */
static int allow_serving(scmp_filter_ctx filter, int listener)
{
    const struct checked rows[] = {
        {SCMP_SYS(accept4), {VALUE(0, listener)}, 1},
        {SCMP_SYS(epoll_create1), {BITS(0, EPOLL_CLOEXEC)}, 1},
        {SCMP_SYS(epoll_ctl), {{0}}, 0},
        {SCMP_SYS(epoll_wait), {{0}}, 0},
        {SCMP_SYS(epoll_pwait), {{0}}, 0},
        {SCMP_SYS(eventfd2), {{0}}, 0}, /* one thread wakes another */
        {SCMP_SYS(shutdown), {{0}}, 0},
        {SCMP_SYS(getsockname), {{0}}, 0},
        {SCMP_SYS(setsockopt), {VALUE(1, IPPROTO_TCP)}, 1}, /* send now, or wait for more */
        {SCMP_SYS(fcntl), {VALUE(1, F_SETFL), BITS(2, O_RDWR | O_NONBLOCK)}, 2},
    };

    return allow_rows(filter, rows, sizeof(rows) / sizeof(rows[0]));
}

/* Its own threads, no other process, are signalled. */
static int allow_signals(scmp_filter_ctx filter)
{
    return allow(filter, &(struct checked){SCMP_SYS(tgkill), {VALUE(0, getpid())}, 1});
}

unsigned sandbox_fill_descriptors(unsigned least)
{
    unsigned floor = least > 4 ? least : 4;
    int last = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int highest = last;

    for (int i = 0; i < DESCRIPTORS_LOOKED_AT; i++)
        if (fcntl(i, F_GETFD) >= 0 && i > highest)
            highest = i;
    while (floor <= (unsigned)highest)
        floor *= 2;
    while (last >= 0 && (unsigned)last < floor - 1)
        last = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return last < 0 ? 0 : floor;
}

void sandbox_fill_gaps(void)
{
    int taken;

    do
        taken = eventfd(0, EFD_CLOEXEC);
    while (taken >= 0 && taken < SANDBOX_CONNECTIONS);
    if (taken >= 0)
        close(taken);
}

static int add_rules(scmp_filter_ctx filter, const struct sandbox_plan *plan, unsigned floor)
{
    int failed = allow_named(filter, allowed, sizeof(allowed) / sizeof(allowed[0]));

#if SANDBOX_SANITIZED
    if (failed == 0)
        failed = allow_named(filter, sanitizer_calls, sizeof(sanitizer_calls) / sizeof(sanitizer_calls[0]));
#endif
    if (failed == 0)
        failed = allow_rows(filter, checked, sizeof(checked) / sizeof(checked[0]));
    if (failed == 0)
        failed = allow_writings(filter, plan, floor);
    if (failed == 0 && plan->listener > 0)
        failed = allow_serving(filter, plan->listener);
    if (failed == 0)
        failed = allow_signals(filter);
    /* clone3 hides its flags behind a pointer: libc falls back */
    return failed == 0 ? seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) : failed;
}

bool sandbox_limit_calls(const struct sandbox_plan *plan, unsigned floor, struct error *error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int failed;

    if (filter == NULL)
        return error_set(error, "not enough memory for the sandbox");
    failed = add_rules(filter, plan, floor);
    if (failed == 0)
        failed = seccomp_load(filter);
    seccomp_release(filter);
    return failed == 0 || error_set(error, "seccomp: %s; --no-sandbox does without", strerror(-failed));
}
