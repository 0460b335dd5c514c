/* SPDX-License-Identifier: BSD-2-Clause */
/* summary.c: the numbers of the first screen, in one pass over the observations: counting distinct addresses in a
 * table of our own takes a third of the time that sorting them by SQL does. */
#include "filters.h"
#include "inventory_open.h"

#include <lasthello/id_table.h>

#include <stdio.h>
#include <time.h>

/* clang-format off */
/* How a session is counted, once for each profile. Also those that were not asked for come: a client that does better
 * does so, whatever is asked. */
static const char sessions_sql[] =
    "WITH kind AS MATERIALIZED (SELECT k.*, "
    "CASE k.cause WHEN 'client' THEN 1 WHEN 'server' THEN 2 WHEN 'fallback' THEN 3 WHEN 'unknown' THEN 4 "
    "ELSE 0 END AS blame, coalesce(k.cause, 'too_new') <> 'too_new' AND k.outcome = 'refused' AS failed, "
    "k.login IS NOT NULL OR k.outcome = 'cleartext' AS clear, "
    "coalesce(k.negotiated < 'TLS 1.2', 0) AS old, coalesce(k.negotiated >= 'TLS 1.2', 0) AS better, "
    "k.service = 'tls' AS other, "
    "CASE WHEN k.directions <> 'both' THEN 3 WHEN k.evidence = 'handshake' THEN 1 WHEN k.evidence = 'records' THEN 2 "
    "WHEN k.outcome IN ('cleartext', 'plain') THEN 0 ELSE 4 END AS sight "
    "FROM profile k WHERE k.outcome <> 'foreign') "
    "SELECT o.client, o.server, o.sessions, k.blame, k.failed, k.clear, k.old, k.better, k.other, k.sight, "
    "(" FILTERED ") AS asked FROM observation o CROSS JOIN kind k ON k.id = o.profile";

static const char private_sql[] =
    "SELECT count(*) FROM host WHERE id = ?1 AND "
    "(digits BETWEEN '00000000000000000000ffff0a000000' AND '00000000000000000000ffff0affffff' "
    "OR digits BETWEEN '00000000000000000000ffffac100000' AND '00000000000000000000ffffac1fffff' "
    "OR digits BETWEEN '00000000000000000000ffffc0a80000' AND '00000000000000000000ffffc0a8ffff' "
    "OR digits BETWEEN 'fc' AND 'fe' OR digits BETWEEN 'fe8' AND 'fec')";

/* Of each interface, when its runs so far had ended when another began; its threads are named eth1#1, eth1#2, ... */
static const char sources_sql[] =
    "WITH runs AS (SELECT started, max(ended) OVER (PARTITION BY site, observer, "
    "substr(name, 1, instr(name || '#', '#') - 1) ORDER BY started "
    "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended FROM source WHERE kind = 'interface') "
    "SELECT count(*), sum(packets), sum(dropped + interface_dropped), sum(given_up_flows + given_up_sessions), "
    "sum(unstored), sum(NOT complete AND NOT failed), sum(failed), sum(gaps), sum(truncated), "
    "(SELECT sum(packets) FROM unknown u WHERE u.kind = 'link type' AND u.source IN (SELECT id FROM source s "
    "WHERE (:since IS NULL OR s.ended >= :since) AND (:until IS NULL OR s.started < :until))), "
    "(SELECT sum(down_seconds) FROM blind WHERE (:since IS NULL OR (minute + 1) * 60000000 > :since) "
    "AND (:until IS NULL OR minute * 60000000 < :until)), "
    "(SELECT sum(max(0, min(started, coalesce(:until, started)) - max(ended, coalesce(:since, ended)))) / 1000000 "
    "FROM runs WHERE started > ended), "
    "strftime('%Y-%m-%dT%H:%M:%SZ', min(iif(packets > 0, started, NULL)) / 1000000, 'unixepoch'), "
    "strftime('%Y-%m-%dT%H:%M:%SZ', max(iif(packets > 0, ended, NULL)) / 1000000, 'unixepoch') "
    "FROM source WHERE (:since IS NULL OR ended >= :since) AND (:until IS NULL OR started < :until)";
/* clang-format on */

enum sessions_column {
    COLUMN_CLIENT,
    COLUMN_SERVER,
    COLUMN_SESSIONS,
    COLUMN_BLAME, /* enum cause */
    COLUMN_FAILED,
    COLUMN_CLEAR,
    COLUMN_OLD,
    COLUMN_BETTER,
    COLUMN_OTHER,
    COLUMN_SIGHT,
    COLUMN_ASKED,
};

enum sight {
    SIGHT_WHOLE, /* no TLS, and seen */
    SIGHT_HANDSHAKE,
    SIGHT_MIDSTREAM,
    SIGHT_ONE_SIDED,
    SIGHT_UNKNOWN,
};

/* What is known of a host. */
struct tally {
    uint64_t id;
    unsigned causes; /* a bit for each enum cause of its sessions as a client */
    bool is_client, is_server;
    bool failed; /* was refused with an old hello */
    bool clear;  /* sent a login without TLS */
    bool better; /* negotiated TLS 1.2 or later */
    bool old;    /* gave old TLS */
};

static struct tally *tally_of(struct id_table *hosts, uint64_t id)
{
    bool is_new;
    struct tally *tally = id_table_put(hosts, id, &is_new);

    if (tally != NULL && is_new)
        *tally = (struct tally){.id = id};
    return tally;
}

static void count_sessions(const struct query *query, struct summary *summary)
{
    uint64_t sessions = (uint64_t)query_number(query, COLUMN_SESSIONS);
    uint64_t *const sights[] = {
        [SIGHT_HANDSHAKE] = &summary->handshake_sessions,
        [SIGHT_MIDSTREAM] = &summary->midstream_sessions,
        [SIGHT_ONE_SIDED] = &summary->one_sided_sessions,
        [SIGHT_UNKNOWN] = &summary->unknown_sessions,
    };
    int64_t sight = query_number(query, COLUMN_SIGHT);

    summary->sessions += sessions;
    if (query_number(query, COLUMN_OTHER) != 0)
        summary->other_sessions += sessions;
    if (sight != SIGHT_WHOLE)
        *sights[sight] += sessions;
}

static void count_row(struct id_table *hosts, const struct query *query, struct summary *summary)
{
    const bool asked = query_number(query, COLUMN_ASKED) != 0, better = query_number(query, COLUMN_BETTER) != 0;
    struct tally *client, *server;

    if (asked)
        count_sessions(query, summary);
    client = asked || better ? tally_of(hosts, (uint64_t)query_number(query, COLUMN_CLIENT)) : NULL;
    if (client != NULL)
        client->better |= better;
    server = asked ? tally_of(hosts, (uint64_t)query_number(query, COLUMN_SERVER)) : NULL;
    if (client == NULL || server == NULL) /* also a host that came after they were counted */
        return;
    client->is_client = server->is_server = true;
    client->causes |= 1u << query_number(query, COLUMN_BLAME);
    client->failed |= query_number(query, COLUMN_FAILED) != 0;
    client->clear |= query_number(query, COLUMN_CLEAR) != 0;
    server->old |= query_number(query, COLUMN_OLD) != 0;
}

static bool count_rows(struct inventory *inventory, const struct checked_filters *checked, struct id_table *hosts,
    struct summary *summary, struct error *error)
{
    struct query query;
    bool opened = query_open(&query, &inventory->db, sessions_sql, error);

    if (!opened)
        return false;
    filters_put(&query, checked);
    error->text[0] = '\0'; /* so that it tells the last row from a failure */
    while (query_next(&query, error))
        count_row(hosts, &query, summary);
    query_close(&query);
    return error->text[0] == '\0';
}

static void count_client(const struct tally *tally, struct summary *summary)
{
    unsigned causes = 0;

    for (enum cause cause = CAUSE_CLIENT; cause <= CAUSE_UNKNOWN; cause++) {
        const bool has = tally->causes >> cause & 1;

        summary->legacy_by_cause[cause] += has;
        causes += has;
    }
    summary->clients++;
    summary->cleartext_clients += tally->clear;
    summary->legacy_clients += causes > 0;
    summary->several_causes += causes > 1;
    summary->mixed_clients += tally->better && tally->causes >> CAUSE_CLIENT & 1;
    summary->failing_clients += tally->failed;
}

static bool count_server(struct query *is_private, const struct tally *tally, struct summary *summary,
    struct error *error)
{
    bool answered;

    summary->servers++;
    summary->legacy_servers += tally->old;
    if (!tally->old)
        return true;
    query_put_reference(is_private, tally->id);
    answered = query_next(is_private, error);
    if (answered)
        summary->private_legacy_servers += (uint64_t)query_number(is_private, 0);
    return query_run(is_private, error) && answered;
}

static bool count_hosts(struct inventory *inventory, const struct id_table *hosts, struct summary *summary,
    struct error *error)
{
    struct query is_private;
    bool counted = query_open(&is_private, &inventory->db, private_sql, error);

    for (uint32_t i = 0; counted && i < hosts->count; i++) {
        const struct tally *tally = id_table_row(hosts, i);

        if (tally->is_client)
            count_client(tally, summary);
        if (tally->is_server)
            counted = count_server(&is_private, tally, summary, error);
    }
    query_close(&is_private);
    return counted;
}

static bool ask_sessions(struct inventory *inventory, const struct checked_filters *checked, struct summary *summary,
    struct error *error)
{
    struct id_table hosts = {0};
    int64_t count;
    bool asked = db_number(&inventory->db, "SELECT count(*) FROM host", &count, error);

    if (asked && !id_table_open(&hosts, sizeof(struct tally), (uint32_t)count + 1))
        asked = error_set(error, "not enough memory for the report; ask for less with --since or --network");
    asked = asked && count_rows(inventory, checked, &hosts, summary, error) &&
        count_hosts(inventory, &hosts, summary, error);
    id_table_close(&hosts);
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
        &summary->unstored, &summary->incomplete_sources, &summary->failed_sources, &summary->gaps, &summary->truncated,
        &summary->unknown_link_packets, &summary->down_seconds, &summary->unwatched_seconds};
    const int count = sizeof(numbers) / sizeof(numbers[0]);
    struct query query;
    bool asked = query_open(&query, &inventory->db, sources_sql, error);

    if (asked)
        filters_put(&query, checked);
    asked = asked && query_next(&query, error);
    for (int i = 0; asked && i < count; i++)
        *numbers[i] = (uint64_t)query_number(&query, i);
    if (asked) {
        copy_time(summary->first_time, query_text(&query, count));
        copy_time(summary->last_time, query_text(&query, count + 1));
    }
    query_close(&query);
    return asked;
}

/* One transaction, so that all numbers are of the same moment while a sensor writes. */
bool inventory_summary(struct inventory *inventory, const struct filters *filters, struct summary *summary,
    struct error *error)
{
    struct checked_filters checked;
    bool asked;

    *summary = (struct summary){0};
    if (!filters_check(filters, time(NULL), &checked, error) || !db_run(&inventory->db, "BEGIN", error))
        return false;
    asked = ask_sessions(inventory, &checked, summary, error) && ask_sources(inventory, &checked, summary, error);
    db_roll_back(&inventory->db);
    return asked;
}
