/* SPDX-License-Identifier: BSD-2-Clause */
/* capture_marks.c: a running hash over a capture, and what is noted of it on the way. */
#include <lasthello/capture_marks.h>
#include <lasthello/hash.h>

#include <endian.h>
#include <string.h>

#define MULTIPLIER 0x9e3779b97f4a7c15

void capture_marks_begin(struct capture_marks *marks, const char *site)
{
    marks->packets = 0;
    marks->hash = hash_bytes(&hash_key_zero, site, strlen(site));
    marks->first = 0;
    marks->site = marks->hash;
    marks->last = 0;
    marks->mark_count = 0;
    marks->next_mark = 1;
    marks->captured = 0;
    marks->snapshot_len = CAPTURE_SNAPSHOT_ALL;
}

/* Rounded down, also before 1970: what a format that knows microseconds only keeps of a time. */
static inline uint64_t microseconds(int64_t time_ns)
{
    return (uint64_t)(time_ns / 1000 - (time_ns % 1000 < 0));
}

/* A word of the front, as every machine reads it. */
static inline uint64_t word_at(const uint8_t *head, size_t at, size_t len)
{
    uint64_t word = 0;

    memcpy(&word, head + at, len);
    return le64toh(word);
}

__extension__ typedef unsigned __int128 uint128;

static inline uint128 product(uint64_t one, uint64_t other, uint64_t odd)
{
    return (uint128)(one + MULTIPLIER * odd) * (other + MULTIPLIER * (odd + 2));
}

/* The words of the front in pairs, whose products do not wait for each other (RFC 4418 5.2.2, the
 * keys known). */
static inline uint64_t hash_head(const uint8_t head[CAPTURE_MARK_BYTES], uint64_t time)
{
    _Static_assert(CAPTURE_MARK_BYTES == 50, "six words and a quarter");
    const uint128 sum = product(word_at(head, 0, 8), word_at(head, 8, 8), 1) +
        product(word_at(head, 16, 8), word_at(head, 24, 8), 5) +
        product(word_at(head, 32, 8), word_at(head, 40, 8), 9) + product(word_at(head, 48, 2), time, 13);

    return (uint64_t)sum ^ (uint64_t)(sum >> 64);
}

/* Of the packet alone. */
static uint64_t hash_packet(const struct packet *packet)
{
    uint8_t padded[CAPTURE_MARK_BYTES] = {0};
    const uint8_t *head = packet->data.data;

    if (packet->data.left < CAPTURE_MARK_BYTES && bytes_copy(packet->data, padded, sizeof(padded)))
        head = padded;
    return hash_mix(hash_head(head, microseconds(packet->time_ns)),
        (uint64_t)packet->link_type << 32 | packet->wire_len);
}

/* After each of the first 32 packets, then after every 32nd part of the last power of two. */
static uint64_t after_mark(uint64_t packets)
{
    return packets < UINT64_C(2) * CAPTURE_STEPS
        ? packets + 1
        : packets + ((uint64_t)1 << (63 - __builtin_clzll(packets))) / CAPTURE_STEPS;
}

void capture_marks_add(struct capture_marks *marks, const struct packet *packet)
{
    const size_t captured = packet->data.left;
    const uint64_t hash = hash_packet(packet);

    marks->last = hash_mix(marks->site, hash);
    marks->hash = hash_mix(marks->hash, hash);
    marks->hash = marks->hash == 0 ? 1 : marks->hash;
    if (marks->packets++ == 0)
        marks->first = marks->hash;
    marks->captured += captured;
    if (captured < packet->wire_len && captured < marks->snapshot_len)
        marks->snapshot_len = (uint32_t)captured;
    if (marks->packets != marks->next_mark)
        return;
    marks->next_mark = after_mark(marks->packets);
    if (marks->mark_count < CAPTURE_MARKS_MAX)
        marks->marks[marks->mark_count++] = (uint32_t)(marks->hash >> 32);
}

/* Is the shorter one's end a mark of the longer, and another hash there? */
static bool end_differs(const struct capture_marks *shorter, const struct capture_marks *longer)
{
    uint64_t packets = 1;
    unsigned mark = 0;

    for (; packets < shorter->packets; mark++)
        packets = after_mark(packets);
    return packets == shorter->packets && mark < longer->mark_count &&
        longer->marks[mark] != (uint32_t)(shorter->hash >> 32);
}

bool capture_marks_agree(const struct capture_marks *one, const struct capture_marks *other)
{
    const struct capture_marks *shorter = one->packets <= other->packets ? one : other;
    const struct capture_marks *longer = shorter == one ? other : one;

    if (shorter->packets == 0)
        return longer->packets == 0;
    if (shorter->packets == longer->packets && shorter->hash != longer->hash)
        return false;
    return shorter->first == longer->first && !end_differs(shorter, longer) &&
        memcmp(shorter->marks, longer->marks, shorter->mark_count * sizeof(shorter->marks[0])) == 0;
}

bool capture_marks_contain(const struct capture_marks *one, const struct capture_marks *other)
{
    return one->packets >= other->packets && one->snapshot_len >= other->snapshot_len &&
        (one->packets > other->packets || one->captured >= other->captured) &&
        capture_marks_agree(one, other);
}

/* Up to the 64th packet each one has a mark. */
static unsigned mark_of_level(unsigned level)
{
    return level <= 6 ? (1u << level) - 1 : CAPTURE_STEPS * (level - 4) - 1;
}

unsigned capture_marks_levels(const struct capture_marks *marks)
{
    unsigned level = 0;

    while (level < CAPTURE_LEVELS && mark_of_level(level) < marks->mark_count)
        level++;
    return level;
}

uint32_t capture_marks_at_level(const struct capture_marks *marks, unsigned level)
{
    return marks->marks[mark_of_level(level)];
}

int capture_marks_order(const struct capture_marks *one, const struct capture_marks *other)
{
    const unsigned common = one->mark_count < other->mark_count ? one->mark_count : other->mark_count;

    for (unsigned i = 0; i < common; i++)
        if (one->marks[i] != other->marks[i])
            return one->marks[i] < other->marks[i] ? -1 : 1;
    return one->packets == other->packets ? 0 : one->packets < other->packets ? -1
                                                                              : 1;
}
