/* SPDX-License-Identifier: BSD-2-Clause */
/* look.h: a few seconds of an interface's packets, counted by what they say of the mirror port. */
#ifndef LASTHELLO_LOOK_H
#define LASTHELLO_LOOK_H

#include <lasthello/dissector.h>
#include <lasthello/source.h>

struct look {
    const struct services *services;
    uint64_t packets;
    uint64_t ip;
    uint64_t mail[SIDE_COUNT]; /* on a mail port, by who sent it */
    uint64_t tagged;           /* with a VLAN tag */
    uint64_t tunnelled;
    uint64_t joined;  /* longer than any frame: several segments, joined by the network card */
    uint64_t dropped; /* by the kernel */
    uint64_t interface_dropped;
};

/* look_packet counts one packet. */
void look_packet(struct look *look, const struct packet *packet);

/* look_source adds what comes for so many seconds to what was seen before; drops are this source's alone. False: the
 * source failed. */
bool look_source(struct look *look, struct source *source, int seconds, struct error *error);

#endif
