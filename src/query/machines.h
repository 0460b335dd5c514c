/* SPDX-License-Identifier: BSD-2-Clause */
/* machines.h: which addresses are one client: several IPv6 addresses with one MAC address or DHCP name, and
 * temporary ones of one /64. */
#ifndef LASTHELLO_QUERY_MACHINES_H
#define LASTHELLO_QUERY_MACHINES_H

#include "id_rows.h"
#include "inventory_open.h"

struct machine {
    int64_t id;             /* of one of its addresses */
    const char *grouped_by; /* mac, dhcp, /64: static storage */
};

struct machines {
    struct id_rows rows; /* of struct machine: one an address that is not alone */
};

/* machines_load: after moment_begin. machines_close: also after a failure. */
bool machines_load(struct machines *machines, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error);
void machines_close(struct machines *machines);
/* NULL: the client has one address. */
const struct machine *machines_find(const struct machines *machines, int64_t client);

#endif
