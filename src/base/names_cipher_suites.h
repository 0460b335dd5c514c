/* SPDX-License-Identifier: BSD-2-Clause */
/* names_cipher_suites.h: the table of cipher suites, sorted by number. */
#ifndef LASTHELLO_NAMES_CIPHER_SUITES_H
#define LASTHELLO_NAMES_CIPHER_SUITES_H

#include <stddef.h>
#include <stdint.h>

struct number_name {
    uint16_t number;
    const char *name;
};

extern const struct number_name cipher_suites[];
extern const size_t cipher_suite_count;

#endif
