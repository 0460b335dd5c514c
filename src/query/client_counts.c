/* SPDX-License-Identifier: BSD-2-Clause */
/* client_counts.c: one walk over all clients: counted by verdict and provider, and compared with the look
 * before. */
#include "client_turns.h"

#include <lasthello/session.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern const char sql_turned[];

static const char sql_providers[] = "SELECT id, provider FROM profile WHERE provider IS NOT NULL";

struct counting {
    struct contact_walk walk;
    struct client_counts *counts;
    struct client_memory *memory; /* NULL: none */
    struct id_map providers;      /* of each profile that has one: its number */
    /* of the client that the walk has come to: with each provider the worst verdict and 1; 0: no contact */
    unsigned char worst[COUNTED_PROVIDERS_MAX];
};

/* The number of a provider, which is made where it is new. */
static uint32_t number_of(struct client_counts *counts, const char *provider)
{
    struct provider_clients new = {.provider = ""};

    snprintf(new.provider, sizeof(new.provider), "%s", provider == NULL ? "" : provider);
    for (uint32_t i = 0; i < counts->provider_count; i++)
        if (strcmp(counts->providers[i].provider, new.provider) == 0)
            return i;
    if (counts->provider_count == COUNTED_PROVIDERS_MAX)
        return 0;
    counts->providers[counts->provider_count] = new;
    return (uint32_t)counts->provider_count++;
}

/* Profiles come in no order of their providers; there are some hundred of them. */
static bool load_providers(struct counting *counting, struct inventory *inventory, struct error *error)
{
    struct query query;
    enum row row = ROW_FAILED;
    bool has_memory;

    counting->counts->providers = calloc(COUNTED_PROVIDERS_MAX, sizeof(struct provider_clients));
    has_memory = counting->counts->providers != NULL;
    if (has_memory && query_open(&query, &inventory->db, sql_providers, error)) {
        number_of(counting->counts, ""); /* the first */
        while (has_memory && (row = query_row(&query, error)) == ROW_ONE) {
            uint32_t *kept = id_map_put(&counting->providers, query_number(&query, 0));

            has_memory = kept != NULL;
            if (has_memory)
                *kept = number_of(counting->counts, query_text(&query, 1));
        }
        query_close(&query);
    }
    return has_memory ? row == ROW_END : error_set(error, "not enough memory to count clients");
}

/* The client's worst verdict. */
static enum verdict count_client(struct counting *counting)
{
    enum verdict worst = VERDICT_UNCONFIRMED;
    bool is_client = false;

    memset(counting->worst, 0, counting->counts->provider_count);
    for (size_t i = 0; i < counting->walk.count; i++) {
        const struct contact *contact = &counting->walk.contacts[i];
        const uint32_t *kept = id_map_find(&counting->providers, contact->profile->id);
        unsigned char *of_provider = &counting->worst[kept == NULL ? 0 : *kept];

        if (!contact->is_asked || !contact->profile->is_counted || contact->is_past)
            continue;
        is_client = true;
        worst = contact->verdict > worst ? contact->verdict : worst;
        if (contact->verdict + 1U > *of_provider)
            *of_provider = (unsigned char)(contact->verdict + 1U);
    }
    counting->counts->clients[worst] += is_client;
    for (size_t i = 0; i < counting->counts->provider_count; i++)
        if (counting->worst[i] > 0)
            counting->counts->providers[i].clients[counting->worst[i] - 1]++;
    return worst;
}

static bool add_client(void *context, struct error *error)
{
    struct counting *counting = context;
    const enum verdict worst = count_client(counting);

    return counting->memory == NULL || client_turns_see(counting->memory, &counting->walk, worst) ||
        error_set(error, "not enough memory to remember clients");
}

/* Names are looked up for the few that are told. */
static bool tell_all(struct inventory *inventory, struct turn_teller *teller, struct error *error)
{
    const struct turn_found *found;
    const size_t count = client_turns_found(teller->memory, &found, &teller->untold);
    struct query query;
    enum row row = ROW_END;

    if (!query_open(&query, &inventory->db, sql_turned, error))
        return false;
    for (size_t i = 0; i < count && row != ROW_FAILED; i++) {
        query_name_number(&query, ":client", found[i].client);
        query_name_number(&query, ":server", found[i].server);
        query_name_number(&query, ":profile", found[i].profile);
        row = query_row(&query, error);
        if (row == ROW_ONE)
            teller->tell(teller->context,
                &(struct turned){.turn = found[i].turn,
                    .days = found[i].days,
                    .client = query_text(&query, 0),
                    .to = query_text(&query, 1),
                    .service = query_text(&query, 2),
                    .offers = query_text(&query, 3)});
        query_reset(&query);
    }
    query_close(&query);
    return row != ROW_FAILED;
}

bool inventory_count_clients(struct inventory *inventory, const struct filters *filters,
    struct turn_teller *teller, struct client_counts *counts, struct error *error)
{
    struct counting counting = {.counts = counts, .memory = teller == NULL ? NULL : teller->memory};
    struct checked_filters checked;
    bool counted;

    *counts = (struct client_counts){0};
    if (!filters_check(filters, time(NULL), &checked, error))
        return false;
    if (counting.memory != NULL)
        client_turns_begin(counting.memory, &checked);
    counted = moment_begin(inventory, &checked, error) && load_providers(&counting, inventory, error) &&
        contact_walk_open(&counting.walk, inventory, &checked, WALK_BY_ADDRESS, error) &&
        contact_walk_all(&counting.walk, add_client, &counting, error);
    contact_walk_close(&counting.walk);
    id_map_close(&counting.providers);
    if (counted && counting.memory != NULL) {
        client_turns_end(counting.memory);
        counted = tell_all(inventory, teller, error);
    }
    moment_end(inventory);
    return counted;
}

void client_counts_close(struct client_counts *counts)
{
    free(counts->providers);
    *counts = (struct client_counts){0};
}
