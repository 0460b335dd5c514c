/* SPDX-License-Identifier: BSD-2-Clause */
/* questions_sources.c: what the sensors saw, and what they did not. */
#include "questions.h"

#define COUNT(column, text)                                                        \
    {                                                                              \
        .name = (column), .title = (text), .kind = COLUMN_COUNT, .wide_only = true \
    }

static const struct column coverage_columns[] = {
    {.name = "source", .title = "SOURCE"},
    {.name = "state", .title = "STATE"},
    {.name = "packets", .title = "PACKETS", .kind = COLUMN_COUNT},
    {.name = "dropped", .title = "DROPPED", .kind = COLUMN_COUNT},
    {.name = "down_seconds", .title = "DOWN (S)", .kind = COLUMN_COUNT},
    {.name = "started", .title = "STARTED (UTC)", .kind = COLUMN_TIME},
    {.name = "ended", .title = "ENDED (UTC)", .kind = COLUMN_TIME},
    {.name = "kind", .title = "KIND"},
    COUNT("used", "USED"),
    COUNT("duplicate", "DUPLICATE"),
    COUNT("settled", "SETTLED"),
    COUNT("no_flow", "NO FLOW"),
    COUNT("not_mail", "NOT MAIL"),
    COUNT("not_tcp", "NOT TCP"),
    COUNT("fragment_held", "FRAGMENT HELD"),
    COUNT("not_ip", "NOT IP"),
    COUNT("link_unknown", "LINK UNKNOWN"),
    COUNT("malformed", "MALFORMED"),
    COUNT("cut_short", "CUT SHORT"),
    COUNT("too_deep", "TOO DEEP"),
    COUNT("given_up", "GIVEN UP"),
    COUNT("bytes", "BYTES"),
    COUNT("interface_dropped", "DROPPED BY INTERFACE"),
    COUNT("blind_minutes", "BLIND MINUTES"),
    {.name = "blind_first", .title = "FIRST OF THEM", .kind = COLUMN_TIME, .wide_only = true},
    {.name = "blind_last", .title = "LAST OF THEM", .kind = COLUMN_TIME, .wide_only = true},
    COUNT("truncated", "TRUNCATED"),
    COUNT("flows", "FLOWS"),
    COUNT("scans", "SCANS"),
    COUNT("gaps", "GAPS"),
    COUNT("gap_bytes", "GAP BYTES"),
    COUNT("overlaps", "OVERLAPS"),
    COUNT("given_up_flows", "FLOWS GIVEN UP"),
    COUNT("given_up_sessions", "SESSIONS GIVEN UP"),
    COUNT("given_up_fragments", "FRAGMENTS GIVEN UP"),
    COUNT("unstored", "UNSTORED"),
    {.name = "not_understood", .title = "NOT UNDERSTOOD", .kind = COLUMN_LIST, .wide_only = true},
    {.name = "site", .title = "SITE", .wide_only = true},
    {.name = "observer", .title = "OBSERVER", .wide_only = true},
};

/* clang-format off */
static const char coverage_sql[] =
    "SELECT name, CASE WHEN failed THEN iif(packets = 0, 'unread', 'damaged') "
    "WHEN complete THEN 'complete' ELSE 'incomplete' END, "
    "packets, dropped, down_seconds, started, ended, kind, used, "
    "duplicate, settled, no_flow, not_mail, not_tcp, fragment_held, not_ip, link_unknown, malformed, "
    "cut_short, too_deep, given_up, bytes, interface_dropped, blind_minutes, blind_first, blind_last, "
    "truncated, flows, scans, gaps, gap_bytes, overlaps, given_up_flows, given_up_sessions, "
    "given_up_fragments, unstored, not_understood, site, observer "
    "FROM coverage "
    "WHERE (:since IS NULL OR ended >= " UTC(":since") ") AND (:until IS NULL OR started < " UTC(":until")
    ") "
    "ORDER BY started, name";
/* clang-format on */

const struct question_text question_coverage = {
    .sql = coverage_sql,
    .columns = coverage_columns,
    .count = COUNT_OF_COLUMNS(coverage_columns),
};
