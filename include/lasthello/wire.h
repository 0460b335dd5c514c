/* SPDX-License-Identifier: BSD-2-Clause */
/* wire.h: what the rooms say to each other about one packet, from the capture to the TCP segment.
 *
 * Nothing here owns memory: the windows are valid until the source yields its next packet (or, for
 * a datagram joined from fragments, until the next call of fragments_join). */
#ifndef LASTHELLO_WIRE_H
#define LASTHELLO_WIRE_H

#include <lasthello/address.h>
#include <lasthello/bytes.h>
#include <lasthello/clock.h>

struct endpoint {
    struct address address;
    uint16_t port;
};

enum side {
    SIDE_CLIENT,
    SIDE_SERVER,
};
#define SIDE_COUNT 2

static inline enum side side_other(enum side side)
{
    return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

/* Times of packets lie between this and its negative (the years 1823 to 2116): their differences
 * fit in 64 bits. */
#define TIME_NS_MAX (INT64_MAX / 2)

/* One packet as captured. */
struct packet {
    struct bytes data;  /* what was captured, from the link header on */
    uint32_t wire_len;  /* its length on the wire; more than data.left: cut by the snapshot length */
    uint32_t link_type; /* LINKTYPE_ value of pcap files, the same numbers as in pcapng */
    int64_t time_ns;    /* since 1970-01-01 UTC, at most TIME_NS_MAX from it; never trusted to grow */
    uint64_t number;    /* from 1 within its file: the number that Wireshark shows */
    uint16_t vlan;      /* a tag that the network card took off (live capture): 0x1000 | id, else 0 */
    bool left_out;      /* the user's filter drops it: it tells which capture this is, and nothing else */
};

#define LINK_VLANS_MAX 4

enum tunnel {
    TUNNEL_NONE,
    TUNNEL_IPIP, /* IP in IP, 6in4, 4in6 (RFC 2003, 2473, 4213) */
    TUNNEL_GRE,
    TUNNEL_ERSPAN,
    TUNNEL_VXLAN,
    TUNNEL_GENEVE,
    TUNNEL_TZSP,
    TUNNEL_GTP,  /* GTP-U: mobile networks */
    TUNNEL_L2TP, /* versions 2 and 3 */
    TUNNEL_TEREDO,
    TUNNEL_ETHERIP, /* Ethernet right after IP */
    TUNNEL_CAPWAP,  /* between wireless access points and their controller */
    TUNNEL_MPLS,    /* labels right after IP or UDP */
    TUNNEL_NSH,     /* a service header right after IP */
    TUNNEL_LISP,
    TUNNEL_GUE,
    TUNNEL_MIRROR, /* remote mirrors of HP and Juniper */
    TUNNEL_COUNT,
};

/* The way a packet took, as far as its wrappings tell: of the innermost Ethernet frame. */
struct link {
    uint8_t source_mac[6];
    uint8_t destination_mac[6];
    bool has_macs; /* else the two above are without meaning */
    uint8_t vlan_count;
    uint16_t vlans[LINK_VLANS_MAX]; /* ids but 0, outermost first; further ones are not kept */
    enum tunnel tunnel;             /* the innermost one */
    uint32_t tunnel_id;             /* its network, session, key or endpoint, where it has one, else 0 */
    uint32_t tunnel_ends;           /* of the addresses of both its ends, the same in both directions */
    uint8_t time_to_live;           /* hop limit of the innermost IP header */
};

/* One IP packet, perhaps a fragment of one. */
struct datagram {
    struct link link;
    struct address source;
    struct address destination;
    struct bytes payload;
    uint32_t payload_len; /* by the IP header; more than payload.left: cut by the snapshot length */
    uint32_t fragment_id;
    uint16_t fragment_offset; /* in bytes */
    bool is_fragment;         /* offset or more-fragments set; an atomic fragment (RFC 6946) is none */
    bool more_fragments;
    uint8_t version;      /* 4 or 6 */
    uint8_t tunnel_depth; /* tunnels opened so far */
    uint8_t protocol;     /* of `payload`, after all extension headers that could be read */
};

#define SEGMENT_FIN 0x01
#define SEGMENT_SYN 0x02
#define SEGMENT_RST 0x04
#define SEGMENT_PSH 0x08
#define SEGMENT_ACK 0x10

/* One TCP segment (RFC 9293 3.1). */
struct segment {
    struct endpoint source;
    struct endpoint destination;
    uint32_t sequence; /* of the SYN, where set, else of the first byte of payload */
    uint32_t acknowledgement;
    uint16_t window;
    uint8_t flags; /* SEGMENT_ */
    struct bytes payload;
    uint32_t payload_len; /* on the wire; more than payload.left: the rest is a gap */
    const struct link *link;
    int64_t time_ns;
    uint64_t number;
    bool is_time_doubted; /* it may turn out to be another */
};

/* Where and when: a packet of a source. */
struct packet_ref {
    int64_t time_ns;
    uint64_t number; /* as Wireshark shows it; 0: no packet yet */
    uint64_t source; /* the source's id (ledger.h) */
};

/* What became of a packet: exactly one of these for each, so that they add up to the packets. */
enum fate {
    FATE_USED, /* its payload, SYN, FIN or RST was used by a flow */
    /* a flow had seen all its bytes already: a retransmission or a mirror's second copy */
    FATE_DUPLICATE,
    FATE_SETTLED,       /* of a session whose outcome is known */
    FATE_NO_FLOW,       /* on a mail port, without payload and without a flow: a SYN, a scan, a bare ACK */
    FATE_NOT_MAIL,      /* TCP on other ports */
    FATE_NOT_TCP,       /* IP, but neither TCP nor a known tunnel */
    FATE_FRAGMENT_HELD, /* a fragment that waits for the others */
    FATE_NOT_IP,        /* no IP inside */
    FATE_LINK_UNKNOWN,  /* a link type that no decoder knows */
    FATE_MALFORMED,     /* headers that break their own lengths */
    FATE_CUT_SHORT,     /* the snapshot length left no whole header */
    FATE_TOO_DEEP,      /* more tunnels inside each other than TUNNEL_DEPTH_MAX */
    FATE_GIVEN_UP,      /* no memory was left for its flow */
    FATE_COUNT,
};

/* What the decoder met and does not read, for the coverage report. */
enum unknown_kind {
    UNKNOWN_NONE,
    UNKNOWN_LINK_TYPE,
    UNKNOWN_ETHERTYPE, /* Linux's small numbers (ETH_P_802_2) and PPP's stand for what has no ethertype */
    UNKNOWN_PROTOCOL,  /* of IP: known, and not opened */
    UNKNOWN_PORT,      /* of UDP: known, and not opened */
    UNKNOWN_SEALED,    /* live: any of these, in tunnels; number 0 */
    UNKNOWN_KIND_COUNT,
};

/* What was heard of names. */
struct names_counts {
    uint64_t answers; /* of DNS, that were asked for and have an address */
    uint64_t unasked; /* answers that nobody had asked for: not believed */
    uint64_t unread;  /* DNS and DHCP messages that break their own rules */
};

/* A set of ports, a bit each: port 993 is bit 993 % 64 of word 993 / 64. */
#define PORT_WORDS (65536 / 64)

#endif
