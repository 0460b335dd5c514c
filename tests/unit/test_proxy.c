/* SPDX-License-Identifier: BSD-2-Clause */
/* PROXY protocol headers (proxy-protocol.txt 2.1, 2.2) before a client's first byte. */
#include "play.h"
#include "tls_bytes.h"

#include <lasthello/text.h>

#define V2_SIGNATURE "0d0a0d0a000d0a515549540a "

/* Who is the client, and who connected, after the header and a hello? */
static void check(struct turn header, const char *client, uint16_t client_port)
{
    const struct turn turns[] = {header, CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301")), {0}};
    const struct session *session = &player->session;
    char text[ADDRESS_TEXT_BYTES];

    for (size_t piece = 1; piece < 70; piece++) {
        play(player, 993, turns, piece);
        assert_true(session->proxy);
        assert_int_equal(session->outcome, OUTCOME_NEGOTIATED);
        address_text(&session->endpoints[SIDE_CLIENT].address, text);
        assert_string_equal(text, client);
        assert_int_equal(session->endpoints[SIDE_CLIENT].port, client_port);
    }
}

static void the_header_names_the_client(void **state)
{
    (void)state;
    check((struct turn)CLIENT_SAYS("PROXY TCP4 192.0.2.7 198.51.100.1 56324 993\r\n"), "192.0.2.7", 56324);
    check((struct turn)CLIENT_SAYS("PROXY TCP6 2001:db8::7 2001:db8::1 1 993\r\n"), "2001:db8::7", 1);
    check((struct turn)CLIENT(V2_SIGNATURE "21 11 000c c0000207 c6336401 dc04 03e1 "), "192.0.2.7", 56324);
    check((struct turn)CLIENT(V2_SIGNATURE "21 21 0024 20010db8000000000000000000000007 "
                                           "20010db8000000000000000000000001 0001 03e1"),
        "2001:db8::7", 1);
    /* with a TLV after the addresses */
    check((struct turn)CLIENT(V2_SIGNATURE "21 11 0010 c0000207 c6336401 dc04 03e1 04 0001 00"), "192.0.2.7", 56324);
}

static void a_header_that_names_nobody_is_stepped_over(void **state)
{
    (void)state;
    check((struct turn)CLIENT_SAYS("PROXY UNKNOWN\r\n"), "::", 0);
    check((struct turn)CLIENT_SAYS("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"), "::", 0);
    check((struct turn)CLIENT(V2_SIGNATURE "20 00 0000"), "::", 0);
    check((struct turn)CLIENT(V2_SIGNATURE "21 31 0003 000000"), "::", 0);
}

static void what_is_no_header_is_the_clients_own(void **state)
{
    static const struct turn headers[] = {
        CLIENT_SAYS("PROXY TCP4 192.0.2.7\r\n"),
        CLIENT_SAYS("PROXY TCP4 192.0.2.700 198.51.100.1 56324 993\r\n"),
        CLIENT_SAYS("PROXY TCP4 192.0.2.7 198.51.100.1 65536 993\r\n"),
        CLIENT_SAYS("PROXY TCP4 192.0.2.7 198.51.100.1 56324\r\n"),
        CLIENT_SAYS("PROXY TCP4 192.0.2.7 mail.example 56324 993\r\n"),
        CLIENT_SAYS("PROXY TCP5 192.0.2.7 198.51.100.1 56324 993\r\n"),
        CLIENT(V2_SIGNATURE "11 11 000c c0000207 c6336401 dc04 03e1 "),
        CLIENT(V2_SIGNATURE "21 11 0004 c0000207"),
        CLIENT(V2_SIGNATURE "21 11 ffff c0000207"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        play_begin(player, 993);
        play_turn(player, &headers[i], PLAY_WHOLE);
        assert_false(player->reader.prologue.header);
    }
}

static void a_header_without_end_is_not_waited_for(void **state)
{
    char text[120];

    (void)state;
    memset(text, ' ', sizeof(text));
    memcpy(text, "PROXY TCP4", 10);
    play_begin(player, 993);
    play_deliver(player, SIDE_CLIENT, (const uint8_t *)text, 106);
    assert_int_equal(player->kept_len[SIDE_CLIENT], 106);
    play_deliver(player, SIDE_CLIENT, (const uint8_t *)text, 10);
    assert_int_equal(player->kept_len[SIDE_CLIENT], 0);
}

static void a_header_of_version_2_has_4096_bytes_of_body_at_most(void **state)
{
    static uint8_t text[16 + 4097] = "\r\n\r\n\0\r\nQUIT\n\x20"; /* LOCAL, of no family */

    (void)state;
    for (size_t body = 4096; body <= 4097; body++) {
        text[14] = (uint8_t)(body >> 8);
        text[15] = (uint8_t)body;
        play_begin(player, 993);
        play_deliver(player, SIDE_CLIENT, text, 16 + body);
        assert_int_equal(player->reader.prologue.header, body == 4096);
    }
}

#define HEADER    "PROXY TCP4 192.0.2.7 198.51.100.1 56324 143\r\n"
#define HEADER_V2 V2_SIGNATURE "21 11 000c c0000207 c6336401 dc04 03e1 "
#define HELLOS    CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))
#define TURNS     10

static const struct {
    const char *promise;
    uint16_t port;
    bool believed;
    struct turn turns[TURNS];
} beliefs[] = {
    {"a greeting behind the header, then STARTTLS", 143, true,
        {SYNS, CLIENT_SAYS(HEADER), SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("a OK\r\n"),
            CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))}},
    {"a login in clear behind it", 110, true,
        {SYNS, CLIENT_SAYS(HEADER), SERVER_SAYS("+OK hi\r\n"), CLIENT_SAYS("USER x\r\nPASS y\r\n"),
            SERVER_SAYS("+OK\r\n+OK\r\n")}},
    {"a greeting alone may be that of a server that has not read the header yet", 143, false,
        {SYNS, CLIENT_SAYS(HEADER), SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a LOGIN x y\r\n"), CLIENT_RST}},
    {"an error may be the answer to the header", 110, false,
        {SYNS, CLIENT_SAYS(HEADER "USER x\r\n"), SERVER_SAYS("+OK hi\r\n-ERR what\r\n"), CLIENT_RST}},
    {"a ServerHello to the hello behind it", 993, true,
        {SYNS, CLIENT(HEADER_V2 CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))}},
    {"a hello that is refused by an alert", 993, false,
        {SYNS, CLIENT(HEADER_V2 CLIENT_HELLO("0301")), SERVER(ALERT("0301", "02", "0a")), SERVER_FIN}},
    {"... by RST", 995, false, {SYNS, CLIENT(HEADER_V2 CLIENT_HELLO("0301")), SERVER_RST}},
    {"nobody answers", 993, false, {SYNS, CLIENT(HEADER_V2 CLIENT_HELLO("0301")), SILENCE}},
    {"two headers, of which a server reads one", 143, false,
        {SYNS, CLIENT(HEADER_V2), CLIENT_SAYS(HEADER), SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a LOGIN x y\r\n"), SERVER_SAYS("a OK\r\n")}},
    {"... the other way round", 110, false,
        {SYNS, CLIENT_SAYS(HEADER), CLIENT(HEADER_V2), SERVER_SAYS("+OK hi\r\n"), CLIENT_SAYS("USER x\r\nPASS y\r\n"), SERVER_SAYS("+OK\r\n+OK\r\n")}},
    {"a ServerHello that answers no hello", 993, false, {SYNS, CLIENT(HEADER_V2), SERVER(SERVER_HELLO("0301"))}},
    {"the greeting came before the header", 143, false,
        {SYNS, SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS(HEADER), CLIENT_SAYS("a LOGIN x y\r\n"), SERVER_SAYS("a OK\r\n")}},
    {"... and BAD behind it", 143, false,
        {SYNS, SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS(HEADER), SERVER_SAYS("PROXY BAD what\r\n"), CLIENT_SAYS("a LOGIN x y\r\n"),
            SERVER_SAYS("a OK\r\n")}},
    {"a greeting by chance behind it, then BAD", 143, false,
        {SYNS, CLIENT_SAYS(HEADER), SERVER_SAYS("* OK hi\r\n"), SERVER_SAYS("PROXY BAD what\r\n"), CLIENT_SAYS("a LOGIN x y\r\n"),
            SERVER_SAYS("a OK\r\n")}},
    {"... an untagged BAD, version 2", 143, false,
        {SYNS, CLIENT(HEADER_V2), SERVER_SAYS("* OK hi\r\n* BAD what\r\n"), CLIENT_SAYS("a LOGIN x y\r\n"), SERVER_SAYS("a OK\r\n")}},
    {"... -ERR of POP3, and the session goes on in TLS", 110, false,
        {SYNS, CLIENT_SAYS(HEADER), SERVER_SAYS("+OK hi\r\n-ERR what\r\n"), CLIENT_SAYS("STLS\r\n"), SERVER_SAYS("+OK\r\n"),
            CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))}},
    {"commands behind the header, and an answer too many", 110, false,
        {SYNS, CLIENT_SAYS(HEADER "USER x\r\n"), SERVER_SAYS("+OK hi\r\n-ERR what\r\n+OK\r\n")}},
    {"commands pipelined behind the header, the first answer an error, a login accepted", 110, false,
        {SYNS, CLIENT_SAYS(HEADER "USER x\r\nPASS y\r\n"), SERVER_SAYS("+OK\r\n"), SERVER_SAYS("-ERR\r\n+OK\r\n+OK\r\n")}},
    {"the greeting is an error", 143, false, {SYNS, CLIENT_SAYS(HEADER), SERVER_SAYS("* BYE no\r\n")}},
    {"... of POP3", 110, false, {SYNS, CLIENT_SAYS(HEADER), SERVER_SAYS("-ERR no\r\n")}},
    {"a session joined midway may have said it in a mail", 143, false,
        {CLIENT_SAYS(HEADER), SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a LOGIN x y\r\n"), SERVER_SAYS("a OK\r\n")}},
    {"the client's side alone", 143, false, {SYNS, CLIENT_SAYS(HEADER), CLIENT_SAYS("a LOGIN x y\r\n")}},
    {"lost bytes of the server may have been a refusal", 143, false,
        {SYNS, CLIENT_SAYS(HEADER), SERVER_SAYS("* OK hi\r\n"), SERVER_GAP, CLIENT_SAYS("a LOGIN x y\r\n"), SERVER_SAYS("a OK\r\n")}},
};

/* Whom no proxy has accepted a connection from. */
static void no_header_makes_nobody_a_client(void **state)
{
    static const struct turn headers[] = {
        CLIENT_SAYS("PROXY TCP4 0.0.0.0 198.51.100.1 56324 993\r\n"),
        CLIENT_SAYS("PROXY TCP4 0.1.2.3 198.51.100.1 56324 993\r\n"),
        CLIENT_SAYS("PROXY TCP4 127.0.0.1 198.51.100.1 56324 993\r\n"),
        CLIENT_SAYS("PROXY TCP4 224.0.0.251 198.51.100.1 56324 993\r\n"),
        CLIENT_SAYS("PROXY TCP4 255.255.255.255 198.51.100.1 56324 993\r\n"),
        CLIENT_SAYS("PROXY TCP6 :: 2001:db8::1 56324 993\r\n"),
        CLIENT_SAYS("PROXY TCP6 ::1 2001:db8::1 56324 993\r\n"),
        CLIENT_SAYS("PROXY TCP6 ff02::fb 2001:db8::1 56324 993\r\n"),
        CLIENT_SAYS("PROXY TCP6 ::ffff:127.0.0.1 2001:db8::1 56324 993\r\n"),
        CLIENT(V2_SIGNATURE "21 11 000c 00000000 c6336401 dc04 03e1 "),
        CLIENT(V2_SIGNATURE "21 11 000c e0000001 c6336401 dc04 03e1 "),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        const struct turn turns[] = {SYNS, headers[i], HELLOS, {0}};

        play(player, 993, turns, PLAY_WHOLE);
        assert_true(player->session.proxy_ignored);
        assert_false(player->session.proxy);
    }
}

static void check_belief(size_t row, size_t piece, bool believed)
{
    const struct session *session = &player->session;
    char text[ADDRESS_TEXT_BYTES];

    play(player, beliefs[row].port, beliefs[row].turns, piece);
    address_text(&session->endpoints[SIDE_CLIENT].address, text);
    if (session->proxy != believed || session->proxy_ignored == believed || (strcmp(text, "192.0.2.7") == 0) != believed)
        fail_msg("%s (pieces of %zu): client %s", beliefs[row].promise, piece, text);
}

static void a_header_is_believed_where_the_server_went_on_as_one_that_does(void **state)
{
    (void)state;
    for (size_t row = 0; row < COUNT_OF(beliefs); row++)
        for (size_t piece = 1; piece < 400; piece += piece < 5 ? 1 : 300)
            check_belief(row, piece, beliefs[row].believed);
}

static void a_proxy_of_the_user_is_always_believed(void **state)
{
    struct services services = {0};
    struct error error;

    (void)state;
    assert_true(services_believe(&services, "10.0.0.0/8,::", &error)); /* the player's client has no address */
    workspace_serve(player->workspace, &services);
    for (size_t row = 0; row < COUNT_OF(beliefs); row++)
        check_belief(row, PLAY_WHOLE, true);
    workspace_serve(player->workspace, NULL);
}

static void what_is_no_network_is_told(void **state)
{
    struct services services = {0};
    struct error error;

    (void)state;
    assert_false(services_believe(&services, "10.0.0.0/8,balancer", &error));
    assert_non_null(strstr(error.text, "balancer"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_names_the_client),
        cmocka_unit_test(a_header_that_names_nobody_is_stepped_over),
        cmocka_unit_test(no_header_makes_nobody_a_client),
        cmocka_unit_test(what_is_no_header_is_the_clients_own),
        cmocka_unit_test(a_header_without_end_is_not_waited_for),
        cmocka_unit_test(a_header_is_believed_where_the_server_went_on_as_one_that_does),
        cmocka_unit_test(a_proxy_of_the_user_is_always_believed),
        cmocka_unit_test(what_is_no_network_is_told),
        cmocka_unit_test(a_header_of_version_2_has_4096_bytes_of_body_at_most),
    };

    return cmocka_run_group_tests_name("proxy", tests, open_player, close_player);
}
