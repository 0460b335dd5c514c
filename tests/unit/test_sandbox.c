/* SPDX-License-Identifier: BSD-2-Clause */
/* What the sandbox forbids, tried from inside; and what must go on working. */
#include "../../src/process/sandbox_steps.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[SCRATCH_BYTES];
static char readable[SCRATCH_BYTES + 16], writable[SCRATCH_BYTES + 16], other[SCRATCH_BYTES + 16];
static char service[SCRATCH_BYTES + 16];
static const char *missing;                    /* told by sandbox_enter */
static int datagrams = -1, pair[2] = {-1, -1}; /* sockets from before */
static int written = -1, unwritten = -1;       /* files from before: both open for writing, one named in the plan */

static bool can_open(const char *path, int flags)
{
    int descriptor = open(path, flags | O_CLOEXEC, 0600);

    if (descriptor >= 0)
        close(descriptor);
    return descriptor >= 0;
}

static void *do_nothing(void *argument)
{
    return argument;
}

/* Each tries one thing inside the sandbox; true: it is as promised. */
static bool shadow_stays_shut(void)
{
    return !can_open("/etc/shadow", O_RDONLY);
}

static bool an_unnamed_file_stays_shut(void)
{
    return !can_open(other, O_RDONLY) && !can_open(other, O_WRONLY) && !can_open("/etc/passwd", O_RDONLY);
}

static bool no_file_is_made(void)
{
    char path[SCRATCH_BYTES + 16];

    snprintf(path, sizeof(path), "%s/new", folder);
    return !can_open(path, O_WRONLY | O_CREAT);
}

static bool no_file_is_opened(void)
{
    return !can_open(readable, O_RDONLY) && !can_open(writable, O_RDWR) && !can_open("/dev/null", O_RDONLY) &&
        !can_open(folder, O_RDONLY | O_DIRECTORY) && !can_open("/proc/self/mem", O_RDWR);
}

static bool an_open_file_is_written(void)
{
    return pwrite(written, "x", 1, 0) == 1 && fsync(written) == 0 && ftruncate(written, 0) == 0;
}

static bool no_socket_is_made(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) < 0 && socket(AF_UNIX, SOCK_DGRAM, 0) < 0 &&
        socket(AF_PACKET, SOCK_RAW, 0) < 0;
}

/* A datagram socket is connected to the service manager; the journal and others would listen to it as
 * well. */
static bool no_other_service_is_spoken_to(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct iovec text = {&address, 1};
    const struct msghdr message = {
        .msg_name = &address, .msg_namelen = sizeof(address), .msg_iov = &text, .msg_iovlen = 1};

    snprintf(address.sun_path, sizeof(address.sun_path), "%.107s", service);
    return sendto(datagrams, "x", 1, 0, (const struct sockaddr *)&address, sizeof(address)) < 0 && errno == EPERM &&
        sendmsg(datagrams, &message, 0) < 0 && errno == EPERM;
}

static bool who_is_connected_is_spoken_to(void)
{
    char text;

    return send(pair[0], "x", 1, 0) == 1 && recv(pair[1], &text, 1, 0) == 1;
}

static bool no_program_is_started(void)
{
    char program[] = "/bin/true";
    char *const arguments[] = {program, NULL};

    execv(arguments[0], arguments);
    return errno == EPERM;
}

static bool no_process_is_made(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    return child < 0;
}

static bool no_process_is_traced(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 && errno == EPERM;
}

/* Of the same user, the monitor among them. */
static bool no_other_process_is_signalled_or_limited(void)
{
    const struct rlimit limit = {.rlim_cur = 1, .rlim_max = 1};

    return syscall(SYS_tgkill, getppid(), getppid(), SIGWINCH) < 0 && errno == EPERM && kill(getppid(), 0) < 0 &&
        prlimit(getppid(), RLIMIT_CORE, &limit, NULL) < 0 && errno == EPERM;
}

static void note_signal(int signal)
{
    (void)signal;
}

static bool its_own_threads_are_signalled(void)
{
    struct rlimit limit;

    signal(SIGUSR2, note_signal);
    return raise(SIGUSR2) == 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static bool no_memory_becomes_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
        page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0 &&
        mprotect(page, 4096, PROT_READ) == 0;
}

/* Whoever owns a descriptor is signalled when something comes there, with whatever signal. The upper half of
 * an argument is not looked at by the kernel, and must not fool a filter. */
static bool no_descriptor_signals_anybody(void)
{
    const unsigned long upper = 1UL << 32;
    const struct {
        int type, pid;
    } owner = {1, getppid()};
    const struct {
        long call;
        unsigned long arguments[3];
    } tried[] = {
        {SYS_fcntl, {pair[0], F_SETOWN, getppid()}},
        {SYS_fcntl, {pair[0], F_SETOWN | upper, getppid()}},
        {SYS_fcntl, {pair[0], F_SETOWN_EX, (unsigned long)&owner}},
        {SYS_fcntl, {pair[0], F_SETOWN_EX | upper, (unsigned long)&owner}},
        {SYS_fcntl, {pair[0], F_SETSIG, SIGKILL}},
        {SYS_fcntl, {pair[0], F_SETSIG | upper, SIGKILL}},
        {SYS_fcntl, {pair[0], F_SETFL, O_ASYNC}},
        {SYS_fcntl, {pair[0], F_SETFL | upper, O_ASYNC}},
        {SYS_fcntl, {pair[0], F_SETFL, O_NONBLOCK}},
        {SYS_fcntl, {written, F_SETLEASE, F_WRLCK}},
        {SYS_fcntl, {written, F_NOTIFY, 1}},
        {SYS_fcntl, {written, F_DUPFD, 64}},
        {SYS_fcntl, {written, F_DUPFD_CLOEXEC, 64}},
        {SYS_fcntl, {written, F_SETPIPE_SZ, 4096}},
        {SYS_fcntl, {written, F_ADD_SEALS, 1}},
        {SYS_ioctl, {pair[0], FIOASYNC, (unsigned long)&owner}},
        {SYS_ioctl, {pair[0], FIOASYNC | upper, (unsigned long)&owner}},
        {SYS_ioctl, {pair[0], FIOSETOWN, (unsigned long)&owner.pid}},
        {SYS_ioctl, {pair[0], SIOCSPGRP, (unsigned long)&owner.pid}},
        {SYS_ioctl, {STDERR_FILENO, TIOCSTI, (unsigned long)"x"}},
    };

    for (size_t i = 0; i < COUNT_OF(tried); i++) {
        const unsigned long *with = tried[i].arguments;

        if (syscall(tried[i].call, with[0], with[1], with[2]) >= 0 || errno != EPERM) {
            fprintf(stderr, "call %zu was not refused\n", i);
            return false;
        }
    }
    return true;
}

static bool locks_are_taken(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_len = 1}, other_byte = {.l_type = F_WRLCK, .l_start = 1, .l_len = 1};

    return fcntl(written, F_SETLK, &lock) == 0 && fcntl(written, F_OFD_SETLK, &other_byte) == 0 &&
        fcntl(written, F_GETFL) >= 0;
}

/* A capture socket puts on the wire what is written to it. */
static bool only_named_descriptors_are_written(void)
{
    const unsigned long upper = 1UL << 32;

    return write(written, "x", 1) == 1 && pwrite(written, "x", 1, 0) == 1 && write(unwritten, "x", 1) < 0 &&
        errno == EPERM && pwrite(unwritten, "x", 1, 0) < 0 && send(pair[1], "x", 1, 0) < 0 && errno == EPERM &&
        syscall(SYS_write, unwritten | upper, "x", 1) < 0 && syscall(SYS_write, unwritten | 64 * upper, "x", 1) < 0;
}

static bool no_descriptor_is_doubled(void)
{
    return dup(unwritten) < 0 && dup2(unwritten, written) < 0 && dup3(unwritten, written, O_CLOEXEC) < 0;
}

/* As the monitor gives it (unix(7), SCM_RIGHTS). */
static bool send_descriptor(int descriptor)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    struct iovec text = {&control, 1};
    const struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};

    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(descriptor));
    return sendmsg(pair[1], &message, 0) == 1;
}

static bool what_comes_later_is_written(void)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    char text;
    struct iovec part = {&text, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    int descriptor;

    if (recvmsg(pair[0], &message, 0) != 1 || CMSG_FIRSTHDR(&message) == NULL)
        return false;
    memcpy(&descriptor, CMSG_DATA(&control.header), sizeof(descriptor));
    return write(descriptor, "x", 1) == 1 && pwrite(descriptor, "x", 1, 0) == 1;
}

static bool no_memory_is_made_strange(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page != MAP_FAILED && madvise(page, 4096, MADV_DONTNEED) == 0 && madvise(page, 4096, MADV_DONTFORK) != 0 &&
        (madvise(page, 4096, MADV_HUGEPAGE) == 0 || errno != EPERM) &&
        syscall(SYS_mprotect, page, 4096, PROT_READ | 1UL << 32) != 0 &&
        mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0) == MAP_FAILED &&
        mremap(page, 4096, 8192, MREMAP_MAYMOVE) != MAP_FAILED;
}

static bool root_does_not_come_back(void)
{
    return setuid(0) != 0 && geteuid() != 0;
}

static bool threads_start_and_memory_grows(void)
{
    pthread_t thread;
    void *block;
    bool started = pthread_create(&thread, NULL, do_nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;

    block = malloc(16 << 20);
    started = started && block != NULL;
    free(block);
    return started;
}

static bool in_a_process(bool (*before)(void), bool (*promise)(void))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        _exit(before() && promise() ? 0 : 1);
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool enter_sandbox(void)
{
    const struct sandbox_plan plan = {
        .user = "nobody",
        .written = {STDERR_FILENO, pair[0], datagrams, written, -1},
    };
    struct error error = {0};
    const bool sent = send_descriptor(unwritten);
    bool entered = sandbox_enter(&plan, &missing, &error) && sent;

    if (!entered)
        fprintf(stderr, "%s\n", error.text);
    return entered;
}

static const struct {
    const char *name;
    bool (*promise)(void);
    bool sanitizers_need_it;
} rows[] = {
    {"/etc/shadow stays shut", shadow_stays_shut, false},
    {"an unnamed file stays shut", an_unnamed_file_stays_shut, true},
    {"no file is made", no_file_is_made, true},
    {"no file is opened", no_file_is_opened, true},
    {"an open file is written", an_open_file_is_written, false},
    {"no socket is made", no_socket_is_made, false},
    {"no other service is spoken to", no_other_service_is_spoken_to, false},
    {"who is connected is spoken to", who_is_connected_is_spoken_to, false},
    {"no program is started", no_program_is_started, false},
    {"no process is made", no_process_is_made, true},
    {"no process is traced", no_process_is_traced, true},
    {"no other process is signalled or limited", no_other_process_is_signalled_or_limited, true},
    {"its own threads are signalled", its_own_threads_are_signalled, false},
    {"no memory becomes code", no_memory_becomes_code, true},
    {"no descriptor signals anybody", no_descriptor_signals_anybody, false},
    {"locks are taken", locks_are_taken, false},
    {"only named descriptors are written", only_named_descriptors_are_written, true},
    {"no descriptor is doubled", no_descriptor_is_doubled, false},
    {"what comes later is written", what_comes_later_is_written, false},
    {"no memory is made strange", no_memory_is_made_strange, true},
    {"root does not come back", root_does_not_come_back, false},
    {"threads start and memory grows", threads_start_and_memory_grows, false},
};

static void the_sandbox_keeps_its_promises(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!(SANDBOX_SANITIZED && rows[i].sanitizers_need_it) && !in_a_process(enter_sandbox, rows[i].promise))
            fail_msg("broken: %s", rows[i].name);
}

/* As on a kernel that was built without it. */
static bool take_landlock_away(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool taken = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SYS_landlock_create_ruleset, 0) == 0 &&
        seccomp_load(filter) == 0;

    seccomp_release(filter);
    return taken;
}

static bool enter_without_landlock(void)
{
    return take_landlock_away() && enter_sandbox() && missing != NULL && strcmp(missing, "Landlock") == 0;
}

static void a_kernel_without_landlock_is_told_and_all_else_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!(SANDBOX_SANITIZED && rows[i].sanitizers_need_it) &&
            !in_a_process(enter_without_landlock, rows[i].promise))
            fail_msg("broken: %s", rows[i].name);
}

/* As a service is started: an ordinary user with an ambient capability (capabilities(7)). */
static bool become_a_user_who_may_capture(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct capture[2] = {{1 << CAP_NET_RAW, 1 << CAP_NET_RAW, 1 << CAP_NET_RAW}};

    return prctl(PR_SET_KEEPCAPS, 1) == 0 && setresuid(65534, 65534, 65534) == 0 &&
        syscall(SYS_capset, &header, capture) == 0 &&
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) == 0;
}

static bool a_capability_is_left(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct left[2];

    return syscall(SYS_capget, &header, left) != 0 || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_RAW, 0, 0) != 0 ||
        (left[0].effective | left[0].permitted | left[0].inheritable) != 0;
}

static bool capabilities_are_dropped(void)
{
    struct error error;

    return a_capability_is_left() && sandbox_drop_privileges("nobody", &error) &&
        !a_capability_is_left();
}

static void a_service_without_root_gives_its_capabilities_up(void **state)
{
    (void)state;
    if (geteuid() == 0) /* only root can play it */
        assert_true(in_a_process(become_a_user_who_may_capture, capabilities_are_dropped));
}

static void an_unknown_user_is_a_sentence(void **state)
{
    struct error error = {0};

    (void)state;
    if (geteuid() != 0) /* only root becomes somebody; skip() is "not ok" in cmocka's TAP */
        return;
    assert_false(sandbox_drop_privileges("no-such-user-here", &error));
    assert_non_null(strstr(error.text, "--user"));
}

static bool make_sockets(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    snprintf(service, sizeof(service), "%s/service", folder);
    snprintf(address.sun_path, sizeof(address.sun_path), "%.107s", service);
    datagrams = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return bind(listener, (const struct sockaddr *)&address, sizeof(address)) == 0 && chmod(service, 0666) == 0 &&
        sendto(datagrams, "x", 1, 0, (const struct sockaddr *)&address, sizeof(address)) == 1 &&
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0;
}

static int make_files(void **state)
{
    (void)state;
    if (!make_scratch("sandbox", folder))
        return 1;
    snprintf(readable, sizeof(readable), "%s/readable", folder);
    snprintf(writable, sizeof(writable), "%s/writable", folder);
    snprintf(other, sizeof(other), "%s/other", folder);
    chmod(folder, 0777);
    for (char *path = readable; path != NULL; path = path == readable ? writable : path == writable ? other
                                                                                                    : NULL) {
        close(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666));
        chmod(path, 0666);
    }
    written = open(writable, O_RDWR | O_CLOEXEC);
    unwritten = open(writable, O_RDWR | O_CLOEXEC);
    return written >= 0 && unwritten >= 0 && make_sockets() ? 0 : 1;
}

static int remove_files(void **state)
{
    (void)state;
    unlink(readable);
    unlink(writable);
    unlink(other);
    unlink(service);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sandbox_keeps_its_promises),
        cmocka_unit_test(a_kernel_without_landlock_is_told_and_all_else_holds),
        cmocka_unit_test(a_service_without_root_gives_its_capabilities_up),
        cmocka_unit_test(an_unknown_user_is_a_sentence),
    };

    return cmocka_run_group_tests(tests, make_files, remove_files);
}
