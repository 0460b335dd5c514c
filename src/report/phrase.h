/* SPDX-License-Identifier: BSD-2-Clause */
/* phrase.h: numbers in sentences. */
#ifndef LASTHELLO_REPORT_PHRASE_H
#define LASTHELLO_REPORT_PHRASE_H

#include <stdint.h>

#define PHRASE_BYTES 128

/* phrase_number writes 18,204. */
const char *phrase_number(uint64_t number, char out[PHRASE_BYTES]);
/* phrase_share writes 96%, "under 1%" of what is not nothing, "over 99%" of what is not all. */
const char *phrase_share(uint64_t part, uint64_t whole, char out[PHRASE_BYTES]);
/* phrase_count writes "1 client", "212 clients". */
const char *phrase_count(uint64_t number, const char *one, const char *many, char out[PHRASE_BYTES]);
/* phrase_duration writes "75 s", "119 min", "47 h", "7 days": whole ones that have passed. */
const char *phrase_duration(uint64_t seconds, char out[PHRASE_BYTES]);

#endif
