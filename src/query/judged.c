/* SPDX-License-Identifier: BSD-2-Clause */
/* judged.c: each profile is judged once for a question; rows and counts join what came of it. */
#include "breaches.h"
#include "inventory_open.h"
#include "profile_read.h"

#include <lasthello/verdict.h>

#include <stdio.h>
#include <string.h>

extern const char sql_judged[], sql_profiles[];

static const char insert_sql[] = "INSERT INTO judged (profile, target, is_nameless, is_asked, is_counted, "
                                 "severity, step, notes, got, gave, refused, "
                                 "is_legacy, is_failing, is_exposed, is_old, is_better, is_downgrade, "
                                 "is_unconfirmed, is_handshake, is_midstream, "
                                 "is_one_sided, is_unknown, policy, due, until_day) "
                                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                                 "?, ?, CAST(? AS INTEGER))";

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

/* Texts that must live until the statement has run. */
struct due_texts {
    char due[DUE_BYTES];
    char until[24];
};

/* The policy, and when it ends what; a day is put as text, which has a NULL. */
static void put_due(struct judging *judging, const struct judgement *judged, struct due_texts *texts)
{
    const bool has_day = verdict_due(judged, judging->checked->today, texts->due);

    if (has_day)
        snprintf(texts->until, sizeof(texts->until), "%lld", (long long)judged->policy->until);
    query_put_text(&judging->insert, judged->policy == NULL ? NULL : judged->policy->id);
    query_put_text(&judging->insert, texts->due[0] == '\0' ? NULL : texts->due);
    query_put_text(&judging->insert, has_day ? texts->until : NULL);
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

static bool put_judgement(struct judging *judging, const struct profile_facts *facts,
    const struct judgement *judged, struct error *error)
{
    const struct query *profile = &judging->profiles;
    struct query *insert = &judging->insert;
    const int64_t numbers[] = {query_number(profile, PROFILE_ID), query_number(profile, PROFILE_TARGET),
        query_number(profile, PROFILE_IS_NAMELESS), is_asked(judging, judged),
        judged->is_counted, judged->verdict, judged->step, judged->notes};
    const int64_t more[] = {version_bit(facts->negotiated),
        facts->outcome == OUTCOME_REFUSED ? version_bit(facts->offered_max) : 0, judged->is_legacy,
        judged->is_failing, judged->is_exposed, judged->is_old, judged->is_better, facts->downgrade,
        facts->unconfirmed, judged->is_counted && judged->sight == SIGHT_HANDSHAKE,
        judged->is_counted && judged->sight == SIGHT_MIDSTREAM,
        judged->is_counted && judged->sight == SIGHT_ONE_SIDED,
        judged->is_counted && judged->sight == SIGHT_UNKNOWN};
    struct due_texts texts;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        query_put_number(insert, numbers[i]);
    query_put_text(insert, judged->got);
    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
        query_put_number(insert, more[i]);
    put_due(judging, judged, &texts);
    return query_run(insert, error);
}

static bool judge_one(struct judging *judging, struct error *error)
{
    struct profile_read profile;
    struct judgement judged;

    profile_read(&judging->profiles, &profile);
    judged = verdict_of_profile(&profile.facts);
    if (!breaches_put(&judging->breaches, &judging->profiles, &profile.facts, &judged, error))
        return false;
    if (judging->policies != NULL)
        verdict_by_policies(&judged, &profile.facts, judging->policies);
    return put_judgement(judging, &profile.facts, &judged, error);
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
