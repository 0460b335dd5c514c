/* SPDX-License-Identifier: BSD-2-Clause */
/* filters.h: what a user asked for, checked, and put into a question. */
#ifndef LASTHELLO_QUERY_FILTERS_H
#define LASTHELLO_QUERY_FILTERS_H

#include <lasthello/db.h>
#include <lasthello/questions.h>

#define DIGITS_BYTES 33

struct checked_filters {
    bool has_since, has_until, has_network;
    int64_t since_day,
        until_day; /* days since 1970: from the one on, before the other; all where there is no filter */
    int64_t today; /* that is asked for, or this one */
    bool rounded;  /* a time of day was given */
    char low[DIGITS_BYTES], high[DIGITS_BYTES];
    const char *provider, *version, *cause, *service; /* NULL: any */
};

/* filters_check reads the texts; the error says what was expected. `now` is seconds since 1970. */
bool filters_check(
    const struct filters *filters, int64_t now, struct checked_filters *checked, struct error *error);
/* filters_days tells which days they are. */
void filters_days(const struct checked_filters *checked, struct filter_days *days);
/* filters_put sets :today, :since_day and :until_day, :since and :until (the same in microseconds
 * since 1970), :low, :high, :provider, :version, :cause and :service, where the question has them. */
void filters_put(struct query *query, const struct checked_filters *checked);

#endif
