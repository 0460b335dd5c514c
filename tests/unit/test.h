/* SPDX-License-Identifier: BSD-2-Clause */
/* test.h: what cmocka wants to be included before itself. */
#ifndef LASTHELLO_TEST_H
#define LASTHELLO_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off: it would be sorted in among those that it needs */
#include <cmocka.h>
/* clang-format on */

#define SCRATCH_BYTES 256

/* A folder for a test's files, in TMPDIR or else in /tmp. Tests that root runs become somebody else for a while: others
 * must be able to reach it. */
__attribute__((unused)) static bool make_scratch(const char *name, char out[SCRATCH_BYTES])
{
    const char *named = getenv("TMPDIR");

    snprintf(out, SCRATCH_BYTES, "%s/lasthello-%s-XXXXXX", named == NULL || named[0] == '\0' ? "/tmp" : named, name);
    return mkdtemp(out) != NULL;
}

/* cmocka's own is called otherwise in its newer versions. */
__attribute__((unused)) static void assert_between(int64_t value, int64_t least, int64_t most)
{
    if (value < least || value > most)
        fail_msg("%lld is not between %lld and %lld", (long long)value, (long long)least, (long long)most);
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
