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
        {"asked for twice",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a STARTTLS\r\na STARTTLS\r\n"), SERVER_SAYS("a OK begin\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"a hasty hello, before the greeting, too",
            {SYNS, CLIENT_SAYS("a STARTTLS\r\n"), HELLO, SERVER_SAYS(GREETING "a OK begin\r\n")},
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
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE JOES-SECRET x\r\n"), SERVER_SAYS("a BAD what\r\n")},
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

static const struct row sent[] = {
    {"refused before the answer to `+` could be sent",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE PLAIN\r\n"), SERVER_SAYS("a NO [PRIVACYREQUIRED] x\r\n"),
            CLIENT_SAYS("b LOGOUT\r\n"), SERVER_SAYS("* BYE\r\nb OK\r\n")},
        OUTCOME_PLAIN, 0, NULL},
    {"refused, and STARTTLS instead",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE PLAIN\r\n"), SERVER_SAYS("a NO x\r\n"),
            CLIENT_SAYS("b STARTTLS\r\n"), SERVER_SAYS("b OK\r\n"), HELLO},
        OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
    {"broken off by `*`",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE PLAIN\r\n"), SERVER_SAYS("+\r\n"), CLIENT_SAYS("*\r\n"),
            SERVER_SAYS("a BAD cancelled\r\n")},
        OUTCOME_PLAIN, 0, NULL},
    {"broken off after the name was sent",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE LOGIN\r\n"), SERVER_SAYS("+ VXNlcm5hbWU6\r\n"),
            CLIENT_SAYS("am9l\r\n"), SERVER_SAYS("+ UGFzc3dvcmQ6\r\n"), CLIENT_SAYS("*\r\n"), SERVER_SAYS("a NO\r\n")},
        OUTCOME_CLEARTEXT, 0, "LOGIN"},
    {"an answer to `+` that was refused",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE PLAIN\r\n"), SERVER_SAYS("+ \r\n"), CLIENT_SAYS("AGpvZQBz\r\n"),
            SERVER_SAYS("a NO\r\n")},
        OUTCOME_CLEARTEXT, 0, "PLAIN"},
    {"an initial response that was refused",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE PLAIN AGpvZQBz\r\n"), SERVER_SAYS("a NO\r\n")},
        OUTCOME_CLEARTEXT, 0, "PLAIN"},
    {"a command behind AUTHENTICATE that nobody answered yet is a command",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE PLAIN\r\nb LOGOUT\r\n"), SERVER_SAYS("a NO\r\nb OK\r\n")},
        OUTCOME_PLAIN, 0, NULL},
    {"accepted, whatever was seen of it",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE GSSAPI\r\n"), SERVER_SAYS("a OK\r\n")},
        OUTCOME_CLEARTEXT, 0, "GSSAPI"},
    {"a literal that was refused",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGIN {4}\r\n"), SERVER_SAYS("a NO x\r\n"), CLIENT_SAYS("b LOGOUT\r\n"),
            SERVER_SAYS("* BYE\r\nb OK\r\n")},
        OUTCOME_PLAIN, 0, NULL},
    {"the literal of the password was refused, the name was sent",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGIN joe {4}\r\n"), SERVER_SAYS("a NO x\r\n")},
        OUTCOME_CLEARTEXT, 0, "LOGIN"},
    {"a literal that was sent, and no more",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGIN {4}\r\n"), SERVER_SAYS("+ go on\r\n"), CLIENT_SAYS("joe1 {4}\r\n")},
        OUTCOME_CLEARTEXT, 0, "LOGIN"},
    {"a literal that waits for nobody", {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGIN {4+}\r\njoe1")},
        OUTCOME_CLEARTEXT, 0, "LOGIN"},
    {"the client's side alone: a command in the place of the literal", {CLIENT_SAYS("a LOGIN {4}\r\nb LOGOUT\r\n")}, OUTCOME_PLAIN,
        0, NULL},
    {"... and STARTTLS behind it", {CLIENT_SAYS("a XFOO {5}\r\n"), CLIENT_SAYS("b STARTTLS\r\n"), HELLO}, OUTCOME_UNANSWERED,
        REQUESTED | HELLO_SEEN, NULL},
    {"... and the literal itself", {CLIENT_SAYS("a LOGIN {4}\r\n"), CLIENT_SAYS("joe1 {4}\r\nx\r\n")}, OUTCOME_CLEARTEXT, 0,
        "LOGIN"},
    {"LOGIN without an argument",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGIN\r\n"), SERVER_SAYS("a BAD what\r\n")}, OUTCOME_PLAIN, 0, NULL},
    {"the literal of another command is no login",
        {SERVER_SAYS(GREETING), CLIENT_SAYS("a LOGIN {4}\r\n"), SERVER_SAYS("a NO x\r\n"),
            CLIENT_SAYS("b APPEND x {4}\r\n"), SERVER_SAYS("+\r\n"), CLIENT_SAYS("mail\r\n"), SERVER_SAYS("b OK\r\n")},
        OUTCOME_PLAIN, 0, NULL},
};

static void a_login_is_sent_when_something_of_it_follows_the_command(void **state)
{
    (void)state;
    check_rows(sent, COUNT_OF(sent));
}

static void the_first_line_of_a_server_is_its_greeting_whoever_spoke_before(void **state)
{
    static const struct row rows[] = {
        {"PREAUTH behind a STARTTLS",
            {SYNS, CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("* PREAUTH hi\r\n"), SERVER_SAYS("a BAD no\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED | PREAUTH, NULL},
        {"... where no SYN was captured: nothing but a greeting says so",
            {CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("* PREAUTH hi\r\na BAD no\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED | PREAUTH, NULL},
        {"BYE behind a CAPABILITY", {SYNS, CLIENT_SAYS("a CAPABILITY\r\n"), SERVER_SAYS("* BYE too many\r\n")},
            OUTCOME_PLAIN, BYE, NULL},
        {"BYE that may be an answer", {CLIENT_SAYS("a LOGOUT\r\n"), SERVER_SAYS("* BYE\r\na OK\r\n")}, OUTCOME_PLAIN, 0, NULL},
        {"an early STARTTLS, accepted",
            {SYNS, CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("* OK [CAPABILITY STARTTLS] hi\r\n"), SERVER_SAYS("a OK\r\n"),
                HELLO},
            OUTCOME_UNANSWERED, OFFERED | REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"a greeting that was lost is not the next line",
            {SYNS, CLIENT_SAYS("a NOOP\r\n"), SERVER_GAP, SERVER_SAYS("* BYE idle\r\n")}, OUTCOME_PLAIN, 0, NULL},
        {"lost bytes of the client change nothing of that",
            {SYNS, CLIENT_SAYS("a NOOP\r\n"), CLIENT_GAP, SERVER_SAYS("* BYE too many\r\n")}, OUTCOME_PLAIN, BYE, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void blanks_and_carriage_returns_change_nothing(void **state)
{
    static const struct row rows[] = {
        {"two blanks before LOGIN", {SERVER_SAYS(GREETING), CLIENT_SAYS("a  LOGIN x y\r\n"), SERVER_SAYS("a OK\r\n")},
            OUTCOME_CLEARTEXT, 0, "LOGIN"},
        {"a blank before the tag, blanks behind, and in the answer",
            {SERVER_SAYS(GREETING), CLIENT_SAYS(" a LOGIN  x  y  \r\n"), SERVER_SAYS("a   OK\r\n")},
            OUTCOME_CLEARTEXT, 0, "LOGIN"},
        {"capabilities and answers with blanks",
            {SERVER_SAYS("*  OK  [CAPABILITY  IMAP4rev1]  hi\r\n"), CLIENT_SAYS("a  CAPABILITY \r\n"),
                SERVER_SAYS("*  CAPABILITY  IMAP4rev1  STARTTLS \r\na  OK done\r\n"), CLIENT_SAYS("b STARTTLS \r\n"),
                SERVER_SAYS("b  OK go\r\n"), HELLO},
            OUTCOME_UNANSWERED, OFFERED | REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"lines that end in CR CR LF, and in LF",
            {SERVER_SAYS("* OK hi\r\r\n"), CLIENT_SAYS("a STARTTLS\r\r\n"), SERVER_SAYS("* CAPABILITY STARTTLS\na OK\r\r\n"),
                HELLO},
            OUTCOME_UNANSWERED, OFFERED | REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"AUTHENTICATE with a blank behind has no initial response",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a AUTHENTICATE PLAIN \r\r\n"), SERVER_SAYS("a NO\r\n")}, OUTCOME_PLAIN, 0, NULL},
        {"a tab is a blank", {SERVER_SAYS(GREETING), CLIENT_SAYS("a \tSTARTTLS\r\n"), SERVER_SAYS("a \tNO\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void of_commands_with_one_tag_the_oldest_is_answered(void **state)
{
    static const struct row rows[] = {
        {"CAPABILITY is answered, then STARTTLS",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a CAPABILITY\r\na STARTTLS\r\n"),
                SERVER_SAYS("* CAPABILITY STARTTLS\r\na OK done\r\na NO cannot\r\n")},
            OUTCOME_PLAIN, OFFERED | REQUESTED | REFUSED, NULL},
        {"STARTTLS twice, by one tag",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("a NO\r\n"), CLIENT_SAYS("a STARTTLS\r\n"),
                SERVER_SAYS("a OK\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | REFUSED | HELLO_SEEN, NULL},
        {"answers to other tags come in any order",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a NOOP\r\nb STARTTLS\r\n"), SERVER_SAYS("b NO\r\na OK\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED, NULL},
        {"a login behind a NOOP of the same tag",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a NOOP\r\na AUTHENTICATE PLAIN\r\n"), SERVER_SAYS("a OK\r\na NO\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"STARTTLS said again where TLS should begin",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("a OK\r\n"), CLIENT_SAYS("b STARTTLS\r\n"), HELLO,
                SERVER(SERVER_HELLO("0301"))},
            OUTCOME_NEGOTIATED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
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
    assert_int_equal(player->session.outcome, OUTCOME_MIDSTREAM);
    assert_int_equal(player->session.negotiated, VERSION_TLS_1_0);
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
    return &player->session;
}

static void a_line_of_more_than_8192_bytes_is_stepped_over_with_its_literal(void **state)
{
    (void)state;
    assert_string_equal(login_with_line_of(8192)->login, "LOGIN");
    assert_false(player->session.starttls.requested);
    assert_string_equal(login_with_line_of(8193)->login, "");
    assert_false(player->session.starttls.requested);
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
        cmocka_unit_test(a_login_is_sent_when_something_of_it_follows_the_command),
        cmocka_unit_test(the_first_line_of_a_server_is_its_greeting_whoever_spoke_before),
        cmocka_unit_test(blanks_and_carriage_returns_change_nothing),
        cmocka_unit_test(of_commands_with_one_tag_the_oldest_is_answered),
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
