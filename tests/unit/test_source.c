/* SPDX-License-Identifier: BSD-2-Clause */
/* Classic capture files in all their dialects, whole or broken; and folders of them. */
#include "classic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static void both_byte_orders_and_both_clocks_are_read(void **state)
{
    static const struct seen_packet in_nanoseconds[] = {
        {"first", FIRST_SECOND * NANOSECONDS + 5, 1, 60, 1},
        {"", FIRST_SECOND * NANOSECONDS + NANOSECONDS + 999999, 1, 60, 2},
    };

    (void)state;
    for (int big = 0; big <= 1; big++) {
        struct capture_file micro = two_packets(MICROSECONDS_MAGIC, big != 0);
        struct capture_file nano = two_packets(NANOSECONDS_MAGIC, big != 0);

        assert_file(&micro, in_microseconds, 2, NULL);
        assert_file(&nano, in_nanoseconds, 2, NULL);
    }
}

static void packet_headers_with_an_interface_in_them_are_read(void **state)
{
    struct capture_file file = {0};

    (void)state;
    put_header(&file, KUZNETZOV_MAGIC, 4, 1);
    for (uint32_t i = 0; i < 2; i++) {
        put_packet(&file, FIRST_SECOND + i, i == 0 ? 5 : 999999, "");
        put_number(&file, 0x0003000806000000, 8); /* interface, protocol, packet type */
        if (i == 0)
            put_bytes(&file, "first", 5);
    }
    file.bytes[24 + 8] = 5; /* the length of what follows the longer header */
    assert_file(&file, in_microseconds, 2, NULL);
}

/* The same longer headers under the magic number of the usual ones. */
static void longer_headers_are_told_by_what_follows_them(void **state)
{
    static const size_t more_bytes[] = {8, 12, 4};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(more_bytes); i++) {
        struct capture_file file = {0};
        size_t at;

        put_header(&file, MICROSECONDS_MAGIC, 4, 1);
        for (uint32_t packet = 0; packet < 2; packet++) {
            at = file.len;
            put_packet(&file, FIRST_SECOND + packet, packet == 0 ? 5 : 999999, "");
            put_bytes(&file, "\3\0\0\0\6\0\3\0\0\0\0\0", more_bytes[i]);
            if (packet == 0)
                put_bytes(&file, "first", 5);
            file.bytes[at + 8] = packet == 0 ? 5 : 0;
        }
        assert_file(&file, in_microseconds, 2, NULL);
    }
}

static void a_damaged_file_is_no_file_with_longer_headers(void **state)
{
    struct capture_file file = two_packets(MICROSECONDS_MAGIC, false);

    (void)state;
    file.bytes[24 + 16 + 5 + 4 + 3] = 0x7f; /* the second packet's microseconds */
    file.bytes[24 + 16 + 5 + 8 + 2] = 0xff;
    assert_file(&file, in_microseconds, 1, "corrupt at packet 2");
}

static void files_of_other_kinds_are_known_by_their_names(void **state)
{
    static const char *const rows[][2] = {{"a.etl", "pktmon etl2pcap"}, {"a.erf", "dagconvert"}, {"A.TAR", "tar archive"}};
    char folder[SCRATCH_BYTES], path[SCRATCH_BYTES + 8];
    struct error error = {""};
    FILE *file;

    (void)state;
    assert_true(make_scratch("others", folder));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, rows[i][0]);
        file = fopen(path, "w");
        assert_non_null(file);
        fputs("\1\2\3\4\5", file);
        fclose(file);
        assert_null(source_open_file(path, NULL, &error));
        assert_non_null(strstr(error.text, rows[i][1]));
        unlink(path);
    }
    rmdir(folder);
}

static void lengths_of_old_files_stand_the_other_way_round(void **state)
{
    static const uint16_t minors[] = {2, 3};
    static const struct seen_packet packets[] = {{"first", FIRST_SECOND * NANOSECONDS, 1, 60, 1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(minors); i++) {
        struct capture_file file = {0};

        put_header(&file, MICROSECONDS_MAGIC, minors[i], 1);
        put_u32(&file, FIRST_SECOND);
        put_u32(&file, 0);
        put_u32(&file, 60);
        put_u32(&file, 5);
        put_bytes(&file, "first", 5);
        assert_file(&file, packets, 1, NULL);
    }
}

static void link_types_are_those_of_files_whatever_stands_above_or_before_them(void **state)
{
    static const struct {
        uint32_t stored, read;
    } rows[] = {{1, 1}, {101, 101}, {113, 113}, {276, 276}, {12, 101}, {14, 101}, {0x24000001, 1}, {65000, 65000}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct capture_file file = {0};
        struct seen_packet packet = {"x", FIRST_SECOND * NANOSECONDS, rows[i].read, 60, 1};

        put_header(&file, MICROSECONDS_MAGIC, 4, rows[i].stored);
        put_packet(&file, FIRST_SECOND, 0, "x");
        assert_file(&file, &packet, 1, NULL);
    }
}

static void times_go_on_after_2038(void **state)
{
    static const struct seen_packet packets[] = {{"x", 4294967295 * NANOSECONDS, 1, 60, 1}};
    struct capture_file file = {0};

    (void)state;
    put_header(&file, MICROSECONDS_MAGIC, 4, 1);
    put_packet(&file, UINT32_MAX, 0, "x");
    assert_file(&file, packets, 1, NULL);
}

/* ---- broken files ------------------------------------------------------------------------------ */

static void a_file_cut_anywhere_says_inside_which_packet(void **state)
{
    const struct capture_file whole = two_packets(MICROSECONDS_MAGIC, false);
    const size_t first = 24, second = 24 + 16 + 5;

    (void)state;
    for (size_t len = first; len < whole.len; len++) {
        struct capture_file file = whole;
        const char *sentence = len < second ? "ends inside packet 1; no packet could be read"
                                            : "ends inside packet 2; the 1 before it was read";

        file.len = len;
        assert_file(&file, in_microseconds, len >= second, len == first || len == second ? NULL : sentence);
    }
}

static void a_length_that_cannot_be_is_corrupt(void **state)
{
    struct capture_file file = two_packets(MICROSECONDS_MAGIC, false);

    (void)state;
    file.bytes[24 + 16 + 5 + 8 + 2] = 0xff; /* of the second packet */
    assert_file(&file, in_microseconds, 1, "corrupt at packet 2: it claims 16711680 captured bytes");
}

static void what_is_no_capture_is_refused_with_a_cure(void **state)
{
    static const struct {
        const char *bytes, *sentence;
    } rows[] = {
        {"", "is empty"},
        {"GIF89a", "not a capture file (pcap or pcapng); its first bytes are 47 49 46 38"},
        {"x", "its first bytes are 78"},
        {"snoop", "convert it: editcap"},
        {"BZh91AY", "its bzip2 stream is cut off"},
        {"SQLite format 3", "lasthello report"},
        {"GMBU\1\2", "it is a Microsoft Network Monitor file, convert it: editcap FILE FILE.pcapng"},
        {"RTSS\1", "Microsoft Network Monitor"},
        {"TRSNIFF data    \x1a", "Sniffer"},
        {"iptrace 2.0", "AIX iptrace"},
        {"PK\3\4", "zip archive, unpack it first"},
        {"\x1f\x9d\x90", "compressed by compress, unpack it first"},
        {"12:34:56.789012 IP 10.0.0.1", "it is what tcpdump prints, capture with -w FILE"},
    };
    struct capture_file header = two_packets(MICROSECONDS_MAGIC, false);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_refused(rows[i].bytes, strlen(rows[i].bytes), NULL, rows[i].sentence);
    for (size_t len = 4; len < 24; len++)
        assert_refused(header.bytes, len, NULL, "ends inside its file header");
    header.bytes[6] = 9;
    assert_refused(header.bytes, header.len, NULL, "version 2.9");
}

static void what_cannot_be_opened_says_why(void **state)
{
    struct error error = {""};

    (void)state;
    assert_null(source_open_file("/nonexistent", NULL, &error));
    assert_non_null(strstr(error.text, "/nonexistent: no such file"));
    assert_null(source_open_file("/proc", NULL, &error));
    assert_non_null(strstr(error.text, "is a directory"));
}

/* Packets of all lengths, so that every place of a packet meets the border of what is read at once. */
static void windows_hold_where_one_reading_ends_and_the_next_begins(void **state)
{
    FILE *file = fdopen(memfd_create("capture", MFD_CLOEXEC), "w+");
    uint8_t record[16 + 4096] = {0};
    struct capture_file header = {0};
    struct error error = {""};
    struct packet packet;
    struct source *source;
    char path[32];

    (void)state;
    put_header(&header, MICROSECONDS_MAGIC, 4, 1);
    fwrite(header.bytes, 1, header.len, file);
    for (uint32_t i = 0; i < 4096; i++) {
        memcpy(record + 8, (uint32_t[]){i, i}, 8);
        memset(record + 16, (int)(i & 0xff), i);
        fwrite(record, 1, 16 + i, file);
    }
    fflush(file);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
    source = source_open_file(path, NULL, &error);
    for (uint32_t i = 0; i < 4096; i++) {
        assert_int_equal(source_next(source, &packet, &error), SOURCED_PACKET);
        memset(record, (int)(i & 0xff), i);
        assert_int_equal(packet.data.left, i);
        assert_memory_equal(packet.data.data, record, i);
    }
    assert_int_equal(source_next(source, &packet, &error), SOURCED_END);
    source_close(source);
    fclose(file);
}

/* A classic file of one packet of `len` bytes, whose header allows longer ones than usual. */
static FILE *file_of_long_packet(uint32_t len)
{
    struct capture_file head = {0};
    FILE *file = fdopen(memfd_create("capture", MFD_CLOEXEC), "w+");

    put_header(&head, MICROSECONDS_MAGIC, 4, 1);
    memcpy(head.bytes + 16, (uint8_t[]){0, 0, 0, 1}, 4);
    put_number(&head, 0, 8);
    put_u32(&head, len);
    put_u32(&head, len);
    fwrite(head.bytes, 1, head.len, file);
    for (uint32_t i = 0; i < len; i++)
        putc((int)(i % 251), file);
    fflush(file);
    return file;
}

static void a_packet_longer_than_what_is_read_at_once_is_whole(void **state)
{
    const uint32_t len = 3 * 1024 * 1024 + 1;
    FILE *file = file_of_long_packet(len);
    struct error error = {""};
    struct packet packet;
    struct source *source;
    char path[32];

    (void)state;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
    source = source_open_file(path, NULL, &error);
    assert_int_equal(source_next(source, &packet, &error), SOURCED_PACKET);
    assert_int_equal(packet.data.left, len);
    for (uint32_t i = 0; i < len; i++)
        if (packet.data.data[i] != i % 251)
            fail_msg("byte %u is another", i);
    assert_int_equal(source_next(source, &packet, &error), SOURCED_END);
    source_close(source);
    fclose(file);
}

/* ---- folders ----------------------------------------------------------------------------------- */

static void write_file(const char *folder, const char *name, const struct capture_file *file)
{
    char path[SCRATCH_BYTES + 32];
    FILE *out;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    out = fopen(path, "wb");
    assert_non_null(out);
    fwrite(file->bytes, 1, file->len, out);
    fclose(out);
}

static struct capture_file packet_at(uint32_t seconds)
{
    struct capture_file file = {0};

    put_header(&file, MICROSECONDS_MAGIC, 4, 1);
    put_packet(&file, seconds, 0, "x");
    return file;
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"b.pcap", "a.pcap", "c.pcap", "notes.txt", "empty.pcap", "i.db",
        ".hidden.pcap"};
    char path[SCRATCH_BYTES + 32];

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof(path), "%s/monday", folder);
    rmdir(path);
    rmdir(folder);
}

static void make_folder(char folder[SCRATCH_BYTES])
{
    const struct capture_file late = packet_at(300), early = packet_at(100), equal = packet_at(300), none = {0};
    const struct capture_file notes = {.len = 5, .bytes = "hello"};
    char path[SCRATCH_BYTES + 32];

    assert_true(make_scratch("listing", folder));
    write_file(folder, "a.pcap", &late);
    write_file(folder, "b.pcap", &early);
    write_file(folder, "c.pcap", &equal);
    write_file(folder, "notes.txt", &notes);
    write_file(folder, "empty.pcap", &none);
    write_file(folder, "i.db", &notes);
    write_file(folder, ".hidden.pcap", &early);
    snprintf(path, sizeof(path), "%s/monday", folder);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void a_folder_is_listed_by_name_then_its_subfolders(void **state)
{
    static const char *const names[] = {"a.pcap", "b.pcap", "c.pcap", "empty.pcap", "notes.txt"};
    struct folder_listing listing;
    struct folder_walk walk;
    struct error error = {""};
    char folder[SCRATCH_BYTES];

    (void)state;
    make_folder(folder);
    assert_true(folder_walk_open(&walk, folder, &error));
    assert_int_equal(folder_walk_next(&walk, &listing, &error), WALKED_FOLDER);
    assert_int_equal(listing.count, COUNT_OF(names));
    for (size_t i = 0; i < listing.count; i++)
        assert_string_equal(strrchr(listing.files[i].path, '/') + 1, names[i]);
    folder_listing_free(&listing);
    assert_int_equal(folder_walk_next(&walk, &listing, &error), WALKED_FOLDER);
    assert_string_equal(strrchr(listing.folder, '/') + 1, "monday");
    assert_int_equal(listing.count, 0);
    folder_listing_free(&listing);
    assert_int_equal(folder_walk_next(&walk, &listing, &error), WALKED_ALL);
    folder_walk_close(&walk);
    remove_folder(folder);
}

static void make_link(const char *folder, const char *name, const char *to, bool is_hard)
{
    char path[SCRATCH_BYTES + 64], target[SCRATCH_BYTES + 64];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    snprintf(target, sizeof(target), "%s/%s", folder, to);
    assert_int_equal(is_hard ? link(target, path) : symlink(to, path), 0);
}

/* Links to folders above and beside, and to files: each file once, by its own name rather than a link's. */
static void what_links_lead_to_is_listed_once(void **state)
{
    static const char *const links[] = {"0link.pcap", "hard.pcap", "monday/up", "monday/a.pcap", "tomonday"};
    struct folder_listing listing;
    struct folder_walk walk;
    struct error error = {""};
    char folder[SCRATCH_BYTES], path[SCRATCH_BYTES + 64];
    size_t files = 0, folders = 0;

    (void)state;
    make_folder(folder);
    make_link(folder, links[0], "a.pcap", false);
    make_link(folder, links[1], "b.pcap", true);
    make_link(folder, links[2], "..", false);
    make_link(folder, links[3], "../a.pcap", false);
    make_link(folder, links[4], "monday", false);
    assert_true(folder_walk_open(&walk, folder, &error));
    while (folder_walk_next(&walk, &listing, &error) == WALKED_FOLDER) {
        for (size_t i = 0; i < listing.count; i++)
            assert_null(strstr(listing.files[i].path, "0link"));
        files += listing.count;
        folders++;
        folder_listing_free(&listing);
    }
    folder_walk_close(&walk);
    assert_int_equal(files, 5);
    assert_int_equal(folders, 2);
    for (size_t i = 0; i < COUNT_OF(links); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, links[i]);
        assert_int_equal(unlink(path), 0);
    }
    remove_folder(folder);
}

static void a_look_at_a_file_tells_captures_from_text_and_from_the_rest(void **state)
{
    static const struct {
        const char *name;
        bool is_capture, is_text;
        int64_t time_ns;
    } rows[] = {
        {"a.pcap", true, false, 300 * NANOSECONDS},
        {"b.pcap", true, false, 100 * NANOSECONDS},
        {"notes.txt", false, true, INT64_MAX},
        {"empty.pcap", false, false, INT64_MAX},
        {"missing.pcap", false, false, INT64_MAX},
    };
    char folder[SCRATCH_BYTES], path[SCRATCH_BYTES + 32];
    struct source_first first;

    (void)state;
    make_folder(folder);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, rows[i].name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        source_look(path, fd < 0 ? -errno : fd, &first);
        assert_int_equal(first.is_capture, rows[i].is_capture);
        assert_int_equal(first.is_text, rows[i].is_text);
        assert_true(first.time_ns == rows[i].time_ns);
        assert_int_equal(first.hash != 0, rows[i].time_ns != INT64_MAX);
    }
    remove_folder(folder);
}

static void a_folder_that_cannot_be_read_is_an_error(void **state)
{
    struct folder_listing listing;
    struct folder_walk walk;
    struct error error = {""};

    (void)state;
    assert_true(folder_walk_open(&walk, "/nonexistent", &error));
    assert_int_equal(folder_walk_next(&walk, &listing, &error), WALKED_UNREADABLE);
    assert_non_null(strstr(error.text, "/nonexistent"));
    assert_int_equal(folder_walk_next(&walk, &listing, &error), WALKED_ALL);
    folder_walk_close(&walk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_byte_orders_and_both_clocks_are_read),
        cmocka_unit_test(packet_headers_with_an_interface_in_them_are_read),
        cmocka_unit_test(longer_headers_are_told_by_what_follows_them),
        cmocka_unit_test(a_damaged_file_is_no_file_with_longer_headers),
        cmocka_unit_test(files_of_other_kinds_are_known_by_their_names),
        cmocka_unit_test(lengths_of_old_files_stand_the_other_way_round),
        cmocka_unit_test(link_types_are_those_of_files_whatever_stands_above_or_before_them),
        cmocka_unit_test(times_go_on_after_2038),
        cmocka_unit_test(a_file_cut_anywhere_says_inside_which_packet),
        cmocka_unit_test(a_length_that_cannot_be_is_corrupt),
        cmocka_unit_test(what_is_no_capture_is_refused_with_a_cure),
        cmocka_unit_test(what_cannot_be_opened_says_why),
        cmocka_unit_test(windows_hold_where_one_reading_ends_and_the_next_begins),
        cmocka_unit_test(a_packet_longer_than_what_is_read_at_once_is_whole),
        cmocka_unit_test(a_folder_is_listed_by_name_then_its_subfolders),
        cmocka_unit_test(what_links_lead_to_is_listed_once),
        cmocka_unit_test(a_look_at_a_file_tells_captures_from_text_and_from_the_rest),
        cmocka_unit_test(a_folder_that_cannot_be_read_is_an_error),
    };

    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
