/* SPDX-License-Identifier: BSD-2-Clause */
/* source_pcap.c: what libpcap does for us: live interfaces, BPF filters (the only file to know it). */
#include "reader.h"

#include <errno.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- link types ---------------------------------------------------------------------------- */

/* A DLT_ is what libpcap calls a link type on this machine; a LINKTYPE_ is what files call it. They
 * differ for these alone (https://www.tcpdump.org/linktypes.html). */
static const struct {
    int dlt;
    uint32_t link_type;
} renamed_links[] = {
    {.dlt = DLT_ATM_RFC1483, .link_type = 100},
    {.dlt = DLT_RAW, .link_type = 101},
    {.dlt = DLT_SLIP_BSDOS, .link_type = 102},
    {.dlt = DLT_PPP_BSDOS, .link_type = 103},
    {.dlt = DLT_ATM_CLIP, .link_type = 106},
    {.dlt = DLT_PFSYNC, .link_type = 246},
};
#define RENAMED_LINK_COUNT (sizeof(renamed_links) / sizeof(renamed_links[0]))

static uint32_t link_type_of_dlt(int dlt)
{
    for (size_t i = 0; i < RENAMED_LINK_COUNT; i++)
        if (renamed_links[i].dlt == dlt)
            return renamed_links[i].link_type;
    return (uint32_t)dlt;
}

static int dlt_of_link_type(uint32_t link_type)
{
    for (size_t i = 0; i < RENAMED_LINK_COUNT; i++)
        if (renamed_links[i].link_type == link_type)
            return renamed_links[i].dlt;
    return (int)link_type;
}

/* ---- filters ------------------------------------------------------------------------------- */

#define FILTER_LINK_TYPES_MAX 32

struct filter {
    char *expression;
    size_t count;
    struct filter_program {
        uint32_t link_type;
        bool has_meaning; /* else the expression has none on this link type */
        struct bpf_program program;
    } programs[FILTER_LINK_TYPES_MAX];
};

static bool compile(const char *expression, int dlt, struct bpf_program *program, struct error *error)
{
    pcap_t *dead = pcap_open_dead(dlt, SOURCE_PACKET_BYTES_MAX);
    bool done = dead != NULL && pcap_compile(dead, program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;

    if (!done)
        error_set(error, "filter '%s': %s; see man 7 pcap-filter", expression,
            dead == NULL ? "no memory left" : pcap_geterr(dead));
    if (dead != NULL)
        pcap_close(dead);
    return done;
}

/* An expression that none of these understands is a slip of the pen, whatever the file holds. */
static bool check_expression(const char *expression, struct error *error)
{
    static const int dlts[] = {DLT_IEEE802_11_RADIO, DLT_RAW, DLT_EN10MB};
    struct bpf_program program;

    for (size_t i = 0; i < sizeof(dlts) / sizeof(dlts[0]); i++)
        if (compile(expression, dlts[i], &program, error)) {
            pcap_freecode(&program);
            return true;
        }
    return false;
}

struct filter *filter_open(const char *expression, struct error *error)
{
    struct filter *filter;

    if (!check_expression(expression, error))
        return NULL;
    filter = calloc(1, sizeof(*filter));
    if (filter != NULL && (filter->expression = strdup(expression)) != NULL)
        return filter;
    error_set(error, "filter '%s': no memory left to compile it", expression);
    free(filter);
    return NULL;
}

static const struct filter_program *find_program(struct filter *filter, uint32_t link_type)
{
    struct filter_program *program = filter->programs;
    struct error ignored;

    for (; program < filter->programs + filter->count; program++)
        if (program->link_type == link_type)
            return program;
    if (filter->count == FILTER_LINK_TYPES_MAX)
        return NULL;
    filter->count++;
    program->link_type = link_type;
    program->has_meaning = compile(filter->expression, dlt_of_link_type(link_type), &program->program, &ignored);
    return program;
}

bool filter_passes(struct filter *filter, const struct packet *packet)
{
    const struct filter_program *found = find_program(filter, packet->link_type);
    const struct pcap_pkthdr header = {.caplen = (bpf_u_int32)packet->data.left, .len = packet->wire_len};

    return found != NULL && found->has_meaning && pcap_offline_filter(&found->program, &header, packet->data.data) != 0;
}

void filter_close(struct filter *filter)
{
    if (filter == NULL)
        return;
    for (size_t i = 0; i < filter->count; i++)
        if (filter->programs[i].has_meaning)
            pcap_freecode(&filter->programs[i].program);
    free(filter->expression);
    free(filter);
}

/* ---- live interfaces ----------------------------------------------------------------------- */

static void fill_packet(struct packet *packet, const struct pcap_pkthdr *header, const uint8_t *data, int64_t seconds)
{
    packet->data = (struct bytes){data, header->caplen};
    packet->wire_len = header->len;
    packet->time_ns = seconds * NANOSECONDS + header->ts.tv_usec; /* nanoseconds were asked for */
    packet->vlan = 0;                                             /* libpcap on Linux puts a tag that the card took off back into the data */
}

#define INTERFACES_SHOWN 16

struct live {
    pcap_t *pcap;
    char name[IFNAMSIZ];
    int fd;
    int block_ms;
    uint32_t link_type;
    uint64_t number;
    struct pcap_stat seen; /* libpcap counts in 32 bits: the last reading */
    uint64_t dropped;
    uint64_t interface_dropped;
};

static bool set_no_interface(struct error *error, const char *name)
{
    struct if_nameindex *all = if_nameindex();
    char list[INTERFACES_SHOWN * (IFNAMSIZ + 2) + 8] = "";
    size_t len = 0;
    size_t i;

    for (i = 0; all != NULL && all[i].if_name != NULL && i < INTERFACES_SHOWN; i++)
        len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s", i == 0 ? "" : ", ", all[i].if_name);
    if (all != NULL && all[i].if_name != NULL)
        snprintf(list + len, sizeof(list) - len, ", ...");
    if (all != NULL)
        if_freenameindex(all);
    return error_set(error, "%s: no such interface; this machine has %s", name, len == 0 ? "none" : list);
}

static bool set_not_activated(struct error *error, const struct live_options *options, pcap_t *pcap, int status)
{
    const char *name = options->interface;
    bool is_forbidden = status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED;

    /* without permission libpcap does not get as far as to look for the interface */
    if (status == PCAP_ERROR_NO_SUCH_DEVICE || (is_forbidden && if_nametoindex(name) == 0 && errno == ENODEV && strcmp(name, "any") != 0))
        return set_no_interface(error, name);
    if (is_forbidden)
        return error_set(error, "%s: no permission to capture; run as root or: setcap cap_net_raw+ep $(command -v lasthello)",
            name);
    if (status == PCAP_ERROR_IFACE_NOT_UP)
        return error_set(error, "%s: interface is down; ip link set %s up", name, name);
    return error_set(error, "%s: capture does not start: %s (%s)", name, pcap_statustostr(status), pcap_geterr(pcap));
}

static bool activate(struct live *live, const struct live_options *options, struct error *error)
{
    int status;

    /* immediate mode stays off: the kernel then hands over whole blocks (TPACKET_V3) */
    if (pcap_set_snaplen(live->pcap, options->snapshot_len) != 0 || pcap_set_promisc(live->pcap, 1) != 0 || pcap_set_timeout(live->pcap, live->block_ms) != 0 || pcap_set_buffer_size(live->pcap, options->buffer_bytes) != 0)
        return error_set(error, "%s: capture does not start: %s", live->name, pcap_geterr(live->pcap));
    /* a device without nanoseconds keeps microseconds, and libpcap multiplies */
    pcap_set_tstamp_precision(live->pcap, PCAP_TSTAMP_PRECISION_NANO);
    status = pcap_activate(live->pcap);
    return status >= 0 || set_not_activated(error, options, live->pcap, status);
}

static bool set_filter(struct live *live, const char *expression, struct error *error)
{
    struct bpf_program program;
    bool is_set;

    if (expression == NULL)
        return true;
    if (pcap_compile(live->pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return error_set(error, "%s: filter '%s': %s; see man 7 pcap-filter", live->name, expression,
            pcap_geterr(live->pcap));
    is_set = pcap_setfilter(live->pcap, &program) == 0;
    pcap_freecode(&program);
    return is_set || error_set(error, "%s: the kernel refuses the filter: %s", live->name, pcap_geterr(live->pcap));
}

/* libpcap would sleep until a packet comes, however long: the kernel does not wake it for an empty block.
 * So libpcap never sleeps, and live_next does, at most for the block time-out. */
static bool set_polling(struct live *live, struct error *error)
{
    char why[PCAP_ERRBUF_SIZE];

    live->fd = pcap_get_selectable_fd(live->pcap);
    if (live->fd >= 0 && pcap_setnonblock(live->pcap, 1, why) == 0)
        return true;
    return error_set(error, "%s: cannot be waited for; name an interface of ip link", live->name);
}

static void live_close(void *state)
{
    struct live *live = state;

    if (live->pcap != NULL)
        pcap_close(live->pcap);
    free(live);
}

void *live_open(const struct live_options *options, struct error *error)
{
    char why[PCAP_ERRBUF_SIZE];
    struct live *live;

    if (strlen(options->interface) >= IFNAMSIZ) {
        set_no_interface(error, options->interface);
        return NULL;
    }
    live = calloc(1, sizeof(*live));
    if (live == NULL) {
        error_set(error, "%s: no memory left to capture", options->interface);
        return NULL;
    }
    snprintf(live->name, sizeof(live->name), "%s", options->interface);
    live->block_ms = options->block_ms > 0 ? options->block_ms : 1;
    live->pcap = pcap_create(live->name, why);
    if (live->pcap == NULL) {
        error_set(error, "%s: capture does not start: %s", live->name, why);
    } else if (activate(live, options, error) && set_filter(live, options->filter, error) && set_polling(live, error)) {
        live->link_type = link_type_of_dlt(pcap_datalink(live->pcap));
        return live;
    }
    live_close(live);
    return NULL;
}

static enum sourced live_fail(const struct live *live, struct error *error)
{
    if (if_nametoindex(live->name) == 0 && errno == ENODEV)
        error_set(error, "%s: the interface is gone; capture goes on when it is back", live->name);
    else if (strstr(pcap_geterr(live->pcap), "went down") != NULL)
        error_set(error, "%s: the interface went down; ip link set %s up", live->name, live->name);
    else
        error_set(error, "%s: capture broke off: %s", live->name, pcap_geterr(live->pcap));
    return SOURCED_FAILED;
}

static enum sourced live_next(void *state, struct packet *packet, struct error *error)
{
    struct live *live = state;
    struct pollfd waiting = {.fd = live->fd, .events = POLLIN};
    struct pcap_pkthdr *header;
    const uint8_t *data;
    int got = pcap_next_ex(live->pcap, &header, &data);

    if (got == 0 && poll(&waiting, 1, live->block_ms) > 0)
        got = pcap_next_ex(live->pcap, &header, &data);
    if (got == 0)
        return SOURCED_NOTHING;
    if (got != 1)
        return live_fail(live, error);
    fill_packet(packet, header, data, header->ts.tv_sec);
    packet->link_type = live->link_type;
    packet->number = ++live->number;
    return SOURCED_PACKET;
}

static void live_statistics(void *state, struct source_statistics *statistics)
{
    struct live *live = state;
    struct pcap_stat now;

    if (pcap_stats(live->pcap, &now) == 0) {
        live->dropped += now.ps_drop - live->seen.ps_drop;
        live->interface_dropped += now.ps_ifdrop - live->seen.ps_ifdrop;
        live->seen = now;
    }
    statistics->dropped = live->dropped;
    statistics->interface_dropped = live->interface_dropped;
}

const struct reader reader_live = {
    .next = live_next,
    .statistics = live_statistics,
    .close = live_close,
};
