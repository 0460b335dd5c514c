/* SPDX-License-Identifier: BSD-2-Clause */
/* client_looks.h: what `watch` says of the clients in its inventory: lines of its log, and metrics. */
#ifndef LASTHELLO_CLIENT_LOOKS_H
#define LASTHELLO_CLIENT_LOOKS_H

#include <lasthello/policy.h>
#include <lasthello/sensor.h>

struct client_looking;

/* client_looking_open: the policies and the path must live as long; NULL: no memory. client_looking_use sets
 * what the sensor calls. */
struct client_looking *client_looking_open(const char *inventory, const struct policies *policies);
void client_looking_close(struct client_looking *looking);
void client_looking_use(struct client_looking *looking, struct client_looks *looks);

#endif
