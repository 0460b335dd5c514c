/* SPDX-License-Identifier: BSD-2-Clause */
/* questions_help.h: an inventory with seven clients, and what a test reads of answers about it. */
#ifndef LASTHELLO_QUESTIONS_HELP_H
#define LASTHELLO_QUESTIONS_HELP_H

#include "store_help.h"

#include <lasthello/questions.h>
#include <lasthello/utc.h>
#include <lasthello/verdict.h>

/* A few days after the sessions: what was refused then was refused in the last days. */
#define AS_OF "2025-11-30"

static struct inventory *inventory;

/* Client 1: TLS 1.0 by its own fault; 2: refused; 3: an old server; 4: logs in in clear; 5: fine; 6: nobody knows;
 * 7: no mail at all. */
__attribute__((unused)) static void fill(struct desk *desk)
{
    struct session rows[7];

    for (uint8_t i = 0; i < 7; i++)
        rows[i] = make_session(7, (uint8_t)(i + 1), i);
    rows[1].outcome = OUTCOME_REFUSED;
    rows[1].refused_by = REFUSAL_ALERT;
    rows[1].alerts[SIDE_SERVER] = (struct alert){true, 2, 70};
    rows[1].negotiated = VERSION_UNKNOWN;
    rows[2].cause = CAUSE_SERVER;
    rows[2].offer.maximum = VERSION_TLS_1_3;
    rows[2].offer.version_count = 2;
    rows[2].offer.versions[0] = 0x0304;
    rows[2].offer.versions[1] = 0x0303;
    rows[2].endpoints[SIDE_SERVER].address = (struct address){{[10] = 0xff, [11] = 0xff, 10, 9, 0, 3}};
    for (uint8_t i = 3; i < 7; i++) {
        rows[i].cause = CAUSE_NONE;
        rows[i].negotiated = VERSION_UNKNOWN;
        rows[i].evidence = EVIDENCE_NONE;
        rows[i].offer = (struct offer){0};
    }
    rows[3].outcome = OUTCOME_CLEARTEXT;
    strcpy(rows[3].login, "USER");
    rows[3].service = "pop3";
    rows[4].negotiated = VERSION_TLS_1_3;
    rows[4].evidence = EVIDENCE_HANDSHAKE;
    strcpy(rows[4].provider, "Microsoft365");
    rows[5].outcome = OUTCOME_UNANSWERED;
    rows[5].directions = 1;
    rows[6].outcome = OUTCOME_FOREIGN;
    for (int i = 0; i < 7; i++)
        add(desk, &rows[i]);
}

__attribute__((unused)) static int open_inventory(void **state)
{
    struct source_record source = make_source(7, 100, true);
    struct error error = {0};
    struct desk desk;

    if (make_folder(state) != 0)
        return -1;
    desk = open_desk();
    fill(&desk);
    source.dropped = 4;
    source.down_ns = 50 * NANOSECONDS;
    source.unknown[0] = (struct unknown_count){UNKNOWN_ETHERTYPE, 0x88cc, 3};
    source.unknown[1] = (struct unknown_count){UNKNOWN_PROTOCOL, 50, 2};
    ledger_source(desk.ledger, &source);
    close_desk(&desk, &error);
    inventory = inventory_open(path, &error);
    return inventory == NULL ? -1 : 0;
}

__attribute__((unused)) static int close_inventory(void **state)
{
    inventory_close(inventory);
    return remove_folder(state);
}

/* What a test reads of a value: versions best first, judgements by name or number. */
__attribute__((unused)) static const char *value_text(enum column_kind kind, const struct value *value, char out[128])
{
    out[0] = '\0';
    switch (kind) {
    case COLUMN_TIME:
        utc_text(value->number, out);
        return value->text == NULL ? NULL : out;
    case COLUMN_VERDICT:
        return verdict_name((enum verdict)value->number);
    case COLUMN_VERSIONS:
        for (enum version version = VERSION_TLS_1_3; version > VERSION_UNKNOWN; version--)
            if (value->number >> version & 1)
                snprintf(out + strlen(out), 128 - strlen(out), "%s%s", out[0] == '\0' ? "" : ", ", version_name(version));
        return out[0] == '\0' ? NULL : out;
    case COLUMN_STEP:
    case COLUMN_NOTES:
        snprintf(out, 128, "%d", (int)value->number);
        return out;
    default:
        return value->text;
    }
}

/* The values of one column in the order of the rows, joined by blanks; "?" where nothing is known. */
__attribute__((unused)) static const char *column_of(enum question question, const char *name, const struct filters *filters)
{
    static char text[1024];
    struct error error = {0};
    struct filters then = filters == NULL ? (struct filters){.as_of = AS_OF} : *filters;
    struct rows *rows;
    const struct value *values;
    const struct column *columns;
    size_t count, wanted = 0;
    char out[128];

    if (then.as_of == NULL)
        then.as_of = AS_OF;
    rows = inventory_ask(inventory, question, &then, &error);
    assert_string_equal(error.text, "");
    columns = rows_columns(rows, &count);
    while (strcmp(columns[wanted].name, name) != 0)
        assert_true(++wanted < count);
    text[0] = '\0';
    while (rows_next(rows, &values, &error) == ROW_ONE) {
        const char *value = value_text(columns[wanted].kind, &values[wanted], out);
        size_t used = strlen(text);

        snprintf(text + used, sizeof(text) - used, "%s%s", used == 0 ? "" : " ", value == NULL ? "?" : value);
    }
    assert_string_equal(error.text, "");
    rows_close(rows);
    return text;
}

__attribute__((unused)) static void assert_steps(const struct filters *filters, enum step first, enum step second)
{
    char steps[16];

    snprintf(steps, sizeof(steps), second == STEP_COUNT ? "%d" : "%d %d", first, second);
    assert_string_equal(column_of(QUESTION_CLIENTS, "what_to_do", filters), steps);
}

#define ASKED(test) cmocka_unit_test_setup_teardown(test, open_inventory, close_inventory)

#endif
