/* SPDX-License-Identifier: BSD-2-Clause */
/* Every column of every answer has a title, and what a narrow terminal keeps is there. */
#include "../../src/report/titles.h"
#include "store_help.h"

static void every_column_has_a_title(void **state)
{
    struct error error = {0};
    struct inventory *inventory;

    (void)state;
    read_source(7, 100, 1);
    inventory = inventory_open(path, &error);
    for (enum question question = 0; question < QUESTION_COUNT; question++) {
        const bool is_host = question >= QUESTION_HOST_WHO && question <= QUESTION_HOST_OFFERS;
        const struct filters of_host = {.host = "10.0.0.1"};
        struct rows *rows = inventory_ask(inventory, question, is_host ? &of_host : NULL, &error);
        const struct column *columns;
        size_t count;

        assert_string_equal(error.text, "");
        columns = rows_columns(rows, &count);
        for (size_t i = 0; i < count; i++)
            if (title_of(columns[i].name)->title[0] == '\0')
                fail_msg("%s has no title", columns[i].name);
        assert_true(title_rank(question, columns[0].name) > title_rank(question, columns[1].name));
        assert_true(title_rank(question, columns[1].name) > 0);
        rows_close(rows);
    }
    inventory_close(inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(every_column_has_a_title),
    };

    return cmocka_run_group_tests_name("titles", tests, NULL, NULL);
}
