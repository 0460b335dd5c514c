/* SPDX-License-Identifier: BSD-2-Clause */
/* error_text.c: what every reader of files says when a file goes wrong midway. */
#include "error_text.h"

#include <stdio.h>
#include <string.h>

#define WERE_READ_BYTES (COUNT_BYTES + 48)

void error_text_count(uint64_t count, char out[COUNT_BYTES])
{
    char digits[COUNT_BYTES];
    int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)count);
    char *end = out;

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            *end++ = ',';
        *end++ = digits[i];
    }
    *end = '\0';
}

static const char *were_read(uint64_t read, char out[WERE_READ_BYTES])
{
    char count[COUNT_BYTES];

    if (read == 0)
        return "no packet could be read";
    if (read == 1)
        return "the 1 before it was read";
    error_text_count(read, count);
    snprintf(out, WERE_READ_BYTES, "the %s before it were read", count);
    return out;
}

bool error_text_cut(struct error *error, const char *name, uint64_t read)
{
    char next[COUNT_BYTES];
    char before[WERE_READ_BYTES];

    error_text_count(read + 1, next);
    return error_set(error, "%s: ends inside packet %s; %s", name, next, were_read(read, before));
}

bool error_text_corrupt(struct error *error, const char *name, uint64_t read, const char *problem)
{
    char next[COUNT_BYTES];
    char before[WERE_READ_BYTES];

    error_text_count(read + 1, next);
    return error_set(error, "%s: corrupt at packet %s: %s; %s", name, next, problem, were_read(read, before));
}

bool error_text_after(struct error *error, uint64_t read)
{
    char count[COUNT_BYTES];
    size_t len = strlen(error->text);

    error_text_count(read, count);
    if (read == 1)
        snprintf(error->text + len, sizeof(error->text) - len, "; the packet before that was read");
    else if (read > 1)
        snprintf(
            error->text + len, sizeof(error->text) - len, "; the %s packets before that were read", count);
    return false;
}
