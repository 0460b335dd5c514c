/* SPDX-License-Identifier: BSD-2-Clause */
/* implant.c: what somebody tries who has taken the sensor over, for LD_PRELOAD: each of its threads, as soon
 * as the sandbox is around it, makes all calls that reach beyond its own files, and writes down those that
 * were not refused. IMPLANT names the file where that is written; IMPLANT_VICTIM a process of the same user;
 * IMPLANT_FOLDER a folder that everybody may read and write, with a file `other` in it; IMPLANT_INVENTORY the
 * inventory; with IMPLANT_OLD_KERNEL there is no Landlock. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define BOARD_BYTES      65536
#define DESCRIPTORS_MOST 256
#define ARGUMENTS_MOST   6
#define UPPER            (1UL << 32) /* a bit that the kernel does not look at, in arguments of 32 bits */

struct board {
    unsigned used, threads;
    char text[BOARD_BYTES - 2 * sizeof(unsigned)];
};

static struct board *board;
static long victim;
static char folder[256], inventory[256], other[300], fresh[300];
static _Thread_local bool tried;

static long raw(long number, const unsigned long *a)
{
    static long (*next)(long, ...);

    if (next == NULL)
        next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* As on a kernel that was built without it. */
long syscall(long number, ...)
{
    unsigned long a[ARGUMENTS_MOST];
    va_list arguments;

    va_start(arguments, number);
    for (int i = 0; i < ARGUMENTS_MOST; i++)
        a[i] = va_arg(arguments, unsigned long);
    va_end(arguments);
    if (getenv("IMPLANT_OLD_KERNEL") != NULL && number >= 444 && number <= 446) { /* landlock_* */
        errno = ENOSYS;
        return -1;
    }
    return raw(number, a);
}

static void note(const char *what, int descriptor)
{
    const unsigned at = __sync_fetch_and_add(&board->used, 64);

    if (at + 64 < sizeof(board->text))
        snprintf(board->text + at, 64, "%s (%d)\n", what, descriptor);
}

static void try_call(const char *what, int descriptor, long number, unsigned long a, unsigned long b, unsigned long c,
    unsigned long d, unsigned long e)
{
    const long self = getpid();
    const long result = raw(number, (const unsigned long[]){a, b, c, d, e, 0});

    if (getpid() != self) /* a child: that it is there says enough */
        raw(SYS_exit_group, (const unsigned long[ARGUMENTS_MOST]){0});
    if (result >= 0)
        note(what, descriptor);
}

#define TRY(what, number, a, b, c, d, e)                                                                       \
    try_call(what, -1, number, (unsigned long)(a), (unsigned long)(b), (unsigned long)(c), (unsigned long)(d), \
        (unsigned long)(e))
#define TRY_ON(fd, what, number, b, c, d, e)                                                                    \
    try_call(what, fd, number, (unsigned long)(fd), (unsigned long)(b), (unsigned long)(c), (unsigned long)(d), \
        (unsigned long)(e))

static void try_files(void)
{
    TRY("read another file", SYS_openat, AT_FDCWD, other, O_RDONLY, 0, 0);
    TRY("write another file", SYS_openat, AT_FDCWD, other, O_WRONLY, 0, 0);
    TRY("write another file, by open", SYS_open, other, O_WRONLY, 0, 0, 0);
    TRY("make a file", SYS_openat, AT_FDCWD, fresh, O_WRONLY | O_CREAT, 0600, 0);
    TRY("list a folder", SYS_openat, AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0, 0);
    TRY("take a path", SYS_openat, AT_FDCWD, folder, O_PATH, 0, 0);
    TRY("open the inventory by its name", SYS_openat, AT_FDCWD, inventory, O_RDWR, 0, 0);
    TRY("open by openat2", SYS_openat2, AT_FDCWD, other, (unsigned long[3]){O_RDONLY}, 24, 0);
    TRY("write its own code", SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR, 0, 0);
    TRY("remove a file", SYS_unlinkat, AT_FDCWD, other, 0, 0, 0);
    TRY("rename a file", SYS_renameat2, AT_FDCWD, other, AT_FDCWD, fresh, 0);
    TRY("link a file", SYS_linkat, AT_FDCWD, other, AT_FDCWD, fresh, 0);
    TRY("make a link", SYS_symlinkat, other, AT_FDCWD, fresh, 0, 0);
    TRY("make a folder", SYS_mkdirat, AT_FDCWD, fresh, 0700, 0, 0);
    TRY("change a mode", SYS_fchmodat, AT_FDCWD, inventory, 0666, 0, 0);
    TRY("change an owner", SYS_fchownat, AT_FDCWD, inventory, 0, 0, 0);
    TRY("truncate by name", SYS_truncate, other, 0, 0, 0, 0);
    TRY("change folder", SYS_chdir, folder, 0, 0, 0, 0);
    TRY("chroot", SYS_chroot, folder, 0, 0, 0, 0);
    TRY("mount", SYS_mount, "none", folder, "tmpfs", 0, 0);
    TRY("take a handle", SYS_name_to_handle_at, AT_FDCWD, folder, (char[128]){120}, (int[1]){0}, 0);
    TRY("open a handle", SYS_open_by_handle_at, AT_FDCWD, (char[128]){8}, O_RDONLY, 0, 0);
    TRY("make a device", SYS_mknodat, AT_FDCWD, fresh, 0010600, 0, 0);
    TRY("change a time", SYS_utimensat, AT_FDCWD, inventory, 0, 0, 0);
    TRY("set an attribute", SYS_setxattr, inventory, "user.a", "b", 1, 0);
    TRY("unmount", SYS_umount2, folder, 0, 0, 0, 0);
    TRY("take a tree", SYS_open_tree, AT_FDCWD, folder, 0, 0, 0);
    TRY("open a file system", SYS_fsopen, "tmpfs", 0, 0, 0, 0);
    TRY("watch a folder", SYS_inotify_init1, 0, 0, 0, 0, 0);
    TRY("watch all files", SYS_fanotify_init, 0, 0, 0, 0, 0);
    TRY("a file in memory", SYS_memfd_create, "code", 0, 0, 0, 0);
}

static void try_sockets(void)
{
    const int families[] = {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG};
    int ends[2];

    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        TRY("a socket", SYS_socket, families[i], SOCK_DGRAM, 0, 0, 0);
        TRY("a pair of sockets", SYS_socketpair, families[i], SOCK_DGRAM, 0, ends, 0);
    }
    TRY("a pipe", SYS_pipe2, ends, 0, 0, 0, 0);
    TRY("io_uring", SYS_io_uring_setup, 1, (char[120]){0}, 0, 0, 0);
}

static void try_processes(void)
{
    char *const none[] = {NULL};
    const struct rlimit limit = {1, 1};
    siginfo_t info = {.si_code = SI_QUEUE};
    const struct iovec part = {other, 1};
    unsigned long processors[128];
    void *address;
    size_t size;

    TRY("start a program", SYS_execve, "/bin/true", none, none, 0, 0);
    TRY("start a process", SYS_clone, SIGCHLD, 0, 0, 0, 0);
    TRY("start a process, upper half", SYS_clone, SIGCHLD | UPPER, 0, 0, 0, 0);
    TRY("start a process by fork", SYS_fork, 0, 0, 0, 0, 0);
    TRY("start a process by clone3", SYS_clone3, (unsigned long[8]){[4] = SIGCHLD}, 64, 0, 0, 0);
    TRY("start a program by a descriptor", SYS_execveat, AT_FDCWD, "/bin/true", none, none, 0);
    TRY("enter a namespace", SYS_setns, 0, 0, 0, 0, 0);
    TRY("be traced", SYS_ptrace, PTRACE_TRACEME, 0, 0, 0, 0);
    TRY("read memory", SYS_process_vm_readv, victim, &part, 1, &part, 1);
    TRY("write memory", SYS_process_vm_writev, victim, &part, 1, &part, 1);
    TRY("give memory of another back", SYS_process_madvise, 0, &part, 1, MADV_PAGEOUT, 0);
    TRY("move memory of another", SYS_migrate_pages, victim, 1, (long[]){1}, (long[]){1}, 0);
    TRY("compare processes", SYS_kcmp, victim, victim, 0, 0, 0);
    TRY("where a process has its locks", SYS_get_robust_list, victim, &address, &size, 0, 0);
    TRY("which processors a process has", SYS_sched_getaffinity, victim, sizeof(processors), processors, 0, 0);
    TRY("schedule a process", SYS_sched_setscheduler, victim, SCHED_BATCH, (int[]){0}, 0, 0);
    TRY("priority of its reading", SYS_ioprio_set, 1, victim, 0x6007, 0, 0);
    TRY("signal by a descriptor", SYS_pidfd_send_signal, 0, SIGCONT, 0, 0, 0);
    TRY("take a descriptor", SYS_pidfd_getfd, 0, 0, 0, 0, 0);
    TRY("let others trace", SYS_prctl, PR_SET_PTRACER, victim, 0, 0, 0);
    TRY("a namespace", SYS_unshare, CLONE_NEWUSER, 0, 0, 0, 0);
    TRY("trace", SYS_ptrace, PTRACE_SEIZE, victim, 0, 0, 0);
    TRY("signal", SYS_kill, victim, SIGCONT, 0, 0, 0);
    TRY("signal the monitor", SYS_kill, getppid(), SIGCONT, 0, 0, 0);
    TRY("signal a thread", SYS_tgkill, victim, victim, SIGCONT, 0, 0);
    TRY("signal a thread, upper half", SYS_tgkill, victim | UPPER, victim, SIGCONT, 0, 0);
    TRY("signal by tkill", SYS_tkill, victim, SIGCONT, 0, 0, 0);
    TRY("queue a signal", SYS_rt_sigqueueinfo, victim, SIGCONT, &info, 0, 0);
    TRY("hold a process", SYS_pidfd_open, victim, 0, 0, 0, 0);
    TRY("limit a process", SYS_prlimit64, victim, RLIMIT_CORE, &limit, 0, 0);
    TRY("limit a process, upper half", SYS_prlimit64, victim | UPPER, RLIMIT_CORE, &limit, 0, 0);
    TRY("move a process", SYS_sched_setaffinity, victim, 8, (long[]){1}, 0, 0);
    TRY("become root", SYS_setuid, 0, 0, 0, 0, 0);
    TRY("become another group", SYS_setresgid, 0, 0, 0, 0, 0);
    TRY("be looked into", SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
    TRY("outlive its parent", SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0);
    TRY("a session", SYS_setsid, 0, 0, 0, 0, 0);
    TRY("priority", SYS_setpriority, PRIO_PROCESS, victim, 1, 0, 0);
}

static void try_kernel(void)
{
    static char page[8192] __attribute__((aligned(4096)));
    const union bpf_attr map = {.map_type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 4, .max_entries = 1};
    size_t size;

    TRY("memory that is code", SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    TRY("code of memory", SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC, 0, 0);
    TRY("code of memory, upper half", SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC | UPPER, 0, 0);
    TRY("code of memory by a key", SYS_pkey_mprotect, page, 4096, PROT_READ | PROT_EXEC, -1, 0);
    TRY("all memory is code", SYS_personality, 0x400000, 0, 0, 0, 0);
    TRY("a program for the kernel", SYS_bpf, BPF_PROG_LOAD, (char[128]){0}, 128, 0, 0);
    TRY("a map of the kernel", SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map), 0, 0);
    TRY("count events", SYS_perf_event_open, (char[128]){0}, victim, -1, -1, 0);
    TRY("userfaultfd", SYS_userfaultfd, 1, 0, 0, 0, 0);
    TRY("keys", SYS_keyctl, 0, -3, 1, 0, 0);
    TRY("a key", SYS_add_key, "user", "lasthello", "x", 1, -3);
    TRY("ask for a key", SYS_request_key, "user", "lasthello", 0, -3, 0);
    TRY("secret memory", SYS_memfd_secret, 0, 0, 0, 0, 0);
    TRY("memory of several", SYS_shmget, 0x4c48, 4096, 01600, 0, 0);
    TRY("messages of several", SYS_msgget, 0x4c48, 01600, 0, 0, 0);
    TRY("a queue of messages", SYS_mq_open, "lasthello", O_RDWR | O_CREAT, 0600, 0, 0);
    TRY("a signal by a clock", SYS_timer_create, CLOCK_MONOTONIC, 0, &size, 0, 0);
    TRY("the kernel's messages", SYS_syslog, 3, other, 100, 0, 0);
    TRY("the processor's tables", SYS_modify_ldt, 0, page, 16, 0, 0);
    TRY("another filter", SYS_seccomp, 0, 0, 0, 0, 0);
    TRY("set the clock", SYS_clock_settime, CLOCK_REALTIME, &(struct timespec){0}, 0, 0, 0);
}

/* Whoever owns a descriptor is signalled when something comes there, with whatever signal. */
static void try_owners(int fd)
{
    const struct {
        int type, pid;
    } owner = {1, (int)victim};

    for (unsigned long upper = 0; upper <= UPPER; upper += UPPER) {
        TRY_ON(fd, "F_SETOWN", SYS_fcntl, F_SETOWN | upper, victim, 0, 0);
        TRY_ON(fd, "F_SETOWN_EX", SYS_fcntl, F_SETOWN_EX | upper, &owner, 0, 0);
        TRY_ON(fd, "F_SETSIG", SYS_fcntl, F_SETSIG | upper, SIGKILL, 0, 0);
        TRY_ON(fd, "O_ASYNC", SYS_fcntl, F_SETFL | upper, O_ASYNC | O_NONBLOCK, 0, 0);
        TRY_ON(fd, "F_SETLEASE", SYS_fcntl, F_SETLEASE | upper, F_RDLCK, 0, 0);
        TRY_ON(fd, "F_NOTIFY", SYS_fcntl, F_NOTIFY | upper, 1, 0, 0);
        TRY_ON(fd, "FIOASYNC", SYS_ioctl, FIOASYNC | upper, (int[]){1}, 0, 0);
        TRY_ON(fd, "FIOSETOWN", SYS_ioctl, FIOSETOWN | upper, (int[]){(int)victim}, 0, 0);
        TRY_ON(fd, "SIOCSPGRP", SYS_ioctl, SIOCSPGRP | upper, (int[]){(int)victim}, 0, 0);
    }
    TRY_ON(fd, "another number", SYS_fcntl, F_DUPFD, 100, 0, 0);
    TRY_ON(fd, "another number by dup", SYS_dup, 0, 0, 0, 0);
    TRY_ON(fd, "type into a terminal", SYS_ioctl, TIOCSTI, "x", 0, 0);
    TRY_ON(fd, "another number by dup3", SYS_dup3, 200, 0, 0, 0);
    TRY_ON(fd, "send a file", SYS_sendfile, fd, 0, 1, 0);
    TRY_ON(fd, "join with a pipe", SYS_splice, 0, fd, 0, 1);
    TRY_ON(fd, "messages at once", SYS_sendmmsg, (char[64]){0}, 1, MSG_DONTWAIT, 0);
    TRY_ON(fd, "start a program", SYS_execveat, "", 0, 0, AT_EMPTY_PATH);
    TRY_ON(fd, "set an attribute", SYS_fsetxattr, "user.a", "b", 1, 0);
    TRY_ON(fd, "lock a file whole", SYS_flock, LOCK_EX | LOCK_NB, 0, 0, 0);
    TRY_ON(fd, "change a mode", SYS_fchmod, 0666, 0, 0, 0);
    TRY_ON(fd, "change an owner", SYS_fchown, 65534, 65534, 0, 0);
}

/* A socket speaks to nobody else, and a capture socket puts nothing on the wire. */
static void try_to_speak(int fd)
{
    struct sockaddr_un service = {.sun_family = AF_UNIX};
    struct sockaddr_ll loopback = {.sll_family = AF_PACKET, .sll_protocol = htons(3), .sll_ifindex = 1};
    struct iovec text = {other, 60};
    const struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};
    const int off = 0;

    snprintf(service.sun_path, sizeof(service.sun_path), "%.90s/service", folder);
    TRY_ON(fd, "connect", SYS_connect, &service, sizeof(service), 0, 0);
    TRY_ON(fd, "bind", SYS_bind, &loopback, sizeof(loopback), 0, 0);
    TRY_ON(fd, "listen", SYS_listen, 1, 0, 0, 0);
    TRY_ON(fd, "send a message", SYS_sendmsg, &message, MSG_DONTWAIT, 0, 0);
    TRY_ON(fd, "take the filter off", SYS_setsockopt, SOL_SOCKET, SO_DETACH_FILTER, &off, sizeof(off));
    if (raw(SYS_sendto, (const unsigned long[]){(unsigned long)fd, (unsigned long)other, 60, MSG_DONTWAIT, (unsigned long)&service, sizeof(service)}) >= 0)
        note("speak to a service", fd);
}

static bool is_captured_on(int fd)
{
    struct tpacket_stats_v3 seen;
    socklen_t len = sizeof(seen);

    return getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &seen, &len) == 0;
}

static void try_descriptors(void)
{
    for (int fd = 0; fd < DESCRIPTORS_MOST; fd++) {
        if (raw(SYS_fcntl, (const unsigned long[ARGUMENTS_MOST]){(unsigned long)fd, F_GETFD}) < 0)
            continue;
        try_owners(fd);
        try_to_speak(fd);
        if (!is_captured_on(fd))
            continue;
        TRY_ON(fd, "send a frame", SYS_write, other, 60, 0, 0);
        TRY_ON(fd, "send a frame by send", SYS_sendto, other, 60, MSG_DONTWAIT, 0);
        try_call("send a frame, upper half", fd, SYS_write, (unsigned long)fd | UPPER, (unsigned long)other, 60, 0, 0);
    }
}

/* Inside the sandbox prctl is not there any more. */
static void look(void)
{
    const int before = errno;

    if (board != NULL && !tried && raw(SYS_prctl, (const unsigned long[ARGUMENTS_MOST]){PR_GET_SECCOMP}) < 0 && errno == EPERM) {
        tried = true;
        try_files();
        try_sockets();
        try_processes();
        try_kernel();
        try_descriptors();
        __sync_fetch_and_add(&board->threads, 1);
    }
    errno = before;
}

#define NEXT(name) (look(), (__typeof__(&name))dlsym(RTLD_NEXT, #name))

int poll(struct pollfd *polled, nfds_t count, int wait)
{
    return NEXT(poll)(polled, count, wait);
}

int sigtimedwait(const sigset_t *signals, siginfo_t *info, const struct timespec *wait)
{
    return NEXT(sigtimedwait)(signals, info, wait);
}

ssize_t read(int file, void *buffer, size_t size)
{
    return NEXT(read)(file, buffer, size);
}

ssize_t pread64(int file, void *buffer, size_t size, off64_t at)
{
    return NEXT(pread64)(file, buffer, size, at);
}

int epoll_wait(int file, struct epoll_event *events, int most, int wait)
{
    return NEXT(epoll_wait)(file, events, most, wait);
}

ssize_t pwrite64(int file, const void *buffer, size_t size, off64_t at)
{
    return NEXT(pwrite64)(file, buffer, size, at);
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("IMPLANT");
    const int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);

    if (file < 0)
        return;
    board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    victim = atol(getenv("IMPLANT_VICTIM"));
    snprintf(folder, sizeof(folder), "%s", getenv("IMPLANT_FOLDER"));
    snprintf(inventory, sizeof(inventory), "%s", getenv("IMPLANT_INVENTORY"));
    snprintf(other, sizeof(other), "%s/other", folder);
    snprintf(fresh, sizeof(fresh), "%s/new", folder);
    if (board == MAP_FAILED)
        board = NULL;
}
