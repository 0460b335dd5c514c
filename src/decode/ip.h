/* SPDX-License-Identifier: BSD-2-Clause */
/* ip.h: IPv4 (RFC 791) and IPv6 (RFC 8200) headers. */
#ifndef DECODE_IP_H
#define DECODE_IP_H

#include <lasthello/decode.h>

#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

/* ipv4_decode and ipv6_decode read the IP header and its extensions at the front of `in`. They fill all of
 * `datagram` but its link and depth. `cut` bytes at the end of `in` were not captured. */
enum decoded ipv4_decode(struct bytes in, uint32_t cut, struct datagram *datagram);
enum decoded ipv6_decode(struct bytes in, uint32_t cut, struct datagram *datagram);

/* ip_extensions steps over extension headers at the front of the payload, up to one that says that this is a
 * fragment, whose own header it takes as well. */
enum decoded ip_extensions(struct datagram *datagram);

#endif
