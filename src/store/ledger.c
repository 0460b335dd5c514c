/* SPDX-License-Identifier: BSD-2-Clause */
/* ledger.c: equal sessions become one observation. */
#include "ledger_rows.h"

#include <lasthello/pages.h>
#include <lasthello/utc.h>

#include <stdio.h>
#include <stdlib.h>

/* Bigger ledgers make bigger transactions, and those touch each page of the database less often: half of it
 * makes a million sessions cost the writer more than twice as much. Only what is used of it is memory. */
#define OBSERVATIONS_MAX 131072
#define HOSTS_MAX        131072
#define NAMES_MAX        16384
#define REPEATED_MAX     131072
#define SITES_MAX        64

_Static_assert(OBSERVATIONS_MAX <= ID_TABLE_ROWS_MAX && HOSTS_MAX <= ID_TABLE_ROWS_MAX &&
        REPEATED_MAX <= ID_TABLE_ROWS_MAX,
    "no table holds more");

static bool open_repeated(struct ledger *ledger)
{
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        if (!id_table_open(&ledger->repeated[table], sizeof(struct repeated_row), REPEATED_MAX))
            return false;
    ledger->values = pages_take(LEDGER_VALUES_BYTES);
    return ledger->values != NULL && row_id_bounds_hold() && key_plans_open(&ledger->plans);
}

static bool open_tables(struct ledger *ledger)
{
    return id_table_open(&ledger->sites, sizeof(struct site_row), SITES_MAX) &&
        id_table_open(&ledger->sources, sizeof(struct source_row), LEDGER_SOURCES_MAX) &&
        id_table_open(&ledger->hosts, sizeof(struct host_row), HOSTS_MAX) &&
        id_table_open(&ledger->names, sizeof(struct name_row), NAMES_MAX) && open_repeated(ledger) &&
        id_table_open(&ledger->observations, sizeof(struct observation_row), OBSERVATIONS_MAX) &&
        id_table_open(&ledger->amendments, sizeof(struct amendment_row), OBSERVATIONS_MAX) &&
        id_table_open(&ledger->conclusions, sizeof(struct conclusion), LEDGER_SOURCES_MAX);
}

struct ledger *ledger_open(void)
{
    struct ledger *ledger = calloc(1, sizeof(*ledger));

    if (ledger == NULL || open_tables(ledger))
        return ledger;
    ledger_close(ledger);
    return NULL;
}

void ledger_close(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    id_table_close(&ledger->sites);
    id_table_close(&ledger->sources);
    id_table_close(&ledger->hosts);
    id_table_close(&ledger->names);
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        id_table_close(&ledger->repeated[table]);
    pages_give(ledger->values, LEDGER_VALUES_BYTES);
    id_table_close(&ledger->observations);
    id_table_close(&ledger->amendments);
    id_table_close(&ledger->conclusions);
    free(ledger);
}

void ledger_reset(struct ledger *ledger)
{
    id_table_clear(&ledger->sites);
    id_table_clear(&ledger->sources);
    id_table_clear(&ledger->hosts);
    id_table_clear(&ledger->names);
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        id_table_clear(&ledger->repeated[table]);
    ledger->values_len = 0;
    id_table_clear(&ledger->observations);
    id_table_clear(&ledger->amendments);
    id_table_clear(&ledger->conclusions);
    ledger->sessions = 0;
    ledger->site = NULL;
    ledger->source = NULL;
    ledger->waiting_count = 0;
}

bool ledger_is_empty(const struct ledger *ledger)
{
    return ledger->sources.count == 0 && ledger->observations.count == 0 && ledger->amendments.count == 0 &&
        ledger->names.count == 0 && ledger->conclusions.count == 0 && ledger->waiting_count == 0;
}

static bool has_room_for_repeated(const struct ledger *ledger)
{
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        if (!id_table_has_room(&ledger->repeated[table], 1))
            return false;
    return LEDGER_VALUES_BYTES - ledger->values_len >= (size_t)TABLE_REPEATED_COUNT * SHEET_BYTES;
}

/* Room for one more session, whatever it says. */
static bool has_room(const struct ledger *ledger)
{
    return id_table_has_room(&ledger->sites, 1) && id_table_has_room(&ledger->sources, 1) &&
        id_table_has_room(&ledger->hosts, 2) && id_table_has_room(&ledger->observations, 1) &&
        has_room_for_repeated(ledger);
}

static const struct site_row *put_site(struct ledger *ledger, const char *site)
{
    struct site_row *row;
    bool is_new;

    if (ledger->site != NULL && strcmp(ledger->site->site, site) == 0)
        return ledger->site;
    row = id_table_put(&ledger->sites, row_id_of_site(site), &is_new);
    if (is_new)
        snprintf(row->site, sizeof(row->site), "%s", site);
    ledger->site = row;
    return row;
}

static struct source_row *put_source(struct ledger *ledger, uint64_t id)
{
    bool is_new;
    struct source_row *row = id_table_put(&ledger->sources, id, &is_new);

    if (row != NULL && is_new)
        *row = (struct source_row){.id = id};
    return row;
}

static void note_source(struct ledger *ledger, uint64_t id)
{
    struct source_row *row;

    if (ledger->source != NULL && ledger->source->id == id)
        return;
    row = put_source(ledger, id);
    ledger->source = row;
}

static uint64_t observation_id(const struct observation_row *row)
{
    return row_id_of_observation(&(struct observation_key){
        .source = row->source,
        .day = (uint64_t)utc_day(row->first.time_ns),
        .client = row->client,
        .server = row->server,
        .profile = row->profile,
        .certificate = row->certificate,
        .path = row->path,
    });
}

static void merge(struct ledger *ledger, const struct observation_row *session)
{
    bool is_new;
    struct observation_row *row = id_table_put(&ledger->observations, session->id, &is_new);

    if (row == NULL)
        return;
    if (is_new) {
        *row = *session;
        return;
    }
    packet_ref_earlier(&row->first, &session->first);
    packet_ref_later(&row->last, &session->last);
    row->sessions += session->sessions;
    row->short_lived += session->short_lived;
    row->gaps += session->gaps;
}

bool ledger_add(struct ledger *ledger, const char *site_name, const struct session *session,
    uint64_t *observation)
{
    const struct address *client = &session->endpoints[SIDE_CLIENT].address;
    const struct address *server = &session->endpoints[SIDE_SERVER].address;
    const struct site_row *site;
    struct observation_row row;

    if (!has_room(ledger))
        return false;
    site = put_site(ledger, site_name);
    row = (struct observation_row){
        .source = session->first.source,
        .client = row_id_of_host(site->site, client),
        .server = row_id_of_host(site->site, server),
        .first = session->first,
        .last = session->last,
        .sessions = 1,
        .gaps = session->gaps,
    };
    id_table_expect(&ledger->hosts, row.client);
    ledger_put_repeated(ledger, session, &row);
    id_table_expect_row(&ledger->hosts, row.client);
    row.id = observation_id(&row);
    id_table_expect(&ledger->observations, row.id);
    ledger_put_host(ledger, row.client, site->id, client);
    ledger_put_host(ledger, row.server, site->id, server);
    note_source(ledger, row.source);
    merge(ledger, &row);
    ledger->sessions++;
    *observation = row.id;
    return true;
}

/* What is told of an observation that is not in the ledger waits beside it, for the writer. */
static void amend(struct ledger *ledger, const struct amendment_row *told)
{
    struct observation_row *known = id_table_find(&ledger->observations, told->id);
    struct amendment_row *row;
    bool is_new;

    if (known != NULL) {
        packet_ref_later(&known->last, &told->last);
        known->short_lived += told->short_lived;
        return;
    }
    row = id_table_put(&ledger->amendments, told->id, &is_new);
    if (row == NULL)
        return; /* ledger_amend has made sure of room */
    if (is_new)
        *row = (struct amendment_row){.id = told->id, .last = told->last};
    packet_ref_later(&row->last, &told->last);
    row->short_lived += told->short_lived;
}

void ledger_catch_up(struct ledger *ledger)
{
    const struct amendment_row *waiting = ledger->waiting;

    for (size_t i = 0; i < ledger->waiting_count; i++)
        id_table_expect(&ledger->observations, waiting[i].id);
    for (size_t i = 0; i < ledger->waiting_count; i++)
        id_table_expect_row(&ledger->observations, waiting[i].id);
    for (size_t i = 0; i < ledger->waiting_count; i++)
        amend(ledger, &waiting[i]);
    ledger->waiting_count = 0;
}

bool ledger_amend(struct ledger *ledger, const struct amendment *amendment)
{
    if (!id_table_has_room(&ledger->amendments, (uint32_t)ledger->waiting_count + 1))
        return false;
    ledger->waiting[ledger->waiting_count++] =
        (struct amendment_row){amendment->observation, amendment->last, amendment->short_lived};
    if (ledger->waiting_count == WAITING_AMENDMENTS)
        ledger_catch_up(ledger);
    return true;
}

bool ledger_source(struct ledger *ledger, const struct source_record *source)
{
    struct source_row *row = put_source(ledger, source->id);

    if (row == NULL)
        return false;
    row->record = *source;
    row->has_record = true;
    return true;
}

bool ledger_name(struct ledger *ledger, const char *site_name, const struct told_name *told)
{
    const struct site_row *site;
    struct name_row *row;
    uint64_t host;
    bool is_new;

    if (!id_table_has_room(&ledger->sites, 1) || !id_table_has_room(&ledger->hosts, 1) ||
        !id_table_has_room(&ledger->names, 1))
        return false;
    site = put_site(ledger, site_name);
    host = row_id_of_host(site->site, &told->host);
    ledger_put_host(ledger, host, site->id, &told->host);
    row = id_table_put(&ledger->names, row_id_of_name(host, told->name, told->source), &is_new);
    if (is_new) {
        row->host = host;
        row->source = told->source;
        row->first_ns = row->last_ns = told->time_ns;
        snprintf(row->name, sizeof(row->name), "%s", told->name);
    }
    row->first_ns = told->time_ns < row->first_ns ? told->time_ns : row->first_ns;
    row->last_ns = told->time_ns > row->last_ns ? told->time_ns : row->last_ns;
    return true;
}

bool ledger_conclude(struct ledger *ledger, const struct conclusion *conclusion)
{
    bool is_new;
    struct conclusion *row = id_table_put(&ledger->conclusions, conclusion->source, &is_new);

    if (row != NULL)
        *row = *conclusion;
    return row != NULL;
}
