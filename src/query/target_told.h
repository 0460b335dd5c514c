/* SPDX-License-Identifier: BSD-2-Clause */
/* target_told.h: what became of a client toward a target, by the sessions of each day: old TLS, refusals
 * of the last days, and whether it was fixed since. */
#ifndef LASTHELLO_QUERY_TARGET_TOLD_H
#define LASTHELLO_QUERY_TARGET_TOLD_H

#include "contact_list.h"

#define NO_DAY INT64_MIN

/* query_name_day puts a day; of NO_DAY nothing. */
void query_name_day(struct query *query, const char *name, int64_t day);

enum became { /* of an old client; lasthello-verdicts(7) */
    BECAME_NOTHING,
    BECAME_FIXED,
    BECAME_NOT_SEEN,
    BECAME_UPDATED,
    BECAME_SEVERAL,
    BECAME_OLD_AGAIN,
};

/* What went on before and since, the best last. */
enum kept {
    KEPT_NONE,
    KEPT_DHCP,
    KEPT_HELLO,
    KEPT_MAC,
};

/* Of which offer attempts are counted. */
enum offer_kind {
    OFFER_OLD,   /* old TLS */
    OFFER_NEWER, /* what is refused though it is not old, by the same ClientHello */
    OFFER_COUNT,
};

/* Of the last failing_days; since and last, days since 1970, or NO_DAY: of the refusals that came without a
 * break of failing_days. */
struct refusals {
    int64_t attempts, refused, since, last;
};

/* Days since 1970, or NO_DAY. */
struct target_told {
    struct refusals refusals[OFFER_COUNT];
    int64_t old, short_lived;    /* of the last failing_days: got old TLS; and it ended at once */
    int64_t better;              /* sessions with TLS 1.2 or later, on all days */
    int64_t old_first, old_last; /* days with old TLS, refused or not */
    int64_t again;               /* the last of old TLS, after fixed_days without */
    int64_t better_since;        /* newer TLS, after the last old day */
    enum became became;
    enum kept kept;
};

/* Sessions of a day toward a target. */
struct day_sum {
    int64_t day, attempts[OFFER_COUNT], refused[OFFER_COUNT], better, old, short_lived;
};

/* What it takes to tell. */
struct teller {
    int64_t today;
    struct verdict_limits limits;
    struct id_map macs; /* of paths without a router: a number for each client's MAC address */
    struct query dhcp;
    struct day_sum *days; /* of the target that was told last, in their order */
    size_t day_count, day_room;
};

/* teller_open: after moment_begin. teller_close: also after a failure. */
bool teller_open(struct teller *teller, struct inventory *inventory, const struct checked_filters *checked,
    struct error *error);
void teller_close(struct teller *teller);
/* teller_tell: of the contacts of a client with one target, those that are asked for. */
bool teller_tell(struct teller *teller, const struct contact *contacts, size_t count,
    struct target_told *told, struct error *error);

/* What is told of a client of which nothing is. */
extern const struct target_told target_told_none;

/* offer_of: of which offer a kind of session is. */
enum offer_kind offer_of(const struct judged_profile *profile);

/* teller_is_recent: is it one of the days whose refusals are no history? */
bool teller_is_recent(const struct teller *teller, int64_t day);

/* As the columns `became` and `trait` have them; NULL: none. */
const char *became_name(enum became became);
const char *kept_name(enum kept kept);

#endif
