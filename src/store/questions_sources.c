/* SPDX-License-Identifier: BSD-2-Clause */
/* questions_sources.c: what the sensors saw, and what they did not. */
#include "questions.h"

#define NUMBER(column, text)                                                    \
    {                                                                           \
        .name = column, .title = text, .kind = COLUMN_NUMBER, .wide_only = true \
    }

static const struct column coverage_columns[] = {
    {.name = "source", .title = "SOURCE"},
    {.name = "kind", .title = "KIND"},
    {.name = "started", .title = "STARTED (UTC)"},
    {.name = "ended", .title = "ENDED (UTC)"},
    {.name = "packets", .title = "PACKETS", .kind = COLUMN_NUMBER},
    {.name = "dropped", .title = "DROPPED", .kind = COLUMN_NUMBER},
    {.name = "state", .title = "STATE"},
    NUMBER("used", "USED"),
    NUMBER("duplicate", "DUPLICATE"),
    NUMBER("settled", "SETTLED"),
    NUMBER("no_flow", "NO FLOW"),
    NUMBER("not_mail", "NOT MAIL"),
    NUMBER("not_tcp", "NOT TCP"),
    NUMBER("fragment_held", "FRAGMENT HELD"),
    NUMBER("not_ip", "NOT IP"),
    NUMBER("link_unknown", "LINK UNKNOWN"),
    NUMBER("malformed", "MALFORMED"),
    NUMBER("cut_short", "CUT SHORT"),
    NUMBER("too_deep", "TOO DEEP"),
    NUMBER("given_up", "GIVEN UP"),
    NUMBER("bytes", "BYTES"),
    NUMBER("interface_dropped", "DROPPED BY INTERFACE"),
    NUMBER("blind_minutes", "MINUTES WITH DROPS"),
    {.name = "blind_first", .title = "FIRST OF THEM", .wide_only = true},
    {.name = "blind_last", .title = "LAST OF THEM", .wide_only = true},
    NUMBER("truncated", "TRUNCATED"),
    NUMBER("flows", "FLOWS"),
    NUMBER("scans", "SCANS"),
    NUMBER("gaps", "GAPS"),
    NUMBER("gap_bytes", "GAP BYTES"),
    NUMBER("overlaps", "OVERLAPS"),
    NUMBER("given_up_flows", "FLOWS GIVEN UP"),
    NUMBER("given_up_sessions", "SESSIONS GIVEN UP"),
    NUMBER("given_up_fragments", "FRAGMENTS GIVEN UP"),
    NUMBER("unstored", "UNSTORED"),
    {.name = "not_understood", .title = "NOT UNDERSTOOD", .kind = COLUMN_LIST, .wide_only = true},
    {.name = "site", .title = "SITE", .wide_only = true},
    {.name = "observer", .title = "OBSERVER", .wide_only = true},
};

/* clang-format off */
static const char coverage_sql[] =
    "SELECT name, kind, started, ended, packets, dropped, "
    "CASE WHEN failed THEN 'damaged' WHEN complete THEN 'complete' ELSE 'incomplete' END, used, "
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
