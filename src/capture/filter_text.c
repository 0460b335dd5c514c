/* SPDX-License-Identifier: BSD-2-Clause */
/* filter_text.c: the kernel's filter for live capture, as an expression: the ports, and whatever may
 * carry them inside. */
#include <lasthello/carriers.h>
#include <lasthello/source.h>

#include <stdio.h>
#include <stdlib.h>

/* Carriers are let through whole, because a filter cannot look into them; the decoder does. The
 * keyword `vlan` is not used: it moves the offsets of all that follows it. On Linux the kernel takes
 * a frame's outer tag off before the filter sees it, so that of tagged frames only QinQ needs its
 * row. `ether proto` compiles for link types without Ethernet, too (and rejects), which `llc` does
 * not; a number of one byte is to it an access point of 802.2. */
#define OR_ETHER(...)     " or ether proto " TEXT(CARRIER_NUMBER(__VA_ARGS__))
#define OR_EXTENSION(...) " or ip6[6] = " TEXT(CARRIER_NUMBER(__VA_ARGS__))
#define OR_PROTOCOL(...)  " or ip proto " TEXT(CARRIER_NUMBER(__VA_ARGS__)) OR_EXTENSION(__VA_ARGS__)
#define OR_UDP_TO(...)    " or udp dst port " TEXT(CARRIER_NUMBER(__VA_ARGS__))
#define OR_UDP_AT(...)    " or udp port " TEXT(CARRIER_NUMBER(__VA_ARGS__))
#define TEXT(number)      TEXT_OF(number)
#define TEXT_OF(number)   #number

/* IPv4 fragments: more to come, or an offset. Those of IPv6 are an extension. */
#define OR_FRAGMENT " or ip[6:2] & 0x3fff != 0"

static const char carriers[] = OR_FRAGMENT CARRIER_HEADERS(OR_PROTOCOL) CARRIER_PROTOCOLS(OR_PROTOCOL)
    CARRIER_EXTENSIONS(OR_EXTENSION) CARRIER_UDP_TO(OR_UDP_TO) CARRIER_UDP_AT(OR_UDP_AT)
        CARRIER_VLAN_TAGS(OR_ETHER) CARRIER_ETHERTYPES(OR_ETHER) CARRIER_ACCESS_POINTS(OR_ETHER);

static const char names[] = NAME_PORTS(OR_UDP_AT);

static bool is_in(const uint64_t ports[PORT_WORDS], unsigned port)
{
    return (ports[port / 64] >> port % 64 & 1) != 0;
}

static void write_ports(const uint64_t ports[PORT_WORDS], FILE *out)
{
    const char *separator = "tcp port (";
    unsigned count = 0;

    for (unsigned port = 0; port < 65536; port++)
        count += is_in(ports, port);
    if (count == 65536) {
        fputs("tcp", out);
        return;
    }
    for (unsigned port = 0; port < 65536; port++) {
        if (!is_in(ports, port))
            continue;
        fprintf(out, "%s%u", separator, port);
        separator = " or ";
    }
    fputs(count == 0 ? "tcp port 0" : ")", out);
}

char *source_filter_text(const uint64_t ports[PORT_WORDS], bool hears_names)
{
    char *text = NULL;
    size_t text_len = 0;
    FILE *out = open_memstream(&text, &text_len);

    if (out == NULL)
        return NULL;
    write_ports(ports, out);
    fputs(carriers, out);
    if (hears_names)
        fputs(names, out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
