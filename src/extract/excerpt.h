/* SPDX-License-Identifier: BSD-2-Clause */
/* excerpt.h: one connection: how much of each packet may be shown, and what is said of it. */
#ifndef LASTHELLO_EXCERPT_H
#define LASTHELLO_EXCERPT_H

#include <lasthello/session.h>
#include <lasthello/tls.h>

#define EXCERPT_COMMENT_BYTES 1024
#define EXCERPT_HELLO_BYTES   8192 /* of handshake messages, for the comments */
#define EXCERPT_CLEAR_PACKETS 64   /* of a connection, that are shown by their headers alone */

enum excerpt_place {
    PLACE_CLEAR,  /* no hello yet, or a gap: nothing of the payload is shown */
    PLACE_BEGIN,  /* between two records */
    PLACE_WITHIN, /* in a record that is shown */
    PLACE_OVER,   /* the handshake is */
};

struct excerpt_side {
    enum excerpt_place place;
    bool has_next;
    uint32_t next; /* sequence number of what follows */
    uint32_t left; /* bytes of the record */
    struct record record;
    bool is_protected; /* after change_cipher_spec: messages cannot be read any more */
    bool hello_told;
    size_t hello_len;
    uint8_t hello[EXCERPT_HELLO_BYTES];
};

struct excerpt {
    uint64_t id;
    struct session session; /* its ends, and what both sides said, as far as a verdict needs it */
    bool is_settled;        /* ... the server chose, or ended the connection after a hello */
    struct excerpt_side sides[SIDE_COUNT];
    unsigned clear_packets;
    bool is_shown;
};

enum excerpt_shown {
    SHOWN_YES,
    SHOWN_NOT, /* after the handshake, or clear text beyond EXCERPT_CLEAR_PACKETS */
};

/* excerpt_begin: the first segment that was seen of a connection; it tells who is the client. */
void excerpt_begin(struct excerpt *excerpt, uint64_t id, const struct segment *segment);

/* excerpt_settles: is it known now, for the first time, what came of the hello? Its session says it. */
bool excerpt_settles(struct excerpt *excerpt);

/* excerpt_take answers whether the packet of a segment is shown; then how many bytes of its payload are,
 * from the first on, and a comment, or "". */
enum excerpt_shown excerpt_take(struct excerpt *excerpt, const struct segment *segment, size_t *payload_len,
    char comment[EXCERPT_COMMENT_BYTES]);

#endif
