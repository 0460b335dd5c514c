/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_breach.c: a kind of session, judged by policies: what of it ends, when, and by which of them. */
#include <lasthello/policy.h>
#include <lasthello/verdict.h>

#include <stdio.h>
#include <string.h>

/* ---- what a policy is about ------------------------------------------------------------------------ */

/* A name, or with a dot before it the end of names: .example.net is that of example.net, too. */
static bool is_server(const char *line, const char *name)
{
    const size_t line_len = strlen(line), len = strlen(name);

    if (line[0] != '.')
        return strcasecmp(line, name) == 0;
    if (len + 1 == line_len)
        return strcasecmp(line + 1, name) == 0;
    return len >= line_len && strcasecmp(name + len - line_len, line) == 0;
}

static bool has_server(const struct policy *policy, enum policy_word word, const char *name)
{
    for (size_t i = 0; name != NULL && i < policy->line_count; i++)
        if (policy->lines[i].word == word && is_server(policy->lines[i].text, name))
            return true;
    return false;
}

/* One of its providers or servers, where it names any. */
static bool has_target(const struct policy *policy, const struct profile_facts *facts)
{
    if (policy_first(policy, POLICY_PROVIDER) == NULL && policy_first(policy, POLICY_SERVER) == NULL)
        return true;
    if (facts->provider != NULL && policy_has(policy, POLICY_PROVIDER, facts->provider))
        return true;
    return has_server(policy, POLICY_SERVER, facts->server_name);
}

static bool has_service(const struct policy *policy, const char *service)
{
    if (policy_first(policy, POLICY_SERVICE) == NULL)
        return true;
    return service != NULL && policy_has(policy, POLICY_SERVICE, service);
}

/* ---- what it ends ---------------------------------------------------------------------------------- */

/* What may have been TLS 1.3 is not below it. */
static bool is_below(enum version version, enum version lowest)
{
    return version != VERSION_UNKNOWN && version < lowest &&
        !(version == VERSION_TLS_1_2_PLUS && lowest == VERSION_TLS_1_3);
}

static bool demand_is_broken(
    const struct policy *policy, const struct profile_facts *facts, const struct judgement *judged)
{
    if (policy->no_clear_text && judged->is_exposed)
        return true;
    if (facts->outcome == OUTCOME_REFUSED || facts->outcome == OUTCOME_REJECTED ||
        facts->negotiated == VERSION_UNKNOWN)
        return false;
    return is_below(facts->negotiated, policy->negotiated) || is_below(facts->offered_max, policy->offered);
}

enum breach policy_breach(
    const struct policy *policy, const struct profile_facts *facts, const struct judgement *judged)
{
    const bool is_about_server = has_target(policy, facts);

    if (!judged->is_counted || !has_service(policy, facts->service) ||
        has_server(policy, POLICY_EXCEPT_SERVER, facts->server_name))
        return BREACH_NONE;
    if (is_about_server && policy->ends)
        return BREACH_TARGET_ENDS;
    if (is_about_server && demand_is_broken(policy, facts, judged))
        return BREACH_DEMAND;
    return has_server(policy, POLICY_ENDS_SERVER, facts->server_name) ? BREACH_NAME_ENDS : BREACH_NONE;
}

/* A day is known on which it ends, or it ends, and nobody says when. */
bool breach_breaks(const struct policy *policy, enum breach breach)
{
    return breach == BREACH_NAME_ENDS || breach == BREACH_TARGET_ENDS ||
        (breach == BREACH_DEMAND && policy->has_until);
}

/* ---- the worst of all policies ---------------------------------------------------------------------- */

struct found {
    const struct policy *policy;
    enum breach breach;
};

static bool is_dated(const struct found *found)
{
    return found->breach != BREACH_NAME_ENDS && found->policy->has_until;
}

/* The one that breaks comes before the one that does not, the dated one before the undated, the earlier
 * before the later; of equal ones the first. */
static bool is_worse(const struct found *one, const struct found *other)
{
    const bool breaks = breach_breaks(one->policy, one->breach);

    if (other->policy == NULL)
        return true;
    if (breaks != breach_breaks(other->policy, other->breach))
        return breaks;
    if (is_dated(one) != is_dated(other))
        return is_dated(one);
    return is_dated(one) && one->policy->until < other->policy->until;
}

static struct found find_worst(
    const struct policies *policies, const struct profile_facts *facts, const struct judgement *judged)
{
    struct found worst = {0};

    for (size_t i = 0; i < policies->count; i++) {
        const struct found found = {
            policies->rows[i], policy_breach(policies->rows[i], facts, judged)};

        if (found.breach != BREACH_NONE && is_worse(&found, &worst))
            worst = found;
    }
    return worst;
}

static enum step step_of_breach(
    const struct found *found, const struct profile_facts *facts, enum step step)
{
    if (found->breach == BREACH_TARGET_ENDS)
        return STEP_MOVE_MAIL;
    if (found->breach == BREACH_NAME_ENDS && !version_is_legacy(facts->negotiated))
        return STEP_CHANGE_NAME;
    if (step != STEP_NONE)
        return step;
    return is_below(facts->offered_max, found->policy->negotiated) ||
            is_below(facts->offered_max, found->policy->offered)
        ? STEP_UPDATE_CLIENT
        : STEP_UPDATE_SERVER;
}

void verdict_by_policies(
    struct judgement *judged, const struct profile_facts *facts, const struct policies *policies)
{
    struct found worst;

    if (judged->verdict == VERDICT_FAILING || judged->verdict == VERDICT_TOO_NEW)
        return;
    worst = find_worst(policies, facts, judged);
    if (worst.policy == NULL)
        return;
    judged->policy = worst.policy;
    judged->breach = worst.breach;
    if (breach_breaks(worst.policy, worst.breach))
        judged->verdict = VERDICT_BREAKS;
    else if (judged->verdict == VERDICT_SAFE)
        judged->verdict = VERDICT_FRAGILE;
    judged->step = step_of_breach(&worst, facts, judged->step);
}

void policy_due(const struct policy *policy, int64_t today, char out[DUE_BYTES])
{
    char from[POLICY_DAY_BYTES], until[POLICY_DAY_BYTES];

    policy_day_text(policy->from, from);
    policy_day_text(policy->until + (today > policy->until), until);
    if (!policy->has_until)
        snprintf(out, DUE_BYTES, "no date published");
    else if (today > policy->until)
        snprintf(out, DUE_BYTES, "overdue since %s", until);
    else if (!policy->has_from)
        snprintf(out, DUE_BYTES, "by %s", until);
    else if (today < policy->from)
        snprintf(out, DUE_BYTES, "any day from %s to %s", from, until);
    else
        snprintf(out, DUE_BYTES, "any day until %s", until);
}

bool verdict_due(const struct judgement *judged, int64_t today, char out[DUE_BYTES])
{
    out[0] = '\0';
    if (judged->verdict != VERDICT_BREAKS)
        return false;
    if (judged->breach == BREACH_NAME_ENDS) {
        snprintf(out, DUE_BYTES, "no date published for the name");
        return false;
    }
    policy_due(judged->policy, today, out);
    return judged->policy->has_until;
}
