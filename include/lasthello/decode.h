/* SPDX-License-Identifier: BSD-2-Clause */
/* decode.h: from the captured frame down to the TCP segment, one layer a function.
 *
 * A packet is decoded by frame_decode, then, as often as there are tunnels, by fragments_join and
 * tunnel_open, and at last by segment_decode. Each answers DECODED_YES or says why not; wire bytes
 * never cause an error. Checksums are not looked at: network cards fill them in after the mirror. */
#ifndef LASTHELLO_DECODE_H
#define LASTHELLO_DECODE_H

#include <lasthello/wire.h>

#define TUNNEL_DEPTH_MAX 8

enum decoded {
    DECODED_YES,
    DECODED_OTHER,     /* well-formed, and something else: no IP, no TCP */
    DECODED_MALFORMED, /* breaks its own lengths */
    DECODED_CUT_SHORT, /* the snapshot length ended inside a header */
    DECODED_UNKNOWN,   /* frame_decode only: no decoder for this link type */
};

/* Where a decoder met something that it does not read. */
struct unknown {
    enum unknown_kind kind;
    uint32_t number;
};

/* frame_decode reads link headers, VLAN tags, MPLS, PPPoE and the IP header with its extensions.
 * Fills `datagram`, whose payload looks into the packet; without DECODED_YES it is without meaning.
 * On DECODED_OTHER and DECODED_UNKNOWN, `unknown` names the link type or ethertype (ARP, LLDP and
 * the like are counted as well; 802.2 frames without an ethertype as 4), and is left alone where
 * there is no such number. */
enum decoded frame_decode(const struct packet *packet, struct datagram *datagram, struct unknown *unknown);

/* tunnel_possible: may this datagram carry another packet? Cheap; false for TCP. */
static inline bool tunnel_possible(const struct datagram *datagram)
{
    return datagram->protocol != 6;
}

/* tunnel_open steps into a tunnel (carriers.h lists them) and replaces `datagram` by the inner one;
 * its payload then looks where the outer one's did. Unless DECODED_YES, `datagram` is as it was;
 * DECODED_OTHER: no tunnel, nothing in it that is IP, or (then `unknown` names it) one that is
 * known and cannot be opened. Tunnels in UDP are told by their ports. The caller stops after
 * TUNNEL_DEPTH_MAX. */
enum decoded tunnel_open(struct datagram *datagram, struct unknown *unknown);

/* Fragments that wait for the others, within a fixed amount of memory: oldest given up first. */
struct fragments;
struct fragments_counts {
    uint64_t joined; /* datagrams made whole */
    /* datagrams that never became whole, for age, want of room, or because the capture ended */
    uint64_t given_up;
    /* fragments that overlapped others with other bytes, or ended elsewhere: first copy won */
    uint64_t overlaps;
};

/* fragments_open takes `memory_bytes` at start, but enough for one datagram of 64 KiB (150 KiB) in any case;
 * NULL if there is none. */
struct fragments *fragments_open(size_t memory_bytes);
void fragments_close(struct fragments *fragments);

/* fragments_join lets a datagram that is no fragment pass unchanged (true). A fragment is kept
 * (false) until the last missing one arrives in any order; then `datagram` is the whole one (true),
 * its payload valid until the next call (which may be for a fragment inside it). RFC 791 3.2, RFC
 * 8200 4.5, RFC 5722 for overlaps (first copy wins here, because a passive observer must not let
 * the second hide the first). What the snapshot length took from a fragment ends the payload there:
 * payload_len stays that of the whole. Incomplete after 30 s: given up. Copies of fragments change
 * nothing, also when they come up to 1 s after the whole. */
bool fragments_join(struct fragments *fragments, struct datagram *datagram, int64_t time_ns);
/* fragments_flush gives up what waits, and forgets what was whole: the capture is over, and the
 * next knows nothing of it. */
void fragments_flush(struct fragments *fragments);
const struct fragments_counts *fragments_counts(const struct fragments *fragments);

/* segment_decode reads a TCP header (RFC 9293 3.1). The packet gives time and number. A header whose options
 * were cut is read: its payload is then a gap. DECODED_MALFORMED: the header is longer than the segment. */
enum decoded segment_decode(
    const struct datagram *datagram, const struct packet *packet, struct segment *segment);

#endif
