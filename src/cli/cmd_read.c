/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_read.c: the command line of `lasthello read`. */
#include "options.h"
#include "settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum option_key {
    KEY_BLOCK = 512,
    KEY_FILTER,
    KEY_JOBS,
    KEY_TAP,
};

const struct argp_option read_options[] = {
    {.name = "block",
        .key = KEY_BLOCK,
        .arg = "K/N",
        .doc = "read the sessions that begin in the K-th of N parts of each folder, as one of N jobs"},
    {.name = "filter",
        .key = KEY_FILTER,
        .arg = "BPF",
        .doc = "read only packets that match this tcpdump expression"},
    {.name = "jobs",
        .key = KEY_JOBS,
        .arg = "N",
        .doc = "read N files or folders at the same time (default 1)"},
    {.name = "tap",
        .key = KEY_TAP,
        .arg = "A+B",
        .doc = "read two files as the two directions of one link, as a passive tap gives them"},
    {0},
};

static void add_tap(struct argp_state *state, struct read_options *options, const char *pair)
{
    const char *plus = strchr(pair, '+');

    if (plus == NULL || plus == pair || plus[1] == '\0')
        usage_error(state, "--tap %s: name two files with a + between them", pair);
    else if (options->tap_count == READ_TAPS_MAX)
        usage_error(state, "--tap: at most %d pairs at a time", READ_TAPS_MAX);
    else
        options->taps[options->tap_count++] = pair;
}

#define BLOCKS_MAX 1000000

static void parse_block(struct argp_state *state, struct read_options *options, const char *argument)
{
    const char *slash = strchr(argument, '/');
    char *block = slash == NULL ? NULL : strndup(argument, (size_t)(slash - argument));

    if (block == NULL)
        usage_error(state, "--block %s: name one of some parts, as 3/8", argument);
    options->block_count = (unsigned)parse_count(state, "--block K/N", slash + 1, 1, BLOCKS_MAX);
    options->block = (unsigned)parse_count(state, "--block K/N", block, 1, options->block_count);
    free(block);
}

/* Only of a folder it is known what comes before and after. */
static void check_block(struct argp_state *state, const struct read_options *options)
{
    if (options->block == 0)
        return;
    if (options->tap_count > 0)
        usage_error(state, "--block cuts folders, and no --tap");
    for (size_t i = 0; i < options->argument_count; i++)
        if (strcmp(options->arguments[i], "-") == 0)
            usage_error(state, "--block cuts folders, and no standard input");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct read_options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->sensor;
        return 0;
    case KEY_BLOCK:
        parse_block(state, options, argument);
        return 0;
    case KEY_FILTER:
        options->filter = argument;
        return 0;
    case KEY_JOBS:
        options->jobs = (unsigned)parse_count(state, "--jobs", argument, 1, WORKERS_MAX);
        return 0;
    case KEY_TAP:
        add_tap(state, options, argument);
        return 0;
    case ARGP_KEY_ARGS:
        options->arguments = state->argv + state->next;
        options->argument_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS:
        if (options->tap_count == 0)
            wrong_usage(state, "name capture files or folders to read, or - for standard input");
        return 0;
    case ARGP_KEY_END:
        check_block(state, options);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cmd_read(int argc, char **argv)
{
    static const struct argp_child children[] = {{.argp = &sensor_argp}, {0}};
    static const struct argp argp = {
        .options = read_options,
        .parser = parse,
        .args_doc = "FILE|FOLDER|-...",
        .doc = "Read capture files (pcap, pcapng; also .gz, .zst, .xz, .lz4, .bz2) into the inventory.\v"
               "A folder is one rotated capture: its files are read in the order of their first packets, and "
               "connections continue from file to file. Files named one by one are independent. Reading a "
               "file again changes nothing.\n\n"
               "Example: lasthello read -o inventory.db monday/ tuesday.pcapng.gz",
        .children = children,
    };
    struct read_options *options = calloc(1, sizeof(*options));
    int status;

    if (options == NULL)
        return EXIT_FAILED;
    options->jobs = 1;
    sensor_options_init(&options->sensor);
    settings_parse(&argp, argc, argv, options);
    options->show_progress = isatty(STDERR_FILENO);
    status = read_captures(options);
    free(options);
    return status;
}
