/* SPDX-License-Identifier: BSD-2-Clause */
/* fields.c: docs/fields.md, made from the table of facts. */
#include "../../src/report/titles.h"

#include <lasthello/facts.h>

#include <stdio.h>

static const char begin[] =
    "# Fields\n\n"
    "What is stored of a session: made from `src/base/facts_table.c` by `tests/style/fields.sh --write`; a test fails where\n"
    "this page is stale. Each is a column of its table in the inventory. NULL, and a key that is absent from an event, mean:\n"
    "not known. Keys of events are those of the Elastic Common Schema, or begin with `lasthello.`. Every table has, beside\n"
    "these, `id` (a hash of what the row says, equal in all inventories) and `revision` (of the transaction that changed\n"
    "the row last).\n";

static const char *type_of(const struct fact *fact)
{
    static const char *const names[] = {
        [FACT_TEXT] = "text",
        [FACT_WORD] = "text",
        [FACT_MADE] = "text",
        [FACT_NUMBER] = "number",
        [FACT_SECONDS] = "time",
        [FACT_FLAG] = "0 or 1",
        [FACT_MEMBER] = "word",
        [FACT_CODES16] = "list",
        [FACT_CODES32] = "list",
        [FACT_REFERENCE] = "id",
        [FACT_ELSEWHERE] = "",
    };

    return names[fact->type];
}

static const char *or_nothing(const char *text)
{
    return text == NULL ? "" : text;
}

static void print_fact(const struct fact *fact)
{
    printf("| `%s`", fact->column);
    if (fact->member != NULL)
        printf(" has `%s`", fact->member);
    printf(" | %s%s%s | %s | %s | ", type_of(fact), *type_of(fact) == '\0' || fact->unit == NULL ? "" : ": ",
        or_nothing(fact->unit), fact->meaning, or_nothing(fact->from));
    printf(fact->event == NULL ? "%s" : "`%s`", or_nothing(fact->event));
    printf(" | %s | %d |\n", or_nothing(fact->title), fact->since);
}

static void print_columns(void)
{
    fputs("\n## Columns of reports\n\n"
          "Made from `src/report/titles.c`; the facts above that have a title are columns of `report sessions`, too. CSV and JSON\n"
          "have them by their names.\n\n"
          "| column | over a table | means |\n|---|---|---|\n",
        stdout);
    for (size_t i = 0; title_at(i) != NULL; i++)
        printf("| `%s` | %s | %s |\n", title_at(i)->name, title_at(i)->title, or_nothing(title_at(i)->meaning));
}

int main(void)
{
    fputs(begin, stdout);
    for (enum fact_table table = 0; table < TABLE_COUNT; table++) {
        printf("\n## %s\n\n| column | type, unit or values | means | from | event | in reports | since schema |\n",
            fact_tables[table].name);
        puts("|---|---|---|---|---|---|---|");
        for (size_t i = 0; i < fact_tables[table].count; i++)
            print_fact(&fact_tables[table].facts[i]);
    }
    print_columns();
    return 0;
}
