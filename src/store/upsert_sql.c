/* SPDX-License-Identifier: BSD-2-Clause */
/* upsert_sql.c: statements made from lists of columns. */
#include "upsert_sql.h"

#include <stdio.h>

static void add(struct upsert_sql *sql, const char *before, const char *name)
{
    if (sql->len < UPSERT_SQL_BYTES)
        sql->len += (size_t)snprintf(sql->text + sql->len, UPSERT_SQL_BYTES - sql->len, "%s%s", before,
            name);
}

void upsert_sql_rows(struct upsert_sql *sql, const char *begin, const char *const *columns,
    size_t column_count, size_t rows, const char *end)
{
    sql->len = 0;
    add(sql, begin, "");
    for (size_t i = 0; i < column_count; i++)
        add(sql, i == 0 ? " (" : ", ", columns[i]);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < column_count; i++)
            add(sql, i > 0 ? ", " : row == 0 ? ") VALUES ("
                                             : "), (",
                "?");
    add(sql, ")", end);
}

/* What an id stands for does not change, but for what grows: of that a list has one fact at most. */
static void add_conflict(struct upsert_sql *sql, const struct fact_list *list)
{
    size_t i = 0;

    while (i < list->count && !list->facts[i].grows)
        i++;
    if (i == list->count) {
        add(sql, UPSERT_OR_NOTHING, "");
        return;
    }
    add(sql, " ON CONFLICT (id) DO UPDATE SET ", list->facts[i].column);
    add(sql, " = excluded.", list->facts[i].column);
    add(sql, ", revision = excluded.revision WHERE excluded.", list->facts[i].column);
    add(sql, " > coalesce(", list->facts[i].column);
    add(sql, ", '')", "");
}

void upsert_sql_repeated(struct upsert_sql *sql, const struct fact_list *list, size_t rows)
{
    const char *columns[UPSERT_COLUMNS_MAX];
    char begin[64];
    size_t count = 0;

    columns[count++] = "id";
    for (size_t i = 0; i < list->count && count < UPSERT_COLUMNS_MAX - 1; i += fact_count_of_column(list, i))
        columns[count++] = list->facts[i].column;
    columns[count++] = "revision";
    snprintf(begin, sizeof(begin), "INSERT OR FAIL INTO %s", list->name);
    upsert_sql_rows(sql, begin, columns, count, rows, "");
    add_conflict(sql, list);
}
