/* SPDX-License-Identifier: BSD-2-Clause */
/* machines.c: addresses that are one client. */
#include "machines.h"

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
    bool is_new;
    struct machine *machine = id_rows_put(&machines->rows, query_number(query, 0), &is_new);

    if (machine != NULL)
        *machine = (struct machine){query_number(query, 1), grouped_by(query_text(query, 2))};
    return machine != NULL;
}

bool machines_load(struct machines *machines, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error)
{
    const char *sql = checked->host != NULL ? sql_machines_host : sql_machines;
    struct query query;
    enum row row = ROW_FAILED;
    bool has_memory = true;

    *machines = (struct machines){.rows = {.row_bytes = sizeof(struct machine)}};
    if (query_open(&query, &inventory->db, sql, error)) {
        filters_put(&query, checked);
        while (has_memory && (row = query_row(&query, error)) == ROW_ONE)
            has_memory = add(machines, &query);
    }
    query_close(&query);
    if (!has_memory)
        return inventory_no_memory(error);
    return row == ROW_END;
}

void machines_close(struct machines *machines)
{
    id_rows_close(&machines->rows);
}

const struct machine *machines_find(const struct machines *machines, int64_t client)
{
    return id_rows_find(&machines->rows, client);
}
