/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_clients.h: what becomes of the clients of the inventory while it is filled: in a thread of its own,
 * again and again, with at most a hundredth of its time. */
#ifndef LASTHELLO_WATCH_CLIENTS_H
#define LASTHELLO_WATCH_CLIENTS_H

#include <lasthello/sensor.h>

#include <stdio.h>

struct watch_clients;

/* watch_clients_begin starts the thread; NULL: nobody asked for it, or there is no memory. After the rights
 * were given up. watch_clients_end ends it, and soon: a look that goes on is told to. Before the writer is
 * closed. watch_clients_close: after that. */
struct watch_clients *watch_clients_begin(const struct client_looks *looks);
void watch_clients_end(struct watch_clients *clients);
void watch_clients_close(struct watch_clients *clients);
/* watch_clients_write writes the metrics of the last look; none, before there was one. */
void watch_clients_write(struct watch_clients *clients, FILE *out);

#endif
