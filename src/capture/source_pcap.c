/* SPDX-License-Identifier: BSD-2-Clause */
/* source_pcap.c: what libpcap does for us with files: classic captures, link types, BPF filters. */
#include "reader.h"
#include "sentence.h"

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

/* ---- classic files ------------------------------------------------------------------------- */

struct savefile {
    struct input *input;
    struct filter *filter; /* NULL: every packet */
    pcap_t *pcap;
    uint32_t link_type;
    uint64_t number;
};

static bool is_classic(struct bytes head)
{
    static const uint32_t magics[] = {
        0xa1b2c3d4, 0xd4c3b2a1, /* microseconds */
        0xa1b23c4d, 0x4d3cb2a1, /* nanoseconds */
        0xa1b2cd34, 0x34cdb2a1, /* Kuznetzov's, of old Red Hat */
    };
    uint32_t magic;

    if (!bytes_u32(&head, &magic))
        return false;
    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
        if (magic == magics[i])
            return true;
    return false;
}

static void savefile_close(void *state)
{
    struct savefile *file = state;

    if (file->pcap != NULL)
        pcap_close(file->pcap);
    free(file);
}

static bool open_stream(struct savefile *file, struct error *error)
{
    char why[PCAP_ERRBUF_SIZE];
    FILE *stream = input_stream(file->input);

    if (stream == NULL)
        return error_set(error, "%s: no memory left to read it", file->input->name);
    file->pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why);
    if (file->pcap != NULL)
        return true;
    if (file->input->failed)
        *error = file->input->error;
    else if (feof(stream) != 0)
        error_set(error, "%s: ends inside its file header; no packet could be read", file->input->name);
    else
        error_set(error, "%s: cannot be read: %s; try: editcap FILE FILE.pcapng", file->input->name, why);
    fclose(stream);
    return false;
}

static void *savefile_open(struct input *input, struct filter *filter, struct error *error)
{
    struct savefile *file = calloc(1, sizeof(*file));

    if (file == NULL) {
        error_set(error, "%s: no memory left to read it", input->name);
        return NULL;
    }
    file->input = input;
    file->filter = filter;
    if (!open_stream(file, error)) {
        savefile_close(file);
        return NULL;
    }
    file->link_type = link_type_of_dlt(pcap_datalink(file->pcap));
    return file;
}

static enum sourced savefile_fail(const struct savefile *file, struct error *error)
{
    if (file->input->failed) {
        *error = file->input->error;
        sentence_after(error, file->number);
    } else if (feof(pcap_file(file->pcap)) != 0) {
        sentence_cut(error, file->input->name, file->number);
    } else {
        sentence_corrupt(error, file->input->name, file->number, pcap_geterr(file->pcap));
    }
    return SOURCED_FAILED;
}

static void fill_packet(struct packet *packet, const struct pcap_pkthdr *header, const uint8_t *data, int64_t seconds)
{
    packet->data = (struct bytes){data, header->caplen};
    packet->wire_len = header->len;
    packet->time_ns = seconds * NANOSECONDS + header->ts.tv_usec; /* nanoseconds were asked for */
    packet->vlan = 0;                                             /* a tag is in the data */
}

static enum sourced savefile_next(void *state, struct packet *packet, struct error *error)
{
    struct savefile *file = state;
    struct pcap_pkthdr *header;
    const uint8_t *data;

    for (;;) {
        int got = pcap_next_ex(file->pcap, &header, &data);

        if (got == PCAP_ERROR_BREAK)
            return file->input->failed ? savefile_fail(file, error) : SOURCED_END;
        if (got != 1)
            return savefile_fail(file, error);
        if (header->caplen > SOURCE_PACKET_BYTES_MAX) {
            sentence_corrupt(error, file->input->name, file->number, "it is longer than 16 MiB");
            return SOURCED_FAILED;
        }
        /* seconds are unsigned in the file, but signed in libpcap, until 2106 against 2038 */
        fill_packet(packet, header, data, (uint32_t)header->ts.tv_sec);
        packet->link_type = file->link_type;
        packet->number = ++file->number;
        if (file->filter == NULL || filter_passes(file->filter, packet))
            return SOURCED_PACKET;
    }
}

const struct reader reader_pcap = {
    .fits = is_classic,
    .open = savefile_open,
    .next = savefile_next,
    .close = savefile_close,
};
