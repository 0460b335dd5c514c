/* SPDX-License-Identifier: BSD-2-Clause */
/* provider.c: whose server it is. Our own rules come first, then nDPI's lists; each question is
 * asked once. */
#include "dpi.h"
#include "provider_cache.h"
#include "provider_rules.h"

#include <lasthello/judge.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define PAYLOADS_A_SECOND 4 /* each costs nDPI some 50 us, and is a hint only */

struct providers {
    struct rules rules;
    struct networks *networks; /* of the rules */
    struct cache *named;       /* who, by address, port and server name */
    struct cache *foreign;     /* what, by address and port */
    pthread_mutex_t lock;      /* of nDPI, of what follows, and of storing */
    int64_t second;            /* in which payloads were last named, and how many */
    unsigned payloads;
};

/* ---- opening ----------------------------------------------------------------------------------- */

static bool plant_networks(struct providers *providers)
{
    for (size_t i = 0; i < providers->rules.count; i++) {
        struct rule *rule = &providers->rules.rows[i];

        if (rule->host[0] == '\0' &&
            !networks_add(providers->networks, &rule->network, rule->prefix_len, rule))
            return false;
    }
    return true;
}

static bool open_parts(struct providers *providers, const char *rules_path, struct error *error)
{
    if (!dpi_check(error) || (rules_path != NULL && !rules_read(&providers->rules, rules_path, error)))
        return false;
    providers->named = cache_open();
    providers->foreign = cache_open();
    providers->networks = networks_open();
    return (providers->named != NULL && providers->foreign != NULL && providers->networks != NULL &&
               plant_networks(providers)) ||
        error_set(error, "not enough memory for the names of providers");
}

struct providers *providers_open(const char *rules_path, struct error *error)
{
    struct providers *providers = calloc(1, sizeof(*providers));

    if (providers == NULL || pthread_mutex_init(&providers->lock, NULL) != 0) {
        free(providers);
        error_set(error, "not enough memory for the names of providers");
        return NULL;
    }
    if (open_parts(providers, rules_path, error))
        return providers;
    providers_close(providers);
    return NULL;
}

void providers_close(struct providers *providers)
{
    if (providers == NULL)
        return;
    networks_close(providers->networks);
    cache_close(providers->named);
    cache_close(providers->foreign);
    rules_free(&providers->rules);
    pthread_mutex_destroy(&providers->lock);
    free(providers);
}

/* ---- whose server ------------------------------------------------------------------------------ */

static const struct rule *find_rule(const struct providers *providers, const struct session *session)
{
    const struct rule *rule = rules_find_host(&providers->rules, session->offer.server_name);

    return rule != NULL ? rule : networks_find(providers->networks, &session->endpoints[SIDE_SERVER].address);
}

/* A name is what the client said, and some of nDPI's patterns match anywhere in it; an address is
 * harder to come by. Therefore the source says which of them the name rests on. */
static void ask_lists(struct dpi *dpi, const struct session *session, struct provided *answer)
{
    char by_name[DPI_NAME_BYTES] = "", by_address[DPI_NAME_BYTES] = "";
    bool has_name = dpi_name_host(dpi, session->offer.server_name, by_name);
    bool has_address = dpi_name_address(dpi, &session->endpoints[SIDE_SERVER].address, by_address);

    if (!has_name && !has_address)
        return;
    snprintf(answer->name, sizeof(answer->name), "%s", has_name ? by_name : by_address);
    answer->source = has_name ? "sni" : "ip";
    if (has_name && has_address && strcmp(by_name, by_address) == 0)
        answer->source = "sni+ip";
}

static struct provided find_provider(struct providers *providers, const struct session *session)
{
    const struct rule *rule = find_rule(providers, session);
    struct provided answer = {.source = NULL};
    struct dpi *dpi;

    if (rule != NULL) {
        memcpy(answer.name, rule->provider, sizeof(answer.name));
        answer.source = "rule";
    } else if ((dpi = dpi_of_process()) != NULL) {
        ask_lists(dpi, session, &answer);
    }
    return answer;
}

static void put_answer(struct session *session, const struct provided *answer)
{
    memcpy(session->provider, answer->name, sizeof(session->provider));
    session->provider_source = answer->source;
}

void providers_name(struct providers *providers, struct session *session)
{
    uint64_t key = cache_key(providers->named, &session->endpoints[SIDE_SERVER], session->offer.server_name);
    const struct provided *known = cache_find(providers->named, key);
    struct provided answer;

    if (known != NULL) {
        put_answer(session, known);
        return;
    }
    pthread_mutex_lock(&providers->lock);
    answer = find_provider(providers, session);
    cache_store(providers->named, key, &answer);
    pthread_mutex_unlock(&providers->lock);
    put_answer(session, &answer);
}

/* ---- what is foreign --------------------------------------------------------------------------- */

/* By the time of the packets, not by the clock: a capture read twice gives the same names. */
static bool may_name_payload(struct providers *providers, const struct session *session)
{
    int64_t second = session->last.time_ns / NANOSECONDS;

    if (second != providers->second)
        providers->payloads = 0;
    providers->second = second;
    return providers->payloads++ < PAYLOADS_A_SECOND;
}

static bool is_foreign(const struct session *session)
{
    return session->outcome == OUTCOME_FOREIGN && session->login[0] == '\0' && !session->offer.seen &&
        !session->answer.seen;
}

/* With the lock held. False: not now. */
static bool name_payload(struct providers *providers, const struct session *session, struct bytes client,
    struct bytes server, struct provided *answer)
{
    char name[DPI_NAME_BYTES] = "";
    struct dpi *dpi;

    if (!may_name_payload(providers, session) || (dpi = dpi_of_process()) == NULL)
        return false;
    if (dpi_name_payload(dpi, session->endpoints, client, server, name))
        snprintf(answer->name, sizeof(answer->name), "%s", name);
    return true;
}

void providers_foreign(
    struct providers *providers, struct session *session, struct bytes client, struct bytes server)
{
    uint64_t key = cache_key(providers->foreign, &session->endpoints[SIDE_SERVER], "");
    const struct provided *known = cache_find(providers->foreign, key);
    struct provided answer = {.source = NULL};

    if (!is_foreign(session) || (client.left == 0 && server.left == 0))
        return;
    if (known == NULL) {
        pthread_mutex_lock(&providers->lock);
        if (name_payload(providers, session, client, server, &answer))
            cache_store(providers->foreign, key, &answer);
        pthread_mutex_unlock(&providers->lock);
        known = &answer;
    }
    snprintf(
        session->foreign, sizeof(session->foreign), "%.*s", (int)sizeof(session->foreign) - 1, known->name);
}

/* ---- beside ------------------------------------------------------------------------------------ */

bool providers_community_id(const struct session *session, char *out, size_t out_size)
{
    const struct endpoint *client =
        session->proxy ? &session->proxy_endpoint : &session->endpoints[SIDE_CLIENT];

    return dpi_community_id(client, &session->endpoints[SIDE_SERVER], out, out_size);
}

const char *providers_version(void)
{
    static char version[32];

    snprintf(version, sizeof(version), "nDPI %s", dpi_version());
    return version;
}
