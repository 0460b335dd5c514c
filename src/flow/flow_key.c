/* SPDX-License-Identifier: BSD-2-Clause */
/* flow_key.c: what a connection is looked up by. */
#include "connection.h"

/* An IPv4 endpoint as a number. */
static uint64_t number_of(const struct endpoint *endpoint)
{
    uint32_t address;

    memcpy(&address, endpoint->address.octets + 12, sizeof(address));
    return (uint64_t)address << 16 | endpoint->port;
}

static bool are_v4(const struct endpoint *a, const struct endpoint *b)
{
    return address_is_v4(&a->address) && address_is_v4(&b->address);
}

/* Either end may be the first, as long as it is the same one for both directions. */
struct flow_key flow_table_key(const struct flow_table *table, const struct segment *segment)
{
    const struct endpoint *source = &segment->source, *destination = &segment->destination;
    struct flow_key key = {.flow = FLOW_UNKNOWN};

    if (are_v4(source, destination)) {
        const uint64_t from = number_of(source), to = number_of(destination);

        key.from = from > to;
        key.hash = hash_quick_pair(&table->key, key.from == 0 ? from : to, key.from == 0 ? to : from);
    } else {
        struct endpoint ends[2];

        key.from = memcmp(source, destination, sizeof(*source)) > 0;
        ends[key.from] = *source;
        ends[1 - key.from] = *destination;
        key.hash = hash_quick(&table->key, ends, sizeof(ends));
    }
    return key;
}

void flow_table_expect(const struct flow_table *table, const struct segment *segment, uint64_t hash)
{
    const unsigned syn = segment->flags & (SEGMENT_SYN | SEGMENT_ACK);

    if ((syn & SEGMENT_SYN) != 0)
        syn_memory_fetch(&table->syns, hash);
    if (syn != SEGMENT_SYN) /* a bare SYN costs no look-up */
        index_fetch(&table->index, hash);
}

void flow_table_expect_flow(const struct flow_table *table, struct flow_key *key)
{
    uint32_t numbers[INDEX_MATCHES_MAX];
    const size_t count = index_find(&table->index, key->hash, numbers);

    key->flow = count == 0 ? FLOW_NOBODY : count == 1 ? numbers[0]
                                                      : FLOW_UNKNOWN;
    if (count == 0) {
        syn_memory_fetch(&table->syns, key->hash);
        return;
    }
    flow_fetch(flow_at(table, numbers[0]));
    __builtin_prefetch(&table->links[numbers[0]], 1);
}

static void expect_bytes(const void *from, size_t len)
{
    for (size_t at = 0; at < len; at += CACHE_LINE_BYTES)
        __builtin_prefetch((const uint8_t *)from + at, 1);
}

/* What is written to when a flow moves in its list. */
static void expect_neighbours(const struct flow_table *table, uint32_t number)
{
    const struct flow_link link = table->links[number];

    if (link.older != FLOW_NOBODY)
        __builtin_prefetch(&table->links[link.older], 1);
    if (link.younger != FLOW_NOBODY)
        __builtin_prefetch(&table->links[link.younger], 1);
}

void flow_table_expect_connection(
    const struct flow_table *table, const struct flow_key *key, const struct segment *segment)
{
    const struct flow *flow = key->flow == FLOW_UNKNOWN ? NULL : flow_at(table, key->flow);
    const struct connection *connection = flow == NULL ? NULL : flow->connection;
    const bool is_said = segment->payload_len > 0;

    if (connection == NULL)
        return;
    expect_neighbours(table, key->flow);
    expect_bytes(connection,
        is_said ? sizeof(*connection) + FLOW_GUEST_FRONT_BYTES : offsetof(struct connection, as_server));
    if (is_said)
        expect_bytes(flow->beside, FLOW_BESIDE_FRONT_BYTES);
}

void flow_table_changed(struct flow_table *table, uint64_t hash)
{
    struct batch *batch = &table->batch;

    for (size_t i = batch->next; i < batch->count; i++)
        if (batch->rows[i].key.hash >> 32 == hash >> 32)
            batch->rows[i].key.flow = FLOW_UNKNOWN;
}
