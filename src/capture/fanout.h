/* SPDX-License-Identifier: BSD-2-Clause */
/* fanout.h: how the capture sockets of one interface become a group that shares its packets. */
#ifndef LASTHELLO_CAPTURE_FANOUT_H
#define LASTHELLO_CAPTURE_FANOUT_H

#include <lasthello/source.h>

#include <linux/filter.h>

/* The classic BPF program that chooses a socket of the group. */
#define FANOUT_PROGRAM_MAX 256
struct fanout_program {
    struct sock_filter code[FANOUT_PROGRAM_MAX];
    unsigned short len;
};

/* fanout_program_write: the two addresses of a TCP packet, in either order, give the same number;
 * anything else 0. */
void fanout_program_write(struct fanout_program *program);

/* fanout_join makes the socket a member. */
bool fanout_join(struct fanout *fanout, const char *interface, int fd, struct error *error);

/* fanout_since: when the newest member joined. Packets before that are to be left alone: until the
 * group was complete, the kernel shared them out differently. To be asked when all have joined. */
int64_t fanout_since(struct fanout *fanout);

/* fanout_leave: a member's socket was closed. */
void fanout_leave(struct fanout *fanout);

#endif
