/* SPDX-License-Identifier: BSD-2-Clause */
/* upsert_repeated.c: what repeats, from the texts of a ledger to the rows of the inventory, bound in the
 * order of the facts from which the statement was made (upsert_sql.c). */
#include "upserts.h"

#include <stdlib.h>

/* Text is enough for numbers, too: the column makes one of it. */
static void put_value(struct query *query, size_t place, enum fact_type type, const char *value)
{
    if (type == FACT_REFERENCE)
        query_put_reference(query, place, value == NULL ? 0 : strtoull(value, NULL, 16));
    else if (type == FACT_FLAG)
        query_put_number(query, place, value != NULL);
    else
        query_put_text(query, place, value);
}

static bool put_row(struct upserts *upserts, const struct ledger *ledger, enum fact_table table,
    const struct repeated_row *row, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_REPEATED + table];
    const struct fact_list *list = &fact_tables[table];
    const char *text = ledger->texts + row->at, *end = text + row->len;
    size_t place = 0;

    text += strlen(text) + 1; /* the table's name */
    query_put_reference(query, place++, row->id);
    for (size_t i = 0; i < list->count; i += fact_count_of_column(list, i))
        put_value(query, place++, list->facts[i].type, sheet_next(&text, end, list->facts[i].column));
    query_put_number(query, place, upserts->revision);
    return query_run(query, error);
}

/* Rows of which a part grows are written again: what was stored before may be less. */
static bool grows(const struct fact_list *list)
{
    bool does = false;

    for (size_t i = 0; i < list->count; i++)
        does |= list->facts[i].grows;
    return does;
}

bool upsert_repeated(struct upserts *upserts, const struct ledger *ledger, struct error *error)
{
    size_t count;

    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++) {
        const struct sorted *rows =
            upserts_sort(upserts, &ledger->repeated[table], offsetof(struct repeated_row, id),
                !grows(&fact_tables[table]), &count);

        if (rows == NULL)
            return error_set(error, "%s: not enough memory to sort what is to be stored", upserts->db.path);
        for (size_t i = 0; i < count; i++)
            if (!put_row(upserts, ledger, table, rows[i].row, error))
                return false;
    }
    return true;
}
