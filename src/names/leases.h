/* SPDX-License-Identifier: BSD-2-Clause */
/* leases.h: what clients of DHCP say of themselves, and the addresses that servers confirmed to them. */
#ifndef LASTHELLO_NAMES_LEASES_H
#define LASTHELLO_NAMES_LEASES_H

#include <lasthello/hash.h>
#include <lasthello/host_names.h>

#define LEASE_PLACES 8 /* that share a place of the table; the oldest goes */

/* A request that awaits the server's word, by transaction and client; or a lease, by address. */
struct lease {
    uint64_t key; /* a hash by a random key; 0: free */
    int64_t from_ns, until_ns;
    struct host_told told;
};

struct lease_table {
    struct lease *rows;
    size_t groups;
};

struct leases {
    struct lease_table requests, leases;
};

bool leases_open(struct leases *leases, size_t memory_bytes);
void leases_close(struct leases *leases);
void leases_clear(struct leases *leases);

/* `request` and `host` are hashes by a random key, of transaction and client, and of an address. */
void leases_request(struct leases *leases, uint64_t request, const struct host_told *told, int64_t time_ns);
/* leases_confirm: false: nobody had asked for that. */
bool leases_confirm(
    struct leases *leases, uint64_t request, uint64_t host, uint32_t lease_s, int64_t time_ns);
/* leases_find: NULL: nothing is known of the address at that time. */
const struct host_told *leases_find(const struct leases *leases, uint64_t host, int64_t time_ns);

#endif
