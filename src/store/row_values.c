/* SPDX-License-Identifier: BSD-2-Clause */
/* row_values.c: values, one after the other. */
#include "row_values.h"

bool row_values_has_number(enum fact_type type)
{
    return type == FACT_NUMBER || type == FACT_SECONDS || type == FACT_FLAG || type == FACT_REFERENCE;
}

static char *put_number(char *at, const struct fact *fact, const struct session *session,
    const struct references *references)
{
    const uint64_t number =
        fact->type == FACT_REFERENCE ? references->ids[fact->refers_to] : fact_number(fact, session);

    return mempcpy(at, &number, sizeof(number));
}

size_t row_values_write(char out[SHEET_BYTES], const struct sheet *sheet, enum fact_table table,
    const struct session *session, const struct references *references)
{
    const struct fact_list *list = &fact_tables[table];
    size_t column = 0;
    char *at = out;

    for (size_t i = 0; i < list->count; i += fact_count_of_column(list, i), column++) {
        const size_t value = sheet->values[column];

        if (row_values_has_number(list->facts[i].type))
            at = put_number(at, &list->facts[i], session, references);
        else
            at = stpcpy(at, value == 0 ? "" : sheet->text + value) + 1;
    }
    return (size_t)(at - out);
}

uint64_t row_values_number(const char **values)
{
    uint64_t number;

    memcpy(&number, *values, sizeof(number));
    *values += sizeof(number);
    return number;
}

const char *row_values_text(const char **values)
{
    const char *text = *values;

    *values += strlen(text) + 1;
    return text;
}
