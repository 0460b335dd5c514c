/* SPDX-License-Identifier: BSD-2-Clause */
/* What clients of DHCP say of themselves (RFC 2131, RFC 2132, RFC 4702; RFC 8415, RFC 4704). */
#include "play.h"

#include <lasthello/address.h>
#include <lasthello/dhcp.h>

#define ZEROS_16 "00000000000000000000000000000000 "
#define ZEROS_64 ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16
/* RFC 2131 2: op, Ethernet, six octets; transaction; ciaddr, yiaddr; the client 02:00:00:00:00:11 */
#define BOOTP(op, client, yours) \
    op " 01 06 00 01020304 0000 0000 " client yours "00000000 00000000 020000000011 00000000000000000000 " ZEROS_64 ZEROS_64 ZEROS_64 "63825363 "
#define NOBODY  "00000000 "
#define REQUEST BOOTP("01", NOBODY, NOBODY) "35 01 03 "
#define ACK     BOOTP("02", NOBODY, "0a010011 ") "35 01 05 "
#define PRINTER "07 7072696e746572 " /* printer */
#define END     "ff"

static uint8_t bytes[1024];
static struct dhcp_message message;

static enum dhcp_kind read4(const char *hex)
{
    return dhcp4_read((struct bytes){bytes, play_bytes(hex, bytes)}, &message);
}

static enum dhcp_kind read6(const char *hex)
{
    return dhcp6_read((struct bytes){bytes, play_bytes(hex, bytes)}, &message);
}

static void a_request_has_a_name_and_a_vendor_class(void **state)
{
    (void)state;
    assert_int_equal(read4(REQUEST "0c " PRINTER "3c 08 4d53465420352e30 " END), DHCP_REQUEST);
    assert_int_equal(message.transaction, 0x01020304);
    assert_string_equal(message.name, "printer");
    assert_string_equal(message.class, "MSFT 5.0");
    assert_true(message.has_mac);
    assert_memory_equal(message.client.data, "\x02\0\0\0\0\x11", 6);
}

static void a_whole_name_goes_before_a_host_name(void **state)
{
    (void)state;
    assert_int_equal(read4(REQUEST "51 0e 00 0000 "
                                   "4d46502e6578616d706c65 "
                                   "0c " PRINTER END),
        DHCP_REQUEST);
    assert_string_equal(message.name, "mfp.example");
    assert_int_equal(read4(REQUEST "51 10 04 0000 "
                                   "03 6d6670 07 6578616d706c65 00 " END),
        DHCP_REQUEST);
    assert_string_equal(message.name, "mfp.example");
}

static void what_is_no_name_is_none(void **state)
{
    (void)state;
    assert_int_equal(read4(REQUEST "0c 05 41 1b 5b 31 6d " END), DHCP_REQUEST);
    assert_string_equal(message.name, "");
    assert_int_equal(read4(REQUEST "0c 04 61626300 " END), DHCP_REQUEST); /* RFC 2132 2 */
    assert_string_equal(message.name, "abc");
    assert_int_equal(read4(REQUEST "3c 03 41 1b 42 " END), DHCP_REQUEST);
    assert_string_equal(message.class, "A\\x1bB");
}

static void a_reply_confirms_an_address(void **state)
{
    char address[ADDRESS_TEXT_BYTES];

    (void)state;
    assert_int_equal(read4(ACK "33 04 00000e10 " END), DHCP_REPLY);
    address_text(&message.address, address);
    assert_string_equal(address, "10.1.0.17");
    assert_int_equal(message.lease_s, 3600);
}

static void other_messages_are_left_alone(void **state)
{
    (void)state;
    assert_int_equal(read4(BOOTP("01", NOBODY, NOBODY) "35 01 01 0c " PRINTER END), DHCP_OTHER); /* DISCOVER */
    assert_int_equal(read4(BOOTP("02", NOBODY, "0a010011 ") "35 01 02 " END), DHCP_OTHER);       /* OFFER */
    assert_int_equal(read4(BOOTP("02", NOBODY, NOBODY) "35 01 05 " END), DHCP_OTHER);            /* of no address */
    assert_int_equal(read4(BOOTP("03", NOBODY, NOBODY) "35 01 03 " END), DHCP_OTHER);
}

static void what_breaks_its_lengths_is_broken(void **state)
{
    (void)state;
    assert_int_equal(read4("01 01 06 00"), DHCP_BROKEN);
    assert_int_equal(read4(REQUEST "0c 40 61"), DHCP_BROKEN);
    assert_int_equal(read6("03 0102"), DHCP_BROKEN);
    assert_int_equal(read6("03 010203 0001 0020 00"), DHCP_BROKEN);
}

#define DUID "0001 000a 00030001020000000011 "

static void a_request_of_dhcpv6_has_them_too(void **state)
{
    (void)state;
    assert_int_equal(read6("03 010203 " DUID "0027 0009 00 07 7072696e746572 "
                           "0010 000a 00000137 0004 41424344 "),
        DHCP_REQUEST);
    assert_int_equal(message.transaction, 0x010203);
    assert_string_equal(message.name, "printer");
    assert_string_equal(message.class, "ABCD");
    assert_int_equal(message.client.left, 10);
}

static void a_reply_of_dhcpv6_confirms_an_address(void **state)
{
    char address[ADDRESS_TEXT_BYTES];

    (void)state;
    assert_int_equal(read6("07 010203 " DUID "0003 0028 00000001 00000000 00000000 "
                           "0005 0018 20010db8000000000000000000000011 00000e10 00001c20 "),
        DHCP_REPLY);
    address_text(&message.address, address);
    assert_string_equal(address, "2001:db8::11");
    assert_int_equal(message.lease_s, 7200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_has_a_name_and_a_vendor_class),
        cmocka_unit_test(a_whole_name_goes_before_a_host_name),
        cmocka_unit_test(what_is_no_name_is_none),
        cmocka_unit_test(a_reply_confirms_an_address),
        cmocka_unit_test(other_messages_are_left_alone),
        cmocka_unit_test(what_breaks_its_lengths_is_broken),
        cmocka_unit_test(a_request_of_dhcpv6_has_them_too),
        cmocka_unit_test(a_reply_of_dhcpv6_confirms_an_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
