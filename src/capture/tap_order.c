/* SPDX-License-Identifier: BSD-2-Clause */
/* tap_order.c: the merge of two interfaces by time. */
#include "tap_order.h"

static bool is_future(const struct tap_heads *heads, int side, int64_t now_ns)
{
    return heads->sides[side].time_ns > now_ns + heads->lag_ns;
}

/* Could the other side still hand over an earlier packet? */
static bool must_wait(const struct tap_heads *heads, int side)
{
    const struct tap_head *other = &heads->sides[!side];

    return !other->is_over && heads->sides[side].time_ns > other->empty_ns - heads->lag_ns;
}

int tap_order_next(const struct tap_heads *heads, int64_t now_ns)
{
    const struct tap_head *sides = heads->sides;

    for (int i = 0; i < 2; i++)
        if (sides[i].has_packet && is_future(heads, i, now_ns))
            return i;
    if (sides[0].has_packet && sides[1].has_packet)
        return sides[1].time_ns < sides[0].time_ns;
    for (int i = 0; i < 2; i++)
        if (sides[i].has_packet && !must_wait(heads, i))
            return i;
    return -1;
}

int64_t tap_order_due(const struct tap_heads *heads, int64_t now_ns)
{
    int64_t due_ns = INT64_MAX;

    for (int i = 0; i < 2; i++) {
        const int64_t left_ns = heads->sides[i].time_ns + heads->lag_ns - now_ns;

        if (heads->sides[i].has_packet && left_ns < due_ns)
            due_ns = left_ns > 0 ? left_ns : 0;
    }
    return due_ns;
}
