/* SPDX-License-Identifier: BSD-2-Clause */
/* unanswered.c: a ring of places, and chains of equal hashes; what may wait in them. */
#include "unanswered.h"

_Static_assert(UNANSWERED_MAX < UINT16_MAX, "places have numbers of 16 bits");

bool unanswered_open(struct unanswered *unanswered, size_t memory_bytes)
{
    size_t count = memory_bytes / sizeof(struct kept_segment);

    *unanswered = (struct unanswered){.place_count = count < UNANSWERED_MAX ? count : UNANSWERED_MAX};
    if (!pool_open(&unanswered->pool, unanswered->place_count * sizeof(struct kept_segment), 1))
        return false;
    unanswered->places = pool_take(&unanswered->pool);
    return true;
}

void unanswered_close(struct unanswered *unanswered)
{
    pool_close(&unanswered->pool);
}

static uint16_t *head_of(struct unanswered *unanswered, uint64_t hash)
{
    return &unanswered->heads[hash % UNANSWERED_HEADS];
}

static void take_out(struct unanswered *unanswered, size_t place)
{
    uint16_t *link = head_of(unanswered, unanswered->index[place].hash);

    while (*link != place + 1)
        link = &unanswered->index[*link - 1].next;
    *link = unanswered->index[place].next;
    unanswered->index[place].is_taken = false;
    unanswered->count--;
}

void unanswered_keep(struct unanswered *unanswered, const struct segment *segment, const struct flow_key *key,
    uint64_t source, uint32_t ticks)
{
    const size_t place = unanswered->next;
    struct kept_segment *to = &unanswered->places[place];
    uint16_t *head = head_of(unanswered, key->hash);

    unanswered->next = place + 1 < unanswered->place_count ? place + 1 : 0;
    if (unanswered->index[place].is_taken) {
        take_out(unanswered, place);
        unanswered->scans++;
    }
    to->segment = *segment;
    to->key = *key;
    to->source = source;
    to->link = *segment->link;
    to->since = ticks;
    to->segment.link = &to->link;
    to->segment.payload.data = to->payload;
    memcpy(to->payload, segment->payload.data, segment->payload.left);
    unanswered->index[place].hash = key->hash;
    unanswered->index[place].next = *head;
    unanswered->index[place].is_taken = true;
    *head = (uint16_t)(place + 1);
    unanswered->count++;
}

/* Is the segment of the same connection, in either direction? */
static bool is_of(const struct kept_segment *kept, const struct segment *segment, int from)
{
    const bool same = kept->key.from == from;
    const struct endpoint *source = same ? &segment->source : &segment->destination;
    const struct endpoint *destination = same ? &segment->destination : &segment->source;

    return memcmp(&kept->segment.source, source, sizeof(*source)) == 0 &&
        memcmp(&kept->segment.destination, destination, sizeof(*destination)) == 0;
}

const struct kept_segment *unanswered_recall(struct unanswered *unanswered, const struct segment *segment,
    const struct flow_key *key)
{
    if (unanswered->count == 0)
        return NULL;
    for (size_t number = *head_of(unanswered, key->hash); number != 0;
         number = unanswered->index[number - 1].next)
        if (unanswered->index[number - 1].hash == key->hash &&
            is_of(&unanswered->places[number - 1], segment, key->from)) {
            take_out(unanswered, number - 1);
            return &unanswered->places[number - 1];
        }
    return NULL;
}

bool unanswered_awaits(const struct unanswered *unanswered,
    bool (*wanted)(const void *context, uint64_t source), const void *context, uint32_t ticks)
{
    for (size_t place = 0; place < unanswered->place_count; place++)
        if (unanswered->index[place].is_taken && (int32_t)(unanswered->places[place].since - ticks) > 0 &&
            wanted(context, unanswered->places[place].source))
            return true;
    return false;
}

void unanswered_flush(struct unanswered *unanswered)
{
    unanswered->scans += unanswered->count;
    unanswered->count = 0;
    memset(unanswered->index, 0, sizeof(unanswered->index));
    memset(unanswered->heads, 0, sizeof(unanswered->heads));
}
