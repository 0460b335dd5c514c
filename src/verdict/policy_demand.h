/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_demand.h: one level of what a policy demands, and whether a kind of session keeps it. */
#ifndef LASTHELLO_VERDICT_POLICY_DEMAND_H
#define LASTHELLO_VERDICT_POLICY_DEMAND_H

#include <lasthello/verdict.h>

/* demand_breach returns what is broken first: clear text, versions, suites, keys, in this order. What was
 * refused, and what has no version, breaks nothing but the demand of no clear text. */
enum breach_kind demand_breach(
    const struct policy_demand *demand, const struct profile_facts *facts, bool is_exposed);

/* demand_excludes: can what is offered not meet the demand, whatever the server chooses: no version, or none
 * of its suites? demand_allows_some: is one of these suites allowed? */
bool demand_excludes(const struct policy_demand *demand, const struct profile_facts *facts);
bool demand_allows_some(const struct policy_demand *demand, const char *offered);

/* Is a version known, and below the lowest that is allowed? VERSION_UNKNOWN as the lowest allows all. */
bool version_is_below(enum version version, enum version lowest);

#endif
