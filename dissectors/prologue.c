/* SPDX-License-Identifier: BSD-2-Clause */
/* prologue.c: which prologues there are, and whether the client that a PROXY header names is believed. */
#include "prologue.h"

#include "proxy.h"
#include "tunnelled.h"
#include "workspace.h"

/* Each reads at the front of one side's first bytes. */
static enum prologued (*const of_clients[])(struct prologue *, struct bytes *) = {
    proxy_v1_read,
    proxy_v2_read,
    connect_client_read,
    socks4_client_read,
    socks5_client_read,
    NULL,
};
static enum prologued (*const of_servers[])(struct prologue *, struct bytes *) = {
    connect_server_read,
    socks4_server_read,
    socks5_server_read,
    NULL,
};

/* With one of these bytes a prologue begins. */
static const struct bytes beginnings[SIDE_COUNT] = {
    [SIDE_CLIENT] = {(const uint8_t *)"PCc\r\4\5", 6}, /* PROXY, CONNECT, version 2 of PROXY, SOCKS */
    [SIDE_SERVER] = {(const uint8_t *)"Hh\0\5", 4},    /* HTTP, SOCKS */
};

static bool may_begin(enum side from, struct bytes in)
{
    uint8_t first;

    return !bytes_u8(&in, &first) || memchr(beginnings[from].data, first, beginnings[from].left) != NULL;
}

/* Did the server say something before the header? Then it did not wait for one. */
static void note_header(struct reader *reader, bool had_header)
{
    struct prologue *prologue = &reader->prologue;

    if (!prologue->header || had_header)
        return;
    prologue->header_late = (reader->session->directions & 1 << SIDE_SERVER) != 0;
    prologue->header_first = reader->session->whole[SIDE_CLIENT];
}

enum prologued prologue_read(struct reader *reader, enum side from, struct bytes *in)
{
    struct prologue *prologue = &reader->prologue;
    enum prologued (*const *readers)(struct prologue *, struct bytes *) =
        from == SIDE_CLIENT ? of_clients : of_servers;
    const bool had_header = prologue->header;
    enum prologued done = PROLOGUED_NOT;

    /* what a server says is a prologue where the client has begun one, or said nothing yet */
    if (from == SIDE_SERVER && prologue->kind == PROLOGUE_NONE &&
        (reader->session->directions != 0 || !reader->session->whole[SIDE_SERVER]))
        return PROLOGUED_NOT;
    if (prologue->kind == PROLOGUE_NONE && !may_begin(from, *in))
        return PROLOGUED_NOT;
    for (; done == PROLOGUED_NOT && *readers != NULL; readers++)
        done = (*readers)(prologue, in);
    note_header(reader, had_header);
    return done;
}

/* ---- is the header believed? --------------------------------------------------------------------- */

static bool is_proxy_of_the_user(const struct reader *reader)
{
    const struct services *services = reader->workspace->services;
    const struct address *peer = &reader->session->endpoints[SIDE_CLIENT].address;

    for (size_t i = 0; services != NULL && i < services->proxy_count; i++)
        if (network_holds(&services->proxies[i], peer))
            return true;
    return false;
}

/* Can a host have this address, and send from it to the server? No header of a proxy names loopback, a group
 * (RFC 1122 3.2.1.3, RFC 4291 2.5.2, 2.5.3, 2.7), or the server itself. */
static bool can_be_client(const struct address *client, const struct address *server)
{
    static const struct address zero;
    const uint8_t *octets = client->octets;

    if (memcmp(octets, server->octets, sizeof(client->octets)) == 0)
        return false;
    if (address_is_v4(client))
        return octets[ADDRESS_V4_AT] != 0 && octets[ADDRESS_V4_AT] != 127 && octets[ADDRESS_V4_AT] < 224;
    return octets[0] != 0xff && memcmp(octets, zero.octets, sizeof(zero.octets) - 1) != 0;
}

/* Did the server go on as one that had read the header? */
static bool does_server_believe(const struct reader *reader)
{
    const struct session *session = reader->session;
    const struct prologue *prologue = &reader->prologue;

    if (prologue->header_late || prologue->header_again || session->bye || session->unasked ||
        session->contradictory)
        return false;
    if (!reader->spoke_in_clear)
        return session->answer.seen && session->offer.seen;
    return prologue->header_first && session->answered && session->gaps == 0;
}

void prologue_settle(struct reader *reader)
{
    struct session *session = reader->session;
    const struct prologue *prologue = &reader->prologue;

    if (!prologue->header || session->proxy)
        return;
    if ((!is_proxy_of_the_user(reader) && !does_server_believe(reader)) ||
        (prologue->names_client &&
            !can_be_client(&prologue->client.address, &session->endpoints[SIDE_SERVER].address))) {
        session->proxy_ignored = true;
        return;
    }
    session->proxy = true;
    session->proxy_endpoint = session->endpoints[SIDE_CLIENT];
    if (prologue->names_client)
        session->endpoints[SIDE_CLIENT] = prologue->client;
}
