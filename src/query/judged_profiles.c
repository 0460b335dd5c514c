/* SPDX-License-Identifier: BSD-2-Clause */
/* judged_profiles.c: judgements as C has them. */
#include "judged_profiles.h"

#include "growing.h"

#include <lasthello/dissector.h>

#include <stdlib.h>
#include <string.h>

extern const char sql_judged_all[];

static const char sql_breaches[] =
    "SELECT profile, coalesce(server, 0), coalesce(certificate, 0), policy, breach, level, breaks "
    "FROM breach ORDER BY 1, 2, 3, 4";

enum breach_column { /* of sql_breaches */
    OF_PROFILE,
    OF_SERVER,
    OF_CERTIFICATE,
    OF_POLICY,
    OF_BREACH,
    OF_LEVEL,
    OF_BREAKS,
};

enum judged_column { /* of sql/judged_all.sql */
    JUDGED_PROFILE,
    JUDGED_TARGET,
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
    JUDGED_ALONE,
    JUDGED_HELLO,
    JUDGED_IS_REFUSED,
    JUDGED_BECAME,
    JUDGED_SUITE,
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
        .place = query_number(query, JUDGED_PLACE),
        .hello = query_number(query, JUDGED_HELLO),
        .became = query_number(query, JUDGED_BECAME),
        .suite = query_number(query, JUDGED_SUITE),
        .alone = (enum verdict)query_number(query, JUDGED_ALONE),
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
        .is_refused = is(query, JUDGED_IS_REFUSED),
        .is_unconfirmed = is(query, JUDGED_IS_UNCONFIRMED),
        .is_mail = service_is_mail(service),
        .has_provider = is(query, JUDGED_HAS_PROVIDER),
        .is_contradictory = is(query, JUDGED_IS_CONTRADICTORY),
        .begins_with_tls = service_begins_with_tls(service),
        .has_no_sni = is(query, JUDGED_HAS_NO_SNI),
        .is_named_by_dns = is(query, JUDGED_IS_NAMED_BY_DNS),
    };
}

static bool load_profiles(struct judged_profiles *profiles, struct inventory *inventory, struct error *error)
{
    struct query query;
    struct judged_profile *added;
    enum row row = ROW_FAILED;
    bool has_memory = true, is_new;

    if (query_open(&query, &inventory->db, sql_judged_all, error))
        while (has_memory && (row = query_row(&query, error)) == ROW_ONE) {
            added = id_rows_put(&profiles->rows, query_number(&query, JUDGED_PROFILE), &is_new);
            has_memory = added != NULL;
            if (has_memory)
                *added = read_profile(&query);
        }
    query_close(&query);
    if (!has_memory)
        return inventory_no_memory(error);
    return row == ROW_END;
}

/* ---- with some servers or certificates ---------------------------------------------------------- */

static int64_t variant_id(
    const struct judged_profiles *profiles, int64_t profile, int64_t server, int64_t certificate)
{
    const int64_t ids[] = {profile, server, certificate};

    return (int64_t)hash_bytes(&profiles->variant_key, ids, sizeof(ids));
}

/* NULL: no memory. */
static struct breach_span *put_variant(struct judged_profiles *profiles, int64_t id)
{
    bool is_new;
    struct breach_span *span = id_rows_put(&profiles->variants, id, &is_new);

    if (span != NULL && is_new)
        span->first = profiles->breach_count;
    return span;
}

static size_t add_span(const struct judged_profiles *profiles, const struct breach_span *span,
    const struct judged_breach *found[POLICIES_MAX], size_t count)
{
    for (size_t i = 0; i < span->count && count < POLICIES_MAX; i++)
        found[count++] = &profiles->breaches[span->first + i];
    return count;
}

size_t judged_profiles_breaches(const struct judged_profiles *profiles, const struct judged_profile *profile,
    int64_t server, int64_t certificate, const struct judged_breach *found[POLICIES_MAX])
{
    size_t count = add_span(profiles, &profile->breaches, found, 0);

    if (!profile->has_variants)
        return count;
    for (size_t i = 1; i < 4; i++) { /* by server, by certificate, by both */
        const int64_t id =
            variant_id(profiles, profile->id, i & 1 ? server : 0, i & 2 ? certificate : 0);
        const struct breach_span *span = id_rows_find(&profiles->variants, id);

        if (span != NULL && ((i & 2) == 0 || certificate != 0))
            count = add_span(profiles, span, found, count);
    }
    return count;
}

/* A row of `breach`, of which those of one profile, server and certificate follow each other; false: no
 * memory. */
static bool add_breach(struct judged_profiles *profiles, const struct query *query)
{
    const int64_t server = query_number(query, OF_SERVER), certificate = query_number(query, OF_CERTIFICATE);
    struct judged_profile *profile = id_rows_find(&profiles->rows, query_number(query, OF_PROFILE));
    struct judged_breach *grown;
    struct breach_span *span;

    if (profile == NULL)
        return true;
    grown = growing_reserve(
        profiles->breaches, profiles->breach_count, 1, &profiles->breach_room, sizeof(*grown));
    if (grown == NULL)
        return false;
    profiles->breaches = grown;
    profile->has_variants |= server != 0 || certificate != 0;
    if (server == 0 && certificate == 0 && profile->breaches.count == 0)
        profile->breaches.first = profiles->breach_count;
    span = server == 0 && certificate == 0
        ? &profile->breaches
        : put_variant(profiles, variant_id(profiles, profile->id, server, certificate));
    if (span == NULL)
        return false;
    span->count++;
    grown[profiles->breach_count++] = (struct judged_breach){
        .policy = (int)query_number(query, OF_POLICY),
        .breach = {(enum breach_kind)query_number(query, OF_BREACH),
            (enum policy_level)query_number(query, OF_LEVEL)},
        .breaks = query_number(query, OF_BREAKS) != 0,
    };
    return true;
}

static bool load_breaches(struct judged_profiles *profiles, struct inventory *inventory, struct error *error)
{
    struct query query;
    enum row row = ROW_FAILED;
    bool has_memory = true;

    if (query_open(&query, &inventory->db, sql_breaches, error))
        while (has_memory && (row = query_row(&query, error)) == ROW_ONE)
            has_memory = add_breach(profiles, &query);
    query_close(&query);
    if (!has_memory)
        return inventory_no_memory(error);
    return row == ROW_END;
}

bool judged_profiles_load(struct judged_profiles *profiles, struct inventory *inventory, struct error *error)
{
    *profiles = (struct judged_profiles){.rows = {.row_bytes = sizeof(struct judged_profile)},
        .variants = {.row_bytes = sizeof(struct breach_span)}};
    hash_key_random(&profiles->variant_key);
    return load_profiles(profiles, inventory, error) && load_breaches(profiles, inventory, error);
}

void judged_profiles_close(struct judged_profiles *profiles)
{
    id_rows_close(&profiles->rows);
    id_rows_close(&profiles->variants);
    free(profiles->breaches);
    *profiles = (struct judged_profiles){0};
}

const struct judged_profile *judged_profiles_find(const struct judged_profiles *profiles, int64_t id)
{
    return id_rows_find(&profiles->rows, id);
}
