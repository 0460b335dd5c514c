/* SPDX-License-Identifier: BSD-2-Clause */
/* id_list.c: ids of readings, in a list that grows. */
#include "id_list.h"

#include <stdlib.h>

bool id_list_add(struct id_list *list, uint64_t id)
{
    if (list->count == list->room) {
        const size_t room = 2 * list->room + 16;
        uint64_t *grown = reallocarray(list->ids, room, sizeof(*grown));

        if (grown == NULL)
            return false;
        list->ids = grown;
        list->room = room;
    }
    list->ids[list->count++] = id;
    return true;
}

void id_list_free(struct id_list *list)
{
    free(list->ids);
    *list = (struct id_list){0};
}

static int compare_ids(const void *one, const void *other)
{
    const uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

    return a < b ? -1 : a > b;
}

void id_list_keep_repeated(struct id_list *list, size_t times)
{
    size_t kept = 0, same = 0;

    if (list->count == 0)
        return;
    qsort(list->ids, list->count, sizeof(list->ids[0]), compare_ids);
    for (size_t i = 0; i < list->count; i++) {
        same = i > 0 && list->ids[i] == list->ids[i - 1] ? same + 1 : 1;
        if (same == times)
            list->ids[kept++] = list->ids[i];
    }
    list->count = kept;
}
