/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions for addresses, and their answers (RFC 1035 4). */
#include "dns_bytes.h"
#include "play.h"

#include <lasthello/address.h>
#include <lasthello/dns.h>

static uint8_t bytes[2048];
static struct dns_message message;

static enum dns_kind read_hex(const char *hex)
{
    return dns_read((struct bytes){bytes, play_bytes(hex, bytes)}, &message);
}

static void assert_address(size_t at, const char *text)
{
    char found[ADDRESS_TEXT_BYTES];

    assert_true(at < message.address_count);
    address_text(&message.addresses[at], found);
    assert_string_equal(found, text);
}

static void a_question_tells_what_is_asked_for(void **state)
{
    (void)state;
    assert_int_equal(read_hex(DNS_QUERY("1234") IMAP_EXAMPLE ASK_A), DNS_QUESTION);
    assert_int_equal(message.id, 0x1234);
    assert_int_equal(message.type, 1);
    assert_string_equal(message.name, "imap.example");
}

static void letters_are_the_same_in_upper_and_lower_case(void **state)
{
    (void)state;
    assert_int_equal(read_hex(DNS_QUERY("1234") "04 494d4150 07 4578414d504c45 00 " ASK_AAAA), DNS_QUESTION);
    assert_string_equal(message.name, "imap.example");
    assert_int_equal(message.type, 28);
}

static void an_answer_has_its_addresses_and_the_shortest_life(void **state)
{
    (void)state;
    assert_int_equal(read_hex(DNS_RESPONSE("0007", "0002") IMAP_EXAMPLE ASK_A
                             ADDRESS_A(TO_QUESTION, "0000012c", "c0000201") ADDRESS_A(TO_QUESTION, "0000003c", "c0000202")),
        DNS_ANSWER);
    assert_int_equal(message.address_count, 2);
    assert_address(0, "192.0.2.1");
    assert_address(1, "192.0.2.2");
    assert_int_equal(message.ttl_s, 60);
}

static void a_chain_of_aliases_is_followed(void **state)
{
    (void)state;
    /* imap.example is old.example, and that has the address; the alias begins behind header, question and 12 bytes: 42 */
    assert_int_equal(read_hex(DNS_RESPONSE("0007", "0002") IMAP_EXAMPLE ASK_A TO_QUESTION " 0005 0001 0000003c 000d " OLD_EXAMPLE
                             ADDRESS_A("c02a", "0000012c", "c0000201")),
        DNS_ANSWER);
    assert_string_equal(message.name, "imap.example");
    assert_address(0, "192.0.2.1");
    assert_int_equal(message.ttl_s, 60);
}

static void addresses_of_other_names_are_nobodys_business(void **state)
{
    (void)state;
    assert_int_equal(read_hex(DNS_RESPONSE("0007", "0001") IMAP_EXAMPLE ASK_A ADDRESS_A(OLD_EXAMPLE, "0000003c", "c0000201")),
        DNS_ANSWER);
    assert_int_equal(message.address_count, 0);
}

static void an_ipv6_address_is_one(void **state)
{
    (void)state;
    assert_int_equal(read_hex(DNS_RESPONSE("0007", "0001") IMAP_EXAMPLE ASK_AAAA TO_QUESTION
                         " 001c 0001 0000003c 0010 20010db8 00000000 00000000 00000001"),
        DNS_ANSWER);
    assert_address(0, "2001:db8::1");
}

static void a_failure_has_no_address(void **state)
{
    (void)state;
    assert_int_equal(read_hex("0007 8183 0001 0000 0001 0000 " IMAP_EXAMPLE ASK_A), DNS_ANSWER);
    assert_int_equal(message.address_count, 0);
}

static void what_breaks_its_rules_is_broken(void **state)
{
    static const char *const rows[] = {
        "0007 0100 0001",                                                                                  /* no whole header */
        DNS_QUERY("0007") "05 696d6170",                                                                   /* a label longer than the message */
        DNS_QUERY("0007") "c00c " ASK_A,                                                                   /* a name that points to itself */
        DNS_QUERY("0007") "01 61 c00c " ASK_A,                                                             /* ... behind a label */
        DNS_QUERY("0007") "c010 " ASK_A,                                                                   /* forwards */
        DNS_QUERY("0007") "40 61 00 " ASK_A,                                                               /* a kind of label that there is not */
        DNS_QUERY("0007") "03 612e62 00 " ASK_A,                                                           /* a dot in a label */
        DNS_QUERY("0007") "03 611b62 00 " ASK_A,                                                           /* a control character */
        DNS_QUERY("0007") IMAP_EXAMPLE "0001",                                                             /* no class */
        DNS_RESPONSE("0007", "0001") IMAP_EXAMPLE ASK_A,                                                   /* no record */
        DNS_RESPONSE("0007", "0001") IMAP_EXAMPLE ASK_A TO_QUESTION " 0001 0001 0000003c 0005 c000020101", /* of five octets */
        DNS_RESPONSE("0007", "0001") IMAP_EXAMPLE ASK_A TO_QUESTION " 0005 0001 0000003c 0002 c02a",       /* a circle */
        DNS_RESPONSE("0007", "0001") IMAP_EXAMPLE ASK_A TO_QUESTION " 0005 0001 0000003c 0002 016100",     /* behind its end */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(read_hex(rows[i]), DNS_BROKEN);
}

static void what_is_about_something_else_is_left_alone(void **state)
{
    static const char *const rows[] = {
        DNS_QUERY("0007") IMAP_EXAMPLE "000f 0001",          /* MX */
        DNS_QUERY("0007") IMAP_EXAMPLE "0001 0003",          /* CHAOS */
        DNS_QUERY("0007") "00 " ASK_A,                       /* the root */
        "0007 2800 0001 0000 0000 0000 " IMAP_EXAMPLE ASK_A, /* UPDATE (RFC 2136) */
        "0007 0100 0002 0000 0000 0000 " IMAP_EXAMPLE ASK_A, /* two questions */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(read_hex(rows[i]), DNS_OTHER);
}

/* RFC 1035 3.1: 255 octets. Four labels of 63 are one too many. */
static void a_name_is_never_longer_than_names_are(void **state)
{
    uint8_t *at = bytes + play_bytes(DNS_QUERY("0007"), bytes);
    struct bytes question;

    (void)state;
    for (int i = 0; i < 4; i++, at += 64) {
        at[0] = 63;
        memset(at + 1, 'a', 63);
    }
    at += play_bytes("00 " ASK_A, at);
    question = (struct bytes){bytes, (size_t)(at - bytes)};
    assert_int_equal(dns_read(question, &message), DNS_BROKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_tells_what_is_asked_for),
        cmocka_unit_test(letters_are_the_same_in_upper_and_lower_case),
        cmocka_unit_test(an_answer_has_its_addresses_and_the_shortest_life),
        cmocka_unit_test(a_chain_of_aliases_is_followed),
        cmocka_unit_test(addresses_of_other_names_are_nobodys_business),
        cmocka_unit_test(an_ipv6_address_is_one),
        cmocka_unit_test(a_failure_has_no_address),
        cmocka_unit_test(what_breaks_its_rules_is_broken),
        cmocka_unit_test(what_is_about_something_else_is_left_alone),
        cmocka_unit_test(a_name_is_never_longer_than_names_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
