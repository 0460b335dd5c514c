/* SPDX-License-Identifier: BSD-2-Clause */
/* host_names.c: datagrams of DNS and DHCP, heard; names of servers and hosts, told. */
#include "asked_names.h"
#include "leases.h"
#include "questions.h"

#include <lasthello/dhcp.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define QUESTION_SHARE 8 /* of the memory: one part in so many */
#define LEASE_SHARE    4

struct host_names {
    pthread_mutex_t lock;
    atomic_bool is_empty; /* nothing was heard yet: most runs never ask for the lock */
    struct hash_key key;
    struct questions questions;
    struct asked_names asked;
    struct leases leases;
};

struct host_names *host_names_open(size_t memory_bytes)
{
    struct host_names *names = calloc(1, sizeof(*names));

    if (names == NULL)
        return NULL;
    pthread_mutex_init(&names->lock, NULL);
    atomic_init(&names->is_empty, true);
    hash_key_random(&names->key);
    if (questions_open(&names->questions, memory_bytes / QUESTION_SHARE) &&
        leases_open(&names->leases, memory_bytes / LEASE_SHARE) &&
        asked_names_open(&names->asked,
            memory_bytes - memory_bytes / QUESTION_SHARE - memory_bytes / LEASE_SHARE))
        return names;
    host_names_close(names);
    return NULL;
}

void host_names_close(struct host_names *names)
{
    if (names == NULL)
        return;
    questions_close(&names->questions);
    leases_close(&names->leases);
    asked_names_close(&names->asked);
    pthread_mutex_destroy(&names->lock);
    free(names);
}

void host_names_clear(struct host_names *names)
{
    if (names == NULL || atomic_load(&names->is_empty))
        return;
    pthread_mutex_lock(&names->lock);
    questions_clear(&names->questions);
    leases_clear(&names->leases);
    asked_names_clear(&names->asked);
    atomic_store(&names->is_empty, true);
    pthread_mutex_unlock(&names->lock);
}

/* ---- hashes: 0 is a free place ----------------------------------------------------------------------- */

static uint64_t hash_of(const struct host_names *names, const void *bytes, size_t len)
{
    const uint64_t hash = hash_bytes(&names->key, bytes, len);

    return hash == 0 ? 1 : hash;
}

static uint64_t hash_of_host(const struct host_names *names, const struct address *host)
{
    return hash_of(names, host->octets, sizeof(host->octets));
}

static uint64_t hash_of_pair(
    const struct host_names *names, const struct address *client, const struct address *server)
{
    const struct address pair[] = {*client, *server};

    return hash_of(names, pair, sizeof(pair));
}

/* What came in a datagram. */
struct heard {
    struct endpoint source, destination;
    struct bytes payload;
    int64_t time_ns;
};

/* What an answer must repeat. */
static uint64_t hash_of_question(const struct host_names *names, const struct endpoint *client,
    const struct endpoint *server, const struct dns_message *message)
{
    struct {
        struct address client, server;
        uint16_t client_port, server_port, id, type;
        char name[DNS_NAME_BYTES];
    } question = {.client = client->address,
        .server = server->address,
        .client_port = client->port,
        .server_port = server->port,
        .id = message->id,
        .type = message->type};
    const size_t name_len = strlen(message->name);

    memcpy(question.name, message->name, name_len);
    return hash_of(names, &question, offsetof(__typeof__(question), name) + name_len);
}

/* ---- DNS --------------------------------------------------------------------------------------------- */

static void ask(struct host_names *names, const struct heard *heard, const struct dns_message *message)
{
    questions_ask(&names->questions, hash_of_host(names, &heard->source.address),
        hash_of_question(names, &heard->source, &heard->destination, message), heard->time_ns);
}

static int compare_pairs(const void *one, const void *other)
{
    const uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

    return (a > b) - (a < b);
}

/* Answers turn their addresses round from one to the next: in order they are the same again. */
static void keep_answer(
    struct host_names *names, const struct heard *heard, const struct dns_message *message)
{
    const struct address *client = &heard->destination.address;
    int64_t lasts_s = message->ttl_s;
    struct asked asked = {.from_ns = heard->time_ns, .pair_count = message->address_count};

    if (lasts_s < NAME_LASTS_SECONDS)
        lasts_s = NAME_LASTS_SECONDS;
    if (lasts_s > NAME_LASTS_MAX)
        lasts_s = NAME_LASTS_MAX;
    asked.until_ns = heard->time_ns + lasts_s * NANOSECONDS;
    for (size_t i = 0; i < asked.pair_count; i++)
        asked.pairs[i] = hash_of_pair(names, client, &message->addresses[i]);
    qsort(asked.pairs, asked.pair_count, sizeof(asked.pairs[0]), compare_pairs);
    memcpy(asked.name, message->name, sizeof(asked.name));
    asked_names_put(&names->asked, hash_of_host(names, client), &asked);
    atomic_store(&names->is_empty, false);
}

static void answer(struct host_names *names, const struct heard *heard, const struct dns_message *message,
    struct names_counts *counts)
{
    const enum answered answered = questions_answer(&names->questions,
        hash_of_host(names, &heard->destination.address),
        hash_of_question(names, &heard->destination, &heard->source, message),
        hash_of(names, heard->payload.data, heard->payload.left), heard->time_ns);

    counts->unasked += answered == ANSWERED_UNASKED;
    if (answered != ANSWERED_FIRST || message->address_count == 0)
        return;
    counts->answers++;
    keep_answer(names, heard, message);
}

/* An answer comes from the port that was asked. */
static void hear_dns(struct host_names *names, const struct heard *heard, struct names_counts *counts)
{
    struct dns_message message;
    const enum dns_kind kind = dns_read(heard->payload, &message);

    counts->unread += kind == DNS_BROKEN;
    pthread_mutex_lock(&names->lock);
    if (kind == DNS_QUESTION)
        ask(names, heard, &message);
    else if (kind == DNS_ANSWER)
        answer(names, heard, &message, counts);
    pthread_mutex_unlock(&names->lock);
}

/* ---- DHCP --------------------------------------------------------------------------------------------- */

static uint64_t hash_of_request(const struct host_names *names, const struct dhcp_message *message)
{
    struct {
        uint32_t transaction;
        uint64_t client;
    } __attribute__((packed)) request = {
        message->transaction, hash_of(names, message->client.data, message->client.left)};

    return hash_of(names, &request, sizeof(request));
}

static void request(struct host_names *names, const struct dhcp_message *message, int64_t time_ns)
{
    struct host_told told = {.has_mac = message->has_mac};

    memcpy(told.name, message->name, sizeof(told.name));
    memcpy(told.class, message->class, sizeof(told.class));
    if (told.has_mac && !bytes_copy(message->client, told.mac, sizeof(told.mac)))
        told.has_mac = false;
    leases_request(&names->leases, hash_of_request(names, message), &told, time_ns);
}

static void confirm(struct host_names *names, const struct dhcp_message *message, int64_t time_ns)
{
    if (leases_confirm(&names->leases, hash_of_request(names, message),
            hash_of_host(names, &message->address), message->lease_s, time_ns))
        atomic_store(&names->is_empty, false);
}

static void hear_dhcp(struct host_names *names, const struct heard *heard, struct names_counts *counts,
    enum dhcp_kind (*read)(struct bytes payload, struct dhcp_message *message))
{
    struct dhcp_message message;
    const enum dhcp_kind kind = read(heard->payload, &message);

    counts->unread += kind == DHCP_BROKEN;
    pthread_mutex_lock(&names->lock);
    if (kind == DHCP_REQUEST)
        request(names, &message, heard->time_ns);
    else if (kind == DHCP_REPLY)
        confirm(names, &message, heard->time_ns);
    pthread_mutex_unlock(&names->lock);
}

static void hear_dhcp4(struct host_names *names, const struct heard *heard, struct names_counts *counts)
{
    hear_dhcp(names, heard, counts, dhcp4_read);
}

static void hear_dhcp6(struct host_names *names, const struct heard *heard, struct names_counts *counts)
{
    hear_dhcp(names, heard, counts, dhcp6_read);
}

/* ---- what comes, what is asked --------------------------------------------------------------------- */

static const struct {
    uint16_t port;
    void (*hear)(struct host_names *names, const struct heard *heard, struct names_counts *counts);
} ports[] = {
    {53, hear_dns},
    {67, hear_dhcp4},
    {68, hear_dhcp4},
    {546, hear_dhcp6},
    {547, hear_dhcp6},
};

/* RFC 768. What the snapshot length took is missing at the end. */
static bool datagram_read(struct bytes in, struct heard *heard)
{
    uint16_t len, checksum;

    if (!bytes_u16(&in, &heard->source.port) || !bytes_u16(&in, &heard->destination.port) ||
        !bytes_u16(&in, &len) || !bytes_u16(&in, &checksum))
        return false;
    heard->payload = in;
    return true;
}

void host_names_hear(struct host_names *names, const struct datagram *datagram, int64_t time_ns,
    struct names_counts *counts)
{
    struct heard heard = {.time_ns = time_ns};

    if (datagram->protocol != 17 || datagram->is_fragment || !datagram_read(datagram->payload, &heard))
        return;
    heard.source.address = datagram->source;
    heard.destination.address = datagram->destination;
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        if (heard.source.port != ports[i].port && heard.destination.port != ports[i].port)
            continue;
        ports[i].hear(names, &heard, counts);
        return;
    }
}

/* What was asked for after a connection began does not tell what it was for. */
static bool wants_name(const struct session *session)
{
    return session->offer.server_name[0] == '\0' && (session->whole[SIDE_CLIENT] || session->offer.seen);
}

void host_names_fill(struct host_names *names, struct session *session)
{
    const struct address *client = &session->endpoints[SIDE_CLIENT].address;
    const struct address *server = &session->endpoints[SIDE_SERVER].address;

    if (atomic_load_explicit(&names->is_empty, memory_order_relaxed) || !wants_name(session))
        return;
    pthread_mutex_lock(&names->lock);
    asked_names_find(&names->asked, hash_of_host(names, client), hash_of_pair(names, client, server),
        session->first.time_ns, session->hints.dns_name);
    pthread_mutex_unlock(&names->lock);
}

bool host_names_told(
    struct host_names *names, const struct address *host, int64_t time_ns, struct host_told *told)
{
    const struct host_told *known;

    if (atomic_load_explicit(&names->is_empty, memory_order_relaxed))
        return false;
    pthread_mutex_lock(&names->lock);
    known = leases_find(&names->leases, hash_of_host(names, host), time_ns);
    if (known != NULL)
        *told = *known;
    pthread_mutex_unlock(&names->lock);
    return known != NULL;
}
