/* SPDX-License-Identifier: BSD-2-Clause */
/* capture_anchors.c: the smallest hashes of a capture's packets, and where they stand. */
#include <lasthello/capture_anchors.h>

#include <string.h>

void capture_anchors_begin(struct capture_anchors *anchors)
{
    anchors->packets = 0;
    anchors->sum = 0;
    anchors->count = 0;
}

/* Where the hash stands, or belongs. */
static unsigned place_of(const struct capture_anchors *anchors, uint64_t hash)
{
    unsigned low = 0, high = anchors->count;

    while (low < high) {
        const unsigned middle = (low + high) / 2;

        if (anchors->anchors[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* All packets of hashes up to this one are noted. */
static uint64_t noted_up_to(const struct capture_anchors *anchors)
{
    return anchors->count < CAPTURE_ANCHORS_MAX ? UINT64_MAX : anchors->anchors[CAPTURE_ANCHORS_MAX - 1].hash;
}

void capture_anchors_add(struct capture_anchors *anchors, uint64_t hash)
{
    unsigned place;

    anchors->packets++;
    anchors->sum += hash;
    if (hash > noted_up_to(anchors))
        return;
    place = place_of(anchors, hash);
    if (place < anchors->count && anchors->anchors[place].hash == hash) {
        anchors->anchors[place].packet = 0;
        return;
    }
    if (anchors->count < CAPTURE_ANCHORS_MAX)
        anchors->count++;
    memmove(anchors->anchors + place + 1, anchors->anchors + place,
        (anchors->count - 1 - place) * sizeof(anchors->anchors[0]));
    anchors->anchors[place] =
        (struct capture_anchor){.hash = hash, .packet = anchors->packets, .sum = anchors->sum};
}

/* How many packets of the whole come before the part, and the sum of their hashes. */
struct shift {
    uint64_t packets, sum;
    unsigned sure; /* anchors that say so */
};

/* An anchor of both: does it say the same as those before? */
static bool agrees(
    struct shift *shift, const struct capture_anchor *part, const struct capture_anchor *whole)
{
    if (part->packet == 0 || whole->packet == 0)
        return part->packet != 0 || whole->packet == 0; /* what is there once is no more often in a part */
    if (shift->sure++ == 0) {
        shift->packets = whole->packet - part->packet;
        shift->sum = whole->sum - part->sum;
    }
    return whole->packet >= part->packet && whole->packet - part->packet == shift->packets &&
        whole->sum - part->sum == shift->sum;
}

/* Is each anchor of the part, up to this hash, one of the whole? */
static bool find_all(const struct capture_anchors *part, const struct capture_anchors *whole, uint64_t up_to,
    struct shift *shift)
{
    for (unsigned i = 0; i < part->count && part->anchors[i].hash <= up_to; i++) {
        const unsigned place = place_of(whole, part->anchors[i].hash);

        if (place == whole->count || whole->anchors[place].hash != part->anchors[i].hash ||
            !agrees(shift, &part->anchors[i], &whole->anchors[place]))
            return false;
    }
    return true;
}

/* How many anchors of the whole, up to this hash, lie where the part does. */
static unsigned count_beside(const struct capture_anchors *part, const struct capture_anchors *whole,
    uint64_t up_to, const struct shift *shift)
{
    unsigned count = 0;

    for (unsigned i = 0; i < whole->count && whole->anchors[i].hash <= up_to; i++)
        count += whole->anchors[i].packet > shift->packets &&
            whole->anchors[i].packet - shift->packets <= part->packets;
    return count;
}

bool capture_anchors_inside(
    const struct capture_anchors *part, const struct capture_anchors *whole, uint64_t *before)
{
    const uint64_t of_part = noted_up_to(part), of_whole = noted_up_to(whole);
    const uint64_t up_to = of_part < of_whole ? of_part : of_whole;
    struct shift shift = {0};

    if (part->packets > whole->packets || !find_all(part, whole, up_to, &shift) ||
        shift.sure < CAPTURE_ANCHORS_SURE)
        return false;
    if (shift.packets + part->packets > whole->packets || (shift.packets == 0 && shift.sum != 0))
        return false;
    if (shift.packets + part->packets == whole->packets && shift.sum + part->sum != whole->sum)
        return false;
    *before = shift.packets;
    return count_beside(part, whole, up_to, &shift) == shift.sure;
}
