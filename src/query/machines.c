/* SPDX-License-Identifier: BSD-2-Clause */
/* machines.c: addresses that are one client. */
#include "machines.h"

#include "growing.h"

#include <string.h>

extern const char sql_machines[], sql_machines_host[];

/* Static storage. */
static const char *grouped_by(const char *text)
{
    static const char *const words[] = {"mac", "dhcp", "/64"};
    size_t i = 0;

    while (i + 1 < sizeof(words) / sizeof(words[0]) && (text == NULL || strcmp(words[i], text) != 0))
        i++;
    return words[i];
}

/* False: no memory. */
static bool add(struct machines *machines, const struct query *query)
{
    uint32_t *number = id_map_put(&machines->index, query_number(query, 0));
    struct machine *rows =
        growing_reserve(machines->rows, machines->count, 1, &machines->room, sizeof(*rows));

    machines->rows = rows == NULL ? machines->rows : rows;
    if (number == NULL || rows == NULL)
        return false;
    *number = (uint32_t)machines->count;
    rows[machines->count++] = (struct machine){query_number(query, 1), grouped_by(query_text(query, 2))};
    return true;
}

bool machines_load(struct machines *machines, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error)
{
    const char *sql = checked->host != NULL ? sql_machines_host : sql_machines;
    struct query query;
    enum row row = ROW_FAILED;
    bool has_memory = true;

    *machines = (struct machines){0};
    if (query_open(&query, &inventory->db, sql, error)) {
        filters_put(&query, checked);
        while (has_memory && (row = query_row(&query, error)) == ROW_ONE)
            has_memory = add(machines, &query);
    }
    query_close(&query);
    if (!has_memory)
        return error_set(error, "not enough memory for the report");
    return row == ROW_END;
}

void machines_close(struct machines *machines)
{
    free(machines->rows);
    id_map_close(&machines->index);
    *machines = (struct machines){0};
}

const struct machine *machines_find(const struct machines *machines, int64_t client)
{
    const uint32_t *number = id_map_find(&machines->index, client);

    return number == NULL ? NULL : &machines->rows[*number];
}
