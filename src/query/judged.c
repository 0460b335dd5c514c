/* SPDX-License-Identifier: BSD-2-Clause */
/* judged.c: each profile is judged once for a question; rows and counts join what came of it. */
#include "inventory_open.h"

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
static const char insert_breach_sql[] = "INSERT INTO breach (profile, policy) VALUES (?, ?)";

enum profile_column { /* of sql/profiles.sql */
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
    PROFILE_IS_ASKED,
    PROFILE_IS_NAMELESS,
    PROFILE_TARGET,
    PROFILE_PROVIDER,
    PROFILE_SERVER_NAME,
    PROFILE_SERVICE,
};

/* What is judged, by what, and where it goes. */
struct judging {
    const struct policies *policies; /* NULL: none */
    int64_t today;
    struct query profiles, insert, insert_breach;
};

static bool is_same(const char *text, const char *name)
{
    return text != NULL && name != NULL && strcmp(text, name) == 0;
}

/* Is the word one of a list that is joined by commas? */
static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (list != NULL) {
        if (strncmp(list, word, len) == 0 && (list[len] == ',' || list[len] == '\0'))
            return true;
        list = strchr(list, ',');
        if (list != NULL)
            list++;
    }
    return false;
}

static enum version version_of(const char *text)
{
    for (enum version version = VERSION_SSL_2_0; version < VERSION_COUNT; version++)
        if (is_same(text, version_name(version)))
            return version;
    return VERSION_UNKNOWN;
}

static enum outcome outcome_of(const char *text)
{
    for (enum outcome outcome = OUTCOME_NONE + 1; outcome < OUTCOME_COUNT; outcome++)
        if (is_same(text, outcome_name(outcome)))
            return outcome;
    return OUTCOME_NONE;
}

static enum evidence evidence_of(const char *text)
{
    for (enum evidence evidence = EVIDENCE_NONE; evidence <= EVIDENCE_HANDSHAKE; evidence++)
        if (is_same(text, evidence_name(evidence)))
            return evidence;
    return EVIDENCE_NONE;
}

static struct profile_facts read_facts(const struct query *query)
{
    return (struct profile_facts){
        .outcome = outcome_of(query_text(query, PROFILE_OUTCOME)),
        .evidence = evidence_of(query_text(query, PROFILE_EVIDENCE)),
        .offered_max = version_of(query_text(query, PROFILE_OFFERED_MAX)),
        .negotiated = version_of(query_text(query, PROFILE_NEGOTIATED)),
        .cause = cause_of_name(query_text(query, PROFILE_CAUSE)),
        .login = query_text(query, PROFILE_LOGIN) != NULL,
        .starttls_requested = has_word(query_text(query, PROFILE_STARTTLS), "requested"),
        .both_directions = is_same(query_text(query, PROFILE_DIRECTIONS), "both"),
        .downgrade = query_number(query, PROFILE_DOWNGRADE) != 0,
        .unconfirmed = has_word(query_text(query, PROFILE_FLAGS), "unconfirmed"),
        .provider = query_text(query, PROFILE_PROVIDER),
        .server_name = query_text(query, PROFILE_SERVER_NAME),
        .service = query_text(query, PROFILE_SERVICE),
    };
}

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
    const bool has_day = verdict_due(judged, judging->today, texts->due);

    if (has_day)
        snprintf(texts->until, sizeof(texts->until), "%lld", (long long)judged->policy->until);
    query_put_text(&judging->insert, judged->policy == NULL ? NULL : judged->policy->id);
    query_put_text(&judging->insert, texts->due[0] == '\0' ? NULL : texts->due);
    query_put_text(&judging->insert, has_day ? texts->until : NULL);
}

static bool put_judgement(struct judging *judging, const struct profile_facts *facts,
    const struct judgement *judged, struct error *error)
{
    const struct query *profile = &judging->profiles;
    struct query *insert = &judging->insert;
    const int64_t numbers[] = {query_number(profile, PROFILE_ID), query_number(profile, PROFILE_TARGET),
        query_number(profile, PROFILE_IS_NAMELESS), query_number(profile, PROFILE_IS_ASKED),
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

/* Every policy that ends what this kind of session does, not only the one that is named. */
static bool put_breaches(struct judging *judging, const struct profile_facts *facts,
    const struct judgement *seen, struct error *error)
{
    for (size_t i = 0; judging->policies != NULL && i < judging->policies->count; i++) {
        const struct policy *policy = judging->policies->rows[i];

        if (!breach_breaks(policy, policy_breach(policy, facts, seen)))
            continue;
        query_put_number(&judging->insert_breach, query_number(&judging->profiles, PROFILE_ID));
        query_put_number(&judging->insert_breach, (int64_t)i);
        if (!query_run(&judging->insert_breach, error))
            return false;
    }
    return true;
}

static bool judge_one(struct judging *judging, struct error *error)
{
    const struct profile_facts facts = read_facts(&judging->profiles);
    const struct judgement seen = verdict_of_profile(&facts);
    struct judgement judged = seen;

    if (judging->policies != NULL)
        verdict_by_policies(&judged, &facts, judging->policies);
    if (judged.verdict == VERDICT_BREAKS && !put_breaches(judging, &facts, &seen, error))
        return false;
    return put_judgement(judging, &facts, &judged, error);
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
    struct judging judging = {.policies = inventory->policies, .today = checked->today};
    bool filled = db_run(db, sql_judged, error) && query_open(&judging.profiles, db, sql_profiles, error) &&
        query_open(&judging.insert, db, insert_sql, error) &&
        query_open(&judging.insert_breach, db, insert_breach_sql, error);

    if (filled) {
        filters_put(&judging.profiles, checked);
        filled = judge_all(&judging, error);
    }
    query_close(&judging.profiles);
    query_close(&judging.insert);
    query_close(&judging.insert_breach);
    return filled;
}
