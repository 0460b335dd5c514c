/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_choice.h: --policy: where policies are read from, and which of them count. */
#ifndef LASTHELLO_POLICY_CHOICE_H
#define LASTHELLO_POLICY_CHOICE_H

#include <lasthello/policy.h>

#define POLICY_CHOICES_MAX 32

/* What the user gave, in this order. A path (with a '/', or that ends with .policy) says where policies
 * are read from, instead of where they are installed; anything else is the id of one that counts. */
struct policy_choice {
    const char *given[POLICY_CHOICES_MAX];
    size_t count;
};

struct argp_state;

/* policy_choice_add takes what --policy says; one more than there is room for is a usage error. */
void policy_choice_add(struct policy_choice *choice, const char *given, struct argp_state *state);

/* policy_choice_load_all fills `policies`. One of a folder that is broken is complained about and counted in
 * `refused`, and the others count; False: a path that was given cannot be read, or an id is missing. */
bool policy_choice_load_all(const struct policy_choice *choice, struct policies *policies, unsigned *refused,
    struct error *error);
/* policy_choice_load does the same with those that are in force: named by path or id, or, where no id is, by
 * default. */
bool policy_choice_load(const struct policy_choice *choice, struct policies *policies, unsigned *refused,
    struct error *error);

#endif
