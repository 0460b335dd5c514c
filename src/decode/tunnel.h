/* SPDX-License-Identifier: BSD-2-Clause */
/* tunnel.h: what a tunnel's header says about the packet inside. */
#ifndef DECODE_TUNNEL_H
#define DECODE_TUNNEL_H

#include "link.h"

#include <lasthello/decode.h>

/* A tunnel_read reads the tunnel's header at the front of `in`, and the packet after it into
 * `inner`, which comes as a copy of the outer datagram with the kind of tunnel set. `cut` as in
 * link.h. DECODED_OTHER: no packet in it. */
typedef enum decoded (*tunnel_read)(
    struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);

enum decoded gre_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded vxlan_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded vxlan_gpe_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded geneve_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded tzsp_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded gtp_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded lisp_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded gue_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded hp_mirror_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded juniper_mirror_read(
    struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded teredo_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded capwap_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded l2tp_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded l2tp_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded ipv4_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded ipv6_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded etherip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded mpls_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded nsh_in_ip_read(struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);
enum decoded ethernet_in_ip_read(
    struct bytes in, uint32_t cut, struct datagram *inner, struct unknown *unknown);

/* tunnel_sealed: there is something in it, and it cannot be read. */
static inline enum decoded tunnel_sealed(struct unknown *unknown, enum unknown_kind kind, uint32_t number)
{
    *unknown = (struct unknown){kind, number};
    return DECODED_OTHER;
}

#endif
