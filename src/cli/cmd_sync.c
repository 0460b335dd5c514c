/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_sync.c: `lasthello sync`: an inventory is kept up to date in the centre. */
#include "options.h"
#include "settings.h"

#include <lasthello/centre.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct syncing {
    bool prints_schema;
};

enum key {
    KEY_PRINT_SCHEMA = 0x100,
};

const struct argp_option sync_options[] = {
    {.name = "print-schema",
        .key = KEY_PRINT_SCHEMA,
        .doc = "print the script that makes the centre's tables, views, roles and rights"},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct syncing *syncing = state->input;

    (void)argument;
    switch (key) {
    case KEY_PRINT_SCHEMA:
        syncing->prints_schema = true;
        return 0;
    case ARGP_KEY_END:
        if (!syncing->prints_schema)
            argp_error(state, "what shall be done? lasthello sync --print-schema");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int print_schema(void)
{
    for (const char *const *line = centre_schema; *line != NULL; line++)
        fputs(*line, stdout);
    if (fflush(stdout) == 0)
        return EXIT_DONE;
    complain("standard output: %s; the script is not whole", strerror(errno));
    return EXIT_FAILED;
}

int cmd_sync(int argc, char **argv)
{
    static const struct argp argp = {
        .options = sync_options,
        .parser = parse,
        .doc = "The centre: one PostgreSQL for the inventories of many sensors.\v"
               "Example: lasthello sync --print-schema | psql -v ON_ERROR_STOP=1 lasthello",
    };
    struct syncing syncing = {.prints_schema = false};

    settings_parse(&argp, argc, argv, &syncing);
    return print_schema();
}
