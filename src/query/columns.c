/* SPDX-License-Identifier: BSD-2-Clause */
/* columns.c: what the columns of answers hold, by their names in sql/; facts of sessions: by their type. */
#include "columns.h"

#include <lasthello/facts.h>

#include <assert.h>
#include <string.h>

static const struct column rows[] = {
    {"vlans", COLUMN_LIST},
    {"packet", COLUMN_NUMBER},
    {"first_packet", COLUMN_NUMBER},
    {"last_packet", COLUMN_NUMBER},
    {"client_alert", COLUMN_NUMBER},
    {"server_alert", COLUMN_NUMBER},
    {"days_left", COLUMN_NUMBER},
    {"day", COLUMN_NUMBER},
    {"like_hosts", COLUMN_COUNT},
    {"like_is_least", COLUMN_NUMBER},
    {"clients", COLUMN_COUNT},
    {"legacy_clients", COLUMN_COUNT},
    {"sessions", COLUMN_COUNT},
    {"date", COLUMN_DAY},
    {"old_sessions", COLUMN_COUNT},
    {"better_sessions", COLUMN_COUNT},
    {"refused_sessions", COLUMN_COUNT},
    {"all_sessions", COLUMN_COUNT},
    {"cleartext_sessions", COLUMN_COUNT},
    {"short_lived", COLUMN_COUNT},
    {"packets", COLUMN_COUNT},
    {"bytes", COLUMN_COUNT},
    {"dropped", COLUMN_COUNT},
    {"interface_dropped", COLUMN_COUNT},
    {"down_seconds", COLUMN_COUNT},
    {"used", COLUMN_COUNT},
    {"duplicate", COLUMN_COUNT},
    {"settled", COLUMN_COUNT},
    {"no_flow", COLUMN_COUNT},
    {"not_mail", COLUMN_COUNT},
    {"not_tcp", COLUMN_COUNT},
    {"fragment_held", COLUMN_COUNT},
    {"not_ip", COLUMN_COUNT},
    {"link_unknown", COLUMN_COUNT},
    {"malformed", COLUMN_COUNT},
    {"cut_short", COLUMN_COUNT},
    {"too_deep", COLUMN_COUNT},
    {"given_up", COLUMN_COUNT},
    {"blind_minutes", COLUMN_COUNT},
    {"truncated", COLUMN_COUNT},
    {"flows", COLUMN_COUNT},
    {"scans", COLUMN_COUNT},
    {"gaps", COLUMN_COUNT},
    {"gap_bytes", COLUMN_COUNT},
    {"overlaps", COLUMN_COUNT},
    {"given_up_flows", COLUMN_COUNT},
    {"given_up_sessions", COLUMN_COUNT},
    {"given_up_fragments", COLUMN_COUNT},
    {"contradictory", COLUMN_COUNT},
    {"unstored", COLUMN_COUNT},
    {"dns_answers", COLUMN_COUNT},
    {"dns_unasked", COLUMN_COUNT},
    {"names_unread", COLUMN_COUNT},
    {"first_seen", COLUMN_TIME},
    {"last_seen", COLUMN_TIME},
    {"started", COLUMN_TIME},
    {"ended", COLUMN_TIME},
    {"blind_first", COLUMN_TIME},
    {"blind_last", COLUMN_TIME},
    {"not_understood", COLUMN_LIST},
    {"accepts", COLUMN_VERSIONS},
    {"refuses", COLUMN_VERSIONS},
    {"refused", COLUMN_COUNT},
    {"attempts", COLUMN_COUNT},
    {"addresses", COLUMN_COUNT},
    {"since_day", COLUMN_DAY},
    {"old_first_day", COLUMN_DAY},
    {"old_last_day", COLUMN_DAY},
    {"changed_day", COLUMN_DAY},
    {"refused_last_day", COLUMN_DAY},
    {"refusals_by_day", COLUMN_LIST},
    {"verdict", COLUMN_VERDICT},
    {"what_to_do", COLUMN_STEP},
    {"note", COLUMN_NOTES},
};

static enum column_kind kind_of_fact(const struct fact *fact)
{
    if (fact == NULL)
        return COLUMN_TEXT;
    if (fact->type == FACT_NUMBER || fact->type == FACT_FLAG)
        return COLUMN_NUMBER;
    if (fact->type == FACT_SECONDS)
        return COLUMN_DAY;
    return fact->type == FACT_MEMBER || fact->event_form == EVENT_LIST ? COLUMN_LIST : COLUMN_TEXT;
}

enum column_kind column_kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].kind;
    return kind_of_fact(fact_find_report(name));
}

struct value *row_value(const struct row_values *row, const char *name)
{
    size_t i = 0;

    while (i + 1 < row->count && strcmp(row->columns[i].name, name) != 0)
        i++;
    assert(strcmp(row->columns[i].name, name) == 0);
    return &row->values[i];
}
