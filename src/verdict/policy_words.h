/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_words.h: the words of a policy file: where each belongs, how often, and what its text must be. */
#ifndef LASTHELLO_VERDICT_POLICY_WORDS_H
#define LASTHELLO_VERDICT_POLICY_WORDS_H

#include <lasthello/policy.h>

/* policy_word_take takes `name = text` of a section into the policy. NULL: it is taken; else what is wrong,
 * in static storage. */
const char *policy_word_take(
    struct policy *policy, const char *section, const char *name, const char *text, unsigned line);
/* policy_word_check looks at a policy that is whole. NULL: it is sound; else what is missing or
 * contradicts itself. */
const char *policy_word_check(const struct policy *policy);

/* policy_free frees what is in no list. */
void policy_free(struct policy *policy);

#endif
