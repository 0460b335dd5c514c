/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_text.c: policies on a screen: the list, one whole, and how many clients each of them breaks. */
#include "answer.h"
#include "number_format.h"

#include <lasthello/json.h>
#include <lasthello/text.h>
#include <lasthello/utc.h>
#include <lasthello/verdict.h>

#include <stdlib.h>
#include <string.h>

#define LABEL_WIDTH 20

/* "31 days left", "the last day"; "" where the day has passed, or there is none. */
static const char *days_left_text(const struct policy *policy, int64_t today, char out[NUMBER_BYTES])
{
    const int64_t left = policy->until - today;

    out[0] = '\0';
    if (!policy->has_until || left < 0)
        return out;
    return left == 0 ? "the last day" : number_of((uint64_t)left, "day left", "days left", out);
}

static int id_width(const struct policies *policies)
{
    size_t width = strlen("POLICY");

    for (size_t i = 0; i < policies->count; i++)
        if (strlen(policies->rows[i]->id) > width)
            width = strlen(policies->rows[i]->id);
    return (int)width;
}

/* "exchange-online  31 days left   any day until 2026-12-31" */
static void write_days(FILE *out, const struct policy *policy, int64_t today, int width)
{
    char due[DUE_BYTES], left[NUMBER_BYTES];

    policy_due(policy, today, due);
    fprintf(out, "%-*s  %-14s  %s", width, policy->id, days_left_text(policy, today, left), due);
}

/* ---- lasthello policy ----------------------------------------------------------------------------- */

void report_policies(FILE *out, const struct policies *policies, int64_t today)
{
    const int width = id_width(policies);

    fprintf(out, "%-*s  %-10s  %-15s  %-38s  %-12s  TITLE\n", width, "POLICY", "IN FORCE", "DAYS LEFT", "DUE",
        "CERTAINTY");
    for (size_t i = 0; i < policies->count; i++) {
        const struct policy *policy = policies->rows[i];
        char due[DUE_BYTES], left[NUMBER_BYTES];

        policy_due(policy, today, due);
        fprintf(out, "%-*s  %-10s  %-15s  %-38s  %-12s  %s\n", width, policy->id,
            policy->when_asked ? "when asked" : "yes", days_left_text(policy, today, left), due,
            policy_first(policy, POLICY_CERTAINTY),
            policy_first(policy, POLICY_TITLE));
    }
}

/* All lines with a word of a level; its name stands before the first: "should suites". */
static void write_level(
    FILE *out, const struct policy *policy, enum policy_word word, enum policy_level level)
{
    const char *name = policy_word_name(word);
    char label[LABEL_WIDTH + 16];

    snprintf(label, sizeof(label), "%s%s", level == POLICY_SHOULD ? "should " : "", name);
    for (size_t i = 0; i < policy->line_count; i++) {
        if (policy->lines[i].word != word || policy->lines[i].level != level)
            continue;
        fprintf(out, "%-*s %s\n", LABEL_WIDTH - 1, label, policy->lines[i].text);
        label[0] = '\0';
    }
}

static void write_lines(FILE *out, const struct policy *policy, enum policy_word word)
{
    for (enum policy_level level = POLICY_MUST; level < POLICY_LEVEL_COUNT; level++)
        write_level(out, policy, word, level);
}

void report_policy(FILE *out, const struct policy *policy, int64_t today)
{
    char due[DUE_BYTES], left[NUMBER_BYTES];
    struct cell cell = {0};
    const char *path = visible_text(&cell, policy->path);

    policy_due(policy, today, due);
    write_lines(out, policy, POLICY_ID);
    write_lines(out, policy, POLICY_TITLE);
    fprintf(out, "%-*s%s", LABEL_WIDTH, "due", due);
    if (policy->has_until && today <= policy->until)
        fprintf(out, ", %s", days_left_text(policy, today, left));
    fputs("\n", out);
    for (enum policy_word word = POLICY_CERTAINTY; word < POLICY_WORD_COUNT; word++)
        write_lines(out, policy, word);
    fprintf(out, "%-*s%s\n", LABEL_WIDTH, "file", path == NULL ? "" : path);
    cell_close(&cell);
}

/* ---- the first screen ------------------------------------------------------------------------------ */

/* One whose day has passed is of interest where somebody still offends it. */
static bool is_told(const struct policy *policy, uint64_t clients, int64_t today)
{
    return clients > 0 || (policy->has_until && today <= policy->until);
}

/* A policy's day is none of a server name that ends: of that none is published. */
static void write_undated(FILE *out, uint64_t clients, uint64_t undated)
{
    char number[NUMBER_BYTES];

    if (undated == 0)
        return;
    if (clients > 1)
        fprintf(out, ", %s of them", undated == clients ? "all" : count_text(undated, number));
    fputs(" by a server name that ends on a day that is not published", out);
}

void policies_write_clients(FILE *out, const struct report *report, const struct summary *summary)
{
    char number[NUMBER_BYTES];

    if (report->policies != NULL && report->policies->count == 0)
        fputs(
            " No policy was found, so no day is known on which something ends: see lasthello policy\n", out);
    for (size_t i = 0; report->policies != NULL && i < report->policies->count; i++) {
        const uint64_t clients = summary->breaking_by_policy[i];

        if (!is_told(report->policies->rows[i], clients, report->today))
            continue;
        fputs(" ", out);
        write_days(out, report->policies->rows[i], report->today, id_width(report->policies));
        fprintf(out, ": %s", number_of(clients, "client breaks", "clients break", number));
        write_undated(out, clients, clients - summary->dated_by_policy[i]);
        fputs("\n", out);
    }
}

static struct json *policy_object(
    const struct policy *policy, uint64_t clients, uint64_t dated, int64_t today)
{
    struct json *object = json_open();
    char text[DUE_BYTES];

    json_put_text(object, "policy", policy->id);
    json_put_text(object, "title", policy_first(policy, POLICY_TITLE));
    policy_due(policy, today, text);
    json_put_text(object, "due", text);
    if (policy->has_until) {
        utc_day_text(policy->until, text);
        json_put_text(object, "until", text);
        json_put_number(object, "days_left", policy->until - today);
    }
    json_put_number(object, "clients", (int64_t)clients);
    json_put_number(object, "undated_clients", (int64_t)(clients - dated));
    return object;
}

void policies_add_objects(struct json *object, const struct report *report, const struct summary *summary)
{
    char text[UTC_DAY_BYTES];

    if (report->policies == NULL)
        return;
    utc_day_text(report->today, text);
    json_put_text(object, "as_of", text);
    json_put_number(object, "breaking_clients", (int64_t)summary->breaking_clients);
    for (size_t i = 0; i < report->policies->count; i++) {
        const struct policy *policy = report->policies->rows[i];
        const uint64_t clients = summary->breaking_by_policy[i], dated = summary->dated_by_policy[i];

        json_add_object(object, "policies", policy_object(policy, clients, dated, report->today));
    }
}
