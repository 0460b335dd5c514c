/* SPDX-License-Identifier: BSD-2-Clause */
/* Hellos in the format of SSL 2.0 (RFC 5246 E.2, draft-hickman-netscape-ssl-00), without their
 * length. */
#include "play.h"

#include <lasthello/tls.h>

#define CHALLENGE     "000102030405060708090a0b0c0d0e0f "
#define CONNECTION_ID CHALLENGE

static void the_offer_is_the_inner_version(void **state)
{
    static const struct {
        const char *hex;
        enum version maximum;
        bool fallback;
    } rows[] = {
        {"01 0002 0003 0000 0010 010080 " CHALLENGE, VERSION_SSL_2_0, false},
        {"01 0300 0003 0000 0010 00002f " CHALLENGE, VERSION_SSL_3_0, false},
        {"01 0301 0006 0000 0010 00002f 005600 " CHALLENGE, VERSION_TLS_1_0, true},
        {"01 0303 0003 0010 0010 00002f " CHALLENGE CHALLENGE, VERSION_TLS_1_2, false},
        {"01 0304 0003 0000 0020 00002f " CHALLENGE CHALLENGE, VERSION_TLS_1_2, false},
        /* what is not to the letter: a session id of 1 byte, challenges of 15 and of 33, bytes
         * after the end */
        {"01 0301 0003 0001 0010 00002f ff " CHALLENGE, VERSION_TLS_1_0, false},
        {"01 0301 0003 0000 000f 00002f " CHALLENGE, VERSION_TLS_1_0, false},
        {"01 0301 0003 0000 0021 00002f " CHALLENGE CHALLENGE "00", VERSION_TLS_1_0, false},
        {"01 0301 0003 0000 0010 00002f " CHALLENGE "00", VERSION_TLS_1_0, false},
    };
    struct sslv2_client_hello hello;
    struct offer offer;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(tls_sslv2_client_hello_read(body_of(rows[i].hex), &hello));
        tls_sslv2_client_hello_note(&hello, &offer);
        assert_true(offer.seen && offer.sslv2_format);
        assert_int_equal(offer.maximum, rows[i].maximum);
        assert_int_equal(offer.fallback_scsv, rows[i].fallback);
        assert_int_equal(offer.minimum, VERSION_UNKNOWN);
        assert_int_equal(offer.suites[0], rows[i].maximum == VERSION_SSL_2_0 ? 0x010080 : 0x00002f);
    }
}

static void a_client_hello_that_breaks_its_lengths_is_none(void **state)
{
    static const char *const rows[] = {
        "02 0002 0003 0000 0010 010080 " CHALLENGE,   /* another message */
        "01 0400 0003 0000 0010 010080 " CHALLENGE,   /* no version */
        "01 0002 0000 0000 0010 " CHALLENGE,          /* no cipher spec */
        "01 0002 0004 0000 0010 01008000 " CHALLENGE, /* one and a third */
        "01 0002 0003 0000 0010 010080 0001",
    };
    struct sslv2_client_hello hello;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (tls_sslv2_client_hello_read(body_of(rows[i]), &hello))
            fail_msg("row %zu", i);
}

static void a_server_hello_has_a_certificate_or_a_hit(void **state)
{
    struct sslv2_server_hello hello;

    (void)state;
    assert_true(tls_sslv2_server_hello_read(body_of("04 00 01 0002 0002 0003 0010 3000 010080 " CONNECTION_ID),
        &hello));
    assert_false(hello.session_id_hit);
    assert_int_equal(hello.certificate.left, 2);
    assert_true(tls_sslv2_server_hello_read(body_of("04 01 00 0002 0000 0000 0010 " CONNECTION_ID), &hello));
    assert_true(hello.session_id_hit);
    assert_false(tls_sslv2_server_hello_read(body_of("04 01 00 0300 0000 0000 0010 " CONNECTION_ID), &hello));
    assert_false(tls_sslv2_server_hello_read(body_of("04 02 00 0002 0000 0000 0010 " CONNECTION_ID), &hello));
    assert_false(tls_sslv2_server_hello_read(body_of("04 01 00 0002 0001 0000 0010 " CONNECTION_ID), &hello));
}

static void a_record_header_has_two_or_three_bytes(void **state)
{
    uint16_t length;
    struct bytes two = body_of("8010 00");

    (void)state;
    assert_int_equal(tls_sslv2_header(&two, &length), FRAMED_ONE);
    assert_int_equal(length, 16);
    assert_int_equal(two.left, 1);
    struct bytes three = body_of("4010 03");
    assert_int_equal(tls_sslv2_header(&three, &length), FRAMED_ONE);
    assert_int_equal(length, 16);
    assert_int_equal(three.left, 0);
    struct bytes cut = body_of("4010");
    assert_int_equal(tls_sslv2_header(&cut, &length), FRAMED_MORE);
    assert_int_equal(cut.left, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_offer_is_the_inner_version),
        cmocka_unit_test(a_client_hello_that_breaks_its_lengths_is_none),
        cmocka_unit_test(a_server_hello_has_a_certificate_or_a_hit),
        cmocka_unit_test(a_record_header_has_two_or_three_bytes),
    };

    return cmocka_run_group_tests_name("tls_sslv2", tests, NULL, NULL);
}
