/* SPDX-License-Identifier: BSD-2-Clause */
/* shunt.bpf.c: the kernel's part of the shunt: an eBPF socket filter for Ethernet.
 *
 * It takes the place of the classic filter, so it also lets through what that one does: the mail
 * ports, and whatever may carry them inside (carriers.h). What it cannot read comes through. */
#include "shunt_table.h"

#include <lasthello/carriers.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <stdbool.h>

#define DROP 0
#define PASS 0xffffffffu

#define VLAN_TAGS_MAX       2 /* inside the outermost one, which the kernel has taken off */
#define IPV4_FRAGMENT       0x3fff
#define TCP_FLAGS_AT        13
#define TCP_FIN_SYN_RST     0x07
#define PORT_BITS           64
#define PORTS_WORDS         1024
#define ROW_OF_CARRIER(...) case CARRIER_NUMBER(__VA_ARGS__):
#define LENGTH_802_3_MAX    1500 /* what is larger in its place is an ethertype */

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, SHUNT_ENTRIES);
    __type(key, struct shunt_key);
    __type(value, struct shunt_entry);
} sessions SEC(".maps");

const volatile __u64 ports[PORTS_WORDS];
const volatile bool hears_names;
__u64 held_packets;
__u64 held_bytes;

static __always_inline bool is_ours(__be16 port)
{
    __u32 number = bpf_ntohs(port);

    return (ports[number / PORT_BITS % PORTS_WORDS] >> number % PORT_BITS & 1) != 0;
}

static __always_inline void forget(const struct shunt_key *key)
{
    struct shunt_key other = {.source_port = key->destination_port, .destination_port = key->source_port};

    __builtin_memcpy(other.source, key->destination, sizeof(other.source));
    __builtin_memcpy(other.destination, key->source, sizeof(other.destination));
    bpf_map_delete_elem(&sessions, key);
    bpf_map_delete_elem(&sessions, &other);
}

static __always_inline __u32 filter_tcp(struct __sk_buff *skb, __u32 at, struct shunt_key *key)
{
    struct shunt_entry *entry;
    __u8 flags;

    if (bpf_skb_load_bytes(skb, at, &key->source_port, 4) != 0)
        return PASS;
    if (!is_ours(key->source_port) && !is_ours(key->destination_port))
        return DROP;
    if (bpf_skb_load_bytes(skb, at + TCP_FLAGS_AT, &flags, 1) != 0)
        return PASS;
    if ((flags & TCP_FIN_SYN_RST) != 0) {
        forget(key);
        return PASS;
    }
    entry = bpf_map_lookup_elem(&sessions, key);
    if (entry == NULL)
        return PASS;
    __sync_fetch_and_add(&entry->packets, 1);
    entry->last_ns = bpf_ktime_get_ns();
    __sync_fetch_and_add(&held_packets, 1);
    __sync_fetch_and_add(&held_bytes, skb->len);
    return DROP;
}

static __always_inline bool tells_names(__u16 port)
{
    switch (port) {
        NAME_PORTS(ROW_OF_CARRIER)
        return hears_names;
    }
    return false;
}

static __always_inline __u32 filter_udp(struct __sk_buff *skb, __u32 at)
{
    __be16 both[2];

    if (bpf_skb_load_bytes(skb, at, both, sizeof(both)) != 0)
        return PASS;
    switch (bpf_ntohs(both[1])) {
        CARRIER_UDP_TO(ROW_OF_CARRIER)
        CARRIER_UDP_AT(ROW_OF_CARRIER)
        return PASS;
    }
    switch (bpf_ntohs(both[0])) {
        CARRIER_UDP_AT(ROW_OF_CARRIER)
        return PASS;
    }
    return tells_names(bpf_ntohs(both[0])) || tells_names(bpf_ntohs(both[1])) ? PASS : DROP;
}

/* What IP carries, in either version. */
static __always_inline __u32 filter_payload(
    struct __sk_buff *skb, __u32 at, __u8 protocol, struct shunt_key *key)
{
    switch (protocol) {
    case IPPROTO_TCP:
        return filter_tcp(skb, at, key);
    case IPPROTO_UDP:
        return filter_udp(skb, at);
        CARRIER_HEADERS(ROW_OF_CARRIER)
        CARRIER_PROTOCOLS(ROW_OF_CARRIER)
        return PASS;
    }
    return DROP;
}

static __always_inline __u32 filter_ipv4(struct __sk_buff *skb, __u32 at)
{
    struct shunt_key key = {.source = {[10] = 0xff, [11] = 0xff}, .destination = {[10] = 0xff, [11] = 0xff}};
    __u8 header[20];

    if (bpf_skb_load_bytes(skb, at, header, sizeof(header)) != 0)
        return PASS;
    if (((header[6] << 8 | header[7]) & IPV4_FRAGMENT) != 0)
        return PASS;
    __builtin_memcpy(key.source + 12, header + 12, 4);
    __builtin_memcpy(key.destination + 12, header + 16, 4);
    return filter_payload(skb, at + (header[0] & 0x0f) * 4, header[9], &key);
}

static __always_inline __u32 filter_ipv6(struct __sk_buff *skb, __u32 at)
{
    struct shunt_key key = {.source_port = 0};
    __u8 next;

    if (bpf_skb_load_bytes(skb, at + 6, &next, 1) != 0 ||
        bpf_skb_load_bytes(skb, at + 8, key.source, 32) != 0)
        return PASS;
    switch (next) {
        CARRIER_EXTENSIONS(ROW_OF_CARRIER)
        return PASS;
    }
    return filter_payload(skb, at + 40, next, &key);
}

/* 802.2: IP by a number of its own, or an ethertype that we do not look for. */
static __always_inline __u32 filter_llc(struct __sk_buff *skb, __u32 at)
{
    __u8 destination;

    if (bpf_skb_load_bytes(skb, at, &destination, sizeof(destination)) != 0)
        return PASS;
    switch (destination) {
        CARRIER_ACCESS_POINTS(ROW_OF_CARRIER)
        return PASS;
    }
    return DROP;
}

static __always_inline bool is_vlan(__u16 ethertype)
{
    switch (ethertype) {
        CARRIER_VLAN_TAGS(ROW_OF_CARRIER)
        return true;
    }
    return false;
}

SEC("socket")
int shunt(struct __sk_buff *skb)
{
    __u32 at = ETH_HLEN;
    __be16 ethertype;

    if (bpf_skb_load_bytes(skb, at - 2, &ethertype, sizeof(ethertype)) != 0)
        return PASS;
    for (int i = 0; i < VLAN_TAGS_MAX && is_vlan(bpf_ntohs(ethertype)); i++) {
        at += 4;
        if (bpf_skb_load_bytes(skb, at - 2, &ethertype, sizeof(ethertype)) != 0)
            return PASS;
    }
    if (bpf_ntohs(ethertype) <= LENGTH_802_3_MAX)
        return filter_llc(skb, at);
    switch (bpf_ntohs(ethertype)) {
    case ETH_P_IP:
        return filter_ipv4(skb, at);
    case ETH_P_IPV6:
        return filter_ipv6(skb, at);
        CARRIER_VLAN_TAGS(ROW_OF_CARRIER) /* more tags than we look behind */
        CARRIER_ETHERTYPES(ROW_OF_CARRIER)
        return PASS;
    }
    return DROP;
}

/* none of the kernel's functions that are called asks for more */
char terms[] SEC("license") = "BSD-2-Clause";
