/* SPDX-License-Identifier: BSD-2-Clause */
/* upsert_sources.c: sources and what came of their packets. */
#include "upserts.h"

#include <lasthello/utc.h>

#include <stdio.h>
#include <stdlib.h>

#define MINUTE_NS (60 * NANOSECONDS)

static const char *const fate_names[FATE_COUNT] = {
    [FATE_USED] = "used",
    [FATE_DUPLICATE] = "duplicate",
    [FATE_SETTLED] = "settled",
    [FATE_NO_FLOW] = "no_flow",
    [FATE_NOT_MAIL] = "not_mail",
    [FATE_NOT_TCP] = "not_tcp",
    [FATE_FRAGMENT_HELD] = "fragment_held",
    [FATE_NOT_IP] = "not_ip",
    [FATE_LINK_UNKNOWN] = "link_unknown",
    [FATE_MALFORMED] = "malformed",
    [FATE_CUT_SHORT] = "cut_short",
    [FATE_TOO_DEEP] = "too_deep",
    [FATE_GIVEN_UP] = "given_up",
};

/* In whole seconds; what is left of one comes with the next. */
static int64_t down_seconds(const struct source_record *record)
{
    return record->down_ns / NANOSECONDS;
}

static bool put_blind(struct upserts *upserts, const struct source_record *record, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_BLIND];

    if (record->dropped + record->interface_dropped == 0 && record->down_ns == 0)
        return true;
    query_put_reference(query, record->id);
    query_put_number(query, utc_floor(record->ended_ns, MINUTE_NS));
    query_put_number(query, (int64_t)record->dropped);
    query_put_number(query, (int64_t)record->interface_dropped);
    query_put_number(query, down_seconds(record));
    return query_run(query, error);
}

/* What is known from the beginning and stays. */
static void put_beginning(
    struct upserts *upserts, struct query *query, const struct source_record *record, const char *state)
{
    const struct reading_asked *asked = &upserts->asked;
    const bool is_file = !source_is_interface(record);

    query_put_reference(query, record->id);
    query_put_text(query, state);
    query_put_text(query, record->kind);
    query_put_text(query, record->name[0] == '\0' ? "?" : record->name);
    query_put_text(query, record->site[0] == '\0' ? "default" : record->site);
    query_put_text(query, record->observer[0] == '\0' ? "?" : record->observer);
    query_put_number(query, utc_microseconds(record->started_ns));
    query_put_reference(query, record->place);
    query_put_text(query, asked->ports);
    query_put_number(query, asked->discover);
    query_put_text(query, asked->filter);
    query_put_text(query, asked->rules);
    query_put_reference(query, is_file ? upserts->owner.owner : 0);
}

/* Eight digits a mark; to be freed, NULL: no memory. */
static char *marks_text(const struct capture_marks *marks)
{
    char *text = malloc(8 * (size_t)marks->mark_count + 1), *end = text;

    if (text == NULL)
        return NULL;
    *end = '\0';
    for (unsigned i = 0; i < marks->mark_count; i++)
        end += snprintf(end, 9, "%08x", marks->marks[i]);
    return text;
}

static bool put_row(struct upserts *upserts, const struct source_record *record, const char *state,
    uint64_t lost, struct error *error)
{
    const struct capture_marks *marks = &record->marks;
    const uint64_t counters[] = {record->packets, record->bytes, record->dropped, record->interface_dropped,
        (uint64_t)down_seconds(record), record->truncated, record->flows, record->scans, record->gaps,
        record->gap_bytes, record->overlaps, record->given_up_flows, record->given_up_sessions,
        record->fragments_given_up, record->unstored + lost, record->names.answers, record->names.unasked,
        record->names.unread, record->continues, record->failed,
        record->complete && lost == 0, record->complete, marks->packets, marks->hash, marks->first};
    struct query *query = &upserts->queries[UPSERT_READING];
    char *text = marks_text(marks);
    bool done;

    if (text == NULL)
        return error_set(error, "%s: not enough memory to store what was learnt", upserts->db.path);
    put_beginning(upserts, query, record, state);
    query_put_number(query, utc_microseconds(record->ended_ns));
    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
        query_put_number(query, (int64_t)counters[i]);
    query_put_text(query, text);
    query_put_number(query, (int64_t)marks->captured);
    query_put_number(query, marks->snapshot_len);
    query_put_number(query, upserts->revision);
    done = query_run(query, error);
    free(text);
    return done;
}

static bool put_fates(struct upserts *upserts, const struct source_record *record, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_FATE];

    for (size_t fate = 0; fate < FATE_COUNT; fate++) {
        if (record->fates[fate] == 0)
            continue;
        query_put_reference(query, record->id);
        query_put_text(query, fate_names[fate]);
        query_put_number(query, (int64_t)record->fates[fate]);
        if (!query_run(query, error))
            return false;
    }
    return true;
}

static bool put_unknown(struct upserts *upserts, const struct source_record *record, struct error *error)
{
    const size_t count = sizeof(record->unknown) / sizeof(record->unknown[0]);
    struct query *query = &upserts->queries[UPSERT_UNKNOWN];

    for (size_t i = 0; i < count && record->unknown[i].packets > 0; i++) {
        query_put_reference(query, record->id);
        query_put_text(query, unknown_kind_name(record->unknown[i].kind));
        query_put_number(query, record->unknown[i].number);
        query_put_text(query, unknown_name(record->unknown[i].kind, record->unknown[i].number));
        query_put_number(query, (int64_t)record->unknown[i].packets);
        if (!query_run(query, error))
            return false;
    }
    return true;
}

bool upsert_source(struct upserts *upserts, const struct source_record *record, const char *state,
    uint64_t lost, struct error *error)
{
    return put_blind(upserts, record, error) && put_row(upserts, record, state, lost, error) &&
        put_fates(upserts, record, error) && put_unknown(upserts, record, error);
}
