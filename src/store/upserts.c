/* SPDX-License-Identifier: BSD-2-Clause */
/* upserts.c: the statements, and what is known to be stored already. */
#include "upserts.h"

#include "upsert_sql.h"

#include <lasthello/pages.h>
#include <lasthello/schema.h>

#include <stdio.h>
#include <stdlib.h>

/* Merging does not depend on the order in which rows come. */
#define OR_MERGE                                                                                     \
    " ON CONFLICT (id) DO UPDATE SET "                                                               \
    "first_packet = iif((excluded.first_seen, excluded.first_packet) < (first_seen, first_packet), " \
    "excluded.first_packet, first_packet), first_seen = min(first_seen, excluded.first_seen), "      \
    "last_source = iif((excluded.last_seen, excluded.last_packet) > (last_seen, last_packet), "      \
    "excluded.last_source, last_source), "                                                           \
    "last_packet = iif((excluded.last_seen, excluded.last_packet) > (last_seen, last_packet), "      \
    "excluded.last_packet, last_packet), last_seen = max(last_seen, excluded.last_seen), "           \
    "sessions = sessions + excluded.sessions, short_lived = short_lived + excluded.short_lived, "    \
    "gaps = gaps + excluded.gaps, revision = excluded.revision"
#define AMEND                                                                                \
    " SET revision = :revision, short_lived = short_lived + :short_lived, "                  \
    "last_source = iif(:last_seen > last_seen, nullif(:last_source, source), last_source), " \
    "last_packet = iif(:last_seen > last_seen, :last_packet, last_packet), "                 \
    "last_seen = max(last_seen, :last_seen) WHERE id = :id"

static const char *const statements[UPSERT_COUNT] = {
    [UPSERT_READING] =
        "INSERT INTO reading (id, state, kind, name, site, observer, started, place, ports, discover, "
        "filter, rules, owner, ended, packets, bytes, dropped, interface_dropped, down_seconds, "
        "truncated, flows, scans, gaps, gap_bytes, overlaps, given_up_flows, given_up_sessions, "
        "given_up_fragments, contradictory, unstored, dns_answers, dns_unasked, names_unread, continues, "
        "failed, complete, settled, length, hash, first_hash, marks, anchors, captured, snapshot, revision, "
        "packets_before, packets_after, moved) "
        "VALUES (:id, :state, :kind, :name, :site, :observer, :started, :place, :ports, :discover, "
        ":filter, :rules, :owner, :ended, :packets, :bytes, :dropped, :interface_dropped, "
        ":down_seconds, :truncated, :flows, :scans, :gaps, :gap_bytes, :overlaps, :given_up_flows, "
        ":given_up_sessions, :given_up_fragments, :contradictory, :unstored, :dns_answers, :dns_unasked, "
        ":names_unread, :continues, :failed, :complete, :settled, :length, :hash, :first_hash, "
        ":marks, :anchors, :captured, :snapshot, :revision, 0, 0, :moved) "
        "ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, packets = excluded.packets, "
        "bytes = excluded.bytes, dropped = excluded.dropped, interface_dropped = excluded.interface_dropped, "
        "down_seconds = excluded.down_seconds, truncated = excluded.truncated, "
        "flows = excluded.flows, scans = excluded.scans, gaps = excluded.gaps, "
        "gap_bytes = excluded.gap_bytes, overlaps = excluded.overlaps, "
        "given_up_flows = excluded.given_up_flows, "
        "given_up_sessions = excluded.given_up_sessions, "
        "given_up_fragments = excluded.given_up_fragments, "
        "contradictory = excluded.contradictory, unstored = excluded.unstored, "
        "dns_answers = excluded.dns_answers, dns_unasked = excluded.dns_unasked, "
        "names_unread = excluded.names_unread, continues = excluded.continues, failed = excluded.failed, "
        "complete = excluded.complete, settled = excluded.settled, length = excluded.length, "
        "hash = excluded.hash, first_hash = excluded.first_hash, marks = excluded.marks, "
        "anchors = excluded.anchors, "
        "captured = excluded.captured, snapshot = excluded.snapshot, revision = excluded.revision",
    /* before its source: what was missed since is the difference; the parameters are in all */
    [UPSERT_BLIND] =
        "INSERT INTO blind (source, minute, dropped, interface_dropped, down_seconds) "
        "SELECT :source, :minute, :dropped - coalesce(max(dropped), 0), "
        ":interface_dropped - coalesce(max(interface_dropped), 0), "
        ":down_seconds - coalesce(max(down_seconds), 0) "
        "FROM reading WHERE id = :source "
        "HAVING :dropped + :interface_dropped + :down_seconds > "
        "coalesce(max(dropped + interface_dropped + down_seconds), 0) "
        "ON CONFLICT DO UPDATE SET dropped = dropped + excluded.dropped, "
        "interface_dropped = interface_dropped + excluded.interface_dropped, "
        "down_seconds = down_seconds + excluded.down_seconds",
    [UPSERT_FATE] = "INSERT OR REPLACE INTO fate (source, fate, packets) VALUES (:source, :fate, :packets)",
    [UPSERT_UNKNOWN] = "INSERT OR REPLACE INTO unknown (source, kind, number, name, packets) "
                       "VALUES (:source, :kind, :number, :name, :packets)",
    [UPSERT_NAME] = "INSERT INTO host_name (host, name, source, first_seen, last_seen, revision) "
                    "VALUES (:host, :name, :source, :first_seen, :last_seen, :revision) "
                    "ON CONFLICT (host, name, source) DO UPDATE SET "
                    "first_seen = min(first_seen, excluded.first_seen), "
                    "last_seen = max(last_seen, excluded.last_seen), revision = excluded.revision",
    /* asked before, because RETURNING makes a table for its one row: three times the cost of an amendment */
    [UPSERT_AMENDED] = "SELECT source FROM observation WHERE id = :id",
    [UPSERT_PENDING_AMENDED] = "SELECT source FROM pending WHERE id = :id",
    [UPSERT_AMENDMENT] = "UPDATE observation" AMEND,
    [UPSERT_PENDING_AMENDMENT] = "UPDATE pending" AMEND,
};

/* Of what there is much: `rows` rows at once. A failure ends the transaction anyway; FAIL saves SQLite from
 * preparing to undo one statement. */
static const struct {
    enum upsert_kind kind;
    const char *begin;
    const char *const *columns;
    size_t column_count, rows;
    const char *end;
} many[] = {
    {UPSERT_HOST, "INSERT OR FAIL INTO host", upsert_host_columns, HOST_COLUMN_COUNT, 1, UPSERT_OR_NOTHING},
    {UPSERT_HOSTS, "INSERT OR FAIL INTO host", upsert_host_columns, HOST_COLUMN_COUNT, MANY,
        UPSERT_OR_NOTHING},
    {UPSERT_OBSERVATION, "INSERT OR FAIL INTO observation", upsert_observation_columns,
        OBSERVATION_COLUMN_COUNT, 1, OR_MERGE},
    {UPSERT_OBSERVATIONS, "INSERT OR FAIL INTO observation", upsert_observation_columns,
        OBSERVATION_COLUMN_COUNT, MANY, OR_MERGE},
    {UPSERT_PENDING, "INSERT INTO pending", upsert_observation_columns, OBSERVATION_COLUMN_COUNT, 1,
        OR_MERGE},
};

/* Checkpoints copy pages: seldom is cheap; but what the -wal file holds till then is room on the
 * disk that the database may need to take it. At the end it is cut to nothing. What SQLite would
 * keep in files of its own making, it keeps in memory: little, because nothing here sorts. A cache of 20 MiB
 * holds what a transaction of some 100,000 sessions changes: a page that had to leave it before the end is
 * written twice, and everything behind it in the -wal file is read again for its sums. */
static const char settings[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -20480;"
    "PRAGMA wal_autocheckpoint = 512;"
    "PRAGMA journal_size_limit = 8388608;";

/* The first commit and its checkpoint make the -wal and -shm files and sync their folder. */
static bool make_files(struct upserts *upserts, struct error *error)
{
    char mark[64];

    snprintf(mark, sizeof(mark), "PRAGMA user_version = %d", schema_newest(&schema_migrations));
    return db_run(&upserts->db, "BEGIN IMMEDIATE", error) && db_run(&upserts->db, mark, error) &&
        db_run(&upserts->db, "COMMIT; PRAGMA wal_checkpoint", error);
}

struct query *upserts_repeated(
    struct upserts *upserts, enum fact_table table, size_t rows, struct error *error)
{
    struct query *query = &upserts->queries[(rows == 1 ? UPSERT_REPEATED : UPSERT_REPEATED_MANY) + table];
    struct upsert_sql sql;

    if (query->statement != NULL)
        return query;
    upsert_sql_repeated(&sql, &fact_tables[table], rows);
    return query_open(query, &upserts->db, sql.text, error) ? query : NULL;
}

static bool open_repeated(struct upserts *upserts, struct error *error)
{
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        if (upserts_repeated(upserts, table, 1, error) == NULL)
            return false;
    return true;
}

static bool open_many(struct upserts *upserts, struct error *error)
{
    for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
        struct upsert_sql sql;

        upsert_sql_rows(
            &sql, many[i].begin, many[i].columns, many[i].column_count, many[i].rows, many[i].end);
        if (!query_open(&upserts->queries[many[i].kind], &upserts->db, sql.text, error))
            return false;
    }
    return true;
}

static bool open_statements(struct upserts *upserts, struct error *error)
{
    for (size_t i = 0; i < UPSERT_COUNT; i++)
        if (statements[i] != NULL && !query_open(&upserts->queries[i], &upserts->db, statements[i], error))
            return false;
    return open_many(upserts, error) && open_repeated(upserts, error);
}

/* Of a new inventory: pages of twice the usual size are half as many system calls. */
static bool set_page_size(struct upserts *upserts, struct error *error)
{
    return db_run(&upserts->db, "PRAGMA page_size = 8192", error);
}

static bool open_owner(struct upserts *upserts, struct error *error)
{
    return owner_lock_open(&upserts->owner, upserts->db.path) ||
        error_set(
            error, "%s: cannot be opened a second time; allow more open files: ulimit -n", upserts->db.path);
}

bool upserts_open(struct upserts *upserts, const char *path, struct error *error)
{
    *upserts = (struct upserts){.known = pages_take(KNOWN_BYTES)};
    if (upserts->known == NULL)
        return error_set(error, "%s: not enough memory to write it", path);
    if (db_open(&upserts->db, path, DB_WRITE, error) && open_owner(upserts, error) &&
        set_page_size(upserts, error) && schema_bring_up(&upserts->db, &schema_migrations, error) &&
        db_run(&upserts->db, settings, error)) {
        db_keep_wal(&upserts->db);
        if (make_files(upserts, error) && open_statements(upserts, error))
            return true;
    }
    upserts_close(upserts);
    return false;
}

void upserts_close(struct upserts *upserts)
{
    struct error ignored = {0};

    for (size_t i = 0; i < UPSERT_COUNT; i++)
        query_close(&upserts->queries[i]);
    /* SQLite leaves it out at the end where it cannot look up its own path, as another user in a
     * folder of mode 700; yet a copy of the file alone should be whole */
    if (upserts->db.handle != NULL)
        db_run(&upserts->db, "PRAGMA wal_checkpoint", &ignored);
    db_close(&upserts->db);
    owner_lock_close(&upserts->owner);
    pages_give(upserts->known, KNOWN_BYTES);
    free(upserts->sorted);
    *upserts = (struct upserts){0};
}

bool upserts_begin(struct upserts *upserts, struct error *error)
{
    owner_lock_take(&upserts->owner);
    return db_run(&upserts->db, "BEGIN IMMEDIATE; UPDATE inventory SET revision = revision + 1", error) &&
        db_number(&upserts->db, "SELECT revision FROM inventory", &upserts->revision, error);
}

bool upserts_commit(struct upserts *upserts, struct error *error)
{
    return db_run(&upserts->db, "COMMIT", error);
}

void upserts_forget_known(struct upserts *upserts)
{
    memset(upserts->known, 0, KNOWN_SLOTS * sizeof(*upserts->known));
}

void upserts_give_up(struct upserts *upserts)
{
    db_roll_back(&upserts->db);
    upserts->batch_count = 0;
    upserts_forget_known(upserts);
}

bool upserts_make_room(struct upserts *upserts)
{
    return db_reuse_wal(&upserts->db);
}

/* Is it known? It is now. */
static bool is_known(struct upserts *upserts, uint64_t id)
{
    uint64_t *slot = &upserts->known[id % KNOWN_SLOTS];
    bool known = *slot == id;

    *slot = id;
    return known;
}

static bool reserve(struct upserts *upserts, size_t count)
{
    struct sorted *grown;

    if (count <= upserts->sorted_size)
        return true;
    grown = reallocarray(upserts->sorted, count, 2 * sizeof(*grown));
    if (grown == NULL)
        return false;
    upserts->sorted = grown;
    upserts->sorted_size = count;
    return true;
}

const struct sorted *upserts_sort(
    struct upserts *upserts, const struct id_table *table, size_t id_offset, bool new_only, size_t *count)
{
    *count = 0;
    if (!reserve(upserts, (size_t)table->count + 1)) /* also for no row: NULL means no memory */
        return NULL;
    for (uint32_t i = 0; i < table->count; i++) {
        const void *row = id_table_row(table, i);
        uint64_t id = *(const uint64_t *)((const char *)row + id_offset);

        if (!new_only || !is_known(upserts, id))
            upserts->sorted[(*count)++] = (struct sorted){id, row};
    }
    return sort_by_id(upserts->sorted, upserts->sorted + upserts->sorted_size, *count);
}
