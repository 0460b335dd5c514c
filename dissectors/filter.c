/* SPDX-License-Identifier: BSD-2-Clause */
/* filter.c: the kernel's filter for live capture: the ports, and whatever may carry them inside. */
#include <lasthello/dissector.h>

#include <stdio.h>
#include <stdlib.h>

/* Let through whole, because a filter cannot look into them; the decoder does. The keyword
 * `vlan` is not used: it moves the offsets of all that follows it. On Linux the kernel takes a
 * frame's outer tag off before the filter sees it, so that of tagged frames only QinQ needs its
 * row. `ether proto` compiles for link types without Ethernet, too (and rejects), which `llc` does
 * not; a number of one byte is to it an access point of 802.2. */
static const char *const carriers[] = {
    "ip[6:2] & 0x3fff != 0",                    /* IPv4 fragments: more to come, or an offset */
    "ip proto 4", "ip proto 41", "ip proto 47", /* IP in IP, 6in4, GRE and ERSPAN */
    "ip proto 51",                              /* authentication header */
    "ip6[6] = 4", "ip6[6] = 41", "ip6[6] = 47",
    "ip6[6] = 0", "ip6[6] = 43", "ip6[6] = 44", "ip6[6] = 51", "ip6[6] = 60", "ip6[6] = 135",
    "ip6[6] = 139", "ip6[6] = 140",            /* extension headers, fragments among them */
    "udp dst port 4789", "udp dst port 8472",  /* VXLAN, and Linux's old port for it */
    "udp dst port 4790", "udp dst port 6081",  /* VXLAN-GPE, GENEVE */
    "udp dst port 37008", "udp dst port 2152", /* TZSP, GTP-U */
    "udp dst port 4754",                       /* GRE in UDP */
    "ether proto 0x8100", "ether proto 0x88a8", "ether proto 0x9100", "ether proto 0x9200",
    "ether proto 0x8847", "ether proto 0x8848",                       /* MPLS */
    "ether proto 0x8864",                                             /* PPPoE sessions */
    "ether proto 0x8926", "ether proto 0x8988", "ether proto 0x8909", /* VN-Tag, Cisco's TTag and CMD */
    "ether proto 0x893f", "ether proto 0x892f", "ether proto 0xf1c1", /* E-Tag, HSR, R-Tag */
    "ether proto 0x88e7", "ether proto 0x6558", "ether proto 0x894f", /* I-Tag and plain MAC in MAC, NSH */
    "ether proto 0x8870",                                             /* LLC in jumbo frames */
    "ether proto 0xaa", "ether proto 0x06",                           /* LLC: a SNAP header, or IP's own number */
};

static void write_ports(const struct services *services, FILE *out)
{
    const char *separator = "";

    if (services->discover != NULL) {
        fputs("tcp", out);
        return;
    }
    fputs("tcp port (", out);
    for (size_t port = 0; port < 65536; port++) {
        if (services_at(services, (uint16_t)port) == NULL)
            continue;
        fprintf(out, "%s%zu", separator, port);
        separator = " or ";
    }
    fputs(")", out);
}

char *services_filter(const struct services *services)
{
    char *text = NULL;
    size_t text_len = 0;
    FILE *out = open_memstream(&text, &text_len);

    if (out == NULL)
        return NULL;
    write_ports(services, out);
    for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++)
        fprintf(out, " or %s", carriers[i]);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
