/* SPDX-License-Identifier: BSD-2-Clause */
/* leases.c: what clients of DHCP say of themselves. */
#include "leases.h"

#include <stdlib.h>

#define REQUEST_SHARE 8 /* of the memory: one part in so many for requests without an answer */

static bool table_open(struct lease_table *table, size_t memory_bytes)
{
    table->groups = memory_bytes / (LEASE_PLACES * sizeof(struct lease)) + 1;
    table->rows = calloc(table->groups * LEASE_PLACES, sizeof(struct lease));
    return table->rows != NULL;
}

static struct lease *group_of(const struct lease_table *table, uint64_t key)
{
    return &table->rows[key % table->groups * LEASE_PLACES];
}

static struct lease *find(const struct lease_table *table, uint64_t key, int64_t time_ns)
{
    struct lease *group = group_of(table, key);

    for (size_t i = 0; i < LEASE_PLACES; i++)
        if (group[i].key == key)
            return group[i].from_ns <= time_ns && time_ns <= group[i].until_ns ? &group[i] : NULL;
    return NULL;
}

static void put(struct lease_table *table, const struct lease *lease)
{
    struct lease *group = group_of(table, lease->key), *place = group;

    for (size_t i = 0; i < LEASE_PLACES && place->key != lease->key; i++)
        if (group[i].key == lease->key || (place->key != 0 && group[i].from_ns < place->from_ns))
            place = &group[i];
    *place = *lease;
}

bool leases_open(struct leases *leases, size_t memory_bytes)
{
    return table_open(&leases->requests, memory_bytes / REQUEST_SHARE) &&
        table_open(&leases->leases, memory_bytes - memory_bytes / REQUEST_SHARE);
}

void leases_close(struct leases *leases)
{
    free(leases->requests.rows);
    free(leases->leases.rows);
}

static void table_clear(struct lease_table *table)
{
    memset(table->rows, 0, table->groups * LEASE_PLACES * sizeof(struct lease));
}

void leases_clear(struct leases *leases)
{
    table_clear(&leases->requests);
    table_clear(&leases->leases);
}

void leases_request(struct leases *leases, uint64_t request, const struct host_told *told, int64_t time_ns)
{
    put(&leases->requests,
        &(struct lease){
            .key = request,
            .from_ns = time_ns,
            .until_ns = time_ns + QUESTION_SECONDS * NANOSECONDS,
            .told = *told,
        });
}

bool leases_confirm(
    struct leases *leases, uint64_t request, uint64_t host, uint32_t lease_s, int64_t time_ns)
{
    const struct lease *asked = find(&leases->requests, request, time_ns);
    int64_t lasts_s = lease_s == 0 ? LEASE_LASTS_SECONDS : lease_s;

    if (asked == NULL)
        return false;
    if (lasts_s > LEASE_LASTS_MAX)
        lasts_s = LEASE_LASTS_MAX;
    put(&leases->leases,
        &(struct lease){
            .key = host,
            .from_ns = time_ns,
            .until_ns = time_ns + lasts_s * NANOSECONDS,
            .told = asked->told,
        });
    return true;
}

const struct host_told *leases_find(const struct leases *leases, uint64_t host, int64_t time_ns)
{
    const struct lease *lease = find(&leases->leases, host, time_ns);

    return lease == NULL ? NULL : &lease->told;
}
