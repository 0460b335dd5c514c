/* SPDX-License-Identifier: BSD-2-Clause */
/* address.c: IP addresses and networks as text and as bits. */
#include <lasthello/address.h>

#include <arpa/inet.h>
#include <stdlib.h>

bool address_read(const char *text, struct address *address)
{
    *address = (struct address)ADDRESS_V4_MAPPED;
    return inet_pton(AF_INET, text, address->octets + ADDRESS_V4_AT) == 1 ||
        inet_pton(AF_INET6, text, address->octets) == 1;
}

void address_text(const struct address *address, char out[ADDRESS_TEXT_BYTES])
{
    if (address_is_v4(address))
        inet_ntop(AF_INET, address->octets + ADDRESS_V4_AT, out, ADDRESS_TEXT_BYTES);
    else
        inet_ntop(AF_INET6, address->octets, out, ADDRESS_TEXT_BYTES);
}

/* The number behind the slash, from 0 to `most`; negative: it is none. */
static int read_bits(const char *text, unsigned most)
{
    char *end;
    unsigned long bits = strtoul(text, &end, 10);

    return *text >= '0' && *text <= '9' && *end == '\0' && bits <= most ? (int)bits : -1;
}

bool network_read(const char *text, struct network *network)
{
    char host[ADDRESS_TEXT_BYTES];
    size_t len = strcspn(text, "/");
    unsigned most;
    int bits;

    if (len >= sizeof(host))
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    if (!address_read(host, &network->address))
        return false;
    /* ::ffff:10.1.2.3 is written as IPv6, and has its 128 bits */
    most = strchr(host, ':') == NULL ? ADDRESS_V4_BITS : ADDRESS_BITS;
    bits = text[len] == '\0' ? (int)most : read_bits(text + len + 1, most);
    network->bits = ADDRESS_BITS - most + (unsigned)bits;
    return bits >= 0;
}

void network_bounds(const struct network *network, struct address *first, struct address *last)
{
    *first = network->address;
    *last = network->address;
    for (unsigned bit = network->bits; bit < ADDRESS_BITS; bit++) {
        first->octets[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
        last->octets[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
    }
}

bool network_is_exact(const struct network *network)
{
    struct address first, last;

    network_bounds(network, &first, &last);
    return memcmp(&first, &network->address, sizeof(first)) == 0;
}

bool network_holds(const struct network *network, const struct address *address)
{
    struct address first, last;

    network_bounds(network, &first, &last);
    return memcmp(first.octets, address->octets, sizeof(first.octets)) <= 0 &&
        memcmp(address->octets, last.octets, sizeof(last.octets)) <= 0;
}
