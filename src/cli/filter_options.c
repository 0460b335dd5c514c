/* SPDX-License-Identifier: BSD-2-Clause */
/* filter_options.c: options of `report`, each of which makes its answer smaller. */
#include "filter_options.h"

#include "commands.h"
#include "options.h"
#include "settings.h"

#include <lasthello/dissector.h>
#include <lasthello/list.h>
#include <lasthello/report.h>

#define LIMIT_MAX 9999 /* days, or sessions, that a verdict rests on */

enum option_key {
    KEY_SINCE = 768,
    KEY_UNTIL,
    KEY_NETWORK,
    KEY_OWNER,
    KEY_PROVIDER,
    KEY_VERDICT,
    KEY_VERSION,
    KEY_CAUSE,
    KEY_SERVICE,
    KEY_AS_OF,
    KEY_FAILING_DAYS,
    KEY_FIXED_DAYS,
    KEY_FIXED_SESSIONS,
};

const struct argp_option filter_options_rows[] = {
    {.name = "since",
        .key = KEY_SINCE,
        .arg = "TIME",
        .doc = "from that UTC day on: 2026-11-20, or 7d (days are whole)"},
    {.name = "until",
        .key = KEY_UNTIL,
        .arg = "TIME",
        .doc = "before that UTC day, or to the end of the day of a time; nothing later is used"},
    {.name = "network",
        .key = KEY_NETWORK,
        .arg = "CIDR",
        .doc = "client or server in this network: 10.1.0.0/16 (this and all below: several, with commas)"},
    {.name = "owner", .key = KEY_OWNER, .arg = "OWNER", .doc = "client or server of this owner, by --assets"},
    {.name = "provider", .key = KEY_PROVIDER, .arg = "NAME", .doc = "servers of this provider: Microsoft365"},
    {.name = "verdict",
        .key = KEY_VERDICT,
        .arg = "VERDICT",
        .doc = "failing, breaks, legacy, ...: lasthello-report(1) has them all"},
    {.name = "version",
        .key = KEY_VERSION,
        .arg = "VERSION",
        .doc = "negotiated, or offered but refused: 'TLS 1.0'"},
    {.name = "cause",
        .key = KEY_CAUSE,
        .arg = "CAUSE",
        .doc = "client, server, fallback, unknown or too_new"},
    {.name = "service", .key = KEY_SERVICE, .arg = "SERVICE", .doc = "one of SERVICES"},
    {.name = "as-of",
        .key = KEY_AS_OF,
        .arg = "DAY",
        .doc = "report as of this UTC day: days left until then, and nothing that was seen later"},
    {.name = "failing-days",
        .key = KEY_FAILING_DAYS,
        .arg = "DAYS",
        .doc = "verdicts: refusals before the last DAYS are history (default 7)"},
    {.name = "fixed-days",
        .key = KEY_FIXED_DAYS,
        .arg = "DAYS",
        .doc = "verdicts: a client without old TLS for DAYS is fixed (default 14), if it had "
               "--fixed-sessions with newer TLS"},
    {.name = "fixed-sessions",
        .key = KEY_FIXED_SESSIONS,
        .arg = "NUMBER",
        .doc = "see --fixed-days (default 10)"},
    {0},
};

/* Where the text of an option is kept; NULL: it is none that is kept as text. */
static const char **text_of(struct filters *filters, int key)
{
    switch (key) {
    case KEY_SINCE:
        return &filters->since;
    case KEY_UNTIL:
        return &filters->until;
    case KEY_NETWORK:
        return &filters->network;
    case KEY_OWNER:
        return &filters->owner;
    case KEY_PROVIDER:
        return &filters->provider;
    case KEY_VERDICT:
        return &filters->verdict;
    case KEY_VERSION:
        return &filters->version;
    case KEY_CAUSE:
        return &filters->cause;
    case KEY_SERVICE:
        return &filters->service;
    case KEY_AS_OF:
        return &filters->as_of;
    default:
        return NULL;
    }
}

static unsigned limit(struct argp_state *state, const char *option, const char *text)
{
    return (unsigned)parse_count(state, option, text, 1, LIMIT_MAX);
}

static void check_services(struct argp_state *state, const char *list)
{
    char word[LIST_WORD_BYTES];
    struct error error;

    while (list != NULL)
        if (services_name(list_word(&list, word), &error) == NULL)
            usage_error(state, "--service: %s", error.text);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct filters *filters = state->input;
    const char **text = text_of(filters, key);

    if (text != NULL)
        *text = argument;
    if (key == KEY_SERVICE)
        check_services(state, argument);
    else if (key == KEY_FAILING_DAYS)
        filters->limits.failing_days = limit(state, "--failing-days", argument);
    else if (key == KEY_FIXED_DAYS)
        filters->limits.fixed_days = limit(state, "--fixed-days", argument);
    else if (key == KEY_FIXED_SESSIONS)
        filters->limits.fixed_sessions = limit(state, "--fixed-sessions", argument);
    else if (text == NULL)
        return ARGP_ERR_UNKNOWN;
    return 0;
}

const struct argp filter_argp = {
    .options = filter_options_rows, .parser = parse, .help_filter = help_services};
