/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables: plain in a pipe, fitted and coloured on a terminal; and the same rows as JSON. */
#include "stub_inventory.h"

static const struct column columns[] = {
    {.name = "client"},
    {.name = "to"},
    {.name = "got"},
    {.name = "sessions", .kind = COLUMN_COUNT},
    {.name = "verdict", .kind = COLUMN_VERDICT},
    {.name = "offered", .kind = COLUMN_LIST},
};

static const char *const two_rows[][STUB_COLUMNS_MAX] = {
    {"10.1.4.17", "imap.example.net", "refused", "312", "8", "TLS 1.0, SSL 3.0"},
    {"10.2.0.5", NULL, "TLS 1.0", "2", "4", NULL},
};

static int use_two_rows(void **state)
{
    (void)state;
    stub_rows = (struct rows){.columns = columns, .column_count = COUNT_OF(columns), .values = two_rows, .count = 2};
    unsetenv("COLUMNS");
    return 0;
}

static void in_a_pipe_a_table_is_plain_aligned_and_whole(void **state)
{
    (void)state;
    assert_rows(QUESTION_CLIENTS, FORMAT_TABLE,
        "CLIENT     TO                GOT      SESSIONS  VERDICT  OFFERED VERSIONS\n"
        "10.1.4.17  imap.example.net  refused       312  failing  TLS 1.0, SSL 3.0\n"
        "10.2.0.5   ?                 TLS 1.0         2  legacy\n");
}

static void no_rows_are_said_in_words(void **state)
{
    (void)state;
    stub_rows.count = 0;
    assert_rows(QUESTION_CLIENTS, FORMAT_TABLE,
        "nothing in the inventory matches; this does not mean that there is none: lasthello report says what was seen\n");
    assert_rows(QUESTION_CLIENTS, FORMAT_JSON, "[]\n");
}

static void of_a_filter_that_finds_nothing_it_is_said_what_there_is(void **state)
{
    static const struct column value_columns[] = {{.name = "filter"}, {.name = "value"}, {.name = "clients", .kind = COLUMN_COUNT}};
    static const char *const values[][STUB_COLUMNS_MAX] = {
        {"provider", "Microsoft365", "1412"}, {"provider", "GMail", "9"}, {"service", "imaps", "1421"}};
    char *text;

    (void)state;
    stub_rows.count = 0;
    stub_values = (struct rows){.columns = value_columns, .column_count = 3, .values = values, .count = 3};
    text = question_text(QUESTION_CLIENTS, FORMAT_TABLE, &(struct filters){.provider = "microsoft", .since = "7d"});
    assert_says(text, "\nno provider named microsoft; there are: Microsoft365 (1,412 clients), GMail (9)\n");
    free(text);
    text = question_text(QUESTION_CLIENTS, FORMAT_TABLE, &(struct filters){.provider = "gmail", .since = "7d"});
    assert_says(text, "\nprovider gmail is there, but not with the other filters; there are: Microsoft365 (1,412 clients), GMail (9)\n");
    free(text);
    text = question_text(QUESTION_CLIENTS, FORMAT_JSON, &(struct filters){.cause = "server"});
    assert_says(text, "[]\nnothing in the inventory matches"); /* the second beside it, on standard error */
    assert_says(text, "\nno cause named server; there is none\n");
    free(text);
}

static void names_that_are_not_ascii_keep_the_columns_aligned(void **state)
{
    static const char *const values[][STUB_COLUMNS_MAX] = {{"b\303\274cher", "x"}, {"ab", "y"}};

    (void)state;
    stub_rows = (struct rows){.columns = columns, .column_count = 2, .values = values, .count = 2};
    assert_rows(QUESTION_CLIENTS, FORMAT_TABLE, "CLIENT  TO\nb\303\274cher  x\nab      y\n");
}

static void json_has_numbers_lists_and_no_unknowns(void **state)
{
    (void)state;
    assert_rows(QUESTION_CLIENTS, FORMAT_JSON,
        "[\n{\"client\":\"10.1.4.17\",\"to\":\"imap.example.net\",\"got\":\"refused\",\"sessions\":312,\"verdict\":\"failing\","
        "\"offered\":[\"TLS 1.0\",\"SSL 3.0\"]},\n"
        "{\"client\":\"10.2.0.5\",\"got\":\"TLS 1.0\",\"sessions\":2,\"verdict\":\"legacy\"}\n]\n");
}

/* A long table is written in parts: the later ones without titles, and as wide as the first. */
static void a_long_table_stays_aligned(void **state)
{
    enum {
        ROWS = 2500,
    };
    const char *const(*rows)[STUB_COLUMNS_MAX];
    static const char *values[ROWS][STUB_COLUMNS_MAX];
    char *text;

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        values[i][0] = i == 0 ? "2001:db8::1234" : "::1";
        values[i][1] = "x";
    }
    memcpy(&rows, &(void *){values}, sizeof(rows));
    stub_rows = (struct rows){.columns = columns, .column_count = 2, .values = rows, .count = ROWS};
    text = question_text(QUESTION_CLIENTS, FORMAT_TABLE, &(struct filters){0});
    assert_says(text, "CLIENT          TO\n2001:db8::1234  x\n::1             x\n");
    assert_int_equal(strlen(text), (ROWS + 1) * strlen("::1             x\n") + 1);
    assert_null(strstr(text + 1, "CLIENT"));
    free(text);
}

static void the_coverage_of_few_sources_is_told_in_lines(void **state)
{
    static const struct column of_coverage[] = {{.name = "source"}, {.name = "state"}, {.name = "packets", .kind = COLUMN_COUNT},
        {.name = "dropped", .kind = COLUMN_COUNT}, {.name = "cut_short", .kind = COLUMN_COUNT}};
    static const char *const values[][STUB_COLUMNS_MAX] = {{"a.pcap", "complete", "18204", "0", "7"},
        {"b.pcap", "complete", "1", "0", "0"}, {"c.pcap", "complete", "1", "0", "0"}, {"d.pcap", "complete", "1", "0", "0"}};

    (void)state;
    stub_rows = (struct rows){.columns = of_coverage, .column_count = 5, .values = values, .count = 1};
    assert_rows(QUESTION_COVERAGE, FORMAT_TABLE,
        "SOURCE: a.pcap\n"
        " STATE: complete\n"
        " PACKETS: 18,204, read from the file or the interface\n"
        " CUT SHORT: 7, packets whose headers the snapshot length cut: capture with -s 0\n");
    stub_rows.count = 4;
    assert_rows(QUESTION_COVERAGE, FORMAT_TABLE,
        "SOURCE  STATE     PACKETS  DROPPED  CUT SHORT\n"
        "a.pcap  complete   18,204        0          7\n"
        "b.pcap  complete        1        0          0\n"
        "c.pcap  complete        1        0          0\n"
        "d.pcap  complete        1        0          0\n");
}

/* ---- on a terminal ----------------------------------------------------------------------------- */

static bool is_wide;

static void write_rows(FILE *out)
{
    const struct filters filters = {0};
    const struct report report = {.out = out, .wide = is_wide, .filters = &filters};
    struct error error = {""};

    assert_true(report_question(&report, QUESTION_CLIENTS, &error));
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
    write_on_terminal(55, text, sizeof(text));
    assert_says(text, "CLIENT     TO                GOT      SESSIONS  VERDICT\r\n");
    assert_says(text, "(hidden, terminal too narrow: OFFERED VERSIONS; --wide shows all)");
    write_on_terminal(10, text, sizeof(text));
    assert_says(text, "CLIENT     TO\r\n"); /* who and to whom stay */
    assert_says(text, "(hidden, terminal too narrow: GOT, SESSIONS and 2 more; --wide shows all)");
    is_wide = true;
    write_on_terminal(10, text, sizeof(text));
    is_wide = false;
    assert_says(text, "OFFERED VERSIONS\r\n");
    assert_does_not_say(text, "hidden");
}

static void a_pipe_honours_columns(void **state)
{
    char *text;

    (void)state;
    setenv("COLUMNS", "55", 1);
    text = question_text(QUESTION_CLIENTS, FORMAT_TABLE, &(struct filters){0});
    unsetenv("COLUMNS");
    assert_says(text, "CLIENT     TO                GOT      SESSIONS  VERDICT\n");
    free(text);
}

/* What decides what the reader does goes last. */
static void next_step_last_seen_and_note_stay_longest(void **state)
{
    static const struct column all[] = {{.name = "client"}, {.name = "to"}, {.name = "service"}, {.name = "cause"},
        {.name = "what_to_do"}, {.name = "sessions"}, {.name = "last_seen"}, {.name = "note"}};
    static const char *const values[][STUB_COLUMNS_MAX] = {{"a", "b", "c", "d", "e", "f", "g", "h"}};
    static const struct {
        unsigned short width;
        const char *titles;
    } rows[] = {
        {80, "CLIENT  TO  SERVICE  CAUSE  WHAT TO DO  SESSIONS  LAST SEEN (UTC)  NOTE\r\n"},
        {65, "CLIENT  TO  SERVICE  CAUSE  WHAT TO DO  LAST SEEN (UTC)  NOTE\r\n"},
        {55, "CLIENT  TO  SERVICE  WHAT TO DO  LAST SEEN (UTC)  NOTE\r\n"},
        {50, "CLIENT  TO  WHAT TO DO  LAST SEEN (UTC)  NOTE\r\n"},
        {40, "CLIENT  TO  WHAT TO DO  LAST SEEN (UTC)\r\n"},
        {30, "CLIENT  TO  WHAT TO DO\r\n"},
    };
    char text[2048];

    (void)state;
    stub_rows = (struct rows){.columns = all, .column_count = COUNT_OF(all), .values = values, .count = 1};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
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
    assert_says(text, "OFFERED VERSIONS");
    assert_does_not_say(text, "hidden");
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
    write_on_terminal(200, text, sizeof(text));
    assert_does_not_say(text, "\033");
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    write_on_terminal(200, text, sizeof(text));
    assert_does_not_say(text, "\033");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(in_a_pipe_a_table_is_plain_aligned_and_whole, use_two_rows),
        cmocka_unit_test_setup(of_a_filter_that_finds_nothing_it_is_said_what_there_is, use_two_rows),
        cmocka_unit_test_setup(a_long_table_stays_aligned, use_two_rows),
        cmocka_unit_test_setup(the_coverage_of_few_sources_is_told_in_lines, use_two_rows),
        cmocka_unit_test_setup(a_pipe_honours_columns, use_two_rows),
        cmocka_unit_test_setup(no_rows_are_said_in_words, use_two_rows),
        cmocka_unit_test_setup(names_that_are_not_ascii_keep_the_columns_aligned, use_two_rows),
        cmocka_unit_test_setup(json_has_numbers_lists_and_no_unknowns, use_two_rows),
        cmocka_unit_test_setup(a_narrow_terminal_leaves_columns_out_and_says_which, use_two_rows),
        cmocka_unit_test_setup(next_step_last_seen_and_note_stay_longest, use_two_rows),
        cmocka_unit_test_setup(of_a_long_name_in_front_a_terminal_shows_the_end, use_two_rows),
        cmocka_unit_test_setup(a_wide_terminal_shows_everything, use_two_rows),
        cmocka_unit_test_setup(colours_mean_harm_and_can_be_refused, use_two_rows),
    };

    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
