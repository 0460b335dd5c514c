/* SPDX-License-Identifier: BSD-2-Clause */
/* options.c: the options that `read` and `watch` share. */
#include "options.h"

#include "settings.h"

#include <lasthello/text.h>

#include <stdio.h>
#include <stdlib.h>

enum option_key {
    KEY_EVENTS = 256,
    KEY_PORTS,
    KEY_PROXY,
    KEY_DISCOVER,
    KEY_SITE,
    KEY_MEMORY,
    KEY_RULES,
    KEY_USER,
    KEY_NO_SANDBOX,
    KEY_KEEP,
    KEY_NO_NAMES,
    KEY_CAS,
};

const struct argp_option sensor_options_rows[] = {
    {.name = "output",
        .key = 'o',
        .arg = "INVENTORY",
        .doc = "SQLite inventory to fill (default inventory.db)"},
    {.name = "events",
        .key = KEY_EVENTS,
        .arg = "FILE",
        .doc = "append a line of JSON for each session; "
               "- is standard output"},
    {.name = "ports",
        .key = KEY_PORTS,
        .arg = "LIST",
        .doc = "more ports, as 1143=imap,587=smtp,443=tls; "
               "there are SERVICES"},
    {.name = "proxy",
        .key = KEY_PROXY,
        .arg = "CIDR",
        .doc = "believe PROXY headers from there, "
               "as 192.0.2.7,10.0.0.0/8"},
    {.name = "discover", .key = KEY_DISCOVER, .doc = "detect mail and TLS on every TCP port, by content"},
    {.name = "site",
        .key = KEY_SITE,
        .arg = "NAME",
        .doc = "site label, keeps overlapping private ranges apart"},
    {.name = "memory",
        .key = KEY_MEMORY,
        .arg = "MIB",
        .doc = "memory for the connection tables (default 256)"},
    {.name = "providers",
        .key = KEY_RULES,
        .arg = "FILE",
        .doc = "file of rules that name providers "
               "(default: as installed)"},
    {.name = "keep", .key = KEY_KEEP, .arg = "DAYS", .doc = "delete sessions that are older, but no host"},
    {.name = "user",
        .key = KEY_USER,
        .arg = "NAME",
        .doc = "user to drop privileges to when started as root "
               "(default nobody)"},
    {.name = "ca-certificates",
        .key = KEY_CAS,
        .arg = "FILE",
        .doc = "public CAs in PEM, to tell servers from middleboxes that inspect TLS "
               "(default " CA_CERTIFICATES ")"},
    {.name = "no-names",
        .key = KEY_NO_NAMES,
        .doc = "do not read DNS and DHCP, which tell the names of servers and clients"},
    {.name = "no-sandbox", .key = KEY_NO_SANDBOX, .doc = "keep all privileges while reading packets"},
    {0},
};

char *help_services(int key, const char *text, void *input)
{
    static const char place[] = "SERVICES";
    const char *at = text == NULL ? NULL : strstr(text, place);
    char names[SERVICES_NAMES_BYTES];
    char *filled;

    (void)key;
    (void)input;
    if (at == NULL ||
        asprintf(&filled, "%.*s%s%s", (int)(at - text), text, services_names(names, sizeof(names)),
            at + strlen(place)) < 0)
        return (char *)(uintptr_t)text;
    return filled; /* argp frees it */
}

unsigned long parse_count(struct argp_state *state, const char *option, const char *text, unsigned long least,
    unsigned long most)
{
    char *end;
    unsigned long count = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || count < least || count > most)
        usage_error(state, "%s takes a whole number from %lu to %lu, not '%s'", option, least, most, text);
    return count;
}

static bool is_site_name(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len < 64 &&
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == len;
}

static void add_ports(struct argp_state *state, struct sensor_options *options, const char *list)
{
    struct error error;

    if (!services_add(&options->services, list, &error))
        usage_error(state, "%s", error.text);
}

static void believe(struct argp_state *state, struct sensor_options *options, const char *list)
{
    struct error error;

    if (!services_believe(&options->services, list, &error))
        usage_error(state, "%s", error.text);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct sensor_options *options = state->input;

    switch (key) {
    case 'o':
        options->inventory = argument;
        return 0;
    case KEY_EVENTS:
        options->events = argument;
        return 0;
    case KEY_PORTS:
        add_ports(state, options, argument);
        return 0;
    case KEY_PROXY:
        believe(state, options, argument);
        return 0;
    case KEY_DISCOVER:
        services_discover(&options->services);
        return 0;
    case KEY_SITE:
        if (!is_site_name(argument))
            usage_error(state, "--site takes up to 63 letters, digits, '-', '_' and '.', not '%s'", argument);
        options->site = argument;
        return 0;
    case KEY_MEMORY:
        options->memory_bytes = parse_count(state, "--memory", argument, LEAST_MEMORY_MIB, 1 << 20) << 20;
        return 0;
    case KEY_RULES:
        options->rules = argument;
        return 0;
    case KEY_KEEP:
        options->keep_days = (unsigned)parse_count(state, "--keep", argument, 1, 36500);
        return 0;
    case KEY_USER:
        options->user = argument;
        return 0;
    case KEY_CAS:
        options->cas = argument;
        return 0;
    case KEY_NO_NAMES:
        options->hears_names = false;
        return 0;
    case KEY_NO_SANDBOX:
        options->sandboxed = false;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp sensor_argp = {
    .options = sensor_options_rows, .parser = parse, .help_filter = help_services};

void sensor_options_init(struct sensor_options *options)
{
    *options = (struct sensor_options){
        .inventory = DEFAULT_INVENTORY,
        .site = "default",
        .user = "nobody",
        .sandboxed = true,
        .hears_names = true,
        .memory_bytes = (size_t)DEFAULT_MEMORY_MIB << 20,
    };
    services_init(&options->services);
}
