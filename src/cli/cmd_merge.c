/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_merge.c: `lasthello merge`: several inventories become one. */
#include "options.h"
#include "settings.h"

#include <lasthello/centre.h>
#include <lasthello/merge.h>

#include <signal.h>
#include <stdlib.h>

struct merging {
    char *output;
    char **paths;
    size_t count;
    bool no_sandbox;
};

#define KEY_NO_SANDBOX 0x100

const struct argp_option merge_options[] = {
    {.name = "output",
        .key = 'o',
        .arg = "FILE",
        .doc = "the inventory that they are merged into; what it has already stays"},
    {.name = "no-sandbox", .key = KEY_NO_SANDBOX, .doc = "keep all rights while reading the inventories"},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct merging *merging = state->input;

    switch (key) {
    case 'o':
        merging->output = argument;
        return 0;
    case KEY_NO_SANDBOX:
        merging->no_sandbox = true;
        return 0;
    case ARGP_KEY_ARGS:
        merging->paths = state->argv + state->next;
        merging->count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS:
        wrong_usage(state, "which inventories? lasthello merge A.db B.db -o ALL.db");
        return 0;
    case ARGP_KEY_END:
        if (merging->output == NULL)
            wrong_usage(state, "into which inventory? name it with -o, as -o all.db");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- what is merged: inventories, and what a centre has -------------------------------------------- */

#define CENTRES_MAX 16

struct inputs {
    const char **paths;
    size_t count, failed;
    struct centre_pulled pulled[CENTRES_MAX];
    size_t pulled_count;
};

static bool fetch(const char *where, const char *output, struct centre_pulled *pulled, struct error *error)
{
    struct centre *centre = centre_open(where, error);
    const bool done = centre != NULL && centre_pull(centre, output, pulled, error);

    centre_close(centre);
    return done;
}

/* False: no memory for the list. */
static bool add_centre(struct inputs *inputs, const char *where, const char *output)
{
    struct error error = {0};
    struct centre_pulled *pulled = &inputs->pulled[inputs->pulled_count];
    const char **grown;

    if (inputs->pulled_count == CENTRES_MAX)
        error_set(&error, "at most %d centres are merged at a time", CENTRES_MAX);
    if (inputs->pulled_count == CENTRES_MAX || !fetch(where, output, pulled, &error)) {
        complain("%s", error.text);
        inputs->failed++;
        return true;
    }
    inputs->pulled_count++;
    grown = reallocarray(inputs->paths, inputs->count + pulled->count + 1, sizeof(*grown));
    if (grown == NULL)
        return false;
    inputs->paths = grown;
    for (size_t i = 0; i < pulled->count; i++)
        inputs->paths[inputs->count++] = pulled->paths[i];
    return true;
}

static bool add_path(struct inputs *inputs, const char *path)
{
    const char **grown = reallocarray(inputs->paths, inputs->count + 1, sizeof(*grown));

    if (grown == NULL)
        return false;
    inputs->paths = grown;
    inputs->paths[inputs->count++] = path;
    return true;
}

static bool list_inputs(struct inputs *inputs, const struct merging *merging)
{
    for (size_t i = 0; i < merging->count; i++) {
        const char *word = merging->paths[i];

        if (!(centre_is_named(word) ? add_centre(inputs, word, merging->output) : add_path(inputs, word)))
            return false;
    }
    return true;
}

static void free_inputs(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->pulled_count; i++)
        centre_pulled_remove(&inputs->pulled[i]);
    free(inputs->paths);
}

/* Is all of it merged? */
static bool merge_all(const struct merging *merging, struct inputs *inputs)
{
    struct error error = {0};
    size_t left_out = 0;

    if (!list_inputs(inputs, merging)) {
        complain("not enough memory for the list of inventories");
        return false;
    }
    if (inputs->count == 0)
        return false; /* why has been said */
    if (merge_into(merging->output,
            &(struct merge_inputs){inputs->paths, inputs->count, merging->no_sandbox}, &left_out, &error))
        return left_out == 0 && inputs->failed == 0;
    complain("%s", error.text);
    return false;
}

int cmd_merge(int argc, char **argv)
{
    static const struct argp argp = {
        .options = merge_options,
        .parser = parse,
        .args_doc = "INVENTORY|postgresql://...",
        .doc = "Merge the inventories of several sensors, or what a centre has of them, into one.\v"
               "Of each capture the one reading counts that has what the others have, and what was replaced "
               "or forgotten in one of them does not come back. Order and repetition change nothing. From a "
               "centre comes what has changed since it was merged into the same inventory last.\n\n"
               "Example: lasthello merge berlin.db paris.db -o all.db",
    };
    struct merging merging = {.count = 0};
    struct inputs inputs = {.count = 0};
    bool merged;

    settings_parse(&argp, argc, argv, &merging);
    signal(SIGXFSZ, SIG_IGN); /* a limit of ulimit -f is a sentence, as a full disk is */
    merged = merge_all(&merging, &inputs);
    free_inputs(&inputs);
    return merged ? EXIT_DONE : EXIT_FAILED;
}
