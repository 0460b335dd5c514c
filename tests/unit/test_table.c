/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables: plain in a pipe, fitted and coloured on a terminal; and the same rows as JSON. */
#include "stub_inventory.h"

static const struct column columns[] = {
    {.name = "client", .title = "CLIENT"},
    {.name = "to", .title = "TO"},
    {.name = "got", .title = "GOT"},
    {.name = "sessions", .title = "SESSIONS", .kind = COLUMN_COUNT},
    {.name = "offered", .title = "OFFERED", .kind = COLUMN_LIST, .wide_only = true},
};

static const char *const two_rows[][STUB_COLUMNS_MAX] = {
    {"10.1.4.17", "imap.example.net", "refused", "312", "TLS 1.0, SSL 3.0"},
    {"10.2.0.5", NULL, "TLS 1.0", "2", NULL},
};

static int use_two_rows(void **state)
{
    (void)state;
    stub_rows = (struct rows){.columns = columns, .column_count = COUNT_OF(columns), .values = two_rows, .count = 2};
    return 0;
}

static void in_a_pipe_a_table_is_plain_aligned_and_whole(void **state)
{
    (void)state;
    assert_rows(FORMAT_TABLE, 0, NULL,
        "CLIENT     TO                GOT      SESSIONS  OFFERED\n"
        "10.1.4.17  imap.example.net  refused       312  TLS 1.0, SSL 3.0\n"
        "10.2.0.5   ?                 TLS 1.0         2\n");
}

static void rows_beyond_the_limit_are_counted(void **state)
{
    (void)state;
    assert_rows(FORMAT_TABLE, 1, " of them: lasthello report clients",
        "CLIENT     TO                GOT      SESSIONS  OFFERED\n"
        "10.1.4.17  imap.example.net  refused       312  TLS 1.0, SSL 3.0\n"
        "... 1 more of them: lasthello report clients\n");
}

static void no_rows_are_said_in_words(void **state)
{
    (void)state;
    stub_rows.count = 0;
    assert_rows(FORMAT_TABLE, 0, NULL,
        "nothing in the inventory matches; that is no all-clear: lasthello report says what was seen\n");
    assert_rows(FORMAT_JSON, 0, NULL, "[]\n");
}

static void names_that_are_not_ascii_keep_the_columns_aligned(void **state)
{
    static const char *const values[][STUB_COLUMNS_MAX] = {{"b\303\274cher", "x"}, {"ab", "y"}};

    (void)state;
    stub_rows = (struct rows){.columns = columns, .column_count = 2, .values = values, .count = 2};
    assert_rows(FORMAT_TABLE, 0, NULL, "CLIENT  TO\nb\303\274cher  x\nab      y\n");
}

static void json_has_numbers_lists_and_no_unknowns(void **state)
{
    (void)state;
    assert_rows(FORMAT_JSON, 0, NULL,
        "[\n{\"client\":\"10.1.4.17\",\"to\":\"imap.example.net\",\"got\":\"refused\",\"sessions\":312,"
        "\"offered\":[\"TLS 1.0\",\"SSL 3.0\"]},\n"
        "{\"client\":\"10.2.0.5\",\"got\":\"TLS 1.0\",\"sessions\":2}\n]\n");
}

/* ---- on a terminal ----------------------------------------------------------------------------- */

static void write_rows(FILE *out)
{
    struct error error = {""};

    assert_true(report_rows(out, FORMAT_TABLE, &stub_rows, 0, NULL, &error));
}

static void write_on_terminal(unsigned short width, char *text, size_t size)
{
    terminal_text(write_rows, width, 24, text, size);
}

static void a_narrow_terminal_leaves_columns_out_and_says_which(void **state)
{
    char text[2048];

    (void)state;
    setenv("NO_COLOR", "1", 1);
    write_on_terminal(50, text, sizeof(text));
    assert_says(text, "CLIENT     TO                GOT      SESSIONS\r\n");
    assert_says(text, "(no room for OFFERED; --format csv has all)");
    stub_rows.next = 0;
    write_on_terminal(10, text, sizeof(text));
    assert_says(text, "CLIENT     TO\r\n"); /* who and to whom stay */
    assert_says(text, "(no room for GOT, SESSIONS and 1 more; --format csv has all)");
}

static void the_columns_of_higher_rank_stay_longer(void **state)
{
    static const struct column ranked[] = {
        {.name = "client", .title = "CLIENT"},
        {.name = "to", .title = "TO"},
        {.name = "service", .title = "SERVICE"},
        {.name = "cause", .title = "CAUSE", .rank = 2, .may_be_none = true},
        {.name = "what", .title = "WHAT TO DO", .rank = 2},
        {.name = "got", .title = "GOT", .rank = 1},
        {.name = "sessions", .title = "SESSIONS"},
    };
    static const char *const values[][STUB_COLUMNS_MAX] = {{"a", "b", "c", NULL, NULL, "d", "e"}};
    static const struct {
        unsigned short width;
        const char *titles;
    } rows[] = {
        {80, "CLIENT  TO  SERVICE  CAUSE  WHAT TO DO  GOT  SESSIONS\r\na       b   c               ?           d    e\r\n"},
        {50, "CLIENT  TO  SERVICE  CAUSE  WHAT TO DO  GOT\r\n"},
        {40, "CLIENT  TO  CAUSE  WHAT TO DO  GOT\r\n"},
        {30, "CLIENT  TO  CAUSE  WHAT TO DO\r\n"},
        {20, "CLIENT  TO  CAUSE\r\n"},
    };
    char text[2048];

    (void)state;
    stub_rows = (struct rows){.columns = ranked, .column_count = COUNT_OF(ranked), .values = values, .count = 1};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        stub_rows.next = 0;
        write_on_terminal(rows[i].width, text, sizeof(text));
        assert_says(text, rows[i].titles);
    }
}

static void of_a_long_name_in_front_a_terminal_shows_the_end(void **state)
{
    static const char *const values[][STUB_COLUMNS_MAX] = {{"/srv/captures/of/last/november/monday.pcap", "x"}};
    char text[2048];

    (void)state;
    stub_rows = (struct rows){.columns = columns, .column_count = 2, .values = values, .count = 1};
    write_on_terminal(30, text, sizeof(text));
    assert_says(text, "CLIENT                                   TO\r\n...aptures/of/last/november/monday.pcap  x\r\n");
}

static void a_wide_terminal_shows_everything(void **state)
{
    char text[2048];

    (void)state;
    setenv("NO_COLOR", "1", 1);
    write_on_terminal(200, text, sizeof(text));
    assert_says(text, "OFFERED");
    assert_does_not_say(text, "no room");
}

static void colours_mean_harm_and_can_be_refused(void **state)
{
    char text[2048];

    (void)state;
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    write_on_terminal(200, text, sizeof(text));
    assert_says(text, "\033[31mrefused");
    setenv("NO_COLOR", "1", 1);
    stub_rows.next = 0;
    write_on_terminal(200, text, sizeof(text));
    assert_does_not_say(text, "\033");
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    stub_rows.next = 0;
    write_on_terminal(200, text, sizeof(text));
    assert_does_not_say(text, "\033");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(in_a_pipe_a_table_is_plain_aligned_and_whole, use_two_rows),
        cmocka_unit_test_setup(rows_beyond_the_limit_are_counted, use_two_rows),
        cmocka_unit_test_setup(no_rows_are_said_in_words, use_two_rows),
        cmocka_unit_test_setup(names_that_are_not_ascii_keep_the_columns_aligned, use_two_rows),
        cmocka_unit_test_setup(json_has_numbers_lists_and_no_unknowns, use_two_rows),
        cmocka_unit_test_setup(a_narrow_terminal_leaves_columns_out_and_says_which, use_two_rows),
        cmocka_unit_test_setup(the_columns_of_higher_rank_stay_longer, use_two_rows),
        cmocka_unit_test_setup(of_a_long_name_in_front_a_terminal_shows_the_end, use_two_rows),
        cmocka_unit_test_setup(a_wide_terminal_shows_everything, use_two_rows),
        cmocka_unit_test_setup(colours_mean_harm_and_can_be_refused, use_two_rows),
    };

    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
