/* SPDX-License-Identifier: BSD-2-Clause */
/* profile_read.h: the facts of a profile, as sql/profiles.sql and variants.sql yield them. */
#ifndef LASTHELLO_QUERY_PROFILE_READ_H
#define LASTHELLO_QUERY_PROFILE_READ_H

#include <lasthello/db.h>
#include <lasthello/verdict.h>

enum profile_column { /* of sql/profiles.sql and variants.sql */
    PROFILE_ID,
    PROFILE_OUTCOME,
    PROFILE_EVIDENCE,
    PROFILE_OFFERED_MAX,
    PROFILE_NEGOTIATED,
    PROFILE_CAUSE,
    PROFILE_LOGIN,
    PROFILE_STARTTLS,
    PROFILE_FLAGS,
    PROFILE_DIRECTIONS,
    PROFILE_DOWNGRADE,
    PROFILE_IS_NAMELESS,
    PROFILE_TARGET,
    PROFILE_PROVIDER,
    PROFILE_SERVER_NAME,
    PROFILE_SERVICE,
    PROFILE_CIPHER,
    PROFILE_OFFERED_SUITES,
    PROFILE_SUITES_CUT,
    PROFILE_GROUP,
    PROFILE_GROUP_BITS,
    PROFILE_SERVER, /* of sql/variants.sql */
    PROFILE_CERTIFICATE,
    PROFILE_SERVER_DIGITS,
    PROFILE_KEY_TYPE,
    PROFILE_KEY_BITS,
    PROFILE_REFUSED_BY,
};

struct profile_read {
    struct profile_facts facts; /* texts live until the query's next row */
    struct address server;      /* that the facts refer to, where they have one */
};

void profile_read(const struct query *query, struct profile_read *profile);

#endif
