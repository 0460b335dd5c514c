/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that are asked of a proxy: HTTP CONNECT, SOCKS 4, 4a and 5 before mail and TLS. */
#include "play.h"
#include "tls_bytes.h"

#define TURNS   10
#define CONNECT "CONNECT imap.example:993 HTTP/1.1\r\nHost: imap.example\r\n\r\n"
#define GRANTED "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"
#define HELLOS  CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))

static const struct {
    const char *promise;
    uint16_t port; /* 8080: with discovery */
    const char *service;
    enum outcome outcome;
    struct turn turns[TURNS];
} rows[] = {
    {"CONNECT, then TLS", 993, "imaps", OUTCOME_NEGOTIATED, {SYNS, CLIENT_SAYS(CONNECT), SERVER_SAYS(GRANTED), HELLOS}},
    {"CONNECT, the client's side alone", 995, "pop3s", OUTCOME_UNANSWERED, {CLIENT_SAYS(CONNECT), CLIENT(CLIENT_HELLO("0301"))}},
    {"CONNECT, the server's side alone", 993, "imaps", OUTCOME_NEGOTIATED, {SYNS, SERVER_SAYS(GRANTED), SERVER(SERVER_HELLO("0301"))}},
    {"CONNECT, refused, then with a name, the server's side alone", 993, "imaps", OUTCOME_NEGOTIATED,
        {SYNS, SERVER_SAYS("HTTP/1.1 407 No\r\nContent-Length: 6\r\n\r\nwho?\r\n"), SERVER_SAYS(GRANTED), SERVER(SERVER_HELLO("0301"))}},
    {"CONNECT, refused, then with a name", 993, "imaps", OUTCOME_NEGOTIATED,
        {SYNS, CLIENT_SAYS(CONNECT), SERVER_SAYS("HTTP/1.1 407 No\r\nContent-Length: 6\r\n\r\nwho?\r\n"), CLIENT_SAYS(CONNECT),
            SERVER_SAYS(GRANTED), HELLOS}},
    {"CONNECT, then IMAP in clear and a login", 143, "imap", OUTCOME_CLEARTEXT,
        {SYNS, CLIENT_SAYS(CONNECT), SERVER_SAYS(GRANTED), SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a LOGIN x y\r\n"),
            SERVER_SAYS("a OK\r\n")}},
    {"CONNECT, then POP3 and STLS", 110, "pop3", OUTCOME_NEGOTIATED,
        {SYNS, CLIENT_SAYS(CONNECT), SERVER_SAYS(GRANTED "+OK hi\r\n"), CLIENT_SAYS("STLS\r\n"), SERVER_SAYS("+OK\r\n"), HELLOS}},
    {"CONNECT that is refused for good", 993, "imaps", OUTCOME_PLAIN,
        {SYNS, CLIENT_SAYS(CONNECT), SERVER_SAYS("HTTP/1.1 403 No\r\n\r\n")}},
    {"another method", 993, "imaps", OUTCOME_FOREIGN, {SYNS, CLIENT_SAYS("GET / HTTP/1.1\r\n\r\n"), SERVER_SAYS("HTTP/1.1 200 OK\r\n\r\n")}},
    {"a web server that nobody asked", 143, "imap", OUTCOME_FOREIGN, {SYNS, SERVER_SAYS("HTTP/1.1 408 Slow\r\n\r\n")}},
    {"SOCKS 4", 993, "imaps", OUTCOME_NEGOTIATED,
        {SYNS, CLIENT("0401 03e1 c0000207 6a6f6500"), SERVER("005a 0000 00000000"), HELLOS}},
    {"SOCKS 4a", 995, "pop3s", OUTCOME_NEGOTIATED,
        {SYNS, CLIENT("0401 03e3 00000001 00 6d61696c00"), SERVER("005a 0000 00000000"), HELLOS}},
    {"SOCKS 5", 993, "imaps", OUTCOME_NEGOTIATED,
        {SYNS, CLIENT("050100"), SERVER("0500"), CLIENT("050100 03 04 6d61696c 03e1"), SERVER("050000 01 00000000 0000"), HELLOS}},
    {"SOCKS 5 with a login, to an IPv6 address", 993, "imaps", OUTCOME_NEGOTIATED,
        {SYNS, CLIENT("05020002"), SERVER("0502"), CLIENT("01 03 6a6f65 01 78"), SERVER("0100"),
            CLIENT("050100 04 20010db8000000000000000000000007 03e1"),
            SERVER("050000 04 00000000000000000000000000000000 0000"), HELLOS}},
    {"SOCKS 5, the client's side alone", 993, "imaps", OUTCOME_UNANSWERED,
        {CLIENT("050100"), CLIENT("050100 01 c0000207 03e1"), CLIENT(CLIENT_HELLO("0301"))}},
    {"SOCKS 5, the server's side alone", 993, "imaps", OUTCOME_NEGOTIATED,
        {SYNS, SERVER("0500"), SERVER("050000 01 00000000 0000"), SERVER(SERVER_HELLO("0301"))}},
    {"SOCKS 5, then IMAP", 143, "imap", OUTCOME_CLEARTEXT,
        {SYNS, CLIENT("050100"), SERVER("0500"), CLIENT("050100 01 c0000207 008f"), SERVER("050000 01 00000000 0000"),
            SERVER_SAYS("* OK hi\r\n"), CLIENT_SAYS("a LOGIN x y\r\n"), SERVER_SAYS("a OK\r\n")}},
    {"discovery: CONNECT, then TLS", 8080, "tls", OUTCOME_NEGOTIATED, {SYNS, CLIENT_SAYS(CONNECT), SERVER_SAYS(GRANTED), HELLOS}},
    {"discovery: SOCKS 5, then POP3", 8080, "pop3", OUTCOME_NEGOTIATED,
        {SYNS, CLIENT("050100"), SERVER("0500"), CLIENT("050100 01 c0000207 006e"), SERVER("050000 01 00000000 0000 2b4f4b0d0a"),
            CLIENT_SAYS("STLS\r\n"), SERVER_SAYS("+OK\r\n"), HELLOS}},
    {"discovery: CONNECT and no more is of no interest", 8080, "tls", OUTCOME_FOREIGN, {SYNS, CLIENT_SAYS(CONNECT)}},
    {"a PROXY header before CONNECT", 993, "imaps", OUTCOME_NEGOTIATED,
        {SYNS, CLIENT_SAYS("PROXY TCP4 192.0.2.7 198.51.100.1 1 993\r\n" CONNECT), SERVER_SAYS(GRANTED), HELLOS}},
};

static void mail_and_tls_are_read_behind_a_proxy(void **state)
{
    const struct session *session = &player->session;

    (void)state;
    services_discover(&player->services);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t piece = 1; piece < 400; piece += piece < 5 ? 1 : 300) {
            play(player, rows[i].port, rows[i].turns, piece);
            if (session->outcome != rows[i].outcome || strcmp(session->service, rows[i].service) != 0)
                fail_msg("%s (pieces of %zu): outcome %d of %s", rows[i].promise, piece, session->outcome, session->service);
        }
}

/* The target is no client, and neither its name nor a password for the proxy is kept. */
static void what_is_asked_of_a_proxy_changes_no_address(void **state)
{
    static const struct turn turns[] = {SYNS, CLIENT("05020002"), SERVER("0502"), CLIENT("01 03 6a6f65 06 736563726574"),
        SERVER("0100"), CLIENT("050100 03 06 746172676574 03e1"), SERVER("050000 01 c0000207 0000"), HELLOS, {0}};
    const struct endpoint nobody = {0};

    (void)state;
    play(player, 993, turns, PLAY_WHOLE);
    for (enum side side = SIDE_CLIENT; side < SIDE_COUNT; side++)
        assert_memory_equal(&player->session.endpoints[side], &nobody, sizeof(nobody));
    assert_false(player->session.proxy);
    assert_null(memmem(&player->reader, sizeof(player->reader), "secret", 6));
    assert_null(memmem(&player->reader, sizeof(player->reader), "target", 6));
}

static void a_header_without_end_is_not_waited_for(void **state)
{
    static char text[9000];

    (void)state;
    memset(text, 'x', sizeof(text));
    memcpy(text, "CONNECT a:1 HTTP/1.1\r\n", 22);
    play_begin(player, 993);
    play_deliver(player, SIDE_CLIENT, (const uint8_t *)text, sizeof(text));
    assert_int_equal(player->kept_len[SIDE_CLIENT], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_and_tls_are_read_behind_a_proxy),
        cmocka_unit_test(what_is_asked_of_a_proxy_changes_no_address),
        cmocka_unit_test(a_header_without_end_is_not_waited_for),
    };

    return cmocka_run_group_tests_name("prologue", tests, open_player, close_player);
}
