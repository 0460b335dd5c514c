/* SPDX-License-Identifier: BSD-2-Clause */
/* pipeline.h: the conductor: one packet through all rooms, from frame to recorded session. */
#ifndef LASTHELLO_PIPELINE_H
#define LASTHELLO_PIPELINE_H

#include "recorder.h"

#include <lasthello/decode.h>
#include <lasthello/flow.h>
#include <lasthello/host_names.h>
#include <lasthello/packet_time.h>

_Static_assert(offsetof(struct reader, state[1]) + DISSECTOR_STATE_FRONT <= FLOW_GUEST_FRONT_BYTES &&
        offsetof(struct session, answer.alpn) <= FLOW_BESIDE_FRONT_BYTES,
    "what each delivery touches is fetched ahead");

struct pipeline {
    const struct services *services;
    struct fragments *fragments;
    struct flow_table *flows;
    struct workspace *workspace;
    struct recorder *recorder;
    struct host_names *names; /* that were heard; the caller's; NULL: they are not wanted */
    struct reader spare;      /* for bytes that are no session's yet */
    struct session spare_session;
    struct packet_time time;
    bool is_time_doubted;         /* of the packet now */
    struct source_record *source; /* of the packets now: its counters grow here */
    /* Is a session that began in this source to be stored? NULL: each is. */
    bool (*is_wanted)(const void *wants, uint64_t source);
    const void *wants;
    uint64_t copies;            /* of other sessions, not taken off source->flows yet */
    struct flow_counts counted; /* of the flow table, as far as they are in a source's record */
    struct fragments_counts fragments_counted;
    /* For a source that can hold packets back, else NULL: those of a settled session that goes on
     * in bulk; and SYN, FIN or RST came, whatever follows must be seen. */
    void (*hold)(void *holder, const struct segment *segment, uint64_t observation);
    void (*release)(void *holder, const struct segment *segment);
    void *holder;
};

/* pipeline_open reserves `memory_bytes` for flows and fragments. */
bool pipeline_open(struct pipeline *line, const struct services *services, struct recorder *recorder,
    size_t memory_bytes, struct error *error);
void pipeline_close(struct pipeline *line);

/* pipeline_packet takes one packet of line->source through the rooms, and counts it and its fate;
 * those of the last few packets may wait for the next one. */
void pipeline_packet(struct pipeline *line, const struct packet *packet);
/* pipeline_catch_up lets none of them wait. */
void pipeline_catch_up(struct pipeline *line);

/* pipeline_believes returns a packet's time as far as it can be believed after those before it. */
static inline int64_t pipeline_believes(const struct pipeline *line, int64_t time_ns)
{
    return packet_time_peek(&line->time, time_ns);
}

/* pipeline_time tells the time where no packet does: a quiet interface. */
void pipeline_time(struct pipeline *line, int64_t time_ns);

/* pipeline_flush concludes every session: the capture is over. */
void pipeline_flush(struct pipeline *line);

/* pipeline_settle_counts adds what the tables counted since the last call to line->source. */
void pipeline_settle_counts(struct pipeline *line);

#endif
