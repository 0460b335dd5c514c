/* SPDX-License-Identifier: BSD-2-Clause */
/* judged.c: each profile is judged once for a question; rows and counts join what came of it. */
#include "breaches.h"
#include "inventory_open.h"
#include "profile_read.h"

#include <lasthello/verdict.h>

#include <stdio.h>
#include <string.h>

extern const char sql_judged[], sql_profiles[];

static const char insert_sql[] =
    "INSERT INTO judged (profile, target, is_nameless, is_asked, is_counted, verdict, alone, step, notes, "
    "got, gave, refused, is_legacy, is_failing, is_exposed, is_old, is_better, is_downgrade, is_unconfirmed, "
    "is_contradictory, is_handshake, is_midstream, is_one_sided, is_unknown, policy, due, until_day) "
    "VALUES (:profile, :target, :is_nameless, :is_asked, :is_counted, :verdict, :alone, :step, :notes, :got, "
    ":gave, :refused, :is_legacy, :is_failing, :is_exposed, :is_old, :is_better, :is_downgrade, "
    ":is_unconfirmed, :is_contradictory, :is_handshake, :is_midstream, :is_one_sided, :is_unknown, "
    ":policy, :due, :until_day)";

/* What is judged, by what, and where it goes. */
struct judging {
    const struct policies *policies; /* NULL: none */
    const struct checked_filters *checked;
    struct query profiles, insert;
    struct breaches breaches;
};

static int64_t version_bit(enum version version)
{
    return version == VERSION_UNKNOWN ? 0 : 1 << version;
}

/* The policy, and when it ends what. */
static void put_due(struct judging *judging, const struct judgement *judged)
{
    struct query *insert = &judging->insert;
    char due[DUE_BYTES];
    const bool has_day = verdict_due(judged, judging->checked->today, due) && judged->policy != NULL;

    query_name_text(insert, ":policy", judged->policy == NULL ? NULL : judged->policy->id);
    query_name_text(insert, ":due", due);
    query_name_text(insert, ":until_day", NULL); /* of the row before */
    if (has_day)
        query_name_number(insert, ":until_day", judged->policy->until);
}

/* What the profile's row says itself. */
static void put_profile(struct query *insert, const struct query *profile)
{
    query_name_number(insert, ":profile", query_number(profile, PROFILE_ID));
    query_name_number(insert, ":target", query_number(profile, PROFILE_TARGET));
    query_name_number(insert, ":is_nameless", query_number(profile, PROFILE_IS_NAMELESS));
}

static void put_facts(struct query *insert, const struct profile_facts *facts)
{
    const bool is_refused = facts->outcome == OUTCOME_REFUSED;

    query_name_number(insert, ":gave", version_bit(facts->negotiated));
    query_name_number(insert, ":refused", is_refused ? version_bit(facts->offered_max) : 0);
    query_name_number(insert, ":is_downgrade", facts->downgrade);
    query_name_number(insert, ":is_unconfirmed", facts->unconfirmed);
    query_name_number(insert, ":is_contradictory", facts->contradictory);
}

/* How much of it was seen, if it counts. */
static void put_sight(struct query *insert, const struct judgement *judged)
{
    static const char *const names[] = {
        [SIGHT_HANDSHAKE] = ":is_handshake",
        [SIGHT_MIDSTREAM] = ":is_midstream",
        [SIGHT_ONE_SIDED] = ":is_one_sided",
        [SIGHT_UNKNOWN] = ":is_unknown",
    };

    query_name_number(insert, ":is_counted", judged->is_counted);
    for (size_t i = SIGHT_HANDSHAKE; i < sizeof(names) / sizeof(names[0]); i++)
        query_name_number(insert, names[i], judged->is_counted && judged->sight == i);
}

/* By the filters on sessions; a verdict is one of rows, where an answer has verdicts. */
static bool is_asked(const struct judging *judging, const struct judgement *judged)
{
    const struct query *profile = &judging->profiles;
    const char *negotiated = query_text(profile, PROFILE_NEGOTIATED);
    const struct wanted kind = {
        .provider = query_text(profile, PROFILE_PROVIDER),
        .version = negotiated != NULL ? negotiated : query_text(profile, PROFILE_OFFERED_MAX),
        .cause = query_text(profile, PROFILE_CAUSE),
        .service = query_text(profile, PROFILE_SERVICE),
    };

    return filters_want(judging->checked, &kind) &&
        (judging->checked->rows_have_verdicts || filters_want_verdict(judging->checked, judged->verdict));
}

static bool put_judgement(struct judging *judging, const struct profile_facts *facts, enum verdict alone,
    const struct judgement *judged, struct error *error)
{
    struct query *insert = &judging->insert;

    put_profile(insert, &judging->profiles);
    put_facts(insert, facts);
    put_sight(insert, judged);
    query_name_number(insert, ":is_asked", is_asked(judging, judged));
    query_name_number(insert, ":verdict", judged->verdict);
    query_name_number(insert, ":alone", alone);
    query_name_number(insert, ":step", judged->step);
    query_name_number(insert, ":notes", judged->notes);
    query_name_text(insert, ":got", judged->got);
    query_name_number(insert, ":is_legacy", judged->is_legacy);
    query_name_number(insert, ":is_failing", judged->is_failing);
    query_name_number(insert, ":is_exposed", judged->is_exposed);
    query_name_number(insert, ":is_old", judged->is_old);
    query_name_number(insert, ":is_better", judged->is_better);
    put_due(judging, judged);
    return query_run(insert, error);
}

static bool judge_one(struct judging *judging, struct error *error)
{
    struct profile_read profile;
    struct judgement judged;
    enum verdict alone;

    profile_read(&judging->profiles, &profile);
    judged = verdict_of_profile(&profile.facts);
    alone = judged.verdict;
    if (!breaches_put(&judging->breaches, &judging->profiles, &profile.facts, &judged, error))
        return false;
    if (judging->policies != NULL)
        verdict_by_policies(&judged, &profile.facts, judging->policies);
    return put_judgement(judging, &profile.facts, alone, &judged, error);
}

static bool judge_all(struct judging *judging, struct error *error)
{
    enum row row;

    while ((row = query_row(&judging->profiles, error)) == ROW_ONE)
        if (!judge_one(judging, error))
            return false;
    return row == ROW_END;
}

bool judged_fill(struct inventory *inventory, const struct checked_filters *checked, struct error *error)
{
    struct db *db = &inventory->db;
    struct judging judging = {.policies = inventory->policies, .checked = checked};
    bool filled = db_run(db, sql_judged, error) && query_open(&judging.profiles, db, sql_profiles, error) &&
        query_open(&judging.insert, db, insert_sql, error) &&
        breaches_open(&judging.breaches, db, inventory->policies, error);

    if (filled) {
        filters_put(&judging.profiles, checked);
        filled = judge_all(&judging, error) && breaches_put_variants(&judging.breaches, error);
    }
    query_close(&judging.profiles);
    query_close(&judging.insert);
    breaches_close(&judging.breaches);
    return filled;
}
