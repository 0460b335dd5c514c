/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_demand.c: does a kind of session keep what a policy demands of versions, suites, keys and logins? */
#include "policy_demand.h"

#include "suite_set.h"

#include <stdlib.h>
#include <string.h>

/* What may have been TLS 1.3 is not below it. */
bool version_is_below(enum version version, enum version lowest)
{
    return version != VERSION_UNKNOWN && version < lowest &&
        !(version == VERSION_TLS_1_2_PLUS && lowest == VERSION_TLS_1_3);
}

/* ---- suites ---------------------------------------------------------------------------------------- */

static bool suite_is_broken(const struct policy_demand *demand, const struct profile_facts *facts)
{
    const struct suite_set *allowed = demand->suites[SUITES_ALLOWED];
    const struct suite_set *forbidden = demand->suites[SUITES_FORBIDDEN];

    if (!facts->has_suite)
        return false;
    return (allowed != NULL && !suite_set_has(allowed, facts->suite)) ||
        (forbidden != NULL && suite_set_has(forbidden, facts->suite));
}

struct offered {
    bool any, in_set, beyond_set; /* is there a suite; one of the set; one that is not in it? */
};

static struct offered look_at_offer(const struct suite_set *set, const char *list)
{
    struct offered offered = {0};
    uint32_t suite;

    while (suites_next(&list, &suite)) {
        offered.any = true;
        if (suite_set_has(set, suite))
            offered.in_set = true;
        else
            offered.beyond_set = true;
    }
    return offered;
}

/* Of a list that was cut, what is missing is not known. */
static bool offer_is_broken(
    const struct policy_demand *demand, enum policy_suites which, const struct profile_facts *facts)
{
    struct offered offered;

    if (demand->suites[which] == NULL || facts->offered_suites == NULL)
        return false;
    offered = look_at_offer(demand->suites[which], facts->offered_suites);
    if (which == SUITES_OFFERED_NONE)
        return offered.in_set;
    if (!offered.any || facts->suites_cut)
        return false;
    return which == SUITES_OFFERED_SOME ? !offered.in_set : !offered.beyond_set;
}

static bool offered_suites_are_broken(const struct policy_demand *demand, const struct profile_facts *facts)
{
    return offer_is_broken(demand, SUITES_OFFERED_SOME, facts) ||
        offer_is_broken(demand, SUITES_OFFERED_NONE, facts) ||
        offer_is_broken(demand, SUITES_OFFERED_MORE, facts);
}

/* ---- keys ------------------------------------------------------------------------------------------ */

static bool is_short(uint32_t bits, uint32_t lowest)
{
    return bits > 0 && bits < lowest;
}

/* The number in a group's name is its size in bits, or, of x25519, more than any demand. */
static uint32_t bits_in_name(const char *group)
{
    const char *digits = group + strcspn(group, "0123456789");

    return (uint32_t)strtoul(digits, NULL, 10);
}

static bool group_is_finite_field(const char *group)
{
    return strncmp(group, "ffdhe", 5) == 0; /* RFC 7919 */
}

static bool group_is_short(const struct policy_demand *demand, const struct profile_facts *facts)
{
    if (is_short(facts->group_bits, demand->dh_bits))
        return true;
    if (facts->group == NULL || strncmp(facts->group, "0x", 2) == 0)
        return false;
    return is_short(
        bits_in_name(facts->group), group_is_finite_field(facts->group) ? demand->dh_bits : demand->ec_bits);
}

static bool certificate_is_short(const struct policy_demand *demand, const struct profile_facts *facts)
{
    if (facts->key_type == NULL)
        return false;
    if (strncmp(facts->key_type, "RSA", 3) == 0)
        return is_short(facts->key_bits, demand->rsa_bits);
    return strcmp(facts->key_type, "EC") == 0 && is_short(facts->key_bits, demand->ec_bits);
}

/* ---- what is offered ------------------------------------------------------------------------------- */

static bool is_allowed(const struct policy_demand *demand, uint32_t suite)
{
    const struct suite_set *allowed = demand->suites[SUITES_ALLOWED];
    const struct suite_set *forbidden = demand->suites[SUITES_FORBIDDEN];

    return (allowed == NULL || suite_set_has(allowed, suite)) &&
        (forbidden == NULL || !suite_set_has(forbidden, suite));
}

bool demand_allows_some(const struct policy_demand *demand, const char *offered)
{
    uint32_t suite;

    while (suites_next(&offered, &suite))
        if (is_allowed(demand, suite))
            return true;
    return false;
}

/* Of a list that was cut, what is missing is not known. */
static bool suites_cannot_do(const struct policy_demand *demand, const struct profile_facts *facts)
{
    if (facts->offered_suites == NULL || facts->offered_suites[0] == '\0' || facts->suites_cut)
        return false;
    return !demand_allows_some(demand, facts->offered_suites) || offered_suites_are_broken(demand, facts);
}

bool demand_excludes(const struct policy_demand *demand, const struct profile_facts *facts)
{
    return version_is_below(facts->offered_max, demand->negotiated) ||
        version_is_below(facts->offered_max, demand->offered) || suites_cannot_do(demand, facts);
}

/* ---- all of it ------------------------------------------------------------------------------------- */

static bool is_refused(const struct profile_facts *facts)
{
    return facts->outcome == OUTCOME_REFUSED || facts->outcome == OUTCOME_REJECTED;
}

enum breach_kind demand_breach(
    const struct policy_demand *demand, const struct profile_facts *facts, bool is_exposed)
{
    if (demand->no_clear_text && is_exposed)
        return BREACH_CLEAR_TEXT;
    if (is_refused(facts) || facts->negotiated == VERSION_UNKNOWN)
        return BREACH_NONE;
    if (version_is_below(facts->negotiated, demand->negotiated))
        return BREACH_VERSION;
    if (version_is_below(facts->offered_max, demand->offered))
        return BREACH_OFFER;
    if (suite_is_broken(demand, facts))
        return BREACH_SUITE;
    if (offered_suites_are_broken(demand, facts))
        return BREACH_OFFERED_SUITES;
    return group_is_short(demand, facts) || certificate_is_short(demand, facts) ? BREACH_KEY : BREACH_NONE;
}
