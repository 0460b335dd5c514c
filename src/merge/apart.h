/* SPDX-License-Identifier: BSD-2-Clause */
/* apart.h: inventories, which strangers may have made, are read and merged by a process without rights. The
 * one that started it opens their files for it, and nothing else (process.h: the monitor). */
#ifndef LASTHELLO_MERGE_APART_H
#define LASTHELLO_MERGE_APART_H

#include <lasthello/db.h>
#include <lasthello/process.h>

/* Those that are written to have their places for good; one other is read at a time. */
enum apart_place {
    APART_DRAFT,
    APART_COPY,
    APART_TARGET,
    APART_INPUT,
    APART_PLACES,
};
_Static_assert((int)APART_PLACES <= DB_PLACES_MAX, "each has its place");

struct apart_file {
    struct monitor *monitor;
    size_t number; /* the monitor's */
};

struct apart {
    struct monitor *monitor;
    const char *const *inputs;
    struct apart_file files[APART_PLACES];
    struct db_place places[APART_PLACES];
};

/* What is merged: `written`, by their places (NULL: none), and the inputs. */
struct apart_plan {
    const char *written[APART_INPUT];
    const char *const *inputs;
    size_t input_count;
    bool keeps_rights; /* no sandbox */
};

/* What that process says at its end. */
struct apart_told {
    size_t left_out; /* inputs that cannot be read */
    struct error error;
};
typedef bool apart_work(struct apart *apart, void *argument, struct apart_told *told);

/* apart_run calls `work` in a process of its own, which has what there is in memory now, and can tell nothing
 * but `told`. False with a sentence there: it did not do it. */
bool apart_run(const struct apart_plan *plan, apart_work *work, void *argument, struct apart_told *told);
/* apart_turn_to lets the files of an input be opened, in the place of those of the one before. */
void apart_turn_to(struct apart *apart, size_t input);

#endif
