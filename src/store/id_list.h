/* SPDX-License-Identifier: BSD-2-Clause */
/* id_list.h: ids of readings. */
#ifndef LASTHELLO_STORE_ID_LIST_H
#define LASTHELLO_STORE_ID_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id_list { /* all zero: empty */
    uint64_t *ids;
    size_t count, room;
};

/* False: no memory. */
bool id_list_add(struct id_list *list, uint64_t id);
/* id_list_keep_repeated keeps, once each and sorted, those ids that stand in the list at least so often. */
void id_list_keep_repeated(struct id_list *list, size_t times);
void id_list_free(struct id_list *list);

#endif
