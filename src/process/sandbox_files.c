/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox_files.c: Landlock: the files that may still be opened. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of Debian 12; a kernel that does not know a right does not know its name either. */
#define ACCESS_FS_TRUNCATE (1ULL << 14) /* ABI 3 */
#define ACCESS_FS_IOCTL    (1ULL << 15) /* ABI 5 */
#define ACCESS_NET_TCP     3ULL         /* bind and connect, ABI 4 */
#define SCOPE_ALL          3ULL         /* abstract sockets and signals of others, ABI 6 */

/* struct landlock_ruleset_attr as of ABI 6; older kernels take a shorter one. */
struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

static const uint64_t fs_rights_by_abi[] = {
    0,
    (1ULL << 13) - 1,
    (1ULL << 14) - 1, /* refer */
    (1ULL << 15) - 1, /* truncate */
    (1ULL << 15) - 1,
    (1ULL << 16) - 1, /* ioctl on devices */
};
#define ABI_NEWEST (sizeof(fs_rights_by_abi) / sizeof(fs_rights_by_abi[0]) - 1)

static int create_ruleset(int abi, uint64_t rights)
{
    const struct ruleset ruleset = {
        .files = rights,
        .network = abi >= 4 ? ACCESS_NET_TCP : 0,
        .scopes = abi >= 6 ? SCOPE_ALL : 0,
    };
    size_t size = abi >= 6 ? sizeof(ruleset) : abi >= 4 ? 2 * sizeof(uint64_t)
                                                        : sizeof(uint64_t);

    return (int)syscall(SYS_landlock_create_ruleset, &ruleset, size, 0);
}

/* A path that does not exist needs no rule: nothing can be opened there. */
static bool allow(int ruleset, const char *path, uint64_t rights, struct error *error)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = rights};
    long added;

    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return true;
    added = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    if (added != 0 && errno == EINVAL) { /* a file, that takes no right to list folders */
        rule.allowed_access &= ~(uint64_t)LANDLOCK_ACCESS_FS_READ_DIR;
        added = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }
    close(rule.parent_fd);
    return added == 0 ||
        error_set(error, "%s: the sandbox cannot allow it: %s; --no-sandbox does without", path, strerror(errno));
}

static bool allow_all(int ruleset, uint64_t known, const struct sandbox_plan *plan, struct error *error)
{
    const uint64_t reading = known & (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR);
    const uint64_t writing = known &
        (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_FS_TRUNCATE);

    for (size_t i = 0; i < SANDBOX_PATHS_MAX && plan->readable[i] != NULL; i++)
        if (!allow(ruleset, plan->readable[i], reading, error))
            return false;
    if (SANDBOX_SANITIZED && !allow(ruleset, "/proc", reading, error))
        return false;
    for (size_t i = 0; i < SANDBOX_PATHS_MAX && plan->writable[i] != NULL; i++)
        if (!allow(ruleset, plan->writable[i], writing, error))
            return false;
    return true;
}

bool sandbox_limit_files(const struct sandbox_plan *plan, const char **missing, struct error *error)
{
    int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    uint64_t known;
    int ruleset;
    bool limited;

    if (abi < 1) { /* built without it, or not among the kernel's lsm= */
        *missing = "Landlock";
        return true;
    }
    known = fs_rights_by_abi[(size_t)abi < ABI_NEWEST ? (size_t)abi : ABI_NEWEST];
    ruleset = create_ruleset(abi, known);
    if (ruleset < 0)
        return error_set(error, "the sandbox has no Landlock rules: %s; --no-sandbox does without", strerror(errno));
    limited = allow_all(ruleset, known, plan, error);
    if (limited && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        limited = error_set(error, "Landlock: %s; --no-sandbox does without", strerror(errno));
    close(ruleset);
    return limited;
}
