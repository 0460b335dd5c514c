/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_rows.h: observations become rows of the tables `contact` and `client_observation`. */
#ifndef LASTHELLO_STORE_CONTACT_ROWS_H
#define LASTHELLO_STORE_CONTACT_ROWS_H

#include "upserts.h"

/* What a contact has of one observation. */
struct contact_row {
    int64_t client, server, profile;
    int64_t certificate, path; /* 0: none is known */
    int64_t first_seen, last_seen;
    int64_t day, sessions, short_lived;
    int64_t observation;
};

/* Statements for one row, and for MANY. */
struct contact_rows {
    struct upserts *upserts;
    struct query contact, contacts;
    struct query listed, many_listed;
};

bool contact_rows_open(struct contact_rows *rows, struct upserts *upserts, struct error *error);
void contact_rows_close(struct contact_rows *rows);

/* contact_rows_put adds `count` rows, each `row` a struct contact_row, to the contacts that stand, and lists
 * their observations. Within a transaction that the caller began. */
bool contact_rows_put(
    struct contact_rows *rows, const struct sorted *sorted, size_t count, struct error *error);

/* ---- the same in SQL ---------------------------------------------------------------------------- */

#define CONTACT_INSERT                                                                                   \
    "INSERT INTO contact (client, server, profile, certificate, path, first_seen, last_seen, sessions, " \
    "short_lived, days, last_observation, revision) "
/* Merging does not depend on the order in which rows come. */
#define CONTACT_MERGE                                                                                \
    "ON CONFLICT (client, server, profile, certificate, path) DO UPDATE SET "                        \
    "first_seen = min(first_seen, excluded.first_seen), "                                            \
    "last_observation = iif((excluded.last_seen, excluded.last_observation) > "                      \
    "(last_seen, last_observation), "                                                                \
    "excluded.last_observation, last_observation), last_seen = max(last_seen, excluded.last_seen), " \
    "sessions = sessions + excluded.sessions, short_lived = short_lived + excluded.short_lived, "    \
    "days = merge_days(days, excluded.days), "                                                       \
    "revision = excluded.revision"

#endif
