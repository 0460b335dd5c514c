/* SPDX-License-Identifier: BSD-2-Clause */
/* sync_run.c: round after round. A centre that cannot be reached is called again after a while that grows,
 * and differs from sensor to sensor, so that they do not all come at once when it is back. */
#include "sync_run.h"

#include "sync_state.h"

#include <lasthello/clock.h>
#include <lasthello/process.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_PAUSE_MS 2000
#define LAST_PAUSE_MS  300000
#define SHARE          100 /* a round may take a hundredth of the processor */

struct run {
    const struct sync_plan *plan;
    struct sync_state state;
    sigset_t signals;
    unsigned failures; /* one after the other */
    int64_t cpu_ms;    /* of the last round */
};

static bool is_end(int number)
{
    return number == SIGTERM || number == SIGINT;
}

/* Waits for a signal; 0: there was none for so long. */
static int await_signal(const struct run *run, int64_t most_ms)
{
    const struct timespec most = {most_ms / 1000, most_ms % 1000 * 1000000};
    const int number = sigtimedwait(&run->signals, NULL, &most);

    return number < 0 ? 0 : number;
}

static void block_signals(struct run *run)
{
    sigemptyset(&run->signals);
    sigaddset(&run->signals, SIGTERM);
    sigaddset(&run->signals, SIGINT);
    sigaddset(&run->signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &run->signals, NULL);
}

/* ---- a round --------------------------------------------------------------------------------------- */

static int64_t children_ms(void)
{
    struct rusage usage;

    getrusage(RUSAGE_CHILDREN, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
        (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

/* False: a signal came that ends all, and the process is gone. */
static bool await_child(const struct run *run, pid_t child, int *status)
{
    while (waitpid(child, status, WNOHANG) == 0)
        if (is_end(await_signal(run, 1000))) {
            kill(child, SIGKILL); /* the centre rolls back what it had not committed */
            waitpid(child, status, 0);
            return false;
        }
    return true;
}

static bool do_round(struct run *run, struct sync_result *result)
{
    const int64_t before_ms = children_ms();
    struct error error = {0};
    int descriptor = -1, status = 0;
    const pid_t child = sync_round_begin(&run->plan->round, &descriptor, &error);

    if (child < 0) {
        *result = (struct sync_result){.is_done = 0};
        snprintf(result->why, sizeof(result->why), "%.*s", ROUND_TEXT_BYTES - 1, error.text);
        return true;
    }
    if (!await_child(run, child, &status)) {
        close(descriptor);
        return false;
    }
    sync_round_end(descriptor, status, result);
    run->cpu_ms = children_ms() - before_ms;
    return true;
}

/* ---- what came of it ------------------------------------------------------------------------------- */

static void say(const struct run *run, const struct sync_result *result)
{
    if (result->has_rolled_back)
        complain("%s: is older than what it had sent before (a backup that was put back?): all of it is sent "
                 "anew, and what the lost file had told stays at the centre",
            run->plan->round.inventory);
    if (!result->is_done && strcmp(result->why, run->state.why) != 0)
        complain("%s", result->why);
    if (result->is_done && run->state.why[0] != '\0')
        complain("%s: has all again", result->centre);
    if (result->is_done && run->plan->once)
        complain("%s: has all of %s; %" PRIu64 " rows were sent", result->centre, run->plan->round.inventory,
            result->rows);
}

static int64_t between(int64_t least, int64_t most)
{
    return least + random() % (most - least + 1);
}

static int64_t pause_ms(const struct run *run)
{
    const int64_t interval_ms = run->plan->interval * 1000LL, busy_ms = run->cpu_ms * SHARE;
    const int64_t regular_ms = interval_ms > busy_ms ? interval_ms : busy_ms;
    int64_t wait_ms = FIRST_PAUSE_MS;

    if (run->failures == 0)
        return between(regular_ms - regular_ms / 10, regular_ms + regular_ms / 10);
    for (unsigned i = 1; i < run->failures && wait_ms < LAST_PAUSE_MS; i++)
        wait_ms *= 2;
    wait_ms = wait_ms < LAST_PAUSE_MS ? wait_ms : LAST_PAUSE_MS;
    return between(wait_ms / 2, wait_ms);
}

static void note(struct run *run, const struct sync_result *result, int64_t wait_ms)
{
    const int64_t now = clock_ns(CLOCK_REALTIME) / NANOSECONDS;
    struct sync_state *state = &run->state;
    const bool told_before = state->tried != 0;
    struct error error = {0};

    state->tried = now;
    state->pause = wait_ms / 1000;
    if (result->centre[0] != '\0')
        snprintf(state->centre, sizeof(state->centre), "%s", result->centre);
    snprintf(state->why, sizeof(state->why), "%s", result->why);
    if (result->is_done) {
        state->whole = now;
        state->revision = result->revision;
    }
    if (!sync_state_write(run->plan->round.inventory, state, &error) && !told_before)
        complain("%s", error.text);
}

/* For `systemctl status`. */
static void tell_manager(struct notifier *notifier, const struct sync_result *result)
{
    char status[ROUND_TEXT_BYTES + sizeof("STATUS=: has all")];

    if (result->is_done)
        snprintf(status, sizeof(status), "STATUS=%s: has all", result->centre);
    else
        snprintf(status, sizeof(status), "STATUS=%s", result->why);
    notifier_tell(notifier, status);
}

/* ---- all ---------------------------------------------------------------------------------------------- */

/* False: a signal ended it. */
static bool rest(const struct run *run, int64_t wait_ms)
{
    const int64_t until_ms = clock_ns(CLOCK_MONOTONIC) / 1000000 + wait_ms;
    int64_t left_ms = wait_ms;

    for (; left_ms > 0; left_ms = until_ms - clock_ns(CLOCK_MONOTONIC) / 1000000)
        if (is_end(await_signal(run, left_ms)))
            return false;
    return true;
}

int sync_run(const struct sync_plan *plan)
{
    struct run run = {.plan = plan};
    struct sync_result result;
    struct notifier notifier;
    int64_t wait_ms;

    sync_state_read(plan->round.inventory, &run.state);
    run.state.why[0] = '\0'; /* what failed before is told once more */
    block_signals(&run);
    srandom((unsigned)clock_ns(CLOCK_REALTIME) ^ (unsigned)getpid());
    if (!plan->once)
        complain_with_time();
    notifier_open(&notifier);
    notifier_tell(&notifier, "READY=1");
    do {
        if (!do_round(&run, &result))
            break;
        run.failures = result.is_done ? 0 : run.failures + 1;
        wait_ms = pause_ms(&run);
        say(&run, &result);
        note(&run, &result, wait_ms);
        tell_manager(&notifier, &result);
    } while (!plan->once && rest(&run, wait_ms));
    notifier_close(&notifier);
    return plan->once && run.failures > 0 ? EXIT_FAILED : EXIT_DONE;
}
