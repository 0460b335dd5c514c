/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_report.c: `lasthello report`: questions to an inventory, answered as table, CSV or JSON. */
#include "asked_inventory.h"
#include "asset_choice.h"
#include "options.h"
#include "output_file.h"
#include "policy_choice.h"
#include "remedy_choice.h"
#include "settings.h"
#include "sync_state.h"

#include <lasthello/anonymise.h>
#include <lasthello/db.h>
#include <lasthello/dissector.h>
#include <lasthello/list.h>
#include <lasthello/report.h>
#include <lasthello/verdict.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAC_VENDORS "/usr/share/ieee-data/oui.txt"

struct reporting {
    enum report_format format;
    bool for_spreadsheet;
    struct filters filters;
    struct policy_choice choice;
    struct policies policies;
    struct assets *assets;   /* NULL: none */
    const char *assets_path; /* NULL: that of this machine, if there is one */
    struct remedies remedies;
    bool is_anonymous;
    struct hash_key key;
    const char *remedies_path; /* NULL: as installed, and of this machine */
    unsigned fail_on;          /* a bit 1 << enum verdict for each that is a failure */
    int64_t today;             /* days since 1970 */
    const struct subject *subject;
    struct asked_inventory asked;
    bool wide, no_sandbox;
    FILE *mac_vendors;  /* IEEE's list, where it is installed; NULL */
    const char *output; /* a file; NULL: standard output */
};

/* What is asked for: by a page of its own, or by a question. */
struct subject {
    const char *name;
    bool (*write)(const struct report *report, struct error *error); /* NULL: the rows of the question */
    enum question question;
    bool is_host, is_server; /* an address or a name of one follows */
};

static const struct subject subjects[] = {
    {.name = "summary", .write = report_summary},
    {.name = "clients", .question = QUESTION_CLIENTS},
    {.name = "verdicts", .question = QUESTION_VERDICTS},
    {.name = "servers", .question = QUESTION_SERVERS},
    {.name = "suites", .question = QUESTION_SUITES},
    {.name = "sessions", .question = QUESTION_SESSIONS},
    {.name = "coverage", .question = QUESTION_COVERAGE},
    {.name = "changes", .question = QUESTION_CHANGES},
    {.name = "trend", .write = report_trend},
    {.name = "host", .write = report_host, .is_host = true},
    {.name = "server", .write = report_server, .is_server = true},
};

enum option_key {
    KEY_FORMAT = 256,
    KEY_OUTPUT = 'o',
    KEY_WIDE = KEY_FORMAT + 1,
    KEY_NO_SANDBOX,
    KEY_SINCE,
    KEY_UNTIL,
    KEY_NETWORK,
    KEY_PROVIDER,
    KEY_VERSION,
    KEY_CAUSE,
    KEY_SERVICE,
    KEY_AS_OF,
    KEY_OWNER,
    KEY_VERDICT,
    KEY_POLICY,
    KEY_ASSETS,
    KEY_REMEDIES,
    KEY_ANONYMISE,
    KEY_FAIL_ON,
    KEY_FAILING_DAYS,
    KEY_FIXED_DAYS,
    KEY_FIXED_SESSIONS,
};

const struct argp_option report_options[] = {
    {.name = "format",
        .key = KEY_FORMAT,
        .arg = "FORMAT",
        .doc = "table (default), csv, spreadsheet or json; html is one page of the summary and all behind "
               "it"},
    {.name = "output",
        .key = KEY_OUTPUT,
        .arg = "FILE",
        .doc = "write the report there and not to standard output"},
    {.name = "wide", .key = KEY_WIDE, .doc = "all columns of a table, whatever the width of the terminal"},
    {.name = "no-sandbox", .key = KEY_NO_SANDBOX, .doc = "keep all rights while reading the inventory"},
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
    {.name = "policy",
        .key = KEY_POLICY,
        .arg = "FILE|FOLDER|ID",
        .doc = "judge by the policies of this file or folder in place of those installed, or by the one "
               "with this ID alone (may be repeated)"},
    {.name = "assets",
        .key = KEY_ASSETS,
        .arg = "FILE",
        .doc = "whose host is that: CSV with address, network or mac; name, owner, place, note "
               "(" ASSETS_OF_THIS_MACHINE ", if it is there)"},
    {.name = "remedies",
        .key = KEY_REMEDIES,
        .arg = "FILE",
        .doc = "remedies (what an old client may be, what helps) of this file in place of those installed"},
    {.name = "anonymise",
        .key = KEY_ANONYMISE,
        .arg = "KEY-FILE",
        .flags = OPTION_ARG_OPTIONAL,
        .doc = "replace addresses, names, owners and paths by pseudonyms; with a key file by the same "
               "ones in each report"},
    {.name = "fail-on",
        .key = KEY_FAIL_ON,
        .arg = "VERDICT",
        .doc = "exit with status 3 if a client of the answer has this verdict or a worse one"},
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

/* NULL: there is none of this name. */
static const struct subject *find_subject(const char *name)
{
    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
        if (strcmp(name, subjects[i].name) == 0)
            return &subjects[i];
    return NULL;
}

static void parse_format(struct argp_state *state, struct reporting *reporting, const char *name)
{
    reporting->for_spreadsheet = strcmp(name, "spreadsheet") == 0;
    if (reporting->for_spreadsheet)
        name = report_format_name(FORMAT_CSV);
    for (enum report_format format = FORMAT_TABLE; format < FORMAT_COUNT; format++) {
        if (strcmp(name, report_format_name(format)) != 0)
            continue;
        reporting->format = format;
        return;
    }
    usage_error(state, "--format takes table, csv, spreadsheet, json or html, not '%s'", name);
}

static bool is_summary(const struct reporting *reporting)
{
    return reporting->subject->write == report_summary;
}

/* A word that comes first and is no path was meant for a question. */
static void refuse_misspelt(struct argp_state *state, const char *word)
{
    if (strpbrk(word, "./:") == NULL && access(word, F_OK) != 0)
        wrong_usage(state,
            "'%s' is no question and no inventory; there are summary, clients, verdicts, servers, sessions, "
            "coverage, changes, trend, host and server",
            word);
}

static void parse_argument(struct argp_state *state, struct reporting *reporting, const char *argument)
{
    struct filters *filters = &reporting->filters;
    const struct subject *subject = state->arg_num == 0 ? find_subject(argument) : NULL;

    if (subject != NULL)
        reporting->subject = subject;
    else if (reporting->subject->is_host && filters->host == NULL)
        filters->host = argument;
    else if (reporting->subject->is_server && filters->server == NULL)
        filters->server = argument;
    else {
        if (state->arg_num == 0)
            refuse_misspelt(state, argument);
        asked_inventory_add(&reporting->asked, argument);
    }
}

static void check_one(struct argp_state *state, const struct reporting *reporting)
{
    if (reporting->subject->is_host && reporting->filters.host == NULL)
        wrong_usage(state, "which host? its address or name comes behind 'host', as 10.1.4.17");
    if (reporting->subject->is_server && reporting->filters.server == NULL)
        wrong_usage(state, "which server? its address or name comes behind 'server', as imap.example.net");
}

static void parse_policy(struct argp_state *state, struct reporting *reporting, const char *given)
{
    if (!policy_choice_add(&reporting->choice, given))
        usage_error(state, "--policy may be given %d times", POLICY_CHOICES_MAX);
}

static void check_services(struct argp_state *state, const char *list)
{
    char word[LIST_WORD_BYTES];
    struct error error;

    while (list != NULL)
        if (services_name(list_word(&list, word), &error) == NULL)
            usage_error(state, "--service: %s", error.text);
}

static void parse_anonymise(struct argp_state *state, struct reporting *reporting, const char *path)
{
    const char *reason;

    reporting->is_anonymous = true;
    if (path == NULL)
        hash_key_random(&reporting->key);
    else if (!anonymise_key_read(path, &reporting->key, &reason))
        usage_error(state, "--anonymise=%s: %s", path, reason);
}

static bool has_name(enum verdict verdict, const char *name)
{
    return strcasecmp(verdict_name(verdict), name) == 0;
}

/* A verdict and the worse ones, and whatever else is called as one of these; 0: none has the name. */
static unsigned verdicts_from(const char *name)
{
    unsigned verdicts = 0;
    enum verdict least = VERDICT_COUNT;

    for (enum verdict verdict = VERDICT_SAFE + 1; verdict < VERDICT_COUNT; verdict++)
        if (has_name(verdict, name))
            least = verdict;
    for (enum verdict worse = least; worse < VERDICT_COUNT; worse++)
        for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
            if (has_name(verdict, verdict_name(worse)))
                verdicts |= 1u << verdict;
    return verdicts;
}

static void parse_fail_on(struct argp_state *state, struct reporting *reporting, const char *name)
{
    reporting->fail_on = verdicts_from(name);
    if (reporting->fail_on == 0)
        usage_error(state, "--fail-on takes a verdict, as failing, breaks or legacy, not '%s'", name);
}

/* A number of days or sessions that a verdict rests on. */
static void parse_limit(struct argp_state *state, struct reporting *reporting, int key, const char *text)
{
    unsigned *const limits[] = {&reporting->filters.limits.failing_days,
        &reporting->filters.limits.fixed_days, &reporting->filters.limits.fixed_sessions};
    static const char *const options[] = {"--failing-days", "--fixed-days", "--fixed-sessions"};
    const int which = key - KEY_FAILING_DAYS;

    *limits[which] = (unsigned)parse_count(state, options[which], text, 1, 9999);
}

static void check_whole(struct argp_state *state, struct reporting *reporting)
{
    if (reporting->format == FORMAT_HTML && !is_summary(reporting))
        wrong_usage(
            state, "--format html is one page of everything: leave '%s' out", reporting->subject->name);
    check_one(state, reporting);
    check_services(state, reporting->filters.service);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct reporting *reporting = state->input;
    const char **texts[] = {
        [0] = &reporting->filters.since,
        [KEY_UNTIL -
            KEY_SINCE] = &reporting->filters.until,
        [KEY_NETWORK -
            KEY_SINCE] = &reporting->filters.network,
        [KEY_PROVIDER -
            KEY_SINCE] = &reporting->filters.provider,
        [KEY_VERSION -
            KEY_SINCE] = &reporting->filters.version,
        [KEY_CAUSE -
            KEY_SINCE] = &reporting->filters.cause,
        [KEY_SERVICE -
            KEY_SINCE] = &reporting->filters.service,
        [KEY_AS_OF -
            KEY_SINCE] = &reporting->filters.as_of,
        [KEY_OWNER -
            KEY_SINCE] = &reporting->filters.owner,
        [KEY_VERDICT -
            KEY_SINCE] = &reporting->filters.verdict,
        [KEY_ASSETS -
            KEY_SINCE] = &reporting->assets_path,
        [KEY_REMEDIES -
            KEY_SINCE] = &reporting->remedies_path,
    };

    if (key == KEY_FORMAT)
        parse_format(state, reporting, argument);
    else if (key == KEY_OUTPUT)
        reporting->output = argument;
    else if (key == KEY_WIDE)
        reporting->wide = true;
    else if (key == KEY_NO_SANDBOX)
        reporting->no_sandbox = true;
    else if (key == KEY_POLICY)
        parse_policy(state, reporting, argument);
    else if (key == KEY_ANONYMISE)
        parse_anonymise(state, reporting, argument);
    else if (key == KEY_FAIL_ON)
        parse_fail_on(state, reporting, argument);
    else if (key >= KEY_SINCE && key <= KEY_REMEDIES)
        *texts[key - KEY_SINCE] = argument;
    else if (key >= KEY_FAILING_DAYS && key <= KEY_FIXED_SESSIONS)
        parse_limit(state, reporting, key, argument);
    else if (key == ARGP_KEY_ARG)
        parse_argument(state, reporting, argument);
    else if (key == ARGP_KEY_END)
        check_whole(state, reporting);
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static bool report(const struct reporting *reporting, struct inventory *inventory, struct error *error)
{
    const struct report report = {
        .out = stdout,
        .aside = stderr,
        .format = reporting->format,
        .for_spreadsheet = reporting->for_spreadsheet,
        .wide = reporting->wide,
        .inventory = inventory,
        .path = reporting->is_anonymous ? "inventory" : reporting->asked.name,
        .is_anonymous = reporting->is_anonymous,
        .filters = &reporting->filters,
        .policies = &reporting->policies,
        .today = reporting->today,
        .mac_vendors = reporting->mac_vendors,
        .has_assets = reporting->assets != NULL,
        .has_remedies = reporting->remedies.count > 0,
    };
    bool written;

    inventory_judge_by(inventory, &reporting->policies);
    inventory_name_by(inventory, reporting->assets);
    inventory_hide_by(inventory, reporting->is_anonymous ? &reporting->key : NULL);
    inventory_help_by(inventory, &reporting->remedies);
    written = reporting->subject->write != NULL
        ? reporting->subject->write(&report, error)
        : report_question(&report, reporting->subject->question, error);

    /* a reader that has seen enough (head, less) is no failure */
    if (written && fflush(stdout) != 0 && errno != EPIPE)
        return error_set(error, "standard output: %s", strerror(errno));
    return written;
}

/* Is there a client with the verdict of --fail-on, or with a worse one? */
static bool find_failing(
    const struct reporting *reporting, struct inventory *inventory, bool *found, struct error *error)
{
    struct rows *clients = inventory_ask(inventory, QUESTION_CLIENTS, &reporting->filters, error);
    const struct value *values;
    const struct column *columns;
    size_t count, at = 0;
    enum row row;

    if (clients == NULL)
        return false;
    columns = rows_columns(clients, &count);
    while (at + 1 < count && columns[at].kind != COLUMN_VERDICT)
        at++;
    do {
        row = rows_next(clients, &values, error);
        *found = row == ROW_ONE && (reporting->fail_on >> values[at].number & 1) != 0;
    } while (row == ROW_ONE && !*found);
    rows_close(clients);
    return row != ROW_FAILED;
}

/* "whole UTC days: 2026-11-20 to 2026-11-24" */
static void say_days(const struct filter_days *days)
{
    if (days->rounded)
        complain("an inventory keeps whole days, so --since and --until take whole UTC days:%s%s%s%s",
            days->has_since ? " from " : "", days->has_since ? days->first : "",
            days->has_until ? " to the end of " : "", days->has_until ? days->last : "");
}

int cmd_report(int argc, char **argv)
{
    static const struct argp argp = {
        .options = report_options,
        .parser = parse,
        .help_filter = help_services,
        .args_doc = "[summary|clients|verdicts|servers|sessions|coverage|changes|trend|host NAME|"
                    "server NAME] [INVENTORY...]",
        .doc = "Answer from an inventory: who still uses TLS 1.0 or 1.1, why, and how far to trust it.\v"
               "The inventory is inventory.db where none is named; several are merged first. Times are UTC. "
               "It may be read while a "
               "sensor fills "
               "it, also with sqlite3: see its views legacy_clients, legacy_servers, trend, "
               "coverage.\n\n"
               "Example: lasthello report clients --since 7d --format csv > clients.csv",
    };
    struct reporting reporting = {.format = FORMAT_TABLE, .subject = subjects};
    struct error error = {0}, behind = {0};
    struct inventory *inventory = NULL;
    struct filter_days days;
    unsigned refused;
    bool reported, found = false;

    settings_parse(&argp, argc, argv, &reporting);
    if (!inventory_filters_check(&reporting.filters, &days, &error)) {
        complain("%s", error.text);
        asked_inventory_close(&reporting.asked);
        return EXIT_USAGE;
    }
    say_days(&days);
    sync_state_find(reporting.asked.paths, reporting.asked.count, &behind);
    reporting.today = days.today;
    reporting.mac_vendors = fopen(MAC_VENDORS, "re");
    if (asked_inventory_find(&reporting.asked, &error) &&
        policy_choice_load(&reporting.choice, &reporting.policies, &refused, &error) &&
        asset_choice_load(reporting.assets_path, &reporting.assets, &error) &&
        remedy_choice_load(reporting.remedies_path, &reporting.remedies, &error) &&
        (reporting.output == NULL || output_file_begin(reporting.output, &error)) &&
        asked_inventory_hold(&reporting.asked, !reporting.no_sandbox, &error))
        inventory = inventory_open(reporting.asked.path, &error);
    reported = inventory != NULL && report(&reporting, inventory, &error) &&
        (reporting.fail_on == 0 || find_failing(&reporting, inventory, &found, &error));
    inventory_close(inventory);
    if (behind.text[0] != '\0')
        complain("%s", behind.text);
    if (reporting.mac_vendors != NULL)
        fclose(reporting.mac_vendors);
    policies_close(&reporting.policies);
    assets_close(reporting.assets);
    remedies_close(&reporting.remedies);
    asked_inventory_close(&reporting.asked);
    if (!reported)
        complain("%s", error.text);
    return !reported || reporting.asked.left_out > 0 ? EXIT_FAILED : found ? EXIT_FOUND
                                                                           : EXIT_DONE;
}
