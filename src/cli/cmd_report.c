/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_report.c: `lasthello report`: questions to an inventory, answered in one of the formats. */
#include "asked_inventory.h"
#include "filter_options.h"
#include "options.h"
#include "output_file.h"
#include "reader_options.h"
#include "settings.h"
#include "sync_state.h"

#include <lasthello/anonymise.h>
#include <lasthello/db.h>
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
    bool wide;
    struct filters filters;
    struct reader_options reader;
    bool is_anonymous;
    struct hash_key key;
    unsigned fail_on; /* a bit 1 << enum verdict for each that is a failure */
    int64_t today;    /* days since 1970 */
    const struct subject *subject;
    struct asked_inventory asked;
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

#define SUBJECT_NAMES_BYTES 160

enum option_key {
    KEY_FORMAT = 256,
    KEY_OUTPUT = 'o',
    KEY_WIDE = KEY_FORMAT + 1,
    KEY_ANONYMISE,
    KEY_FAIL_ON,
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

/* The names of all, with what follows them where it is of one host. Returns `out`. */
static const char *subject_names(char out[SUBJECT_NAMES_BYTES], const char *between, const char *follows)
{
    char name[32];

    out[0] = '\0';
    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
        snprintf(name, sizeof(name), "%s%s", subjects[i].name,
            subjects[i].is_host || subjects[i].is_server ? follows : "");
        list_add(out, SUBJECT_NAMES_BYTES, between, name);
    }
    return out;
}

static void refuse_format(struct argp_state *state, const char *name)
{
    char names[SUBJECT_NAMES_BYTES] = "";

    for (enum report_format format = FORMAT_TABLE; format < FORMAT_COUNT; format++)
        list_add(names, sizeof(names), ", ", report_format_name(format));
    usage_error(state, "--format takes one of %s, spreadsheet, not '%s'", names, name);
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
    refuse_format(state, name);
}

static bool is_summary(const struct reporting *reporting)
{
    return reporting->subject->write == report_summary;
}

/* A word that comes first and is no path was meant for a question. */
static void refuse_misspelt(struct argp_state *state, const char *word)
{
    char names[SUBJECT_NAMES_BYTES];

    if (strpbrk(word, "./:") == NULL && access(word, F_OK) != 0)
        wrong_usage(state,
            "'%s' is no question and no inventory; there are %s", word, subject_names(names, ", ", ""));
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

static void check_whole(struct argp_state *state, struct reporting *reporting)
{
    if (reporting->format == FORMAT_HTML && !is_summary(reporting))
        wrong_usage(
            state, "--format html is one page of everything: leave '%s' out", reporting->subject->name);
    check_one(state, reporting);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct reporting *reporting = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &reporting->filters;
        state->child_inputs[1] = &reporting->reader;
        return 0;
    case KEY_FORMAT:
        parse_format(state, reporting, argument);
        return 0;
    case KEY_OUTPUT:
        reporting->output = argument;
        return 0;
    case KEY_WIDE:
        reporting->wide = true;
        return 0;
    case KEY_ANONYMISE:
        parse_anonymise(state, reporting, argument);
        return 0;
    case KEY_FAIL_ON:
        parse_fail_on(state, reporting, argument);
        return 0;
    case ARGP_KEY_ARG:
        parse_argument(state, reporting, argument);
        return 0;
    case ARGP_KEY_END:
        check_whole(state, reporting);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
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
        .policies = &reporting->reader.policies,
        .today = reporting->today,
        .mac_vendors = reporting->mac_vendors,
        .has_assets = reporting->reader.assets != NULL,
        .has_remedies = reporting->reader.remedies.count > 0,
    };
    bool written;

    reader_options_use(&reporting->reader, inventory);
    inventory_hide_by(inventory, reporting->is_anonymous ? &reporting->key : NULL);
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

/* Opens the inventory, or several as one, and answers. `found`: whether a client has what --fail-on says. */
static bool answer(struct reporting *reporting, bool *found, struct error *error)
{
    struct inventory *inventory = NULL;
    bool answered;

    reporting->mac_vendors = fopen(MAC_VENDORS, "re");
    if (asked_inventory_find(&reporting->asked, error) && reader_options_load(&reporting->reader, error) &&
        (reporting->output == NULL || output_file_begin(reporting->output, error)) &&
        asked_inventory_hold(&reporting->asked, !reporting->reader.no_sandbox, error))
        inventory = inventory_open(reporting->asked.path, error);
    answered = inventory != NULL && report(reporting, inventory, error) &&
        (reporting->fail_on == 0 || find_failing(reporting, inventory, found, error));
    inventory_close(inventory);
    if (reporting->mac_vendors != NULL)
        fclose(reporting->mac_vendors);
    reader_options_close(&reporting->reader);
    return answered;
}

int cmd_report(int argc, char **argv)
{
    static const struct argp_child children[] = {{.argp = &filter_argp}, {.argp = &reader_argp}, {0}};
    char names[SUBJECT_NAMES_BYTES], arguments[SUBJECT_NAMES_BYTES + 32];
    const struct argp argp = {
        .options = report_options,
        .parser = parse,
        .children = children,
        .args_doc = arguments,
        .doc = "Answer from an inventory: who still uses TLS 1.0 or 1.1, why, and how far to trust it.\v"
               "The inventory is inventory.db where none is named; several are merged first. Times are UTC. "
               "It may be read while a sensor fills it, also with sqlite3: see its views legacy_clients, "
               "legacy_servers, trend, coverage.\n\n"
               "Example: lasthello report clients --since 7d --format csv > clients.csv",
    };
    struct reporting reporting = {.format = FORMAT_TABLE, .subject = subjects};
    struct error error = {0}, behind = {0};
    struct filter_days days;
    bool answered, found = false;

    snprintf(arguments, sizeof(arguments), "[%s] [INVENTORY...]", subject_names(names, "|", " NAME"));
    settings_parse(&argp, argc, argv, &reporting);
    if (!inventory_filters_check(&reporting.filters, &days, &error)) {
        complain("%s", error.text);
        asked_inventory_close(&reporting.asked);
        return EXIT_USAGE;
    }
    say_days(&days);
    sync_state_find(reporting.asked.paths, reporting.asked.count, &behind);
    reporting.today = days.today;
    answered = answer(&reporting, &found, &error);
    if (behind.text[0] != '\0')
        complain("%s", behind.text);
    asked_inventory_close(&reporting.asked);
    if (!answered)
        complain("%s", error.text);
    return !answered || reporting.asked.left_out > 0 ? EXIT_FAILED : found ? EXIT_FOUND
                                                                           : EXIT_DONE;
}
