/* SPDX-License-Identifier: BSD-2-Clause */
/* stock.h: the writer's connection: prepared upserts for every kind of row. One thread. */
#ifndef LASTHELLO_STORE_STOCK_H
#define LASTHELLO_STORE_STOCK_H

#include "claims.h"
#include "ledger_rows.h"
#include "sort.h"

#include <lasthello/db.h>

/* Of the table observation, and of the table staged, which has a worker before them. */
#define OBSERVATION_COLUMNS "id, source, day, client, server, conduct, way, first_seen, last_seen, first_packet, " \
                            "last_packet, last_source, sessions, short_lived, gaps"
#define KNOWN_SLOTS (1u << 18)
#define MANY        16 /* rows of one statement: starting one costs as much as inserting three rows */

enum stocked {
    STOCK_SOURCE,
    STOCK_READ, /* a file that could not be read before */
    STOCK_BLIND,
    STOCK_FATE,
    STOCK_UNKNOWN,
    STOCK_HOST,
    STOCK_HOSTS, /* MANY of them */
    STOCK_WAY,
    STOCK_HELLO,
    STOCK_ANSWER,
    STOCK_CERTIFICATE,
    STOCK_CONDUCT,
    STOCK_OBSERVATION,
    STOCK_OBSERVATIONS, /* MANY of them */
    STOCK_STAGED,
    STOCK_AMENDMENT,
    STOCK_STAGED_AMENDMENT,
    STOCK_COUNT,
};

struct stock {
    struct db db;
    struct claims claims;
    struct query queries[STOCK_COUNT];
    uint64_t *known;       /* ids of repeated rows that are stored already; a newer one takes an older one's slot */
    struct sorted *sorted; /* rows of one table, being stored, and as much room to sort them */
    size_t sorted_size;
    const struct observation_row *pending[MANY]; /* put, but not in the database yet */
    size_t pending_count;
};

/* stock_open opens or makes the inventory, and brings its schema up to date. From then on no file is made, opened or
 * deleted: the process may be shut in. */
bool stock_open(struct stock *stock, const char *path, struct error *error);
void stock_close(struct stock *stock);

bool stock_begin(struct stock *stock, struct error *error);
bool stock_commit(struct stock *stock, struct error *error);
/* stock_give_up ends a transaction that failed, and forgets what was believed to be stored. */
void stock_give_up(struct stock *stock);
/* stock_make_room: what was committed stands in the -wal file, which on a full disk cannot grow, until it is moved out
 * of it. True: it was moved, and another try may find room. */
bool stock_make_room(struct stock *stock);

/* stock_sort yields the rows of a table in the order of their ids, until it is called again. With `new_only` those
 * that are not known to be stored; they are known from now on. NULL: no memory. */
const struct sorted *stock_sort(struct stock *stock, const struct id_table *table, bool new_only, size_t *count);

/* Hosts that are not known to be stored. */
bool stock_put_hosts(struct stock *stock, const struct ledger *ledger, struct error *error);
/* What else repeats: ways, hellos, answers, certificates, conducts. */
bool stock_put_repeated(struct stock *stock, const struct ledger *ledger, struct error *error);

/* One observation, added to what is stored of it, now or at stock_flush_observations: until then `row` must live. */
bool stock_put_observation(struct stock *stock, const struct observation_row *row, struct error *error);
bool stock_flush_observations(struct stock *stock, struct error *error);
/* The same beside what counts, by worker. */
bool stock_stage_observation(
    struct stock *stock, unsigned worker, const struct observation_row *row, struct error *error);
/* `staged`: look beside what counts first. */
bool stock_put_amendment(struct stock *stock, unsigned worker, bool staged, const struct amendment_row *row,
    struct error *error);

/* A source and all that is counted of it; `lost`: its sessions that could not be stored. */
bool stock_put_source(struct stock *stock, const struct source_record *record, uint64_t lost, struct error *error);

#endif
