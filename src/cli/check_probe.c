/* SPDX-License-Identifier: BSD-2-Clause */
/* check_probe.c: packets of strangers are looked at without rights. */
#include "check_probe.h"

#include <lasthello/process.h>
#include <lasthello/text.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the other process says at its end; the same program, so that the bytes of a struct will do. Who
 * took it over may write any: no bool, and a text is ended by who reads it. */
struct looked {
    uint8_t done; /* not 0: yes */
    struct probe probe;
    struct error error;
};

static bool enter_sandbox(int descriptor, struct error *error)
{
    const struct sandbox_plan plan = {
        .user = geteuid() == 0 ? "nobody" : NULL,
        .written = {STDERR_FILENO, descriptor, -1},
    };
    const char *missing;

    return sandbox_enter(&plan, &missing, error);
}

/* The whole life of the process. */
static void look(const struct probe *before, struct source *source, int seconds, int descriptor)
{
    struct looked looked = {.probe = *before};

    looked.done = enter_sandbox(descriptor, &looked.error) &&
        probe_source(&looked.probe, source, seconds, &looked.error);
    (void)!write(descriptor, &looked, sizeof(looked)); /* whether it came the reader sees */
}

/* No life without its parent. */
static void begin_life(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0);
}

static bool is_whole(ssize_t len, const struct looked *looked, int status, struct error *error)
{
    if (len == (ssize_t)sizeof(*looked)) {
        *error = looked->error;
        text_received(error->text, sizeof(error->text));
        return true;
    }
    return error_set(error, "the process that looks at packets ended by itself (%s %d)",
        WIFSIGNALED(status) ? "signal" : "status",
        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static bool await(struct probe *probe, pid_t child, int descriptor, struct error *error)
{
    struct looked looked = {.done = 0};
    const ssize_t len = read(descriptor, &looked, sizeof(looked));
    int status = 0;

    waitpid(child, &status, 0);
    if (!is_whole(len, &looked, status, error))
        return false;
    looked.probe.services = probe->services;
    *probe = looked.probe;
    return looked.done != 0;
}

bool probe_apart(struct probe *probe, struct source *source, int seconds, struct error *error)
{
    const pid_t parent = getpid();
    int ends[2];
    pid_t child;
    bool done;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(error, "no pipe for the process that looks at packets: %s", strerror(errno));
    child = fork();
    if (child == 0) {
        begin_life(parent);
        look(probe, source, seconds, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    if (child < 0)
        error_set(error, "no process can be started that looks at packets: %s", strerror(errno));
    done = child > 0 && await(probe, child, ends[0], error);
    close(ends[0]);
    return done;
}
