/* SPDX-License-Identifier: BSD-2-Clause */
/* first_words.c: a ring of places, and chains of equal hashes; what may wait in them. */
#include "flow_table.h"

_Static_assert(FIRST_WORDS_MAX < UINT16_MAX, "places have numbers of 16 bits");

bool first_words_open(struct first_words *words, size_t memory_bytes)
{
    size_t count = memory_bytes / sizeof(struct words);

    *words = (struct first_words){.place_count = count < FIRST_WORDS_MAX ? count : FIRST_WORDS_MAX};
    if (!pool_open(&words->pool, words->place_count * sizeof(struct words), 1))
        return false;
    words->places = pool_take(&words->pool);
    return true;
}

void first_words_close(struct first_words *words)
{
    pool_close(&words->pool);
}

static uint16_t *head_of(struct first_words *words, uint64_t hash)
{
    return &words->heads[hash % FIRST_WORDS_HEADS];
}

static void take_out(struct first_words *words, size_t place)
{
    uint16_t *link = head_of(words, words->index[place].hash);

    while (*link != place + 1)
        link = &words->index[*link - 1].next;
    *link = words->index[place].next;
    words->index[place].is_taken = false;
    words->count--;
}

void first_words_keep(struct first_words *words, const struct segment *segment, const struct flow_key *key,
    uint64_t source, uint32_t ticks)
{
    const size_t place = words->next;
    struct words *to = &words->places[place];
    uint16_t *head = head_of(words, key->hash);

    words->next = place + 1 < words->place_count ? place + 1 : 0;
    if (words->index[place].is_taken) {
        take_out(words, place);
        words->scans++;
    }
    to->segment = *segment;
    to->key = *key;
    to->source = source;
    to->link = *segment->link;
    to->since = ticks;
    to->segment.link = &to->link;
    to->segment.payload.data = to->payload;
    memcpy(to->payload, segment->payload.data, segment->payload.left);
    words->index[place].hash = key->hash;
    words->index[place].next = *head;
    words->index[place].is_taken = true;
    *head = (uint16_t)(place + 1);
    words->count++;
}

/* Is the segment of the same connection, in either direction? */
static bool is_of(const struct words *kept, const struct segment *segment, int from)
{
    const bool same = kept->key.from == from;
    const struct endpoint *source = same ? &segment->source : &segment->destination;
    const struct endpoint *destination = same ? &segment->destination : &segment->source;

    return memcmp(&kept->segment.source, source, sizeof(*source)) == 0 &&
        memcmp(&kept->segment.destination, destination, sizeof(*destination)) == 0;
}

const struct words *first_words_recall(struct first_words *words, const struct segment *segment,
    const struct flow_key *key)
{
    if (words->count == 0)
        return NULL;
    for (size_t number = *head_of(words, key->hash); number != 0; number = words->index[number - 1].next)
        if (words->index[number - 1].hash == key->hash && is_of(&words->places[number - 1], segment, key->from)) {
            take_out(words, number - 1);
            return &words->places[number - 1];
        }
    return NULL;
}

void first_words_flush(struct first_words *words)
{
    words->scans += words->count;
    words->count = 0;
    memset(words->index, 0, sizeof(words->index));
    memset(words->heads, 0, sizeof(words->heads));
}

/* ---- of a flow table -------------------------------------------------------------------------- */

bool flow_table_may_wait(struct flow_table *table, const struct segment *segment, const struct flow_key *key)
{
    const unsigned flags = segment->flags & (SEGMENT_SYN | SEGMENT_FIN | SEGMENT_RST);
    const struct syn_row *row;

    if (segment->payload_len == 0 || segment->payload_len > FIRST_WORDS_BYTES ||
        segment->payload_len != segment->payload.left || flags != 0)
        return false;
    row = syn_memory_of(&table->syns, key->hash, segment, key->from);
    return row != NULL && syn_is_alone(row, key->from) && segment->sequence == row->isn[key->from] + 1 &&
        flow_look_up(table, segment, key) == NULL;
}

void flow_table_keep(struct flow_table *table, const struct segment *segment, const struct flow_key *key,
    uint64_t source)
{
    struct syn_row *row = syn_memory_of(&table->syns, key->hash, segment, key->from);

    if (row != NULL)
        syn_memory_use(&table->syns, row);
    first_words_keep(&table->words, segment, key, source, clock_ticks(table->clock.now_ns));
}

/* The SYN memory shall know what it knew before these words came. */
static void take_back(struct syn_memory *syns, const struct words *words)
{
    struct syn_row *row = syn_memory_of(syns, words->key.hash, &words->segment, words->key.from);
    struct segment syn = words->segment;
    bool another;

    syn.sequence--;
    syn.flags = SEGMENT_SYN;
    if (row != NULL)
        syn_memory_unuse(syns, row);
    else
        syn_memory_note(syns, words->key.hash, &syn, words->key.from, &another);
}

const struct words *flow_table_recall(struct flow_table *table, const struct segment *segment,
    const struct flow_key *key)
{
    const struct words *words = first_words_recall(&table->words, segment, key);

    if (words == NULL)
        return NULL;
    if (clock_passed(&table->clock, words->since, FLOW_IDLE_NS)) {
        table->words.scans++;
        return NULL;
    }
    take_back(&table->syns, words);
    return words;
}
