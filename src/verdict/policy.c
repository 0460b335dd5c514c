/* SPDX-License-Identifier: BSD-2-Clause */
/* policy.c: the policies there are, by id, and what is asked of one. */
#include "policy_words.h"
#include "suite_set.h"

#include <lasthello/list.h>
#include <lasthello/policy.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void policy_free(struct policy *policy)
{
    if (policy == NULL)
        return;
    for (enum policy_level level = POLICY_MUST; level < POLICY_LEVEL_COUNT; level++)
        for (size_t i = 0; i < POLICY_SUITES_COUNT; i++)
            free(policy->demands[level].suites[i]);
    free(policy->path);
    free(policy);
}

void policies_close(struct policies *policies)
{
    for (size_t i = 0; i < policies->count; i++)
        policy_free(policies->rows[i]);
    policies->count = 0;
}

/* ---- by id --------------------------------------------------------------------------------------- */

struct policy *policies_find(const struct policies *policies, const char *id)
{
    for (size_t i = 0; i < policies->count; i++)
        if (strcmp(policies->rows[i]->id, id) == 0)
            return policies->rows[i];
    return NULL;
}

static bool is_wanted(const struct policy *policy, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(policy->id, ids[i]) == 0)
            return true;
    return false;
}

static bool name_missing(const struct policies *policies, const char *id, struct error *error)
{
    char list[ERROR_TEXT_BYTES / 2] = "";

    for (size_t i = 0; i < policies->count; i++)
        list_add(list, sizeof(list), ", ", policies->rows[i]->id);
    return error_set(error, "no policy has the id %s; %s%s", id,
        policies->count == 0 ? "there are no policies: name a folder of them with --policy" : "there are: ",
        list);
}

bool policies_keep(struct policies *policies, const char *const *ids, size_t count, struct error *error)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (policies_find(policies, ids[i]) == NULL)
            return name_missing(policies, ids[i], error);
    for (size_t i = 0; i < policies->count; i++) {
        if (is_wanted(policies->rows[i], ids, count))
            policies->rows[kept++] = policies->rows[i];
        else
            policy_free(policies->rows[i]);
    }
    policies->count = kept;
    return true;
}

void policies_keep_default(struct policies *policies)
{
    size_t kept = 0;

    for (size_t i = 0; i < policies->count; i++) {
        if (policies->rows[i]->when_asked)
            policy_free(policies->rows[i]);
        else
            policies->rows[kept++] = policies->rows[i];
    }
    policies->count = kept;
}

/* ---- of one -------------------------------------------------------------------------------------- */

const char *policy_first(const struct policy *policy, enum policy_word word)
{
    for (size_t i = 0; i < policy->line_count; i++)
        if (policy->lines[i].word == word)
            return policy->lines[i].text;
    return NULL;
}

bool policy_has(const struct policy *policy, enum policy_word word, const char *text)
{
    for (size_t i = 0; i < policy->line_count; i++)
        if (policy->lines[i].word == word && strcasecmp(policy->lines[i].text, text) == 0)
            return true;
    return false;
}
