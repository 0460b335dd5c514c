/* SPDX-License-Identifier: BSD-2-Clause */
/* connect.h: the connection, statements on it, and their failures as sentences. */
#ifndef LASTHELLO_CENTRE_CONNECT_H
#define LASTHELLO_CENTRE_CONNECT_H

#include <lasthello/centre.h>

#include <libpq-fe.h>

#define CENTRE_NAME_BYTES 256

struct centre {
    PGconn *connection;
    char name[CENTRE_NAME_BYTES];
    bool may_repeat; /* the last failure was a conflict with another transaction */
};

/* centre_ask runs one statement, with parameters as texts (NULL: not known), and waits for its answer for
 * at most CENTRE_PATIENCE_MS. The caller clears the answer (PQclear). NULL: it failed, and
 * `error` says why. */
#define CENTRE_PATIENCE_MS 90000
PGresult *centre_ask(
    struct centre *centre, const char *sql, int count, const char *const *values, struct error *error);
/* centre_run: the same, where nothing is answered; `changed` (may be NULL): rows that it changed. */
bool centre_run(struct centre *centre, const char *sql, int count, const char *const *values,
    int64_t *changed, struct error *error);

/* A number in an answer; NULL is 0. */
int64_t centre_number(const PGresult *answer, int row, int column);

#endif
