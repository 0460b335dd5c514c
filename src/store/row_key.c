/* SPDX-License-Identifier: BSD-2-Clause */
/* row_key.c: which bytes of a session tell its rows apart. */
#include "row_key.h"

#include <stdlib.h>

#define SHORT_TEXT_BYTES 64 /* up to here all bytes are taken: looking for the end would cost more */
#define PAD_BYTES        16 /* of what is hashed, to the end of two words */
#define PADDING_BYTES    3  /* between fields; taken along, so that fewer spans are copied */

static bool add_span(struct key_plan *plan, struct key_span span)
{
    if (span.len == 0)
        return true;
    if (plan->count == KEY_SPANS_MAX)
        return false;
    plan->spans[plan->count++] = span;
    return true;
}

static bool add_bytes(struct key_plan *plan, uint16_t offset, uint16_t len)
{
    return add_span(plan, (struct key_span){.kind = SPAN_BYTES, .offset = offset, .len = len});
}

static bool add_codes(struct key_plan *plan, const struct fact *fact, uint16_t code_bytes)
{
    return add_span(plan,
        (struct key_span){
            .kind = SPAN_CODES,
            .offset = fact->offset,
            .len = fact->size,
            .count = fact->also,
            .code_bytes = code_bytes});
}

static bool add_fact(struct key_plan *plan, const struct fact *fact)
{
    switch (fact->type) {
    case FACT_REFERENCE:
        return add_span(plan,
            (struct key_span){
                .kind = SPAN_REFERENCE, .offset = (uint16_t)fact->refers_to, .len = sizeof(uint64_t)});
    case FACT_CODES16:
        return add_codes(plan, fact, sizeof(uint16_t));
    case FACT_CODES32:
        return add_codes(plan, fact, sizeof(uint32_t));
    case FACT_TEXT:
        if (fact->size > SHORT_TEXT_BYTES)
            return add_span(
                plan, (struct key_span){.kind = SPAN_TEXT, .offset = fact->offset, .len = fact->size});
        return add_bytes(plan, fact->offset, fact->size);
    default:
        return add_bytes(plan, fact->offset, fact->size) && add_bytes(plan, fact->also, fact->also_size);
    }
}

/* Bytes first, as they lie; the others in any order that is always the same. */
static int compare_spans(const void *left, const void *right)
{
    const struct key_span *a = left, *b = right;

    return a->kind == b->kind ? (int)a->offset - (int)b->offset : (int)a->kind - (int)b->kind;
}

static bool is_joined(const struct key_span *last, const struct key_span *next)
{
    return last->kind == SPAN_BYTES && next->kind == SPAN_BYTES &&
        next->offset <= last->offset + last->len + PADDING_BYTES;
}

/* Fields that lie beside each other are one span. */
static void join_spans(struct key_plan *plan)
{
    size_t kept = 0;

    qsort(plan->spans, plan->count, sizeof(plan->spans[0]), compare_spans);
    for (size_t i = 1; i < plan->count; i++) {
        struct key_span *last = &plan->spans[kept], *next = &plan->spans[i];

        if (!is_joined(last, next))
            plan->spans[++kept] = *next;
        else if (next->offset + next->len > last->offset + last->len)
            last->len = (uint16_t)(next->offset + next->len - last->offset);
    }
    plan->count = kept + 1;
}

static bool open_plan(struct key_plan *plan, const struct fact_list *list)
{
    size_t len = 0;

    plan->count = 0;
    for (size_t i = 0; i < list->count; i++)
        if ((!list->facts[i].attribute || list->facts[i].grows) && !add_fact(plan, &list->facts[i]))
            return false;
    join_spans(plan);
    for (size_t i = 0; i < plan->count; i++)
        len += plan->spans[i].len + 1u;
    return len <= KEY_BYTES;
}

bool key_plans_open(struct key_plans *plans)
{
    hash_key_random(&plans->hash);
    for (size_t i = 0; i < sizeof(plans->secret) / sizeof(plans->secret[0]); i++)
        plans->secret[i] = hash_pair(&plans->hash, i, 0);
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        if (!open_plan(&plans->tables[table], &fact_tables[table]))
            return false;
    return true;
}

static uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t len)
{
    memcpy(at, bytes, len);
    return at + len;
}

static uint8_t *put_codes(uint8_t *at, const struct key_span *span, const uint8_t *session)
{
    const uint8_t count = session[span->count];
    const size_t len = (size_t)count * span->code_bytes;

    *at++ = count;
    return put_bytes(at, session + span->offset, len < span->len ? len : span->len);
}

static uint8_t *put_span(
    uint8_t *at, const struct key_span *span, const uint8_t *session, const struct references *references)
{
    switch (span->kind) {
    case SPAN_BYTES:
        return put_bytes(at, session + span->offset, span->len);
    case SPAN_TEXT:
        at = put_bytes(at, session + span->offset, strnlen((const char *)session + span->offset, span->len));
        *at++ = '\0';
        return at;
    case SPAN_CODES:
        return put_codes(at, span, session);
    case SPAN_REFERENCE:
        break;
    }
    return put_bytes(at, &references->ids[span->offset], sizeof(uint64_t));
}

__extension__ typedef unsigned __int128 uint128;

/* NH (UMAC, RFC 4418 5.2.2, with words of 64 bits): two texts of one length collide with a chance of
 * 2^-64, whoever chose them, as long as nobody knows the secret; and no product waits for another, as
 * the rounds of SipHash do. */
static uint64_t hash_padded(const struct key_plans *plans, const uint8_t *bytes, size_t len)
{
    uint128 sum = 0;

    for (size_t at = 0; at < len; at += 2 * sizeof(uint64_t)) {
        const uint64_t *secret = &plans->secret[at / sizeof(uint64_t)];
        uint64_t words[2];

        memcpy(words, bytes + at, sizeof(words));
        sum += (uint128)(words[0] + secret[0]) * (words[1] + secret[1]);
    }
    return hash_pair(&plans->hash, (uint64_t)sum ^ len << 32, (uint64_t)(sum >> 64));
}

uint64_t row_key(const struct key_plans *plans, enum fact_table table, const struct session *session,
    const struct references *references)
{
    const struct key_plan *plan = &plans->tables[table];
    uint8_t bytes[KEY_BYTES + PAD_BYTES], *at = bytes;
    uint64_t hash;

    for (size_t i = 0; i < plan->count; i++)
        at = put_span(at, &plan->spans[i], (const uint8_t *)session, references);
    memset(at, 0, PAD_BYTES);
    hash = hash_padded(plans, bytes, (size_t)(at - bytes));
    return hash == 0 ? 1 : hash;
}
