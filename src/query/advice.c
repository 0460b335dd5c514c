/* SPDX-License-Identifier: BSD-2-Clause */
/* advice.c: a row's facts, held against the remedies. */
#include "advice.h"

#include <lasthello/verdict.h>

#include <stdio.h>
#include <string.h>

static bool has_word(const char *text, const char *word)
{
    return text != NULL && strstr(text, word) != NULL;
}

/* Who is to act on the client: one that an old server holds back is fine, and so is one that does better. */
static bool needs_remedy(const struct row_values *row)
{
    const enum verdict verdict = (enum verdict)row_value(row, "verdict")->number;
    const char *cause = row_value(row, "cause")->text;

    return verdict >= VERDICT_FRAGILE && verdict != VERDICT_EXPOSED &&
        (cause == NULL || (strcmp(cause, "server") != 0 && strcmp(cause, "fallback") != 0));
}

/* "Java 7 (by JA4_b b3c2d19a1f57): ..."; false: it has no room. */
static bool add_line(struct advice *advice, const struct remedy *remedy, const struct remedy_facts *facts)
{
    const size_t used = strlen(advice->other_help);
    char told[REMEDY_TOLD_BYTES];
    int len;

    remedy_told(remedy, facts, told);
    len = snprintf(advice->other_help + used, OTHER_HELP_BYTES - used, "%s%s (by %s): %s",
        used > 0 ? "\n" : "", remedy->may_be, told, remedy->helps);
    if ((size_t)len < OTHER_HELP_BYTES - used)
        return true;
    advice->other_help[used] = '\0';
    return false;
}

static void advise_more(const struct row_values *row, const struct remedies *remedies,
    const struct remedy_facts *facts, const struct remedy *remedy, struct advice *advice)
{
    advice->other_help[0] = '\0';
    while ((remedy = remedy_next(remedies, facts, remedy)) != NULL && add_line(advice, remedy, facts))
        ;
    if (advice->other_help[0] != '\0')
        row_value(row, "other_help")->text = advice->other_help;
}

void advise(const struct row_values *row, const struct remedies *remedies, bool with_others,
    struct advice *advice)
{
    const char *starttls = row_value(row, "-starttls")->text;
    const struct remedy_facts facts = {
        .server_name = row_value(row, "-asked_name")->text,
        .ja4 = row_value(row, "ja4")->text,
        .software = row_value(row, "client_software")->text,
        .host = row_value(row, "-host")->text,
        .offered_max = version_of_name(row_value(row, "offers")->text),
        .cause = cause_of_name(row_value(row, "cause")->text),
        .sslv2_format = row_value(row, "-sslv2_format")->number != 0,
        .starttls = has_word(starttls, "accepted") || has_word(starttls, "hello"),
        .better_beside = advice->is_better_beside,
    };
    const struct remedy *remedy = needs_remedy(row) ? remedy_next(remedies, &facts, NULL) : NULL;

    if (remedy == NULL)
        return;
    remedy_told(remedy, &facts, advice->told);
    row_value(row, "may_be")->text = remedy->is_fallback ? NULL : remedy->may_be;
    row_value(row, "helps")->text = remedy->helps;
    row_value(row, "told_by")->text = advice->told[0] == '\0' ? NULL : advice->told;
    if (with_others)
        advise_more(row, remedies, &facts, remedy, advice);
}
