/* SPDX-License-Identifier: BSD-2-Clause */
/* stock.c: the statements, and what is known to be stored already. */
#include "stock.h"

#include <lasthello/schema.h>

#include <stdio.h>
#include <stdlib.h>

/* Merging does not depend on the order in which rows come. */
#define MERGE "first_packet = iif((excluded.first_seen, excluded.first_packet) < (first_seen, first_packet), " \
              "excluded.first_packet, first_packet), first_seen = min(first_seen, excluded.first_seen), "      \
              "last_source = iif((excluded.last_seen, excluded.last_packet) > (last_seen, last_packet), "      \
              "excluded.last_source, last_source), "                                                           \
              "last_packet = iif((excluded.last_seen, excluded.last_packet) > (last_seen, last_packet), "      \
              "excluded.last_packet, last_packet), last_seen = max(last_seen, excluded.last_seen), "           \
              "sessions = sessions + excluded.sessions, short_lived = short_lived + excluded.short_lived, "    \
              "gaps = gaps + excluded.gaps"
/* ?1 last_seen, ?2 last_packet, ?3 last_source, ?4 short_lived, ?5 id */
#define AMEND "short_lived = short_lived + ?4, last_source = iif(?1 > last_seen, nullif(?3, source), last_source), " \
              "last_packet = iif(?1 > last_seen, ?2, last_packet), last_seen = max(last_seen, ?1)"

#define ROW_OF_4     "(?, ?, ?, ?)"
#define ROW_OF_15    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define FOUR(row)    row ", " row ", " row ", " row
#define SIXTEEN(row) FOUR(row) ", " FOUR(row) ", " FOUR(row) ", " FOUR(row)
/* A failure ends the transaction anyway; FAIL saves SQLite from preparing to undo one statement. */
#define PUT_HOSTS        "INSERT OR IGNORE INTO host (id, site, address, digits) VALUES "
#define PUT_OBSERVATIONS "INSERT OR FAIL INTO observation (" OBSERVATION_COLUMNS ") VALUES "
#define OR_MERGE         " ON CONFLICT (id) DO UPDATE SET " MERGE

_Static_assert(MANY == 16, "SIXTEEN(row) writes MANY rows");

static const char *const statements[STOCK_COUNT] = {
    [STOCK_SOURCE] =
        "INSERT OR REPLACE INTO source VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
        "?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)",
    [STOCK_READ] = "DELETE FROM source WHERE id = ?1 AND packets = 0",
    /* before its source: what was missed since is the difference; ?1 source, ?2 minute, the others: in all */
    [STOCK_BLIND] = "INSERT INTO blind SELECT ?1, ?2, ?3 - coalesce(max(dropped), 0), "
                    "?4 - coalesce(max(interface_dropped), 0), ?5 - coalesce(max(down_seconds), 0) "
                    "FROM source WHERE id = ?1 "
                    "HAVING ?3 + ?4 + ?5 > coalesce(max(dropped + interface_dropped + down_seconds), 0) "
                    "ON CONFLICT DO UPDATE SET dropped = dropped + excluded.dropped, "
                    "interface_dropped = interface_dropped + excluded.interface_dropped, "
                    "down_seconds = down_seconds + excluded.down_seconds",
    [STOCK_FATE] = "INSERT OR REPLACE INTO fate VALUES (?1, ?2, ?3)",
    [STOCK_UNKNOWN] = "INSERT OR REPLACE INTO unknown VALUES (?1, ?2, ?3, ?4)",
    [STOCK_HOST] = PUT_HOSTS ROW_OF_4,
    [STOCK_HOSTS] = PUT_HOSTS SIXTEEN(ROW_OF_4),
    [STOCK_WAY] = "INSERT OR IGNORE INTO way VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [STOCK_HELLO] = "INSERT OR IGNORE INTO hello VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [STOCK_ANSWER] = "INSERT OR IGNORE INTO answer VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [STOCK_CERTIFICATE] = "INSERT OR IGNORE INTO certificate VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [STOCK_CONDUCT] =
        "INSERT OR IGNORE INTO conduct VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
        "?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
    [STOCK_OBSERVATION] = PUT_OBSERVATIONS ROW_OF_15 OR_MERGE,
    [STOCK_OBSERVATIONS] = PUT_OBSERVATIONS SIXTEEN(ROW_OF_15) OR_MERGE,
    [STOCK_STAGED] = "INSERT INTO staged (worker, " OBSERVATION_COLUMNS ") "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) "
                     "ON CONFLICT (worker, id) DO UPDATE SET " MERGE,
    [STOCK_AMENDMENT] = "UPDATE observation SET " AMEND " WHERE id = ?5",
    [STOCK_STAGED_AMENDMENT] = "UPDATE staged SET " AMEND " WHERE id = ?5 AND worker = ?6",
};

/* Checkpoints copy pages: seldom is cheap; but what the -wal file holds till then is room on the disk that the database
 * may need to take it. At the end it is cut to nothing. What SQLite would keep in files of its own making, it keeps in
 * memory: little, because nothing here sorts. */
static const char settings[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -4096;"
    "PRAGMA wal_autocheckpoint = 512;"
    "PRAGMA journal_size_limit = 8388608;";

/* The first commit and its checkpoint make the -wal and -shm files and sync their folder. What lies in staged is
 * nobody's, if nobody else writes. */
static bool make_files(struct stock *stock, struct error *error)
{
    char mark[64];

    snprintf(mark, sizeof(mark), "PRAGMA user_version = %zu", schema_migrations.count);
    return db_run(&stock->db, "BEGIN IMMEDIATE", error) &&
        (!stock->claims.alone || db_run(&stock->db, "DELETE FROM staged", error)) &&
        db_run(&stock->db, mark, error) && db_run(&stock->db, "COMMIT; PRAGMA wal_checkpoint", error);
}

static bool open_statements(struct stock *stock, struct error *error)
{
    for (size_t i = 0; i < STOCK_COUNT; i++)
        if (!query_open(&stock->queries[i], &stock->db, statements[i], error))
            return false;
    return true;
}

/* Of a new inventory: pages of twice the usual size are half as many system calls. */
static bool set_page_size(struct stock *stock, struct error *error)
{
    return db_run(&stock->db, "PRAGMA page_size = 8192", error);
}

static bool open_claims(struct stock *stock, struct error *error)
{
    return claims_open(&stock->claims, stock->db.path) ||
        error_set(error, "%s: cannot be opened a second time; allow more open files: ulimit -n", stock->db.path);
}

bool stock_open(struct stock *stock, const char *path, struct error *error)
{
    *stock = (struct stock){.known = calloc(KNOWN_SLOTS, sizeof(*stock->known))};
    if (stock->known == NULL)
        return error_set(error, "%s: not enough memory to write it", path);
    if (db_open(&stock->db, path, DB_WRITE, error) && open_claims(stock, error) && set_page_size(stock, error) &&
        schema_bring_up(&stock->db, &schema_migrations, error) && db_run(&stock->db, settings, error)) {
        db_keep_wal(&stock->db);
        if (make_files(stock, error) && open_statements(stock, error)) {
            claims_share(&stock->claims);
            return true;
        }
    }
    stock_close(stock);
    return false;
}

void stock_close(struct stock *stock)
{
    struct error ignored = {0};

    for (size_t i = 0; i < STOCK_COUNT; i++)
        query_close(&stock->queries[i]);
    /* SQLite leaves it out at the end where it cannot look up its own path, as another user in a folder of mode 700;
     * yet a copy of the file alone should be whole */
    if (stock->db.handle != NULL)
        db_run(&stock->db, "PRAGMA wal_checkpoint", &ignored);
    db_close(&stock->db);
    claims_close(&stock->claims);
    free(stock->known);
    free(stock->sorted);
    *stock = (struct stock){0};
}

bool stock_begin(struct stock *stock, struct error *error)
{
    return db_run(&stock->db, "BEGIN IMMEDIATE", error);
}

bool stock_commit(struct stock *stock, struct error *error)
{
    return db_run(&stock->db, "COMMIT", error);
}

void stock_give_up(struct stock *stock)
{
    db_roll_back(&stock->db);
    stock->pending_count = 0;
    memset(stock->known, 0, KNOWN_SLOTS * sizeof(*stock->known));
}

bool stock_make_room(struct stock *stock)
{
    return db_reuse_wal(&stock->db);
}

/* Is it known? It is now. */
static bool is_known(struct stock *stock, uint64_t id)
{
    uint64_t *slot = &stock->known[id % KNOWN_SLOTS];
    bool known = *slot == id;

    *slot = id;
    return known;
}

static bool reserve(struct stock *stock, size_t count)
{
    struct sorted *grown;

    if (count <= stock->sorted_size)
        return true;
    grown = reallocarray(stock->sorted, count, 2 * sizeof(*grown));
    if (grown == NULL)
        return false;
    stock->sorted = grown;
    stock->sorted_size = count;
    return true;
}

const struct sorted *stock_sort(struct stock *stock, const struct id_table *table, bool new_only, size_t *count)
{
    *count = 0;
    if (!reserve(stock, (size_t)table->count + 1)) /* also for no row: NULL means no memory */
        return NULL;
    for (uint32_t i = 0; i < table->count; i++) {
        const void *row = id_table_row(table, i);
        uint64_t id = *(const uint64_t *)row;

        if (!new_only || !is_known(stock, id))
            stock->sorted[(*count)++] = (struct sorted){id, row};
    }
    return sort_by_id(stock->sorted, stock->sorted + stock->sorted_size, *count);
}
