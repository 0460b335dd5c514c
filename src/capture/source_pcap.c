/* SPDX-License-Identifier: BSD-2-Clause */
/* source_pcap.c: what libpcap does for us: link types and BPF filters. */
#include "reader.h"

#include <pcap/pcap.h>
#include <stdlib.h>

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

uint32_t link_type_of_dlt(int dlt)
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

/* An expression that none of these understands is a slip of the pen, whatever the file holds. The
 * last one's words are the error's. */
bool source_filter_check(const char *expression, struct error *error)
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

    if (!source_filter_check(expression, error))
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
    program->has_meaning =
        compile(filter->expression, dlt_of_link_type(link_type), &program->program, &ignored);
    return program;
}

bool filter_passes(struct filter *filter, const struct packet *packet)
{
    const struct filter_program *found = find_program(filter, packet->link_type);
    const struct pcap_pkthdr header = {.caplen = (bpf_u_int32)packet->data.left, .len = packet->wire_len};

    return found != NULL && found->has_meaning &&
        pcap_offline_filter(&found->program, &header, packet->data.data) != 0;
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
