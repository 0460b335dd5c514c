/* SPDX-License-Identifier: BSD-2-Clause */
/* source_live.c: packets from an interface, through libpcap: alone or as one of a group of threads, with the
 * kernel's filter, its counters, and the shunt. */
#include "card_drops.h"
#include "fanout.h"
#include "reader.h"
#include "sealed_count.h"
#include "shunt.h"

#include <lasthello/interface.h>

#include <errno.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct live {
    pcap_t *pcap;
    char name[IFNAMSIZ];
    int fd;
    int block_ms;
    int wait_ms; /* for a packet: the block time-out, or 0 */
    int tick_ns; /* nanoseconds are asked for; a device without them has microseconds */
    uint32_t link_type;
    int index; /* the kernel's; 0: no interface of its own ("any") */
    uint64_t number;
    struct fanout *fanout; /* NULL: not a member of one */
    bool was_early;        /* so far all packets were older than the group, see is_early */
    struct shunt *shunt;   /* NULL: every packet comes */
    struct error refused;  /* why not, where it was asked for */
    struct error failure;  /* empty: none; else what is left in the ring is still read */
    bool never_waits;
    bool counts_interface;
    struct pcap_stat seen; /* libpcap counts in 32 bits: the last reading */
    uint64_t dropped;
    struct card_drops card_drops;
    uint64_t interface_dropped;
    int sealed_counter; /* sealed_count.h; -1: none */
    uint64_t sealed;
};

/* ---- opening ------------------------------------------------------------------------------- */

static bool set_not_activated(struct error *error, const char *name, pcap_t *pcap, int status)
{
    bool is_forbidden = status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED;

    /* without permission libpcap does not get as far as to look for the interface */
    if (status == PCAP_ERROR_NO_SUCH_DEVICE ||
        (is_forbidden && if_nametoindex(name) == 0 && errno == ENODEV && strcmp(name, "any") != 0))
        return interface_set_missing(error, name);
    if (is_forbidden)
        return error_set(error, "%s: no permission to capture; run as root or: "
                                "setcap cap_net_raw,cap_bpf+ep $(command -v lasthello)",
            name);
    if (status == PCAP_ERROR_IFACE_NOT_UP)
        return error_set(error, "%s: interface is down; ip link set %s up", name, name);
    return error_set(
        error, "%s: capture does not start: %s (%s)", name, pcap_statustostr(status), pcap_geterr(pcap));
}

static bool activate(
    struct live *live, const struct live_options *options, bool *is_down, struct error *error)
{
    int status;

    /* immediate mode stays off: the kernel then hands over whole blocks (TPACKET_V3) */
    if (pcap_set_snaplen(live->pcap, options->snapshot_len) != 0 || pcap_set_promisc(live->pcap, 1) != 0 ||
        pcap_set_timeout(live->pcap, live->block_ms) != 0 ||
        pcap_set_buffer_size(live->pcap, options->buffer_bytes) != 0)
        return error_set(error, "%s: capture does not start: %s", live->name, pcap_geterr(live->pcap));
    live->tick_ns = pcap_set_tstamp_precision(live->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0 ? 1 : 1000;
    status = pcap_activate(live->pcap);
    *is_down = status == PCAP_ERROR_IFACE_NOT_UP;
    return status >= 0 || set_not_activated(error, options->interface, live->pcap, status);
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
    return is_set ||
        error_set(error, "%s: the kernel refuses the filter: %s", live->name, pcap_geterr(live->pcap));
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

static bool set_fanout(struct live *live, struct fanout *fanout, struct error *error)
{
    if (fanout == NULL)
        return true;
    if (!fanout_join(fanout, live->name, pcap_fileno(live->pcap), error))
        return false;
    live->fanout = fanout;
    live->was_early = true;
    return true;
}

/* libpcap's instructions are the kernel's. */
static void set_sealed_counter(struct live *live)
{
    struct bpf_program program;

    if (!live->counts_interface || pcap_datalink(live->pcap) != DLT_EN10MB ||
        pcap_compile(live->pcap, &program, sealed_count_filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return;
    live->sealed_counter = sealed_count_open(live->name,
        &(struct sock_fprog){
            .len = (unsigned short)program.bf_len,
            .filter = (struct sock_filter *)(void *)program.bf_insns,
        });
    pcap_freecode(&program);
}

/* The shunt is a help, not a need: without it, all packets come. */
static void set_shunt(struct live *live, const struct live_options *options)
{
    struct error why;

    if (options->ports == NULL)
        return;
    if (pcap_datalink(live->pcap) != DLT_EN10MB)
        error_set(&why, "it is no Ethernet");
    else if ((live->shunt = shunt_open(pcap_fileno(live->pcap), options, &why)) != NULL)
        return;
    error_set(&live->refused,
        "%s: no in-kernel offload of classified sessions: %s; only costs CPU, results are the same",
        live->name, why.text);
}

static void live_close(void *state)
{
    struct live *live = state;

    if (live->pcap != NULL)
        pcap_close(live->pcap);
    if (live->fanout != NULL)
        fanout_leave(live->fanout);
    shunt_close(live->shunt);
    card_drops_close(&live->card_drops);
    if (live->sealed_counter >= 0)
        close(live->sealed_counter);
    free(live);
}

static struct live *live_new(const struct live_options *options)
{
    struct live *live = calloc(1, sizeof(*live));

    if (live == NULL)
        return NULL;
    snprintf(live->name, sizeof(live->name), "%s", options->interface);
    live->block_ms = options->block_ms > 0 ? options->block_ms : 1;
    live->wait_ms = options->never_waits ? 0 : live->block_ms;
    live->never_waits = options->never_waits;
    live->counts_interface = options->counts_interface;
    card_drops_open(&live->card_drops, live->name);
    live->sealed_counter = -1;
    return live;
}

void *live_open(const struct live_options *options, bool *is_down, struct error *error)
{
    char why[PCAP_ERRBUF_SIZE];
    struct live *live;

    if (strlen(options->interface) >= IFNAMSIZ) {
        interface_set_missing(error, options->interface);
        return NULL;
    }
    live = live_new(options);
    if (live == NULL) {
        error_set(error, "%s: no memory left to capture", options->interface);
        return NULL;
    }
    live->pcap = pcap_create(live->name, why);
    if (live->pcap == NULL) {
        error_set(error, "%s: capture does not start: %s", live->name, why);
    } else if (activate(live, options, is_down, error) && set_filter(live, options->filter, error) &&
        set_polling(live, error) && set_fanout(live, options->fanout, error)) {
        set_shunt(live, options);
        live->link_type = link_type_of_dlt(pcap_datalink(live->pcap));
        live->index = (int)if_nametoindex(live->name);
        set_sealed_counter(live);
        return live;
    }
    live_close(live);
    return NULL;
}

/* ---- packets ------------------------------------------------------------------------------- */

enum link_state {
    LINK_UP,
    LINK_DOWN,
    LINK_GONE, /* or made anew: this socket belongs to the old one */
};

/* A quiet interface may be one that is down; libpcap only waits for it to come back. Asks through
 * the socket that is there: another may not be had any more. */
static enum link_state link_state(const struct live *live)
{
    struct ifreq request = {0};

    memcpy(request.ifr_name, live->name, sizeof(request.ifr_name));
    if (ioctl(live->fd, SIOCGIFINDEX, &request) != 0 || request.ifr_ifindex != live->index)
        return live->index == 0 ? LINK_UP : LINK_GONE; /* 0: "any" */
    if (ioctl(live->fd, SIOCGIFFLAGS, &request) != 0)
        return LINK_GONE;
    return (request.ifr_flags & IFF_UP) != 0 ? LINK_UP : LINK_DOWN;
}

static void set_failure(struct live *live)
{
    struct error *failure = &live->failure;

    switch (link_state(live)) {
    case LINK_GONE:
        error_set(failure, "%s: the interface is gone; capture goes on when it is back", live->name);
        break;
    case LINK_DOWN:
        error_set(failure, "%s: the interface went down; ip link set %s up", live->name, live->name);
        break;
    case LINK_UP:
        error_set(failure, "%s: capture broke off: %s", live->name, pcap_geterr(live->pcap));
    }
}

/* The kernel gives an interface that is up again back to the sockets it had. */
static bool live_revive(void *state)
{
    struct live *live = state;

    if (link_state(live) != LINK_UP)
        return false;
    live->failure.text[0] = '\0';
    live->wait_ms = live->never_waits ? 0 : live->block_ms; /* see live_next */
    return true;
}

static int64_t time_of(const struct live *live, const struct pcap_pkthdr *header)
{
    return header->ts.tv_sec * NANOSECONDS + header->ts.tv_usec * live->tick_ns;
}

/* Of the time when the group was not complete. The first later one, or a pause, ends it, so that a
 * clock that is set back cannot make it last. */
static bool is_early(struct live *live, int64_t time_ns)
{
    live->was_early = live->was_early && time_ns < fanout_since(live->fanout);
    return live->was_early;
}

/* 1: a packet; 0: none came within the block time-out; less: libpcap failed. */
static int read_packet(struct live *live, struct pcap_pkthdr **header, const uint8_t **data)
{
    struct pollfd waiting = {.fd = live->fd, .events = POLLIN};
    bool failing = live->failure.text[0] != '\0'; /* libpcap then does not wait, but says so again */
    int got;

    do {
        got = pcap_next_ex(live->pcap, header, data);
        if ((got == 0 || (got < 0 && failing)) && poll(&waiting, 1, live->wait_ms) > 0)
            got = pcap_next_ex(live->pcap, header, data);
    } while (got == 1 && is_early(live, time_of(live, *header)));
    if (got == 0)
        live->was_early = false;
    return got;
}

/* Of an interface that fails, what came before is still in the ring, or in a block that is not full yet. */
static enum sourced live_next(void *state, struct packet *packet, struct error *error)
{
    struct live *live = state;
    struct pcap_pkthdr *header;
    const uint8_t *data;
    int got = read_packet(live, &header, &data);

    if (got != 1 && live->failure.text[0] == '\0') {
        if (got == 0 && link_state(live) == LINK_UP)
            return SOURCED_NOTHING;
        set_failure(live);
        live->wait_ms = 2 * live->block_ms; /* time enough for the last block to be handed over */
        got = read_packet(live, &header, &data);
    }
    if (got != 1) {
        *error = live->failure;
        return SOURCED_FAILED;
    }
    /* libpcap on Linux puts a VLAN tag that the card took off back into the data */
    *packet = (struct packet){
        .data = {data, header->caplen},
        .wire_len = header->len,
        .link_type = live->link_type,
        .time_ns = time_of(live, header),
        .number = ++live->number,
    };
    return SOURCED_PACKET;
}

/* ---- counters and the shunt ---------------------------------------------------------------- */

/* What cannot be asked is not known to be blind: "any" is no interface of its own. */
static bool is_blind(const struct live *live)
{
    struct ifreq request = {0};

    memcpy(request.ifr_name, live->name, sizeof(request.ifr_name));
    return ioctl(live->fd, SIOCGIFFLAGS, &request) == 0 &&
        (request.ifr_flags & (IFF_UP | IFF_RUNNING)) != (IFF_UP | IFF_RUNNING);
}

static void live_statistics(void *state, struct source_statistics *statistics)
{
    struct live *live = state;
    struct pcap_stat now;

    if (pcap_stats(live->pcap, &now) == 0) {
        live->dropped += now.ps_drop - live->seen.ps_drop;
        live->seen = now;
    }
    live->interface_dropped += card_drops_new(&live->card_drops);
    statistics->dropped = live->dropped;
    statistics->interface_dropped = live->counts_interface ? live->interface_dropped : 0;
    live->sealed += sealed_count_new(live->sealed_counter);
    statistics->sealed = live->sealed;
    statistics->is_blind = is_blind(live);
    if (live->shunt != NULL)
        shunt_statistics(live->shunt, statistics);
}

int live_descriptor(const void *state)
{
    return ((const struct live *)state)->fd;
}

static struct shunt *live_shunt(void *state)
{
    return ((struct live *)state)->shunt;
}

static const char *live_shunt_refused(const void *state)
{
    const struct live *live = state;

    return live->refused.text[0] == '\0' ? NULL : live->refused.text;
}

const struct source_reader reader_live = {
    .next = live_next,
    .statistics = live_statistics,
    .shunt = live_shunt,
    .shunt_refused = live_shunt_refused,
    .revive = live_revive,
    .close = live_close,
};
