/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_sync.c: `lasthello sync`: an inventory is kept up to date in the centre. */
#include "asked_inventory.h"
#include "options.h"
#include "settings.h"
#include "sync_run.h"

#include <lasthello/centre.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_INTERVAL 60
#define SECONDS_MAX      86400

struct syncing {
    struct sync_plan plan;
    const char *centre; /* of an option or the configuration */
    bool prints_schema;
};

enum option_key {
    KEY_CENTRE = 256,
    KEY_INTERVAL,
    KEY_NO_SANDBOX,
    KEY_ONCE,
    KEY_PRINT_SCHEMA,
};

const struct argp_option sync_options[] = {
    {.name = "centre",
        .key = KEY_CENTRE,
        .arg = "WHERE",
        .doc = "the centre, where it is not named behind the inventory: postgresql://ROLE@HOST/DATABASE"},
    {.name = "interval",
        .key = KEY_INTERVAL,
        .arg = "SECONDS",
        .doc = "from one time to the next (default: 60); longer, where looking takes long"},
    {.name = "no-sandbox", .key = KEY_NO_SANDBOX, .doc = "keep all rights while sending"},
    {.name = "once", .key = KEY_ONCE, .doc = "send what has changed, and end"},
    {.name = "print-schema",
        .key = KEY_PRINT_SCHEMA,
        .doc = "print the script that makes the centre's tables, views, roles and rights"},
    {0},
};

static error_t take_word(struct syncing *syncing, const char *word, struct argp_state *state)
{
    struct sync_round *round = &syncing->plan.round;

    if (round->inventory == NULL)
        round->inventory = word;
    else if (round->centre == NULL)
        round->centre = word;
    else
        wrong_usage(state, "one inventory is sent to one centre");
    return 0;
}

static void check_words(struct syncing *syncing, struct argp_state *state)
{
    struct sync_round *round = &syncing->plan.round;

    if (syncing->prints_schema)
        return;
    if (round->centre == NULL)
        round->centre = syncing->centre;
    if (round->inventory == NULL)
        wrong_usage(state, "which inventory? lasthello sync INVENTORY postgresql://ROLE@HOST/DATABASE");
    else if (centre_is_named(round->inventory))
        wrong_usage(state,
            "the inventory comes first: lasthello sync INVENTORY postgresql://ROLE@HOST/DATABASE");
    else if (round->centre == NULL)
        wrong_usage(state, "to which centre? lasthello sync %s postgresql://ROLE@HOST/DATABASE",
            round->inventory);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct syncing *syncing = state->input;
    struct sync_plan *plan = &syncing->plan;

    switch (key) {
    case KEY_CENTRE:
        syncing->centre = argument;
        return 0;
    case KEY_INTERVAL:
        plan->interval = (unsigned)parse_count(state, "--interval", argument, 1, SECONDS_MAX);
        return 0;
    case KEY_NO_SANDBOX:
        plan->round.no_sandbox = true;
        return 0;
    case KEY_ONCE:
        plan->once = true;
        return 0;
    case KEY_PRINT_SCHEMA:
        syncing->prints_schema = true;
        return 0;
    case ARGP_KEY_ARG:
        return take_word(syncing, argument, state);
    case ARGP_KEY_END:
        check_words(syncing, state);
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
        .args_doc = "INVENTORY [postgresql://...]",
        .doc = "Keep the centre, a PostgreSQL for the inventories of many sensors, up to date.\v"
               "Only what changed is sent, also after weeks without a connection. Passwords come from a "
               "passfile (passfile=/PATH), never from the command line; towards another machine TLS is "
               "used, and the certificate is checked.\n\n"
               "Example: lasthello sync inventory.db "
               "'postgresql://berlin@db.example/lasthello?passfile=/etc/lasthello/pgpass'",
    };
    struct syncing syncing = {.plan = {.interval = DEFAULT_INTERVAL}};
    struct error error = {0};

    settings_parse(&argp, argc, argv, &syncing);
    if (syncing.prints_schema)
        return print_schema();
    if (asked_inventory_check(syncing.plan.round.inventory, &error))
        return sync_run(&syncing.plan);
    complain("%s", error.text);
    return EXIT_FAILED;
}
