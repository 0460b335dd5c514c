/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_test.h: what a policy would change. */
#ifndef LASTHELLO_CLI_POLICY_TEST_H
#define LASTHELLO_CLI_POLICY_TEST_H

#include <lasthello/policy.h>

/* policy_test judges an inventory by `policies`, and by them with the policy of a file beside them, or in
 * place of the one with its id, and writes what comes out otherwise to standard output. `as_of`: a day as
 * text; NULL: today. */
bool policy_test(struct policies *policies, const char *path, const char *inventory, const char *as_of,
    struct error *error);

#endif
