/* SPDX-License-Identifier: BSD-2-Clause */
/* inventory.c: opened for reading, and asked. */
#include "inventory_open.h"
#include "questions.h"

#include <lasthello/schema.h>

#include <stdlib.h>
#include <time.h>

struct rows {
    struct query query;
    const struct question_text *text;
    const char *values[COLUMNS_MAX];
};

/* A report reads every page, and sorts in memory. */
static const char settings[] = "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY";

struct inventory *inventory_open(const char *path, struct error *error)
{
    struct inventory *inventory = calloc(1, sizeof(*inventory));

    if (inventory == NULL) {
        error_set(error, "%s: not enough memory to open it", path);
        return NULL;
    }
    if (db_open(&inventory->db, path, DB_READ, error) && schema_check(&inventory->db, &schema_migrations, error) &&
        db_run(&inventory->db, settings, error))
        return inventory;
    inventory_close(inventory);
    return NULL;
}

void inventory_close(struct inventory *inventory)
{
    if (inventory == NULL)
        return;
    db_close(&inventory->db);
    free(inventory);
}

struct rows *inventory_ask(struct inventory *inventory, enum question question, const struct filters *filters,
    struct error *error)
{
    static const struct question_text *const texts[] = {
        [QUESTION_CLIENTS] = &question_clients,
        [QUESTION_SERVERS] = &question_servers,
        [QUESTION_SESSIONS] = &question_sessions,
        [QUESTION_COVERAGE] = &question_coverage,
        [QUESTION_LEGACY] = &question_legacy,
    };
    struct checked_filters checked;
    struct rows *rows;

    if (!filters_check(filters, time(NULL), &checked, error))
        return NULL;
    rows = calloc(1, sizeof(*rows));
    if (rows == NULL) {
        error_set(error, "not enough memory for the report");
        return NULL;
    }
    rows->text = texts[question];
    if (query_open(&rows->query, &inventory->db, rows->text->sql, error)) {
        filters_put(&rows->query, &checked);
        return rows;
    }
    rows_close(rows);
    return NULL;
}

const struct column *rows_columns(const struct rows *rows, size_t *count)
{
    *count = rows->text->count;
    return rows->text->columns;
}

bool rows_next(struct rows *rows, const char *const **values, struct error *error)
{
    if (!query_next(&rows->query, error))
        return false;
    for (size_t i = 0; i < rows->text->count; i++)
        rows->values[i] = query_text(&rows->query, (int)i);
    *values = rows->values;
    return true;
}

void rows_close(struct rows *rows)
{
    if (rows == NULL)
        return;
    query_close(&rows->query);
    free(rows);
}
