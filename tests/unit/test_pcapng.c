/* SPDX-License-Identifier: BSD-2-Clause */
/* pcapng files: sections, interfaces of all kinds, all packet blocks, and files that lie. */
#include "capture_file.h"

enum {
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2,
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_NAMES = 4,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_JOURNAL = 9,
    BLOCK_CUSTOM = 0xbad,
    BLOCK_SYSDIG = 0x204,
    BLOCK_SECTION = 0x0a0d0d0a,
};

/* A block is begun, filled, and ended, which fills in both its lengths. */
static size_t begin_block(struct capture_file *file, uint32_t type)
{
    size_t at = file->len;

    put_u32(file, type);
    put_u32(file, 0);
    return at;
}

static void end_block(struct capture_file *file, size_t at)
{
    struct capture_file len = {.big = file->big};

    while (file->len % 4 != 0)
        put_number(file, 0, 1);
    put_u32(&len, (uint32_t)(file->len + 4 - at));
    memcpy(file->bytes + at + 4, len.bytes, 4);
    put_bytes(file, len.bytes, 4);
}

static void put_section(struct capture_file *file, uint16_t major)
{
    size_t at = begin_block(file, BLOCK_SECTION);

    put_u32(file, 0x1a2b3c4d);
    put_u16(file, major);
    put_u16(file, 0);
    put_number(file, UINT64_MAX, 8); /* the section's length: not said */
    end_block(file, at);
}

static size_t begin_interface(struct capture_file *file, uint16_t link_type, uint32_t snapshot_len)
{
    size_t at = begin_block(file, BLOCK_INTERFACE);

    put_u16(file, link_type);
    put_u16(file, 0);
    put_u32(file, snapshot_len);
    return at;
}

static void put_option(struct capture_file *file, uint16_t code, uint64_t value, uint16_t len)
{
    put_u16(file, code);
    put_u16(file, len);
    put_number(file, value, len);
    while (file->len % 4 != 0)
        put_number(file, 0, 1);
}

static void put_interface(struct capture_file *file, uint16_t link_type, uint32_t snapshot_len)
{
    end_block(file, begin_interface(file, link_type, snapshot_len));
}

static void put_packet(struct capture_file *file, uint32_t interface, uint64_t ticks, const char *data)
{
    size_t at = begin_block(file, BLOCK_PACKET);

    put_u32(file, interface);
    put_u32(file, (uint32_t)(ticks >> 32));
    put_u32(file, (uint32_t)ticks);
    put_u32(file, (uint32_t)strlen(data));
    put_u32(file, 60);
    put_bytes(file, data, strlen(data));
    end_block(file, at);
}

/* A section and an Ethernet interface that counts microseconds. */
static struct capture_file begun_file(bool big)
{
    struct capture_file file = {.big = big};

    put_section(&file, 1);
    put_interface(&file, 1, 0);
    return file;
}

/* ---- whole files ------------------------------------------------------------------------------- */

static void both_byte_orders_are_read(void **state)
{
    static const struct seen_packet packets[] = {
        {"one", 1700000000123456000, 1, 60, 1},
        {"three", 0, 1, 60, 2},
        {"", 5000, 1, 60, 3},
    };

    (void)state;
    for (int big = 0; big <= 1; big++) {
        struct capture_file file = begun_file(big != 0);

        put_packet(&file, 0, 1700000000123456, "one");
        put_packet(&file, 0, 0, "three");
        put_packet(&file, 0, 5, "");
        assert_file(&file, packets, COUNT_OF(packets), NULL);
    }
}

static void interfaces_may_differ_in_everything(void **state)
{
    static const struct seen_packet packets[] = {
        {"eth", 2000, 1, 60, 1},
        {"raw", 7 * NANOSECONDS + 2, 101, 60, 2},
        {"sll", -3 * NANOSECONDS + 500000000, 276, 60, 3},
        {"old", 2, 101, 60, 4},
    };
    struct capture_file file = begun_file(false);
    size_t at;

    (void)state;
    at = begin_interface(&file, 101, 96);
    put_option(&file, 2, 0x30687465, 4); /* a name */
    put_option(&file, 9, 9, 1);          /* nanoseconds */
    put_option(&file, 14, 7, 8);         /* seven seconds on */
    put_option(&file, 0, 0, 0);
    end_block(&file, at);
    at = begin_interface(&file, 276, 262144);
    put_option(&file, 14, (uint64_t)-3, 8);
    put_option(&file, 9, 0x80 | 10, 1); /* 2^-10 seconds */
    end_block(&file, at);
    at = begin_interface(&file, 12, 0); /* DLT_RAW of this machine */
    put_option(&file, 9, 12, 1);        /* picoseconds */
    end_block(&file, at);
    put_packet(&file, 0, 2, "eth");
    put_packet(&file, 1, 2, "raw");
    put_packet(&file, 2, 512, "sll");
    put_packet(&file, 3, 2999, "old");
    assert_file(&file, packets, COUNT_OF(packets), NULL);
}

static void a_new_section_brings_its_own_byte_order_and_interfaces(void **state)
{
    static const struct seen_packet packets[] = {
        {"little", 1000, 1, 60, 1},
        {"big", 2000, 113, 60, 2},
        {"little", 3000, 1, 60, 3},
    };
    struct capture_file file = begun_file(false);

    (void)state;
    put_packet(&file, 0, 1, "little");
    file.big = true;
    put_section(&file, 1);
    put_interface(&file, 113, 0);
    put_packet(&file, 0, 2, "big");
    file.big = false;
    put_section(&file, 1);
    put_interface(&file, 1, 0);
    put_packet(&file, 0, 3, "little");
    assert_file(&file, packets, COUNT_OF(packets), NULL);
}

static void interfaces_of_an_earlier_section_are_forgotten(void **state)
{
    struct capture_file file = begun_file(false);

    (void)state;
    put_section(&file, 1);
    put_packet(&file, 0, 1, "whose");
    assert_file(&file, NULL, 0, "corrupt at packet 1: it is of interface 0, but its section has described 0");
}

static void simple_packets_are_cut_by_their_interface_and_have_the_last_time(void **state)
{
    static const struct seen_packet packets[] = {
        {"timed", 9000, 1, 60, 1},
        {"123456", 9000, 1, 100, 2},
        {"1234", 9000, 1, 4, 3},
    };
    struct capture_file file = {0};

    (void)state;
    put_section(&file, 1);
    put_interface(&file, 1, 6);
    put_packet(&file, 0, 9, packets[0].data);
    for (size_t i = 1; i < COUNT_OF(packets); i++) {
        size_t at = begin_block(&file, BLOCK_SIMPLE_PACKET);

        put_u32(&file, packets[i].wire_len);
        put_bytes(&file, packets[i].data, strlen(packets[i].data));
        end_block(&file, at);
    }
    assert_file(&file, packets, COUNT_OF(packets), NULL);
}

static void obsolete_packet_blocks_are_read(void **state)
{
    static const struct seen_packet packets[] = {{"old", 4000, 101, 77, 1}};
    struct capture_file file = begun_file(true);
    size_t at;

    (void)state;
    put_interface(&file, 101, 0);
    at = begin_block(&file, BLOCK_OLD_PACKET);
    put_u16(&file, 1);
    put_u16(&file, 0xffff); /* drops: not known */
    put_number(&file, 4, 8);
    put_u32(&file, 3);
    put_u32(&file, 77);
    put_bytes(&file, "old", 3);
    end_block(&file, at);
    assert_file(&file, packets, 1, NULL);
}

static void options_after_a_packet_are_no_part_of_it(void **state)
{
    static const struct seen_packet packets[] = {{"x", 1000, 1, 60, 1}, {"next", 2000, 1, 60, 2}};
    struct capture_file file = begun_file(false);
    size_t at = begin_block(&file, BLOCK_PACKET);

    (void)state;
    put_u32(&file, 0);
    put_number(&file, (uint64_t)1 << 32, 8); /* high, low */
    put_u32(&file, 1);
    put_u32(&file, 60);
    put_number(&file, 'x', 4);
    put_option(&file, 1, 0x6f6c6c6568, 5); /* a comment */
    end_block(&file, at);
    put_packet(&file, 0, 2, "next");
    assert_file(&file, packets, COUNT_OF(packets), NULL);
}

static void other_blocks_are_stepped_over_and_numbered_as_wireshark_does(void **state)
{
    static const struct {
        uint32_t type;
        uint64_t next_number;
    } rows[] = {{BLOCK_NAMES, 2}, {5, 2}, {10, 2}, {0x777, 2}, {0x80000001, 2}, {BLOCK_JOURNAL, 3}, {BLOCK_CUSTOM, 3},
        {0x40000bad, 3}, {BLOCK_SYSDIG, 3}, {0x216, 3}, {0x221, 3}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct seen_packet packets[] = {{"a", 1000, 1, 60, 1}, {"b", 2000, 1, 60, rows[i].next_number}};
        struct capture_file file = begun_file(false);
        size_t at;

        put_packet(&file, 0, 1, "a");
        at = begin_block(&file, rows[i].type);
        put_bytes(&file, "whatever stands in it", 21);
        end_block(&file, at);
        put_packet(&file, 0, 2, "b");
        assert_file(&file, packets, 2, NULL);
    }
}

static void put_statistics(struct capture_file *file, uint32_t interface, uint64_t ifdrop, uint64_t osdrop)
{
    size_t at = begin_block(file, BLOCK_STATISTICS);

    put_u32(file, interface);
    put_number(file, 0, 8);       /* when */
    put_option(file, 4, 1000, 8); /* received */
    put_option(file, 5, ifdrop, 8);
    put_option(file, 7, osdrop, 8);
    put_option(file, 0, 0, 0);
    end_block(file, at);
}

static void assert_dropped(const struct capture_file *file, uint64_t dropped)
{
    struct source_statistics statistics;
    struct error error = {""};
    struct packet packet;
    char path[32];
    int fd = expose(file->bytes, file->len, path);
    struct source *source = source_open_file(path, NULL, &error);

    assert_non_null(source);
    assert_int_equal(source_next(source, &packet, &error), SOURCED_END);
    source_statistics(source, &statistics);
    assert_int_equal(statistics.dropped, dropped);
    source_close(source);
    close(fd);
}

static void what_was_dropped_is_what_the_last_statistics_of_each_interface_say(void **state)
{
    (void)state;
    for (int big = 0; big <= 1; big++) {
        struct capture_file file = begun_file(big != 0);

        put_interface(&file, 1, 0);
        put_statistics(&file, 0, 3, 4);
        put_statistics(&file, 1, 100, 0);
        put_statistics(&file, 0, 5, 6);
        put_section(&file, 1);
        put_interface(&file, 1, 0);
        put_statistics(&file, 0, 1000, 0);
        assert_dropped(&file, 1111);
    }
}

static void statistics_that_cannot_be_tell_nothing(void **state)
{
    struct capture_file file = begun_file(false);

    (void)state;
    put_statistics(&file, 0, 9, 0);
    put_statistics(&file, 1, 7, 7); /* no such interface */
    put_statistics(&file, 0, UINT64_MAX, (uint64_t)1 << 48);
    put_statistics(&file, 0, 2, 0); /* less than was said before */
    assert_dropped(&file, 9);
}

/* ---- files that lie ---------------------------------------------------------------------------- */

static void options_that_lie_are_left_where_they_begin_to(void **state)
{
    static const struct seen_packet packets[] = {{"x", 1, 1, 60, 1}};
    static const uint16_t lens[] = {4, 200, 0xffff};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(lens); i++) {
        struct capture_file file = {0};
        size_t at;

        put_section(&file, 1);
        at = begin_interface(&file, 1, 0);
        put_option(&file, 9, 9, 1);
        put_u16(&file, 14); /* if_tsoffset, which has 8 bytes */
        put_u16(&file, lens[i]);
        put_u32(&file, 77);
        end_block(&file, at);
        put_packet(&file, 0, 1, "x");
        assert_file(&file, packets, 1, NULL);
    }
}

static void a_file_cut_anywhere_says_where(void **state)
{
    static const struct seen_packet packets[] = {{"first", 1000, 1, 60, 1}};
    struct capture_file whole = begun_file(false);
    size_t begun = whole.len, second;

    (void)state;
    put_packet(&whole, 0, 1, "first");
    second = whole.len;
    put_packet(&whole, 0, 2, "second");
    for (size_t len = begun + 1; len < whole.len; len++) {
        struct capture_file file = whole;
        bool is_in_block = len >= (len < second ? begun : second) + 8;
        const char *sentence = len < second ? "ends inside packet 1" : "ends inside packet 2; the 1 before it was read";

        file.len = len;
        assert_file(&file, packets, len >= second, len == second ? NULL : is_in_block ? sentence
                                                                                      : "ends inside a block");
    }
}

static void a_header_cut_anywhere_is_refused(void **state)
{
    struct capture_file file = {0};

    (void)state;
    put_section(&file, 1);
    for (size_t len = 4; len < file.len; len++)
        assert_refused(file.bytes, len, NULL, "ends inside its file header");
}

static void a_section_of_another_version_or_order_is_refused(void **state)
{
    struct capture_file file = {0};

    (void)state;
    put_section(&file, 2);
    assert_refused(file.bytes, file.len, NULL, "version 2.0");
    file.bytes[8] = 0x4e;
    assert_refused(file.bytes, file.len, NULL, "without a byte order");
}

static void block_lengths_that_cannot_be_are_corrupt(void **state)
{
    static const struct {
        uint32_t len;
        const char *sentence;
    } rows[] = {
        {0, "impossible length of 0 bytes"},
        {11, "impossible length of 11 bytes"},
        {41, "impossible length of 41 bytes"},
        {0xfffffffc, "impossible length of 4294967292 bytes"},
        {12, "its block begins with length 12 and ends with length 0"},
        {8000, "ends inside packet 1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct capture_file file = begun_file(false), len = {0};
        size_t at = file.len;

        put_packet(&file, 0, 1, "x");
        put_u32(&len, rows[i].len);
        memcpy(file.bytes + at + 4, len.bytes, 4);
        assert_file(&file, NULL, 0, rows[i].sentence);
    }
}

static void an_unknown_block_of_four_gigabytes_is_not_held(void **state)
{
    struct capture_file file = begun_file(false);

    (void)state;
    put_u32(&file, 0x777);
    put_u32(&file, 0xfffffffc);
    put_u32(&file, 0);
    assert_file(&file, NULL, 0, "ends inside a block");
}

static void packet_lengths_that_cannot_be_are_corrupt(void **state)
{
    static const struct {
        uint8_t byte, value;
        const char *sentence;
    } rows[] = {
        {20, 200, "corrupt at packet 1: it claims 200 captured bytes, but its block has room for 4"},
        {23, 2, "more than 16 MiB cannot be"},
        {8, 1, "it is of interface 1, but its section has described 1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct capture_file file = begun_file(false);
        size_t at = file.len;

        put_packet(&file, 0, 1, "x");
        file.bytes[at + rows[i].byte] = rows[i].value;
        assert_file(&file, NULL, 0, rows[i].sentence);
    }
}

static void clocks_that_overflow_stop_at_the_last_time_there_is(void **state)
{
    static const uint8_t resolutions[] = {0, 6, 0x80, 0x80 | 64, 0xff, 0x7f};
    static const int64_t times_ns[] = {TIME_NS_MAX, TIME_NS_MAX, TIME_NS_MAX, 999999999, 0, 0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(resolutions); i++) {
        struct seen_packet packet = {"x", times_ns[i], 1, 60, 1};
        struct capture_file file = {0};
        size_t at;

        put_section(&file, 1);
        at = begin_interface(&file, 1, 0);
        put_option(&file, 9, resolutions[i], 1);
        end_block(&file, at);
        put_packet(&file, 0, UINT64_MAX, "x");
        assert_file(&file, &packet, 1, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_byte_orders_are_read),
        cmocka_unit_test(interfaces_may_differ_in_everything),
        cmocka_unit_test(a_new_section_brings_its_own_byte_order_and_interfaces),
        cmocka_unit_test(interfaces_of_an_earlier_section_are_forgotten),
        cmocka_unit_test(simple_packets_are_cut_by_their_interface_and_have_the_last_time),
        cmocka_unit_test(obsolete_packet_blocks_are_read),
        cmocka_unit_test(options_after_a_packet_are_no_part_of_it),
        cmocka_unit_test(other_blocks_are_stepped_over_and_numbered_as_wireshark_does),
        cmocka_unit_test(what_was_dropped_is_what_the_last_statistics_of_each_interface_say),
        cmocka_unit_test(statistics_that_cannot_be_tell_nothing),
        cmocka_unit_test(options_that_lie_are_left_where_they_begin_to),
        cmocka_unit_test(a_file_cut_anywhere_says_where),
        cmocka_unit_test(a_header_cut_anywhere_is_refused),
        cmocka_unit_test(a_section_of_another_version_or_order_is_refused),
        cmocka_unit_test(block_lengths_that_cannot_be_are_corrupt),
        cmocka_unit_test(an_unknown_block_of_four_gigabytes_is_not_held),
        cmocka_unit_test(packet_lengths_that_cannot_be_are_corrupt),
        cmocka_unit_test(clocks_that_overflow_stop_at_the_last_time_there_is),
    };

    return cmocka_run_group_tests_name("pcapng", tests, NULL, NULL);
}
