/* SPDX-License-Identifier: BSD-2-Clause */
/* applied_row.h: a row of table `applied_verdict`: what `report verdicts` says of a client, target and
 * policy, but for its sentence. */
#ifndef LASTHELLO_QUERY_APPLIED_ROW_H
#define LASTHELLO_QUERY_APPLIED_ROW_H

#include "verdict_rows.h"

/* Its columns, numbers first. Days are in seconds since 1970, times in microseconds. Of a number NO_DAY is
 * NULL. */
enum applied_number {
    APPLIED_CLIENT,
    APPLIED_SERVER,
    APPLIED_PROFILE,
    APPLIED_SEVERITY,
    APPLIED_REFUSED,
    APPLIED_ATTEMPTS,
    APPLIED_BETTER_SESSIONS,
    APPLIED_SESSIONS,
    APPLIED_ALL_SESSIONS,
    APPLIED_FIRST_SEEN,
    APPLIED_LAST_SEEN,
    APPLIED_DAYS_LEFT,
    APPLIED_CHANGED_DAY,
    APPLIED_SINCE_DAY,
    APPLIED_REFUSED_LAST_DAY,
    APPLIED_OLD_FIRST_DAY,
    APPLIED_OLD_LAST_DAY,
    APPLIED_NUMBERS,
};
enum applied_text {
    APPLIED_VERDICT,
    APPLIED_STATEMENT,
    APPLIED_POLICY,
    APPLIED_BREACH,
    APPLIED_GOT,
    APPLIED_DUE,
    APPLIED_BECAME,
    APPLIED_TRAIT,
    APPLIED_TEXTS,
};
#define APPLIED_COLUMNS                                                                               \
    "client, server, profile, severity, refused, attempts, better_sessions, sessions, all_sessions, " \
    "first_seen, last_seen, days_left, changed_day, since_day, refused_last_day, old_first_day, "     \
    "old_last_day, verdict, statement, policy, breach, got, due, became, trait"

struct applied_row {
    int64_t numbers[APPLIED_NUMBERS];
    const char *texts[APPLIED_TEXTS]; /* static, the policies', or the maker's; NULL: not known */
};

/* Makes rows, of all clients, as of a day. */
struct applied_maker {
    struct verdict_rows rows; /* of the client that it has come to */
    size_t next;              /* of those */
    const struct policies *policies;
    int64_t today;
    struct id_rows profiles; /* of struct profile_said: what a sentence takes of each kind of session */
    struct query day_times;
    char due[DUE_BYTES];
};

/* applied_maker_open: after moment_begin, with filters that choose nothing but the day. applied_maker_close:
 * also after a failure. */
bool applied_maker_open(struct applied_maker *maker, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error);
void applied_maker_close(struct applied_maker *maker);
/* The next row; it lives until the next call. */
enum row applied_maker_next(struct applied_maker *maker, const struct checked_filters *checked,
    struct applied_row *row, struct error *error);

#endif
