/* SPDX-License-Identifier: BSD-2-Clause */
/* filters.h: what a user asked for, checked, and put into a question. */
#ifndef LASTHELLO_QUERY_FILTERS_H
#define LASTHELLO_QUERY_FILTERS_H

#include <lasthello/db.h>
#include <lasthello/questions.h>
#include <lasthello/verdict.h>

#define DIGITS_BYTES 33
#define NETWORKS_MAX 32 /* more are refused */

/* The first and the last address of a network, as hosts have them. */
struct digits_range {
    char low[DIGITS_BYTES], high[DIGITS_BYTES];
};

struct checked_filters {
    bool has_since, has_until;
    bool has_end;          /* until_day is one that somebody named, with --until or --as-of */
    int64_t changed_since; /* a day: what came since is compared with what was before */
    /* days since 1970: from the one on, before the other; all where there is no filter */
    int64_t since_day, until_day;
    int64_t today;                              /* that is asked for, or this one */
    bool rounded;                               /* a time of day was given */
    struct digits_range networks[NETWORKS_MAX]; /* none: any */
    size_t network_count;
    const char *provider, *version, *cause, *service, *owner; /* lists; NULL: any */
    struct verdict_limits limits;
    unsigned verdicts; /* a bit 1 << enum verdict; 0: any */
    /* rows are chosen by their verdicts, not sessions by their own */
    bool rows_have_verdicts;
    const char *host, *server; /* one client, one server; NULL: any */
};

/* filters_check reads the texts; the error says what was expected. `now` is seconds since 1970. */
bool filters_check(
    const struct filters *filters, int64_t now, struct checked_filters *checked, struct error *error);
/* filters_days tells which days they are. */
void filters_days(const struct checked_filters *checked, struct filter_days *days);
/* filters_compare: of the days, --since divides what is compared, and leaves nothing out; 7 days where it is
 * not given. */
void filters_compare(struct checked_filters *checked);
/* filters_want: is a kind of session asked for, by its texts (NULL: not known)? */
struct wanted {
    const char *provider, *version, *cause, *service;
};
bool filters_want(const struct checked_filters *checked, const struct wanted *kind);
bool filters_want_verdict(const struct checked_filters *checked, enum verdict verdict);
/* filters_put sets :today, :since_day and :until_day, :since and :until (the same in microseconds
 * since 1970), and :hosts (1: only those of the table asked_host), where the question has them. */
void filters_put(struct query *query, const struct checked_filters *checked);

#endif
