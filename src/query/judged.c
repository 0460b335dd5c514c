/* SPDX-License-Identifier: BSD-2-Clause */
/* judged.c: each profile is judged once for a question; rows and counts join what came of it. */
#include "inventory_open.h"

#include <lasthello/verdict.h>

#include <string.h>

extern const char sql_judged[], sql_profiles[];

static const char insert_sql[] = "INSERT INTO judged (profile, target, is_nameless, is_asked, is_counted, "
                                 "severity, step, notes, got, gave, refused, "
                                 "is_legacy, is_failing, is_exposed, is_old, is_better, is_downgrade, "
                                 "is_unconfirmed, is_handshake, is_midstream, "
                                 "is_one_sided, is_unknown) "
                                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

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
    };
}

static int64_t version_bit(enum version version)
{
    return version == VERSION_UNKNOWN ? 0 : 1 << version;
}

static bool put_judgement(struct query *insert, const struct query *profile, struct error *error)
{
    const struct profile_facts facts = read_facts(profile);
    const struct judgement judged = verdict_of_profile(&facts);
    const int64_t numbers[] = {query_number(profile, PROFILE_ID), query_number(profile, PROFILE_TARGET),
        query_number(profile, PROFILE_IS_NAMELESS), query_number(profile, PROFILE_IS_ASKED),
        judged.is_counted, judged.verdict, judged.step, judged.notes};
    const int64_t more[] = {version_bit(facts.negotiated),
        facts.outcome == OUTCOME_REFUSED ? version_bit(facts.offered_max) : 0, judged.is_legacy,
        judged.is_failing, judged.is_exposed, judged.is_old, judged.is_better, facts.downgrade,
        facts.unconfirmed, judged.is_counted && judged.sight == SIGHT_HANDSHAKE,
        judged.is_counted && judged.sight == SIGHT_MIDSTREAM,
        judged.is_counted && judged.sight == SIGHT_ONE_SIDED,
        judged.is_counted && judged.sight == SIGHT_UNKNOWN};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        query_put_number(insert, numbers[i]);
    query_put_text(insert, judged.got);
    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
        query_put_number(insert, more[i]);
    return query_run(insert, error);
}

static bool judge_all(struct query *profiles, struct query *insert, struct error *error)
{
    enum row row;

    while ((row = query_row(profiles, error)) == ROW_ONE)
        if (!put_judgement(insert, profiles, error))
            return false;
    return row == ROW_END;
}

bool judged_fill(struct db *db, const struct checked_filters *checked, struct error *error)
{
    struct query profiles = {0}, insert = {0};
    bool filled = db_run(db, sql_judged, error) && query_open(&profiles, db, sql_profiles, error) &&
        query_open(&insert, db, insert_sql, error);

    if (filled) {
        filters_put(&profiles, checked);
        filled = judge_all(&profiles, &insert, error);
    }
    query_close(&profiles);
    query_close(&insert);
    return filled;
}
