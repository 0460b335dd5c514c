/* SPDX-License-Identifier: BSD-2-Clause */
/* changes.c: the rows that have changed. The columns are those that the inventory has
 * (src/store/schema.sql); what has no revision of its own has that of its reading. */
#include "changes.h"

#include <lasthello/schema.h>

#include <stdio.h>
#include <string.h>

#define STATEMENT_BYTES (4 * COLUMN_LIST_BYTES)

/* What is of this machine alone is not sent. Words of SQL that are none of SQLite's are names here: they
 * are quoted. */
static const char columns_sql[] =
    "SELECT group_concat('\"' || name || '\"') || iif(sum(name = 'revision') = 0, ',\"revision\"', ''), "
    "group_concat(CASE WHEN :table = 'reading' AND name = 'owner' THEN 'NULL' "
    "WHEN :table = 'reading' AND name = 'gathered' THEN '0' "
    "WHEN :table = 'reading' AND name = 'revision' THEN 'min(revision, :upto)' ELSE name END) || "
    "iif(sum(name = 'revision') = 0, ',:upto', ''), count(*) + (sum(name = 'revision') = 0) "
    "FROM pragma_table_info(:table)";

/* A merged inventory has rows of readings in both tables. */
#define IN_READING "id " SQL_IDS_OF(":id") " AND source = :id"
#define OF_READING " WHERE " IN_READING " AND revision > :from AND revision <= :upto AND day >= :day"

/* The rows of a table; observations tell at their end whether they stand aside. */
static bool make_statement(const struct sent_row *row, const char *columns, char *out, size_t out_size)
{
    if (row->rows != NULL)
        return snprintf(out, out_size, "SELECT %s FROM %s", columns, row->rows) < (int)out_size;
    return snprintf(out, out_size,
               "SELECT %s, 0 FROM observation" OF_READING " UNION ALL SELECT %s, 1 FROM pending" OF_READING,
               columns, columns) < (int)out_size;
}

static bool open_table(struct changes *changes, enum sent_table table, struct error *error)
{
    const struct sent_row *row = &sent_tables[table];
    char statement[STATEMENT_BYTES];
    struct query query;
    bool done = query_open(&query, changes->db, columns_sql, error);

    if (!done)
        return false;
    query_name_text(&query, ":table", row->name);
    done = query_row(&query, error) == ROW_ONE;
    if (done) {
        const bool has_aside = row->rows == NULL;

        changes->column_counts[table] = (int)query_number(&query, 2) + has_aside;
        done = (snprintf(changes->columns[table], COLUMN_LIST_BYTES, "%s%s", query_text(&query, 0),
                    has_aside ? ",\"aside\"" : "") < COLUMN_LIST_BYTES &&
                   make_statement(row, query_text(&query, 1), statement, sizeof(statement))) ||
            error_set(error, "%s: has more columns than can be sent", changes->db->path);
    }
    query_close(&query);
    return done && query_open(&changes->queries[table], changes->db, statement, error);
}

bool changes_open(struct changes *changes, struct db *db, struct error *error)
{
    *changes = (struct changes){.db = db};
    for (enum sent_table table = 0; table < SENT_TABLE_COUNT; table++)
        if (!open_table(changes, table, error))
            return false;
    return true;
}

void changes_close(struct changes *changes)
{
    for (enum sent_table table = 0; table < SENT_TABLE_COUNT; table++)
        query_close(&changes->queries[table]);
}

struct query *changes_ask(struct changes *changes, enum sent_table table, const struct span *span)
{
    struct query *query = &changes->queries[table];

    query_reset(query);
    query_offer_number(query, ":from", span->from);
    query_offer_number(query, ":upto", span->upto);
    query_offer_number(query, ":id", span->reading);
    query_offer_number(query, ":minute", span->minute);
    query_offer_number(query, ":day", span->day);
    return query;
}
