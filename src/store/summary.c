/* SPDX-License-Identifier: BSD-2-Clause */
/* summary.c: the numbers of the first screen. */
#include "filters.h"
#include "inventory_open.h"

#include <stdio.h>
#include <time.h>

/* The worst session of a client: refused before stored, then by cause; its last digit is enum cause. */
#define WORST                                                                                                      \
    "max(CASE k.cause WHEN 'client' THEN 41 WHEN 'fallback' THEN 33 WHEN 'server' THEN 22 WHEN 'unknown' THEN 14 " \
    "ELSE 0 END "                                                                                                  \
    "+ iif(k.cause IS NOT NULL AND k.outcome = 'refused', 100, 0))"
#define COUNTED(condition) "sum(iif(" condition ", o.sessions, 0))"
#define PRIVATE                                                                                      \
    "(v.digits BETWEEN '00000000000000000000ffff0a000000' AND '00000000000000000000ffff0affffff' "   \
    "OR v.digits BETWEEN '00000000000000000000ffffac100000' AND '00000000000000000000ffffac1fffff' " \
    "OR v.digits BETWEEN '00000000000000000000ffffc0a80000' AND '00000000000000000000ffffc0a8ffff' " \
    "OR v.digits BETWEEN 'fc' AND 'fe' OR v.digits BETWEEN 'fe8' AND 'fec')"

/* clang-format off */
static const char clients_sql[] =
    "SELECT count(*), sum(worst > 0), sum(worst % 10 = 1), sum(worst % 10 = 2), sum(worst % 10 = 3), "
    "sum(worst % 10 = 4), sum(worst > 100), sum(clear), sum(sessions), sum(handshake), sum(midstream), "
    "sum(one_sided), sum(unclear) "
    "FROM (SELECT " WORST " AS worst, max(k.login IS NOT NULL OR k.outcome = 'cleartext') AS clear, "
    "sum(o.sessions) AS sessions, " COUNTED("k.directions = 'both' AND k.evidence = 'handshake'") " AS "
    "handshake, " COUNTED("k.directions = 'both' AND k.evidence = 'records'") " AS midstream, "
    COUNTED("k.directions <> 'both'") " AS one_sided, "
    COUNTED("k.directions = 'both' AND k.evidence = 'none' AND k.outcome NOT IN ('cleartext', 'plain')") " "
    "AS unclear "
    "FROM observation o CROSS JOIN conduct k ON k.id = o.conduct "
    "WHERE k.outcome <> 'foreign' AND " FILTERED
    "GROUP BY o.client)";
/* clang-format on */

/* clang-format off */
static const char servers_sql[] =
    "SELECT count(*), sum(old), sum(old AND " PRIVATE ") "
    "FROM (SELECT o.server, max(coalesce(k.negotiated < 'TLS 1.2', 0)) AS old "
    "FROM observation o CROSS JOIN conduct k ON k.id = o.conduct "
    "WHERE k.outcome <> 'foreign' AND " FILTERED
    "GROUP BY o.server) d CROSS JOIN host v ON v.id = d.server";
/* clang-format on */

/* clang-format off */
static const char sources_sql[] =
    "SELECT count(*), sum(packets), sum(dropped + interface_dropped), sum(given_up_flows + "
    "given_up_sessions), sum(unstored), sum(NOT complete AND NOT failed), sum(failed), sum(gaps), "
    "sum(truncated), (SELECT sum(packets) "
    "FROM unknown u "
    "WHERE u.kind = 'link type' AND u.source IN (SELECT id "
    "FROM source s "
    "WHERE (:since IS NULL OR s.ended >= :since) AND (:until IS NULL OR s.started < :until))), "
    "strftime('%Y-%m-%dT%H:%M:%SZ', min(iif(packets > 0, started, NULL)) / 1000000, 'unixepoch'), "
    "strftime('%Y-%m-%dT%H:%M:%SZ', max(iif(packets > 0, ended, NULL)) / 1000000, 'unixepoch') "
    "FROM source "
    "WHERE (:since IS NULL OR ended >= :since) AND (:until IS NULL OR started < :until)";
/* clang-format on */

/* Asks for one row, whose first columns are the numbers; the query stays open for its texts. */
static bool ask(struct inventory *inventory, const char *sql, const struct checked_filters *checked,
    struct query *query, uint64_t *const *numbers, size_t count, struct error *error)
{
    if (!query_open(query, &inventory->db, sql, error))
        return false;
    filters_put(query, checked);
    if (!query_next(query, error))
        return false;
    for (size_t i = 0; i < count; i++)
        *numbers[i] = (uint64_t)query_number(query, (int)i);
    return true;
}

static bool ask_clients(struct inventory *inventory, const struct checked_filters *checked, struct summary *summary,
    struct error *error)
{
    uint64_t *const numbers[] = {&summary->clients, &summary->legacy_clients,
        &summary->legacy_by_cause[CAUSE_CLIENT], &summary->legacy_by_cause[CAUSE_SERVER],
        &summary->legacy_by_cause[CAUSE_FALLBACK], &summary->legacy_by_cause[CAUSE_UNKNOWN],
        &summary->failing_clients, &summary->cleartext_clients, &summary->sessions, &summary->handshake_sessions,
        &summary->midstream_sessions, &summary->one_sided_sessions, &summary->unclear_sessions};
    struct query query;
    bool asked = ask(inventory, clients_sql, checked, &query, numbers, sizeof(numbers) / sizeof(numbers[0]), error);

    query_close(&query);
    return asked;
}

static bool ask_servers(struct inventory *inventory, const struct checked_filters *checked, struct summary *summary,
    struct error *error)
{
    uint64_t *const numbers[] = {&summary->servers, &summary->legacy_servers, &summary->private_legacy_servers};
    struct query query;
    bool asked = ask(inventory, servers_sql, checked, &query, numbers, sizeof(numbers) / sizeof(numbers[0]), error);

    query_close(&query);
    return asked;
}

static void copy_time(char out[32], const char *time)
{
    snprintf(out, 32, "%s", time == NULL ? "" : time);
}

static bool ask_sources(struct inventory *inventory, const struct checked_filters *checked, struct summary *summary,
    struct error *error)
{
    uint64_t *const numbers[] = {&summary->sources, &summary->packets, &summary->dropped, &summary->given_up,
        &summary->unstored, &summary->incomplete_sources, &summary->failed_sources, &summary->gaps,
        &summary->truncated, &summary->unknown_link_packets};
    const size_t count = sizeof(numbers) / sizeof(numbers[0]);
    struct query query;
    bool asked = ask(inventory, sources_sql, checked, &query, numbers, count, error);

    if (asked) {
        copy_time(summary->first_time, query_text(&query, (int)count));
        copy_time(summary->last_time, query_text(&query, (int)count + 1));
    }
    query_close(&query);
    return asked;
}

bool inventory_summary(struct inventory *inventory, const struct filters *filters, struct summary *summary,
    struct error *error)
{
    struct checked_filters checked;

    *summary = (struct summary){0};
    return filters_check(filters, time(NULL), &checked, error) && ask_clients(inventory, &checked, summary, error) &&
        ask_servers(inventory, &checked, summary, error) && ask_sources(inventory, &checked, summary, error);
}
