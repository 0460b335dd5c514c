/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_list.h: contacts, as table `contact` has them, and parts of them by days. */
#ifndef LASTHELLO_QUERY_CONTACT_LIST_H
#define LASTHELLO_QUERY_CONTACT_LIST_H

#include "judged_profiles.h"

#define DAY_US (86400 * 1000000LL)

struct contact {
    int64_t client, server, certificate, path; /* ids; of the last two 0: nothing is known of it */
    /* Microseconds since 1970. Of a part of a contact, days are known alone: their first moment, and their
     * last. */
    int64_t first_seen, last_seen;
    int64_t sessions, short_lived;
    int64_t last_observation; /* id: its evidence; 0: of a part, one of its last day */
    const char *days;         /* day_counts.h; as long as the contact stands in its list */
    int64_t from, until;      /* of its days those that it is about: from the one on, before the other */
    const struct judged_profile *profile;
    const struct machine *machine;  /* whose address its client is, where it has several; else NULL */
    const struct target_told *told; /* of its client and target, as long as the walk is there */
    enum verdict verdict;           /* the worst, as of the day that is asked for (contact_verdicts.h) */
    int64_t until_day;              /* of a policy that ends it; INT64_MAX: none is known */
    int policy;                     /* the number of that policy; negative: the profile's own, or none */
    struct breach breach;           /* of it */
    bool first_is_day;              /* of first_seen the day is known alone */
    bool is_inspected;              /* its client meets a middlebox in the place of a provider's server */
    bool is_past;                   /* old TLS of a client that was fixed since */
    bool is_asked;                  /* by all filters; else it tells what else is known of its client */
};

/* contact_compare_targets: 0: they are of one target. */
int contact_compare_targets(const struct contact *one, const struct contact *other);

/* contact_part makes the part of a contact that is about some days. False: there is none. */
bool contact_part(const struct contact *whole, int64_t from_day, int64_t until_day, struct contact *part);
/* contact_days_next reads the next day that it is about; `counts` begins as {.rest = contact->days}. */
struct day_counts;
struct day_count;
bool contact_days_next(const struct contact *contact, struct day_counts *counts, struct day_count *count);

struct contact_list {
    struct contact *rows;
    size_t count, room;
    char *texts; /* their days, one text after the other */
    size_t text_len, text_room;
};

/* contact_list_add copies the contact, and its days. False: no memory. contact_list_point: after the last
 * one was added, and before the days of any are read. */
bool contact_list_add(struct contact_list *list, const struct contact *contact);
void contact_list_point(struct contact_list *list);
void contact_list_clear(struct contact_list *list);
void contact_list_close(struct contact_list *list);

#endif
