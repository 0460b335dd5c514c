/* SPDX-License-Identifier: BSD-2-Clause */
/* carriers.h: all headers that may carry an IP packet inside, each listed once.
 *
 * Made from these lists: the decoder's tables (src/decode), the kernel's filter
 * (src/capture/filter_text.c), the shunt's filter (src/capture/shunt.bpf.c), the spreading over
 * threads (src/capture/fanout.c), the names in the coverage report (src/base/carrier_names.c). What is
 * in a carrier that the kernel's filter did not know, nobody would miss.
 *
 * A list calls X once for each row. `reader` names the function in src/decode that reads the header.
 * The compiler for the kernel reads this header, too: macros alone. */
#ifndef LASTHELLO_CARRIERS_H
#define LASTHELLO_CARRIERS_H

/* CARRIER_NUMBER is the number of a row, whatever else the row has. */
#define CARRIER_NUMBER(...)       CARRIER_FIRST(__VA_ARGS__, 0)
#define CARRIER_FIRST(first, ...) first

/* VLAN tags: X(ethertype). */
#define CARRIER_VLAN_TAGS(X)                                         \
    X(0x8100)                                                        \
    X(0x88a8) /* 802.1ad */                                          \
    X(0x9100) /* QinQ before it was standardised, as the next two */ \
    X(0x9200)                                                        \
    X(0x9300)

/* Other ethertypes: X(ethertype, bytes to skip, reader). */
#define CARRIER_ETHERTYPES(X)                                                                 \
    X(0x8847, 0, mpls_read)                                                                   \
    X(0x8848, 0, mpls_read)     /* upstream-assigned labels (RFC 5332) */                     \
    X(0x8864, 0, pppoe_read)    /* PPPoE sessions (RFC 2516) */                               \
    X(0x6558, 0, ethernet_read) /* an Ethernet frame in another */                            \
    X(0x8870, 0, llc_read)      /* LLC in jumbo frames */                                     \
    X(0x8909, 6, next_read)     /* Cisco metadata: version, length, option, security group */ \
    X(0x8988, 6, next_read)     /* Cisco TTag: time in nanoseconds */                         \
    X(0x8926, 4, next_read)     /* VN-Tag */                                                  \
    X(0x893f, 6, next_read)     /* 802.1BR E-Tag */                                           \
    X(0x892f, 4, next_read)     /* HSR */                                                     \
    X(0xf1c1, 4, next_read)     /* 802.1CB R-Tag */                                           \
    X(0x88e7, 4, ethernet_read) /* 802.1ah I-Tag: the customer's frame follows */             \
    X(0x8903, 2, ethernet_read) /* Cisco FabricPath: a tag, then the frame */                 \
    X(0x22f3, 0, trill_read)    /* TRILL (RFC 6325) */                                        \
    X(0x88e5, 0, macsec_read)   /* 802.1AE without encryption */                              \
    X(0xd28b, 0, arista_read)   /* Arista: time stamps of its taps */                         \
    X(0x894f, 0, nsh_read)      /* NSH (RFC 8300) */

/* 802.2 in place of an ethertype, by its destination: X(access point). 0xaa: SNAP, 0x06: IP by its
 * own number. */
#define CARRIER_ACCESS_POINTS(X) \
    X(0xaa)                      \
    X(0x06)

/* Headers between IPv6 and what it carries: X(next header). */
#define CARRIER_EXTENSIONS(X)        \
    X(0)   /* hop-by-hop options */  \
    X(43)  /* routing */             \
    X(44)  /* fragment */            \
    X(60)  /* destination options */ \
    X(135) /* mobility */            \
    X(139) /* host identity */       \
    X(140) /* shim6 */

/* The same for either version of IP: X(protocol). */
#define CARRIER_HEADERS(X) \
    X(51) /* authentication: hides nothing */

/* Protocols of IP: X(protocol, tunnel, reader). */
#define CARRIER_PROTOCOLS(X)                                                     \
    X(4, TUNNEL_IPIP, ipv4_in_ip_read)  /* RFC 2003 */                           \
    X(94, TUNNEL_IPIP, ipv4_in_ip_read) /* the same, by an older number */       \
    X(41, TUNNEL_IPIP, ipv6_in_ip_read) /* RFC 4213 */                           \
    X(47, TUNNEL_GRE, gre_read)                                                  \
    X(97, TUNNEL_ETHERIP, etherip_read)         /* RFC 3378 */                   \
    X(115, TUNNEL_L2TP, l2tp_in_ip_read)        /* L2TPv3 (RFC 3931 4.1.1) */    \
    X(137, TUNNEL_MPLS, mpls_in_ip_read)        /* RFC 4023 */                   \
    X(143, TUNNEL_ETHERIP, ethernet_in_ip_read) /* segment routing (RFC 8986) */ \
    X(145, TUNNEL_NSH, nsh_in_ip_read)          /* RFC 9451 */

/* Ports of UDP: X(port, tunnel, reader). These are told by the destination port: the source port is
 * a hash. */
#define CARRIER_UDP_TO(X)                                                        \
    X(4789, TUNNEL_VXLAN, vxlan_read)                                            \
    X(8472, TUNNEL_VXLAN, vxlan_read)  /* Linux, before the port was assigned */ \
    X(48879, TUNNEL_VXLAN, vxlan_read) /* Cisco ACI */                           \
    X(4790, TUNNEL_VXLAN, vxlan_gpe_read)                                        \
    X(6081, TUNNEL_GENEVE, geneve_read)                                          \
    X(37008, TUNNEL_TZSP, tzsp_read)                                             \
    X(2152, TUNNEL_GTP, gtp_read)                                                \
    X(4754, TUNNEL_GRE, gre_read)                /* RFC 8086 */                  \
    X(6635, TUNNEL_MPLS, mpls_in_ip_read)        /* RFC 7510 */                  \
    X(4341, TUNNEL_LISP, lisp_read)              /* RFC 9300 */                  \
    X(6080, TUNNEL_GUE, gue_read)                /* draft-ietf-intarea-gue */    \
    X(7932, TUNNEL_MIRROR, hp_mirror_read)       /* HP's remote mirror */        \
    X(30030, TUNNEL_MIRROR, juniper_mirror_read) /* Juniper's */

/* ... and these by either port: one end has it, the answers come from it. */
#define CARRIER_UDP_AT(X)                                        \
    X(1701, TUNNEL_L2TP, l2tp_read)     /* RFC 2661, RFC 3931 */ \
    X(3544, TUNNEL_TEREDO, teredo_read) /* RFC 4380 */           \
    X(5247, TUNNEL_CAPWAP, capwap_read) /* RFC 5415 */

/* Ports of UDP on which names are told: X(port). The kernel's filters let them through, where names are
 * wanted; the room src/names reads them. */
#define NAME_PORTS(X)              \
    X(53)  /* DNS */               \
    X(67)  /* DHCP, its servers */ \
    X(68)  /* ... and clients */   \
    X(546) /* DHCPv6 */            \
    X(547)

/* ---- known and not opened: encrypted, or nothing that can be read alone. They are counted by name. ---- */

/* Protocols of IP: X(protocol, name). */
#define SEALED_PROTOCOLS(X)        \
    X(50, "ESP")                   \
    X(55, "minimal encapsulation") \
    X(57, "SKIP")                  \
    X(98, "ENCAP")                 \
    X(99, "private encryption")    \
    X(108, "IPComp")

/* Either port of UDP: X(port, name, mask). By those with a mask, nothing else is meant than a
 * packet whose first four bytes are not 0, and are 0 under the mask. */
#define SEALED_UDP_AT(X)                          \
    X(4500, "ESP in UDP", 0)                      \
    X(10000, "ESP in UDP (Cisco)", 0)             \
    X(51820, "WireGuard", 0x00ffffff)             \
    X(41641, "WireGuard (Tailscale)", 0x00ffffff) \
    X(1194, "OpenVPN", 0)                         \
    X(4755, "GRE in UDP with DTLS", 0)            \
    X(6636, "MPLS in UDP with DTLS", 0)           \
    X(9993, "ZeroTier", 0)                        \
    X(12222, "LWAPP", 0)                          \
    X(6343, "sFlow samples", 0)

#endif
