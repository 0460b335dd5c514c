/* SPDX-License-Identifier: BSD-2-Clause */
/* How far to believe the summary: what the sensor did not see. */
#include "stub_inventory.h"

static void assert_trust(const struct summary *summary, const struct filters *filters, const char *sentence)
{
    char *text;

    stub_rows = (struct rows){0};
    stub_summary = *summary;
    text = summary_text(FORMAT_TABLE, filters);
    assert_says(text, sentence);
    free(text);
}

static void assert_sentence(struct summary summary, const char *sentence)
{
    assert_trust(&summary, &(struct filters){0}, sentence);
}

static void shares_of_the_sessions_are_told(void **state)
{
    (void)state;
    assert_sentence((struct summary){.sessions = 18204, .handshake_sessions = 17476, .midstream_sessions = 364, .one_sided_sessions = 364},
        "Trust: of 18,204 mail sessions 96% with the full handshake, 2% captured from mid-session on, 2% one direction only; no packet loss reported.\n");
    assert_sentence((struct summary){.sessions = 1, .handshake_sessions = 1},
        "Trust: of 1 mail session 100% with the full handshake; no packet loss reported.\n");
    assert_sentence((struct summary){.sessions = 5, .midstream_sessions = 5},
        "Trust: of 5 mail sessions none with the full handshake, 100% captured from mid-session on; no packet loss reported.\n");
}

static void sessions_without_tls_make_the_shares_whole(void **state)
{
    (void)state;
    assert_sentence((struct summary){.sessions = 10, .handshake_sessions = 6, .one_sided_sessions = 1},
        "Trust: of 10 mail sessions 60% with the full handshake, 10% one direction only, 30% without TLS; no packet loss reported.\n");
}

static void other_tls_is_not_called_mail(void **state)
{
    (void)state;
    assert_sentence((struct summary){.sessions = 20, .other_sessions = 8, .handshake_sessions = 20},
        "Trust: of 20 sessions, 8 of them TLS without mail, 100% with the full handshake;");
    assert_sentence((struct summary){.sessions = 1, .other_sessions = 1, .handshake_sessions = 1},
        "Trust: of 1 session, 1 of them TLS without mail, 100% with the full handshake;");
}

static void whose_server_dns_told_is_said(void **state)
{
    (void)state;
    assert_sentence((struct summary){.sessions = 20, .handshake_sessions = 20, .sessions_without_sni = 8, .dns_named_sessions = 6},
        "\n The DNS answer was seen for 75% of 8 sessions without SNI.\n");
    assert_sentence((struct summary){.sessions = 1, .handshake_sessions = 1, .sessions_without_sni = 1},
        "\n The DNS answer was seen for none of 1 session without SNI: their servers are known by address alone.\n");
}

static void nearly_all_and_nearly_none_are_not_rounded_away(void **state)
{
    (void)state;
    assert_sentence((struct summary){.sessions = 1000, .handshake_sessions = 999, .unknown_sessions = 1},
        "of 1,000 mail sessions over 99% with the full handshake, under 1% unknown;");
}

static void a_zero_says_on_what_it_rests(void **state)
{
    (void)state;
    assert_sentence((struct summary){.sessions = 40, .handshake_sessions = 40},
        "\n This zero rests on 40 sessions whose handshake was captured.\n");
    assert_sentence((struct summary){.sessions = 1, .handshake_sessions = 1},
        "\n This zero rests on 1 session whose handshake was captured.\n");
    assert_sentence((struct summary){.sessions = 40, .midstream_sessions = 40},
        "\n No handshake was captured: this zero proves little.");
}

static void an_empty_answer_is_told_apart_from_a_proven_zero(void **state)
{
    const struct summary packets = {.packets = 12345};

    (void)state;
    assert_sentence(packets,
        "No mail session was seen: this zero proves nothing.\n12,345 packets were read. Check that mail passes the sensor");
    assert_trust(&packets, &(struct filters){.provider = "GMX"},
        "No mail session matches: this does not mean that there is none elsewhere.\n");
    assert_sentence((struct summary){.sources = 1, .packets = 36001, .unstored = 3000},
        "\nNo mail session could be stored: this zero proves nothing.\n 3,000 sessions could not be stored\n");
}

static void losses_are_told_with_what_to_do(void **state)
{
    (void)state;
    assert_sentence((struct summary){.sessions = 9, .packets = 98, .dropped = 2},
        "\n 2% of all packets (2) were dropped before lasthello saw them: see lasthello report coverage\n");
    assert_sentence((struct summary){.sessions = 9, .failed_sources = 1},
        "\n 1 source could not be read to its end: see");
    assert_sentence((struct summary){.sessions = 9, .failed_sources = 2},
        "\n 2 sources could not be read to their end: see");
    assert_sentence((struct summary){.sessions = 9, .given_up = 3},
        "\n 3 connections were given up for lack of memory: raise --memory\n");
    assert_sentence((struct summary){.sessions = 9, .truncated = 1},
        "\n 1 packet was cut by the snapshot length: capture with -s 0\n");
    assert_sentence((struct summary){.sessions = 9, .gaps = 1},
        "\n 1 gap where packets of a session are missing\n");
    assert_sentence((struct summary){.sessions = 9, .unstored = 1000}, "\n 1,000 sessions could not be stored\n");
    assert_sentence((struct summary){.sessions = 9, .incomplete_sources = 1}, "\n 1 source is incomplete: capture in progress, or ended abnormally");
    assert_sentence((struct summary){.unknown_link_packets = 5},
        "\n 5 packets of unknown link types were not decoded");
}

static void time_in_which_an_interface_was_down_is_told(void **state)
{
    const struct {
        uint64_t seconds;
        const char *told;
    } rows[] = {{1, "1 s"}, {75, "75 s"}, {119, "119 s"}, {120, "2 min"}, {7199, "119 min"}, {7200, "2 h"},
        {172799, "47 h"}, {604800, "7 days"}};
    char sentence[160];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        snprintf(sentence, sizeof(sentence),
            "\n An interface was down, or had no carrier, for %s in all; nothing was seen then: see lasthello report coverage\n",
            rows[i].told);
        assert_sentence((struct summary){.sessions = 9, .handshake_sessions = 9, .down_seconds = rows[i].seconds}, sentence);
    }
    assert_sentence((struct summary){.sessions = 9, .handshake_sessions = 9, .down_seconds = 75},
        "Trust: of 9 mail sessions 100% with the full handshake.\n");
    assert_sentence((struct summary){.sources = 1, .down_seconds = 75}, "this zero proves nothing.\nNo packet was read at all.");
}

static void time_in_which_nobody_watched_is_told(void **state)
{
    (void)state;
    assert_sentence((struct summary){.sessions = 9, .handshake_sessions = 9, .unwatched_seconds = 7200},
        "Trust: of 9 mail sessions 100% with the full handshake.\n This zero rests on 9 sessions whose handshake was captured.\n"
        " Between two runs of lasthello watch nobody watched for 2 h in all: see lasthello report coverage\n");
}

static void one_sided_traffic_points_to_the_mirror_port(void **state)
{
    char *text;

    (void)state;
    assert_sentence((struct summary){.sessions = 100, .one_sided_sessions = 11},
        "\n Much was seen in one direction only: mirror both");
    stub_summary = (struct summary){.sessions = 100, .one_sided_sessions = 10};
    text = summary_text(FORMAT_TABLE, &(struct filters){0});
    assert_does_not_say(text, "Much was seen");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_of_the_sessions_are_told),
        cmocka_unit_test(sessions_without_tls_make_the_shares_whole),
        cmocka_unit_test(other_tls_is_not_called_mail),
        cmocka_unit_test(whose_server_dns_told_is_said),
        cmocka_unit_test(nearly_all_and_nearly_none_are_not_rounded_away),
        cmocka_unit_test(a_zero_says_on_what_it_rests),
        cmocka_unit_test(an_empty_answer_is_told_apart_from_a_proven_zero),
        cmocka_unit_test(losses_are_told_with_what_to_do),
        cmocka_unit_test(time_in_which_an_interface_was_down_is_told),
        cmocka_unit_test(time_in_which_nobody_watched_is_told),
        cmocka_unit_test(one_sided_traffic_points_to_the_mirror_port),
    };

    return cmocka_run_group_tests_name("confidence", tests, NULL, NULL);
}
