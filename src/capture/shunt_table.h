/* SPDX-License-Identifier: BSD-2-Clause */
/* shunt_table.h: the table of shunted sessions, as the kernel's program and ours both see it. */
#ifndef LASTHELLO_CAPTURE_SHUNT_TABLE_H
#define LASTHELLO_CAPTURE_SHUNT_TABLE_H

#include <linux/types.h>

/* Directions of sessions; the least recently used ones make room. About 9 MB of the kernel's memory. */
#define SHUNT_ENTRIES 65536

/* One direction, as its packets say it; the bytes are those of the wire. */
struct shunt_key {
    __u8 source[16]; /* IPv4 as ::ffff:a.b.c.d */
    __u8 destination[16];
    __be16 source_port;
    __be16 destination_port;
};

struct shunt_entry {
    __u64 observation;
    __u64 packets;
    __u64 last_ns; /* of the newest packet, monotonic clock; 0: none yet */
};

#endif
