/* SPDX-License-Identifier: BSD-2-Clause */
/* day_times.c: one day of a contact, by its observations. */
#include "day_times.h"

extern const char sql_contact_day[];

enum day_column { /* of sql/contact_day.sql */
    DAY_FIRST_SEEN,
    DAY_LAST_SEEN,
    DAY_OBSERVATION,
};

bool day_times_open(struct query *query, struct inventory *inventory, struct error *error)
{
    return query_open(query, &inventory->db, sql_contact_day, error);
}

struct first_contact first_contact_of(const struct contact *contact)
{
    return (struct first_contact){.client = contact->client,
        .server = contact->server,
        .profile = contact->profile->id,
        .certificate = contact->certificate,
        .path = contact->path,
        .seen = contact->first_seen,
        .is_day = contact->first_is_day};
}

static void put(struct query *query, const struct first_contact *ids, int64_t day)
{
    query_name_number(query, ":client", ids->client);
    query_name_number(query, ":server", ids->server);
    query_name_number(query, ":profile", ids->profile);
    query_name_number(query, ":certificate", ids->certificate);
    query_name_number(query, ":path", ids->path);
    query_name_number(query, ":day", day);
}

bool day_times_first(struct query *query, struct first_contact *first, struct error *error)
{
    int64_t seen = INT64_MAX;
    enum row row;

    if (!first->is_day)
        return true;
    put(query, first, first->seen / DAY_US - (first->seen % DAY_US < 0));
    while ((row = query_row(query, error)) == ROW_ONE)
        if (query_number(query, DAY_FIRST_SEEN) < seen)
            seen = query_number(query, DAY_FIRST_SEEN);
    query_reset(query);
    first->seen = seen == INT64_MAX ? first->seen : seen;
    return row == ROW_END;
}

/* Of equal times the higher number, as in `contact`. */
static bool is_later(const struct query *query, int64_t seen, int64_t observation)
{
    const int64_t last_seen = query_number(query, DAY_LAST_SEEN);

    return last_seen > seen || (last_seen == seen && query_number(query, DAY_OBSERVATION) > observation);
}

bool day_times_last(struct query *query, struct contact *contact, struct error *error)
{
    const struct first_contact ids = first_contact_of(contact);
    int64_t seen = INT64_MIN;
    enum row row;

    if (contact->last_observation != 0)
        return true;
    put(query, &ids, contact->last_seen / DAY_US - (contact->last_seen % DAY_US < 0));
    while ((row = query_row(query, error)) == ROW_ONE)
        if (is_later(query, seen, contact->last_observation)) {
            seen = query_number(query, DAY_LAST_SEEN);
            contact->last_observation = query_number(query, DAY_OBSERVATION);
        }
    query_reset(query);
    contact->last_seen = seen == INT64_MIN ? contact->last_seen : seen;
    return row == ROW_END;
}
