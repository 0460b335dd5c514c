/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and networks: read, written, and what a network holds. */
#include "test.h"

#include <lasthello/address.h>

static void an_address_is_written_as_it_is_read(void **state)
{
    static const char *const texts[] = {"10.1.2.3", "255.255.255.255", "::1", "2001:db8::1", "fe80::1:0:0:1"};
    char text[ADDRESS_TEXT_BYTES];
    struct address address;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_true(address_read(texts[i], &address));
        address_text(&address, text);
        assert_string_equal(text, texts[i]);
        assert_int_equal(address_is_v4(&address), strchr(texts[i], ':') == NULL);
    }
}

static void what_is_no_network_is_refused(void **state)
{
    static const char *const texts[] = {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0/8",
        "2001:db8::/129", "host/8", "10.0.0.0/ 8", "1234567890123456789012345678901234567890123456789/8"};
    struct network network;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_false(network_read(texts[i], &network));
}

static void a_network_holds_what_begins_as_it_does(void **state)
{
    static const struct {
        const char *network, *address;
        bool held;
    } rows[] = {
        {"10.1.0.0/16", "10.1.255.255", true},
        {"10.1.0.0/16", "10.2.0.0", false},
        {"10.1.2.3", "10.1.2.3", true},
        {"10.1.2.3", "10.1.2.4", false},
        {"10.1.2.3/8", "10.255.0.1", true},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"2001:db8::/33", "2001:db8:7fff::", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::/0", "10.0.0.1", true}, /* its key lies in ::ffff:0:0/96 */
        {"::ffff:10.0.0.0/104", "10.9.9.9", true},
    };
    struct network network;
    struct address address;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_true(network_read(rows[i].network, &network));
        assert_true(address_read(rows[i].address, &address));
        assert_int_equal(network_holds(&network, &address), rows[i].held);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_written_as_it_is_read),
        cmocka_unit_test(what_is_no_network_is_refused),
        cmocka_unit_test(a_network_holds_what_begins_as_it_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
