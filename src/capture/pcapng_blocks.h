/* SPDX-License-Identifier: BSD-2-Clause */
/* pcapng_blocks.h: what stands inside the blocks of a pcapng file. */
#ifndef LASTHELLO_CAPTURE_PCAPNG_BLOCKS_H
#define LASTHELLO_CAPTURE_PCAPNG_BLOCKS_H

#include "pcapng_clock.h"

#include <lasthello/error.h>
#include <lasthello/wire.h>

#define SECTION_TYPE 0x0a0d0d0a /* reads the same in both byte orders */

struct interface {
    uint32_t link_type;
    uint32_t snapshot_len; /* 0: none */
    struct clock clock;
    uint64_t dropped; /* packets, as its statistics say */
};

/* What is known where a file is being read. */
struct section {
    bool is_little; /* its byte order */
    struct interface *interfaces;
    size_t interface_count;
    size_t interface_room;
    uint64_t number;      /* of the last packet, over all sections */
    int64_t time_ns;      /* of the last packet that had one */
    uint64_t dropped;     /* by all interfaces of all sections; below 2^63 */
    struct error problem; /* of a corrupt block */
};

enum taken {
    TAKEN_PACKET,
    TAKEN_OTHER,  /* no packet */
    TAKEN_BAD,    /* `problem` says why */
    TAKEN_END,    /* no more blocks */
    TAKEN_CUT,    /* the file ends inside a block */
    TAKEN_FAILED, /* the input failed, or memory */
};

struct block {
    uint32_t type;
    bool is_numbered; /* as a packet is */
    /* `body` is what stands between the lengths; `packet` is filled where TAKEN_PACKET is answered.
     * NULL: there is nothing in it for us. */
    enum taken (*read)(struct section *section, struct bytes body, struct packet *packet);
};

/* block_find: NULL for a type that tells us nothing. */
const struct block *block_find(uint32_t type);

/* section_bad sets the problem and answers TAKEN_BAD. */
enum taken section_bad(struct section *section, const char *problem);

/* Integers in the section's byte order. */
BYTES_READ section_u16(const struct section *section, struct bytes *in, uint16_t *out)
{
    if (!bytes_u16(in, out))
        return false;
    *out = section->is_little ? __builtin_bswap16(*out) : *out;
    return true;
}

BYTES_READ section_u32(const struct section *section, struct bytes *in, uint32_t *out)
{
    if (!bytes_u32(in, out))
        return false;
    *out = section->is_little ? __builtin_bswap32(*out) : *out;
    return true;
}

#endif
