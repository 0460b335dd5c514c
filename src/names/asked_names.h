/* SPDX-License-Identifier: BSD-2-Clause */
/* asked_names.h: which names clients asked for, and the addresses that they got. */
#ifndef LASTHELLO_NAMES_ASKED_NAMES_H
#define LASTHELLO_NAMES_ASKED_NAMES_H

#include <lasthello/dns.h>
#include <lasthello/hash.h>
#include <lasthello/host_names.h>

#define LIST_BYTES 2048 /* of a client, or a few that share it: some forty names */

/* Answers, the oldest first, one behind the other: each a struct answer_head, its hashes, its name. */
struct name_list {
    uint16_t used;
    uint8_t bytes[LIST_BYTES - sizeof(uint16_t)];
};

struct asked_names {
    struct name_list *lists;
    size_t count;
};

/* One answer: `pairs` are hashes of the client with each of the addresses, by a random key, in order. */
struct asked {
    int64_t from_ns, until_ns;
    uint8_t pair_count;
    uint64_t pairs[DNS_ADDRESSES_MAX];
    char name[DNS_NAME_BYTES];
};

bool asked_names_open(struct asked_names *names, size_t memory_bytes);
void asked_names_close(struct asked_names *names);
void asked_names_clear(struct asked_names *names);

/* asked_names_put keeps an answer; where the same one stands and is still valid, that one lasts longer. */
void asked_names_put(struct asked_names *names, uint64_t client, const struct asked *asked);

/* asked_names_find writes the names that stood for the pair at that time, by the alphabet, joined by
 * commas; the last NAMES_OF_ADDRESS_MAX that were asked for, and of those what fits. Returns how many there
 * are in `out`. */
unsigned asked_names_find(const struct asked_names *names, uint64_t client, uint64_t pair, int64_t time_ns,
    char out[SESSION_NAME_BYTES]);

#endif
