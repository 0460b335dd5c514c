/* SPDX-License-Identifier: BSD-2-Clause */
/* names_stacks.h: the table of TLS stacks, sorted by hash. */
#ifndef LASTHELLO_NAMES_STACKS_H
#define LASTHELLO_NAMES_STACKS_H

#include <lasthello/names.h>

struct stack_row {
    const char *hash;
    struct stack stack;
};

extern const struct stack_row stack_rows[];
extern const size_t stack_count;

#endif
