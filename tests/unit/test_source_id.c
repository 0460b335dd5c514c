/* SPDX-License-Identifier: BSD-2-Clause */
/* A source is known again by its first packet, wherever it lies and however it is stored. */
#include "test.h"

#include <lasthello/ledger.h>

static struct packet first_packet(const uint8_t bytes[64], int64_t time_ns, size_t captured)
{
    return (struct packet){.data = {bytes, captured}, .wire_len = 64, .time_ns = time_ns, .number = 1};
}

static void a_copy_is_the_same_source(void **state)
{
    uint8_t bytes[64] = {1, 2, 3};
    struct packet packet = first_packet(bytes, 1000001000, 64), cut = first_packet(bytes, 1000001999, 54);

    (void)state;
    assert_int_equal(source_id_file("a", "x.pcap", &packet), source_id_file("a", "copy/of/x.pcapng.gz", &packet));
    /* a snapshot length behind the headers, and nanoseconds that classic pcap drops, make no difference */
    assert_int_equal(source_id_file("a", "x.pcap", &packet), source_id_file("a", "x.pcap", &cut));
}

static void another_capture_is_another_source(void **state)
{
    uint8_t bytes[64] = {1, 2, 3}, others[64] = {1, 2, 4};
    struct packet packet = first_packet(bytes, 1000001000, 64), other = first_packet(others, 1000001000, 64),
                  later = first_packet(bytes, 1000002000, 64);
    uint64_t id = source_id_file("a", "x.pcap", &packet);

    (void)state;
    assert_int_not_equal(id, source_id_file("a", "x.pcap", &other));
    assert_int_not_equal(id, source_id_file("a", "x.pcap", &later));
    assert_int_not_equal(id, source_id_file("b", "x.pcap", &packet));
}

static void an_empty_file_goes_by_its_name(void **state)
{
    (void)state;
    assert_int_equal(source_id_file("a", "x.pcap", NULL), source_id_file("a", "x.pcap", NULL));
    assert_int_not_equal(source_id_file("a", "x.pcap", NULL), source_id_file("a", "y.pcap", NULL));
}

static void each_run_of_a_sensor_is_a_source(void **state)
{
    uint64_t id = source_id_live("a", "sensor", "eth1", 5);

    (void)state;
    assert_true(id > 0 && id <= INT64_MAX); /* SQLite's integers have a sign */
    assert_int_not_equal(id, source_id_live("a", "sensor", "eth1", 6));
    assert_int_not_equal(id, source_id_live("a", "sensor", "eth2", 5));
    assert_int_not_equal(id, source_id_live("a", "other", "eth1", 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_the_same_source),
        cmocka_unit_test(another_capture_is_another_source),
        cmocka_unit_test(an_empty_file_goes_by_its_name),
        cmocka_unit_test(each_run_of_a_sensor_is_a_source),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
