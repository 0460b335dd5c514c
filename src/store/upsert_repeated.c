/* SPDX-License-Identifier: BSD-2-Clause */
/* upsert_repeated.c: what repeats, from the values of a ledger to the rows of the inventory, bound in the
 * order of the facts from which the statement was made (upsert_sql.c). */
#include "row_values.h"
#include "upserts.h"

/* The next of the values. Text is enough for a number that is made as text: the column makes one of it. */
static void put_value(struct query *query, size_t place, enum fact_type type, const char **values)
{
    if (!row_values_has_number(type))
        query_put_text(query, place, row_values_text(values));
    else if (type == FACT_FLAG)
        query_put_number(query, place, (int64_t)row_values_number(values));
    else
        query_put_reference(query, place, row_values_number(values));
}

/* The parameters of a row, from `place` on; what follows the last of them. */
static size_t put_row(struct upserts *upserts, struct query *query, size_t place, const struct ledger *ledger,
    enum fact_table table, const struct repeated_row *row)
{
    const struct fact_list *list = &fact_tables[table];
    const char *values = ledger->values + row->at;

    query_put_reference(query, place++, row->id);
    for (size_t i = 0; i < list->count; i += fact_count_of_column(list, i))
        put_value(query, place++, list->facts[i].type, &values);
    query_put_number(query, place++, upserts->revision);
    return place;
}

/* Rows of which a part grows are written again: what was stored before may be less. */
static bool grows(const struct fact_list *list)
{
    bool does = false;

    for (size_t i = 0; i < list->count; i++)
        does |= list->facts[i].grows;
    return does;
}

static bool put_table(struct upserts *upserts, const struct ledger *ledger, enum fact_table table,
    struct error *error)
{
    size_t count, step, place;
    const struct sorted *rows = upserts_sort(upserts, &ledger->repeated[table],
        offsetof(struct repeated_row, id), !grows(&fact_tables[table]), &count);

    if (rows == NULL)
        return error_set(error, "%s: not enough memory to sort what is to be stored", upserts->db.path);
    for (; count > 0; rows += step, count -= step) {
        struct query *query;

        step = count < MANY ? 1 : MANY;
        query = upserts_repeated(upserts, table, step, error);
        place = 0;
        for (size_t i = 0; query != NULL && i < step; i++) {
            sorted_expect(rows, i, count);
            place = put_row(upserts, query, place, ledger, table, rows[i].row);
        }
        if (query == NULL || !query_run(query, error))
            return false;
    }
    return true;
}

bool upsert_repeated(struct upserts *upserts, const struct ledger *ledger, struct error *error)
{
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        if (!put_table(upserts, ledger, table, error))
            return false;
    return true;
}
