/* SPDX-License-Identifier: BSD-2-Clause */
/* upsert_sources.c: readings and what came of their packets. */
#include "upserts.h"

#include <lasthello/utc.h>

#include <inttypes.h>
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
    query_name_reference(query, ":source", record->id);
    query_name_number(query, ":minute", utc_floor(record->ended_ns, MINUTE_NS));
    query_name_number(query, ":dropped", (int64_t)record->dropped);
    query_name_number(query, ":interface_dropped", (int64_t)record->interface_dropped);
    query_name_number(query, ":down_seconds", down_seconds(record));
    return query_run(query, error);
}

/* What is known from the beginning and stays. */
static void put_beginning(
    struct upserts *upserts, struct query *query, const struct source_record *record, const char *state)
{
    const struct reading_asked *asked = &upserts->asked;
    const bool is_file = !source_is_interface(record);

    query_name_reference(query, ":id", record->id);
    query_name_text(query, ":state", state);
    query_name_text(query, ":kind", record->kind);
    query_name_text(query, ":name", record->name[0] == '\0' ? "?" : record->name);
    query_name_text(query, ":site", record->site[0] == '\0' ? "default" : record->site);
    query_name_text(query, ":observer", record->observer[0] == '\0' ? "?" : record->observer);
    query_name_number(query, ":started", utc_microseconds(record->started_ns));
    query_name_number(query, ":moved", utc_microseconds(record->moved_ns));
    query_name_reference(query, ":place", record->place);
    query_name_text(query, ":ports", asked->ports);
    query_name_number(query, ":discover", asked->discover);
    query_name_text(query, ":filter", asked->filter);
    query_name_text(query, ":rules", asked->rules);
    query_name_reference(query, ":owner", is_file ? upserts->owner.owner : 0);
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

/* The sum, then each anchor: three numbers of 16 digits. To be freed, NULL: no memory. */
static char *anchors_text(const struct capture_anchors *anchors)
{
    char *text = malloc(16 + 48 * (size_t)anchors->count + 1), *end = text;

    if (text == NULL)
        return NULL;
    *end = '\0';
    if (anchors->packets > 0)
        end += snprintf(end, 17, "%016" PRIx64, anchors->sum);
    for (unsigned i = 0; i < anchors->count; i++) {
        const struct capture_anchor *anchor = &anchors->anchors[i];

        end += snprintf(
            end, 49, "%016" PRIx64 "%016" PRIx64 "%016" PRIx64, anchor->hash, anchor->packet, anchor->sum);
    }
    return text;
}

/* What was counted so far; of its sessions `lost` could not be stored. */
static void put_counters(struct query *query, const struct source_record *record, uint64_t lost)
{
    const struct {
        const char *name;
        uint64_t number;
    } counters[] = {
        {":packets", record->packets},
        {":bytes", record->bytes},
        {":dropped", record->dropped},
        {":interface_dropped", record->interface_dropped},
        {":down_seconds", (uint64_t)down_seconds(record)},
        {":truncated", record->truncated},
        {":flows", record->flows},
        {":scans", record->scans},
        {":gaps", record->gaps},
        {":gap_bytes", record->gap_bytes},
        {":overlaps", record->overlaps},
        {":given_up_flows", record->given_up_flows},
        {":given_up_sessions", record->given_up_sessions},
        {":given_up_fragments", record->fragments_given_up},
        {":contradictory", record->contradictory},
        {":unstored", record->unstored + lost},
        {":dns_answers", record->names.answers},
        {":dns_unasked", record->names.unasked},
        {":names_unread", record->names.unread},
        {":continues", record->continues},
        {":failed", record->failed},
        {":complete", record->complete && lost == 0},
        {":settled", record->complete},
    };

    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
        query_name_number(query, counters[i].name, (int64_t)counters[i].number);
}

static bool put_anchors(struct query *query, const struct capture_anchors *anchors)
{
    char *text = anchors_text(anchors);

    if (text != NULL)
        query_name_text(query, ":anchors", text);
    free(text);
    return text != NULL;
}

static bool put_marks(struct query *query, const struct capture_marks *marks)
{
    char *text = marks_text(marks);

    if (text == NULL)
        return false;
    query_name_number(query, ":length", (int64_t)marks->packets);
    query_name_number(query, ":hash", (int64_t)marks->hash);
    query_name_number(query, ":first_hash", (int64_t)marks->first);
    query_name_text(query, ":marks", text);
    query_name_number(query, ":captured", (int64_t)marks->captured);
    query_name_number(query, ":snapshot", marks->snapshot_len);
    free(text);
    return true;
}

static bool put_row(struct upserts *upserts, const struct source_record *record, const char *state,
    uint64_t lost, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_READING];

    if (!put_marks(query, &record->marks) || !put_anchors(query, &record->anchors))
        return error_set(error, "%s: not enough memory to store what was learnt", upserts->db.path);
    put_beginning(upserts, query, record, state);
    query_name_number(query, ":ended", utc_microseconds(record->ended_ns));
    put_counters(query, record, lost);
    query_name_number(query, ":revision", upserts->revision);
    return query_run(query, error);
}

static bool put_fates(struct upserts *upserts, const struct source_record *record, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_FATE];

    for (size_t fate = 0; fate < FATE_COUNT; fate++) {
        if (record->fates[fate] == 0)
            continue;
        query_name_reference(query, ":source", record->id);
        query_name_text(query, ":fate", fate_names[fate]);
        query_name_number(query, ":packets", (int64_t)record->fates[fate]);
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
        query_name_reference(query, ":source", record->id);
        query_name_text(query, ":kind", unknown_kind_name(record->unknown[i].kind));
        query_name_number(query, ":number", record->unknown[i].number);
        query_name_text(query, ":name", unknown_name(record->unknown[i].kind, record->unknown[i].number));
        query_name_number(query, ":packets", (int64_t)record->unknown[i].packets);
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
