/* SPDX-License-Identifier: BSD-2-Clause */
/* row_id.c: how facts are written down to be named. What was released is never changed: test_facts.c
 * pins it. */
#include "row_id.h"

#include <lasthello/schema.h>

#include <assert.h>
#include <endian.h>

#define ID_MASK ((uint64_t)INT64_MAX)

static uint64_t id_of(const void *text, size_t len)
{
    uint64_t id = hash_bytes(&hash_key_zero, text, len) & ID_MASK;

    return id == 0 ? 1 : id;
}

/* Spreads the eight hexadecimal digits of a number over eight bytes, the highest first, all at once. */
static void put_digits(char *out, uint32_t number)
{
    uint64_t digits = number;

    digits = (digits >> 16 | digits << 32) & 0x0000ffff0000ffff;
    digits = (digits >> 8 | digits << 16) & 0x00ff00ff00ff00ff;
    digits = (digits >> 4 | digits << 8) & 0x0f0f0f0f0f0f0f0f;
    digits +=
        0x3030303030303030 + ((digits + 0x0606060606060606) >> 4 & 0x0101010101010101) * ('a' - '0' - 10);
    digits = htole64(digits);
    memcpy(out, &digits, sizeof(digits));
}

static void put_id(char out[16], uint64_t id)
{
    put_digits(out, (uint32_t)(id >> 32));
    put_digits(out + 8, (uint32_t)id);
}

/* Returns where the value stands. */
static uint16_t append_value(struct sheet *sheet, const char *name, const char *value, size_t len)
{
    const size_t name_len = strlen(name), both = name_len + len + sizeof("=");
    char *at = sheet->text + sheet->len;

    assert(both <= SHEET_BYTES - sheet->len); /* row_id_bounds_hold */
    at = mempcpy(at, name, name_len);
    *at++ = '=';
    at = mempcpy(at, value, len);
    *at = '\0';
    sheet->len += both;
    return (uint16_t)(sheet->len - len - 1);
}

/* Returns where the value stands; 0: it is not known. */
static uint16_t append_column(struct sheet *sheet, const struct fact *fact, size_t count,
    const struct session *session,
    const struct references *references)
{
    char made[FACT_TEXT_BYTES];
    const char *value;

    if (fact->type == FACT_REFERENCE) {
        const uint64_t id = references->ids[fact->refers_to];

        put_id(made, id);
        return id == 0 ? 0 : append_value(sheet, fact->column, made, 16);
    }
    value = fact_column_text(fact, count, session, made);
    return value == NULL ? 0 : append_value(sheet, fact->column, value, strlen(value));
}

void sheet_write(
    struct sheet *sheet, enum fact_table table, const struct session *session,
    const struct references *references)
{
    const struct fact_list *list = &fact_tables[table];
    size_t count, column = 0;

    sheet->len = sheet->id_len = strlen(list->name) + 1;
    memcpy(sheet->text, list->name, sheet->len);
    for (size_t i = 0; i < list->count; i += count) {
        count = fact_count_of_column(list, i);
        sheet->values[column++] = append_column(sheet, &list->facts[i], count, session, references);
        if (!list->facts[i].attribute)
            sheet->id_len = sheet->len;
    }
}

uint64_t row_id_of_sheet(const struct sheet *sheet)
{
    return id_of(sheet->text, sheet->id_len);
}

static size_t longest_text(const struct fact *fact)
{
    return fact->type == FACT_TEXT ? fact->size : FACT_TEXT_BYTES;
}

bool row_id_bounds_hold(void)
{
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++) {
        const struct fact_list *list = &fact_tables[table];
        size_t text = strlen(list->name) + 1, columns = 0;

        for (size_t i = 0; i < list->count; i += fact_count_of_column(list, i), columns++)
            text += strlen(list->facts[i].column) + 2 + longest_text(&list->facts[i]);
        if (text > SHEET_BYTES || columns > SHEET_COLUMNS_MAX)
            return false;
    }
    return true;
}

uint64_t row_id_of_site(const char *site)
{
    return id_of(site, strlen(site) + 1);
}

uint64_t row_id_of_host(const char *site, const struct address *address)
{
    static const char begin[] = "host\0site=", middle[] = "digits=";
    char text[sizeof(begin) + SITE_BYTES + sizeof(middle) + 2 * sizeof(*address)], *at = text;
    const size_t len = strnlen(site, SITE_BYTES - 1);

    at = mempcpy(at, begin, sizeof(begin) - 1);
    at = mempcpy(at, site, len);
    *at++ = '\0';
    at = mempcpy(at, middle, sizeof(middle) - 1);
    for (size_t i = 0; i < sizeof(address->octets); i += 4, at += 8) {
        uint32_t word;

        memcpy(&word, &address->octets[i], sizeof(word));
        put_digits(at, be32toh(word));
    }
    *at++ = '\0';
    return id_of(text, (size_t)(at - text));
}

uint64_t row_id_of_name(uint64_t host, const char *name, const char *source)
{
    const uint64_t parts[] = {host, id_of(name, strlen(name)), id_of(source, strlen(source))};

    return id_of(parts, sizeof(parts));
}

int64_t schema_host_id(const char *site, const struct address *address)
{
    return (int64_t)row_id_of_host(site, address);
}

static char *append_id(char *at, const char *name, size_t len, uint64_t id)
{
    if (id == 0)
        return at;
    at = mempcpy(at, name, len);
    put_id(at, id);
    at[16] = '\0';
    return at + 17;
}
#define APPEND_ID(at, name, id) append_id(at, name "=", sizeof(name), id)

uint64_t row_id_of_observation(const struct observation_key *key)
{
    char text[7 * 32 + 16], *at = mempcpy(text, "observation", sizeof("observation"));

    at = APPEND_ID(at, "source", key->source);
    at = APPEND_ID(at, "day", key->day);
    at = APPEND_ID(at, "client", key->client);
    at = APPEND_ID(at, "server", key->server);
    at = APPEND_ID(at, "profile", key->profile);
    at = APPEND_ID(at, "certificate", key->certificate);
    at = APPEND_ID(at, "path", key->path);
    return row_id_first_in(key->source) | id_of(text, (size_t)(at - text)) >> SOURCE_BITS;
}

uint64_t row_id_first_in(uint64_t source)
{
    return (source & ID_MASK) >> (63 - SOURCE_BITS) << (63 - SOURCE_BITS);
}

uint64_t row_id_last_in(uint64_t source)
{
    return row_id_first_in(source) | (ID_MASK >> SOURCE_BITS);
}
