/* SPDX-License-Identifier: BSD-2-Clause */
/* suite_set.h: a set of cipher suites, as policies list them: numbers, ranges of them, and classes. */
#ifndef LASTHELLO_VERDICT_SUITE_SET_H
#define LASTHELLO_VERDICT_SUITE_SET_H

#include <stdbool.h>
#include <stdint.h>

#define SUITES_END (UINT16_MAX + 1)

struct suite_set {
    uint64_t bits[SUITES_END / 64];
};

/* suite_set_add adds those of a line: `C02B C02F, 0001-000A static-rsa`. NULL: done; else what is wrong, in
 * static storage. */
const char *suite_set_add(struct suite_set *set, const char *line);
bool suite_set_has(const struct suite_set *set, uint32_t suite);

/* Does a suite of this name have a class, as "ecdhe"? */
bool suite_name_has_class(const char *name, const char *class_name);

/* A list of offered suites as it is stored: 1301,c02b, of SSL 2.0 with six digits. suites_next yields the
 * next one that is a suite: signals (RFC 5746, RFC 7507) are left out. False: there is none. */
bool suites_next(const char **list, uint32_t *suite);

#endif
