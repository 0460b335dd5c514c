/* SPDX-License-Identifier: BSD-2-Clause */
/* The TLS automaton: dialogues and what is known of them, however the bytes were cut into segments. */
#include "play.h"
#include "tls_bytes.h"

#define TURNS_MAX 12

struct row {
    const char *promise;
    struct turn turns[TURNS_MAX];
    enum outcome outcome;
    enum evidence evidence;
    enum version negotiated;
    enum refusal refused_by;
    enum version offered;
};

static struct player *player;

static const char *promise_of(const struct row *row, size_t piece)
{
    static char text[200];

    snprintf(text, sizeof(text), "%s (pieces of %zu)", row->promise, piece);
    return text;
}

static void check(const struct row *row, size_t piece)
{
    const struct session *session = &player->dialogue.session;

    play(player, 993, row->turns, piece);
    if (session->outcome != row->outcome || session->evidence != row->evidence ||
        session->negotiated != row->negotiated || session->refused_by != row->refused_by ||
        session->offer.maximum != row->offered)
        fail_msg("%s: outcome %d evidence %d version %d refused %d offered %d", promise_of(row, piece),
            session->outcome, session->evidence, session->negotiated, session->refused_by, session->offer.maximum);
}

static void check_rows(const struct row *rows, size_t count)
{
    static const size_t pieces[] = {PLAY_WHOLE, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13, 31, 46, 49, 50, 51};

    for (size_t row = 0; row < count; row++)
        for (size_t i = 0; i < COUNT_OF(pieces); i++)
            check(&rows[row], pieces[i]);
}

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

static void a_server_that_answers_a_hello_by_ending_has_refused(void **state)
{
    static const struct row rows[] = {
        {"alert 70", {CLIENT(CLIENT_HELLO("0301")), SERVER(ALERT("0301", "02", "46"))},
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
        {"the hello alone was not captured", {SERVER(ALERT("0301", "02", "46")), SERVER_FIN},
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
        {"half a hello", {CLIENT("16 0301 002d 01 000029 0301")},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"a gap inside the hello", {CLIENT("16 0301 002d 01 000029 0301"), CLIENT_GAP, CLIENT("1c1d1e1f 00 0002 002f 01 00")},
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
            {SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301")), SERVER(CHANGE_CIPHER_SPEC("0301") FINISHED("0301")),
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
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

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
            {CLIENT(CLIENT_HELLO("0301")), CLIENT(CLIENT_KEY_EXCHANGE("0301") CHANGE_CIPHER_SPEC("0301") FINISHED("0301"))},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"early data are no choice", {CLIENT(CLIENT_HELLO_EARLY CHANGE_CIPHER_SPEC("0303") DATA("0303") DATA("0303"))},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_3},
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
    static const struct turn refused[] = {CLIENT(CLIENT_HELLO("0301")), SERVER(ALERT("0301", "02", "46")), SERVER_FIN, {0}};
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
    assert_int_equal(player->dialogue.session.negotiated, VERSION_TLS_1_0);
}

static void a_server_hello_done_makes_the_difference_between_full_and_resumed(void **state)
{
    static const struct turn full[] = {SERVER(SERVER_HELLO("0301") SERVER_HELLO_DONE("0301") CHANGE_CIPHER_SPEC("0301")), {0}};
    static const struct turn resumed[] = {SERVER(SERVER_HELLO("0301") CHANGE_CIPHER_SPEC("0301")), {0}};
    static const struct turn unsure[] = {SERVER(SERVER_HELLO("0301")), SERVER_GAP, SERVER(CHANGE_CIPHER_SPEC("0301")), {0}};

    (void)state;
    play(player, 993, full, PLAY_WHOLE);
    assert_false(player->dialogue.session.answer.resumed);
    play(player, 993, resumed, PLAY_WHOLE);
    assert_true(player->dialogue.session.answer.resumed);
    play(player, 993, unsure, PLAY_WHOLE);
    assert_false(player->dialogue.session.answer.resumed);
}

static void facts_beside_the_version_are_noted(void **state)
{
    static const struct turn turns[] = {CLIENT(CLIENT_HELLO_1_3),
        SERVER("16 0303 002a  02 000026 0303 " DOWNGRADE_RANDOM "00 009c 00"),
        SERVER("16 0303 0008  0d 000004 0101 0000"), {0}};
    const struct session *session = &player->dialogue.session;

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
    assert_int_equal(play_bytes("417c7763c4e320a6b747b3cb0c6d22f93741b29a32b48594b8eb4c144fe6d729", sha256), sizeof(sha256));
    for (size_t piece = 1; piece < 90; piece++) {
        play(player, 993, turns, piece);
        assert_true(player->dialogue.session.certificate.seen);
        assert_memory_equal(player->dialogue.session.certificate.sha256, sha256, sizeof(sha256));
    }
}

static void a_hello_that_comes_late_is_still_noted(void **state)
{
    static const struct turn turns[] = {SERVER(SERVER_HELLO("0301")), CLIENT(CLIENT_HELLO("0302")), {0}};

    (void)state;
    play(player, 993, turns, PLAY_WHOLE);
    assert_int_equal(player->dialogue.session.outcome, OUTCOME_NEGOTIATED);
    assert_int_equal(player->dialogue.session.offer.maximum, VERSION_TLS_1_1);
}

static void an_alert_is_kept_with_its_reason(void **state)
{
    static const struct turn turns[] = {CLIENT(CLIENT_HELLO("0301")), SERVER(ALERT("0301", "02", "56")), {0}};
    char name[16];

    (void)state;
    play(player, 993, turns, PLAY_WHOLE);
    assert_string_equal(refusal_name(&player->dialogue.session, name), "alert 86");
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
        assert_false(player->dialogue.session.answer.resumed);
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
    assert_int_equal(player->dialogue.session.outcome, OUTCOME_NEGOTIATED);
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

static int open_player(void **state)
{
    (void)state;
    player = play_open();
    return 0;
}

static int close_player(void **state)
{
    (void)state;
    play_close(player);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_that_both_sides_protect_is_established),
        cmocka_unit_test(a_server_that_answers_a_hello_by_ending_has_refused),
        cmocka_unit_test(what_explains_nothing_is_no_refusal),
        cmocka_unit_test(after_the_server_hello_the_version_is_known),
        cmocka_unit_test(chained_records_tell_the_version_of_a_session_joined_midway),
        cmocka_unit_test(a_record_inside_the_first_window_is_found),
        cmocka_unit_test(bytes_that_are_no_records_are_foreign),
        cmocka_unit_test(a_session_is_settled_as_soon_as_its_outcome_is_known),
        cmocka_unit_test(a_long_one_sided_stream_is_settled_without_its_end),
        cmocka_unit_test(a_server_hello_done_makes_the_difference_between_full_and_resumed),
        cmocka_unit_test(facts_beside_the_version_are_noted),
        cmocka_unit_test(a_certificate_is_joined_from_its_records),
        cmocka_unit_test(a_hello_that_comes_late_is_still_noted),
        cmocka_unit_test(an_alert_is_kept_with_its_reason),
        cmocka_unit_test(a_certificate_message_of_any_length_is_stepped_over),
        cmocka_unit_test(after_a_gap_records_are_searched_for_a_while_only),
        cmocka_unit_test(records_are_found_again_anywhere_after_a_gap),
    };

    return cmocka_run_group_tests_name("tls", tests, open_player, close_player);
}
