/* SPDX-License-Identifier: BSD-2-Clause */
/* The first screen: who, why, what to do. */
#include "stub_inventory.h"

static const struct column columns[] = {{.name = "client", .title = "CLIENT"}, {.name = "got", .title = "GOT"}};
static const char *const twelve_rows[12][STUB_COLUMNS_MAX] = {{"10.1.4.17", "refused"}, {"b", "c"}, {"b", "c"}, {"b", "c"},
    {"b", "c"}, {"b", "c"}, {"b", "c"}, {"b", "c"}, {"b", "c"}, {"b", "c"}, {"b", "c"}, {"b", "c"}};
static const struct filters no_filters;

static int use_many(void **state)
{
    (void)state;
    stub_rows = (struct rows){.columns = columns, .column_count = 2, .values = twelve_rows, .count = 12};
    stub_summary = (struct summary){
        .sources = 3,
        .first_time = "2026-11-20T08:00:00.000000Z",
        .last_time = "2026-11-24T12:00:59.999999Z",
        .clients = 1212,
        .legacy_clients = 14,
        .failing_clients = 3,
        .cleartext_clients = 2,
        .servers = 7,
        .legacy_servers = 2,
        .private_legacy_servers = 1,
        .sessions = 18204,
        .handshake_sessions = 17476,
        .packets = 1000000,
    };
    stub_summary.legacy_by_cause[CAUSE_CLIENT] = 9;
    stub_summary.legacy_by_cause[CAUSE_SERVER] = 4;
    stub_summary.legacy_by_cause[CAUSE_UNKNOWN] = 1;
    stub_summary_failure = NULL;
    return 0;
}

static void assert_begins(char *text, const char *beginning)
{
    assert_true(strlen(text) >= strlen(beginning));
    assert_memory_equal(text, beginning, strlen(beginning));
}

static void the_screen_answers_the_first_question_first(void **state)
{
    char *text = summary_text(FORMAT_TABLE, &no_filters);

    (void)state;
    assert_begins(text,
        "inventory.db   3 sources   2026-11-20 08:00 to 2026-11-24 12:00 UTC\n"
        "\n"
        "14 of 1,212 clients still use TLS 1.1 or older for mail: 9 cannot do better, 4 meet an old server, 1 of unknown cause\n"
        " 3 of them have been refused already; 2 clients send their login without TLS\n"
        " 2 of 7 servers accept TLS 1.1 or older; 1 has a private address, probably ours\n"
        "\n"
        "CLIENT     GOT\n"
        "10.1.4.17  refused\n");
    free(text);
}

static void ten_rows_are_shown_and_the_others_counted(void **state)
{
    char *text = summary_text(FORMAT_TABLE, &no_filters);

    (void)state;
    assert_says(text, "\n... 2 more with old TLS: lasthello report clients inventory.db\n");
    free(text);
}

static void the_command_for_the_others_asks_for_the_same(void **state)
{
    const struct filters filters = {.since = "7d", .network = "10.1.0.0/16", .version = "TLS 1.0"};
    char *text = summary_text(FORMAT_TABLE, &filters);

    (void)state;
    assert_says(text, "\n... 2 more with old TLS: "
                      "lasthello report clients --since 7d --network 10.1.0.0/16 --version 'TLS 1.0' inventory.db\n");
    free(text);
}

static void advice_is_given_for_the_causes_there_are(void **state)
{
    char *text = summary_text(FORMAT_TABLE, &no_filters);

    (void)state;
    assert_says(text, "\nWhat to do, by cause:\n client    update or replace the client");
    assert_says(text, "\n server    update the server");
    assert_says(text, "\n unknown   capture the start of its connections");
    assert_does_not_say(text, "fallback");
    free(text);
}

static void a_client_with_several_causes_is_told(void **state)
{
    char *text;

    (void)state;
    stub_summary.legacy_by_cause[CAUSE_FALLBACK] = 1;
    stub_summary.several_causes = 1;
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, "4 meet an old server, 1 falls back because a better try failed, 1 of unknown cause\n"
                      " 1 of them has several causes and counts under each; its rows show the worst\n");
    assert_says(text, "\n fallback  find what breaks the better hello");
    free(text);
}

static void a_client_that_also_does_better_is_not_called_unable(void **state)
{
    char *text;

    (void)state;
    stub_summary.mixed_clients = 2;
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, ": 7 cannot do better, 2 also do TLS 1.2 or later (perhaps several programs, or NAT), 4 meet");
    free(text);
    stub_summary.mixed_clients = 9;
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, "or older for mail: 9 also do TLS 1.2 or later (perhaps several programs, or NAT), 4 meet");
    assert_says(text, "\n client    update or replace the client; behind NAT, or of several programs, the old one\n");
    free(text);
}

static void other_tls_is_not_called_mail(void **state)
{
    char *text;

    (void)state;
    stub_summary.other_sessions = 1;
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, "\n14 of 1,212 clients still use TLS 1.1 or older: 9 cannot");
    free(text);
}

static void none_of_one_is_spoken_of_as_one(void **state)
{
    char *text;

    (void)state;
    stub_summary = (struct summary){.sources = 1, .clients = 1, .sessions = 1, .handshake_sessions = 1};
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, "\n0 of 1 client still uses TLS 1.1 or older for mail\n");
    free(text);
}

static void one_is_not_spoken_of_as_many(void **state)
{
    char *text;

    (void)state;
    stub_summary = (struct summary){
        .sources = 1,
        .clients = 1,
        .legacy_clients = 1,
        .failing_clients = 1,
        .cleartext_clients = 1,
        .servers = 1,
        .legacy_servers = 1,
        .private_legacy_servers = 1,
        .sessions = 1,
        .handshake_sessions = 1,
    };
    stub_summary.legacy_by_cause[CAUSE_SERVER] = 1;
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, "inventory.db   1 source\n");
    assert_says(text, "\n1 of 1 client still uses TLS 1.1 or older for mail: 1 meets an old server\n");
    assert_says(text, "\n 1 of them has been refused already; 1 client sends its login without TLS\n");
    assert_says(text, "\n 1 of 1 server accepts TLS 1.1 or older; 1 has a private address, probably ours\n");
    free(text);
}

static void an_empty_inventory_claims_nothing(void **state)
{
    char *text;

    (void)state;
    stub_rows.count = 0;
    stub_summary = (struct summary){0};
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_string_equal(text, "inventory.db   0 sources\n"
                              "\n"
                              "No mail session was seen: this zero proves nothing.\n"
                              "The inventory holds no source: nothing was read into it, or what was read could not be stored.\n");
    free(text);
    stub_summary.sources = 1;
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, "\nNo packet was read at all. Check that mirrored traffic reaches the interface, or that the files hold packets.\n");
    free(text);
}

static void write_summary(FILE *out)
{
    struct error error = {""};

    assert_true(report_summary(out, FORMAT_TABLE, NULL, "inventory.db", &no_filters, &error));
}

static void the_screen_fits_a_terminal(void **state)
{
    char text[4096];
    unsigned lines = 0;

    (void)state;
    setenv("NO_COLOR", "1", 1);
    terminal_text(write_summary, 80, 24, text, sizeof(text));
    assert_says(text, "9 cannot do better, 4\r\n   meet an old server, 1 of unknown cause\r\n");
    assert_says(text, "... 7 more with old TLS: lasthello report clients inventory.db\r\n");
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    assert_true(lines < 24); /* the last is the prompt's */
}

static void filters_are_repeated(void **state)
{
    const struct filters filters = {.since = "7d", .network = "10.1.0.0/16", .cause = "client"};
    char *text = summary_text(FORMAT_TABLE, &filters);

    (void)state;
    assert_says(text, "\nonly: since 7d, network 10.1.0.0/16, cause client\n");
    free(text);
}

static void json_is_one_object_with_rows_and_trust(void **state)
{
    char *text = summary_text(FORMAT_JSON, &no_filters);

    (void)state;
    assert_says(text, "{\"inventory\":\"inventory.db\",\"first_time\":\"2026-11-20T08:00:00.000000Z\"");
    assert_says(text, "\"legacy_clients\":14");
    assert_says(text, "\"legacy_by_cause\":{\"client\":9,\"server\":4,\"fallback\":0,\"unknown\":1}");
    assert_says(text, "\"trust\":{\"sessions\":18204,\"handshake_sessions\":17476,");
    assert_says(text, "\"legacy\":[{\"client\":\"10.1.4.17\",\"got\":\"refused\"},{\"client\":\"b\"");
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    free(text);
}

static void csv_is_the_rows(void **state)
{
    char *text = summary_text(FORMAT_CSV, &no_filters);

    (void)state;
    assert_begins(text, "client,got\r\n10.1.4.17,refused\r\nb,c\r\n");
    free(text);
}

static void a_failure_is_passed_on(void **state)
{
    struct error error = {""};
    FILE *out = fopen("/dev/null", "w");

    (void)state;
    stub_summary_failure = "inventory.db: no such table";
    assert_false(report_summary(out, FORMAT_TABLE, NULL, "inventory.db", &no_filters, &error));
    assert_string_equal(error.text, "inventory.db: no such table");
    stub_summary_failure = NULL;
    stub_rows.failure = "inventory.db: disk I/O error";
    for (enum report_format format = FORMAT_TABLE; format <= FORMAT_JSON; format++) {
        assert_false(report_summary(out, format, NULL, "inventory.db", &no_filters, &error));
        assert_string_equal(error.text, "inventory.db: disk I/O error");
    }
    fclose(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_screen_answers_the_first_question_first, use_many),
        cmocka_unit_test_setup(ten_rows_are_shown_and_the_others_counted, use_many),
        cmocka_unit_test_setup(the_command_for_the_others_asks_for_the_same, use_many),
        cmocka_unit_test_setup(advice_is_given_for_the_causes_there_are, use_many),
        cmocka_unit_test_setup(a_client_with_several_causes_is_told, use_many),
        cmocka_unit_test_setup(a_client_that_also_does_better_is_not_called_unable, use_many),
        cmocka_unit_test_setup(other_tls_is_not_called_mail, use_many),
        cmocka_unit_test_setup(none_of_one_is_spoken_of_as_one, use_many),
        cmocka_unit_test_setup(one_is_not_spoken_of_as_many, use_many),
        cmocka_unit_test_setup(an_empty_inventory_claims_nothing, use_many),
        cmocka_unit_test_setup(the_screen_fits_a_terminal, use_many),
        cmocka_unit_test_setup(filters_are_repeated, use_many),
        cmocka_unit_test_setup(json_is_one_object_with_rows_and_trust, use_many),
        cmocka_unit_test_setup(csv_is_the_rows, use_many),
        cmocka_unit_test_setup(a_failure_is_passed_on, use_many),
    };

    return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
