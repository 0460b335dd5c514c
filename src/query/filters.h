/* SPDX-License-Identifier: BSD-2-Clause */
/* filters.h: what a user asked for, checked, and put into a question. */
#ifndef LASTHELLO_STORE_FILTERS_H
#define LASTHELLO_STORE_FILTERS_H

#include <lasthello/db.h>
#include <lasthello/inventory.h>

#define DIGITS_BYTES 33

struct checked_filters {
    bool has_since, has_until, has_network;
    int64_t since, until; /* microseconds since 1970 */
    char low[DIGITS_BYTES], high[DIGITS_BYTES];
    const char *provider, *version, *cause, *service; /* NULL: any */
};

/* filters_check reads the texts; the error says what was expected. `now` is seconds since 1970. */
bool filters_check(const struct filters *filters, int64_t now, struct checked_filters *checked, struct error *error);
/* filters_put sets :since, :until, :low, :high, :provider, :version, :cause and :service, where the question has
 * them. */
void filters_put(struct query *query, const struct checked_filters *checked);

/* The profiles k that are asked for. */
#define FILTERED_PROFILE                                                          \
    "(:provider IS NULL OR k.provider = :provider COLLATE NOCASE) "               \
    "AND (:version IS NULL OR coalesce(k.negotiated, k.offered_max) = :version) " \
    "AND (:cause IS NULL OR k.cause = :cause) AND (:service IS NULL OR k.service = :service) "
/* The observations o. */
#define FILTERED_OBSERVATION                                                                      \
    "(:since IS NULL OR o.last_seen >= :since) AND (:until IS NULL OR o.first_seen < :until) "    \
    "AND (:low IS NULL OR o.client IN (SELECT id FROM host WHERE digits BETWEEN :low AND :high) " \
    "OR o.server IN (SELECT id FROM host WHERE digits BETWEEN :low AND :high)) "
#define FILTERED FILTERED_OBSERVATION "AND " FILTERED_PROFILE

#endif
