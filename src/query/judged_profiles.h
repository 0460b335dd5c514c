/* SPDX-License-Identifier: BSD-2-Clause */
/* judged_profiles.h: the table `judged` in memory, for questions that go through all contacts. */
#ifndef LASTHELLO_QUERY_JUDGED_PROFILES_H
#define LASTHELLO_QUERY_JUDGED_PROFILES_H

#include "id_rows.h"
#include "inventory_open.h"

#include <lasthello/hash.h>
#include <lasthello/session.h>
#include <lasthello/verdict.h>

/* How a profile offends a policy. */
struct judged_breach {
    int policy; /* its number */
    struct breach breach;
    bool breaks;
};

/* Breaches that follow each other in struct judged_profiles. */
struct breach_span {
    size_t first, count;
};

/* A profile, as sql/judged.sql has it. */
struct judged_profile {
    int64_t id, target;
    int64_t place;      /* a number for each port and service */
    int64_t suite;      /* a number for each row of sql/suites.sql that a server may have */
    int64_t hello;      /* id; 0: none was seen */
    int64_t became;     /* a number for each of what sessions became, as in sql/trend.sql */
    enum verdict alone; /* by what was seen, without policies and days: see contact_verdicts.h */
    enum cause cause;
    enum sight sight;
    bool is_nameless, is_asked, is_counted, is_unconfirmed;
    bool is_legacy, is_failing, is_exposed, is_old, is_better, is_contradictory;
    bool begins_with_tls; /* of mail: its service needs no STARTTLS */
    bool has_variants;    /* it offends some policies only with some servers or certificates */
    bool has_no_sni, is_named_by_dns;
    bool has_provider;
    bool is_mail; /* else TLS of something else */
    bool is_refused;
    struct breach_span breaches; /* with any server and certificate */
};

struct judged_profiles {
    struct id_rows rows; /* of struct judged_profile */
    struct judged_breach *breaches;
    size_t breach_count, breach_room;
    /* with a server, a certificate or both, which stand in a key */
    struct id_rows variants; /* of struct breach_span */
    struct hash_key variant_key;
};

/* judged_profiles_load: after moment_begin. judged_profiles_close: also after a failure. */
bool judged_profiles_load(struct judged_profiles *profiles, struct inventory *inventory, struct error *error);
void judged_profiles_close(struct judged_profiles *profiles);
/* NULL: there is no such profile (in an inventory that is not whole). */
const struct judged_profile *judged_profiles_find(const struct judged_profiles *profiles, int64_t id);
/* judged_profiles_breaches finds how a profile offends the policies with this server and this certificate
 * (0: none was seen), and returns how many there are. */
size_t judged_profiles_breaches(const struct judged_profiles *profiles, const struct judged_profile *profile,
    int64_t server, int64_t certificate, const struct judged_breach *found[POLICIES_MAX]);

#endif
