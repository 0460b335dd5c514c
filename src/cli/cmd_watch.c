/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_watch.c: `lasthello watch`: live interfaces, into the inventory, until a signal ends it. */
#include "client_looks.h"
#include "options.h"
#include "policy_choice.h"
#include "settings.h"

#include <lasthello/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SNAPSHOT_LEN 262144 /* whole packets, also those that the network card joined */
#define BUFFER_MIB   64
#define BLOCK_MS     100

enum option_key {
    KEY_BUFFER = 512,
    KEY_SNAPSHOT,
    KEY_BLOCK,
    KEY_THREADS,
    KEY_NO_SHUNT,
    KEY_TAP,
    KEY_METRICS,
};

const struct argp_option watch_options[] = {
    {.name = "interface",
        .key = 'i',
        .arg = "IFACE",
        .doc = "interface that is the SPAN session's destination; "
               "several as eth1,eth2, or repeated"},
    {.name = "tap",
        .key = KEY_TAP,
        .arg = "A+B",
        .doc = "watch two interfaces as the two directions of one link, as a passive tap gives them"},
    {.name = "threads",
        .key = KEY_THREADS,
        .arg = "N",
        .doc = "capture threads of each interface (default 1)"},
    {.name = "buffer", .key = KEY_BUFFER, .arg = "MIB", .doc = "kernel buffer for each thread (default 64)"},
    {.name = "snaplen", .key = KEY_SNAPSHOT, .arg = "BYTES", .doc = "snapshot length (default 262144)"},
    {.name = "block-ms",
        .key = KEY_BLOCK,
        .arg = "MS",
        .doc = "longest time that packets wait in the kernel "
               "(default 100)"},
    {.name = "metrics",
        .key = KEY_METRICS,
        .arg = "FILE",
        .doc = "write counters for Prometheus into this file every ten seconds"},
    {.name = "no-shunt", .key = KEY_NO_SHUNT, .doc = "no in-kernel offload of already classified sessions"},
    {0},
};

static void check_interfaces(const struct watch_options *options, struct argp_state *state)
{
    if (options->interface_count == 0)
        wrong_usage(state, "name the interface at the mirror port with -i");
    if (options->link_count < options->interface_count && options->threads > 1)
        wrong_usage(state, "--tap joins two interfaces in one thread: leave out --threads");
    if (options->interface_count * options->threads > WORKERS_MAX)
        wrong_usage(state, "at most %d threads in all: %u interfaces with %u each are more", WORKERS_MAX,
            options->interface_count, options->threads);
}

static void add_link(struct watch_options *options, const char *name, unsigned count)
{
    struct watched_link *link = &options->links[options->link_count++];

    snprintf(link->name, sizeof(link->name), "%s", name);
    link->first = options->interface_count - count;
    link->count = count;
}

static void add_interface(struct watch_options *options, char *name, struct argp_state *state)
{
    if (options->interface_count == WORKERS_MAX)
        usage_error(state, "at most %d interfaces", WORKERS_MAX);
    for (unsigned i = 0; i < options->interface_count; i++)
        if (strcmp(options->interfaces[i], name) == 0)
            usage_error(state, "%s is named twice: each session would count double", name);
    options->interfaces[options->interface_count++] = name;
}

/* "eth1", or "eth1,eth2" */
static void add_interfaces(struct watch_options *options, char *list, struct argp_state *state)
{
    char *rest = list, *name;

    while ((name = strsep(&rest, ",")) != NULL) {
        if (name[0] == '\0')
            usage_error(state, "-i takes the name of an interface, or several with a comma between them");
        add_interface(options, name, state);
        add_link(options, name, 1);
    }
}

static void add_tap(struct watch_options *options, char *pair, struct argp_state *state)
{
    char name[LINK_NAME_BYTES];
    char *plus = strchr(pair, '+');

    if (plus == NULL || plus == pair || plus[1] == '\0') {
        usage_error(state, "--tap %s: name two interfaces with a + between them", pair);
        return;
    }
    snprintf(name, sizeof(name), "%s", pair);
    *plus = '\0';
    add_interface(options, pair, state);
    add_interface(options, plus + 1, state);
    add_link(options, name, 2);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct watch_options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->sensor;
        return 0;
    case 'i':
        add_interfaces(options, argument, state);
        return 0;
    case KEY_TAP:
        add_tap(options, argument, state);
        return 0;
    case KEY_THREADS:
        options->threads = (unsigned)parse_count(state, "--threads", argument, 1, WORKERS_MAX);
        return 0;
    case KEY_BUFFER:
        options->buffer_mib = (int)parse_count(state, "--buffer", argument, 1, 2047);
        return 0;
    case KEY_SNAPSHOT:
        options->snapshot_len = (int)parse_count(state, "--snaplen", argument, 64, SNAPSHOT_LEN);
        return 0;
    case KEY_BLOCK:
        options->block_ms = (int)parse_count(state, "--block-ms", argument, 1, 1000);
        return 0;
    case KEY_METRICS:
        options->metrics = argument;
        return 0;
    case KEY_NO_SHUNT:
        options->shunts = false;
        return 0;
    case ARGP_KEY_ARG:
        wrong_usage(state, "'%s': interfaces are named with -i", argument);
        return 0;
    case ARGP_KEY_END:
        check_interfaces(options, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The days on which policies end something, as installed. What is broken in one, `report` tells. */
static void find_deadlines(struct watch_options *options, struct policies *policies)
{
    struct error error;
    unsigned refused;

    if (!policy_choice_load(&(struct policy_choice){.count = 0}, policies, &refused, &error))
        complain("%s", error.text);
    for (size_t i = 0; i < policies->count && options->deadline_count < DEADLINES_MAX; i++) {
        struct deadline *deadline = &options->deadlines[options->deadline_count];

        if (!policies->rows[i]->has_until)
            continue;
        snprintf(deadline->id, sizeof(deadline->id), "%s", policies->rows[i]->id);
        deadline->day = policies->rows[i]->until;
        options->deadline_count++;
    }
}

static int watch(struct watch_options *options)
{
    struct policies policies = {.count = 0};
    struct client_looking *looking = client_looking_open(options->sensor.inventory, &policies);
    int status;

    find_deadlines(options, &policies);
    if (looking != NULL)
        client_looking_use(looking, &options->looks);
    status = watch_interfaces(options);
    client_looking_close(looking);
    policies_close(&policies);
    return status;
}

int cmd_watch(int argc, char **argv)
{
    static const struct argp_child children[] = {{.argp = &sensor_argp}, {0}};
    static const struct argp argp = {
        .options = watch_options,
        .parser = parse,
        .doc = "Watch live interfaces and keep the inventory until SIGINT or SIGTERM.\v"
               "SIGUSR1 prints counters; SIGHUP reopens the events file. An interface that is down or goes "
               "away is waited for.\n\n"
               "Example: lasthello watch -i eth1 -o /var/lib/lasthello/inventory.db",
        .children = children,
    };
    struct watch_options *options = calloc(1, sizeof(*options));
    int status;

    if (options == NULL)
        return EXIT_FAILED;
    options->threads = 1;
    options->buffer_mib = BUFFER_MIB;
    options->snapshot_len = SNAPSHOT_LEN;
    options->block_ms = BLOCK_MS;
    options->shunts = true;
    sensor_options_init(&options->sensor);
    settings_parse(&argp, argc, argv, options);
    status = watch(options);
    free(options);
    return status;
}
