/* SPDX-License-Identifier: BSD-2-Clause */
/* copies.h: is a connection only the copy of another one?
 *
 * A firewall may shift sequence numbers (RFC 6528 is why: it makes those of old stacks hard to
 * guess). A mirror of both of its sides then shows each connection twice, between the same ports,
 * with other numbers. What was said is the same: a ClientHello has a random of its own, and where
 * both sides said the same within milliseconds it is no other connection either. The first payloads
 * of all connections are remembered, newest in place of oldest. */
#ifndef LASTHELLO_FLOW_COPIES_H
#define LASTHELLO_FLOW_COPIES_H

#include <lasthello/wire.h>

#define COPIES_ROWS     512
#define COPIES_PAYLOADS 6 /* of each side, from the first on */
#define COPIES_NS       (NANOSECONDS / 100)
#define COPIES_HELLO_NS NANOSECONDS

struct copies {
    struct said_row {
        uint64_t connection; /* hash of its ends */
        uint64_t content;
        int64_t time_ns;
        uint32_t flow;
        uint8_t from; /* the end that said it */
    } rows[COPIES_ROWS];
    size_t next;
};

enum copied {
    COPIED_NOT,
    COPIED_TEXT,  /* another connection between the same ends said the same just now */
    COPIED_HELLO, /* ... a ClientHello: it is the same connection */
};

/* Who says it. */
struct copies_speaker {
    uint64_t connection; /* hash of its ends */
    uint32_t flow;
    uint8_t from; /* the end */
};

/* copies_look compares a payload with what other flows between the same ends said, and finds the
 * one that said it. */
enum copied copies_look(const struct copies *copies, const struct copies_speaker *speaker,
    const struct segment *segment, uint32_t *original);
/* copies_repeats: did the same flow say the same just now? */
bool copies_repeats(
    const struct copies *copies, const struct copies_speaker *speaker, const struct segment *segment);
/* copies_note remembers it. */
void copies_note(struct copies *copies, const struct copies_speaker *speaker,
    const struct segment *segment);

#endif
