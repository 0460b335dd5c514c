/* SPDX-License-Identifier: BSD-2-Clause */
/* interface.h: what an interface is like, as far as it matters to capture: for `lasthello check`. */
#ifndef LASTHELLO_INTERFACE_H
#define LASTHELLO_INTERFACE_H

#include <lasthello/error.h>

#include <stdint.h>

struct interface_facts {
    bool is_up;
    bool has_carrier;
    char driver[32];           /* empty: unknown, as all that follows may be */
    uint32_t speed_mbit;       /* 0: unknown */
    bool joins_packets;        /* GRO or LRO: several segments come as one */
    uint32_t ring_packets;     /* receive ring of the card: now, */
    uint32_t ring_packets_max; /* and at most */
};

/* interface_look asks the kernel and the driver; no rights are needed. Fails where there is no such
 * interface, and names those that there are. */
bool interface_look(const char *name, struct interface_facts *facts, struct error *error);

/* interface_set_missing says that there is no interface `name`, and which there are. Answers false. */
bool interface_set_missing(struct error *error, const char *name);

#endif
