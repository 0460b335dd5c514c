/* SPDX-License-Identifier: BSD-2-Clause */
/* ledger_rows.c: what repeats from session to session is copied once. */
#include "ledger_rows.h"

void ledger_put_host(struct ledger *ledger, uint64_t id, uint64_t site, const struct address *address)
{
    bool is_new;
    struct host_row *row = id_table_put(&ledger->hosts, id, &is_new);

    if (row == NULL || !is_new)
        return;
    row->site = site;
    row->address = *address;
}

static void write_down(struct ledger *ledger, struct repeated_row *row, enum fact_table table, const struct session *session,
    const struct references *references)
{
    struct sheet sheet;

    sheet_write(&sheet, table, session, references);
    row->id = row_id_of_sheet(&sheet);
    row->at = (uint32_t)ledger->texts_len;
    row->len = (uint32_t)sheet.len;
    memcpy(ledger->texts + row->at, sheet.text, sheet.len);
    ledger->texts_len += sheet.len;
}

/* In the order of the tables: a profile refers to rows of those before it. */
void ledger_put_repeated(struct ledger *ledger, const struct session *session, struct references *references)
{
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++) {
        struct repeated_row *row;
        bool is_new;

        references->ids[table] = 0;
        if (!fact_table_applies(table, session))
            continue;
        row = id_table_put(&ledger->repeated[table], row_key(&ledger->plans, table, session, references), &is_new);
        if (row == NULL)
            continue;
        if (is_new)
            write_down(ledger, row, table, session, references);
        references->ids[table] = row->id;
    }
}

static bool is_after(const struct mark *mark, const struct mark *other)
{
    if (mark->time_ns != other->time_ns)
        return mark->time_ns > other->time_ns;
    return mark->number > other->number;
}

void mark_later(struct mark *last, const struct mark *other)
{
    if (is_after(other, last))
        *last = *other;
}

void mark_earlier(struct mark *first, const struct mark *other)
{
    if (is_after(first, other))
        *first = *other;
}
