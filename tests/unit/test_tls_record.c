/* SPDX-License-Identifier: BSD-2-Clause */
/* The framer of records (RFC 5246 6.2.1, RFC 8446 5.1). */
#include "play.h"

#include <lasthello/tls.h>

static void headers_are_told_apart_at_their_first_wrong_byte(void **state)
{
    static const struct {
        const char *hex;
        enum framed framed;
    } rows[] = {
        {"", FRAMED_MORE},
        {"13", FRAMED_BAD},
        {"14", FRAMED_MORE},
        {"17", FRAMED_MORE},
        {"18", FRAMED_BAD}, /* heartbeat (RFC 6520) is no part of what is believed */
        {"16 02", FRAMED_BAD},
        {"16 04", FRAMED_BAD},
        {"16 0305", FRAMED_BAD},
        {"16 0304 00", FRAMED_MORE},
        {"16 0300 0000", FRAMED_ONE},
        {"16 0304 4800", FRAMED_ONE}, /* 2^14 + 2048 */
        {"16 0301 4801", FRAMED_BAD},
        {"16 0301 ffff", FRAMED_BAD},
    };
    uint8_t bytes[16];
    struct record record;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bytes in = {bytes, play_bytes(rows[i].hex, bytes)};

        assert_int_equal(tls_record_header(&in, &record), rows[i].framed);
    }
}

static void the_record_of_a_client_hello_may_say_any_version(void **state)
{
    static const struct {
        const char *hex;
        enum framed framed;
    } rows[] = {
        {"", FRAMED_MORE},
        {"15", FRAMED_BAD},
        {"16 00", FRAMED_MORE},
        {"16 0000 002d", FRAMED_ONE},
        {"16 0305 002d", FRAMED_ONE},
        {"16 ffff 4800", FRAMED_ONE},
        {"16 0400 4801", FRAMED_BAD},
    };
    uint8_t bytes[16];
    struct record record;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bytes in = {bytes, play_bytes(rows[i].hex, bytes)};

        assert_int_equal(tls_hello_record_header(&in, &record), rows[i].framed);
        assert_int_equal(in.left, rows[i].framed == FRAMED_ONE ? 0 : play_bytes(rows[i].hex, bytes));
    }
}

static void a_record_is_taken_whole_or_not_at_all(void **state)
{
    uint8_t bytes[16];
    const size_t len = play_bytes("15 0302 0002 0246 ff", bytes);
    struct record record = {0};

    (void)state;
    for (size_t cut = 0; cut < 7; cut++) {
        struct bytes in = {bytes, cut};

        assert_int_equal(tls_record_frame(&in, &record), FRAMED_MORE);
        assert_int_equal(in.left, cut);
        assert_int_equal(record.type, 0);
    }
    struct bytes in = {bytes, len};
    assert_int_equal(tls_record_frame(&in, &record), FRAMED_ONE);
    assert_int_equal(in.left, 1);
    assert_int_equal(record.type, CONTENT_ALERT);
    assert_int_equal(record.version, 0x0302);
    assert_int_equal(record.fragment.left, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_told_apart_at_their_first_wrong_byte),
        cmocka_unit_test(the_record_of_a_client_hello_may_say_any_version),
        cmocka_unit_test(a_record_is_taken_whole_or_not_at_all),
    };

    return cmocka_run_group_tests_name("tls_record", tests, NULL, NULL);
}
