/* SPDX-License-Identifier: BSD-2-Clause */
/* stacks.c: which TLS stack a fingerprint is like. */
#include "names_stacks.h"

#include <stdlib.h>
#include <string.h>

#define HASH_LEN 12

static int compare(const void *hash, const void *row)
{
    return strncmp(hash, ((const struct stack_row *)row)->hash, HASH_LEN);
}

const struct stack *stack_of_ja4(const char *ja4)
{
    const char *hash = strchr(ja4, '_');
    const struct stack_row *row;

    if (hash == NULL || strcspn(hash + 1, "_") != HASH_LEN)
        return NULL;
    row = bsearch(hash + 1, stack_rows, stack_count, sizeof(stack_rows[0]), compare);
    return row == NULL ? NULL : &row->stack;
}
