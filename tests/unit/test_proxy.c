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
    const struct session *session = &player->reader.session;
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
        CLIENT_SAYS("PROXY TCP5 192.0.2.7 198.51.100.1 56324 993\r\n"),
        CLIENT(V2_SIGNATURE "11 11 000c c0000207 c6336401 dc04 03e1 "),
        CLIENT(V2_SIGNATURE "21 11 0004 c0000207"),
        CLIENT(V2_SIGNATURE "21 11 ffff c0000207"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        play_begin(player, 993);
        play_turn(player, &headers[i], PLAY_WHOLE);
        assert_false(player->reader.session.proxy);
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
        assert_int_equal(player->reader.session.proxy, body == 4096);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_names_the_client),
        cmocka_unit_test(a_header_that_names_nobody_is_stepped_over),
        cmocka_unit_test(what_is_no_header_is_the_clients_own),
        cmocka_unit_test(a_header_without_end_is_not_waited_for),
        cmocka_unit_test(a_header_of_version_2_has_4096_bytes_of_body_at_most),
    };

    return cmocka_run_group_tests_name("proxy", tests, open_player, close_player);
}
