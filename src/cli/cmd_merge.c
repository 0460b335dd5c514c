/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_merge.c: `lasthello merge`: several inventories become one. */
#include "options.h"
#include "settings.h"

#include <lasthello/merge.h>

#include <signal.h>

struct merging {
    char *output;
    char **paths;
    size_t count;
};

const struct argp_option merge_options[] = {
    {.name = "output",
        .key = 'o',
        .arg = "FILE",
        .doc = "the inventory that they are merged into; what it has already stays"},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct merging *merging = state->input;

    switch (key) {
    case 'o':
        merging->output = argument;
        return 0;
    case ARGP_KEY_ARGS:
        merging->paths = state->argv + state->next;
        merging->count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which inventories? lasthello merge A.db B.db -o ALL.db");
        return 0;
    case ARGP_KEY_END:
        if (merging->output == NULL)
            argp_error(state, "into which inventory? name it with -o, as -o all.db");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cmd_merge(int argc, char **argv)
{
    static const struct argp argp = {
        .options = merge_options,
        .parser = parse,
        .args_doc = "INVENTORY...",
        .doc = "Merge the inventories of several sensors into one.\v"
               "Of each capture the one reading counts that has what the others have, and what was replaced "
               "or forgotten in one of them does not come back. Order and repetition change nothing.\n\n"
               "Example: lasthello merge berlin.db paris.db -o all.db",
    };
    struct merging merging = {.count = 0};
    struct error error = {0};
    size_t left_out = 0;
    bool merged;

    settings_parse(&argp, argc, argv, &merging);
    signal(SIGXFSZ, SIG_IGN); /* a limit of ulimit -f is a sentence, as a full disk is */
    merged = merge_into(
        merging.output, (const char *const *)merging.paths, merging.count, &left_out, &error);
    if (!merged)
        complain("%s", error.text);
    return merged && left_out == 0 ? EXIT_DONE : EXIT_FAILED;
}
