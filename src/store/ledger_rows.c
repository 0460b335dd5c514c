/* SPDX-License-Identifier: BSD-2-Clause */
/* ledger_rows.c: what repeats from session to session is copied once. */
#include "ledger_rows.h"

#include <stdio.h>

void ledger_put_host(struct ledger *ledger, uint64_t id, uint64_t site, const struct address *address)
{
    bool is_new;
    struct host_row *row = id_table_put(&ledger->hosts, id, &is_new);

    if (row == NULL || !is_new)
        return;
    row->site = site;
    row->address = *address;
}

void ledger_put_path(struct ledger *ledger, uint64_t id, const struct session *session)
{
    bool is_new;
    struct path_row *row = id == 0 ? NULL : id_table_put(&ledger->paths, id, &is_new);

    if (row == NULL || !is_new)
        return;
    *row = (struct path_row){
        .id = id,
        .has_macs = session->has_macs,
        .proxy = session->proxy,
        .vlan_count = session->vlan_count,
        .tunnel = session->tunnel,
        .tunnel_id = session->tunnel_id,
        .proxy_endpoint = session->proxy_endpoint,
    };
    memcpy(row->macs, session->macs, sizeof(row->macs));
    memcpy(row->vlans, session->vlans, sizeof(row->vlans));
}

static void put_references(struct ledger *ledger, const struct references *references, const struct session *session)
{
    struct answer_row *answer;
    struct hello_row *hello;
    bool is_new;

    if (references->hello != 0 && (hello = id_table_put(&ledger->hellos, references->hello, &is_new)) != NULL && is_new)
        hello->offer = session->offer;
    if (references->answer != 0 && (answer = id_table_put(&ledger->answers, references->answer, &is_new)) != NULL &&
        is_new)
        answer->answer = session->answer;
}

void ledger_put_certificate(struct ledger *ledger, uint64_t id, const struct certificate *certificate)
{
    bool is_new;
    struct certificate_row *row = id == 0 ? NULL : id_table_put(&ledger->certificates, id, &is_new);

    if (row != NULL && is_new)
        row->certificate = *certificate;
}

void ledger_put_profile(struct ledger *ledger, uint64_t id, const struct references *references,
    const struct session *session)
{
    const char *refused_by;
    char refusal[16];
    bool is_new;
    struct profile_row *row = id_table_put(&ledger->profiles, id, &is_new);

    if (row == NULL || !is_new)
        return;
    put_references(ledger, references, session);
    *row = (struct profile_row){
        .id = id,
        .references = *references,
        .service = session->service,
        .provider_source = session->provider_source,
        .outcome = session->outcome,
        .evidence = session->evidence,
        .offered_max = session->offer.maximum,
        .negotiated = session->negotiated,
        .cause = session->cause,
        .port = session->endpoints[SIDE_SERVER].port,
        .directions = session->directions,
        .preauth = session->preauth,
        .logindisabled = session->logindisabled,
        .bye = session->bye,
        .proxy = session->proxy,
        .client_certificate_requested = session->client_certificate_requested,
        .unconfirmed = session->unconfirmed,
        .contradictory = session->contradictory,
        .unreadable_answer = session->answer.unreadable,
        .starttls = session->starttls,
    };
    refused_by = refusal_name(session, refusal);
    snprintf(row->refused_by, sizeof(row->refused_by), "%s", refused_by == NULL ? "" : refused_by);
    memcpy(row->alerts, session->alerts, sizeof(row->alerts));
    memcpy(row->server_name, session->offer.server_name, sizeof(row->server_name));
    memcpy(row->provider, session->provider, sizeof(row->provider));
    memcpy(row->login, session->login, sizeof(row->login));
    memcpy(row->foreign, session->foreign, sizeof(row->foreign));
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
