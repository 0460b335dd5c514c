/* SPDX-License-Identifier: BSD-2-Clause */
/* test.h: what cmocka wants to be included before itself. */
#ifndef LASTHELLO_TEST_H
#define LASTHELLO_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off: it would be sorted in among those that it needs */
#include <cmocka.h>
/* clang-format on */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
