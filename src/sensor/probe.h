/* SPDX-License-Identifier: BSD-2-Clause */
/* probe.h: a few seconds of an interface's packets, counted by what they say of the mirror port. */
#ifndef LASTHELLO_PROBE_H
#define LASTHELLO_PROBE_H

#include <lasthello/dissector.h>
#include <lasthello/source.h>

struct probe {
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

/* probe_packet counts one packet. */
void probe_packet(struct probe *probe, const struct packet *packet);

/* probe_source adds what comes for so many seconds to what was seen before; drops are this source's
 * alone. False: the source failed. */
bool probe_source(struct probe *probe, struct source *source, int seconds, struct error *error);

#endif
