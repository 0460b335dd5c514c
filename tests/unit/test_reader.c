/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is on duty: the port's dissector, another one by content, none; and what is kept of strangers. */
#include "play.h"
#include "tls_bytes.h"

static void the_content_counts_more_than_the_port(void **state)
{
    static const struct {
        const char *promise;
        uint16_t port;
        struct turn turns[6];
        enum outcome outcome;
    } rows[] = {
        {"implicit TLS on 143", 143, {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))}, OUTCOME_NEGOTIATED},
        {"implicit TLS on 110, server first", 110, {SERVER(SERVER_HELLO("0301")), CLIENT(CLIENT_HELLO("0301"))},
            OUTCOME_NEGOTIATED},
        {"IMAP in clear on 993", 993,
            {SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a LOGIN x y\r\n"), SERVER_SAYS("a OK in\r\n")},
            OUTCOME_CLEARTEXT},
        {"POP3 in clear on 995", 995,
            {SERVER_SAYS("+OK hi\r\n"), CLIENT_SAYS("USER x\r\n"), SERVER_SAYS("+OK\r\n"), CLIENT_SAYS("PASS y\r\n"),
                SERVER_SAYS("+OK\r\n")},
            OUTCOME_CLEARTEXT},
        {"POP3 on the port of IMAP", 143,
            {SERVER_SAYS("+OK hi\r\n"), CLIENT_SAYS("USER x\r\n"), SERVER_SAYS("+OK\r\n"), CLIENT_SAYS("PASS y\r\n"),
                SERVER_SAYS("+OK\r\n")},
            OUTCOME_CLEARTEXT},
        {"STARTTLS on 993", 993,
            {SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("a OK go\r\n"),
                CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))},
            OUTCOME_NEGOTIATED},
        {"another protocol, both sides", 143, {SERVER_SAYS("SSH-2.0-x\r\n"), CLIENT_SAYS("SSH-2.0-y\r\n")},
            OUTCOME_FOREIGN},
        {"a server that says a ClientHello is a client whose own port is served", 993,
            {SERVER(CLIENT_HELLO("0301")), CLIENT(SERVER_HELLO("0301")), SERVER(CHANGE_CIPHER_SPEC("0301"))}, OUTCOME_FOREIGN},
        {"an answer that is no TLS", 993, {CLIENT(CLIENT_HELLO("0301")), SERVER_SAYS("HTTP/1.1 400\r\n\r\n"), SERVER_FIN},
            OUTCOME_CLEAR_ANSWER},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        play(player, rows[i].port, rows[i].turns, PLAY_WHOLE);
        if (player->session.outcome != rows[i].outcome)
            fail_msg("%s: outcome %d", rows[i].promise, player->session.outcome);
    }
}

static void a_gap_may_come_right_after_a_starttls(void **state)
{
    static const struct turn turns[] = {SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a STARTTLS\r\n"),
        SERVER_SAYS("a OK go\r\n"), SERVER_GAP, CLIENT_GAP, {0}};

    (void)state;
    play(player, 143, turns, PLAY_WHOLE);
    assert_true(player->session.starttls.accepted);
    assert_int_equal(player->session.negotiated, VERSION_UNKNOWN);
}

static void an_upgraded_session_goes_on_as_tls(void **state)
{
    static const struct turn turns[] = {SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a STARTTLS\r\n"),
        SERVER_SAYS("a OK go\r\n"), CLIENT(CLIENT_HELLO("0301")),
        SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301")), CLIENT(CHANGE_CIPHER_SPEC("0301")),
        SERVER(CHANGE_CIPHER_SPEC("0301")), {0}};
    const struct session *session = &player->session;

    (void)state;
    for (size_t piece = 1; piece < 60; piece++) {
        assert_int_equal(play(player, 143, turns, piece), 6);
        assert_int_equal(session->outcome, OUTCOME_ESTABLISHED);
        assert_int_equal(session->negotiated, VERSION_TLS_1_0);
        assert_true(session->starttls.requested && session->starttls.accepted && session->starttls.hello);
    }
}

static void an_alert_after_the_ok_is_a_refusal_wherever_the_capture_began(void **state)
{
    static const struct turn turns[] = {SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a STARTTLS\r\n"),
        SERVER_SAYS("a OK go\r\n"), SERVER(ALERT("0301", "02", "46")), SERVER_FIN, {0}};

    (void)state;
    play(player, 143, turns, PLAY_WHOLE);
    assert_int_equal(player->session.outcome, OUTCOME_REFUSED);
    assert_int_equal(player->session.evidence, EVIDENCE_NONE);
}

static void an_alert_after_lost_mail_is_none(void **state)
{
    static const struct turn turns[] = {SYNS, SERVER_SAYS("* OK hi\r\n"), SERVER_GAP, SERVER(ALERT("0301", "02", "46")),
        SERVER_FIN, {0}};

    (void)state;
    play(player, 143, turns, PLAY_WHOLE);
    assert_int_equal(player->session.refused_by, REFUSAL_NONE);
}

static void an_empty_record_before_the_hello_ends_the_mail_before_it(void **state)
{
    static const struct turn turns[] = {SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a STARTTLS\r\n"),
        SERVER_SAYS("a OK go\r\n"), CLIENT(EMPTY_RECORD CLIENT_HELLO("0301")), {0}};

    (void)state;
    for (size_t piece = 1; piece < 20; piece++) {
        play(player, 143, turns, piece);
        assert_true(player->session.starttls.hello);
    }
}

static void hellos_that_cross_the_answer_find_their_reader(void **state)
{
    /* the server's OK and hello in one delivery */
    static const struct turn together[] = {SERVER_SAYS("+OK hi\r\n"), CLIENT_SAYS("STLS\r\n"),
        CLIENT(CLIENT_HELLO("0301")),
        SERVER("2b4f4b0d0a " SERVER_HELLO("0301")), {0}};

    (void)state;
    play(player, 110, together, PLAY_WHOLE);
    assert_int_equal(player->session.outcome, OUTCOME_NEGOTIATED);
    assert_true(player->session.starttls.accepted);
}

static void a_gap_before_the_first_answer_is_no_refusal(void **state)
{
    static const struct turn turns[] = {CLIENT(CLIENT_HELLO("0301")), SERVER_GAP, SERVER_RST, {0}};

    (void)state;
    play(player, 993, turns, PLAY_WHOLE);
    assert_int_equal(player->session.outcome, OUTCOME_UNANSWERED);
    assert_int_equal(player->session.gaps, 1);
}

static void a_gap_before_anything_is_recognised_leaves_nothing_behind(void **state)
{
    static const struct turn turns[] = {SERVER_SAYS("* O"), SERVER_GAP, SERVER_SAYS("+OK hi\r\n"),
        CLIENT_SAYS("STLS\r\n"),
        SERVER_SAYS("+OK\r\n"), {0}};

    (void)state;
    play(player, 143, turns, PLAY_WHOLE);
    assert_true(player->session.starttls.accepted); /* it was POP3 */
}

static void binary_strangers_are_kept_for_naming(void **state)
{
    static const uint8_t rdp[] = {3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0};

    (void)state;
    play_begin(player, 143);
    assert_false(play_deliver(player, SIDE_CLIENT, rdp, sizeof(rdp)));
    assert_int_equal(player->reader.opening_len[SIDE_CLIENT], sizeof(rdp));
    assert_memory_equal(player->reader.opening[SIDE_CLIENT], rdp, sizeof(rdp));
}

static void of_a_stranger_64_bytes_are_kept(void **state)
{
    static const uint8_t strange[50] = {1, 2, 3};

    (void)state;
    play_begin(player, 143);
    play_deliver(player, SIDE_CLIENT, strange, sizeof(strange));
    assert_int_equal(player->reader.opening_len[SIDE_CLIENT], 50);
    play_deliver(player, SIDE_CLIENT, strange, sizeof(strange));
    assert_int_equal(player->reader.opening_len[SIDE_CLIENT], 64);
}

static void a_mail_joined_in_its_middle_is_not_kept(void **state)
{
    static const char *const texts[] = {"Dear Joe, the password is 1234\r\n", "AGpvZQBzZWNyZXQ=\r\n",
        "Gr\303\274\303\237e an Joe\r\n",
        "\xe9t\xe9 1234\r\n"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        play_begin(player, 143);
        assert_false(play_deliver(player, SIDE_SERVER, (const uint8_t *)texts[i], strlen(texts[i])));
        assert_int_equal(player->reader.opening_len[SIDE_SERVER], 0);
    }
}

static void what_is_recognised_later_is_not_kept(void **state)
{
    static const uint8_t strange[] = {0, 1, 2, 3};
    static const char greeting[] = "* OK hi\r\n";

    (void)state;
    play_begin(player, 143);
    play_deliver(player, SIDE_SERVER, strange, sizeof(strange));
    assert_int_equal(player->reader.opening_len[SIDE_SERVER], sizeof(strange));
    play_deliver(player, SIDE_SERVER, (const uint8_t *)greeting, strlen(greeting));
    assert_int_equal(player->reader.opening_len[SIDE_SERVER], 0);
}

static void other_ports_are_told_by_their_first_bytes(void **state)
{
    static const struct {
        struct turn turns[6];
        const char *service;
        enum outcome outcome;
    } rows[] = {
        {{SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a LOGIN x y\r\n"), SERVER_SAYS("a OK\r\n")}, "imap",
            OUTCOME_CLEARTEXT},
        {{SERVER_SAYS("+OK hi\r\n"), CLIENT_SAYS("STLS\r\n"), SERVER_SAYS("+OK\r\n"), CLIENT(CLIENT_HELLO("0301"))},
            "pop3",
            OUTCOME_UNANSWERED},
        {{CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))}, "tls", OUTCOME_NEGOTIATED},
        {{CLIENT("16 0301 0042  01 00003e 0303 " RANDOM "00 0002 002f 01 00 0013 0010 000b 0009 04696d6170 0361637a 0023 0000")},
            "tls", OUTCOME_UNANSWERED},
        {{CLIENT("16 0301 003a  01 000036 0303 " RANDOM "00 0002 002f 01 00 000b 0010 0007 0005 04696d6170"),
             SERVER(SERVER_HELLO("0303"))},
            "imaps", OUTCOME_NEGOTIATED},
        {{CLIENT(SSLV2_CLIENT_HELLO("0300")), SERVER(SERVER_HELLO("0300"))}, "tls", OUTCOME_NEGOTIATED},
        {{CLIENT(SSLV2_CLIENT_HELLO("0300") "00"), SERVER_SAYS("?")}, "tls", OUTCOME_FOREIGN}, /* more than a hello */
        {{CLIENT(EMPTY_RECORD EMPTY_RECORD CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))}, "tls", OUTCOME_NEGOTIATED},
        {{CLIENT_SAYS("PING\r\n"), SERVER_SAYS("+OK\r\n")}, "tls", OUTCOME_FOREIGN}, /* Redis, among others */
        {{CLIENT_SAYS("GET / HTTP/1.1\r\n\r\n"), SERVER_SAYS("HTTP/1.1 200 OK\r\n")}, "tls", OUTCOME_FOREIGN},
        {{SERVER_SAYS("* O"), SERVER_GAP, SERVER_SAYS("K hi\r\n"), CLIENT_SAYS("a NOOP\r\n")}, "tls", OUTCOME_FOREIGN},
        {{SERVER_SAYS("* O"), SERVER_GAP, SERVER_SAYS("K hi\r\n"), CLIENT_SAYS("a LOGIN x y\r\n")}, "imap",
            OUTCOME_CLEARTEXT},
        {{SERVER_SAYS("* ok hi\r\n"), CLIENT_SAYS("a login x y\r\n"), SERVER_SAYS("a ok\r\n")}, "imap",
            OUTCOME_CLEARTEXT},
        {{SERVER_SAYS("+ok hi\r\n"), CLIENT_SAYS("capa\r\n"), SERVER_SAYS("-err\r\n")}, "pop3", OUTCOME_PLAIN},
        {{CLIENT_SAYS("STLS\r\n"), SERVER_SAYS("+OK hi\r\n")}, "pop3", OUTCOME_PLAIN},
        {{CLIENT_SAYS("a1 capability\r\n"), SERVER_SAYS("* OK hi\r\n")}, "imap", OUTCOME_PLAIN},
        {{CLIENT_SAYS("CAPABILITY\r\n"), SERVER_SAYS("OK\r\n")}, "tls", OUTCOME_FOREIGN}, /* ManageSieve */
        {{SERVER(SERVER_HELLO("0301"))}, "tls", OUTCOME_NEGOTIATED},
        {{SERVER("16 03 01"), SERVER("00 2a 02 00 0026 0301 " RANDOM "00 002f 00")}, "tls", OUTCOME_NEGOTIATED},
        {{SERVER("16 0301 0004 0e 000000")}, "tls", OUTCOME_FOREIGN}, /* a handshake's later message */
        {{CLIENT(EMPTY_RECORD), SERVER(EMPTY_RECORD)}, "tls", OUTCOME_FOREIGN},
        {{CLIENT("a7"), SERVER("00")}, "tls", OUTCOME_FOREIGN}, /* keep-alives with a byte */
        {{CLIENT_GAP, SERVER_GAP}, "tls", OUTCOME_FOREIGN},     /* nothing of them was captured */
        {{SERVER_SAYS("220 hi\r\n"), CLIENT_SAYS("STARTTLS\r\n"), SERVER_SAYS("220 go\r\n"), CLIENT(CLIENT_HELLO("0301")),
             SERVER(SERVER_HELLO("0301"))},
            "tls", OUTCOME_NEGOTIATED},
        {{CLIENT("30 1d 02 01 01 77 18"), SERVER("30 0c 02 01 01 78 07"), CLIENT(CLIENT_HELLO("0301")), SERVER_GAP,
             SERVER(SERVER_HELLO("0301"))},
            "tls", OUTCOME_NEGOTIATED}, /* LDAP */
    };

    (void)state;
    services_discover(&player->services);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        play(player, 8080, rows[i].turns, PLAY_WHOLE);
        assert_string_equal(player->session.service, rows[i].service);
        assert_int_equal(player->session.outcome, rows[i].outcome);
    }
}

static void a_long_mail_in_tls_joined_midway_is_waited_for(void **state)
{
    uint8_t segment[1400];
    const uint8_t records[] = {23, 3, 1, 0, 1, 0x5a, 23, 3, 1, 0, 1, 0x5a};

    (void)state;
    memset(segment, 0xa7, sizeof(segment));
    play_begin(player, 993);
    for (int i = 0; i < 100; i++)
        assert_false(play_deliver(player, SIDE_SERVER, segment, sizeof(segment)));
    assert_false(play_deliver(player, SIDE_SERVER, records, sizeof(records)));
    reader_end(&player->reader, SIDE_CLIENT, ENDING_CAPTURE_OVER);
    assert_int_equal(player->session.outcome, OUTCOME_MIDSTREAM);
    assert_int_equal(player->session.negotiated, VERSION_TLS_1_0);
}

static void a_stranger_on_a_port_that_nobody_named_is_let_go(void **state)
{
    static const uint8_t strange[] = {0xa7, 0xa7, 0xa7, 0xa7};
    int deliveries = 1;

    (void)state;
    services_discover(&player->services);
    play_begin(player, 8080);
    while (!play_deliver(player, SIDE_SERVER, strange, sizeof(strange)))
        assert_true(++deliveries <= 64);
    assert_int_equal(player->session.outcome, OUTCOME_FOREIGN);
}

static const struct {
    const char *promise;
    uint16_t port;
    struct turn turns[8];
    enum outcome outcome;
    bool offer;
    bool answer;
} strangers[] = {
    {"an empty line before the hello", 993, {CLIENT("0d0a" CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))},
        OUTCOME_NEGOTIATED, true, true},
    {"bytes of no meaning before it", 993, {CLIENT("0000ff16" CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))},
        OUTCOME_NEGOTIATED, true, true},
    {"a stray line before it, POP3S", 995, {CLIENT("58590d0a" CLIENT_HELLO("0301"))}, OUTCOME_UNANSWERED, true, false},
    {"the client's side, XCLIENT first", 110, {CLIENT_SAYS("XCLIENT A=b\r\nSTLS\r\n"), CLIENT(CLIENT_HELLO("0301"))},
        OUTCOME_UNANSWERED, true, false},
    {"... CLIENTID", 143, {CLIENT_SAYS("a CLIENTID x y\r\nb STARTTLS\r\n"), CLIENT(CLIENT_HELLO("0301"))},
        OUTCOME_UNANSWERED, true, false},
    {"... an empty line", 143, {CLIENT_SAYS("\r\nb STARTTLS\r\n"), CLIENT(CLIENT_HELLO("0301"))},
        OUTCOME_UNANSWERED, true, false},
    {"... a line of another kind", 110, {CLIENT_SAYS("??\r\nSTLS\r\n"), CLIENT(CLIENT_HELLO("0301"))},
        OUTCOME_UNANSWERED, true, false},
    {"the server's side, joined in a line", 143, {SERVER_SAYS("il, of an answer\r\na OK\r\n"), SERVER(SERVER_HELLO("0301"))},
        OUTCOME_NEGOTIATED, false, true},
    {"... POP3", 110, {SERVER_SAYS("il, of an answer\r\n+OK\r\n"), SERVER(SERVER_HELLO("0301"))}, OUTCOME_NEGOTIATED, false,
        true},
    {"... with nothing recognised before it", 110, {SERVER_SAYS("il, of an answer\r\n"), SERVER(SERVER_HELLO("0301"))},
        OUTCOME_NEGOTIATED, false, true},
    {"both sides joined in a line", 143,
        {CLIENT_SAYS("l, of a command\r\n"), SERVER_SAYS("il, of an answer\r\n"), CLIENT_SAYS("b STARTTLS\r\n"),
            SERVER_SAYS("b OK\r\n"), CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))},
        OUTCOME_NEGOTIATED, true, true},
    {"joined in a message, then its end", 110,
        {SERVER_SAYS("Dear, Joe,\r\nno\r\n"), SERVER_SAYS("more,\r\n.\r\n"), CLIENT_SAYS("QUIT\r\n"), SERVER_SAYS("+OK\r\n")},
        OUTCOME_PLAIN, false, false},
    {"joined in a message, and nothing else", 110,
        {SERVER_SAYS("Dear, Joe,\r\n"), SERVER_SAYS("a,"), SERVER_SAYS("b,"), SERVER_SAYS("c,"), SERVER_SAYS("d,\r\n")},
        OUTCOME_PLAIN, false, false},
    {"a server whose first line is none of ours", 143, {SYNS, SERVER_SAYS("hello, world\r\n"), CLIENT_SAYS("hello, too\r\n")},
        OUTCOME_FOREIGN, false, false},
    {"... and the client says what may be a command", 143,
        {SYNS, SERVER_SAYS("220 x\r\n"), CLIENT_SAYS("EHLO x\r\n"), SERVER_SAYS("250 x\r\n")}, OUTCOME_FOREIGN, false, false},
    {"... or what POP3 says, too", 143, {SYNS, SERVER_SAYS("220 smtp.example ESMTP\r\n"), CLIENT_SAYS("QUIT\r\n"), SERVER_FIN},
        OUTCOME_FOREIGN, false, false},
    {"... also where the client spoke first", 143, {SYNS, CLIENT_SAYS("EHLO x\r\n"), SERVER_SAYS("220 x\r\n250 x\r\n")},
        OUTCOME_FOREIGN, false, false},
    {"after STARTTLS, bytes before the hello", 143,
        {SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("a OK\r\n"),
            CLIENT("0000" CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))},
        OUTCOME_NEGOTIATED, true, true},
};

static void what_nobody_recognises_takes_nothing_behind_it_along(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(strangers); i++)
        for (size_t piece = 1; piece < 200; piece += piece < 8 ? 1 : 150) {
            const struct session *session = &player->session;

            play(player, strangers[i].port, strangers[i].turns, piece);
            if (session->outcome != strangers[i].outcome || session->offer.seen != strangers[i].offer ||
                session->answer.seen != strangers[i].answer)
                fail_msg("%s (pieces of %zu): outcome %d", strangers[i].promise, piece, session->outcome);
        }
}

/* What is known to be foreign has little patience; what stands in the same segment needs none. */
static void a_hello_behind_a_request_of_http_in_the_same_segment_is_read(void **state)
{
    static const struct turn turns[] = {
        CLIENT("474554202f20485454502f312e310d0a0d0a" CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301")), {0}};

    (void)state;
    play(player, 993, turns, PLAY_WHOLE);
    assert_true(player->session.offer.seen);
    assert_int_equal(player->session.outcome, OUTCOME_NEGOTIATED);
}

static void a_line_behind_bytes_of_no_meaning_is_read(void **state)
{
    static const struct turn whole[] = {SERVER_SAYS("* OK hi\r\n"), CLIENT("fffb010d0a 61204c4f47494e207820790d0a"),
        SERVER_SAYS("a OK\r\n"), {0}};
    static const struct turn one_side[] = {CLIENT("00000d0a 5041535320780d0a"), {0}};

    (void)state;
    play(player, 143, whole, PLAY_WHOLE);
    assert_string_equal(player->session.login, "LOGIN");
    play(player, 110, one_side, PLAY_WHOLE);
    assert_string_equal(player->session.login, "USER");
}

static void every_ending_without_answer_settles(void **state)
{
    static const enum ending endings[] = {ENDING_SILENCE, ENDING_CAPTURE_OVER, ENDING_GIVEN_UP};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        play_begin(player, 143);
        assert_int_equal(reader_end(&player->reader, SIDE_CLIENT, endings[i]), DISSECTED_SETTLED);
        assert_int_equal(player->session.outcome, OUTCOME_PLAIN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_content_counts_more_than_the_port),
        cmocka_unit_test(a_gap_may_come_right_after_a_starttls),
        cmocka_unit_test(an_upgraded_session_goes_on_as_tls),
        cmocka_unit_test(an_alert_after_the_ok_is_a_refusal_wherever_the_capture_began),
        cmocka_unit_test(an_alert_after_lost_mail_is_none),
        cmocka_unit_test(an_empty_record_before_the_hello_ends_the_mail_before_it),
        cmocka_unit_test(hellos_that_cross_the_answer_find_their_reader),
        cmocka_unit_test(a_gap_before_the_first_answer_is_no_refusal),
        cmocka_unit_test(a_gap_before_anything_is_recognised_leaves_nothing_behind),
        cmocka_unit_test(binary_strangers_are_kept_for_naming),
        cmocka_unit_test(of_a_stranger_64_bytes_are_kept),
        cmocka_unit_test(a_mail_joined_in_its_middle_is_not_kept),
        cmocka_unit_test(what_is_recognised_later_is_not_kept),
        cmocka_unit_test(other_ports_are_told_by_their_first_bytes),
        cmocka_unit_test(a_long_mail_in_tls_joined_midway_is_waited_for),
        cmocka_unit_test(a_stranger_on_a_port_that_nobody_named_is_let_go),
        cmocka_unit_test(what_nobody_recognises_takes_nothing_behind_it_along),
        cmocka_unit_test(a_hello_behind_a_request_of_http_in_the_same_segment_is_read),
        cmocka_unit_test(a_line_behind_bytes_of_no_meaning_is_read),
        cmocka_unit_test(every_ending_without_answer_settles),
    };

    return cmocka_run_group_tests_name("reader", tests, open_player, close_player);
}
