/* SPDX-License-Identifier: BSD-2-Clause */
/* sending.h: what is known while an inventory's changes are sent. */
#ifndef LASTHELLO_CENTRE_SENDING_H
#define LASTHELLO_CENTRE_SENDING_H

#include "rows_out.h"

#define SENDING_NUMBER_BYTES 24
#define UUID_BYTES           64
#define PORTION_ROWS         100000 /* after so many a transaction ends with the reading that it is at */
#define CUT_ROWS             200000 /* of one reading in one transaction, where it has very many */
#define CUT_REVISIONS        600    /* fewer of them have no such many rows: some ten minutes of a sensor */

struct sending {
    struct centre *centre;
    struct db *db;
    struct changes changes;
    struct rows_out out;
    const char *version;
    char uuid[UUID_BYTES];
    int64_t epoch, cursor; /* as the centre has them */
    int64_t small_from;    /* what does not go by readings has come up to this revision */
    int64_t target;        /* revision of the snapshot that is being sent */
    int64_t first_day;     /* earlier ones are kept no more at the centre */
};

/* A statement about this sensor: $1 is its uuid, $2 its epoch, $3 and so on the numbers. */
#define NUMBERS_MAX 6
bool sending_run(struct sending *sending, const char *sql, int count, const int64_t *numbers,
    int64_t *changed, struct error *error);
PGresult *sending_ask(
    struct sending *sending, const char *sql, int count, const int64_t *numbers, struct error *error);

/* sending_readings sends the readings that have changed, and drops those that are gone; `is_whole`: all of
 * them. */
bool sending_readings(struct sending *sending, bool *is_whole, struct error *error);

/* sending_clear: once all of it is sent: what the sensor has no more, though it was told of it. */
bool sending_clear(struct sending *sending, struct error *error);

#endif
