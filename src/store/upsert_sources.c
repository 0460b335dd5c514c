/* SPDX-License-Identifier: BSD-2-Clause */
/* upsert_sources.c: sources and what came of their packets. */
#include "upserts.h"

#define MICROSECONDS 1000
#define MINUTE_NS    (60 * NANOSECONDS)

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
    query_put_number(query, record->ended_ns / MINUTE_NS);
    query_put_number(query, (int64_t)record->dropped);
    query_put_number(query, (int64_t)record->interface_dropped);
    query_put_number(query, down_seconds(record));
    return query_run(query, error);
}

static bool put_row(struct upserts *upserts, const struct source_record *record, uint64_t lost, struct error *error)
{
    const uint64_t counters[] = {record->packets, record->bytes, record->dropped, record->interface_dropped,
        (uint64_t)down_seconds(record), record->truncated, record->flows, record->scans, record->gaps,
        record->gap_bytes, record->overlaps, record->given_up_flows, record->given_up_sessions,
        record->fragments_given_up, record->unstored + lost, record->continues, record->failed,
        record->complete && lost == 0};
    struct query *query = &upserts->queries[UPSERT_SOURCE];

    query_put_reference(query, record->id);
    query_put_text(query, record->kind);
    query_put_text(query, record->name[0] == '\0' ? "?" : record->name);
    query_put_text(query, record->site[0] == '\0' ? "default" : record->site);
    query_put_text(query, record->observer[0] == '\0' ? "?" : record->observer);
    query_put_number(query, record->started_ns / MICROSECONDS);
    query_put_number(query, record->ended_ns / MICROSECONDS);
    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
        query_put_number(query, (int64_t)counters[i]);
    return query_run(query, error);
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

/* While a file could not be read, or was empty, it was known by its name alone. */
static bool forget_unread(struct upserts *upserts, const struct source_record *record, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_DELETE_UNREAD];

    if (record->packets == 0)
        return true;
    query_put_reference(query, source_id_file(record->site, record->name, NULL));
    return query_run(query, error);
}

bool upsert_source(struct upserts *upserts, const struct source_record *record, uint64_t lost, struct error *error)
{
    return forget_unread(upserts, record, error) && put_blind(upserts, record, error) &&
        put_row(upserts, record, lost, error) && put_fates(upserts, record, error) && put_unknown(upserts, record, error);
}
