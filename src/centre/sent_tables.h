/* SPDX-License-Identifier: BSD-2-Clause */
/* sent_tables.h: what is sent: tables of the inventory, by the names and columns of src/store/schema.sql,
 * which are those of the centre. */
#ifndef LASTHELLO_CENTRE_SENT_TABLES_H
#define LASTHELLO_CENTRE_SENT_TABLES_H

#include <stddef.h>

/* What an observation refers to comes before it, and a reading after its rows: what the centre has of a
 * reading's row it has of its observations, too. */
enum sent_table {
    SENT_HOST,
    SENT_HOST_NAME,
    SENT_PATH,
    SENT_HELLO,
    SENT_ANSWER,
    SENT_CERTIFICATE,
    SENT_PROFILE,
    SENT_TOMBSTONE,
    SENT_BY_REVISION, /* those before have revisions of their own; from here on they go by their reading */
    SENT_OBSERVATION = SENT_BY_REVISION,
    SENT_FATE,
    SENT_UNKNOWN,
    SENT_BLIND,
    SENT_READING,
    SENT_TABLE_COUNT,
};

struct sent_row {
    const char *name;
    const char *key;      /* of the centre's row, behind `sensor` */
    const char *rows;     /* which rows of the inventory, behind FROM */
    const char *combined; /* what becomes of two rows of one key; NULL: they say the same */
};

extern const struct sent_row sent_tables[SENT_TABLE_COUNT];

#endif
