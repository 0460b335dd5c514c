/* SPDX-License-Identifier: BSD-2-Clause */
/* How captures come in: compressed, piped, filtered, and broken off in between. */
#include "classic_file.h"

/* One packet, compressed by gzip, zstd, xz, lz4 and bzip2 themselves. */
static const char *const compressed_files[] = {
    "1f8b0800000000000003bb7278d3422606160618f8ff9f818111c4f8189cca0aa4403236409c98949c02005d2f8f872c000000",
    "28b52ffd242c2d0100d8d4c3b2a102000400ffff000001f153650500003c0000006162636403003da5bc044d002e42a830c9",
    ("fd377a585a000004e6d6b4460200210116000000742fe5a3e0002b00225d006a30d1c87d8bf8099bad944b8af34ad098128f0479683de793"
     "c7a913fb4618ee52000000007f32099cc3f8cbdf00013e2cb5c29b531fb6f37d010000000004595a"),
    "04224d186440a72500000084d4c3b2a102000400010050ffff0000010d0061f153650500001a00803c0000006162636400000000d26aa9f9",
    ("425a6831314159265359ec429e3e000012cb1ef600000408003e0020001000080004002000a0002227a4007a8da8534c8c4c4c4137a07aba"
     "0d2b06910c4321be13e84b063e2ee48a70a121d8853c7c"),
};

static struct capture_file file_of_hex(const char *hex)
{
    struct capture_file file = {0};
    unsigned byte;

    for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        put_number(&file, byte, 1);
    return file;
}

static void compressed_files_are_read_through(void **state)
{
    static const struct seen_packet packets[] = {{"abcd", FIRST_SECOND * NANOSECONDS + 5000, 1, 60, 1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(compressed_files); i++) {
        struct capture_file file = file_of_hex(compressed_files[i]);

        assert_file(&file, packets, 1, NULL);
    }
}

static void a_compressed_file_that_is_cut_says_so(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(compressed_files); i++) {
        struct capture_file file = file_of_hex(compressed_files[i]);

        assert_refused(file.bytes, 20, NULL, "stream is cut off here");
    }
}

/* All that stands before the cut is unpacked: without its checksum, the packet is whole. */
static void what_stands_before_a_cut_is_read(void **state)
{
    static const size_t checksum_bytes[] = {8, 4, 28, 4, 0}; /* bzip2 needs its last byte for the block */
    static const struct seen_packet packets[] = {{"abcd", FIRST_SECOND * NANOSECONDS + 5000, 1, 60, 1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(compressed_files) - 1; i++) {
        struct capture_file file = file_of_hex(compressed_files[i]);

        for (size_t cut = 1; cut <= checksum_bytes[i]; cut++) {
            file.len--;
            assert_file(&file, packets, 1, "stream is cut off here; make the copy again; the packet before that was read");
        }
    }
}

static void streams_may_follow_each_other_and_what_is_none_is_left_alone(void **state)
{
    static const struct seen_packet packets[] = {{"abcd", FIRST_SECOND * NANOSECONDS + 5000, 1, 60, 1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(compressed_files); i++) {
        struct capture_file file = file_of_hex(compressed_files[i]);

        put_bytes(&file, "\0\0\0\0\0\0\0\0", 8);
        assert_file(&file, packets, 1, NULL);
    }
}

static void a_stream_that_is_damaged_says_so(void **state)
{
    static const struct seen_packet packets[] = {{"abcd", FIRST_SECOND * NANOSECONDS + 5000, 1, 60, 1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(compressed_files); i++) {
        struct capture_file file = file_of_hex(compressed_files[i]);

        file.bytes[file.len - 1] ^= 0xff; /* of a checksum, a length or a mark of the end */
        if (i == 1 || i == 3)             /* zstd and lz4 check a small frame before they give any of it */
            assert_refused(file.bytes, file.len, NULL, "stream is damaged here");
        else
            assert_file(&file, packets, 1, "stream is damaged here; make the copy again; the packet before that was read");
    }
}

/* A source on standard input, into which the bytes were piped. */
static struct source *open_piped(const struct capture_file *file, int *kept, int *end)
{
    struct error error = {""};
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], file->bytes, file->len), (ssize_t)file->len);
    *kept = dup(STDIN_FILENO);
    *end = ends[1];
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    return source_open_file("-", NULL, &error);
}

static void standard_input_is_read_to_its_end(void **state)
{
    struct capture_file file = two_packets(MICROSECONDS_MAGIC, false);
    int kept, end;
    struct source *source = open_piped(&file, &kept, &end);

    (void)state;
    assert_int_equal(source_kind(source), SOURCE_STDIN);
    close(end);
    assert_source(source, in_microseconds, 2, NULL);
    dup2(kept, STDIN_FILENO);
    close(kept);
}

static void a_source_that_waits_for_more_can_be_stopped(void **state)
{
    struct capture_file file = two_packets(MICROSECONDS_MAGIC, false);
    struct error error = {""};
    struct packet packet;
    int kept, end;
    struct source *source = open_piped(&file, &kept, &end);

    (void)state;
    assert_int_equal(source_next(source, &packet, &error), SOURCED_PACKET);
    source_break(source);
    assert_int_equal(source_next(source, &packet, &error), SOURCED_END);
    source_close(source);
    close(end);
    dup2(kept, STDIN_FILENO);
    close(kept);
}

static void packets_that_a_filter_drops_come_as_left_out(void **state)
{
    struct capture_file file = two_packets(MICROSECONDS_MAGIC, false);
    struct error error = {""};
    struct source *source;
    struct packet packet;
    char path[32];
    int fd;

    (void)state;
    file.bytes[24 + 8 + 4] = 99; /* the first packet's length on the wire */
    fd = expose(file.bytes, file.len, path);
    source = source_open_file(path, "less 60", &error);
    assert_non_null(source);
    for (uint64_t number = 1; number <= 2; number++) {
        assert_int_equal(source_next(source, &packet, &error), SOURCED_PACKET);
        assert_int_equal(packet.number, number);
        assert_int_equal(packet.left_out, number == 1);
    }
    assert_int_equal(source_next(source, &packet, &error), SOURCED_END);
    source_close(source);
    close(fd);
    assert_refused(file.bytes, file.len, "prot 25", "filter 'prot 25'");
}

static void progress_is_told_in_bytes_as_stored(void **state)
{
    struct capture_file file = two_packets(MICROSECONDS_MAGIC, false);
    struct source_statistics statistics;
    struct error error = {""};
    struct packet packet;
    char path[32];
    int fd = expose(file.bytes, file.len, path);
    struct source *source = source_open_file(path, NULL, &error);

    (void)state;
    assert_int_equal(source_next(source, &packet, &error), SOURCED_PACKET);
    source_statistics(source, &statistics);
    assert_int_equal(statistics.bytes_in_all, file.len);
    assert_int_equal(statistics.bytes_read, file.len);
    source_close(source);
    close(fd);
}

/* gzip by hand (RFC 1952, RFC 1951 3.2.4): one stored block that promises more than comes. */
static struct capture_file cut_gzip(uint16_t promised)
{
    struct capture_file file = {0};

    put_bytes(&file, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    put_number(&file, 0, 1);
    put_u16(&file, promised);
    put_u16(&file, (uint16_t)~promised);
    return file;
}

static void a_compressed_file_that_is_cut_midway_says_how_much_was_read(void **state)
{
    struct capture_file gzip = cut_gzip(65000), plain = {0};
    uint8_t bytes[3 * (5 + 65000)];
    struct error error = {""};
    struct packet packet;
    struct source *source;
    size_t len = 10;
    char path[32];
    int fd;

    (void)state;
    put_header(&plain, MICROSECONDS_MAGIC, 4, 1);
    memset(bytes, 0, sizeof(bytes)); /* empty packets of 1970 */
    memcpy(bytes, gzip.bytes, len);
    for (int block = 0; block < 2; block++, len += 5 + 65000)
        memcpy(bytes + len, gzip.bytes + 10, 5);
    memcpy(bytes + 15, plain.bytes, plain.len);
    fd = expose(bytes, len, path);
    source = source_open_file(path, NULL, &error);
    while (source_next(source, &packet, &error) == SOURCED_PACKET)
        assert_int_equal(packet.data.left, 0);
    assert_non_null(strstr(error.text, "its gzip stream is cut off here"));
    assert_non_null(strstr(error.text, "; the 8,123 packets before that were read")); /* in 2 * 65,000 bytes */
    source_close(source);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compressed_files_are_read_through),
        cmocka_unit_test(a_compressed_file_that_is_cut_says_so),
        cmocka_unit_test(what_stands_before_a_cut_is_read),
        cmocka_unit_test(streams_may_follow_each_other_and_what_is_none_is_left_alone),
        cmocka_unit_test(a_stream_that_is_damaged_says_so),
        cmocka_unit_test(standard_input_is_read_to_its_end),
        cmocka_unit_test(a_source_that_waits_for_more_can_be_stopped),
        cmocka_unit_test(packets_that_a_filter_drops_come_as_left_out),
        cmocka_unit_test(progress_is_told_in_bytes_as_stored),
        cmocka_unit_test(a_compressed_file_that_is_cut_midway_says_how_much_was_read),
    };

    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
