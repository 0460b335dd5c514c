/* SPDX-License-Identifier: BSD-2-Clause */
/* IMAP in clear: what is known of STARTTLS and logins, however the lines were cut into segments (RFC 9051, 3501). */
#include "mail_rows.h"

#define GREETING "* OK ready\r\n"

static void starttls_is_several_facts(void **state)
{
    static const struct row rows[] = {
        {"offered, asked for, accepted, and used",
            {SERVER_SAYS("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n"), CLIENT_SAYS("a STARTTLS\r\n"),
                SERVER_SAYS("a OK begin\r\n"), HELLO},
            OUTCOME_UNANSWERED, OFFERED | REQUESTED | ACCEPTED | HELLO_SEEN | LOGINDISABLED, NULL},
        {"offered in an untagged answer, and not used",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("1 capability\r\n"),
                SERVER_SAYS("* CAPABILITY IMAP4rev1 StartTLS\r\n1 OK done\r\n")},
            OUTCOME_PLAIN, OFFERED, NULL},
        {"accepted, and no hello follows",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a starttls\r\n"),
                SERVER_SAYS("* NO wait\r\nA OK no, that is another\r\n"
                            "a ok begin\r\n")},
            OUTCOME_PLAIN, REQUESTED | ACCEPTED, NULL},
        {"refused by NO", {SERVER_SAYS(GREETING), CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("a NO never\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED, NULL},
        {"refused by BAD", {SERVER_SAYS(GREETING), CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("a BAD what\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED, NULL},
        {"a hello after NO all the same",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("a NO never\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | REFUSED | HELLO_SEEN, NULL},
        {"a hasty hello",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a STARTTLS\r\n"), HELLO, SERVER_SAYS("a OK begin\r\n")},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN | HASTY, NULL},
        {"a command injected before the answer",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a STARTTLS\r\nb NOOP\r\n"), SERVER_SAYS("a OK begin\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN | INJECTION, NULL},
        {"the client's side alone", {CLIENT_SAYS("a STARTTLS\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | HELLO_SEEN, NULL},
        {"TLS without having asked on the port of STARTTLS", {HELLO, SERVER(SERVER_HELLO("0301"))},
            OUTCOME_NEGOTIATED, 0, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_login_in_clear_is_noted_by_its_mechanism(void **state)
{
    static const struct row rows[] = {
        {"LOGIN accepted", {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGIN joe secret\r\n"), SERVER_SAYS("a OK in\r\n")},
            OUTCOME_CLEARTEXT, 0, "LOGIN"},
        {"LOGIN refused has still been sent",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGIN joe secret\r\n"), SERVER_SAYS("a NO out\r\n")},
            OUTCOME_CLEARTEXT, 0, "LOGIN"},
        {"LOGIN with literals that look like commands",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGIN {12}\r\n"), SERVER_SAYS("+ go on\r\n"),
                CLIENT_SAYS("b STARTTLS\r\n {13+}\r\nc STARTTLS x\n\r\n"), SERVER_SAYS("a OK in\r\n")},
            OUTCOME_CLEARTEXT, 0, "LOGIN"},
        {"AUTHENTICATE, with an initial response",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a authenticate plain AGpvZQBzZWNyZXQ=\r\n"),
                SERVER_SAYS("a OK in\r\n")},
            OUTCOME_CLEARTEXT, 0, "PLAIN"},
        {"the answers of AUTHENTICATE are no commands",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE CRAM-MD5\r\n"), SERVER_SAYS("+ PDE+\r\n"),
                CLIENT_SAYS("b STARTTLS\r\n"), SERVER_SAYS("a NO out\r\n")},
            OUTCOME_CLEARTEXT, 0, "CRAM-MD5"},
        {"what is no mechanism is not kept",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE JOES-SECRET\r\n"), SERVER_SAYS("a BAD what\r\n")},
            OUTCOME_CLEARTEXT, 0, "AUTHENTICATE"},
        {"refused in clear, then STARTTLS: both",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGIN joe secret\r\n"), SERVER_SAYS("a NO [PRIVACYREQUIRED] x\r\n"),
                CLIENT_SAYS("b STARTTLS\r\n"), SERVER_SAYS("b OK begin\r\n"), HELLO, SERVER(SERVER_HELLO("0301"))},
            OUTCOME_NEGOTIATED, REQUESTED | ACCEPTED | HELLO_SEEN, "LOGIN"},
        {"no login", {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGOUT\r\n"), SERVER_SAYS("* BYE\r\na OK out\r\n")},
            OUTCOME_PLAIN, 0, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void greetings_tell_their_kind(void **state)
{
    static const struct row rows[] = {
        {"PREAUTH", {SERVER_SAYS("* PREAUTH welcome\r\n")}, OUTCOME_PLAIN, PREAUTH, NULL},
        {"BYE", {SERVER_SAYS("* BYE too many\r\n")}, OUTCOME_PLAIN, BYE, NULL},
        {"BYE after a command is no greeting",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a NOOP\r\n"), SERVER_SAYS("* BYE idle\r\n")}, OUTCOME_PLAIN, 0, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void mail_text_is_not_taken_for_protocol(void **state)
{
    static const struct row rows[] = {
        {"a literal of the server",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a FETCH 1 BODY[]\r\n"),
                SERVER_SAYS("* 1 FETCH (BODY[] {39}\r\n* CAPABILITY STARTTLS\r\n* PREAUTH\r\na OK\r\n)\r\na OK done\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"a literal of the client",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a APPEND x {25}\r\n"), SERVER_SAYS("+ go on\r\n"),
                CLIENT_SAYS("b STARTTLS\r\nc LOGIN x y\r\n\r\n"), SERVER_SAYS("a OK kept\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"a literal that the server refused does not follow",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a APPEND x {99}\r\n"), SERVER_SAYS("a NO full\r\n"),
                CLIENT_SAYS("b STARTTLS\r\n"), SERVER_SAYS("b OK begin\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_gap_is_never_filled_by_guessing(void **state)
{
    static const struct row rows[] = {
        {"the answer to STARTTLS was lost, the hello was not",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a STARTTLS\r\n"), SERVER_GAP, HELLO},
            OUTCOME_UNANSWERED, REQUESTED | HELLO_SEEN, NULL},
        {"a login that may be mail text counts when it is answered",
            {SERVER_SAYS(GREETING), CLIENT_GAP, CLIENT_SAYS("a LOGIN joe secret\r\n")}, OUTCOME_PLAIN, 0, NULL},
        {"... as here",
            {SERVER_SAYS(GREETING), CLIENT_GAP, CLIENT_SAYS("a LOGIN joe secret\r\n"), SERVER_SAYS("a OK in\r\n")},
            OUTCOME_CLEARTEXT, 0, "LOGIN"},
        {"the client's side alone: an exchange ends with the next command",
            {CLIENT_SAYS("a AUTHENTICATE PLAIN\r\n"), CLIENT_SAYS("AGpvZQBzZWNyZXQ=\r\n"),
                CLIENT_SAYS("b STARTTLS\r\n"),
                HELLO},
            OUTCOME_UNANSWERED, REQUESTED | HELLO_SEEN, "PLAIN"},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

/* After a gap that swallowed the end of STARTTLS: the rest of a record, then one that begins a segment. */
static void tls_is_found_again_behind_bytes_that_are_no_text(void **state)
{
    static const struct turn turns[] = {SERVER_SAYS(GREETING), CLIENT_SAYS("a STARTTLS\r\n"), CLIENT_GAP,
        CLIENT("a7a7a7a7a7a7a7a7"), CLIENT(CHANGE_CIPHER_SPEC("0301") FINISHED("0301") DATA("0301")), {0}};

    (void)state;
    play(player, port, turns, PLAY_WHOLE);
    assert_int_equal(player->reader.session.outcome, OUTCOME_MIDSTREAM);
    assert_int_equal(player->reader.session.negotiated, VERSION_TLS_1_0);
}

#define TAG_OF_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void what_is_too_long_for_a_tag_or_a_length_is_none(void **state)
{
    static const struct row rows[] = {
        {"a tag of 64 characters", {CLIENT_SAYS(TAG_OF_64 " STARTTLS\r\n"), HELLO}, OUTCOME_UNANSWERED,
            REQUESTED | HELLO_SEEN, NULL},
        {"of 65", {CLIENT_SAYS(TAG_OF_64 "x STARTTLS\r\n"), HELLO}, OUTCOME_UNANSWERED, 0, NULL},
        {"a length of 19 digits (RFC 9051 9, number64): bytes follow that are no command",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a APPEND x {0000000000000000012+}\r\nb STARTTLS\r\n\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"of 20: a command follows",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a APPEND x {00000000000000000012+}\r\nb STARTTLS\r\n\r\n")},
            OUTCOME_PLAIN, REQUESTED, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

/* A login's line of so many bytes, which ends in what a literal begins with, and what would be one. */
static const struct session *login_with_line_of(size_t len)
{
    static const struct turn greeting = SERVER_SAYS(GREETING), literal = CLIENT_SAYS("b STARTTLS\r\n\r\n");
    static char line[8193 + 3];
    int rest = snprintf(line, sizeof(line), "a LOGIN joe ");

    memset(line + rest, 'x', len - (size_t)rest);
    memcpy(line + len - 5, "{12+}\r\n", 7);
    play_begin(player, 143);
    play_turn(player, &greeting, PLAY_WHOLE);
    play_deliver(player, SIDE_CLIENT, (const uint8_t *)line, len + 2);
    play_turn(player, &literal, PLAY_WHOLE);
    return &player->reader.session;
}

static void a_line_of_more_than_8192_bytes_is_stepped_over_with_its_literal(void **state)
{
    (void)state;
    assert_string_equal(login_with_line_of(8192)->login, "LOGIN");
    assert_false(player->reader.session.starttls.requested);
    assert_string_equal(login_with_line_of(8193)->login, "");
    assert_false(player->reader.session.starttls.requested);
}

static void a_line_without_end_takes_no_memory(void **state)
{
    static const struct turn greeting = SERVER_SAYS(GREETING);
    static char line[9000];

    (void)state;
    memset(line, 'x', sizeof(line));
    play_begin(player, 143);
    assert_false(play_turn(player, &greeting, PLAY_WHOLE));
    for (int i = 0; i < 100; i++)
        assert_false(play_deliver(player, SIDE_CLIENT, (const uint8_t *)line, sizeof(line)));
    assert_true(player->kept_len[SIDE_CLIENT] <= 8193);
}

/* No byte of what the user typed is in the reader afterwards, its states included. */
static void nothing_that_a_user_typed_is_kept(void **state)
{
    static const struct turn turns[] = {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGIN joe-the-user his-secret\r\n"),
        SERVER_SAYS("a NO joe-the-user\r\n"), CLIENT_SAYS("b AUTHENTICATE his-secret joe-the-user\r\n"),
        CLIENT_SAYS("his-secret\r\n"), SERVER_SAYS("+ joe-the-user\r\nb NO his-secret\r\n"), {0}};

    (void)state;
    play(player, 143, turns, PLAY_WHOLE);
    assert_null(memmem(&player->reader, sizeof(player->reader), "secret", 6));
    assert_null(memmem(&player->reader, sizeof(player->reader), "joe", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starttls_is_several_facts),
        cmocka_unit_test(a_login_in_clear_is_noted_by_its_mechanism),
        cmocka_unit_test(greetings_tell_their_kind),
        cmocka_unit_test(mail_text_is_not_taken_for_protocol),
        cmocka_unit_test(a_gap_is_never_filled_by_guessing),
        cmocka_unit_test(tls_is_found_again_behind_bytes_that_are_no_text),
        cmocka_unit_test(what_is_too_long_for_a_tag_or_a_length_is_none),
        cmocka_unit_test(a_line_of_more_than_8192_bytes_is_stepped_over_with_its_literal),
        cmocka_unit_test(a_line_without_end_takes_no_memory),
        cmocka_unit_test(nothing_that_a_user_typed_is_kept),
    };

    port = 143;
    return cmocka_run_group_tests_name("imap", tests, open_player, close_player);
}
