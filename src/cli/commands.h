/* SPDX-License-Identifier: BSD-2-Clause */
/* commands.h: the subcommands and their options, in one table: from it come the command line, what may stand
 * in the environment and in lasthello.conf, and, by --help, the completions of shells. */
#ifndef LASTHELLO_COMMANDS_H
#define LASTHELLO_COMMANDS_H

#include <argp.h>
#include <stddef.h>

#define OPTION_TABLES_MAX 3

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *full_name; /* for messages and --help */
    const char *description;
    const struct argp_option *options[OPTION_TABLES_MAX]; /* its own, and those it shares; NULL: none */
};

extern const struct command commands[];
extern const size_t command_count;

/* The options of each; a table ends with a row of zeros. */
extern const struct argp_option sensor_options_rows[], reader_options_rows[], filter_options_rows[],
    read_options[], watch_options[], check_options[], report_options[], serve_options[], policy_options[],
    extract_options[], merge_options[], sync_options[],
    config_options[];

/* command_find: NULL: there is none of this name. */
const struct command *command_find(const char *name);
/* command_names writes the names of all into `out` and returns it. */
#define COMMAND_NAMES_BYTES 128
const char *command_names(char out[COMMAND_NAMES_BYTES]);
/* command_option: of this name; NULL: it has none. */
const struct argp_option *command_option(const struct command *command, const char *name);
/* command_option_at: its i-th; NULL: there are no more. */
const struct argp_option *command_option_at(const struct command *command, size_t i);

#endif
