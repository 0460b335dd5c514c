/* SPDX-License-Identifier: BSD-2-Clause */
/* address.h: IP addresses and networks: one kind for IPv4 and IPv6, as text and as bits. */
#ifndef LASTHELLO_ADDRESS_H
#define LASTHELLO_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define ADDRESS_TEXT_BYTES 46 /* INET6_ADDRSTRLEN */
#define ADDRESS_BITS       128
#define ADDRESS_V4_BITS    32
#define ADDRESS_V4_AT      12 /* where the four octets of an IPv4 address begin */

/* An IPv6 address, or an IPv4 one as ::ffff:a.b.c.d (RFC 4291 2.5.5.2): one kind of key for both. */
struct address {
    uint8_t octets[16];
};

/* What an IPv4 address begins with: fill in its last four octets. */
#define ADDRESS_V4_MAPPED            \
    {                                \
        {                            \
            [10] = 0xff, [11] = 0xff \
        }                            \
    }

/* Is this an IPv4 address in the form of IPv6? */
static inline bool address_is_v4(const struct address *address)
{
    static const struct address mapped = ADDRESS_V4_MAPPED;

    return memcmp(address->octets, mapped.octets, ADDRESS_V4_AT) == 0;
}

/* address_read reads `10.1.2.3` or `2001:db8::1`. False: it is neither; `address` is then without meaning. */
bool address_read(const char *text, struct address *address);
/* address_text writes what address_read reads. */
void address_text(const struct address *address, char out[ADDRESS_TEXT_BYTES]);

/* All addresses whose first bits are those of `address`. */
struct network {
    struct address address;
    unsigned bits; /* of ADDRESS_BITS: of IPv4 at least 96 */
};

/* network_read reads `10.1.0.0/16`, `2001:db8::/32`, or an address alone. Bits of the host may be set. */
bool network_read(const char *text, struct network *network);
/* network_bounds gives the first and the last address of a network. */
void network_bounds(const struct network *network, struct address *first, struct address *last);
/* network_is_exact: no bit of its address is set behind its prefix; 10.1.0.1/16 is a slip of the pen. */
bool network_is_exact(const struct network *network);
bool network_holds(const struct network *network, const struct address *address);

#endif
