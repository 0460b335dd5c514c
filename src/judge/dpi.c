/* SPDX-License-Identifier: BSD-2-Clause */
/* dpi.c: nDPI 4.2 to 4.12 (the only file to know it). */
#include "dpi.h"

#include <arpa/inet.h>
#include <ndpi/ndpi_api.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#if NDPI_MAJOR != 4 || NDPI_MINOR < 2
#error "lasthello is written for nDPI 4.2 to 4.12; 5.0 has another interface"
#endif

struct dpi {
    struct ndpi_detection_module_struct *module;
};

/* ---- what changed between 4.2 and 4.12 --------------------------------------------------------- */

/* QUIC alone needs libgcrypt, which is not ours to start. That an address was once one of Tor says
 * nothing about whose mail server it is. */
#if NDPI_MINOR >= 10
static struct ndpi_detection_module_struct *start_module(void)
{
    struct ndpi_detection_module_struct *module = ndpi_init_detection_module(NULL);

    if (module != NULL) {
        ndpi_set_config(module, NULL, "libgcrypt.init", "0");
        ndpi_set_config(module, "tor", "ip_list.load", "0");
        ndpi_set_config(module, NULL, "dpi.guess_on_giveup", "0");
    }
    return module;
}

static bool finish_module(struct ndpi_detection_module_struct *module)
{
    return ndpi_finalize_initialization(module) == 0;
}

static ndpi_protocol give_up(struct ndpi_detection_module_struct *module, struct ndpi_flow_struct *flow)
{
    uint8_t guessed = 0;

    return ndpi_detection_giveup(module, flow, &guessed);
}
#else
static struct ndpi_detection_module_struct *start_module(void)
{
    return ndpi_init_detection_module(ndpi_dont_init_libgcrypt | ndpi_dont_load_tor_hosts);
}

static bool finish_module(struct ndpi_detection_module_struct *module)
{
    ndpi_finalize_initialization(module);
    return true;
}

static ndpi_protocol give_up(struct ndpi_detection_module_struct *module, struct ndpi_flow_struct *flow)
{
    uint8_t guessed = 0;

    return ndpi_detection_giveup(module, flow, 0, &guessed);
}
#endif

#if NDPI_MINOR >= 11
static uint16_t application_of(const ndpi_protocol *protocol)
{
    return protocol->proto.app_protocol;
}
#else
static uint16_t application_of(const ndpi_protocol *protocol)
{
    return protocol->app_protocol;
}
#endif

static void show_packet(struct ndpi_detection_module_struct *module, struct ndpi_flow_struct *flow,
    const uint8_t *packet, size_t len)
{
#if NDPI_MINOR >= 6
    ndpi_detection_process_packet(module, flow, packet, (uint16_t)len, 1, NULL);
#else
    ndpi_detection_process_packet(module, flow, packet, (uint16_t)len, 1);
#endif
}

/* ---- the module -------------------------------------------------------------------------------- */

bool dpi_check(struct error *error)
{
    uint32_t flow_bytes = ndpi_detection_get_sizeof_ndpi_flow_struct();

    if (ndpi_get_api_version() == NDPI_API_VERSION && flow_bytes == sizeof(struct ndpi_flow_struct))
        return true;
    return error_set(error,
        "libndpi is version %s here, and lasthello was built with %d.%d; build it again, or install that "
        "version",
        ndpi_revision(), NDPI_MAJOR, NDPI_MINOR);
}

const char *dpi_version(void)
{
    return ndpi_revision();
}

static bool prepare(struct ndpi_detection_module_struct *module)
{
    NDPI_PROTOCOL_BITMASK protocols;

    NDPI_BITMASK_SET_ALL(protocols);
    /* its dissector crashes on malformed segments, and its cache would call later flows BitTorrent */
    protocols.fds_bits[NDPI_PROTOCOL_BITTORRENT / NDPI_BITS] &=
        ~((ndpi_ndpi_mask)1 << NDPI_PROTOCOL_BITTORRENT % NDPI_BITS);
    ndpi_set_protocol_detection_bitmask2(module, &protocols);
    return finish_module(module);
}

/* To free all its lists one by one takes half as long as to make them, and the process ends then anyway. */
static struct dpi process;

static void start(void)
{
    struct ndpi_detection_module_struct *module = start_module();

    if (module != NULL && prepare(module))
        process.module = module;
    else if (module != NULL)
        ndpi_exit_detection_module(module);
}

struct dpi *dpi_of_process(void)
{
    static pthread_once_t started = PTHREAD_ONCE_INIT;

    pthread_once(&started, start);
    return process.module != NULL ? &process : NULL;
}

static bool name_protocol(struct dpi *dpi, int protocol, char out[DPI_NAME_BYTES])
{
    if (protocol <= NDPI_PROTOCOL_UNKNOWN) /* negative: an error */
        return false;
    snprintf(out, DPI_NAME_BYTES, "%s", ndpi_get_proto_name(dpi->module, (uint16_t)protocol));
    return true;
}

bool dpi_name_host(struct dpi *dpi, const char *host, char out[DPI_NAME_BYTES])
{
    char name[256]; /* nDPI's parameter is not const */
    size_t len = strlen(host);
    ndpi_protocol_match_result match = {0};

    if (len == 0 || len >= sizeof(name))
        return false;
    memcpy(name, host, len + 1);
    return name_protocol(dpi, ndpi_match_string_subprotocol(dpi->module, name, (u_int)len, &match), out);
}

static struct in_addr v4_of(const struct address *address)
{
    struct in_addr v4;

    memcpy(&v4, address->octets + 12, sizeof(v4));
    return v4;
}

bool dpi_name_address(struct dpi *dpi, const struct address *address, char out[DPI_NAME_BYTES])
{
    struct in_addr v4 = v4_of(address);

    return address_is_v4(address) && name_protocol(dpi, ndpi_network_ptree_match(dpi->module, &v4), out);
}

/* ---- a payload --------------------------------------------------------------------------------- */

struct made_packet {
    struct iphdr ip;
    struct tcphdr tcp;
    uint8_t payload[DPI_PAYLOAD_BYTES];
};

/* Addresses of documentation (RFC 5737): nothing to be guessed from. */
#define MADE_CLIENT 0xc0000201
#define MADE_SERVER 0xc6336401

/* A whole, well-formed packet around the bytes; returns its length. */
static size_t make_packet(struct made_packet *packet, const struct endpoint endpoints[SIDE_COUNT],
    enum side from, struct bytes payload)
{
    struct bytes shown;
    size_t len = payload.left < DPI_PAYLOAD_BYTES ? payload.left : DPI_PAYLOAD_BYTES;
    size_t whole = sizeof(packet->ip) + sizeof(packet->tcp) + len;

    *packet = (struct made_packet){
        .ip = {.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP, .tot_len = htons((uint16_t)whole)},
        .tcp = {.doff = 5, .ack = 1, .psh = 1, .seq = htonl(1), .ack_seq = htonl(1), .window = htons(8192)},
    };
    packet->ip.saddr = htonl(from == SIDE_CLIENT ? MADE_CLIENT : MADE_SERVER);
    packet->ip.daddr = htonl(from == SIDE_CLIENT ? MADE_SERVER : MADE_CLIENT);
    packet->tcp.source = htons(endpoints[from].port);
    packet->tcp.dest = htons(endpoints[side_other(from)].port);
    if (!bytes_take(&payload, len, &shown) || !bytes_copy(shown, packet->payload, sizeof(packet->payload)))
        return 0;
    return whole;
}

static bool is_ours(uint16_t protocol)
{
    static const uint16_t ours[] = {
        NDPI_PROTOCOL_MAIL_IMAP,
        NDPI_PROTOCOL_MAIL_IMAPS,
        NDPI_PROTOCOL_MAIL_POP,
        NDPI_PROTOCOL_MAIL_POPS,
        NDPI_PROTOCOL_TLS,
    };

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (ours[i] == protocol)
            return true;
    return false;
}

bool dpi_name_payload(struct dpi *dpi, const struct endpoint endpoints[SIDE_COUNT], struct bytes client,
    struct bytes server, char out[DPI_NAME_BYTES])
{
    const struct bytes said[SIDE_COUNT] = {[SIDE_CLIENT] = client, [SIDE_SERVER] = server};
    struct ndpi_flow_struct *flow = ndpi_flow_malloc(SIZEOF_FLOW_STRUCT);
    struct made_packet packets[SIDE_COUNT]; /* nDPI may point into the last ones until it gives up */
    ndpi_protocol found;
    bool known;

    if (flow == NULL)
        return false;
    memset(flow, 0, SIZEOF_FLOW_STRUCT);
    for (enum side from = SIDE_CLIENT; from <= SIDE_SERVER; from++)
        if (said[from].left > 0)
            show_packet(dpi->module, flow, (const uint8_t *)&packets[from],
                make_packet(&packets[from], endpoints, from, said[from]));
    found = give_up(dpi->module, flow);
    known = flow->confidence == NDPI_CONFIDENCE_DPI && !is_ours(application_of(&found)) &&
        name_protocol(dpi, application_of(&found), out);
    ndpi_free_flow_data(flow);
    explicit_bzero(flow, SIZEOF_FLOW_STRUCT); /* it may have noted what it took for a login */
    ndpi_flow_free(flow);
    return known;
}

/* ---- Community ID ------------------------------------------------------------------------------ */

bool dpi_community_id(const struct endpoint *one, const struct endpoint *other, char *out, size_t out_size)
{
    uint8_t room = out_size > UINT8_MAX ? UINT8_MAX : (uint8_t)out_size;
    struct ndpi_in6_addr v6[2];

    /* between equal addresses the lower port comes first, and nDPI compares ports with their bytes swapped */
    if (memcmp(&one->address, &other->address, sizeof(one->address)) == 0)
        return false;
    if (address_is_v4(&one->address) != address_is_v4(&other->address))
        return false;
    if (address_is_v4(&one->address))
        return ndpi_flowv4_flow_hash(IPPROTO_TCP, htonl(v4_of(&one->address).s_addr),
                   htonl(v4_of(&other->address).s_addr),
                   one->port, other->port, 0, 0, (u_char *)out, room) == 0;
    memcpy(&v6[0], one->address.octets, sizeof(v6[0]));
    memcpy(&v6[1], other->address.octets, sizeof(v6[1]));
    return ndpi_flowv6_flow_hash(
               IPPROTO_TCP, &v6[0], &v6[1], one->port, other->port, 0, 0, (u_char *)out, room) == 0;
}

/* ---- networks ---------------------------------------------------------------------------------- */

#define V4_BITS 32
#define V6_BITS 128

/* Two trees: nDPI's wrapper around them takes many IPv6 networks for IPv4 ones. */
struct networks {
    ndpi_patricia_tree_t *v4;
    ndpi_patricia_tree_t *v6;
};

struct networks *networks_open(void)
{
    struct networks *networks = calloc(1, sizeof(*networks));

    if (networks == NULL)
        return NULL;
    networks->v4 = ndpi_patricia_new(V4_BITS);
    networks->v6 = ndpi_patricia_new(V6_BITS);
    if (networks->v4 != NULL && networks->v6 != NULL)
        return networks;
    networks_close(networks);
    return NULL;
}

void networks_close(struct networks *networks)
{
    if (networks == NULL)
        return;
    if (networks->v4 != NULL)
        ndpi_patricia_destroy(networks->v4, NULL);
    if (networks->v6 != NULL)
        ndpi_patricia_destroy(networks->v6, NULL);
    free(networks);
}

/* The tree for an address, and the address as that tree wants it. */
static ndpi_patricia_tree_t *find_tree(const struct networks *networks, const struct address *address,
    unsigned prefix_len, ndpi_prefix_t *prefix)
{
    struct in_addr v4 = v4_of(address);
    struct in6_addr v6;

    memset(prefix, 0, sizeof(*prefix));
    if (address_is_v4(address))
        return ndpi_fill_prefix_v4(prefix, &v4, (int)prefix_len, V4_BITS) == 0 ? networks->v4 : NULL;
    memcpy(&v6, address->octets, sizeof(v6));
    return ndpi_fill_prefix_v6(prefix, &v6, (int)prefix_len, V6_BITS) == 0 ? networks->v6 : NULL;
}

bool networks_add(struct networks *networks, const struct address *network, unsigned prefix_len, void *data)
{
    ndpi_prefix_t prefix;
    ndpi_patricia_tree_t *tree = find_tree(networks, network, prefix_len, &prefix);
    ndpi_patricia_node_t *node = tree == NULL ? NULL : ndpi_patricia_lookup(tree, &prefix);

    if (node == NULL)
        return false;
    ndpi_patricia_set_node_data(node, data);
    return true;
}

void *networks_find(const struct networks *networks, const struct address *address)
{
    ndpi_prefix_t prefix;
    unsigned bits = address_is_v4(address) ? V4_BITS : V6_BITS;
    ndpi_patricia_tree_t *tree = find_tree(networks, address, bits, &prefix);
    ndpi_patricia_node_t *node = tree == NULL ? NULL : ndpi_patricia_search_best(tree, &prefix);

    return node == NULL ? NULL : ndpi_patricia_get_node_data(node);
}
