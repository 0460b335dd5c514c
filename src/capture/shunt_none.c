/* SPDX-License-Identifier: BSD-2-Clause */
/* shunt_none.c: in the place of shunt.c where lasthello is built without libbpf. */
#include "shunt.h"

struct shunt *shunt_open(int fd, const struct live_options *options, struct error *why)
{
    (void)fd;
    (void)options;
    error_set(why, "this lasthello was built without libbpf");
    return NULL;
}

void shunt_close(struct shunt *shunt)
{
    (void)shunt;
}

bool shunt_add(
    struct shunt *shunt, const struct endpoint *one, const struct endpoint *other, uint64_t observation)
{
    (void)shunt;
    (void)one;
    (void)other;
    (void)observation;
    return false;
}

void shunt_remove(struct shunt *shunt, const struct endpoint *one, const struct endpoint *other)
{
    (void)shunt;
    (void)one;
    (void)other;
}

bool shunt_next(struct shunt *shunt, struct shunted *next)
{
    (void)shunt;
    (void)next;
    return false;
}

void shunt_statistics(const struct shunt *shunt, struct source_statistics *statistics)
{
    (void)shunt;
    (void)statistics;
}
