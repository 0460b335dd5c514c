/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_test.c: `lasthello policy test`: an inventory is judged with a policy and without it. */
#include "policy_test.h"

#include "reader_sandbox.h"

#include <lasthello/report.h>

#include <string.h>
#include <unistd.h>

/* The policies with the one that is tried; one with its id gives way to it. The list owns none of them. */
static bool list_with(
    const struct policies *policies, struct policy *tried, struct policies *with, struct error *error)
{
    with->count = 0;
    for (size_t i = 0; i < policies->count; i++)
        if (strcmp(policies->rows[i]->id, tried->id) != 0)
            with->rows[with->count++] = policies->rows[i];
    if (with->count == POLICIES_MAX)
        return error_set(error, "there are 128 policies already");
    with->rows[with->count++] = tried;
    return true;
}

static bool compare(struct inventory *inventory, const struct policies *policies, const struct policies *with,
    const char *as_of, struct error *error)
{
    const struct filters filters = {.as_of = as_of};
    const struct report report = {
        .out = stdout, .aside = stderr, .inventory = inventory, .filters = &filters, .policies = policies};

    return report_policy_changes(&report, with, with->rows[with->count - 1]->id, error);
}

bool policy_test(struct policies *policies, const char *path, const char *inventory, const char *as_of,
    struct error *error)
{
    struct policies tried = {.count = 0}, with;
    struct db_held held = {0};
    struct inventory *opened = NULL;
    bool told = false;

    if (access(inventory, F_OK) != 0)
        error_set(error, "%s: no such inventory", inventory);
    else if (policies_read_file(&tried, path, error) && list_with(policies, tried.rows[0], &with, error) &&
        reader_sandbox_enter(&held, inventory, 0, error))
        opened = inventory_open(inventory, error);
    if (opened != NULL)
        told = compare(opened, policies, &with, as_of, error);
    inventory_close(opened);
    db_held_close(&held);
    policies_close(&tried);
    return told;
}
