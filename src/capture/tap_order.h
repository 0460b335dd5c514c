/* SPDX-License-Identifier: BSD-2-Clause */
/* tap_order.h: which packet comes next, of two interfaces that hand theirs over late, in blocks. */
#ifndef LASTHELLO_CAPTURE_TAP_ORDER_H
#define LASTHELLO_CAPTURE_TAP_ORDER_H

#include <stdbool.h>
#include <stdint.h>

/* What is known of the packets of one interface. Times are of the wall clock, in nanoseconds. */
struct tap_head {
    bool has_packet;
    bool is_over;     /* it is down: no packet comes */
    int64_t time_ns;  /* of the packet that waits */
    int64_t empty_ns; /* when it was last found to have none; 0: never */
};

struct tap_heads {
    struct tap_head sides[2];
    int64_t lag_ns; /* so late may the kernel hand over a packet */
};

/* tap_order_next: the side whose packet is the next by time: the earlier of two; or the only one,
 * once the other side cannot have an earlier one. A packet from the future (the clock was set back)
 * does not wait, nor hold up others. -1: wait. */
int tap_order_next(const struct tap_heads *heads, int64_t now_ns);

/* tap_order_due: how long the packet that waits has to wait at most, in nanoseconds; INT64_MAX:
 * none waits. */
int64_t tap_order_due(const struct tap_heads *heads, int64_t now_ns);

#endif
