/* SPDX-License-Identifier: BSD-2-Clause */
/* sync_state.c: a few lines, NAME=VALUE. */
#include "sync_state.h"

#include <lasthello/process.h>

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES    (SYNC_TEXT_BYTES + 32)
#define QUIET_SECONDS 900 /* less is no news */
#define TIME_BYTES    32

static bool path_of(const char *inventory, char path[PATH_MAX])
{
    return snprintf(path, PATH_MAX, "%s.sync", inventory) < PATH_MAX;
}

bool sync_state_write(const char *inventory, const struct sync_state *state, struct error *error)
{
    char path[PATH_MAX];
    int failed = path_of(inventory, path) ? replacement_open(path) : -ENAMETOOLONG;
    FILE *out = failed < 0 ? NULL : fdopen(failed, "w");

    if (out != NULL) {
        fprintf(out,
            "centre=%s\nwhy=%s\nwhole=%" PRId64 "\ntried=%" PRId64 "\n"
            "revision=%" PRId64 "\npause=%" PRId64 "\n",
            state->centre, state->why, state->whole, state->tried, state->revision, state->pause);
        failed = fclose(out) == 0 ? replacement_done(path) : -errno;
    }
    return failed == 0 ||
        error_set(error, "%s.sync: cannot be written (%s); how far the centre is behind is told nowhere else",
            inventory, strerror(-failed));
}

static void take(struct sync_state *state, const char *name, const char *value)
{
    if (strcmp(name, "centre") == 0)
        snprintf(state->centre, sizeof(state->centre), "%s", value);
    else if (strcmp(name, "why") == 0)
        snprintf(state->why, sizeof(state->why), "%s", value);
    else if (strcmp(name, "whole") == 0)
        state->whole = strtoll(value, NULL, 10);
    else if (strcmp(name, "tried") == 0)
        state->tried = strtoll(value, NULL, 10);
    else if (strcmp(name, "revision") == 0)
        state->revision = strtoll(value, NULL, 10);
    else if (strcmp(name, "pause") == 0)
        state->pause = strtoll(value, NULL, 10);
}

bool sync_state_read(const char *inventory, struct sync_state *state)
{
    char path[PATH_MAX], line[LINE_BYTES];
    FILE *in = path_of(inventory, path) ? fopen(path, "re") : NULL;

    *state = (struct sync_state){.whole = 0};
    if (in == NULL)
        return false;
    while (fgets(line, sizeof(line), in) != NULL) {
        char *value = strchr(line, '=');

        line[strcspn(line, "\n")] = '\0';
        if (value != NULL) {
            *value = '\0';
            take(state, line, value + 1);
        }
    }
    fclose(in);
    return state->tried != 0;
}

static void write_time(int64_t seconds, char text[TIME_BYTES])
{
    const time_t time = (time_t)seconds;
    struct tm utc;

    strftime(text, TIME_BYTES, "%Y-%m-%d %H:%M UTC", gmtime_r(&time, &utc));
}

/* `sync` that has ended for long says nothing any more, and then the centre is behind, too. */
static bool is_behind(const struct sync_state *state, int64_t now)
{
    return state->why[0] != '\0' || now - state->tried > QUIET_SECONDS + 2 * state->pause;
}

static void tell(const struct sync_state *state, struct error *told)
{
    char since[TIME_BYTES];

    write_time(state->whole, since);
    error_set(told, "the centre is behind %s%s: %s", state->whole == 0 ? "from the first day on" : "since ",
        state->whole == 0 ? "" : since,
        state->why[0] != '\0' ? state->why : "sync has not run since then");
}

void sync_state_find(const char *const *inventories, size_t count, struct error *told)
{
    struct sync_state state;

    for (size_t i = 0; i < count; i++)
        if (sync_state_read(inventories[i], &state) && is_behind(&state, time(NULL))) {
            tell(&state, told);
            return;
        }
}
