/* SPDX-License-Identifier: BSD-2-Clause */
/* extract_verdict.h: what comments of `extract` say of a session beside what stands in its packets. */
#ifndef LASTHELLO_EXTRACT_VERDICT_H
#define LASTHELLO_EXTRACT_VERDICT_H

#include "policy_choice.h"

#include <lasthello/dissector.h>
#include <lasthello/extract.h>
#include <lasthello/judge.h>
#include <lasthello/policy.h>

struct extract_verdict {
    struct providers *providers;
    struct policy_choice choice; /* --policy */
    struct policies policies;
    struct services services;
    int64_t today; /* days since 1970 */
};

/* extract_verdict_open reads rules and the policies of `choice`: before the rights are given up. Zeroed
 * before; extract_verdict_close also after a failure. */
bool extract_verdict_open(struct extract_verdict *verdict, struct error *error);
void extract_verdict_close(struct extract_verdict *verdict);

/* An extract_judge: "verdict: breaks by policy exchange-online, any day until 2026-12-31; Community ID
 * 1:...". By what this one session shows. */
void extract_verdict_say(void *verdict, struct session *session, char out[EXTRACT_JUDGED_BYTES]);

#endif
