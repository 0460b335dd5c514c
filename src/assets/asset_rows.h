/* SPDX-License-Identifier: BSD-2-Clause */
/* asset_rows.h: the rows of a list of assets, by what they are about. */
#ifndef LASTHELLO_ASSETS_ASSET_ROWS_H
#define LASTHELLO_ASSETS_ASSET_ROWS_H

#include <lasthello/assets.h>

/* Whom a row is about. */
struct asset_key {
    bool is_mac;         /* its six octets are the first of the network's address, and `bits` is 48 */
    struct network part; /* of all addresses; one alone has 128 bits */
    const char *site;    /* NULL: all */
};

struct asset_row {
    struct asset_key key;
    const struct asset *asset;
};

/* The texts of one line, in one piece of memory. */
struct asset_texts {
    struct asset asset;
    struct asset_texts *before;
    char bytes[];
};

struct assets {
    /* MAC addresses first; then by prefix, the longest first; then by address and site */
    struct asset_row *rows;
    size_t count, room;
    uint8_t lengths[ADDRESS_BITS + 1]; /* of the prefixes that there are, the longest first */
    size_t length_count;
    struct asset_texts *last; /* of the line that was read last, chained to those before */
};

/* asset_key_read reads an address, a network or a MAC address (00:00:5e:00:53:01; '-' and '.' separate, too).
 * NULL: read; else what is wrong. */
const char *asset_key_read(const char *text, struct asset_key *key);

/* assets_sort brings rows into order; a key that stands twice is returned with the line of its first row. */
struct asset_twice {
    unsigned line, first_line; /* 0: none */
};
struct asset_twice assets_sort(struct assets *assets);

#endif
