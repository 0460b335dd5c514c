/* SPDX-License-Identifier: BSD-2-Clause */
/* SMTP in clear: what is known of STARTTLS and logins, however the lines were cut into segments (RFC 5321, 3207, 4954). */
#include "mail_rows.h"

#define GREETING "220 mx.example ESMTP\r\n"
#define EHLO     CLIENT_SAYS("EHLO c.example\r\n")
#define OFFERS   SERVER_SAYS("250-mx.example\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n")

static void starttls_is_several_facts(void **state)
{
    static const struct row rows[] = {
        {"offered, asked for, accepted, and used",
            {SERVER_SAYS(GREETING), EHLO, OFFERS, CLIENT_SAYS("STARTTLS\r\n"), SERVER_SAYS("220 go\r\n"), HELLO,
                SERVER(SERVER_HELLO("0301"))},
            OUTCOME_NEGOTIATED, OFFERED | REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"offered, and not used", {SERVER_SAYS(GREETING), EHLO, OFFERS, CLIENT_SAYS("QUIT\r\n"), SERVER_SAYS("221 bye\r\n")},
            OUTCOME_PLAIN, OFFERED, NULL},
        {"a greeting of several lines, and lower case",
            {SERVER_SAYS("220-mx.example\r\n220-STARTTLS\r\n220 ready\r\n"), CLIENT_SAYS("ehlo x\r\nstarttls\r\n"),
                SERVER_SAYS("250 mx.example\r\n220 go\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"a host of that name is no offer", {SERVER_SAYS(GREETING), EHLO, SERVER_SAYS("250-STARTTLS\r\n250 SIZE\r\n")}, OUTCOME_PLAIN, 0,
            NULL},
        {"refused for now", {SERVER_SAYS(GREETING), CLIENT_SAYS("STARTTLS\r\n"), SERVER_SAYS("454 not available\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED, NULL},
        {"not known, in a pipeline", {SERVER_SAYS(GREETING), CLIENT_SAYS("EHLO c\r\nSTARTTLS\r\n"), SERVER_SAYS("250 mx\r\n502 what\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED, NULL},
        {"answers belong to the oldest command",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("EHLO c\r\nNOOP\r\nSTARTTLS\r\n"), SERVER_SAYS("250-mx\r\n250 X\r\n500 what\r\n220 go\r\n"),
                HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"the client spoke before the greeting",
            {SYNS, CLIENT_SAYS("EHLO c\r\nSTARTTLS\r\n"), SERVER_SAYS(GREETING "250 mx\r\n454 no\r\n")}, OUTCOME_PLAIN,
            REQUESTED | REFUSED, NULL},
        {"a command injected before the answer",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("STARTTLS\r\nRSET\r\n"), SERVER_SAYS("220 go\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN | INJECTION, NULL},
        {"the client's side alone", {CLIENT_SAYS("EHLO c\r\n"), CLIENT_SAYS("STARTTLS\r\n"), HELLO}, OUTCOME_UNANSWERED,
            REQUESTED | HELLO_SEEN, NULL},
        {"TLS without having asked", {HELLO, SERVER(SERVER_HELLO("0301"))}, OUTCOME_NEGOTIATED, 0, NULL},
        {"refused by the greeting", {SERVER_SAYS("421-mx.example\r\n421 busy\r\n")}, OUTCOME_PLAIN, BYE, NULL},
        {"... 554", {SERVER_SAYS("554 no service\r\n"), CLIENT_SAYS("QUIT\r\n"), SERVER_SAYS("221 bye\r\n")}, OUTCOME_PLAIN, BYE, NULL},
        {"421 later is no greeting", {SERVER_SAYS(GREETING), EHLO, SERVER_SAYS("421 busy\r\n")}, OUTCOME_PLAIN, 0, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_login_in_clear_is_noted_by_its_mechanism(void **state)
{
    static const struct row rows[] = {
        {"an initial response", {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH PLAIN AGpvZQB4\r\n"), SERVER_SAYS("235 in\r\n")},
            OUTCOME_CLEARTEXT, 0, "PLAIN"},
        {"... that is refused has still been sent",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH PLAIN AGpvZQB4\r\n"), SERVER_SAYS("535 no\r\n")}, OUTCOME_CLEARTEXT, 0, "PLAIN"},
        {"answers to challenges are no commands",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH LOGIN\r\n"), SERVER_SAYS("334 VXNlcm5hbWU6\r\n"), CLIENT_SAYS("STARTTLS\r\n"),
                SERVER_SAYS("334 UGFzc3dvcmQ6\r\n"), CLIENT_SAYS("eA==\r\n"), SERVER_SAYS("235 in\r\n")},
            OUTCOME_CLEARTEXT, 0, "LOGIN"},
        {"refused before anything followed",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH PLAIN\r\n"), SERVER_SAYS("530 STARTTLS first\r\n"), CLIENT_SAYS("STARTTLS\r\n"),
                SERVER_SAYS("220 go\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"broken off",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH CRAM-MD5\r\n"), SERVER_SAYS("334 PDE+\r\n"), CLIENT_SAYS("*\r\n"), SERVER_SAYS("501 ok\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"AUTH alone", {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH\r\n"), SERVER_SAYS("501 what\r\n")}, OUTCOME_PLAIN, 0, NULL},
        {"blanks, and CR CR LF", {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH  XOAUTH2  x \r\r\n"), SERVER_SAYS("235 in\r\r\n")},
            OUTCOME_CLEARTEXT, 0, "XOAUTH2"},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_mail_is_not_taken_for_protocol(void **state)
{
    static const struct row rows[] = {
        {"between DATA and its dot",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"),
                SERVER_SAYS("250 ok\r\n250 ok\r\n354 go\r\n"), CLIENT_SAYS("AUTH PLAIN x\r\nSTARTTLS\r\n..\r\n.\r\nSTARTTLS\r\n"),
                SERVER_SAYS("250 kept\r\n220 go\r\n"), HELLO},
            OUTCOME_UNANSWERED, REQUESTED | ACCEPTED | HELLO_SEEN, NULL},
        {"DATA that the server does not want",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("DATA\r\n"), SERVER_SAYS("503 no\r\n"), CLIENT_SAYS("STARTTLS\r\n"), SERVER_SAYS("502 no\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED, NULL},
        {"the client's side alone", {CLIENT_SAYS("EHLO c\r\nDATA\r\nAUTH PLAIN x\r\n.\r\nQUIT\r\n")}, OUTCOME_PLAIN, 0, NULL},
        {"a chunk of BDAT",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("BDAT 14 LAST\r\nAUTH PLAIN x\r\nSTARTTLS\r\n"), SERVER_SAYS("250 kept\r\n454 no\r\n")},
            OUTCOME_PLAIN, REQUESTED | REFUSED, NULL},
        {"a login after lost bytes counts when it is answered", {SERVER_SAYS(GREETING), CLIENT_GAP, CLIENT_SAYS("AUTH PLAIN x\r\n")},
            OUTCOME_PLAIN, 0, NULL},
        {"an answer was lost",
            {SERVER_SAYS(GREETING), CLIENT_SAYS("NOOP\r\nSTARTTLS\r\n"), SERVER_GAP, HELLO}, OUTCOME_UNANSWERED, REQUESTED | HELLO_SEEN, NULL},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

/* RFC 6409: on port 25 servers talk to servers, unless somebody logs in. */
static void mail_between_servers_is_told_from_submission(void **state)
{
    static const struct {
        uint16_t port;
        struct turn turns[4];
        bool relay;
    } rows[] = {
        {25, {SERVER_SAYS(GREETING), EHLO, SERVER_SAYS("250 mx\r\n")}, true},
        {25, {SERVER_SAYS(GREETING), CLIENT_SAYS("AUTH PLAIN\r\n"), SERVER_SAYS("530 no\r\n")}, false},
        {587, {SERVER_SAYS(GREETING), EHLO, SERVER_SAYS("250 mx\r\n")}, false},
    };

    (void)state;
    for (size_t row = 0; row < COUNT_OF(rows); row++) {
        play_begin(player, rows[row].port);
        player->session.endpoints[SIDE_SERVER].port = rows[row].port;
        for (size_t i = 0; i < COUNT_OF(rows[row].turns); i++)
            play_turn(player, &rows[row].turns[i], PLAY_WHOLE);
        assert_int_equal(player->session.relay, rows[row].relay);
        assert_string_equal(player->session.service, "smtp");
    }
}

static void nothing_that_a_user_typed_is_kept(void **state)
{
    static const struct turn turns[] = {SERVER_SAYS(GREETING), CLIENT_SAYS("EHLO joe-the-user\r\nMAIL FROM:<joe@secret>\r\n"),
        SERVER_SAYS("250 joe\r\n250 secret\r\n"), CLIENT_SAYS("AUTH his-secret joe-the-user\r\n"), SERVER_SAYS("334 secret\r\n"),
        CLIENT_SAYS("his-secret\r\n"), SERVER_SAYS("535 joe\r\n"), {0}};

    (void)state;
    play(player, port, turns, PLAY_WHOLE);
    assert_null(memmem(&player->reader, sizeof(player->reader), "secret", 6));
    assert_null(memmem(&player->reader, sizeof(player->reader), "joe", 3));
}

static int open_smtp_player(void **state)
{
    struct error error;

    open_player(state);
    assert_true(services_add(&player->services, "587=smtp,25=smtp,465=smtps", &error));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starttls_is_several_facts),
        cmocka_unit_test(a_login_in_clear_is_noted_by_its_mechanism),
        cmocka_unit_test(a_mail_is_not_taken_for_protocol),
        cmocka_unit_test(mail_between_servers_is_told_from_submission),
        cmocka_unit_test(nothing_that_a_user_typed_is_kept),
    };

    port = 587;
    return cmocka_run_group_tests_name("smtp", tests, open_smtp_player, close_player);
}
