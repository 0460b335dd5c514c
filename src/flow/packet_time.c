/* SPDX-License-Identifier: BSD-2-Clause */
/* packet_time.c: the times of packets, as far as they can be believed. */
#include <lasthello/packet_time.h>
#include <lasthello/wire.h>

#define DAY_NS (86400 * NANOSECONDS)

/* As unsigned numbers: times may be anything, and differences of signed ones could overflow. */
static bool is_near(int64_t a_ns, int64_t b_ns)
{
    return (uint64_t)a_ns - (uint64_t)b_ns + (uint64_t)DAY_NS <= 2 * (uint64_t)DAY_NS;
}

int64_t packet_time_peek(const struct packet_time *time, int64_t time_ns)
{
    return !time->is_running || is_near(time_ns, time->believed_ns) ? time_ns : time->believed_ns;
}

static void note_doubt(struct packet_time *time, int64_t time_ns, uint64_t number)
{
    if (time->count > 0 && !is_near(time->doubts[time->count - 1].time_ns, time_ns))
        time->count = 0;
    time->doubts[time->count++] = (struct time_doubt){number, time_ns};
}

int64_t packet_time_believe(struct packet_time *time, int64_t time_ns, uint64_t number, bool *is_doubted)
{
    const unsigned needed = time->is_confirmed ? TIME_PACKETS : TIME_PACKETS - 1;

    *is_doubted = false;
    if (!time->is_running) {
        *time = (struct packet_time){.believed_ns = time_ns, .is_running = true, .first = {number, time_ns}};
        *is_doubted = true; /* nothing speaks for it yet */
        return time_ns;
    }
    if (is_near(time_ns, time->believed_ns)) {
        time->is_confirmed = true;
        time->count = 0;
        time->believed_ns = time_ns;
        return time_ns;
    }
    note_doubt(time, time_ns, number);
    *is_doubted = time->count < needed;
    if (*is_doubted)
        return time->believed_ns;
    if (!time->is_confirmed) /* the first packet was wrong, not these */
        time->doubts[time->count++] = (struct time_doubt){time->first.number, time->doubts[0].time_ns};
    time->is_confirmed = true;
    time->believed_ns = time_ns;
    return time_ns;
}

bool packet_time_proved(struct packet_time *time, struct time_doubt *proved)
{
    if (time->count == 0 || !is_near(time->doubts[time->count - 1].time_ns, time->believed_ns))
        return false;
    *proved = time->doubts[--time->count];
    return true;
}
