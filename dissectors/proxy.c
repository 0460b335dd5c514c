/* SPDX-License-Identifier: BSD-2-Clause */
/* proxy.c: PROXY protocol headers, versions 1 and 2. */
#include "proxy.h"

#include <arpa/inet.h>

#define PROXY_V1_BYTES_MAX 107  /* proxy-protocol.txt 2.1, CR LF included */
#define PROXY_V2_BYTES_MAX 4096 /* of addresses and TLVs; senders keep below 536 (2.2) */

static const struct bytes v1_start = {(const uint8_t *)"PROXY ", 6};
static const struct bytes v2_start = {(const uint8_t *)"\r\n\r\n\0\r\nQUIT\n", 12};
static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* Takes the signature; MORE where `in` ends inside it. */
static enum prologued take_start(struct bytes *in, struct bytes start)
{
    size_t len = in->left < start.left ? in->left : start.left;

    if (len == 0)
        return PROLOGUED_MORE;
    if (memcmp(in->data, start.data, len) != 0)
        return PROLOGUED_NOT;
    return bytes_skip(in, start.left) ? PROLOGUED_YES : PROLOGUED_MORE;
}

static bool read_port(struct bytes word, uint16_t *port)
{
    uint32_t value = 0;
    uint8_t byte;

    if (word.left == 0 || word.left > 5)
        return false;
    while (bytes_u8(&word, &byte)) {
        if (byte < '0' || byte > '9')
            return false;
        value = value * 10 + (uint32_t)(byte - '0');
    }
    *port = (uint16_t)value;
    return value <= UINT16_MAX;
}

static bool read_address_text(struct bytes word, int family, struct address *address)
{
    char text[INET6_ADDRSTRLEN] = {0};

    memcpy(address->octets, v4_prefix, sizeof(v4_prefix));
    return bytes_copy(word, text, sizeof(text) - 1) &&
        inet_pton(family, text, family == AF_INET ? address->octets + 12 : address->octets) == 1;
}

/* "TCP4 192.0.2.7 192.0.2.8 56324 143", or "UNKNOWN" and anything. */
static bool read_v1(struct bytes line, struct endpoint *client, bool *names_client)
{
    struct bytes family, source, destination, source_port, port;
    struct endpoint named;
    bool v4;

    if (!bytes_word(&line, &family))
        return false;
    *names_client = !bytes_equal_text(family, "UNKNOWN");
    if (!*names_client)
        return true;
    v4 = bytes_equal_text(family, "TCP4");
    return (v4 || bytes_equal_text(family, "TCP6")) &&
        bytes_word(&line, &source) && read_address_text(source, v4 ? AF_INET : AF_INET6, &client->address) &&
        bytes_word(&line, &destination) &&
        read_address_text(destination, v4 ? AF_INET : AF_INET6, &named.address) &&
        bytes_word(&line, &source_port) && read_port(source_port, &client->port) &&
        bytes_word(&line, &port) && read_port(port, &named.port);
}

/* The header is over; what comes is what stands behind it. */
static enum prologued accept_header(struct prologue *prologue, struct bytes *in, struct bytes rest)
{
    prologue->header = true;
    *in = rest;
    return PROLOGUED_YES;
}

/* A server that knows PROXY reads one header (proxy-protocol.txt 2). */
static enum prologued refuse_second(struct prologue *prologue)
{
    prologue->header_again = true;
    return PROLOGUED_NOT;
}

enum prologued proxy_v1_read(struct prologue *prologue, struct bytes *in)
{
    struct bytes rest = *in;
    struct bytes line;
    enum prologued done = take_start(&rest, v1_start);

    if (done != PROLOGUED_YES || prologue->header)
        return done == PROLOGUED_YES ? refuse_second(prologue) : done;
    if (!bytes_line(&rest, &line))
        return in->left < PROXY_V1_BYTES_MAX ? PROLOGUED_MORE : PROLOGUED_NOT;
    if (in->left - rest.left > PROXY_V1_BYTES_MAX ||
        !read_v1(line, &prologue->client, &prologue->names_client))
        return PROLOGUED_NOT;
    return accept_header(prologue, in, rest);
}

/* Source address, destination address, source port (proxy-protocol.txt 2.2). */
static bool read_v2_addresses(struct bytes body, size_t address_len, struct endpoint *client)
{
    struct bytes source, destination;
    struct endpoint named = {0};

    if (!bytes_take(&body, address_len, &source) || !bytes_take(&body, address_len, &destination) ||
        !bytes_u16(&body, &named.port))
        return false;
    memcpy(named.address.octets, v4_prefix, sizeof(v4_prefix));
    memcpy(named.address.octets + sizeof(named.address.octets) - address_len, source.data, address_len);
    *client = named;
    return true;
}

enum prologued proxy_v2_read(struct prologue *prologue, struct bytes *in)
{
    struct bytes rest = *in;
    struct bytes body;
    uint8_t command, family;
    uint16_t body_len;
    enum prologued done = take_start(&rest, v2_start);

    if (done != PROLOGUED_YES || prologue->header)
        return done == PROLOGUED_YES ? refuse_second(prologue) : done;
    if (!bytes_u8(&rest, &command) || !bytes_u8(&rest, &family) || !bytes_u16(&rest, &body_len))
        return PROLOGUED_MORE;
    if (command >> 4 != 2 || (command & 15) > 1 || body_len > PROXY_V2_BYTES_MAX)
        return PROLOGUED_NOT;
    if (!bytes_take(&rest, body_len, &body))
        return PROLOGUED_MORE;
    /* command 1 is PROXY, 0 is LOCAL: the balancer speaks for itself; families 1 and 2 are IPv4
     * and IPv6 */
    prologue->names_client = (command & 15) == 1 && (family >> 4 == 1 || family >> 4 == 2);
    if (prologue->names_client && !read_v2_addresses(body, family >> 4 == 1 ? 4 : 16, &prologue->client))
        return PROLOGUED_NOT;
    return accept_header(prologue, in, rest);
}
