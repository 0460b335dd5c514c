/* SPDX-License-Identifier: BSD-2-Clause */
/* reading_facts_read.c: what decides between two readings, as it stands in the database. */
#include "reading_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char reading_facts_sql[] =
    "SELECT state = 'counts', owner IS NOT NULL, settled, complete, discover, "
    "unstored + given_up_flows + given_up_sessions + given_up_fragments, packets_before, "
    "packets_after, length, hash, first_hash, captured, snapshot, name, ports, filter, rules, marks, "
    "unstored, anchors, coalesce(kept_from, -9223372036854775808), "
    "state IN ('counts', 'waiting') "
    "FROM reading WHERE id = :id";

static void copy_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text == NULL ? "" : text);
}

static void read_marks(struct capture_marks *marks, const char *text)
{
    char digits[9] = "";

    for (; text != NULL && strlen(text) >= 8 && marks->mark_count < CAPTURE_MARKS_MAX; text += 8) {
        memcpy(digits, text, 8);
        marks->marks[marks->mark_count++] = (uint32_t)strtoul(digits, NULL, 16);
    }
}

static uint64_t take_number(const char **text)
{
    char digits[17] = "";

    memcpy(digits, *text, 16);
    *text += 16;
    return strtoull(digits, NULL, 16);
}

static void read_anchors(struct capture_anchors *anchors, const char *text)
{
    const size_t len = text == NULL ? 0 : strlen(text);
    const size_t count = len < 16 ? 0 : (len - 16) / 48;

    capture_anchors_begin(anchors);
    if (len < 16)
        return;
    anchors->sum = take_number(&text);
    for (; anchors->count < count && anchors->count < CAPTURE_ANCHORS_MAX; anchors->count++) {
        struct capture_anchor *anchor = &anchors->anchors[anchors->count];

        anchor->hash = take_number(&text);
        anchor->packet = take_number(&text);
        anchor->sum = take_number(&text);
    }
}

void reading_facts_read(const struct query *query, uint64_t id, struct reading_facts *facts)
{
    const char *filter = query_text(query, 15);

    facts->id = id;
    facts->counts = query_number(query, 0) != 0;
    facts->running = query_number(query, 1) != 0;
    facts->settled = query_number(query, 2) != 0;
    facts->complete = query_number(query, 3) != 0;
    facts->discover = query_number(query, 4) != 0;
    facts->lost = (uint64_t)query_number(query, 5);
    facts->before = (uint64_t)query_number(query, 6);
    facts->after = (uint64_t)query_number(query, 7);
    facts->marks.packets = (uint64_t)query_number(query, 8);
    facts->marks.hash = (uint64_t)query_number(query, 9);
    facts->marks.first = (uint64_t)query_number(query, 10);
    facts->marks.captured = (uint64_t)query_number(query, 11);
    facts->marks.snapshot_len = (uint32_t)query_number(query, 12);
    facts->marks.mark_count = 0;
    copy_text(facts->name, sizeof(facts->name), query_text(query, 13));
    copy_text(facts->ports, sizeof(facts->ports), query_text(query, 14));
    copy_text(facts->filter, sizeof(facts->filter), filter);
    facts->is_filter_long = filter != NULL && strlen(filter) >= sizeof(facts->filter);
    copy_text(facts->rules, sizeof(facts->rules), query_text(query, 16));
    read_marks(&facts->marks, query_text(query, 17));
    facts->unstored = (uint64_t)query_number(query, 18);
    read_anchors(&facts->anchors, query_text(query, 19));
    facts->anchors.packets = facts->marks.packets;
    facts->kept_from = query_number(query, 20);
    facts->has_counted = query_number(query, 21) != 0;
}
