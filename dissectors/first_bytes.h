/* SPDX-License-Identifier: BSD-2-Clause */
/* first_bytes.h: what the bytes at the front of a window are, for those who do not know who reads them. */
#ifndef LASTHELLO_DISSECTORS_FIRST_BYTES_H
#define LASTHELLO_DISSECTORS_FIRST_BYTES_H

#include <lasthello/bytes.h>
#include <lasthello/wire.h>

/* first_bytes_are_text: is the first line, or what there is of it, text? */
bool first_bytes_are_text(struct bytes in);
/* first_bytes_of_others: do the bytes begin as another protocol does, for sure, or as the other
 * side would? */
bool first_bytes_of_others(enum side from, struct bytes in);
/* first_bytes_begin_tls: a TLS hello of `from`, or another record? Needs UPGRADE_BYTES to be sure. */
#define UPGRADE_BYTES 6
bool first_bytes_begin_tls(enum side from, struct bytes in);
/* first_bytes_begin_hello: a TLS hello of `from`, for sure? */
bool first_bytes_begin_hello(enum side from, struct bytes in);
/* first_bytes_seek_hello steps over bytes that nobody understands, to a TLS hello of `from`. False: there is
 * none; what may be the beginning of one, at the window's end, is kept. */
bool first_bytes_seek_hello(enum side from, struct bytes *in);

#endif
