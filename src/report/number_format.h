/* SPDX-License-Identifier: BSD-2-Clause */
/* number_format.h: numbers in sentences. */
#ifndef LASTHELLO_REPORT_NUMBER_FORMAT_H
#define LASTHELLO_REPORT_NUMBER_FORMAT_H

#include <stdint.h>

#define NUMBER_BYTES 128

/* share_text writes 96%, "under 1%" of what is not nothing, "over 99%" of what is not all. */
const char *share_text(uint64_t part, uint64_t whole, char out[NUMBER_BYTES]);
/* number_of writes "1 client", "212 clients". */
const char *number_of(uint64_t number, const char *one, const char *many, char out[NUMBER_BYTES]);
/* duration_text writes "75 s", "119 min", "47 h", "7 days": whole ones that have passed. */
const char *duration_text(uint64_t seconds, char out[NUMBER_BYTES]);

#endif
