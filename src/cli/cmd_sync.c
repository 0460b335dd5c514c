/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_sync.c: `lasthello sync`: an inventory is kept up to date in the centre. */
#include "options.h"
#include "settings.h"

#include <lasthello/centre.h>
#include <lasthello/db.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct syncing {
    const char *inventory, *centre;
    bool once, prints_schema;
};

enum key {
    KEY_ONCE = 0x100,
    KEY_PRINT_SCHEMA,
};

const struct argp_option sync_options[] = {
    {.name = "once", .key = KEY_ONCE, .doc = "send what has changed, and end"},
    {.name = "print-schema",
        .key = KEY_PRINT_SCHEMA,
        .doc = "print the script that makes the centre's tables, views, roles and rights"},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct syncing *syncing = state->input;

    switch (key) {
    case KEY_ONCE:
        syncing->once = true;
        return 0;
    case KEY_PRINT_SCHEMA:
        syncing->prints_schema = true;
        return 0;
    case ARGP_KEY_ARG:
        if (syncing->inventory == NULL)
            syncing->inventory = argument;
        else if (syncing->centre == NULL)
            syncing->centre = argument;
        else
            argp_error(state, "one inventory is sent to one centre");
        return 0;
    case ARGP_KEY_END:
        if (!syncing->prints_schema && syncing->centre == NULL)
            argp_error(state, "which inventory, to which centre? lasthello sync INVENTORY postgresql://...");
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

static bool sync_once(const struct syncing *syncing, struct error *error)
{
    struct centre *centre = centre_open(syncing->centre, error);
    struct centre_sent sent;
    struct db db = {0};
    bool done = centre != NULL && db_open(&db, syncing->inventory, DB_READ, error) &&
        centre_send(centre, &db, LASTHELLO_VERSION, &sent, error);

    if (done)
        printf("%s: %" PRIu64 " rows sent\n", centre_name(centre), sent.rows);
    db_close(&db);
    centre_close(centre);
    return done;
}

int cmd_sync(int argc, char **argv)
{
    static const struct argp argp = {
        .options = sync_options,
        .parser = parse,
        .args_doc = "INVENTORY postgresql://...",
        .doc = "The centre: one PostgreSQL for the inventories of many sensors.\v"
               "Example: lasthello sync --print-schema | psql -v ON_ERROR_STOP=1 lasthello",
    };
    struct syncing syncing = {.prints_schema = false};
    struct error error = {0};

    settings_parse(&argp, argc, argv, &syncing);
    if (syncing.prints_schema)
        return print_schema();
    if (sync_once(&syncing, &error))
        return EXIT_DONE;
    complain("%s", error.text);
    return EXIT_FAILED;
}
