/* SPDX-License-Identifier: BSD-2-Clause */
/* rows_out.c: rows into statements of many rows. */
#include "rows_out.h"

#include <lasthello/text.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 16000 /* in a statement; PostgreSQL takes 65535 */
#define PLACE_NONE SIZE_MAX
#define SHARED     2 /* values of each row that stand once: $1 the sensor, $2 its epoch */

static bool no_memory(struct error *error)
{
    return error_set(error, "not enough memory to send rows to the centre");
}

bool rows_out_open(struct rows_out *out, struct centre *centre, const char *sensor, struct error *error)
{
    *out = (struct rows_out){.centre = centre, .sensor = sensor};
    out->places = calloc(VALUES_MAX, sizeof(*out->places));
    out->values = calloc(VALUES_MAX + SHARED, sizeof(*out->values));
    return (out->places != NULL && out->values != NULL) || no_memory(error);
}

void rows_out_close(struct rows_out *out)
{
    free(out->texts);
    free(out->places);
    free(out->values);
}

/* ---- the statement ------------------------------------------------------------------------------------ */

/* Of a reading the newer state, and of two epochs the one that got further, but never fewer forgotten
 * days. */
static const char reading_newer[] =
    "(t.epoch = excluded.epoch OR (excluded.settled, excluded.ended, excluded.packets, excluded.length, "
    "excluded.unstored) > (t.settled, t.ended, t.packets, t.length, t.unstored))";

static void put_reading_columns(FILE *sql, const char *columns)
{
    while (*columns != '\0') {
        const int len = (int)strcspn(columns, ",");

        if (strncmp(columns, "\"kept_from\",", 12) == 0)
            fprintf(sql, "kept_from = greatest(t.kept_from, excluded.kept_from), ");
        else if (strncmp(columns, "\"id\",", 5) != 0)
            fprintf(sql, "%.*s = excluded.%.*s, ", len, columns, len, columns);
        columns += len + (columns[len] == ',');
    }
    fprintf(sql, "epoch = excluded.epoch");
}

static void put_conflict(FILE *sql, const struct rows_out *out)
{
    const struct sent_row *row = &sent_tables[out->table];
    static const char newer[] = "(excluded.epoch, excluded.revision) > (t.epoch, t.revision)";

    fprintf(sql, " ON CONFLICT (sensor, %s) DO ", row->key);
    if (out->table == SENT_READING) {
        fprintf(sql, "UPDATE SET ");
        put_reading_columns(sql, out->columns);
        fprintf(sql, " WHERE %s AND %s", newer, reading_newer);
    } else
        fprintf(sql, "UPDATE SET %s%sepoch = excluded.epoch, revision = excluded.revision WHERE %s",
            row->combined == NULL ? "" : row->combined, row->combined == NULL ? "" : ", ", newer);
}

/* To be freed; NULL: no memory. */
static char *make_statement(const struct rows_out *out)
{
    char *text = NULL;
    size_t len = 0;
    int value = SHARED;
    FILE *sql = open_memstream(&text, &len);

    if (sql == NULL)
        return NULL;
    fprintf(sql, "INSERT INTO lasthello.%s AS t (sensor, epoch, %s) VALUES ", sent_tables[out->table].name,
        out->columns);
    for (int row = 0; row < out->row_count; row++) {
        fprintf(sql, "%s($1, $2", row == 0 ? "" : ", ");
        for (int column = 0; column < out->column_count; column++)
            fprintf(sql, ", $%d", ++value);
        fputc(')', sql);
    }
    put_conflict(sql, out);
    return fclose(sql) == 0 ? text : NULL;
}

static bool flush(struct rows_out *out, struct error *error)
{
    const int count = out->row_count * out->column_count;
    char *statement;
    bool done;

    if (out->row_count == 0)
        return true;
    statement = make_statement(out);
    if (statement == NULL)
        return no_memory(error);
    out->values[0] = out->sensor;
    out->values[1] = out->epoch;
    for (int i = 0; i < count; i++)
        out->values[SHARED + i] = out->places[i] == PLACE_NONE ? NULL : out->texts + out->places[i];
    done = centre_run(out->centre, statement, SHARED + count, out->values, NULL, error);
    free(statement);
    out->sent += (uint64_t)out->row_count;
    out->row_count = 0;
    out->texts_len = 0;
    return done;
}

/* ---- rows --------------------------------------------------------------------------------------------- */

static bool reserve(struct rows_out *out, size_t len)
{
    size_t size = out->texts_size;
    char *grown;

    while (size - out->texts_len < len)
        size = 2 * size + 65536;
    if (size == out->texts_size)
        return true;
    grown = realloc(out->texts, size);
    if (grown == NULL)
        return false;
    out->texts = grown;
    out->texts_size = size;
    return true;
}

/* PostgreSQL takes UTF-8 alone; a path may have other bytes. */
static bool add_value(struct rows_out *out, int at, const char *text)
{
    const size_t len = text == NULL ? 0 : strlen(text);
    const struct bytes raw = {(const uint8_t *)text, len};

    out->places[at] = text == NULL ? PLACE_NONE : out->texts_len;
    if (text == NULL)
        return true;
    if (!reserve(out, 4 * len + 1))
        return false;
    if (text_is_utf8(raw)) {
        memcpy(out->texts + out->texts_len, text, len + 1);
        out->texts_len += len + 1;
    } else
        out->texts_len += text_visible(raw, out->texts + out->texts_len, 4 * len + 1) + 1;
    return true;
}

static bool add_row(struct rows_out *out, const struct query *query, struct error *error)
{
    const int at = out->row_count * out->column_count;

    for (int column = 0; column < out->column_count; column++)
        if (!add_value(out, at + column, query_text(query, column)))
            return no_memory(error);
    out->row_count++;
    return (out->row_count + 1) * out->column_count <= VALUES_MAX || flush(out, error);
}

bool rows_out_send(struct rows_out *out, struct changes *changes, enum sent_table table,
    const struct span *span, struct error *error)
{
    struct query *query = changes_ask(changes, table, span);
    enum row row;
    bool done = true;

    out->table = table;
    out->columns = changes->columns[table];
    out->column_count = changes->column_counts[table];
    while (done && (row = query_row(query, error)) == ROW_ONE)
        done = add_row(out, query, error);
    query_reset(query);
    out->texts_len = done ? out->texts_len : 0;
    if (done && row == ROW_END)
        return flush(out, error);
    out->row_count = 0;
    return false;
}
