/* SPDX-License-Identifier: BSD-2-Clause */
/* shunt_none.c: in the place of shunt.c where lasthello is built without libbpf. */
#include "shunt.h"

struct shunt *shunt_open(int fd, const uint64_t ports[PORT_WORDS], struct error *why)
{
    (void)fd;
    (void)ports;
    error_set(why, "this lasthello was built without libbpf");
    return NULL;
}

void shunt_close(struct shunt *shunt)
{
    (void)shunt;
}

bool shunt_add(struct shunt *shunt, const struct endpoint *client, const struct endpoint *server, uint64_t observation)
{
    (void)shunt;
    (void)client;
    (void)server;
    (void)observation;
    return false;
}

void shunt_remove(struct shunt *shunt, const struct endpoint *client, const struct endpoint *server)
{
    (void)shunt;
    (void)client;
    (void)server;
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
