/* SPDX-License-Identifier: BSD-2-Clause */
/* How sessions of TLS come out: what is said, and what follows from them and what does not. */
#include "tls_rows.h"

static void a_session_that_both_sides_protect_is_established(void **state)
{
    static const struct row rows[] = {
        {"TLS 1.0, full handshake",
            {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301")),
                CLIENT(CLIENT_KEY_EXCHANGE("0301") CHANGE_CIPHER_SPEC("0301") FINISHED("0301")),
                SERVER(CHANGE_CIPHER_SPEC("0301") FINISHED("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"SSL 3.0",
            {CLIENT(CLIENT_HELLO("0300")), SERVER(SERVER_HELLO("0300") SERVER_HELLO_DONE("0300")),
                CLIENT(CLIENT_KEY_EXCHANGE("0300") CHANGE_CIPHER_SPEC("0300")), SERVER(CHANGE_CIPHER_SPEC("0300"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_SSL_3_0, REFUSAL_NONE, VERSION_SSL_3_0},
        {"a client that can do 1.3 is given 1.0",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301")),
                CLIENT(CHANGE_CIPHER_SPEC("0301")), SERVER(CHANGE_CIPHER_SPEC("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_3},
        {"TLS 1.3 with ChangeCipherSpec for middleboxes",
            {CLIENT(CLIENT_HELLO_1_3),
                SERVER(SERVER_HELLO_1_3(RANDOM) CHANGE_CIPHER_SPEC("0303") DATA("0303") DATA("0303")),
                CLIENT(CHANGE_CIPHER_SPEC("0303") DATA("0303"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, REFUSAL_NONE, VERSION_TLS_1_3},
        {"TLS 1.3 after a HelloRetryRequest",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(SERVER_HELLO_1_3(RETRY_RANDOM) CHANGE_CIPHER_SPEC("0303")),
                CLIENT(CHANGE_CIPHER_SPEC("0303") CLIENT_HELLO_1_3),
                SERVER(SERVER_HELLO_1_3(RANDOM) DATA("0303")), CLIENT(DATA("0303"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, REFUSAL_NONE, VERSION_TLS_1_3},
        {"early data before the answer",
            {CLIENT(CLIENT_HELLO_EARLY CHANGE_CIPHER_SPEC("0303") DATA("0303") DATA("0303")),
                SERVER(SERVER_HELLO_1_3(RANDOM) CHANGE_CIPHER_SPEC("0303") DATA("0303")), CLIENT(DATA("0303"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, REFUSAL_NONE, VERSION_TLS_1_3},
        {"an old hello format, answered in TLS 1.0",
            {CLIENT(SSLV2_CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301")),
                CLIENT(CLIENT_KEY_EXCHANGE("0301") CHANGE_CIPHER_SPEC("0301")), SERVER(CHANGE_CIPHER_SPEC("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"SSL 2.0 itself",
            {CLIENT(SSLV2_CLIENT_HELLO("0002")), SERVER(SSLV2_SERVER_HELLO), CLIENT(SSLV2_MASTER_KEY SSLV2_PROTECTED),
                SERVER(SSLV2_PROTECTED)},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_SSL_2_0, REFUSAL_NONE, VERSION_SSL_2_0},
        {"a hello over three records, one of them empty",
            {CLIENT("16 0301 0003 010000  16 0301 0000  16 0301 002a 29 0301 " RANDOM "00 0002 002f 01 00"),
                SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301")), CLIENT(CHANGE_CIPHER_SPEC("0301")),
                SERVER(CHANGE_CIPHER_SPEC("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"two messages in a record",
            {CLIENT(CLIENT_HELLO("0302")), SERVER("16 0302 002e  02 000026 0302 " RANDOM "00 002f 00  0e 000000"),
                CLIENT(CHANGE_CIPHER_SPEC("0302")), SERVER(CHANGE_CIPHER_SPEC("0302"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_1, REFUSAL_NONE, VERSION_TLS_1_1},
        {"the client's hello was lost",
            {CLIENT_GAP, SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301")), CLIENT(CHANGE_CIPHER_SPEC("0301")),
                SERVER(CHANGE_CIPHER_SPEC("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_UNKNOWN},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

/* RFC 5246 6.2.1 and RFC 8446 5.1 forbid them, broken stacks and attackers send them. */
static void empty_records_are_stepped_over(void **state)
{
    static const struct row rows[] = {
        {"before a hello and between messages",
            {CLIENT(EMPTY_RECORD EMPTY_RECORD CLIENT_HELLO("0301")),
                SERVER(EMPTY_RECORD SERVER_HELLO("0301") EMPTY_RECORD SERVER_HELLO_DONE("0301") EMPTY_RECORD),
                CLIENT(EMPTY_RECORD CHANGE_CIPHER_SPEC("0301")), SERVER(CHANGE_CIPHER_SPEC("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"an alert after an empty record", {CLIENT(CLIENT_HELLO("0301")), SERVER(EMPTY_RECORD ALERT("0301", "02", "46"))},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_ALERT, VERSION_TLS_1_0},
        {"nothing but an empty record", {CLIENT(CLIENT_HELLO("0301")), SERVER(EMPTY_RECORD), SERVER_FIN},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_FIN, VERSION_TLS_1_0},
        {"an empty alert before the hello", {CLIENT("15 0301 0000 " CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"no TLS after it", {CLIENT(EMPTY_RECORD "00 01 02 03 04 05 06 07"), SERVER("00 01 02 03 04 05")},
            OUTCOME_FOREIGN, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_server_that_answers_a_hello_by_ending_has_refused(void **state)
{
    static const struct row rows[] = {
        {"alert 70", {CLIENT(CLIENT_HELLO("0301")), SERVER(ALERT("0301", "02", "46"))},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_ALERT, VERSION_TLS_1_0},
        {"RFC 5246 6.2.1: two alerts in a record, unrecognized_name and protocol_version",
            {CLIENT(CLIENT_HELLO("0301")), SERVER("15 0301 0004  01 70 02 46"), SERVER_FIN},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_ALERT, VERSION_TLS_1_0},
        {"two alerts, the fatal one first",
            {CLIENT(CLIENT_HELLO("0301")), SERVER("15 0301 0004  02 46 01 00")},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_ALERT, VERSION_TLS_1_0},
        {"a warning, then the end",
            {CLIENT(CLIENT_HELLO("0301")), SERVER(ALERT("0301", "01", "46")), SERVER_FIN},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_ALERT, VERSION_TLS_1_0},
        {"close_notify is no reason", {CLIENT(CLIENT_HELLO("0301")), SERVER(ALERT("0301", "01", "00")), SERVER_FIN},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_FIN, VERSION_TLS_1_0},
        {"the client's decode_error after the server's FIN is an echo",
            {CLIENT(CLIENT_HELLO("0301")), SERVER_FIN, CLIENT(ALERT("0301", "02", "32")), CLIENT_FIN},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_FIN, VERSION_TLS_1_0},
        {"RST", {CLIENT(CLIENT_HELLO("0301")), SERVER_RST},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_RST, VERSION_TLS_1_0},
        {"FIN after a HelloRetryRequest",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(SERVER_HELLO_1_3(RETRY_RANDOM)), CLIENT(CLIENT_HELLO_1_3), SERVER_FIN},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_FIN, VERSION_TLS_1_3},
        {"30 s of silence", {CLIENT(CLIENT_HELLO("0301")), ACKNOWLEDGED, SILENCE},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_SILENCE, VERSION_TLS_1_0},
        {"silence until the client gave up", {CLIENT(CLIENT_HELLO("0301")), ACKNOWLEDGED, CLIENT_FIN, SERVER_FIN},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_SILENCE, VERSION_TLS_1_0},
        {"an alert to a hello that breaks its own lengths",
            {CLIENT("16 0301 000a 01 000006 0301 00010203"), SERVER(ALERT("0301", "02", "32")), SERVER_FIN},
            OUTCOME_REFUSED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_ALERT, VERSION_UNKNOWN},
        {"of the client nothing was captured", {SYNS, SERVER(ALERT("0301", "02", "46")), SERVER_FIN},
            OUTCOME_REFUSED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_ALERT, VERSION_UNKNOWN},
        {"the hello alone was not captured", {SYNS, CLIENT_GAP, SERVER(ALERT("0301", "02", "46")), SERVER_FIN},
            OUTCOME_REFUSED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_ALERT, VERSION_UNKNOWN},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void what_explains_nothing_is_no_refusal(void **state)
{
    static const struct row rows[] = {
        {"nothing of the server", {CLIENT(CLIENT_HELLO("0301"))},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"no acknowledgement seen", {CLIENT(CLIENT_HELLO("0301")), CLIENT_FIN, SERVER_FIN},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"the capture ended before 30 s were over", {CLIENT(CLIENT_HELLO("0301")), ACKNOWLEDGED},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"an alert after the client has ended",
            {CLIENT(CLIENT_HELLO("0301")), CLIENT_FIN, SERVER(ALERT("0301", "02", "46")), SERVER_FIN},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"the server's answer was lost", {CLIENT(CLIENT_HELLO("0301")), SERVER_GAP, SERVER_FIN},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"an alert after a gap", {CLIENT(CLIENT_HELLO("0301")), SERVER_GAP, SERVER(ALERT("0301", "02", "46")), SERVER_FIN},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"an alert to a client that was joined after its hello",
            {CLIENT(CLIENT_KEY_EXCHANGE("0301") CHANGE_CIPHER_SPEC("0301")), SERVER(ALERT("0301", "02", "33")), SERVER_FIN},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_UNKNOWN},
        {"an alert alone, of a connection whose beginning was not captured", {SERVER(ALERT("0301", "02", "46")), SERVER_FIN},
            OUTCOME_MIDSTREAM, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"an alert alone, after a gap at the beginning", {SYNS, SERVER_GAP, SERVER(ALERT("0301", "02", "46")), SERVER_FIN},
            OUTCOME_MIDSTREAM, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"an alert alone, protected by the shortest MAC that there is (GOST 28147-89, RFC 5830 8: 4 bytes)",
            {CLIENT(CLIENT_HELLO("0301")), SERVER("15 0301 0006  015a 025a 015a"), SERVER_FIN},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"FIN inside the server's hello",
            {CLIENT(CLIENT_HELLO("0301")), SERVER("16 0301 002a 02 000026 0301"), SERVER_FIN, CLIENT_FIN},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"RST inside the server's hello",
            {CLIENT(CLIENT_HELLO("0301")), SERVER("16 0301 002a 02 000026 0301"), SERVER_RST},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"half a hello", {CLIENT("16 0301 002d 01 000029 0301")},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"a gap inside the hello", {CLIENT("16 0301 002d 01 000029 0301"), CLIENT_GAP, CLIENT("1c1d1e1f 00 0002 002f 01 00")},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"a gap inside a hello over many records",
            {CLIENT("16 0301 0004 01 000100"), CLIENT_GAP,
                CLIENT("16 0301 0002 0001 16 0301 0002 0002 16 0301 0002 0003")},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"a hello that breaks its own lengths", {CLIENT("16 0301 000a 01 000006 0301 00010203")},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void after_the_server_hello_the_version_is_known(void **state)
{
    static const struct row rows[] = {
        {"the capture shows no more", {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"the server's side alone",
            {SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301")),
                SERVER(CHANGE_CIPHER_SPEC("0301") FINISHED("0301")),
                SERVER(DATA("0301"))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_UNKNOWN},
        {"the client dislikes the certificate",
            {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301")), CLIENT(ALERT("0301", "02", "30"))},
            OUTCOME_REJECTED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"the client just goes", {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301")), CLIENT_RST},
            OUTCOME_REJECTED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"the client's alert is protected in TLS 1.3",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(SERVER_HELLO_1_3(RANDOM) DATA("0303")),
                CLIENT(CHANGE_CIPHER_SPEC("0303") "17 0303 0013 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"), CLIENT_FIN},
            OUTCOME_REJECTED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, REFUSAL_NONE, VERSION_TLS_1_3},
        {"the server ends first, the client's alert is an echo",
            {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301")), SERVER_FIN, CLIENT(ALERT("0301", "02", "32"))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"no_certificate is a warning, and the client goes on",
            {CLIENT(CLIENT_HELLO("0300")), SERVER(SERVER_HELLO("0300") SERVER_HELLO_DONE("0300")),
                CLIENT(ALERT("0300", "01", "29") CHANGE_CIPHER_SPEC("0300")), SERVER(CHANGE_CIPHER_SPEC("0300"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_SSL_3_0, REFUSAL_NONE, VERSION_SSL_3_0},
        {"unrecognized_name is a warning, and the server goes on",
            {CLIENT(CLIENT_HELLO("0301")), SERVER(ALERT("0301", "01", "70") SERVER_HELLO("0301"))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"a server that answers a client that has closed its side",
            {CLIENT(CLIENT_HELLO("0301")), ACKNOWLEDGED, CLIENT_FIN, SERVER(SERVER_HELLO("0301")), SERVER_FIN},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"draft 28 of TLS 1.3",
            {CLIENT(CLIENT_HELLO_1_3),
                SERVER("16 0303 0032  02 00002e 0303 " RANDOM "00 1301 00 0006 002b 0002 7f1c")},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, REFUSAL_NONE, VERSION_TLS_1_3},
        {"draft 18: no session id, no compression method",
            {CLIENT(CLIENT_HELLO_1_3), SERVER("16 0301 002a  02 000026 7f12 " RANDOM "1301 0000")},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, REFUSAL_NONE, VERSION_TLS_1_3},
        {"the server dislikes what the client sent then",
            {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301")), CLIENT(CLIENT_KEY_EXCHANGE("0301")),
                SERVER(ALERT("0301", "02", "28")), SERVER_FIN},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"SSL 2.0 with an older session",
            {CLIENT(SSLV2_CLIENT_HELLO("0002")),
                SERVER("801b 04 01 00 0002 0000 0000 0010 000102030405060708090a0b0c0d0e0f"),
                CLIENT(SSLV2_PROTECTED), SERVER(SSLV2_PROTECTED)},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_SSL_2_0, REFUSAL_NONE, VERSION_SSL_2_0},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_that_both_sides_protect_is_established),
        cmocka_unit_test(empty_records_are_stepped_over),
        cmocka_unit_test(a_server_that_answers_a_hello_by_ending_has_refused),
        cmocka_unit_test(what_explains_nothing_is_no_refusal),
        cmocka_unit_test(after_the_server_hello_the_version_is_known),
    };

    return cmocka_run_group_tests_name("tls_outcome", tests, open_player, close_player);
}
