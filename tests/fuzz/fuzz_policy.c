/* SPDX-License-Identifier: BSD-2-Clause */
/* The policy reader: refused with file, line and reason, or all that a policy needs is there. */
#include "fuzz.h"

#include <lasthello/policy.h>

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct policies policies = {.count = 0};
    struct error error = {0};
    char path[32];
    int fd = memfd_create("policy", 0);
    bool is_read;

    promise(write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    is_read = policies_read_file(&policies, path, &error);
    promise(is_read == (policies.count == 1) && is_read == (error.text[0] == '\0'));
    promise(is_read || strncmp(error.text, path, strlen(path)) == 0);
    promise(!is_read || policy_first(policies.rows[0], POLICY_SEEN) != NULL);
    promise(!is_read || !policies_read_file(&policies, path, &error)); /* its id is there already */
    policies_close(&policies);
    close(fd);
    return 0;
}
