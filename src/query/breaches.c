/* SPDX-License-Identifier: BSD-2-Clause */
/* breaches.c: each kind of session by each policy; where a policy has networks, or demands keys of a size,
 * also by server or certificate. */
#include "breaches.h"

#include "profile_read.h"

extern const char sql_variants[];

static const char insert_sql[] =
    "INSERT INTO breach (profile, server, certificate, policy, breach, level, breaks) "
    "VALUES (:profile, :server, :certificate, :policy, :breach, :level, :breaks)";

static const char policy_sql[] =
    "INSERT INTO asked_policy (number, id, until_day) VALUES (:number, :id, :until_day)";

static size_t policy_count(const struct breaches *breaches)
{
    return breaches->policies == NULL ? 0 : breaches->policies->count;
}

static bool put_policies(struct breaches *breaches, struct error *error)
{
    struct query insert;
    bool is_put = query_open(&insert, breaches->db, policy_sql, error);

    for (size_t i = 0; is_put && i < policy_count(breaches); i++) {
        const struct policy *policy = breaches->policies->rows[i];

        query_name_number(&insert, ":number", (int64_t)i);
        query_name_text(&insert, ":id", policy->id);
        query_name_text(&insert, ":until_day", NULL); /* of the row before */
        if (policy->has_until)
            query_name_number(&insert, ":until_day", policy->until);
        is_put = query_run(&insert, error);
    }
    query_close(&insert);
    return is_put;
}

bool breaches_open(
    struct breaches *breaches, struct db *db, const struct policies *policies, struct error *error)
{
    *breaches = (struct breaches){.db = db, .policies = policies};
    return put_policies(breaches, error) && query_open(&breaches->insert, db, insert_sql, error);
}

void breaches_close(struct breaches *breaches)
{
    query_close(&breaches->insert);
}

static bool put_one(struct breaches *breaches, const struct query *profile, size_t policy,
    struct breach breach, struct error *error)
{
    struct query *insert = &breaches->insert;

    query_name_number(insert, ":profile", query_number(profile, PROFILE_ID));
    query_name_reference(insert, ":server", (uint64_t)query_number(profile, PROFILE_SERVER));
    query_name_reference(insert, ":certificate", (uint64_t)query_number(profile, PROFILE_CERTIFICATE));
    query_name_number(insert, ":policy", (int64_t)policy);
    query_name_number(insert, ":breach", breach.kind);
    query_name_number(insert, ":level", breach.level);
    query_name_number(insert, ":breaks", breach_breaks(breaches->policies->rows[policy], breach));
    return query_run(insert, error);
}

static bool needs_more(const struct policy *policy)
{
    return policy_needs_server(policy) || policy_needs_certificate(policy);
}

static bool put_all(struct breaches *breaches, const struct query *profile, const struct profile_facts *facts,
    const struct judgement *judged, bool with_more, struct error *error)
{
    for (size_t i = 0; i < policy_count(breaches); i++) {
        const struct policy *policy = breaches->policies->rows[i];
        struct breach breach;

        if (needs_more(policy) != with_more)
            continue;
        breach = (struct breach){.kind = policy_refusal(policy, facts)};
        if (breach.kind == BREACH_NONE)
            breach = policy_breach(policy, facts, judged);
        if (breach.kind != BREACH_NONE && !put_one(breaches, profile, i, breach, error))
            return false;
    }
    return true;
}

bool breaches_put(struct breaches *breaches, const struct query *profile, const struct profile_facts *facts,
    const struct judgement *judged, struct error *error)
{
    return put_all(breaches, profile, facts, judged, false, error);
}

static bool put_variants(struct breaches *breaches, struct query *variants, struct error *error)
{
    struct profile_read profile;
    enum row row;

    while ((row = query_row(variants, error)) == ROW_ONE) {
        struct judgement judged;

        profile_read(variants, &profile);
        judged = verdict_of_profile(&profile.facts);
        if (!put_all(breaches, variants, &profile.facts, &judged, true, error))
            return false;
    }
    return row == ROW_END;
}

bool breaches_put_variants(struct breaches *breaches, struct error *error)
{
    struct query variants;
    bool by_server = false, by_certificate = false, is_put;

    for (size_t i = 0; i < policy_count(breaches); i++) {
        by_server |= policy_needs_server(breaches->policies->rows[i]);
        by_certificate |= policy_needs_certificate(breaches->policies->rows[i]);
    }
    if (!by_server && !by_certificate)
        return true;
    is_put = query_open(&variants, breaches->db, sql_variants, error);
    if (is_put) {
        query_name_number(&variants, ":by_server", by_server);
        query_name_number(&variants, ":by_certificate", by_certificate);
        is_put = put_variants(breaches, &variants, error);
    }
    query_close(&variants);
    return is_put;
}
