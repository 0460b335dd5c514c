/* SPDX-License-Identifier: BSD-2-Clause */
/* row_id.h: row ids are hashes of what a row says, as text: "profile", then name=value of each fact that
 * is known, each ended by NUL. So a fact that nobody knew before, or a new value of an enum, changes no
 * other row's id, and the ids of all machines and versions agree. Golden ids: tests/unit/test_facts.c. */
#ifndef LASTHELLO_STORE_ROW_ID_H
#define LASTHELLO_STORE_ROW_ID_H

#include <lasthello/facts.h>
#include <lasthello/hash.h>

#define SHEET_BYTES (32u << 10) /* holds any row, whatever a session says: row_id_bounds_hold */

#define SHEET_COLUMNS_MAX 32

/* A row, written down. */
struct sheet {
    size_t len;
    size_t id_len;                      /* as far as the id is made of it; what follows are attributes */
    uint16_t values[SHEET_COLUMNS_MAX]; /* where each column's value begins; 0: it is not known */
    char text[SHEET_BYTES];
};

/* For each table the id of the row that a session refers to; 0: none. */
struct references {
    uint64_t ids[TABLE_REPEATED_COUNT];
};

/* False: a row may be longer than a sheet. Tested, and asked before a ledger is opened. */
bool row_id_bounds_hold(void);

/* Writes the row of `table` that the session tells of. */
void sheet_write(
    struct sheet *sheet, enum fact_table table, const struct session *session,
    const struct references *references);
/* The id of what was written: 63 bits, because SQLite's integers have a sign, and never 0. */
uint64_t row_id_of_sheet(const struct sheet *sheet);

#define SITE_BYTES 64 /* of a name of a site, its NUL included */
uint64_t row_id_of_site(const char *site);
uint64_t row_id_of_host(const char *site, const struct address *address);

/* Of a name in a ledger: the table has no such id. */
uint64_t row_id_of_name(uint64_t host, const char *name, const char *source);

/* An observation is told apart by these; in this order. */
struct observation_key {
    uint64_t source, day, client, server, profile, certificate, path;
};

/* Of an observation's id: the rows of a reading, its source, lie together, and are found without an index. */
#define SOURCE_BITS 13
/* An observation's id; the first and last id of a reading's. */
uint64_t row_id_of_observation(const struct observation_key *key);
uint64_t row_id_first_in(uint64_t source);
uint64_t row_id_last_in(uint64_t source);

#endif
