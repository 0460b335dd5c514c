/* SPDX-License-Identifier: BSD-2-Clause */
/* sync_round.c: a process that sends. */
#include "sync_round.h"

#include <lasthello/centre.h>
#include <lasthello/db.h>
#include <lasthello/process.h>
#include <lasthello/schema.h>
#include <lasthello/text.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What SQLite would put into files of its own, where none can be opened, stays in memory. */
static const char settings[] = "PRAGMA temp_store = MEMORY";

#define OWN_WRITTEN 4
_Static_assert(OWN_WRITTEN + DB_HELD_WRITTEN <= SANDBOX_WRITTEN_MAX, "the plan has a place for each");

static bool enter_sandbox(
    struct db_held *held, const char *inventory, int socket, int result, struct error *error)
{
    struct sandbox_plan plan = {
        .user = geteuid() == 0 ? "nobody" : NULL,
        .written = {STDOUT_FILENO, STDERR_FILENO, socket, result},
    };
    const char *missing;

    db_held_use(held, inventory);
    for (unsigned i = 0; i <= DB_HELD_WRITTEN; i++)
        plan.written[OWN_WRITTEN + i] = db_held_written(held, i); /* ends with -1 */
    return sandbox_enter(&plan, &missing, error);
}

static bool send_all(const struct sync_round *round, struct centre *centre, struct centre_sent *sent,
    struct error *error)
{
    struct db db = {0};
    const bool done = db_open(&db, round->inventory, DB_READ, error) &&
        schema_check(&db, &schema_migrations, error) && db_run(&db, settings, error) &&
        centre_send(centre, &db, LASTHELLO_VERSION, sent, error);

    db_close(&db);
    return done;
}

static void fill(struct sync_result *result, const struct centre *centre, const struct centre_sent *sent,
    const struct error *error)
{
    result->rows = sent->rows;
    result->revision = sent->revision;
    result->has_rolled_back = sent->has_rolled_back;
    if (centre != NULL)
        snprintf(result->centre, sizeof(result->centre), "%s", centre_name(centre));
    snprintf(result->why, sizeof(result->why), "%.*s", ROUND_TEXT_BYTES - 1,
        result->is_done ? "" : error->text);
}

/* The whole life of the process. */
static void work(const struct sync_round *round, int descriptor)
{
    struct sync_result result = {.is_done = 0};
    struct centre_sent sent = {0};
    struct error error = {0};
    struct db_held held = {0};
    struct centre *centre = centre_open(round->centre, &error);

    result.is_done = centre != NULL &&
        (round->no_sandbox ||
            enter_sandbox(&held, round->inventory, centre_socket(centre), descriptor, &error)) &&
        send_all(round, centre, &sent, &error);
    fill(&result, centre, &sent, &error);
    centre_close(centre);
    db_held_close(&held);
    (void)!write(descriptor, &result, sizeof(result)); /* whether it came the reader sees */
}

/* Its own signals, and no life without its parent. */
static void begin_life(pid_t parent)
{
    sigset_t none;

    sigemptyset(&none);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        raise(SIGTERM);
}

pid_t sync_round_begin(const struct sync_round *round, int *result, struct error *error)
{
    const pid_t parent = getpid();
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0) {
        error_set(error, "no pipe for the process that sends: %s", strerror(errno));
        return -1;
    }
    child = fork();
    if (child == 0) {
        close(ends[0]);
        begin_life(parent);
        work(round, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    *result = ends[0];
    if (child < 0) {
        close(ends[0]);
        error_set(error, "no process can be started that sends: %s", strerror(errno));
    }
    return child;
}

void sync_round_end(int descriptor, int status, struct sync_result *result)
{
    if (read(descriptor, result, sizeof(*result)) != sizeof(*result)) {
        *result = (struct sync_result){.is_done = 0};
        snprintf(result->why, sizeof(result->why), "the process that sends ended by itself (%s %d)",
            WIFSIGNALED(status) ? "signal" : "status",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    text_received(result->centre, sizeof(result->centre));
    text_received(result->why, sizeof(result->why));
    close(descriptor);
}
