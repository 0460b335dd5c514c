/* SPDX-License-Identifier: BSD-2-Clause */
/* judged_profiles.h: the table `judged` in memory, for questions that go through all contacts. */
#ifndef LASTHELLO_QUERY_JUDGED_PROFILES_H
#define LASTHELLO_QUERY_JUDGED_PROFILES_H

#include "id_map.h"
#include "inventory_open.h"

#include <lasthello/hash.h>
#include <lasthello/session.h>
#include <lasthello/verdict.h>

/* A bit for each policy. */
struct policy_set {
    uint64_t bits[POLICIES_MAX / 64];
};

/* A profile, as sql/judged.sql has it. */
struct judged_profile {
    int64_t id, target;
    int64_t until_day; /* INT64_MAX: none is known */
    int64_t place;     /* a number for each port and service */
    enum verdict verdict;
    enum cause cause;
    enum sight sight;
    bool is_nameless, is_asked, is_counted, is_unconfirmed;
    bool is_legacy, is_failing, is_exposed, is_old, is_better, is_contradictory;
    bool begins_with_tls; /* of mail: its service needs no STARTTLS */
    bool has_variants;    /* it offends some policies only with some servers or certificates */
    bool has_no_sni, is_named_by_dns;
    bool has_provider;
    bool is_mail; /* else TLS of something else */
    struct policy_set ends;
};

struct judged_profiles {
    struct judged_profile *rows;
    size_t count, room;
    struct id_map index; /* row of an id */
    /* with a server, a certificate or both, which stand in a key */
    struct policy_set *variants;
    size_t variant_count, variant_room;
    struct id_map variant_index;
    struct hash_key variant_key;
};

/* judged_profiles_load: after moment_begin. judged_profiles_close: also after a failure. */
bool judged_profiles_load(struct judged_profiles *profiles, struct inventory *inventory, struct error *error);
void judged_profiles_close(struct judged_profiles *profiles);
/* NULL: there is no such profile (in an inventory that is not whole). */
const struct judged_profile *judged_profiles_find(const struct judged_profiles *profiles, int64_t id);
/* judged_profiles_ends adds the policies that end what a profile does with this server and this certificate
 * (0: none was seen). */
void judged_profiles_ends(const struct judged_profiles *profiles, const struct judged_profile *profile,
    int64_t server, int64_t certificate, struct policy_set *ends);

#endif
