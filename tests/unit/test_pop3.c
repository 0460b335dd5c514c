/* SPDX-License-Identifier: BSD-2-Clause */
/* POP3 in clear: what is known of STLS and logins, however the lines were cut into segments (RFC 1939, 2449, 2595). */
#include "mail_rows.h"

#define GREETING "+OK ready <1.2@example.net>\r\n"

static void stls_is_several_facts(void **state)
{
    static const struct row rows[] = {
        {"offered, asked for, accepted, and used",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("CAPA\r\n"), SERVER_SAYS("+OK list\r\nTOP\r\nSTLS\r\n.\r\n"),
                CLIENT_SAYS("STLS\r\n"), SERVER_SAYS("+OK begin\r\n"), HELLO},
            OUTCOME_UNANSWERED, OFFERED | REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"a bare +OK", {SERVER_SAYS("+OK\r\n"), CLIENT_SAYS("stls\r\n"), SERVER_SAYS("+OK\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"refused", {SERVER_SAYS(GREETING), CLIENT_SAYS("STLS\r\n"), SERVER_SAYS("-ERR never\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED, NULL},
        {"a list that does not have it",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("CAPA\r\n"),
                SERVER_SAYS("+OK list\r\nUSER\r\n..STLS\r\nXSTLS\r\n.\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"the word in a mail is no offer",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("RETR 1\r\n"), SERVER_SAYS("+OK mail\r\nSTLS\r\n+OK\r\n.\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"an answer belongs to the oldest command",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("NOOP\r\nSTLS\r\n"), SERVER_SAYS("-ERR what\r\n+OK begin\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"a hasty hello", {SERVER_SAYS(GREETING), CLIENT_SAYS("STLS\r\n"), HELLO, SERVER_SAYS("+OK begin\r\n")},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN | HASTY, NULL},
        {"asked for twice",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("STLS\r\nSTLS\r\n"), SERVER_SAYS("+OK begin\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"a hasty hello, before the greeting, too",
            {SYNS, CLIENT_SAYS("STLS\r\n"), HELLO, SERVER_SAYS(GREETING "+OK begin\r\n")},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN | HASTY, NULL},
        {"a command injected before the answer",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("STLS\r\nNOOP\r\n"), SERVER_SAYS("+OK begin\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN | INJECTION, NULL},
        {"TLS without having asked", {HELLO, SERVER(SERVER_HELLO("0301"))}, OUTCOME_NEGOTIATED, 0, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_login_in_clear_is_noted_by_its_mechanism(void **state)
{
    static const struct row rows[] = {
        {"USER and PASS",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("USER joe\r\n"), SERVER_SAYS("+OK\r\n"), CLIENT_SAYS("PASS a b c\r\n"),
                SERVER_SAYS("+OK in\r\n")},
            OUTCOME_CLEARTEXT, 0, "USER"},
        {"a failed login has still been sent",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("USER joe\r\n"), SERVER_SAYS("+OK\r\n"), CLIENT_SAYS("PASS x\r\n"),
                SERVER_SAYS("-ERR out\r\n")},
            OUTCOME_CLEARTEXT, 0, "USER"},
        {"APOP", {SERVER_SAYS(GREETING), CLIENT_SAYS("APOP joe c4c9334bac560ecc979e58001b3e22fb\r\n"), SERVER_SAYS("+OK\r\n")},
            OUTCOME_CLEARTEXT, 0, "APOP"},
        {"AUTH with a mechanism",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH plain\r\n"), SERVER_SAYS("+ \r\n"), CLIENT_SAYS("STLS\r\n"),
                SERVER_SAYS("+OK in\r\n")},
            OUTCOME_CLEARTEXT, 0, "PLAIN"},
        {"AUTH alone is a question",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH\r\n"), SERVER_SAYS("+OK list\r\nPLAIN\r\nSTLS\r\n.\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"AUTH alone, refused",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH\r\n"), SERVER_SAYS("-ERR no\r\n"), CLIENT_SAYS("STLS\r\n"),
                SERVER_SAYS("+OK begin\r\n")},
            OUTCOME_PLAIN, REQUESTED | ACCEPTED, NULL},
        {"the server's greeting was an error", {SERVER_SAYS("-ERR too many\r\n")}, OUTCOME_PLAIN, BYE, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_login_is_sent_when_something_of_it_follows_the_command(void **state)
{
    static const struct row rows[] = {
        {"USER alone names somebody and sends no secret",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("USER joe\r\n"), SERVER_SAYS("-ERR [AUTH] use TLS\r\n"), CLIENT_SAYS("QUIT\r\n"),
                SERVER_SAYS("+OK\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"USER accepted, and no PASS", {SERVER_SAYS(GREETING), CLIENT_SAYS("USER joe\r\n"), SERVER_SAYS("+OK\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"the client's side alone", {CLIENT_SAYS("USER joe\r\n"), CLIENT_SAYS("PASS x\r\n")}, OUTCOME_CLEARTEXT, 0, "USER"},
        {"PASS without an argument",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("USER joe\r\nPASS\r\n"), SERVER_SAYS("+OK\r\n-ERR what\r\n")}, OUTCOME_PLAIN, 0,
            NULL},
        {"AUTH refused before anything followed",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH PLAIN\r\n"), SERVER_SAYS("-ERR use TLS\r\n"), CLIENT_SAYS("STLS\r\n"),
                SERVER_SAYS("+OK\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"AUTH broken off by `*`",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH PLAIN\r\n"), SERVER_SAYS("+\r\n"), CLIENT_SAYS("*\r\n"),
                SERVER_SAYS("-ERR\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"an answer to `+`, refused",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH CRAM-MD5\r\n"), SERVER_SAYS("+ PDE+\r\n"), CLIENT_SAYS("am9l\r\n"),
                SERVER_SAYS("-ERR\r\n")},
            OUTCOME_CLEARTEXT, 0, "CRAM-MD5"},
        {"an initial response, refused",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH PLAIN AGpvZQBz\r\n"), SERVER_SAYS("-ERR\r\n")}, OUTCOME_CLEARTEXT, 0, "PLAIN"},
        {"AUTH, and a command that did not wait",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH PLAIN\r\nQUIT\r\n"), SERVER_SAYS("-ERR\r\n+OK\r\n")}, OUTCOME_PLAIN, 0, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void the_first_line_of_a_server_is_its_greeting_whoever_spoke_before(void **state)
{
    static const struct row rows[] = {
        {"AUTH, then STLS",
            {SYNS, CLIENT_SAYS("AUTH\r\n"), SERVER_SAYS(GREETING), SERVER_SAYS("-ERR\r\n"), CLIENT_SAYS("STLS\r\n"),
                SERVER_SAYS("+OK go\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"STLS, refused", {SYNS, CLIENT_SAYS("STLS\r\n"), SERVER_SAYS(GREETING "-ERR no\r\n")}, OUTCOME_PLAIN,
            REQUESTED | REFUSED, NULL},
        {"CAPA", {SYNS, CLIENT_SAYS("CAPA\r\n"), SERVER_SAYS(GREETING), SERVER_SAYS("+OK\r\nSTLS\r\n.\r\n")}, OUTCOME_PLAIN,
            OFFERED, NULL},
        {"refused by the greeting", {SYNS, CLIENT_SAYS("CAPA\r\n"), SERVER_SAYS("-ERR too many\r\n")}, OUTCOME_PLAIN, BYE, NULL},
        {"without a SYN the first line may be an answer",
            {CLIENT_SAYS("STLS\r\n"), SERVER_SAYS("+OK\r\n"), HELLO}, OUTCOME_UNANSWERED,
            REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void blanks_and_carriage_returns_change_nothing(void **state)
{
    static const struct row rows[] = {
        {"around words",
            {SERVER_SAYS("+OK  hi \r\n"), CLIENT_SAYS("CAPA \r\n"), SERVER_SAYS("+OK \r\nSTLS \r\n.\r\n"), CLIENT_SAYS(" STLS  \r\n"),
                SERVER_SAYS("+OK \r\n"), HELLO},
            OUTCOME_UNANSWERED, OFFERED | REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"behind the lone dot",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("CAPA\r\n"), SERVER_SAYS("+OK \r\n STLS \r\n. \r\n"), CLIENT_SAYS("STLS\r\n"),
                SERVER_SAYS("+OK\r\n"), HELLO},
            OUTCOME_UNANSWERED, OFFERED | REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"CR CR LF",
            {SERVER_SAYS("+OK\r\r\n"), CLIENT_SAYS("CAPA\r\r\n"), SERVER_SAYS("+OK\r\r\nSTLS\r\r\n.\r\r\n"),
                CLIENT_SAYS("USER  joe\r\r\nPASS  x\r\r\n"), SERVER_SAYS("+OK\r\r\n+OK\r\r\n")},
            OUTCOME_CLEARTEXT, OFFERED, "USER"},
        {"AUTH and a blank is AUTH alone",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH \r\n"), SERVER_SAYS("+OK\r\nPLAIN\r\n.\r\n")}, OUTCOME_PLAIN, 0, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_command_that_no_rfc_knows_is_answered_like_any_other(void **state)
{
    static const struct row rows[] = {
        {"XCLIENT, then STLS",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("XCLIENT ADDR=10.0.0.1\r\n"), SERVER_SAYS("+OK\r\n"), CLIENT_SAYS("STLS\r\n"),
                SERVER_SAYS("-ERR no\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED, NULL},
        {"... in one segment",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("XCLIENT ADDR=10.0.0.1\r\nSTLS\r\n"), SERVER_SAYS("+OK\r\n-ERR no\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED, NULL},
        {"... before the greeting",
            {SYNS, CLIENT_SAYS("XCLIENT ADDR=10.0.0.1\r\nSTLS\r\n"), SERVER_SAYS(GREETING "-ERR what\r\n+OK\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"the end of a command and the end of an answer, joined midway, are none",
            {CLIENT_SAYS("il of a command\r\n"), SERVER_SAYS("il of an answer\r\n"), CLIENT_SAYS("STLS\r\n"), SERVER_SAYS("+OK\r\n"),
                HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"the client's side alone", {CLIENT_SAYS("XCLIENT ADDR=10.0.0.1\r\n"), CLIENT_SAYS("STLS\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | HELLO_SEEN, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void after_a_gap_answers_belong_to_nobody(void **state)
{
    static const struct row rows[] = {
        {"an answer was lost",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("NOOP\r\nPASS x\r\n"), SERVER_GAP, SERVER_SAYS("+OK in\r\n")},
            OUTCOME_CLEARTEXT, 0, "USER"},
        {"the answer to STLS was lost, the hello was not",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("STLS\r\n"), SERVER_GAP, HELLO},
            OUTCOME_UNANSWERED, REQUESTED | HELLO_SEEN, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void nothing_that_a_user_typed_is_kept(void **state)
{
    static const struct turn turns[] = {SERVER_SAYS(GREETING), CLIENT_SAYS("USER joe-the-user\r\nPASS his-secret\r\n"),
        SERVER_SAYS("+OK joe-the-user\r\n-ERR his-secret\r\n"), CLIENT_SAYS("AUTH his-secret joe-the-user\r\n"),
        SERVER_SAYS("+ \r\n"), CLIENT_SAYS("his-secret\r\n"), SERVER_SAYS("-ERR\r\n"), {0}};

    (void)state;
    play(player, port, turns, PLAY_WHOLE);
    assert_null(memmem(&player->reader, sizeof(player->reader), "secret", 6));
    assert_null(memmem(&player->reader, sizeof(player->reader), "joe", 3));
}

/* STLS behind so many commands that nobody has answered yet, then all the answers. */
static bool is_accepted_behind(size_t commands)
{
    static const struct turn greeting = SERVER_SAYS(GREETING);
    const struct starttls *starttls = &player->session.starttls;

    play_begin(player, port);
    play_turn(player, &greeting, PLAY_WHOLE);
    for (size_t i = 0; i < commands; i++)
        play_deliver(player, SIDE_CLIENT, (const uint8_t *)"NOOP\r\n", 6);
    play_deliver(player, SIDE_CLIENT, (const uint8_t *)"STLS\r\n", 6);
    for (size_t i = 0; i <= commands; i++)
        play_deliver(player, SIDE_SERVER, (const uint8_t *)"+OK\r\n", 5);
    assert_true(starttls->requested);
    return starttls->accepted;
}

static void answers_to_more_than_32_waiting_commands_are_not_told_apart(void **state)
{
    (void)state;
    assert_true(is_accepted_behind(31));
    assert_false(is_accepted_behind(32));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stls_is_several_facts),
        cmocka_unit_test(a_login_in_clear_is_noted_by_its_mechanism),
        cmocka_unit_test(a_login_is_sent_when_something_of_it_follows_the_command),
        cmocka_unit_test(the_first_line_of_a_server_is_its_greeting_whoever_spoke_before),
        cmocka_unit_test(blanks_and_carriage_returns_change_nothing),
        cmocka_unit_test(a_command_that_no_rfc_knows_is_answered_like_any_other),
        cmocka_unit_test(after_a_gap_answers_belong_to_nobody),
        cmocka_unit_test(answers_to_more_than_32_waiting_commands_are_not_told_apart),
        cmocka_unit_test(nothing_that_a_user_typed_is_kept),
    };

    port = 110;
    return cmocka_run_group_tests_name("pop3", tests, open_player, close_player);
}
