/* SPDX-License-Identifier: BSD-2-Clause */
/* card_drops.h: packets that the network card or its driver dropped, as the kernel counts them (sysfs). */
#ifndef LASTHELLO_CAPTURE_CARD_DROPS_H
#define LASTHELLO_CAPTURE_CARD_DROPS_H

#include <stdint.h>

#define CARD_DROPS_FILES 2

struct card_drops {
    int files[CARD_DROPS_FILES]; /* negative: the interface has no such counter */
    uint64_t before;             /* as they stood when they were last asked */
};

/* card_drops_open opens the counters of `interface`: who asks later may open nothing any more.
 * Counting begins here. */
void card_drops_open(struct card_drops *drops, const char *interface);
void card_drops_close(struct card_drops *drops);
/* card_drops_new: how many since the last time. */
uint64_t card_drops_new(struct card_drops *drops);

#endif
