/* SPDX-License-Identifier: BSD-2-Clause */
/* The bodies of hellos: what was read lies inside the body, and its text is safe. */
#include "fuzz.h"

#include <lasthello/tls.h>

static struct workspace *workspace;

static void read_client_hello(struct bytes body)
{
    struct client_hello hello;
    struct offer offer = {0};

    if (!tls_client_hello_read(body, &hello))
        return;
    tls_client_hello_note(&hello, &offer);
    tls_fingerprint_client(workspace, &hello, &offer);
    promise(offer.suite_count <= OFFER_SUITES_MAX);
    promise(offer.group_count <= OFFER_GROUPS_MAX && offer.signature_count <= OFFER_SIGNATURES_MAX);
    promise(offer.minimum <= offer.maximum);
    promise(offer.version_count <= SESSION_VERSIONS_MAX && strpbrk(offer.server_name, "\x1b\r\n\x7f") == NULL);
    promise(offer.ja4[0] == '\0' || strlen(offer.ja4) == SESSION_JA4_BYTES - 1);
}

static void read_server_hello(struct bytes body)
{
    struct server_hello hello;
    struct answer answer = {0};

    if (!tls_server_hello_read(body, &hello))
        return;
    promise(tls_server_hello_note(&hello, &answer) < VERSION_COUNT && hello.random.left == HELLO_RANDOM_BYTES);
    tls_fingerprint_server(workspace, &hello, &answer);
    promise(strpbrk(answer.alpn, "\x1b\r\n\x7f") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct bytes body = {data, size};
    struct sslv2_client_hello client;
    struct sslv2_server_hello server;
    struct key_exchange exchange;
    struct offer offer;

    workspace = workspace == NULL ? workspace_open() : workspace;
    read_client_hello(body);
    read_server_hello(body);
    if (tls_sslv2_client_hello_read(body, &client))
        tls_sslv2_client_hello_note(&client, &offer);
    if (tls_sslv2_server_hello_read(body, &server))
        promise(server.certificate.left <= size);
    if (size > 2 && tls_key_exchange_read(body, (uint16_t)(data[0] << 8 | data[1]), &exchange))
        promise(exchange.group == 0 || exchange.group_bits == 0);
    return 0;
}
