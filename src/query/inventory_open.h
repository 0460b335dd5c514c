/* SPDX-License-Identifier: BSD-2-Clause */
/* inventory_open.h: an inventory that is open for reading. */
#ifndef LASTHELLO_STORE_INVENTORY_OPEN_H
#define LASTHELLO_STORE_INVENTORY_OPEN_H

#include <lasthello/db.h>
#include <lasthello/inventory.h>

struct inventory {
    struct db db;
};

#endif
