/* SPDX-License-Identifier: BSD-2-Clause */
/* What the sandbox forbids, tried from inside; and what must go on working. */
#include "../../src/app/sandbox.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[SCRATCH_BYTES];
static char readable[SCRATCH_BYTES + 16], writable[SCRATCH_BYTES + 16], other[SCRATCH_BYTES + 16];

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

static bool a_readable_file_is_read_only(void)
{
    return can_open(readable, O_RDONLY) && !can_open(readable, O_WRONLY);
}

static bool a_writable_file_is_written(void)
{
    int descriptor = open(writable, O_RDWR | O_CLOEXEC);

    return descriptor >= 0 && pwrite(descriptor, "x", 1, 0) == 1 && fsync(descriptor) == 0 &&
        ftruncate(descriptor, 0) == 0;
}

static bool no_socket_is_made(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) < 0 && socket(AF_UNIX, SOCK_DGRAM, 0) < 0 &&
        socket(AF_PACKET, SOCK_RAW, 0) < 0;
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
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
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

static bool inside(bool (*promise)(void))
{
    const struct sandbox_plan plan = {.user = "nobody", .readable = {readable}, .writable = {writable}};
    struct error error = {0};
    const char *missing;
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        bool entered = sandbox_enter(&plan, &missing, &error);

        if (!entered)
            fprintf(stderr, "%s\n", error.text);
        _exit(entered && promise() ? 0 : 1);
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void the_sandbox_keeps_its_promises(void **state)
{
    static const struct {
        const char *name;
        bool (*promise)(void);
        bool sanitizers_need_it;
    } rows[] = {
        {"/etc/shadow stays shut", shadow_stays_shut, false},
        {"an unnamed file stays shut", an_unnamed_file_stays_shut, false},
        {"no file is made", no_file_is_made, false},
        {"a readable file is read only", a_readable_file_is_read_only, false},
        {"a writable file is written", a_writable_file_is_written, false},
        {"no socket is made", no_socket_is_made, false},
        {"no program is started", no_program_is_started, false},
        {"no process is made", no_process_is_made, true},
        {"no process is traced", no_process_is_traced, true},
        {"no other process is signalled or limited", no_other_process_is_signalled_or_limited, true},
        {"its own threads are signalled", its_own_threads_are_signalled, false},
        {"no memory becomes code", no_memory_becomes_code, true},
        {"root does not come back", root_does_not_come_back, false},
        {"threads start and memory grows", threads_start_and_memory_grows, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!(SANDBOX_SANITIZED && rows[i].sanitizers_need_it) && !inside(rows[i].promise))
            fail_msg("broken: %s", rows[i].name);
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
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    unlink(readable);
    unlink(writable);
    unlink(other);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sandbox_keeps_its_promises),
        cmocka_unit_test(an_unknown_user_is_a_sentence),
    };

    return cmocka_run_group_tests(tests, make_files, remove_files);
}
