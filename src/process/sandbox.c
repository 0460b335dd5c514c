/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox.c: the steps of the sandbox, in order. */
#include "sandbox_steps.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

bool sandbox_enter(const struct sandbox_plan *plan, const char **missing, struct error *error)
{
    const unsigned floor = sandbox_fill_descriptors(plan->listener > 0 ? SANDBOX_CONNECTIONS : 0);

    *missing = NULL;
    if (floor == 0)
        return error_set(error, "too many open files for the sandbox (%s); raise ulimit -n", strerror(errno));
    if (plan->user != NULL && !sandbox_drop_privileges(plan->user, error))
        return false;
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* becoming another user has cleared it (prctl(2)) */
    if (SANDBOX_SANITIZED)
        prctl(PR_SET_DUMPABLE, 1);
    /* Landlock and seccomp ask for it of those who are not root */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return error_set(
            error, "the sandbox cannot be entered: %s; --no-sandbox does without", strerror(errno));
    return sandbox_limit_files(missing, error) && sandbox_limit_calls(plan, floor, error);
}
