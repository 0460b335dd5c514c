/* SPDX-License-Identifier: BSD-2-Clause */
/* upserts.h: the writer's connection: prepared upserts for every kind of row. One thread. */
#ifndef LASTHELLO_STORE_UPSERTS_H
#define LASTHELLO_STORE_UPSERTS_H

#include "ledger_rows.h"
#include "owner_lock.h"
#include "sort.h"
#include "upsert_columns.h"

#include <lasthello/db.h>
#include <lasthello/inventory.h>

#define KNOWN_SLOTS (1u << 18)
#define KNOWN_BYTES (KNOWN_SLOTS * sizeof(uint64_t))
#define MANY        16 /* rows of one statement: starting one costs as much as inserting three rows */

enum upsert_kind {
    UPSERT_READING,
    UPSERT_BLIND,
    UPSERT_FATE,
    UPSERT_UNKNOWN,
    UPSERT_HOST,
    UPSERT_HOSTS, /* MANY of them */
    UPSERT_NAME,
    /* one for each table of what repeats: UPSERT_REPEATED + TABLE_PATH, ...; and for MANY rows of each */
    UPSERT_REPEATED,
    UPSERT_REPEATED_MANY = UPSERT_REPEATED + TABLE_REPEATED_COUNT,
    UPSERT_REPEATED_END = UPSERT_REPEATED_MANY + TABLE_REPEATED_COUNT - 1,
    UPSERT_OBSERVATION,
    UPSERT_OBSERVATIONS, /* MANY of them */
    UPSERT_PENDING,
    UPSERT_AMENDED, /* of which reading the observation is */
    UPSERT_PENDING_AMENDED,
    UPSERT_AMENDMENT,
    UPSERT_PENDING_AMENDMENT,
    UPSERT_COUNT,
};

struct upserts {
    struct db db;
    struct query queries[UPSERT_COUNT];
    /* ids of repeated rows that are stored already; a newer one takes an older one's slot */
    uint64_t *known;
    struct sorted *sorted; /* rows of one table, being stored, and as much room to sort them */
    size_t sorted_size;
    const struct observation_row *batch[MANY]; /* put, but not in the database yet */
    size_t batch_count;
    int64_t revision; /* of the transaction: rows that it changes get it */
    struct reading_asked asked;
    struct owner_lock owner; /* of what this process reads */
};

/* upserts_open opens or makes the inventory, and brings its schema up to date. From then on no file
 * is made, opened or deleted: the process may be shut in. */
bool upserts_open(struct upserts *upserts, const char *path, struct error *error);
void upserts_close(struct upserts *upserts);

bool upserts_begin(struct upserts *upserts, struct error *error);
bool upserts_commit(struct upserts *upserts, struct error *error);
/* upserts_give_up ends a transaction that failed, and forgets what was believed to be stored. */
void upserts_give_up(struct upserts *upserts);
/* upserts_forget_known: rows that repeat may have been deleted. */
void upserts_forget_known(struct upserts *upserts);
/* upserts_make_room: what was committed stands in the -wal file, which on a full disk cannot grow, until it
 * is moved out of it. True: it was moved, and another try may find room. */
bool upserts_make_room(struct upserts *upserts);

/* upserts_sort yields the rows of a table in the order of their ids, which stand `id_offset` bytes into them,
 * until it is called again. With `new_only` those that are not known to be stored; they are known from now
 * on. NULL: no memory. */
const struct sorted *upserts_sort(
    struct upserts *upserts, const struct id_table *table, size_t id_offset, bool new_only, size_t *count);

/* The statement for one row, or MANY, of a table of what repeats; NULL: it cannot be prepared. That for many
 * is prepared when it is first needed. */
struct query *upserts_repeated(
    struct upserts *upserts, enum fact_table table, size_t rows, struct error *error);

/* Hosts that are not known to be stored. */
bool upsert_hosts(struct upserts *upserts, const struct ledger *ledger, struct error *error);
/* What hosts say of themselves. */
bool upsert_names(struct upserts *upserts, const struct ledger *ledger, struct error *error);
/* What else repeats: paths, hellos, answers, certificates, profiles. */
bool upsert_repeated(struct upserts *upserts, const struct ledger *ledger, struct error *error);

/* One observation, added to what is stored of it, now or at upserts_flush: until then `row` must live. */
bool upsert_observation(struct upserts *upserts, const struct observation_row *row, struct error *error);
bool upserts_flush(struct upserts *upserts, struct error *error);
/* The same of a reading that is pending. */
bool upsert_pending(struct upserts *upserts, const struct observation_row *row, struct error *error);
/* `source` receives the reading that it is of; 0: there is no such observation. */
bool upsert_amendment(
    struct upserts *upserts, const struct amendment_row *row, uint64_t *source, struct error *error);

/* A reading and all that is counted of it; `lost`: its sessions that could not be stored. `state`:
 * where it is new. */
bool upsert_source(struct upserts *upserts, const struct source_record *record, const char *state,
    uint64_t lost, struct error *error);

#endif
