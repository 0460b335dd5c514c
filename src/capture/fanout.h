/* SPDX-License-Identifier: BSD-2-Clause */
/* fanout.h: how the capture sockets of one interface become a group that shares its packets. */
#ifndef LASTHELLO_CAPTURE_FANOUT_H
#define LASTHELLO_CAPTURE_FANOUT_H

#include <lasthello/source.h>

#include <linux/filter.h>

/* The classic BPF program that chooses a socket of the group. */
#define FANOUT_PROGRAM_MAX 128
struct fanout_program {
    struct sock_filter code[FANOUT_PROGRAM_MAX];
    unsigned short len;
};

/* fanout_program_write: the two addresses of a TCP packet, in either order, give the same number; anything else 0. */
void fanout_program_write(struct fanout_program *program);

/* fanout_join makes the socket a member and waits until the others have joined, but not for long. Packets
 * before `since_ns` are to be left alone: until the group was complete, several members got them. */
bool fanout_join(struct fanout *fanout, const char *interface, int fd, int64_t *since_ns, struct error *error);

/* fanout_leave: a member's socket was closed. */
void fanout_leave(struct fanout *fanout);

#endif
