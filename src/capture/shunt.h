/* SPDX-License-Identifier: BSD-2-Clause */
/* shunt.h: a capture socket's filter that also holds back the packets of settled sessions. */
#ifndef LASTHELLO_CAPTURE_SHUNT_H
#define LASTHELLO_CAPTURE_SHUNT_H

#include <lasthello/source.h>

struct shunt;

/* shunt_open loads the program for the ports of `options` and puts it in the place of the Ethernet
 * socket's filter. On failure NULL, the filter is as it was, and `why` has a clause without the
 * interface's name. */
struct shunt *shunt_open(int fd, const struct live_options *options, struct error *why);
void shunt_close(struct shunt *shunt);

/* As source_shunt, source_unshunt and source_shunted. */
bool shunt_add(
    struct shunt *shunt, const struct endpoint *one, const struct endpoint *other, uint64_t observation);
void shunt_remove(struct shunt *shunt, const struct endpoint *one, const struct endpoint *other);
bool shunt_next(struct shunt *shunt, struct shunted *next);

/* shunt_statistics fills `shunted` and `shunted_bytes`. */
void shunt_statistics(const struct shunt *shunt, struct source_statistics *statistics);

#endif
