/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_sums.c: each client counts once, by what its contacts are; each server too. */
#include "contact_sums.h"

#include "contact_verdicts.h"

#include <lasthello/clock.h>

extern const char sql_private_host[];

enum server_flag {
    SERVER_COUNTED = 1,
    SERVER_OLD = 2,
};

struct summing {
    struct contact_walk walk;
    struct id_map servers; /* flags of each */
    struct query is_private;
    struct summary *summary;
    size_t policy_count;
    int64_t recent; /* microseconds since 1970: what changed is what came since */
};

/* What a client is, by all its contacts. */
struct client_sums {
    bool is_client, is_failing, is_too_new, is_offer_refused, is_exposed, is_unconfirmed, is_better;
    enum verdict worst;
    int64_t old_first, old_last, refused_first, better_last; /* of what is asked for */
    unsigned causes;                                         /* 1 << enum cause for each */
    bool ends[POLICIES_MAX], is_dated[POLICIES_MAX];         /* by the number of a policy */
    bool breaks;
};

static void add_sessions(struct summary *summary, const struct contact *contact)
{
    const uint64_t sessions = (uint64_t)contact->sessions;
    const struct judged_profile *profile = contact->profile;

    summary->unconfirmed_sessions += profile->is_unconfirmed ? sessions : 0;
    if (!profile->is_counted)
        return;
    summary->sessions += sessions;
    summary->handshake_sessions += profile->sight == SIGHT_HANDSHAKE ? sessions : 0;
    summary->midstream_sessions += profile->sight == SIGHT_MIDSTREAM ? sessions : 0;
    summary->one_sided_sessions += profile->sight == SIGHT_ONE_SIDED ? sessions : 0;
    summary->unknown_sessions += profile->sight == SIGHT_UNKNOWN ? sessions : 0;
    summary->contradictory_sessions += profile->is_contradictory ? sessions : 0;
    summary->sessions_without_sni += profile->has_no_sni ? sessions : 0;
    summary->dns_named_sessions += profile->is_named_by_dns ? sessions : 0;
    summary->other_sessions += profile->is_mail ? 0 : sessions;
}

static void add_times(struct client_sums *client, const struct contact *contact)
{
    const struct judged_profile *profile = contact->profile;

    if (contact->verdict > client->worst)
        client->worst = contact->verdict;
    if (contact->is_inspected) /* what a middlebox does is no change of the client's */
        return;
    if (profile->is_legacy && contact->first_seen < client->old_first)
        client->old_first = contact->first_seen;
    if (profile->is_legacy && contact->last_seen > client->old_last)
        client->old_last = contact->last_seen;
    if (profile->alone == VERDICT_FAILING && contact->first_seen < client->refused_first)
        client->refused_first = contact->first_seen;
    if (profile->is_better && contact->last_seen > client->better_last)
        client->better_last = contact->last_seen;
}

/* No provider ends what a middlebox does. */
static void add_ends(
    const struct contact_walk *walk, struct client_sums *client, const struct contact *contact)
{
    const struct judged_breach *found[POLICIES_MAX];
    const size_t count = contact_verdicts_breaches(walk, contact, found);

    for (size_t i = 0; i < count; i++) {
        client->breaks |= found[i]->breaks;
        client->ends[found[i]->policy] |= found[i]->breaks;
        client->is_dated[found[i]->policy] |=
            found[i]->breaks && found[i]->breach.kind != BREACH_NAME_ENDS;
    }
}

static void add_contact(
    const struct summing *summing, struct client_sums *client, const struct contact *contact)
{
    const struct judged_profile *profile = contact->profile;

    client->is_better |= profile->is_better;
    if (!contact->is_asked)
        return;
    client->is_client |= profile->is_counted;
    if (contact->is_past)
        return;
    if (contact->verdict == VERDICT_FAILING) { /* else its refusals are history */
        client->is_failing |= profile->is_failing;
        client->is_too_new |= profile->cause == CAUSE_TOO_NEW;
        client->is_offer_refused |= profile->alone == VERDICT_FAILING && profile->cause == CAUSE_NONE;
    }
    client->is_exposed |= profile->is_exposed;
    client->is_unconfirmed |= profile->is_unconfirmed;
    client->causes |= 1U << profile->cause;
    if (profile->is_counted)
        add_times(client, contact);
    add_ends(&summing->walk, client, contact);
}

static void count_causes(struct summary *summary, const struct client_sums *client)
{
    static const enum cause old[] = {CAUSE_CLIENT, CAUSE_SERVER, CAUSE_FALLBACK, CAUSE_UNKNOWN};
    unsigned causes = 0;

    for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
        if ((client->causes & 1U << old[i]) != 0) {
            summary->legacy_by_cause[old[i]]++;
            causes++;
        }
    summary->legacy_clients += causes > 0;
    summary->several_causes += causes > 1;
    summary->mixed_clients += (client->causes & 1U << CAUSE_CLIENT) != 0 && client->is_better;
}

static void count_ends(struct summing *summing, const struct client_sums *client)
{
    for (size_t i = 0; client->breaks && i < summing->policy_count; i++) {
        summing->summary->breaking_by_policy[i] += client->ends[i];
        summing->summary->dated_by_policy[i] += client->is_dated[i];
    }
    summing->summary->breaking_clients += client->breaks;
}

static void count_changes(struct summing *summing, const struct client_sums *client)
{
    struct summary *summary = summing->summary;
    const bool was_old = client->old_first < summing->recent;

    summary->newly_old += client->old_first != INT64_MAX && !was_old;
    summary->newly_refused += client->refused_first != INT64_MAX && client->refused_first >= summing->recent;
    summary->newer_alone +=
        was_old && client->old_last < summing->recent && client->better_last >= summing->recent;
}

static void count_client(struct summing *summing, const struct client_sums *client)
{
    struct summary *summary = summing->summary;

    summary->clients += client->is_client;
    summary->clients_by_verdict[client->worst] += client->is_client;
    count_changes(summing, client);
    summary->failing_clients += client->is_failing;
    summary->too_new_clients += client->is_too_new;
    summary->offer_refused_clients += client->is_offer_refused;
    summary->cleartext_clients += client->is_exposed;
    summary->unconfirmed_clients += client->is_unconfirmed && !client->is_client;
    count_causes(summary, client);
    count_ends(summing, client);
}

/* 1, 0, or -1: it cannot be asked. */
static int is_private(struct summing *summing, int64_t host, struct error *error)
{
    enum row row;
    bool private;

    query_name_number(&summing->is_private, ":host", host);
    row = query_row(&summing->is_private, error);
    private = row == ROW_ONE && query_number(&summing->is_private, 0) != 0;
    query_reset(&summing->is_private);
    return row == ROW_FAILED ? -1 : private;
}

/* Each server once, when it is met for the first time, and once more when it turns out to be old. */
static bool count_server(struct summing *summing, const struct contact *contact, struct error *error)
{
    uint32_t *flags;
    int private;

    if (!contact->is_asked || !contact->profile->is_counted)
        return true;
    flags = id_map_put(&summing->servers, contact->server);
    if (flags == NULL)
        return inventory_no_memory(error);
    summing->summary->servers += (*flags & SERVER_COUNTED) == 0;
    *flags |= SERVER_COUNTED;
    if (!contact->profile->is_old || (*flags & SERVER_OLD) != 0)
        return true;
    *flags |= SERVER_OLD;
    private = is_private(summing, contact->server, error);
    summing->summary->legacy_servers++;
    summing->summary->private_legacy_servers += private > 0;
    return private >= 0;
}

static bool add_client(void *context, struct error *error)
{
    struct summing *summing = context;
    struct client_sums client = {.old_first = INT64_MAX,
        .old_last = INT64_MIN,
        .refused_first = INT64_MAX,
        .better_last = INT64_MIN};

    for (size_t i = 0; i < summing->walk.count; i++) {
        const struct contact *contact = &summing->walk.contacts[i];

        add_contact(summing, &client, contact);
        if (contact->is_asked)
            add_sessions(summing->summary, contact);
        if (!count_server(summing, contact, error))
            return false;
    }
    count_client(summing, &client);
    return true;
}

bool contact_sums_add(struct inventory *inventory, const struct checked_filters *checked,
    struct summary *summary, struct error *error)
{
    struct summing summing = {.summary = summary,
        .policy_count = inventory->policies == NULL ? 0 : inventory->policies->count,
        .recent = (checked->today - CHANGES_DAYS + 1) * SECONDS_A_DAY * 1000000};
    const bool added = contact_walk_open(&summing.walk, inventory, checked, WALK_BY_ADDRESS, error) &&
        query_open(&summing.is_private, &inventory->db, sql_private_host, error) &&
        contact_walk_all(&summing.walk, add_client, &summing, error);

    contact_walk_close(&summing.walk);
    query_close(&summing.is_private);
    id_map_close(&summing.servers);
    return added;
}
