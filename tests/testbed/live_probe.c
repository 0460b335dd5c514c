/* SPDX-License-Identifier: BSD-2-Clause */
/* live_probe.c: the capture room alone, for tests and benchmarks: captures an interface with several threads,
 * shunts what standard input says, and prints what came. * live_probe IFACE THREADS [noshunt] [quiet]; IFACE is ONE+OTHER of a tap. Prints
 * "ready", then a line for each packet, "packet THREAD HEX", unless quiet. Commands, a line each: shunt|unshunt
 * CLIENT PORT SERVER PORT addresses of IPv4 walk prints "held OBSERVATION PACKETS" for each direction, then
 * "walked" count prints "count THREAD PACKETS DROPPED SHUNTED" for each thread The end of standard input ends it;
 * the last line is "cpu SECONDS" of all threads. */
#include <lasthello/dissector.h>
#include <lasthello/source.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define THREADS_MAX 8
#define OBSERVATION 4711

static struct capture {
    pthread_t thread;
    unsigned index;
    struct live_options options;
    struct source *source;
    atomic_ullong packets;
} captures[THREADS_MAX];
static unsigned capture_count;
static bool quiet;
static atomic_uint opened;

static void print_packet(unsigned index, const struct packet *packet)
{
    struct bytes rest = packet->data;
    uint8_t byte;

    flockfile(stdout);
    printf("packet %u ", index);
    while (bytes_u8(&rest, &byte))
        printf("%02x", byte);
    putchar('\n');
    fflush(stdout);
    funlockfile(stdout);
}

static struct source *open_source(const struct live_options *options, struct error *error)
{
    const char *plus = strchr(options->interface, '+');
    struct live_options sides[2] = {*options, *options};
    struct error errors[2] = {0};
    bool are_down[2];
    char first[16];
    struct source *source;

    if (plus == NULL)
        return source_open_live(options, &are_down[0], error);
    snprintf(first, sizeof(first), "%.*s", (int)(plus - options->interface), options->interface);
    sides[0].interface = first;
    sides[1].interface = plus + 1;
    source = source_open_tap(sides, are_down, errors);
    *error = errors[source == NULL || errors[0].text[0] == '\0'];
    return source;
}

static void *capture(void *argument)
{
    struct capture *mine = argument;
    struct error error = {0};
    struct packet packet;
    enum sourced sourced;

    mine->source = open_source(&mine->options, &error);
    if (mine->source == NULL) {
        fprintf(stderr, "%s\n", error.text);
        exit(EXIT_FAILURE);
    }
    atomic_fetch_add(&opened, 1);
    while ((sourced = source_next(mine->source, &packet, &error)) <= SOURCED_NOTHING) {
        if (sourced == SOURCED_NOTHING)
            continue;
        atomic_fetch_add_explicit(&mine->packets, 1, memory_order_relaxed);
        if (!quiet)
            print_packet(mine->index, &packet);
    }
    if (sourced == SOURCED_FAILED)
        fprintf(stderr, "%s\n", error.text);
    return NULL;
}

static void read_endpoint(const char *address, const char *port, struct endpoint *endpoint)
{
    *endpoint = (struct endpoint){.address = {.octets = {[10] = 0xff, [11] = 0xff}}, .port = (uint16_t)atoi(port)};
    inet_pton(AF_INET, address, endpoint->address.octets + 12);
}

static void shunt(const char *line)
{
    char word[16], client_address[16], client_port[8], server_address[16], server_port[8];
    struct endpoint client, server;

    if (sscanf(line, "%15s %15s %7s %15s %7s", word, client_address, client_port, server_address, server_port) != 5)
        return;
    read_endpoint(client_address, client_port, &client);
    read_endpoint(server_address, server_port, &server);
    for (unsigned i = 0; i < capture_count; i++)
        if (word[0] == 'u')
            source_unshunt(captures[i].source, &client, &server);
        else if (!source_shunt(captures[i].source, &client, &server, OBSERVATION))
            printf("refused\n");
    printf("done\n");
}

static void walk(void)
{
    struct shunted held;

    for (unsigned i = 0; i < capture_count; i++)
        while (source_shunted(captures[i].source, &held))
            printf("held %llu %llu\n", (unsigned long long)held.observation, (unsigned long long)held.packets);
    printf("walked\n");
}

static void count(void)
{
    for (unsigned i = 0; i < capture_count; i++) {
        struct source_statistics statistics;

        source_statistics(captures[i].source, &statistics);
        printf("count %u %llu %llu %llu\n", i, captures[i].packets, (unsigned long long)statistics.dropped,
            (unsigned long long)statistics.shunted);
    }
}

static void obey(const char *line)
{
    flockfile(stdout);
    if (line[0] == 'w')
        walk();
    else if (line[0] == 'c')
        count();
    else
        shunt(line);
    fflush(stdout);
    funlockfile(stdout);
}

static void begin(const char *interface, bool shunts)
{
    static uint64_t ports[PORT_WORDS];
    static struct services services;
    struct fanout *fanout = capture_count > 1 ? fanout_open() : NULL;

    services_init(&services);
    services_ports(&services, ports);
    for (unsigned i = 0; i < capture_count; i++) {
        captures[i].index = i;
        captures[i].options = (struct live_options){
            .interface = interface,
            .filter = source_filter_text(ports, false),
            .ports = shunts ? ports : NULL,
            .buffer_bytes = 8 << 20,
            .snapshot_len = 262144,
            .block_ms = 100,
            .fanout = fanout,
            .counts_interface = i == 0,
        };
        pthread_create(&captures[i].thread, NULL, capture, &captures[i]);
    }
}

int main(int argc, char **argv)
{
    char line[128];
    struct rusage usage;
    bool shunts = true;

    if (argc < 3 || (capture_count = (unsigned)atoi(argv[2])) < 1 || capture_count > THREADS_MAX)
        return EXIT_FAILURE;
    for (int i = 3; i < argc; i++) {
        shunts = shunts && argv[i][0] != 'n';
        quiet = quiet || argv[i][0] == 'q';
    }
    begin(argv[1], shunts);
    while (atomic_load(&opened) < capture_count)
        sched_yield();
    if (source_shunt_refused(captures[0].source) != NULL)
        printf("%s\n", source_shunt_refused(captures[0].source));
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin) != NULL)
        obey(line);
    for (unsigned i = 0; i < capture_count; i++)
        source_break(captures[i].source);
    for (unsigned i = 0; i < capture_count; i++) {
        pthread_join(captures[i].thread, NULL);
        source_close(captures[i].source);
    }
    getrusage(RUSAGE_SELF, &usage);
    printf("cpu %.3f\n", (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
    return EXIT_SUCCESS;
}
