/* SPDX-License-Identifier: BSD-2-Clause */
/* display_filter.h: what to paste into Wireshark to see a row's evidence. */
#ifndef LASTHELLO_REPORT_DISPLAY_FILTER_H
#define LASTHELLO_REPORT_DISPLAY_FILTER_H

#include "kept_rows.h"

#define DISPLAY_FILTER_BYTES 512

/* display_filter writes, as an example,
 *     ip.addr==10.1.4.17 && ip.addr==192.0.2.1 && tcp.port==993 && frame.number==18232
 * and of an interface, which numbers no frames, all but the last. Returns `out`, whose text is to be made
 * visible as any other of an inventory; NULL: the row names no client or no server, or they are too long. */
const char *display_filter(const struct kept_rows *rows, size_t row, char out[DISPLAY_FILTER_BYTES]);

#endif
