/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcp.h: what a client of DHCP says of itself, and which address its server confirms (RFC 2131, RFC
 * 8415). */
#ifndef LASTHELLO_DHCP_H
#define LASTHELLO_DHCP_H

#include <lasthello/address.h>
#include <lasthello/bytes.h>

#define DHCP_NAME_BYTES  256
#define DHCP_CLASS_BYTES 128 /* of a vendor class: longer ones are cut there */

enum dhcp_kind {
    DHCP_OTHER,   /* well-formed as far as it was read, and neither of the next two */
    DHCP_REQUEST, /* of a client */
    DHCP_REPLY,   /* a server confirms an address */
    DHCP_BROKEN,  /* breaks its own lengths */
};

struct dhcp_message {
    uint32_t transaction;
    struct bytes client; /* by what a client is known: its hardware address; of DHCPv6 its DUID */
    bool has_mac;        /* `client` is an Ethernet address */
    /* of a request; made safe, "" where it is not said */
    char name[DHCP_NAME_BYTES];   /* option 81, else 12; of DHCPv6 39: letters in lower case, digits, - . _ */
    char class[DHCP_CLASS_BYTES]; /* option 60; of DHCPv6 16 */
    /* of a reply */
    struct address address;
    uint32_t lease_s; /* 0: not said */
};

/* dhcp4_read and dhcp6_read read the payload of a datagram. They fill `message` for DHCP_REQUEST and
 * DHCP_REPLY; else it is without meaning. `client` looks into the payload. Sources: RFC 2131 2 and 3, RFC
 * 2132 3.14, 9.13, RFC 4702 2; RFC 8415 8, 21.2, 21.6, 21.16, RFC 4704 4. Options that are continued in
 * other fields or options (RFC 2132 9.3, RFC 3396), and DHCPv6 through a relay, are not looked for. */
enum dhcp_kind dhcp4_read(struct bytes payload, struct dhcp_message *message);
enum dhcp_kind dhcp6_read(struct bytes payload, struct dhcp_message *message);

#endif
