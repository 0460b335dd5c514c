/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox_files.c: Landlock: no file may be opened any more, whatever call would do it; nor may another
 * process be signalled, or an abstract socket be spoken to. A second wall behind seccomp
 * (sandbox_calls.c). */
#include "sandbox_steps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of Debian 12. */
#define ACCESS_NET_TCP 3ULL /* bind and connect, ABI 4 */
#define SCOPE_ALL      3ULL /* abstract sockets and signals of others, ABI 6 */

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

#if SANDBOX_SANITIZED
/* Where sanitizers look for what they need. */
static void allow_proc(int ruleset)
{
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
        .parent_fd = open("/proc", O_PATH | O_CLOEXEC),
    };

    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
}
#endif

bool sandbox_limit_files(const char **missing, struct error *error)
{
    int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    int ruleset;
    bool limited;

    if (abi < 1) { /* built without it, or not among the kernel's lsm= */
        *missing = "Landlock";
        return true;
    }
    ruleset = create_ruleset(abi, fs_rights_by_abi[(size_t)abi < ABI_NEWEST ? (size_t)abi : ABI_NEWEST]);
    if (ruleset < 0)
        return error_set(
            error, "the sandbox has no Landlock rules: %s; --no-sandbox does without", strerror(errno));
#if SANDBOX_SANITIZED
    allow_proc(ruleset);
#endif
    limited = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0 ||
        error_set(error, "Landlock: %s; --no-sandbox does without", strerror(errno));
    close(ruleset);
    return limited;
}
