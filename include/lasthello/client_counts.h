/* SPDX-License-Identifier: BSD-2-Clause */
/* client_counts.h: how many clients there are by verdict and provider, and what became of a client since it
 * was last looked at: for metrics, and for the log of a sensor. */
#ifndef LASTHELLO_CLIENT_COUNTS_H
#define LASTHELLO_CLIENT_COUNTS_H

#include <lasthello/questions.h>

#define COUNTED_PROVIDER_BYTES 64
#define COUNTED_PROVIDERS_MAX  512 /* clients of more count as those of none */

struct provider_clients {
    char provider[COUNTED_PROVIDER_BYTES]; /* "": servers of no known provider */
    uint64_t clients[VERDICT_COUNT];
};

struct client_counts {
    uint64_t clients[VERDICT_COUNT]; /* each by the worst of its sessions */
    /* ... and by the worst of those with each provider: a client counts with several */
    struct provider_clients *providers;
    size_t provider_count;
};

/* What became of a client. */
enum turn {
    TURN_FAILING, /* its verdict is failing, and was not */
    TURN_BREAKS,  /* the same */
    TURN_BACK,    /* old TLS again, after at least fixed_days with newer TLS alone */
    TURN_COUNT,
};

struct turned {
    enum turn turn;
    int64_t days;                 /* of TURN_BACK: without old TLS */
    const char *client, *to;      /* an address; a provider, a server's name, or its address */
    const char *service, *offers; /* offers: the best version; NULL: not known */
};

/* What is remembered of each client between two looks: eight bytes and their index. */
struct client_memory;
struct client_memory *client_memory_open(void); /* NULL: no memory */
void client_memory_close(struct client_memory *memory);

/* inventory_count_clients goes through all clients of the inventory and fills `counts`, which
 * client_counts_close gives back, also after a failure. With a memory (NULL: none), it calls `tell` for what
 * clients turned to since the look before: a client once a day, and at most TURNS_TOLD_MAX of them; `untold`
 * are those that were more. The first look with a memory tells of nobody. */
#define TURNS_TOLD_MAX 20
struct turn_teller {
    struct client_memory *memory;
    void (*tell)(void *context, const struct turned *turned);
    void *context;
    uint64_t untold;
};
bool inventory_count_clients(struct inventory *inventory, const struct filters *filters,
    struct turn_teller *teller, struct client_counts *counts, struct error *error);
void client_counts_close(struct client_counts *counts);

#endif
