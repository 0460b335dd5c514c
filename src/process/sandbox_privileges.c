/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox_privileges.c: from root, or from an ambient capability, to nobody with none. The one file that
 * knows libcap-ng. */
#include "sandbox_steps.h"

#include <cap-ng.h>
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

static bool become(const char *user, struct error *error)
{
    const struct passwd *row = getpwnam(user);

    if (row == NULL)
        return error_set(error, "%s: no such user to become; name another with --user", user);
    capng_clear(CAPNG_SELECT_ALL);
    if (capng_change_id((int)row->pw_uid, (int)row->pw_gid, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING) != 0)
        return error_set(error, "cannot become %s: %s; --no-sandbox stays root", user, strerror(errno));
    return true;
}

bool sandbox_drop_privileges(const char *user, struct error *error)
{
    if (geteuid() == 0 && !become(user, error))
        return false;
    capng_clear(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT);
    if (capng_apply(CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT) != 0)
        return error_set(error, "cannot give up capabilities: %s; --no-sandbox keeps them", strerror(errno));
    return true;
}
