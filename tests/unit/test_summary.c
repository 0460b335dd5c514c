/* SPDX-License-Identifier: BSD-2-Clause */
/* The first screen: who, why, what to do. */
#include "stub_inventory.h"

static const struct column columns[] = {{.name = "client"}, {.name = "got"}};
static const char *const twelve_rows[12][STUB_COLUMNS_MAX] = {{"10.1.4.17", "refused"}, {"b", "c"}, {"b", "c"}, {"b", "c"},
    {"b", "c"}, {"b", "c"}, {"b", "c"}, {"b", "c"}, {"b", "c"}, {"b", "c"}, {"b", "c"}, {"b", "c"}};
static const struct filters no_filters;

static int use_many(void **state)
{
    (void)state;
    stub_rows = (struct rows){.columns = columns, .column_count = 2, .values = twelve_rows, .count = 12};
    stub_summary = (struct summary){
        .sources = 3,
        .has_times = true,
        .first_time = 1795161600000000, /* 2026-11-20T08:00:00Z */
        .last_time = 1795521659999999,  /* 2026-11-24T12:00:59.999999Z */
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
        "14 of 1,212 clients still use TLS 1.1 or older for mail: 9 support nothing newer than TLS 1.1, 4 are held back "
        "by an old server, 1 undetermined (ClientHello not captured)\n"
        " 3 of them are already failing (refused by the server); 2 clients log in without TLS\n"
        " 2 of 7 servers accept TLS 1.1 or older; 1 has an RFC 1918 address (probably yours)\n"
        "\n"
        "CLIENT     GOT\n"
        "10.1.4.17  refused\n");
    free(text);
}

static void ten_rows_are_shown_and_the_others_counted(void **state)
{
    char *text = summary_text(FORMAT_TABLE, &no_filters);

    (void)state;
    assert_says(text, "\n... 2 more with old TLS, or that break: lasthello report clients inventory.db\n");
    free(text);
}

static void the_command_for_the_others_asks_for_the_same(void **state)
{
    const struct filters filters = {.since = "7d", .network = "10.1.0.0/16", .version = "TLS 1.0"};
    char *text = summary_text(FORMAT_TABLE, &filters);

    (void)state;
    assert_says(text, "\n... 2 more with old TLS, or that break: "
                      "lasthello report clients --since 7d --network 10.1.0.0/16 --version 'TLS 1.0' inventory.db\n");
    free(text);
}

static void advice_is_given_for_the_causes_there_are(void **state)
{
    char *text = summary_text(FORMAT_TABLE, &no_filters);

    (void)state;
    assert_says(text, "\nWhat to do, by cause:\n client    update or replace the client");
    assert_says(text, "\n server    update the server");
    assert_says(text, "\n unknown   capture from the SYN");
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
    assert_says(text, "4 are held back by an old server, 1 downgraded after a failed TLS 1.2+ handshake, 1 undetermined (ClientHello not captured)\n"
                      " 1 of them has several causes and counts under each; its rows show the worst\n");
    assert_says(text, "\n fallback  find the middlebox that breaks TLS 1.2+ handshakes");
    free(text);
}

static void a_client_that_also_does_better_is_not_called_unable(void **state)
{
    char *text;

    (void)state;
    stub_summary.mixed_clients = 2;
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, ": 7 support nothing newer than TLS 1.1, 2 also negotiate TLS 1.2 or later (several programs, NAT, DHCP, or updated), 4 are");
    free(text);
    stub_summary.mixed_clients = 9;
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, "or older for mail: 9 also negotiate TLS 1.2 or later (several programs, NAT, DHCP, or updated), 4 are");
    assert_says(text, "\n client    update or replace the client; where several are behind one IP, find the old one\n");
    free(text);
}

static void other_tls_is_not_called_mail(void **state)
{
    char *text;

    (void)state;
    stub_summary.other_sessions = 1;
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, "\n14 of 1,212 clients still use TLS 1.1 or older: 9 support");
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
    assert_says(text, "\n1 of 1 client still uses TLS 1.1 or older for mail: 1 is held back by an old server\n");
    assert_says(text, "\n 1 of them is already failing (refused by the server); 1 client logs in without TLS\n");
    assert_says(text, "\n 1 of 1 server accepts TLS 1.1 or older; 1 has an RFC 1918 address (probably yours)\n");
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
    assert_says(text, "\nNo packet was read at all. Check that the SPAN session is active and reaches the interface, or that the files hold packets.\n");
    free(text);
}

static void write_summary(FILE *out)
{
    const struct report report = {.out = out, .aside = out, .path = "inventory.db", .filters = &no_filters};
    struct error error = {""};

    assert_true(report_summary(&report, &error));
}

static void the_screen_fits_a_terminal(void **state)
{
    char text[4096];
    unsigned lines = 0;

    (void)state;
    setenv("NO_COLOR", "1", 1);
    terminal_text(write_summary, 80, 24, text, sizeof(text));
    assert_says(text, "9 support nothing newer\r\n   than TLS 1.1, 4 are held back by an old server, 1 undetermined (ClientHello\r\n");
    assert_says(text, "... 9 more with old TLS, or that break: lasthello report clients inventory.db\r\n");
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

static void json_is_one_object_with_its_first_rows_and_trust(void **state)
{
    char *text = summary_text(FORMAT_JSON, &no_filters);

    (void)state;
    assert_says(text, "{\"inventory\":\"inventory.db\",\"first_time\":\"2026-11-20T08:00:00.000000Z\"");
    assert_says(text, "\"legacy_clients\":14");
    assert_says(text, "\"legacy_by_cause\":{\"client\":9,\"server\":4,\"fallback\":0,\"unknown\":1}");
    assert_says(text, "\"trust\":{\"sessions\":18204,\"handshake_sessions\":17476,");
    assert_says(text, "\"legacy\":[{\"client\":\"10.1.4.17\",\"got\":\"refused\"},{\"client\":\"b\"");
    assert_says(text, "],\"legacy_more\":2}"); /* all of them are those of report clients */
    assert_does_not_say(text, "filters");
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    free(text);
}

static void json_says_which_filters_made_it(void **state)
{
    const struct filters filters = {.since = "7d", .provider = "GMail"};
    char *text = summary_text(FORMAT_JSON, &filters);

    (void)state;
    assert_says(text, "\"filters\":{\"since\":\"7d\",\"provider\":\"GMail\"}");
    free(text);
}

static void what_steers_a_terminal_is_shown_as_text(void **state)
{
    static const char *const evil[1][STUB_COLUMNS_MAX] = {{"a\033]0;x\007\ncc", "\xc2\x9b\xe2\x80\xae"}};
    const struct filters filters = {.provider = "x\033[31m"};
    char *text;

    (void)state;
    stub_rows.values = evil;
    stub_rows.count = 1;
    text = summary_text(FORMAT_TABLE, &filters);
    assert_says(text, "only: provider x\\x1b[31m\n");
    assert_says(text, "\na\\x1b]0;x\\x07\\x0acc  ");
    assert_says(text, "  \\xc2\\x9b\\xe2\\x80\\xae\n");
    free(text);
    text = summary_text(FORMAT_CSV, &filters);
    assert_says(text, "\r\na\\x1b]0;x\\x07\\x0acc,\\xc2\\x9b\\xe2\\x80\\xae\r\n");
    free(text);
    text = summary_text(FORMAT_JSON, &filters);
    assert_says(text, "a\\\\x1b]0;x\\\\x07\\\\x0acc");
    free(text);
}

static void those_that_are_unconfirmed_or_too_new_are_told_apart(void **state)
{
    char *text;

    (void)state;
    stub_summary.unconfirmed_clients = 2;
    stub_summary.too_new_clients = 1;
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, "\n 1 client offers only TLS 1.3, which the server does not support: update the server\n");
    assert_says(text, "\n 2 further addresses are unconfirmed (no answer was seen: anybody can forge that) and not counted\n");
    free(text);
}

static void sessions_that_contradict_themselves_are_told(void **state)
{
    char *text;

    (void)state;
    stub_summary.contradictory_sessions = 2;
    text = summary_text(FORMAT_TABLE, &no_filters);
    assert_says(text, "\n 2 sessions contradict themselves: the server chose what the client did not offer; ");
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
    struct report report = {.out = fopen("/dev/null", "w"), .path = "inventory.db", .filters = &no_filters};

    (void)state;
    stub_summary_failure = "inventory.db: no such table";
    assert_false(report_summary(&report, &error));
    assert_string_equal(error.text, "inventory.db: no such table");
    stub_summary_failure = NULL;
    stub_rows.failure = "inventory.db: disk I/O error";
    for (report.format = FORMAT_TABLE; report.format < FORMAT_COUNT; report.format++) {
        assert_false(report_summary(&report, &error));
        assert_string_equal(error.text, "inventory.db: disk I/O error");
    }
    fclose(report.out);
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
        cmocka_unit_test_setup(json_is_one_object_with_its_first_rows_and_trust, use_many),
        cmocka_unit_test_setup(json_says_which_filters_made_it, use_many),
        cmocka_unit_test_setup(what_steers_a_terminal_is_shown_as_text, use_many),
        cmocka_unit_test_setup(those_that_are_unconfirmed_or_too_new_are_told_apart, use_many),
        cmocka_unit_test_setup(sessions_that_contradict_themselves_are_told, use_many),
        cmocka_unit_test_setup(csv_is_the_rows, use_many),
        cmocka_unit_test_setup(a_failure_is_passed_on, use_many),
    };

    return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
