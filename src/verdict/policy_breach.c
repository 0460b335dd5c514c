/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_breach.c: a kind of session, judged by policies: what of it ends, when, and by which of them. */
#include "policy_demand.h"
#include "suite_set.h"

#include <lasthello/utc.h>

#include <stdio.h>
#include <string.h>

/* ---- what a policy is about ------------------------------------------------------------------------ */

/* A name, or with a dot before it the end of names: .example.net is that of example.net, too. */
static bool is_server(const char *line, const char *name, size_t len)
{
    const size_t line_len = strlen(line);

    if (line[0] != '.')
        return line_len == len && strncasecmp(line, name, len) == 0;
    if (len + 1 == line_len)
        return strncasecmp(line + 1, name, len) == 0;
    return len >= line_len && strncasecmp(name + len - line_len, line, line_len) == 0;
}

static bool has_name(const struct policy *policy, enum policy_word word, const char *name, size_t len)
{
    for (size_t i = 0; i < policy->line_count; i++)
        if (policy->lines[i].word == word && is_server(policy->lines[i].text, name, len))
            return true;
    return false;
}

/* Without SNI a client may have asked DNS for several names of one address: each may be meant. */
static bool has_server(const struct policy *policy, enum policy_word word, const char *names)
{
    while (names != NULL && names[0] != '\0') {
        const size_t len = strcspn(names, ",");

        if (has_name(policy, word, names, len))
            return true;
        names += len + (names[len] == ',');
    }
    return false;
}

static bool has_network(const struct policy *policy, const struct address *server)
{
    struct network network;

    for (size_t i = 0; server != NULL && i < policy->line_count; i++)
        if (policy->lines[i].word == POLICY_NETWORK && network_read(policy->lines[i].text, &network) &&
            network_holds(&network, server))
            return true;
    return false;
}

/* One of its providers, servers or networks, where it names any. */
static bool has_target(const struct policy *policy, const struct profile_facts *facts)
{
    if (policy_first(policy, POLICY_PROVIDER) == NULL && policy_first(policy, POLICY_SERVER) == NULL &&
        policy_first(policy, POLICY_NETWORK) == NULL)
        return true;
    if (facts->provider != NULL && policy_has(policy, POLICY_PROVIDER, facts->provider))
        return true;
    return has_server(policy, POLICY_SERVER, facts->server_name) || has_network(policy, facts->server);
}

static bool has_service(const struct policy *policy, const struct profile_facts *facts)
{
    if (has_server(policy, POLICY_EXCEPT_SERVER, facts->server_name))
        return false;
    if (policy_first(policy, POLICY_SERVICE) == NULL)
        return true;
    return facts->service != NULL && policy_has(policy, POLICY_SERVICE, facts->service);
}

bool policy_is_about(const struct policy *policy, const struct profile_facts *facts)
{
    return has_service(policy, facts) && has_target(policy, facts);
}

enum breach_kind policy_refusal(const struct policy *policy, const struct profile_facts *facts)
{
    const struct policy_demand *must = &policy->demands[POLICY_MUST];

    if (!policy->has_until || facts->outcome != OUTCOME_REFUSED || facts->unconfirmed ||
        !policy_is_about(policy, facts) || !demand_excludes(must, facts))
        return BREACH_NONE;
    return has_server(policy, POLICY_OFF_SERVER, facts->server_name) ? BREACH_REFUSED_BEFORE : BREACH_REFUSED;
}

bool policy_needs_server(const struct policy *policy)
{
    return policy_first(policy, POLICY_NETWORK) != NULL;
}

bool policy_needs_certificate(const struct policy *policy)
{
    return policy_first(policy, POLICY_RSA_BITS) != NULL || policy_first(policy, POLICY_EC_BITS) != NULL;
}

/* ---- what it ends ---------------------------------------------------------------------------------- */

static struct breach broken_demand(const struct policy *policy, enum policy_level level,
    const struct profile_facts *facts, const struct judgement *judged)
{
    return (struct breach){demand_breach(&policy->demands[level], facts, judged->is_exposed), level};
}

struct breach policy_breach(
    const struct policy *policy, const struct profile_facts *facts, const struct judgement *judged)
{
    static const struct breach none;
    struct breach breach = none;
    const bool is_about = policy_is_about(policy, facts);

    if (!judged->is_counted || !has_service(policy, facts))
        return none;
    if (is_about && policy->ends)
        return (struct breach){.kind = BREACH_TARGET_ENDS};
    if (is_about)
        breach = broken_demand(policy, POLICY_MUST, facts, judged);
    if (breach.kind != BREACH_NONE)
        return breach;
    if (has_server(policy, POLICY_ENDS_SERVER, facts->server_name))
        return (struct breach){.kind = BREACH_NAME_ENDS};
    return is_about ? broken_demand(policy, POLICY_SHOULD, facts, judged) : none;
}

/* A day is known on which it ends, or it ends, and nobody says when. */
bool breach_breaks(const struct policy *policy, struct breach breach)
{
    if (breach.kind == BREACH_NAME_ENDS || breach.kind == BREACH_TARGET_ENDS)
        return true;
    if (breach.kind == BREACH_REFUSED || breach.kind == BREACH_REFUSED_BEFORE)
        return false; /* it works no more */
    return breach.kind != BREACH_NONE && breach.level == POLICY_MUST && policy->has_until;
}

/* ---- the worst of all policies ---------------------------------------------------------------------- */

struct found {
    const struct policy *policy;
    struct breach breach;
};

static bool is_dated(const struct found *found)
{
    return found->breach.kind != BREACH_NAME_ENDS && found->policy->has_until;
}

/* The one that breaks comes before the one that does not, what must not be before what should not, the dated
 * one before the undated, the earlier before the later; of equal ones the first. */
static bool is_worse(const struct found *one, const struct found *other)
{
    const bool breaks = breach_breaks(one->policy, one->breach);

    if (other->policy == NULL)
        return true;
    if (breaks != breach_breaks(other->policy, other->breach))
        return breaks;
    if (one->breach.level != other->breach.level)
        return one->breach.level < other->breach.level;
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

        if (found.breach.kind != BREACH_NONE && is_worse(&found, &worst))
            worst = found;
    }
    return worst;
}

/* Is it the client that cannot do what is demanded? */
static bool is_by_client(const struct found *found, const struct profile_facts *facts)
{
    const struct policy_demand *demand = &found->policy->demands[found->breach.level];

    return found->breach.kind == BREACH_OFFERED_SUITES ||
        version_is_below(facts->offered_max, demand->negotiated) ||
        version_is_below(facts->offered_max, demand->offered);
}

static enum step step_of_breach(
    const struct found *found, const struct profile_facts *facts, enum step step)
{
    const struct policy_demand *demand = &found->policy->demands[found->breach.level];

    if (found->breach.kind == BREACH_TARGET_ENDS)
        return STEP_MOVE_MAIL;
    if (found->breach.kind == BREACH_NAME_ENDS && !version_is_legacy(facts->negotiated))
        return STEP_CHANGE_NAME;
    if (step != STEP_NONE)
        return step;
    if (found->breach.kind == BREACH_SUITE && facts->offered_suites != NULL && !facts->suites_cut)
        /* it offered what is allowed: the server could have chosen that */
        return demand_allows_some(demand, facts->offered_suites) ? STEP_UPDATE_SERVER : STEP_UPDATE_CLIENT;
    return is_by_client(found, facts) ? STEP_UPDATE_CLIENT : STEP_UPDATE_SERVER;
}

void verdict_by_policies(
    struct judgement *judged, const struct profile_facts *facts, const struct policies *policies)
{
    struct found worst;

    if (judged->verdict == VERDICT_FAILING)
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
    char from[UTC_DAY_BYTES], until[UTC_DAY_BYTES];

    utc_day_text(policy->from, from);
    utc_day_text(policy->until + (today > policy->until), until);
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
    if (judged->breach.kind == BREACH_NAME_ENDS) {
        snprintf(out, DUE_BYTES, "no date published for the name");
        return false;
    }
    policy_due(judged->policy, today, out);
    return judged->policy->has_until;
}
