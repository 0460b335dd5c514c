/* SPDX-License-Identifier: BSD-2-Clause */
/* contacts.h: the tables `contact` and `client_observation` follow from observations of gathered readings.
 *
 * Readings are gathered when many observations have come together, those of files when they are over: until
 * then reading and watching cost nothing for it, and a question looks through the few that are not gathered.
 * From then on each change of an observation of an interface changes its contact, too, in the same
 * transaction. Where observations go, because their reading is replaced, moved or forgotten, the
 * contacts of their clients are made anew of what is left. */
#ifndef LASTHELLO_STORE_CONTACTS_H
#define LASTHELLO_STORE_CONTACTS_H

#include "contact_rows.h"

#define CONTACTS_STATEMENTS_MAX 8

struct contacts {
    struct upserts *upserts;
    struct contact_rows rows;
    struct query queries[CONTACTS_STATEMENTS_MAX];
    uint64_t loose; /* observations that were stored since it was last looked whether to gather */
    int64_t gather_from;
};

bool contacts_open(struct contacts *contacts, struct upserts *upserts, struct error *error);
void contacts_close(struct contacts *contacts);

/* ---- within a transaction that the caller began ---- */

/* What was just added to an observation of a gathered reading. */
bool contacts_add(struct contacts *contacts, const struct observation_row *row, struct error *error);
/* What was just learnt of a stored observation of a gathered reading. */
bool contacts_amend(struct contacts *contacts, const struct amendment_row *row, struct error *error);
/* The reading is gathered no more: its observations may be changed and deleted. */
bool contacts_withdraw(struct contacts *contacts, uint64_t reading, struct error *error);

/* The contacts of an attached inventory (db_attach): its gathered readings were all just stored, none of them
 * before. */
bool contacts_take(struct contacts *contacts, struct error *error);

/* ---- a transaction of its own ---- */

/* contacts_gather gathers the readings that are not, but for files that are being read, where enough has come
 * together, or looks for that only now and then; `now`: at once. Where it fails nothing is lost, and the next
 * writer tries it again. */
bool contacts_gather(struct contacts *contacts, bool now, struct error *error);

/* ---- statements for who deletes observations, of gathered readings or not, in this order ---- */

/* 1. INSERT OR IGNORE INTO temp.touched SELECT client of what will go
 * 2. DELETE FROM client_observation WHERE (client, observation) IN what will go; then the observations
 * 3. these: the contacts of those clients are made anew */
extern const char contacts_touched_delete[], contacts_touched_make[], contacts_touched_clear[];

#endif
