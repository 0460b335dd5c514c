/* SPDX-License-Identifier: BSD-2-Clause */
/* ledger_rows.c: what repeats from session to session is copied once. */
#include "ledger_rows.h"

#include "row_values.h"

void ledger_put_host(struct ledger *ledger, uint64_t id, uint64_t site, const struct address *address)
{
    bool is_new;
    struct host_row *row = id_table_put(&ledger->hosts, id, &is_new);

    if (row == NULL || !is_new)
        return;
    row->site = site;
    row->address = *address;
}

static void write_down(struct ledger *ledger, struct repeated_row *row, enum fact_table table,
    const struct session *session,
    const struct references *references)
{
    struct sheet sheet;

    sheet_write(&sheet, table, session, references);
    row->id = row_id_of_sheet(&sheet);
    row->at = (uint32_t)ledger->values_len;
    ledger->values_len +=
        row_values_write(ledger->values + row->at, &sheet, table, session, references);
}

static const struct repeated_row *put_row(struct ledger *ledger, enum fact_table table, uint64_t key,
    const struct session *session, const struct references *references)
{
    bool is_new;
    struct repeated_row *row = key == 0 ? NULL : id_table_put(&ledger->repeated[table], key, &is_new);

    if (row != NULL && is_new)
        write_down(ledger, row, table, session, references);
    return row;
}

static uint64_t key_of(const struct ledger *ledger, enum fact_table table, const struct session *session)
{
    return fact_table_applies(table, session) ? row_key(&ledger->plans, table, session, NULL) : 0;
}

static uint64_t put_alone(struct ledger *ledger, enum fact_table table, const struct session *session)
{
    const struct repeated_row *row = put_row(ledger, table, key_of(ledger, table, session), session, NULL);

    return row == NULL ? 0 : row->id;
}

struct profile_key {
    uint64_t key;
    struct references keys; /* of the hello and the answer */
};

static struct profile_key profile_key_of(const struct ledger *ledger, const struct session *session)
{
    struct profile_key key = {.keys = {{[TABLE_HELLO] = key_of(ledger, TABLE_HELLO, session),
                                  [TABLE_ANSWER] = key_of(ledger, TABLE_ANSWER, session)}}};

    key.key = row_key(&ledger->plans, TABLE_PROFILE, session, &key.keys);
    return key;
}

/* A profile that is known has its hello and answer in the ledger already: they are not looked up. */
static uint64_t put_profile(
    struct ledger *ledger, const struct profile_key *key, const struct session *session)
{
    const struct repeated_row *row = id_table_find(&ledger->repeated[TABLE_PROFILE], key->key);
    struct references references = {{0}};

    if (row != NULL)
        return row->id;
    for (enum fact_table table = TABLE_HELLO; table <= TABLE_ANSWER; table++) {
        row = put_row(ledger, table, key->keys.ids[table], session, NULL);
        references.ids[table] = row == NULL ? 0 : row->id;
    }
    row = put_row(ledger, TABLE_PROFILE, key->key, session, &references);
    return row == NULL ? 0 : row->id;
}

void ledger_put_repeated(struct ledger *ledger, const struct session *session, struct observation_row *row)
{
    const struct profile_key key = profile_key_of(ledger, session);

    id_table_expect(&ledger->repeated[TABLE_PROFILE], key.key);
    row->path = put_alone(ledger, TABLE_PATH, session);
    row->certificate = put_alone(ledger, TABLE_CERTIFICATE, session);
    row->profile = put_profile(ledger, &key, session);
}

static bool is_after(const struct packet_ref *ref, const struct packet_ref *other)
{
    if (ref->time_ns != other->time_ns)
        return ref->time_ns > other->time_ns;
    return ref->number > other->number;
}

void packet_ref_later(struct packet_ref *last, const struct packet_ref *other)
{
    if (is_after(other, last))
        *last = *other;
}

void packet_ref_earlier(struct packet_ref *first, const struct packet_ref *other)
{
    if (is_after(first, other))
        *first = *other;
}
