/* SPDX-License-Identifier: BSD-2-Clause */
/* sync_round.h: one round of `sync`: connect, send what has changed, end. */
#ifndef LASTHELLO_CLI_SYNC_ROUND_H
#define LASTHELLO_CLI_SYNC_ROUND_H

#include <lasthello/error.h>

#include <stdint.h>
#include <sys/types.h>

#define ROUND_TEXT_BYTES 480

struct sync_round {
    const char *inventory, *centre;
    bool no_sandbox;
};

/* What came of it: few enough bytes that a pipe takes them at once. */
struct sync_result {
    uint8_t is_done, has_rolled_back; /* not 0: yes. No bool: who took the process over writes any byte */
    uint64_t rows;
    int64_t revision;
    char centre[ROUND_TEXT_BYTES]; /* its name; "": it was not reached */
    char why[ROUND_TEXT_BYTES];    /* it failed */
};

/* sync_round_begin starts a process that does it: a file that was put in the place of the inventory is
 * seen, and what a stranger's bytes could do to that process ends with it. It calls the centre, then gives
 * all rights up but those to read the inventory and to write to the centre. `result` receives a
 * descriptor, the caller's, from which sync_round_end reads. The process's id, or -1. */
pid_t sync_round_begin(const struct sync_round *round, int *result, struct error *error);
/* sync_round_end: of a process that has ended with `status` of waitpid(2); closes the descriptor. */
void sync_round_end(int descriptor, int status, struct sync_result *result);

#endif
