/* SPDX-License-Identifier: BSD-2-Clause */
/* utc.h: times as a report writes them, a million a second. */
#ifndef LASTHELLO_UTC_H
#define LASTHELLO_UTC_H

#include <stdint.h>

#define UTC_BYTES 40 /* 2026-11-24T16:24:50.123456Z, and any year that 64 bits of microseconds reach */

/* utc_text writes microseconds since 1970 as ISO 8601. */
void utc_text(int64_t microseconds, char out[UTC_BYTES]);

#endif
