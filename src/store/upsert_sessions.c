/* SPDX-License-Identifier: BSD-2-Clause */
/* upsert_sessions.c: what there is much of: hosts, observations, and what is learnt of those later. */
#include "upserts.h"

#include <lasthello/text.h>
#include <lasthello/utc.h>

#define DIGITS_BYTES (2 * sizeof(struct address) + 1)

/* The texts of one host. */
struct host_text {
    char address[ADDRESS_TEXT_BYTES];
    char digits[DIGITS_BYTES];
};

static char *write_octet(char *out, unsigned octet)
{
    if (octet >= 100)
        *out++ = (char)('0' + octet / 100);
    if (octet >= 10)
        *out++ = (char)('0' + octet / 10 % 10);
    *out++ = (char)('0' + octet % 10);
    return out;
}

/* As address_text does, but an IPv4 address in a tenth of the time: there are as many hosts as sessions. */
static void write_address(const struct address *address, char text[ADDRESS_TEXT_BYTES])
{
    char *end = text;

    if (!address_is_v4(address)) {
        address_text(address, text);
        return;
    }
    for (size_t i = 12; i < sizeof(address->octets); i++) {
        end = write_octet(end, address->octets[i]);
        *end++ = i == sizeof(address->octets) - 1 ? '\0' : '.';
    }
}

/* Of the parameters of a statement, from `at` on. */
static void fill_host(struct query *query, size_t at, const struct ledger *ledger, const struct host_row *row,
    struct host_text *text)
{
    const struct site_row *site = ledger->site;

    if (site == NULL || site->id != row->site)
        site = id_table_find(&ledger->sites, row->site);
    write_address(&row->address, text->address);
    text_hex((struct bytes){row->address.octets, sizeof(row->address.octets)}, text->digits);
    query_put_reference(query, at + HOST_ID, row->id);
    query_put_text(query, at + HOST_SITE, site == NULL ? "default" : site->site);
    query_put_text(query, at + HOST_ADDRESS, text->address);
    query_put_text(query, at + HOST_DIGITS, text->digits);
}

bool upsert_hosts(struct upserts *upserts, const struct ledger *ledger, struct error *error)
{
    struct host_text texts[MANY];
    size_t count, step;
    const struct sorted *rows = upserts_sort(upserts, &ledger->hosts, 0, true, &count);

    if (rows == NULL)
        return error_set(error, "%s: not enough memory to sort what is to be stored", upserts->db.path);
    for (; count > 0; rows += step, count -= step) {
        struct query *query = &upserts->queries[count < MANY ? UPSERT_HOST : UPSERT_HOSTS];

        step = count < MANY ? 1 : MANY;
        for (size_t i = 0; i < step; i++) {
            sorted_expect(rows, i, count);
            fill_host(query, i * HOST_COLUMN_COUNT, ledger, rows[i].row, &texts[i]);
            query_put_number(query, i * HOST_COLUMN_COUNT + HOST_REVISION, upserts->revision);
        }
        if (!query_run(query, error))
            return false;
    }
    return true;
}

bool upsert_names(struct upserts *upserts, const struct ledger *ledger, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_NAME];

    for (uint32_t i = 0; i < ledger->names.count; i++) {
        const struct name_row *row = id_table_row(&ledger->names, i);

        query_name_reference(query, ":host", row->host);
        query_name_text(query, ":name", row->name);
        query_name_text(query, ":source", row->source);
        query_name_number(query, ":first_seen", utc_microseconds(row->first_ns));
        query_name_number(query, ":last_seen", utc_microseconds(row->last_ns));
        query_name_number(query, ":revision", upserts->revision);
        if (!query_run(query, error))
            return false;
    }
    return true;
}

static void fill_observation(
    struct query *query, size_t at, const struct observation_row *row, int64_t revision)
{
    const uint64_t last_source = row->last.source == row->source ? 0 : row->last.source;

    query_put_reference(query, at + OBSERVATION_ID, row->id);
    query_put_reference(query, at + OBSERVATION_SOURCE, row->source);
    query_put_number(query, at + OBSERVATION_DAY, utc_day(row->first.time_ns));
    query_put_reference(query, at + OBSERVATION_CLIENT, row->client);
    query_put_reference(query, at + OBSERVATION_SERVER, row->server);
    query_put_reference(query, at + OBSERVATION_PROFILE, row->profile);
    query_put_reference(query, at + OBSERVATION_CERTIFICATE, row->certificate);
    query_put_reference(query, at + OBSERVATION_PATH, row->path);
    query_put_number(query, at + OBSERVATION_FIRST_SEEN, utc_microseconds(row->first.time_ns));
    query_put_number(query, at + OBSERVATION_LAST_SEEN, utc_microseconds(row->last.time_ns));
    query_put_number(query, at + OBSERVATION_FIRST_PACKET, (int64_t)row->first.number);
    query_put_number(query, at + OBSERVATION_LAST_PACKET, (int64_t)row->last.number);
    query_put_reference(query, at + OBSERVATION_LAST_SOURCE, last_source);
    query_put_number(query, at + OBSERVATION_SESSIONS, (int64_t)row->sessions);
    query_put_number(query, at + OBSERVATION_SHORT_LIVED, (int64_t)row->short_lived);
    query_put_number(query, at + OBSERVATION_GAPS, (int64_t)row->gaps);
    query_put_number(query, at + OBSERVATION_REVISION, revision);
}

static bool run_batch(
    struct upserts *upserts, enum upsert_kind kind, size_t first, size_t count, struct error *error)
{
    struct query *query = &upserts->queries[kind];

    for (size_t i = 0; i < count; i++)
        fill_observation(query, i * OBSERVATION_COLUMN_COUNT, upserts->batch[first + i], upserts->revision);
    return query_run(query, error);
}

bool upsert_observation(struct upserts *upserts, const struct observation_row *row, struct error *error)
{
    upserts->batch[upserts->batch_count++] = row;
    if (upserts->batch_count < MANY)
        return true;
    upserts->batch_count = 0;
    return run_batch(upserts, UPSERT_OBSERVATIONS, 0, MANY, error);
}

bool upserts_flush(struct upserts *upserts, struct error *error)
{
    size_t count = upserts->batch_count;

    upserts->batch_count = 0;
    for (size_t i = 0; i < count; i++)
        if (!run_batch(upserts, UPSERT_OBSERVATION, i, 1, error))
            return false;
    return true;
}

bool upsert_pending(struct upserts *upserts, const struct observation_row *row, struct error *error)
{
    struct query *query = &upserts->queries[UPSERT_PENDING];

    fill_observation(query, 0, row, upserts->revision);
    return query_run(query, error);
}

/* ROW_END: there is no such observation in this table. */
static enum row find_amended(
    struct upserts *upserts, enum upsert_kind kind, uint64_t id, uint64_t *source, struct error *error)
{
    struct query *query = &upserts->queries[kind];
    enum row found;

    query_name_reference(query, ":id", id);
    found = query_row(query, error);
    if (found == ROW_ONE)
        *source = (uint64_t)query_number(query, 0);
    query_reset(query);
    return found;
}

static bool amend(struct upserts *upserts, enum upsert_kind kind, const struct amendment_row *row,
    struct error *error)
{
    struct query *query = &upserts->queries[kind];

    query_name_number(query, ":last_seen", utc_microseconds(row->last.time_ns));
    query_name_number(query, ":last_packet", (int64_t)row->last.number);
    query_name_reference(query, ":last_source", row->last.source);
    query_name_number(query, ":short_lived", (int64_t)row->short_lived);
    query_name_reference(query, ":id", row->id);
    query_name_number(query, ":revision", upserts->revision);
    return query_run(query, error);
}

/* Ids are of one reading: it counts, or is pending. */
bool upsert_amendment(
    struct upserts *upserts, const struct amendment_row *row, uint64_t *source, struct error *error)
{
    enum row found;

    *source = 0;
    found = find_amended(upserts, UPSERT_AMENDED, row->id, source, error);
    if (found == ROW_ONE)
        return amend(upserts, UPSERT_AMENDMENT, row, error);
    if (found == ROW_END)
        found = find_amended(upserts, UPSERT_PENDING_AMENDED, row->id, source, error);
    if (found == ROW_ONE)
        return amend(upserts, UPSERT_PENDING_AMENDMENT, row, error);
    return found == ROW_END;
}
