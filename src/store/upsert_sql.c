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

static void add_columns(struct upsert_sql *sql, const struct fact_list *list, const char *before)
{
    for (size_t i = 0; i < list->count; i += fact_count_of_column(list, i))
        add(sql, before, list->facts[i].column);
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
        add(sql, " ON CONFLICT (id) DO NOTHING", "");
        return;
    }
    add(sql, " ON CONFLICT (id) DO UPDATE SET ", list->facts[i].column);
    add(sql, " = excluded.", list->facts[i].column);
    add(sql, ", revision = excluded.revision WHERE excluded.", list->facts[i].column);
    add(sql, " > coalesce(", list->facts[i].column);
    add(sql, ", '')", "");
}

void upsert_sql_repeated(struct upsert_sql *sql, const struct fact_list *list)
{
    sql->len = 0;
    add(sql, "INSERT INTO ", list->name);
    add(sql, " (id", "");
    add_columns(sql, list, ", ");
    add(sql, ", revision) VALUES (:id", "");
    add_columns(sql, list, ", :");
    add(sql, ", :revision)", "");
    add_conflict(sql, list);
}
