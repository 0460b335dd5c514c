/* SPDX-License-Identifier: BSD-2-Clause */
/* data_files.c: the days that policies and rules of providers carry. */
#include "data_files.h"

#include "policy_choice.h"

#include <lasthello/utc.h>

#include <string.h>
#include <unistd.h>

#define RULES    LASTHELLO_DATADIR "/providers.txt"
#define DAY_LEN  10 /* of 2026-12-31 */
#define LINE_MAX 512

const char *data_files_rules(void)
{
    return access(RULES, R_OK) == 0 ? RULES : NULL;
}

static void keep_least(char kept[DATA_DAY_BYTES], const char *day)
{
    if (day != NULL && (kept[0] == '\0' || strcmp(day, kept) < 0))
        snprintf(kept, DATA_DAY_BYTES, "%s", day);
}

static void look_at_policies(struct data_files *files)
{
    struct policies policies = {.count = 0};
    struct error error;

    if (policy_choice_load(&(struct policy_choice){.count = 0}, &policies, &files->refused, &error))
        files->policies = policies.count;
    for (size_t i = 0; i < files->policies; i++)
        keep_least(files->sources_seen, policy_first(policies.rows[i], POLICY_SEEN));
    policies_close(&policies);
}

/* A rule begins with the day on which it was checked. */
static void look_at_rule(struct data_files *files, char *line)
{
    int64_t day;

    line[strnlen(line, DAY_LEN)] = '\0';
    if (!utc_day_read(line, &day))
        return;
    files->rules++;
    keep_least(files->rules_oldest, line);
    if (strcmp(line, files->rules_newest) > 0)
        snprintf(files->rules_newest, DATA_DAY_BYTES, "%s", line);
}

void data_files_look(struct data_files *files)
{
    FILE *rules = fopen(RULES, "re");
    char line[LINE_MAX];

    *files = (struct data_files){.policies = 0};
    look_at_policies(files);
    while (rules != NULL && fgets(line, sizeof(line), rules) != NULL)
        look_at_rule(files, line);
    if (rules != NULL)
        fclose(rules);
}

static void print_age(FILE *out, const char *text, int64_t today)
{
    int64_t day;

    if (utc_day_read(text, &day) && day <= today)
        fprintf(out, " (%lld days ago)", (long long)(today - day));
}

void data_files_print(FILE *out, const struct data_files *files, int64_t today)
{
    fprintf(out, "policies   %zu", files->policies);
    if (files->sources_seen[0] != '\0')
        fprintf(out, ", their sources last read in %s or later", files->sources_seen);
    if (files->refused > 0)
        fprintf(out, "; %u refused: see lasthello policy", files->refused);
    fprintf(out, "\nproviders  %zu rules", files->rules);
    if (files->rules > 0) {
        fprintf(out, ", checked %s to %s", files->rules_oldest, files->rules_newest);
        print_age(out, files->rules_newest, today);
    }
    fputc('\n', out);
}
