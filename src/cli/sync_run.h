/* SPDX-License-Identifier: BSD-2-Clause */
/* sync_run.h: round after round, until a signal ends it. */
#ifndef LASTHELLO_CLI_SYNC_RUN_H
#define LASTHELLO_CLI_SYNC_RUN_H

#include "sync_round.h"

struct sync_plan {
    struct sync_round round;
    unsigned interval; /* seconds from round to round; more, where a round takes much of the processor */
    bool once;
};

/* sync_run answers the exit status. */
int sync_run(const struct sync_plan *plan);

#endif
