/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_check.c: `lasthello check`: is this machine, and this interface, fit to watch a mirror port?
 * One line for each thing that can go wrong, with what to do. */
#include "check_probe.h"
#include "options.h"
#include "say.h"
#include "settings.h"

#include <lasthello/interface.h>
#include <lasthello/text.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#define LOOK_SECONDS       5
#define SECOND_PROBE       2
#define BUFFER_BYTES       (64 << 20)
#define SNAPSHOT_LEN       262144
#define BLOCK_MS           100
#define RING_PACKETS_LEAST 1024
#define SENTENCE_BYTES     1024

struct checkup {
    const char *interface;
    int seconds;
    struct services services;
    uint64_t ports[PORT_WORDS];
    char *filter;
    unsigned bad;
};

enum finding {
    FINDING_OK,
    FINDING_WARN, /* works, but somebody should look at it */
    FINDING_BAD,  /* does not work */
};

static void tell(struct checkup *checkup, enum finding finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void tell(struct checkup *checkup, enum finding finding, const char *format, ...)
{
    static const char *const words[] = {[FINDING_OK] = "OK", [FINDING_WARN] = "WARN", [FINDING_BAD] = "FAIL"};
    char sentence[SENTENCE_BYTES];
    va_list arguments;

    checkup->bad += finding == FINDING_BAD;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    say("%-5s %s", words[finding], sentence);
    fflush(stdout);
}

/* ---- before capture ------------------------------------------------------------------------ */

static void check_ring(struct checkup *checkup, const struct interface_facts *facts)
{
    if (facts->ring_packets == 0)
        return;
    if (facts->ring_packets >= facts->ring_packets_max || facts->ring_packets >= RING_PACKETS_LEAST)
        tell(checkup, FINDING_OK, "the network card holds %u packets until the kernel takes them",
            facts->ring_packets);
    else
        tell(checkup, FINDING_WARN,
            "the network card holds %u packets only, and could hold %u: ethtool -G %s rx %u",
            facts->ring_packets, facts->ring_packets_max, checkup->interface, facts->ring_packets_max);
}

static bool check_interface(struct checkup *checkup)
{
    const char *name = checkup->interface;
    struct interface_facts facts;
    struct error error;
    char speed[32] = "", driver[64] = "";

    if (!interface_look(name, &facts, &error)) {
        tell(checkup, FINDING_BAD, "%s", error.text);
        return false;
    }
    if (!facts.is_up) {
        tell(checkup, FINDING_BAD, "%s is down: ip link set %s up", name, name);
        return false;
    }
    if (facts.speed_mbit > 0)
        snprintf(speed, sizeof(speed), ", %u Mbit/s", facts.speed_mbit);
    if (facts.driver[0] != 0)
        snprintf(driver, sizeof(driver), ", driver %s", facts.driver);
    if (facts.has_carrier)
        tell(checkup, FINDING_OK, "%s is up%s%s", name, speed, driver);
    else
        tell(checkup, FINDING_BAD, "%s is up, but has no link: is the cable in, and the switch's port on?",
            name);
    check_ring(checkup, &facts);
    if (facts.joins_packets)
        tell(checkup, FINDING_WARN,
            "%s joins packets (GRO or LRO); sessions come out the same, but packets are "
            "fewer and larger than on the wire: ethtool -K %s gro off lro off",
            name, name);
    else
        tell(checkup, FINDING_OK, "packets come as they are on the wire (GRO and LRO are off)");
    return true;
}

static void check_kernel(struct checkup *checkup)
{
    struct utsname system;

    if (uname(&system) == 0)
        tell(checkup, FINDING_OK, "%s %s on %s", system.sysname, system.release, system.machine);
}

/* ---- capture ------------------------------------------------------------------------------- */

static struct source *open_source(struct checkup *checkup, const char *filter, struct error *error)
{
    const struct live_options options = {
        .interface = checkup->interface,
        .filter = filter,
        .ports = filter == NULL ? NULL : checkup->ports,
        .buffer_bytes = BUFFER_BYTES,
        .snapshot_len = SNAPSHOT_LEN,
        .block_ms = BLOCK_MS,
        .counts_interface = true,
    };
    bool is_down;

    return source_open_live(&options, &is_down, error);
}

static void check_drops(struct checkup *checkup, const struct probe *probe)
{
    char packets[COUNT_TEXT_BYTES], dropped[COUNT_TEXT_BYTES];
    uint64_t lost = probe->dropped + probe->interface_dropped;

    count_text(probe->packets, packets);
    count_text(lost, dropped);
    if (lost == 0)
        tell(checkup, FINDING_OK, "no packet was dropped in %d s, %s passed the filter", checkup->seconds,
            packets);
    else if (probe->dropped > 0)
        tell(checkup, FINDING_BAD,
            "the kernel dropped %s packets beside %s: give watch more --threads or --buffer", dropped,
            packets);
    else
        tell(checkup, FINDING_BAD,
            "the network card dropped %s packets beside %s: enlarge its ring, ethtool -G %s", dropped,
            packets, checkup->interface);
}

static void check_directions(struct checkup *checkup, const struct probe *probe)
{
    char clients[COUNT_TEXT_BYTES], servers[COUNT_TEXT_BYTES];

    if (probe->mail[SIDE_CLIENT] > 0 && probe->mail[SIDE_SERVER] > 0)
        tell(checkup, FINDING_OK, "both directions of mail are seen: %s packets of clients, %s of servers",
            count_text(probe->mail[SIDE_CLIENT], clients), count_text(probe->mail[SIDE_SERVER], servers));
    else
        tell(checkup, FINDING_BAD,
            "only %s are seen in mail; the mirror must show both directions (rx and tx)",
            probe->mail[SIDE_CLIENT] > 0 ? "clients' packets" : "servers' packets");
}

static void check_wrappings(struct checkup *checkup, const struct probe *probe)
{
    char count[COUNT_TEXT_BYTES];

    if (probe->tagged > 0)
        tell(checkup, FINDING_OK, "VLAN tags are seen, on %s packets", count_text(probe->tagged, count));
    else
        tell(checkup, FINDING_OK, "no VLAN tags are seen: the mirror takes them off, or there are none");
    if (probe->tunnelled > 0)
        tell(checkup, FINDING_OK, "tunnels are looked into: %s packets came through one",
            count_text(probe->tunnelled, count));
    if (probe->joined > 0)
        tell(checkup, FINDING_WARN, "%s packets were longer than any frame: something joins them (GRO, LRO)",
            count_text(probe->joined, count));
}

static bool has_mail(const struct probe *probe)
{
    return probe->mail[SIDE_CLIENT] + probe->mail[SIDE_SERVER] > 0;
}

static void tell_silence(struct checkup *checkup, const struct probe *probe)
{
    char packets[COUNT_TEXT_BYTES];

    count_text(probe->packets, packets);
    if (probe->packets == 0)
        tell(checkup, FINDING_BAD,
            "no packet came: is the SPAN session active, and is %s its destination port?",
            checkup->interface);
    else if (probe->ip == 0)
        tell(checkup, FINDING_BAD,
            "%s packets came, but no IP among them: the port is connected, not mirrored to", packets);
    else
        tell(checkup, FINDING_WARN,
            "%s packets came, but no mail among them: wait for a client, or mirror the "
            "link to the mail servers; other ports: --ports",
            packets);
}

/* No mail came through the filter: is there anything else? What came before counts, too. */
static void look_again(struct checkup *checkup, struct probe *probe)
{
    struct error error;
    struct source *source = open_source(checkup, NULL, &error);

    if (source == NULL || !probe_apart(probe, source, SECOND_PROBE, &error))
        tell(checkup, FINDING_BAD, "%s", error.text);
    else if (!has_mail(probe))
        tell_silence(checkup, probe);
    source_close(source);
}

static void check_shunt(struct checkup *checkup, const struct source *source)
{
    const char *refused = source_shunt_refused(source);

    if (refused == NULL)
        tell(checkup, FINDING_OK, "in-kernel offload of already classified sessions works");
    else
        tell(checkup, FINDING_WARN, "%s", refused);
}

static void check_capture(struct checkup *checkup)
{
    struct probe probe = {.services = &checkup->services};
    struct error error;
    struct source *source = open_source(checkup, checkup->filter, &error);

    if (source == NULL) {
        tell(checkup, FINDING_BAD, "%s", error.text);
        return;
    }
    tell(checkup, FINDING_OK, "%s can be captured, promiscuous; looking at it for %d s", checkup->interface,
        checkup->seconds);
    check_shunt(checkup, source);
    if (probe_apart(&probe, source, checkup->seconds, &error))
        check_drops(checkup, &probe);
    else
        tell(checkup, FINDING_BAD, "%s", error.text);
    source_close(source);
    if (!has_mail(&probe))
        look_again(checkup, &probe);
    if (!has_mail(&probe))
        return;
    check_directions(checkup, &probe);
    check_wrappings(checkup, &probe);
}

/* ---- the command --------------------------------------------------------------------------- */

static int check(struct checkup *checkup)
{
    services_ports(&checkup->services, checkup->ports);
    checkup->filter = source_filter_text(checkup->ports, false);
    if (checkup->filter == NULL) {
        complain("no memory left to begin");
        return EXIT_FAILED;
    }
    check_kernel(checkup);
    if (check_interface(checkup))
        check_capture(checkup);
    free(checkup->filter);
    putchar('\n');
    if (checkup->bad == 0)
        say("%s is fit. Next: lasthello watch -i %s", checkup->interface, checkup->interface);
    else
        say("%s is not fit yet: see FAIL above.", checkup->interface);
    return checkup->bad == 0 ? EXIT_DONE : EXIT_FAILED;
}

enum option_key {
    KEY_PORTS = 512,
    KEY_SECONDS,
};

const struct argp_option check_options[] = {
    {.name = "interface", .key = 'i', .arg = "IFACE", .doc = "interface at the mirror port"},
    {.name = "ports",
        .key = KEY_PORTS,
        .arg = "LIST",
        .doc = "more ports, as for watch: 1143=imap,2995=pop3s"},
    {.name = "seconds", .key = KEY_SECONDS, .arg = "N", .doc = "how long to look at the traffic (default 5)"},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct checkup *checkup = state->input;
    struct error error;

    switch (key) {
    case 'i':
        checkup->interface = argument;
        return 0;
    case KEY_PORTS:
        if (!services_add(&checkup->services, argument, &error))
            usage_error(state, "%s", error.text);
        return 0;
    case KEY_SECONDS:
        checkup->seconds = (int)parse_count(state, "--seconds", argument, 1, 3600);
        return 0;
    case ARGP_KEY_ARG:
        wrong_usage(state, "'%s': the interface is named with -i", argument);
        return 0;
    case ARGP_KEY_END:
        if (checkup->interface == NULL)
            wrong_usage(state, "name the interface at the mirror port with -i");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cmd_check(int argc, char **argv)
{
    static const struct argp argp = {
        .options = check_options,
        .parser = parse,
        .doc = "Tell whether this machine and an interface are fit to watch a mirror port.\v"
               "Each line says OK, WARN (it works, but see to it) or FAIL, and what to do. The exit status "
               "is 1 where one says FAIL.\n\n"
               "Example: lasthello check -i eth1",
    };
    struct checkup *checkup = calloc(1, sizeof(*checkup));
    int status;

    if (checkup == NULL)
        return EXIT_FAILED;
    checkup->seconds = LOOK_SECONDS;
    services_init(&checkup->services);
    settings_parse(&argp, argc, argv, checkup);
    status = check(checkup);
    free(checkup);
    return status;
}
