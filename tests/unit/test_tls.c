/* SPDX-License-Identifier: BSD-2-Clause */
/* The TLS automaton: sessions joined midway, messages over many records, gaps, bounds, and facts
 * beside the outcome. */
#include "tls_rows.h"

static void chained_records_tell_the_version_of_a_session_joined_midway(void **state)
{
    static const struct row rows[] = {
        {"both sides", {CLIENT(DATA("0301") DATA("0301")), SERVER(DATA("0301") DATA("0301"))},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_UNKNOWN},
        {"one side", {SERVER(DATA("0302")), SERVER(DATA("0302"))},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_1, REFUSAL_NONE, VERSION_UNKNOWN},
        {"0303 is 1.2 or better", {SERVER(DATA("0303")), SERVER(DATA("0303"))},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_2_PLUS, REFUSAL_NONE, VERSION_UNKNOWN},
        {"one record is not enough", {SERVER(DATA("0301"))},
            OUTCOME_MIDSTREAM, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"sides that contradict each other", {CLIENT(DATA("0302") DATA("0302")), SERVER(DATA("0301") DATA("0301"))},
            OUTCOME_MIDSTREAM, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"the ServerHello was lost",
            {CLIENT(CLIENT_HELLO("0301")), SERVER_GAP, CLIENT(CLIENT_KEY_EXCHANGE("0301") CHANGE_CIPHER_SPEC("0301")),
                SERVER("5a5a" CHANGE_CIPHER_SPEC("0301") FINISHED("0301"))},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"the client's side alone",
            {CLIENT(CLIENT_HELLO("0301")),
                CLIENT(CLIENT_KEY_EXCHANGE("0301") CHANGE_CIPHER_SPEC("0301") FINISHED("0301"))},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"early data are no choice", {CLIENT(CLIENT_HELLO_EARLY CHANGE_CIPHER_SPEC("0303") DATA("0303") DATA("0303"))},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_3},
        {"a draft of TLS 1.3, or RC4",
            {SERVER("17 0301 0021 " PROTECTED_32 "5a"
                    "17 0301 0021 " PROTECTED_32 "5a")},
            OUTCOME_MIDSTREAM, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"a block cipher, and a MAC behind it (RFC 7366)",
            {SERVER("17 0301 0024 " PROTECTED_32 "5a5a5a5a"
                    "17 0301 0024 " PROTECTED_32 "5a5a5a5a")},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_UNKNOWN},
        {"a draft has no alerts in clear (RFC 8446 5.2)",
            {SERVER("17 0301 0021 " PROTECTED_32 "5a"
                    "15 0301 0020 " PROTECTED_32)},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_UNKNOWN},
        {"a protected alert is a record as others",
            {SERVER(DATA("0301") "15 0301 0020 " PROTECTED_32), SERVER_FIN},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_UNKNOWN},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_record_inside_the_first_window_is_found(void **state)
{
    static const struct row row = {"joined in the middle of a record",
        {SERVER("5a5a5a5a 5a5a00" DATA("0301") DATA("0301"))},
        OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_UNKNOWN};

    (void)state;
    check(&row, PLAY_WHOLE);
}

static void bytes_that_are_no_records_are_foreign(void **state)
{
    static const struct row rows[] = {
        {"two sides of nonsense", {CLIENT("00112233445566778899"), SERVER("99887766554433221100")},
            OUTCOME_FOREIGN, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"a record over 2^14+2048 is none", {CLIENT("16 0301 4801 01000029"), SERVER("00112233")},
            OUTCOME_FOREIGN, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"one record, then nonsense", {SERVER("17 0301 0001 5a 00112233445566778899")},
            OUTCOME_FOREIGN, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"what begins as an SSLv2 hello, and is none", {CLIENT("8003 01 0002"), SERVER("00112233")},
            OUTCOME_FOREIGN, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check(&rows[i], PLAY_WHOLE);
}

static void a_session_is_settled_as_soon_as_its_outcome_is_known(void **state)
{
    static const struct turn established[] = {CLIENT(CLIENT_HELLO("0301")),
        SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301")), CLIENT(CHANGE_CIPHER_SPEC("0301")),
        SERVER(CHANGE_CIPHER_SPEC("0301")), SERVER(DATA("0301")), {0}};
    static const struct turn refused[] = {CLIENT(CLIENT_HELLO("0301")), SERVER(ALERT("0301", "02", "46")), SERVER_FIN,
        {0}};
    static const struct turn midstream[] = {SERVER(DATA("0301") DATA("0301")), CLIENT(DATA("0301") DATA("0301")),
        SERVER(DATA("0301")), {0}};

    (void)state;
    assert_int_equal(play(player, 993, established, PLAY_WHOLE), 3);
    assert_int_equal(play(player, 993, refused, PLAY_WHOLE), 1);
    assert_int_equal(play(player, 993, midstream, PLAY_WHOLE), 1);
}

static void a_long_one_sided_stream_is_settled_without_its_end(void **state)
{
    static const uint8_t record[] = {23, 3, 1, 0, 2, 0x5a, 0x5a};
    bool settled = false;
    int records = 0;

    (void)state;
    play_begin(player, 993);
    while (!settled && records < 100) {
        settled = play_deliver(player, SIDE_SERVER, record, sizeof(record));
        records++;
    }
    assert_int_equal(records, 16);
    assert_int_equal(player->session.negotiated, VERSION_TLS_1_0);
}

static void a_long_stream_of_a_server_alone_is_settled_without_its_end(void **state)
{
    static const struct turn hello = SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301") CHANGE_CIPHER_SPEC("0301"));
    static const struct turn data = SERVER(DATA("0301"));
    int records = 0;

    (void)state;
    play_begin(player, 993);
    assert_false(play_turn(player, &hello, PLAY_WHOLE));
    while (!play_turn(player, &data, PLAY_WHOLE))
        assert_true(++records < 16);
    assert_int_equal(player->session.outcome, OUTCOME_NEGOTIATED);
}

static void the_size_of_the_keys_is_noted(void **state)
{
    /* ServerKeyExchange for TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: named_curve, secp256r1, a point of
     * 1 byte */
    static const struct turn turns[] = {CLIENT(CLIENT_HELLO_1_3),
        SERVER("16 0301 002a  02 000026 0301 " RANDOM "00 c014 00"),
        SERVER("16 0301 0009  0c 000005 03 0017 01 04"), {0}};

    (void)state;
    play(player, 993, turns, PLAY_WHOLE);
    assert_int_equal(player->session.answer.group, 0x0017);
}

static void a_server_hello_done_makes_the_difference_between_full_and_resumed(void **state)
{
    static const struct turn full[] = {SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301") CHANGE_CIPHER_SPEC("0301")), {0}};
    static const struct turn resumed[] = {SERVER(SERVER_HELLO("0301") CHANGE_CIPHER_SPEC("0301")), {0}};
    static const struct turn unsure[] = {SERVER(SERVER_HELLO("0301")), SERVER_GAP, SERVER(CHANGE_CIPHER_SPEC("0301")),
        {0}};

    (void)state;
    play(player, 993, full, PLAY_WHOLE);
    assert_false(player->session.answer.resumed);
    play(player, 993, resumed, PLAY_WHOLE);
    assert_true(player->session.answer.resumed);
    play(player, 993, unsure, PLAY_WHOLE);
    assert_false(player->session.answer.resumed);
}

static void facts_beside_the_version_are_noted(void **state)
{
    static const struct turn turns[] = {CLIENT(CLIENT_HELLO_1_3),
        SERVER("16 0303 002a  02 000026 0303 " DOWNGRADE_RANDOM "00 009c 00"),
        SERVER("16 0303 0008  0d 000004 0101 0000"), {0}};
    const struct session *session = &player->session;

    (void)state;
    play(player, 993, turns, PLAY_WHOLE);
    assert_true(session->answer.downgrade);
    assert_int_equal(session->answer.cipher_suite, 0x009c);
    assert_true(session->client_certificate_requested);
    assert_int_equal(session->directions, 1 << SIDE_CLIENT | 1 << SIDE_SERVER);
}

static void a_certificate_is_joined_from_its_records(void **state)
{
    /* 15 bytes of message in records of 7, 0 and 8 */
    static const struct turn turns[] = {CLIENT(CLIENT_HELLO("0301")),
        SERVER(SERVER_HELLO("0301") "16 0301 0007 0b 00000b 000008  16 0301 0000  16 0301 0008 000005 3003020105"),
        SERVER(SERVER_HELLO_DONE("0301")), {0}};
    /* printf '\x30\x03\x02\x01\x05' | sha256sum */
    uint8_t sha256[SESSION_SHA256_BYTES];

    (void)state;
    assert_int_equal(play_bytes("417c7763c4e320a6b747b3cb0c6d22f93741b29a32b48594b8eb4c144fe6d729", sha256),
        sizeof(sha256));
    for (size_t piece = 1; piece < 90; piece++) {
        play(player, 993, turns, piece);
        assert_true(player->session.certificate.seen);
        assert_memory_equal(player->session.certificate.sha256, sha256, sizeof(sha256));
    }
}

static void a_hello_that_comes_late_is_still_noted(void **state)
{
    static const struct turn turns[] = {SERVER(SERVER_HELLO("0301")), CLIENT(CLIENT_HELLO("0302")), {0}};

    (void)state;
    play(player, 993, turns, PLAY_WHOLE);
    assert_int_equal(player->session.outcome, OUTCOME_NEGOTIATED);
    assert_int_equal(player->session.offer.maximum, VERSION_TLS_1_1);
}

static void an_alert_is_kept_with_its_reason(void **state)
{
    static const struct turn turns[] = {CLIENT(CLIENT_HELLO("0301")), SERVER(ALERT("0301", "02", "56")), {0}};
    char name[16];

    (void)state;
    play(player, 993, turns, PLAY_WHOLE);
    assert_string_equal(refusal_name(&player->session, name), "alert 86");
}

static void of_two_alerts_in_a_record_the_graver_is_the_reason(void **state)
{
    static const struct turn turns[] = {CLIENT(CLIENT_HELLO("0301")), SERVER("15 0301 0004  01 70 02 46"), {0}};
    char name[16];

    (void)state;
    for (size_t piece = 1; piece < 10; piece++) {
        play(player, 993, turns, piece);
        assert_int_equal(player->session.outcome, OUTCOME_REFUSED);
        assert_string_equal(refusal_name(&player->session, name), "alert 70");
    }
}

/* How many empty records of handshake `from` sends until the session is settled, 1000 in a
 * delivery; at most `most`. */
static unsigned deliver_empty_records(enum side from, unsigned most)
{
    static uint8_t bytes[5000];
    unsigned sent = 0;

    for (size_t at = 0; at < sizeof(bytes); at += 5)
        memcpy(bytes + at, (const uint8_t[]){22, 3, 1, 0, 0}, 5);
    while (sent < most && !play_deliver(player, from, bytes, sizeof(bytes)))
        sent += 1000;
    return sent;
}

static void a_row_of_empty_records_hides_no_hello_and_has_an_end(void **state)
{
    static const struct turn hello = CLIENT(CLIENT_HELLO("0301"));

    (void)state;
    play_begin(player, 993);
    assert_int_equal(deliver_empty_records(SIDE_CLIENT, 20000), 20000);
    assert_false(play_turn(player, &hello, PLAY_WHOLE));
    assert_int_equal(player->session.offer.maximum, VERSION_TLS_1_0);
    assert_int_equal(player->max_kept, 0);
    assert_true(deliver_empty_records(SIDE_SERVER, 1000000) < (1 << 20) / 5);
    assert_int_equal(player->session.outcome, OUTCOME_UNANSWERED);
}

/* A message of `len` bytes in records of 16 KiB, with what follows it. */
static bool deliver_long_message(uint32_t len, const char *after)
{
    static uint8_t bytes[PLAY_BYTES_MAX];
    bool settled;

    for (uint32_t left = len + 4; left > 0;) {
        uint16_t part = (uint16_t)(left < 16384 ? left : 16384);
        const uint8_t header[] = {22, 3, 1, (uint8_t)(part >> 8), (uint8_t)part, 11, (uint8_t)(len >> 16),
            (uint8_t)(len >> 8), (uint8_t)len};

        memcpy(bytes, header, sizeof(header));
        memset(bytes + (left == len + 4 ? 9 : 5), 0, part);
        settled = play_deliver(player, SIDE_SERVER, bytes, part + 5u);
        assert_false(settled);
        left -= part;
    }
    return play_bytes_turn(player, SIDE_SERVER, bytes, play_bytes(after, bytes), PLAY_WHOLE);
}

static void a_certificate_message_of_any_length_is_stepped_over(void **state)
{
    static const uint32_t lengths[] = {0, 3, 16380, 16381, 40000, 60000, 65536, 200000, 0xffffff};
    static const struct turn hellos[] = {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301"))};
    static const struct turn key = CLIENT(CHANGE_CIPHER_SPEC("0301"));

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        play_begin(player, 993);
        assert_false(play_turn(player, &hellos[0], PLAY_WHOLE));
        assert_false(play_turn(player, &hellos[1], PLAY_WHOLE));
        assert_false(play_turn(player, &key, PLAY_WHOLE));
        assert_true(deliver_long_message(lengths[i], SERVER_HELLO_DONE("0301") CHANGE_CIPHER_SPEC("0301")));
        assert_true(player->max_kept < 65536);
        assert_false(player->session.answer.resumed);
    }
}

static void after_a_gap_records_are_searched_for_a_while_only(void **state)
{
    static const struct turn turns[] = {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301")), SERVER_GAP};
    static uint8_t nothing[65536];
    size_t deliveries = 0;

    (void)state;
    memset(nothing, 0xa7, sizeof(nothing));
    play_begin(player, 993);
    for (size_t i = 0; i < COUNT_OF(turns); i++)
        assert_false(play_turn(player, &turns[i], PLAY_WHOLE));
    while (!play_deliver(player, SIDE_SERVER, nothing, sizeof(nothing)))
        assert_true(++deliveries < 100);
    assert_int_equal(deliveries, 16); /* 1 MiB */
    assert_int_equal(player->session.outcome, OUTCOME_NEGOTIATED);
}

static void records_are_found_again_anywhere_after_a_gap(void **state)
{
    static const struct row row = {"in the middle of a window",
        {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301")),
            CLIENT(CHANGE_CIPHER_SPEC("0301")), SERVER_GAP, SERVER("1603 1703 a7a7a7 " DATA("0301"))},
        OUTCOME_ESTABLISHED,
        EVIDENCE_HANDSHAKE,
        VERSION_TLS_1_0,
        REFUSAL_NONE,
        VERSION_TLS_1_0};

    (void)state;
    check_rows(&row, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chained_records_tell_the_version_of_a_session_joined_midway),
        cmocka_unit_test(a_record_inside_the_first_window_is_found),
        cmocka_unit_test(bytes_that_are_no_records_are_foreign),
        cmocka_unit_test(a_session_is_settled_as_soon_as_its_outcome_is_known),
        cmocka_unit_test(a_long_one_sided_stream_is_settled_without_its_end),
        cmocka_unit_test(a_long_stream_of_a_server_alone_is_settled_without_its_end),
        cmocka_unit_test(the_size_of_the_keys_is_noted),
        cmocka_unit_test(a_server_hello_done_makes_the_difference_between_full_and_resumed),
        cmocka_unit_test(facts_beside_the_version_are_noted),
        cmocka_unit_test(a_certificate_is_joined_from_its_records),
        cmocka_unit_test(a_hello_that_comes_late_is_still_noted),
        cmocka_unit_test(an_alert_is_kept_with_its_reason),
        cmocka_unit_test(of_two_alerts_in_a_record_the_graver_is_the_reason),
        cmocka_unit_test(a_row_of_empty_records_hides_no_hello_and_has_an_end),
        cmocka_unit_test(a_certificate_message_of_any_length_is_stepped_over),
        cmocka_unit_test(after_a_gap_records_are_searched_for_a_while_only),
        cmocka_unit_test(records_are_found_again_anywhere_after_a_gap),
    };

    return cmocka_run_group_tests_name("tls", tests, open_player, close_player);
}
