/* SPDX-License-Identifier: BSD-2-Clause */
/* The page: the number and the date first, and no text of an inventory that could be markup. */
#include "../../src/report/html.h"
#include "stub_inventory.h"

static const struct column columns[] = {{.name = "client"}, {.name = "to"}, {.name = "server"},
    {.name = "source"}, {.name = "packet", .kind = COLUMN_NUMBER}, {.name = "verdict", .kind = COLUMN_VERDICT}};
static const struct filters no_filters;

static int begin(void **state)
{
    (void)state;
    stub_rows = (struct rows){.columns = columns, .column_count = COUNT_OF(columns)};
    stub_summary = (struct summary){.sources = 3, .clients = 212, .sessions = 18204, .handshake_sessions = 17476};
    stub_summary_failure = NULL;
    return 0;
}

static void what_could_be_markup_is_quoted(void **state)
{
    static const struct {
        const char *text, *html;
    } rows[] = {
        {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"\" onclick='x'", "&quot; onclick=&#39;x&#39;"},
        {"a & b &amp; c", "a &amp; b &amp;amp; c"},
        {"evil\u202egpj.exe", "evil\\xe2\\x80\\xaegpj.exe"}, /* U+202E turns the direction of reading */
        {"two\nlines", "two\\x0alines"},
        {"Bürogerät", "Bürogerät"},
        {NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cell cell = {0};
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        html_text(out, &cell, rows[i].text);
        fclose(out);
        assert_string_equal(text, rows[i].html);
        free(text);
        cell_close(&cell);
    }
}

static void an_id_has_nothing_that_ends_it(void **state)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    html_id(out, "2001:db8::1\"><b>");
    fclose(out);
    assert_string_equal(text, "2001:db8::1___b_");
    free(text);
}

static struct policy policy = {.id = "exchange-online", .has_until = true, .until = 20818}; /* 2026-12-31 */
static const struct policies policies = {.rows = {&policy}, .count = 1};

/* The page as of 2026-11-30; the caller frees it. */
static char *page_text(void)
{
    struct error error = {"stale"};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    const struct report report = {
        .out = out,
        .aside = out,
        .format = FORMAT_HTML,
        .path = "inventory.db",
        .filters = &no_filters,
        .policies = &policies,
        .today = 20787,
    };

    assert_true(report_summary(&report, &error));
    fclose(out);
    return text;
}

static void assert_headline(const char *headline)
{
    char *text = page_text();

    assert_says(text, headline);
    free(text);
}

static void the_headline_has_the_number_and_the_date(void **state)
{
    (void)state;
    stub_summary.breaking_by_policy[0] = stub_summary.dated_by_policy[0] = 12;
    assert_headline("<h1>12 clients lose mail between now and 31 December 2026 <small>31 days left</small></h1>");
    stub_summary.breaking_by_policy[0] = stub_summary.dated_by_policy[0] = 1;
    assert_headline("<title>1 client loses mail between now and 31 December 2026</title>");
}

static void whom_a_name_ends_is_not_promised_the_day(void **state)
{
    (void)state;
    stub_summary.breaking_clients = stub_summary.breaking_by_policy[0] = 12;
    stub_summary.dated_by_policy[0] = 5;
    assert_headline("<h1>5 clients lose mail between now and 31 December 2026 ");
    assert_headline("; 7 of them by a server name that ends on a day that is not published");
    stub_summary.dated_by_policy[0] = 0;
    assert_headline("<h1>12 clients lose mail, on a day that is not published</h1>");
}

static void of_one_day_there_is_one_date(void **state)
{
    (void)state;
    stub_summary.has_times = true;
    stub_summary.first_time = 1795161600000000; /* 2026-11-20T08:00:00Z */
    stub_summary.last_time = stub_summary.first_time + 3600 * 1000000LL;
    assert_headline("3 sources, 20 November 2026 (UTC)</p>");
    stub_summary.last_time += 24 * 3600 * 1000000LL;
    assert_headline("3 sources, 20 November 2026 to 21 November 2026 (UTC)</p>");
}

static void a_day_that_has_passed_is_no_headline(void **state)
{
    (void)state;
    stub_summary.breaking_by_policy[0] = stub_summary.dated_by_policy[0] = 12;
    stub_summary.clients_by_verdict[VERDICT_FAILING] = 4;
    policy.until = 20786;
    assert_headline("<h1>4 clients are refused already</h1>");
    policy.until = 20818;
}

static void each_verdict_that_needs_an_act_has_a_line(void **state)
{
    (void)state;
    stub_summary.clients_by_verdict[VERDICT_LOGIN_REFUSED] = 1;
    stub_summary.clients_by_verdict[VERDICT_EXPOSED] = 18;
    stub_summary.clients_by_verdict[VERDICT_LEGACY] = 1204;
    assert_headline("<li><b>1 client</b><span class=\"what\">perhaps refused already: ");
    assert_headline("<li><b>18 clients</b><span class=\"what\">a login without TLS: ");
    assert_headline("<li><b>1,204 clients</b><span class=\"what\">old TLS, and no date is known that ends it");
}

static void how_sure_it_is_says_what_was_seen_and_what_was_missed(void **state)
{
    (void)state;
    stub_summary.sessions = stub_summary.handshake_sessions = 1;
    assert_headline("1 mail session was seen, 100% with the full handshake; no packet loss was reported.");
    stub_summary.sessions = 100;
    stub_summary.handshake_sessions = 70;
    stub_summary.midstream_sessions = 20;
    stub_summary.unwatched_seconds = 1;
    assert_headline("100 mail sessions were seen, 70% with the full handshake and 10% without TLS; the sensor did "
                    "not watch all the time.");
    stub_summary.dropped = 1;
    assert_headline("without TLS; packets were lost.");
}

static void a_zero_without_sessions_proves_nothing(void **state)
{
    (void)state;
    stub_summary.sessions = 0;
    assert_headline("<h1>No mail session was seen: this proves nothing</h1>");
}

static void a_zero_is_one_of_what_was_seen(void **state)
{
    (void)state;
    assert_headline("<h1>No client was seen that loses mail</h1>");
    assert_headline("<p>None does.</p>");
}

static void a_hostile_name_stays_text_everywhere(void **state)
{
    static const char *const values[][STUB_COLUMNS_MAX] = {
        {"10.1.4.17\"><script>", "</h3><script>", "</code>", "<img src=x>.pcap", "18232", "7"}};
    char *text;

    (void)state;
    stub_rows.values = values;
    stub_rows.count = 1;
    text = page_text();
    assert_does_not_say(text, "><script>\"");
    assert_does_not_say(text, "</h3><script>");
    assert_does_not_say(text, "<img");
    assert_does_not_say(text, "== </code>");
    assert_says(text, "frame.number==18232");
    free(text);
}

static void each_verdict_is_explained(void **state)
{
    char *text = page_text();

    (void)state;
    for (enum verdict verdict = VERDICT_SAFE; verdict < VERDICT_COUNT; verdict++) {
        char term[64];

        snprintf(term, sizeof(term), "<dt>%s</dt>", verdict_name(verdict));
        assert_says(text, term);
    }
    free(text);
}

static void the_page_may_load_nothing(void **state)
{
    char *text = page_text();

    (void)state;
    assert_says(text, "content=\"default-src 'none'; style-src 'sha256-");
    assert_does_not_say(text, "unsafe");
    assert_does_not_say(text, "http://");
    assert_does_not_say(text, "https://");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_could_be_markup_is_quoted),
        cmocka_unit_test(an_id_has_nothing_that_ends_it),
        cmocka_unit_test_setup(the_headline_has_the_number_and_the_date, begin),
        cmocka_unit_test_setup(whom_a_name_ends_is_not_promised_the_day, begin),
        cmocka_unit_test_setup(of_one_day_there_is_one_date, begin),
        cmocka_unit_test_setup(a_day_that_has_passed_is_no_headline, begin),
        cmocka_unit_test_setup(each_verdict_that_needs_an_act_has_a_line, begin),
        cmocka_unit_test_setup(how_sure_it_is_says_what_was_seen_and_what_was_missed, begin),
        cmocka_unit_test_setup(a_zero_without_sessions_proves_nothing, begin),
        cmocka_unit_test_setup(a_zero_is_one_of_what_was_seen, begin),
        cmocka_unit_test_setup(a_hostile_name_stays_text_everywhere, begin),
        cmocka_unit_test_setup(each_verdict_is_explained, begin),
        cmocka_unit_test_setup(the_page_may_load_nothing, begin),
    };

    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
