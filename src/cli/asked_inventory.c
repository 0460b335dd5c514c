/* SPDX-License-Identifier: BSD-2-Clause */
/* asked_inventory.c: one inventory is read where it is; several become a file without a name. */
#include "asked_inventory.h"

#include "options.h"
#include "reader_sandbox.h"

#include <lasthello/centre.h>
#include <lasthello/merge.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void asked_inventory_add(struct asked_inventory *asked, const char *path)
{
    const char **grown = reallocarray(asked->paths, asked->count + 1, sizeof(*grown));

    if (grown == NULL) {
        complain("%s: not enough memory for the list of inventories", path);
        exit(EXIT_FAILED);
    }
    asked->paths = grown;
    grown[asked->count++] = path;
}

/* A first look, for the sentences that a newcomer needs; what else is wrong with it SQLite says. */
bool asked_inventory_check(const char *path, struct error *error)
{
    struct stat about;

    if (centre_is_named(path))
        return error_set(error,
            "a centre is asked through a file: lasthello merge 'postgresql://...' -o all.db, then name "
            "all.db");
    if (stat(path, &about) != 0 && errno == ENOENT)
        return error_set(error, "%s: no such inventory; fill one with: lasthello read -o %s FILE-OR-FOLDER%s",
            path, path,
            strpbrk(path, "./") == NULL ? "; what can be asked says lasthello report --help" : "");
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return error_set(
            error, "%s: is a folder; name the inventory in it, as %s/" DEFAULT_INVENTORY, path, path);
    return true;
}

/* "berlin.db and 2 others" */
static void name(struct asked_inventory *asked)
{
    const size_t others = asked->count - 1;

    if (others == 0)
        snprintf(asked->name, sizeof(asked->name), "%s", asked->paths[0]);
    else
        snprintf(asked->name, sizeof(asked->name), "%.400s and %zu other%s", asked->paths[0], others,
            others == 1 ? "" : "s");
}

bool asked_inventory_find(struct asked_inventory *asked, struct error *error)
{
    if (asked->count == 0)
        asked_inventory_add(asked, DEFAULT_INVENTORY);
    name(asked);
    return asked->count > 1 || asked_inventory_check(asked->paths[0], error);
}

/* The path that is opened: of what has no name, that of its descriptor. */
static bool choose_path(struct asked_inventory *asked, bool shuts, struct error *error)
{
    const struct merge_inputs inputs = {asked->paths, asked->count, !shuts};

    if (asked->count == 1)
        return snprintf(asked->path, sizeof(asked->path), "%s", asked->paths[0]) < (int)sizeof(asked->path) ||
            error_set(error, "%s: is too long a path", asked->paths[0]);
    asked->merged = merge_aside(&inputs, &asked->left_out, error);
    snprintf(asked->path, sizeof(asked->path), "/proc/self/fd/%d", asked->merged);
    return asked->merged > 0;
}

bool asked_inventory_hold(struct asked_inventory *asked, bool shuts, struct error *error)
{
    if (!choose_path(asked, shuts, error))
        return false;
    if (shuts)
        return reader_sandbox_enter(&asked->held, asked->path, 0, error);
    if (asked->count > 1)
        db_held_use(&asked->held, asked->path);
    return true;
}

void asked_inventory_close(struct asked_inventory *asked)
{
    db_held_close(&asked->held);
    if (asked->merged > 0)
        close(asked->merged);
    free(asked->paths);
}
