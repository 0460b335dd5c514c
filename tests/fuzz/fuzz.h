/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz.h: what every fuzz target has: the entry, and promises that must hold whatever the input. */
#ifndef LASTHELLO_FUZZ_H
#define LASTHELLO_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define promise(condition) \
    ((condition) ? (void)0 : (fprintf(stderr, "broken promise: %s\n", #condition), abort()))

#endif
