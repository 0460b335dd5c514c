/* SPDX-License-Identifier: BSD-2-Clause */
/* reader_options.c: the options that `report` and `serve` share. */
#include "reader_options.h"

#include "asset_choice.h"
#include "commands.h"
#include "remedy_choice.h"

#include <lasthello/report.h>

enum option_key {
    KEY_POLICY = 512,
    KEY_ASSETS,
    KEY_REMEDIES,
    KEY_NO_SANDBOX,
};

const struct argp_option reader_options_rows[] = {
    {.name = "policy",
        .key = KEY_POLICY,
        .arg = "FILE|FOLDER|ID",
        .doc = "judge by the policies of this file or folder in place of those installed, or by the one "
               "with this ID alone (may be repeated)"},
    {.name = "assets",
        .key = KEY_ASSETS,
        .arg = "FILE",
        .doc = "whose host is that: CSV with address, network or mac; name, owner, place, note "
               "(" ASSETS_OF_THIS_MACHINE ", if it is there)"},
    {.name = "remedies",
        .key = KEY_REMEDIES,
        .arg = "FILE",
        .doc = "remedies (what an old client may be, what helps) of this file in place of those installed"},
    {.name = "no-sandbox", .key = KEY_NO_SANDBOX, .doc = "keep all rights while reading the inventory"},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct reader_options *options = state->input;

    switch (key) {
    case KEY_POLICY:
        policy_choice_add(&options->choice, argument, state);
        return 0;
    case KEY_ASSETS:
        options->assets_path = argument;
        return 0;
    case KEY_REMEDIES:
        options->remedies_path = argument;
        return 0;
    case KEY_NO_SANDBOX:
        options->no_sandbox = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp reader_argp = {.options = reader_options_rows, .parser = parse};

bool reader_options_load(struct reader_options *options, struct error *error)
{
    unsigned refused;

    return policy_choice_load(&options->choice, &options->policies, &refused, error) &&
        asset_choice_load(options->assets_path, &options->assets, error) &&
        remedy_choice_load(options->remedies_path, &options->remedies, error);
}

void reader_options_use(const struct reader_options *options, struct inventory *inventory)
{
    inventory_judge_by(inventory, &options->policies);
    inventory_name_by(inventory, options->assets);
    inventory_help_by(inventory, &options->remedies);
}

void reader_options_close(struct reader_options *options)
{
    policies_close(&options->policies);
    assets_close(options->assets);
    remedies_close(&options->remedies);
}
