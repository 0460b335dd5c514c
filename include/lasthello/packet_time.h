/* SPDX-License-Identifier: BSD-2-Clause */
/* packet_time.h: which times of packets can be believed.
 *
 * Packets have times that cannot be: one of 2106, 2038 or 1970 among those of today. A time within
 * a day of the last believed one is believed. One further away is not, until TIME_PACKETS in a row
 * agree on it; until then a packet has the last believed time. The very first time of a capture
 * counts for one packet, no more. */
#ifndef LASTHELLO_PACKET_TIME_H
#define LASTHELLO_PACKET_TIME_H

#include <stdbool.h>
#include <stdint.h>

#define TIME_PACKETS 3

/* A packet whose time was not believed. */
struct time_doubt {
    uint64_t number; /* of the packet */
    int64_t time_ns; /* as captured; of the first packet, once two others disagree with it: theirs */
};

struct packet_time {
    int64_t believed_ns; /* the last one */
    struct time_doubt doubts[TIME_PACKETS];
    unsigned count;    /* of the doubts, which agree with each other */
    bool is_running;   /* there was a packet */
    bool is_confirmed; /* ... and a second one agreed with it */
    struct time_doubt first;
};

/* packet_time_believe returns the time of a packet as far as it can be believed. `is_doubted`: not
 * as captured. */
int64_t packet_time_believe(struct packet_time *time, int64_t time_ns, uint64_t number, bool *is_doubted);
/* packet_time_proved yields, one a call, the packets whose times turned out otherwise; to be asked
 * after each packet that was believed. */
bool packet_time_proved(struct packet_time *time, struct time_doubt *proved);
/* packet_time_peek: what packet_time_believe would return; nothing is noted. */
int64_t packet_time_peek(const struct packet_time *time, int64_t time_ns);

#endif
