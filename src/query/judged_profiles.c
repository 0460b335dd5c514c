/* SPDX-License-Identifier: BSD-2-Clause */
/* judged_profiles.c: judgements as C has them. */
#include "judged_profiles.h"

#include <lasthello/dissector.h>

#include <stdlib.h>
#include <string.h>

extern const char sql_judged_all[];

static const char sql_ends[] =
    "SELECT profile, coalesce(server, 0), coalesce(certificate, 0), policy FROM breach WHERE breaks = 1";

enum judged_column { /* of sql/judged_all.sql */
    JUDGED_PROFILE,
    JUDGED_TARGET,
    JUDGED_IS_ENDLESS,
    JUDGED_UNTIL_DAY,
    JUDGED_VERDICT,
    JUDGED_CAUSE,
    JUDGED_IS_NAMELESS,
    JUDGED_IS_ASKED,
    JUDGED_IS_COUNTED,
    JUDGED_IS_LEGACY,
    JUDGED_IS_FAILING,
    JUDGED_IS_EXPOSED,
    JUDGED_IS_OLD,
    JUDGED_IS_BETTER,
    JUDGED_IS_UNCONFIRMED,
    JUDGED_IS_HANDSHAKE,
    JUDGED_IS_MIDSTREAM,
    JUDGED_IS_ONE_SIDED,
    JUDGED_IS_UNKNOWN,
    JUDGED_SERVICE,
    JUDGED_IS_CONTRADICTORY,
    JUDGED_HAS_NO_SNI,
    JUDGED_IS_NAMED_BY_DNS,
    JUDGED_PLACE,
    JUDGED_HAS_PROVIDER,
};

static bool is(const struct query *query, enum judged_column column)
{
    return query_number(query, (int)column) != 0;
}

static enum sight sight_of(const struct query *query)
{
    if (is(query, JUDGED_IS_HANDSHAKE))
        return SIGHT_HANDSHAKE;
    if (is(query, JUDGED_IS_MIDSTREAM))
        return SIGHT_MIDSTREAM;
    if (is(query, JUDGED_IS_ONE_SIDED))
        return SIGHT_ONE_SIDED;
    return is(query, JUDGED_IS_UNKNOWN) ? SIGHT_UNKNOWN : SIGHT_WITHOUT_TLS;
}

static struct judged_profile read_profile(const struct query *query)
{
    const char *service = query_text(query, JUDGED_SERVICE);

    return (struct judged_profile){
        .id = query_number(query, JUDGED_PROFILE),
        .target = query_number(query, JUDGED_TARGET),
        .until_day = is(query, JUDGED_IS_ENDLESS) ? INT64_MAX : query_number(query, JUDGED_UNTIL_DAY),
        .place = query_number(query, JUDGED_PLACE),
        .verdict = (enum verdict)query_number(query, JUDGED_VERDICT),
        .cause = cause_of_name(query_text(query, JUDGED_CAUSE)),
        .sight = sight_of(query),
        .is_nameless = is(query, JUDGED_IS_NAMELESS),
        .is_asked = is(query, JUDGED_IS_ASKED),
        .is_counted = is(query, JUDGED_IS_COUNTED),
        .is_legacy = is(query, JUDGED_IS_LEGACY),
        .is_failing = is(query, JUDGED_IS_FAILING),
        .is_exposed = is(query, JUDGED_IS_EXPOSED),
        .is_old = is(query, JUDGED_IS_OLD),
        .is_better = is(query, JUDGED_IS_BETTER),
        .is_unconfirmed = is(query, JUDGED_IS_UNCONFIRMED),
        .is_mail = service_is_mail(service),
        .has_provider = is(query, JUDGED_HAS_PROVIDER),
        .is_contradictory = is(query, JUDGED_IS_CONTRADICTORY),
        .begins_with_tls = service_begins_with_tls(service),
        .has_no_sni = is(query, JUDGED_HAS_NO_SNI),
        .is_named_by_dns = is(query, JUDGED_IS_NAMED_BY_DNS),
    };
}

static struct judged_profile *add_row(struct judged_profiles *profiles, int64_t id)
{
    uint32_t *number = id_map_put(&profiles->index, id);

    if (number == NULL)
        return NULL;
    if (profiles->count == profiles->room) {
        const size_t room = 2 * profiles->room + 64;
        struct judged_profile *grown = reallocarray(profiles->rows, room, sizeof(*grown));

        if (grown == NULL)
            return NULL;
        profiles->rows = grown;
        profiles->room = room;
    }
    *number = (uint32_t)profiles->count;
    return &profiles->rows[profiles->count++];
}

static bool load_profiles(struct judged_profiles *profiles, struct inventory *inventory, struct error *error)
{
    struct query query;
    struct judged_profile *added;
    enum row row = ROW_FAILED;

    if (query_open(&query, &inventory->db, sql_judged_all, error))
        while ((row = query_row(&query, error)) == ROW_ONE) {
            added = add_row(profiles, query_number(&query, JUDGED_PROFILE));
            if (added == NULL) {
                error_set(error, "not enough memory for the report");
                row = ROW_FAILED;
                break;
            }
            *added = read_profile(&query);
        }
    query_close(&query);
    return row == ROW_END;
}

static void set_policy(struct policy_set *set, int64_t policy)
{
    if (policy >= 0 && policy < POLICIES_MAX)
        set->bits[policy / 64] |= 1ULL << policy % 64;
}

static void add_set(struct policy_set *set, const struct policy_set *more)
{
    for (size_t i = 0; i < POLICIES_MAX / 64; i++)
        set->bits[i] |= more->bits[i];
}

/* ---- with some servers or certificates ---------------------------------------------------------- */

static int64_t variant_id(
    const struct judged_profiles *profiles, int64_t profile, int64_t server, int64_t certificate)
{
    const int64_t ids[] = {profile, server, certificate};

    return (int64_t)hash_bytes(&profiles->variant_key, ids, sizeof(ids));
}

/* NULL: no memory. */
static struct policy_set *put_variant(struct judged_profiles *profiles, int64_t id)
{
    const size_t before = profiles->variant_index.count;
    uint32_t *number = id_map_put(&profiles->variant_index, id);

    if (number == NULL)
        return NULL;
    if (profiles->variant_index.count == before)
        return &profiles->variants[*number];
    if (profiles->variant_count == profiles->variant_room) {
        const size_t room = 2 * profiles->variant_room + 64;
        struct policy_set *grown = reallocarray(profiles->variants, room, sizeof(*grown));

        if (grown == NULL)
            return NULL;
        profiles->variants = grown;
        profiles->variant_room = room;
    }
    *number = (uint32_t)profiles->variant_count++;
    profiles->variants[*number] = (struct policy_set){{0}};
    return &profiles->variants[*number];
}

void judged_profiles_ends(const struct judged_profiles *profiles, const struct judged_profile *profile,
    int64_t server, int64_t certificate, struct policy_set *ends)
{
    const int64_t ids[] = {variant_id(profiles, profile->id, server, 0),
        variant_id(profiles, profile->id, 0, certificate),
        variant_id(profiles, profile->id, server, certificate)};

    add_set(ends, &profile->ends);
    for (size_t i = 0; profile->has_variants && i < sizeof(ids) / sizeof(ids[0]); i++) {
        const uint32_t *number = id_map_find(&profiles->variant_index, ids[i]);

        if (number != NULL)
            add_set(ends, &profiles->variants[*number]);
    }
}

/* A row of `breach`; false: no memory. */
static bool note_breach(struct judged_profiles *profiles, const struct query *query)
{
    const uint32_t *number = id_map_find(&profiles->index, query_number(query, 0));
    const int64_t server = query_number(query, 1), certificate = query_number(query, 2);
    struct judged_profile *profile = number == NULL ? NULL : &profiles->rows[*number];
    struct policy_set *set;

    if (profile == NULL)
        return true;
    profile->has_variants |= server != 0 || certificate != 0;
    set = server == 0 && certificate == 0
        ? &profile->ends
        : put_variant(profiles, variant_id(profiles, profile->id, server, certificate));
    if (set != NULL)
        set_policy(set, query_number(query, 3));
    return set != NULL;
}

static bool load_breaches(struct judged_profiles *profiles, struct inventory *inventory, struct error *error)
{
    struct query query;
    enum row row = ROW_FAILED;
    bool has_memory = true;

    if (query_open(&query, &inventory->db, sql_ends, error))
        while (has_memory && (row = query_row(&query, error)) == ROW_ONE)
            has_memory = note_breach(profiles, &query);
    query_close(&query);
    if (!has_memory)
        return error_set(error, "not enough memory for the report");
    return row == ROW_END;
}

bool judged_profiles_load(struct judged_profiles *profiles, struct inventory *inventory, struct error *error)
{
    *profiles = (struct judged_profiles){0};
    hash_key_random(&profiles->variant_key);
    return load_profiles(profiles, inventory, error) && load_breaches(profiles, inventory, error);
}

void judged_profiles_close(struct judged_profiles *profiles)
{
    free(profiles->rows);
    free(profiles->variants);
    id_map_close(&profiles->index);
    id_map_close(&profiles->variant_index);
    *profiles = (struct judged_profiles){0};
}

const struct judged_profile *judged_profiles_find(const struct judged_profiles *profiles, int64_t id)
{
    const uint32_t *number = id_map_find(&profiles->index, id);

    return number == NULL ? NULL : &profiles->rows[*number];
}
