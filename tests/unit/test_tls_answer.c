/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers that cannot be read, that are not among what was offered, and that come in clear; and
 * clients that break off. */
#include "tls_rows.h"

#define UNREADABLE_7E01 "16 0301 002a  02 000026 7e01 " RANDOM "00 1301 00 "
#define SELECTED_7E01   "16 0303 0032  02 00002e 0303 " RANDOM "00 1301 00 0006 002b 0002 7e01 "
#define BROKEN_1_2      "16 0303 002e  02 00002a 0303 " RANDOM "00 002f 00 0004 0017 "
#define BROKEN_1_0      "16 0301 002e  02 00002a 0301 " RANDOM "00 002f 00 0004 0017 "
#define DRAFT_HELLO     "16 0301 002d  01 000029 0304 " RANDOM "00 0002 1301 01 00 "
#define DRAFT_ANSWER    "16 0301 002a  02 000026 0304 " RANDOM "1301 0000 "
#define DRAFT_RETRY     "16 0301 0008  06 000004 7f12 0000 "
/* the record's version, and that of the hello, in which there is no TLS 1.3 */
#define ONLY_RECORDS(version) CHANGE_CIPHER_SPEC(version) FINISHED(version) DATA(version)

static void of_an_answer_that_cannot_be_read_no_record_tells_the_version(void **state)
{
    static const struct row rows[] = {
        {"a version that is none, and records of 0301",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(UNREADABLE_7E01 ONLY_RECORDS("0301")), CLIENT(ONLY_RECORDS("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_3},
        {"the same in the record's header, too",
            {CLIENT(CLIENT_HELLO_1_3), SERVER("16 7e01 002a  02 000026 7e01 " RANDOM "00 1301 00 " ONLY_RECORDS("0301")),
                CLIENT(ONLY_RECORDS("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_3},
        {"not even a hello, though nothing of the server is missing",
            {SYNS, CLIENT(CLIENT_HELLO_1_3), SERVER("16 0301 0004  43 000000 " ONLY_RECORDS("0301")),
                CLIENT(ONLY_RECORDS("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_3},
        {"the same in supported_versions",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(SELECTED_7E01 ONLY_RECORDS("0303")), CLIENT(ONLY_RECORDS("0303"))},
            OUTCOME_ESTABLISHED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_3},
        {"of the server alone", {SERVER(UNREADABLE_7E01 DATA("0301") DATA("0301") DATA("0301"))},
            OUTCOME_NEGOTIATED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"FIN after it is no refusal", {CLIENT(CLIENT_HELLO_1_3), SERVER(UNREADABLE_7E01), SERVER_FIN},
            OUTCOME_NEGOTIATED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_3},
        {"an alert after it is no refusal",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(UNREADABLE_7E01 ALERT("0301", "02", "46")), SERVER_FIN},
            OUTCOME_NEGOTIATED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_3},
        {"the client breaks off after it",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(UNREADABLE_7E01), CLIENT(ALERT("0301", "02", "46"))},
            OUTCOME_REJECTED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_3},
        {"broken where TLS 1.3 may stand",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(BROKEN_1_2 ONLY_RECORDS("0303")), CLIENT(ONLY_RECORDS("0303"))},
            OUTCOME_ESTABLISHED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_3},
        {"... which was not offered", {CLIENT(CLIENT_HELLO("0303")), SERVER(BROKEN_1_2)},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_2, REFUSAL_NONE, VERSION_TLS_1_2},
        {"broken where no version stands", {CLIENT(CLIENT_HELLO_1_3), SERVER(BROKEN_1_0)},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_3},
        {"a ServerHello of nothing but its version",
            {CLIENT(CLIENT_HELLO("0301")), SERVER("16 0301 0006  02 000002 0301 " ONLY_RECORDS("0301")),
                CLIENT(ONLY_RECORDS("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"a gap inside one whose version records do not tell",
            {CLIENT(CLIENT_HELLO_1_3), SERVER("16 0301 002a  02 000026 7f12 0001"), SERVER_GAP,
                SERVER("5a5a" ONLY_RECORDS("0301")), CLIENT(ONLY_RECORDS("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_3},
        {"a gap inside one whose version they tell",
            {CLIENT(CLIENT_HELLO_1_3), SERVER("16 0301 002a  02 000026 0301 0001"), SERVER_GAP,
                SERVER("5a5a" ONLY_RECORDS("0301")), CLIENT(ONLY_RECORDS("0301"))},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_3},
        {"SSL 2.0 that breaks its lengths",
            {CLIENT(SSLV2_CLIENT_HELLO("0002")), SERVER("800b  04 00 01 0002 0004 0003 0010"), SERVER_FIN},
            OUTCOME_NEGOTIATED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_SSL_2_0},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void drafts_of_tls_1_3_are_tls_1_3(void **state)
{
    static const struct row rows[] = {
        {"before draft 16: the version in both hellos is 0304",
            {CLIENT(DRAFT_HELLO), SERVER(DRAFT_ANSWER DATA("0301")), CLIENT(DATA("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, REFUSAL_NONE, VERSION_TLS_1_3},
        {"... offered, and TLS 1.2 chosen",
            {CLIENT("16 0301 002f  01 00002b 0304 " RANDOM "00 0004 1301 002f 01 00"), SERVER(SERVER_HELLO("0303"))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_2, REFUSAL_NONE, VERSION_TLS_1_2},
        {"a HelloRetryRequest of its own kind, before draft 22",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(DRAFT_RETRY), CLIENT(CLIENT_HELLO_1_3),
                SERVER("16 0301 002a  02 000026 7f12 " RANDOM "1301 0000 " DATA("0301")), CLIENT(DATA("0301"))},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, REFUSAL_NONE, VERSION_TLS_1_3},
        {"of the client alone: its records would say 0301 of a draft, too",
            {CLIENT(DRAFT_HELLO CHANGE_CIPHER_SPEC("0301") DATA("0301") DATA("0301"))},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_2},
        {"FIN after that", {CLIENT(CLIENT_HELLO_1_3), SERVER(DRAFT_RETRY), CLIENT(CLIENT_HELLO_1_3), SERVER_FIN},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_FIN, VERSION_TLS_1_3},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_second_hello_counts_only_where_one_was_asked_for(void **state)
{
    static const struct row rows[] = {
        {"less than the first", {CLIENT(CLIENT_HELLO_1_3 CLIENT_HELLO("0301")), SERVER(SERVER_HELLO_1_3(RANDOM))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_3, REFUSAL_NONE, VERSION_TLS_1_3},
        {"more than the first", {CLIENT(CLIENT_HELLO("0301") CLIENT_HELLO_1_3), SERVER(SERVER_HELLO("0301"))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"the server answers the second",
            {CLIENT(CLIENT_HELLO("0301")), CLIENT(CLIENT_HELLO_1_3), SERVER(SERVER_HELLO_1_3(RANDOM))},
            OUTCOME_NEGOTIATED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"after a HelloRetryRequest",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(SERVER_HELLO_1_3(RETRY_RANDOM)), CLIENT(CLIENT_HELLO("0303")),
                SERVER(SERVER_HELLO("0303"))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_2, REFUSAL_NONE, VERSION_TLS_1_2},
        {"after an answer", {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0301")), CLIENT(CLIENT_HELLO("0302"))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"in the format of SSL 2.0", {CLIENT(SSLV2_CLIENT_HELLO("0301")), CLIENT(CLIENT_HELLO_1_3)},
            OUTCOME_UNANSWERED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void the_record_of_a_hello_may_say_any_version(void **state)
{
#define DONE(version) SERVER(SERVER_HELLO(version) SERVER_HELLO_DONE(version)), CLIENT(CHANGE_CIPHER_SPEC(version)), \
                      SERVER(CHANGE_CIPHER_SPEC(version))
    static const struct row rows[] = {
        {"0000", {CLIENT(CLIENT_HELLO_IN_RECORD("0000", "0301")), DONE("0301")},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"0305", {CLIENT(CLIENT_HELLO_IN_RECORD("0305", "0302")), DONE("0302")},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_1, REFUSAL_NONE, VERSION_TLS_1_1},
        {"03ff", {CLIENT(CLIENT_HELLO_IN_RECORD("03ff", "0301")), SERVER(ALERT("0301", "02", "46"))},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_ALERT, VERSION_TLS_1_0},
        {"ffff, after an empty record", {CLIENT(EMPTY_RECORD CLIENT_HELLO_IN_RECORD("ffff", "0301")), DONE("0301")},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"0400, over three records, each of another version",
            {CLIENT("16 0400 0006 01000029 0301  16 0000 0020 " RANDOM "16 0302 0007 00 0002 002f 0100"), DONE("0301")},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"the second one after a HelloRetryRequest",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(SERVER_HELLO_1_3(RETRY_RANDOM)),
                CLIENT(CHANGE_CIPHER_SPEC("0303") CLIENT_HELLO_IN_RECORD("0000", "0303")), SERVER(SERVER_HELLO("0303"))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_2, REFUSAL_NONE, VERSION_TLS_1_2},
        {"the same after a gap",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(SERVER_HELLO_1_3(RETRY_RANDOM)), CLIENT_GAP,
                CLIENT("5a16" CLIENT_HELLO_IN_RECORD("0000", "0303")), SERVER(SERVER_HELLO("0303"))},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_2, REFUSAL_NONE, VERSION_TLS_1_2},
        {"of a ServerHello, too", {CLIENT(CLIENT_HELLO("0301")), SERVER("16 0305 002a  02 000026 0301 " RANDOM "00 002f 00")},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"... over two records",
            {CLIENT(CLIENT_HELLO("0301")), SERVER("16 7e01 0006  02 000026 0301 16 0000 0024" RANDOM "00 002f 00")},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"what is no hello is no TLS", {CLIENT("16 0000 002d  0b 000029 0301"), SERVER("99887766554433221100")},
            OUTCOME_FOREIGN, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void a_hello_that_is_not_to_the_letter_keeps_its_offer(void **state)
{
    static const struct row rows[] = {
        {"data after the compression methods, and accepted",
            {CLIENT("16 0301 0032  01 00002e 0301 " RANDOM "00 0002 002f 01 00 ffffffffff"), DONE("0301")},
            OUTCOME_ESTABLISHED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"a session id of 33 bytes, and refused",
            {CLIENT("16 0301 004e  01 00004a 0301 " RANDOM "21 " RANDOM "00 0002 002f 01 00"),
                SERVER(ALERT("0301", "02", "32"))},
            OUTCOME_REFUSED, EVIDENCE_HANDSHAKE, VERSION_UNKNOWN, REFUSAL_ALERT, VERSION_TLS_1_0},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void what_was_not_offered_was_not_chosen(void **state)
{
    static const struct row rows[] = {
        {"a version above the offer", {CLIENT(CLIENT_HELLO("0301")), SERVER(SERVER_HELLO("0303"))},
            OUTCOME_NEGOTIATED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"the same, and established", {CLIENT(CLIENT_HELLO("0300")), DONE("0303")},
            OUTCOME_ESTABLISHED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_SSL_3_0},
        {"a suite that was not offered",
            {CLIENT(CLIENT_HELLO("0303")), SERVER("16 0301 002a  02 000026 0301 " RANDOM "00 0035 00")},
            OUTCOME_NEGOTIATED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_2},
        {"the answer came first", {SERVER(SERVER_HELLO("0302")), CLIENT(CLIENT_HELLO("0301"))},
            OUTCOME_NEGOTIATED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"SSL 2.0 to a hello of another format", {CLIENT(CLIENT_HELLO("0300")), SERVER(SSLV2_SERVER_HELLO)},
            OUTCOME_NEGOTIATED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_SSL_3_0},
        {"SSL 2.0 to its own format", {CLIENT(SSLV2_CLIENT_HELLO("0301")), SERVER(SSLV2_SERVER_HELLO)},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_SSL_2_0, REFUSAL_NONE, VERSION_TLS_1_0},
        {"records above the offer",
            {CLIENT(CLIENT_HELLO("0301")), SERVER_GAP, CLIENT(ONLY_RECORDS("0303")), SERVER("5a5a" ONLY_RECORDS("0303"))},
            OUTCOME_MIDSTREAM, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_TLS_1_0},
        {"records of 0303 are of TLS 1.2, too",
            {CLIENT(CLIENT_HELLO("0303")), SERVER_GAP, CLIENT(ONLY_RECORDS("0303")), SERVER("5a5a" ONLY_RECORDS("0303"))},
            OUTCOME_MIDSTREAM, EVIDENCE_RECORDS, VERSION_TLS_1_2_PLUS, REFUSAL_NONE, VERSION_TLS_1_2},
        {"less than the client's lowest is an old server's choice",
            {CLIENT(CLIENT_HELLO_1_3), SERVER(SERVER_HELLO("0301")), CLIENT(ALERT("0301", "02", "46"))},
            OUTCOME_REJECTED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_TLS_1_3},
    };
    const struct session *session = &player->session;

    (void)state;
    check_rows(rows, COUNT_OF(rows));
    play(player, 993, rows[0].turns, PLAY_WHOLE);
    assert_true(session->contradictory);
    play(player, 993, rows[8].turns, PLAY_WHOLE);
    assert_false(session->contradictory);
}

static void a_client_that_breaks_off_has_rejected(void **state)
{
    static const struct row rows[] = {
        {"a fatal alert instead of a hello", {SYNS, CLIENT(ALERT("0301", "02", "46")), CLIENT_FIN, SERVER_FIN},
            OUTCOME_REJECTED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"an error that is called a warning, and the end", {SYNS, CLIENT(ALERT("0301", "01", "28")), CLIENT_RST},
            OUTCOME_REJECTED, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"close_notify is no error", {SYNS, CLIENT(ALERT("0301", "01", "00")), CLIENT_FIN, SERVER_FIN},
            OUTCOME_MIDSTREAM, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"its beginning was not captured: there may have been a hello", {CLIENT(ALERT("0301", "02", "46")), CLIENT_FIN},
            OUTCOME_MIDSTREAM, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"... or was lost", {SYNS, CLIENT_GAP, CLIENT(ALERT("0301", "02", "46")), CLIENT_FIN},
            OUTCOME_MIDSTREAM, EVIDENCE_NONE, VERSION_UNKNOWN, REFUSAL_NONE, VERSION_UNKNOWN},
        {"an alert in clear after the answer, also where the hello was lost",
            {CLIENT_GAP, SERVER(SERVER_HELLO("0301")), CLIENT(ALERT("0301", "02", "30")), CLIENT_FIN},
            OUTCOME_REJECTED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_UNKNOWN},
        {"its FIN alone does not tell then", {CLIENT_GAP, SERVER(SERVER_HELLO("0301")), CLIENT_FIN, SERVER_FIN},
            OUTCOME_NEGOTIATED, EVIDENCE_HANDSHAKE, VERSION_TLS_1_0, REFUSAL_NONE, VERSION_UNKNOWN},
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

/* ---- answers in clear -------------------------------------------------------------------------- */

struct clear_row {
    const char *promise;
    uint16_t port;
    struct turn turns[TURNS_MAX];
    enum outcome outcome;
    enum refusal refused_by;
};

static void check_clear(const struct clear_row *rows, size_t count)
{
    static const size_t pieces[] = {PLAY_WHOLE, 1, 3, 7};
    const struct session *session = &player->session;

    for (size_t i = 0; i < count; i++)
        for (size_t piece = 0; piece < COUNT_OF(pieces); piece++) {
            play(player, rows[i].port, rows[i].turns, pieces[piece]);
            if (session->outcome != rows[i].outcome || session->refused_by != rows[i].refused_by ||
                session->negotiated != VERSION_UNKNOWN)
                fail_msg("%s (pieces of %zu): outcome %d, refused by %d", rows[i].promise, pieces[piece],
                    session->outcome, session->refused_by);
        }
}

#define HELLO        CLIENT(CLIENT_HELLO("0301"))
#define CLIENT_ALERT CLIENT(ALERT("0301", "02", "0a"))

static void a_server_that_speaks_clear_text_has_refused_no_version(void **state)
{
    static const struct clear_row rows[] = {
        {"IMAP on 993, the greeting first, the client ends",
            993, {SYNS, SERVER_SAYS("* OK ready\r\n"), HELLO, ACKNOWLEDGED, CLIENT_FIN, SERVER_FIN}, OUTCOME_CLEAR_ANSWER, 0},
        {"... by an alert",
            993, {SYNS, SERVER_SAYS("* OK ready\r\n"), HELLO, CLIENT_ALERT, CLIENT_FIN, SERVER_FIN}, OUTCOME_CLEAR_ANSWER, 0},
        {"... by RST", 993, {SYNS, HELLO, SERVER_SAYS("* OK ready\r\n"), CLIENT_RST}, OUTCOME_CLEAR_ANSWER, 0},
        {"... never", 993, {SYNS, HELLO, SERVER_SAYS("* OK ready\r\n"), ACKNOWLEDGED, SILENCE}, OUTCOME_CLEAR_ANSWER, 0},
        {"... and no SYN was captured", 993, {HELLO, SERVER_SAYS("* OK ready\r\n"), SERVER_FIN}, OUTCOME_CLEAR_ANSWER, 0},
        {"the server ends", 993, {SYNS, HELLO, SERVER_SAYS("* BAD invalid\r\n"), SERVER_FIN}, OUTCOME_CLEAR_ANSWER, 0},
        {"the server breaks off", 995, {SYNS, SERVER_SAYS("+OK ready\r\n"), HELLO, SERVER_RST}, OUTCOME_CLEAR_ANSWER, 0},
        {"POP3 on 995", 995, {SYNS, SERVER_SAYS("+OK ready\r\n"), HELLO, CLIENT_ALERT, CLIENT_FIN}, OUTCOME_CLEAR_ANSWER, 0},
        {"-ERR to the hello", 995, {SYNS, HELLO, SERVER_SAYS("-ERR what\r\n"), CLIENT_FIN}, OUTCOME_CLEAR_ANSWER, 0},
        {"a greeting after an empty line", 993, {SYNS, HELLO, SERVER_SAYS("\r\n* OK ready\r\n"), CLIENT_FIN},
            OUTCOME_CLEAR_ANSWER, 0},
        {"neither IMAP nor POP3",
            993, {SYNS, HELLO, SERVER_SAYS("HTTP/1.1 400 Bad Request\r\n"), CLIENT_FIN}, OUTCOME_CLEAR_ANSWER, 0},
        {"... which greets", 993, {SYNS, SERVER_SAYS("220 ready\r\n"), HELLO, CLIENT_FIN, SERVER_FIN}, OUTCOME_CLEAR_ANSWER, 0},
        {"the hello on 143", 143, {SYNS, SERVER_SAYS("* OK ready\r\n"), HELLO, SERVER_SAYS("* BAD no\r\n"), CLIENT_FIN},
            OUTCOME_CLEAR_ANSWER, 0},
        {"... and nothing more of the server", 143, {SYNS, SERVER_SAYS("* OK ready\r\n"), HELLO, ACKNOWLEDGED, SILENCE},
            OUTCOME_CLEAR_ANSWER, 0},
        {"... on 110", 110, {SYNS, SERVER_SAYS("+OK ready\r\n"), HELLO, SERVER_SAYS("-ERR no\r\n"), SERVER_FIN},
            OUTCOME_CLEAR_ANSWER, 0},
        {"after a STARTTLS that was refused", 143,
            {SYNS, SERVER_SAYS("* OK ready\r\n"), CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("a NO\r\n"), HELLO, SERVER_FIN},
            OUTCOME_CLEAR_ANSWER, 0},
        {"after one that was accepted", 143,
            {SYNS, SERVER_SAYS("* OK ready\r\n"), CLIENT_SAYS("a STARTTLS\r\n"), SERVER_SAYS("a OK\r\n"), HELLO,
                SERVER_SAYS("* BYE broken\r\n"), SERVER_FIN},
            OUTCOME_CLEAR_ANSWER, 0},
        {"a hello that came too soon, and NO to the STARTTLS", 143,
            {SYNS, SERVER_SAYS("* OK ready\r\n"), CLIENT_SAYS("a STARTTLS\r\n"), HELLO, SERVER_SAYS("a NO\r\n"), CLIENT_FIN},
            OUTCOME_CLEAR_ANSWER, 0},
    };

    (void)state;
    check_clear(rows, COUNT_OF(rows));
}

static void a_server_that_may_speak_tls_has_not_answered_in_clear(void **state)
{
    static const struct clear_row rows[] = {
        {"its alert is TLS", 143, {SYNS, SERVER_SAYS("* OK ready\r\n"), HELLO, SERVER(ALERT("0301", "02", "46"))},
            OUTCOME_REFUSED, REFUSAL_ALERT},
        {"STARTTLS was accepted, and the hello refused", 110,
            {SYNS, SERVER_SAYS("+OK ready\r\n"), CLIENT_SAYS("STLS\r\n"), SERVER_SAYS("+OK\r\n"), HELLO, SERVER_FIN},
            OUTCOME_REFUSED, REFUSAL_FIN},
        {"the STARTTLS may have been lost", 143,
            {SYNS, SERVER_SAYS("* OK ready\r\n"), CLIENT_GAP, HELLO, SERVER_FIN}, OUTCOME_REFUSED, REFUSAL_FIN},
        {"... or come before the capture", 143, {SERVER_SAYS("* OK ready\r\n"), HELLO, SERVER_FIN}, OUTCOME_REFUSED, REFUSAL_FIN},
        {"a command that nobody understands may have been a STARTTLS", 993,
            {SYNS, SERVER_SAYS("220 ready\r\n"), CLIENT_SAYS("STARTTLS\r\n"), SERVER_SAYS("220 go\r\n"), HELLO, SERVER_FIN},
            OUTCOME_REFUSED, REFUSAL_FIN},
        {"what it said is no text", 993, {SYNS, HELLO, SERVER("00010203"), CLIENT_FIN}, OUTCOME_UNANSWERED, 0},
    };

    (void)state;
    check_clear(rows, COUNT_OF(rows));
}

/* ---- bytes that were cut ------------------------------------------------------------------------ */

static void bytes_that_were_cut_prove_nothing(void **state)
{
    static const struct clear_row rows[] = {
        {"nothing was captured", 993, {SYNS, CLIENT_GAP, SERVER_GAP, CLIENT_GAP}, OUTCOME_MIDSTREAM, 0},
        {"a byte of each side", 993, {SYNS, CLIENT("16"), CLIENT_GAP, SERVER("16"), SERVER_GAP}, OUTCOME_MIDSTREAM, 0},
        {"the headers of records", 995, {SYNS, CLIENT("16 0301 002d"), CLIENT_GAP, SERVER("16 0301 0a00"), SERVER_GAP},
            OUTCOME_MIDSTREAM, 0},
        {"... of the client alone", 993, {CLIENT("16 03"), CLIENT_GAP}, OUTCOME_MIDSTREAM, 0},
        {"... and protected records after that", 993,
            {SYNS, CLIENT("16 0301 00"), CLIENT_GAP, SERVER("16 0301"), SERVER_GAP, SERVER("17 03"), SERVER_GAP},
            OUTCOME_MIDSTREAM, 0},
        {"the text of IMAP", 143, {SYNS, SERVER("2a"), SERVER_GAP, CLIENT("61"), CLIENT_GAP}, OUTCOME_MIDSTREAM, 0},
        {"the text of POP3", 110, {SYNS, SERVER("2b4f4b"), SERVER_GAP, CLIENT("5354"), CLIENT_GAP}, OUTCOME_MIDSTREAM, 0},
    };

    (void)state;
    check_clear(rows, COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_an_answer_that_cannot_be_read_no_record_tells_the_version),
        cmocka_unit_test(drafts_of_tls_1_3_are_tls_1_3),
        cmocka_unit_test(a_second_hello_counts_only_where_one_was_asked_for),
        cmocka_unit_test(the_record_of_a_hello_may_say_any_version),
        cmocka_unit_test(a_hello_that_is_not_to_the_letter_keeps_its_offer),
        cmocka_unit_test(what_was_not_offered_was_not_chosen),
        cmocka_unit_test(a_client_that_breaks_off_has_rejected),
        cmocka_unit_test(a_server_that_speaks_clear_text_has_refused_no_version),
        cmocka_unit_test(a_server_that_may_speak_tls_has_not_answered_in_clear),
        cmocka_unit_test(bytes_that_were_cut_prove_nothing),
    };

    return cmocka_run_group_tests_name("tls_answer", tests, open_player, close_player);
}
