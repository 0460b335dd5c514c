/* SPDX-License-Identifier: BSD-2-Clause */
/* The cursor's contract, exhaustively: every length of window, every length byte, every read. */
#include "test.h"

#include <lasthello/bytes.h>

#define WINDOW_MAX 8

typedef bool (*read_vector)(struct bytes *in, struct bytes *out);

static bool vector8(struct bytes *in, struct bytes *out)
{
    return bytes_vector8(in, out);
}

static bool vector16(struct bytes *in, struct bytes *out)
{
    return bytes_vector16(in, out);
}

static bool vector24(struct bytes *in, struct bytes *out)
{
    return bytes_vector24(in, out);
}

/* `length_bytes` of length in front, the last of them `length`; on false nothing may have changed. */
static void check_vector(read_vector read, size_t length_bytes, size_t left, unsigned length)
{
    uint8_t memory[WINDOW_MAX] = {0};
    const struct bytes before = {memory, left};
    struct bytes in = before;
    struct bytes out = {NULL, 77};
    bool fits = left >= length_bytes && left - length_bytes >= length;

    memory[length_bytes - 1] = (uint8_t)length;
    assert_int_equal(read(&in, &out), fits);
    assert_ptr_equal(in.data, fits ? memory + length_bytes + length : memory);
    assert_int_equal(in.left, fits ? left - length_bytes - length : left);
    assert_int_equal(out.left, fits ? length : 77);
}

static void a_vector_is_read_whole_or_nothing_changes(void **state)
{
    (void)state;
    for (size_t left = 0; left <= WINDOW_MAX; left++)
        for (unsigned length = 0; length < 256; length++) {
            check_vector(vector8, 1, left, length);
            check_vector(vector16, 2, left, length);
            check_vector(vector24, 3, left, length);
        }
}

static bool read_integer(struct bytes *in, size_t width, uint32_t *out)
{
    uint8_t u8 = 0;
    uint16_t u16 = 0;
    bool done;

    switch (width) {
    case 1:
        done = bytes_u8(in, &u8);
        *out = done ? u8 : *out;
        return done;
    case 2:
        done = bytes_u16(in, &u16);
        *out = done ? u16 : *out;
        return done;
    case 3:
        return bytes_u24(in, out);
    default:
        return bytes_u32(in, out);
    }
}

static void an_integer_is_read_in_network_order_or_nothing_changes(void **state)
{
    static const uint8_t memory[WINDOW_MAX] = {0x81, 0x82, 0x83, 0x84, 0x85};
    static const uint32_t expected[] = {0, 0x81, 0x8182, 0x818283, 0x81828384};

    (void)state;
    for (size_t width = 1; width <= 4; width++)
        for (size_t left = 0; left <= WINDOW_MAX; left++) {
            struct bytes in = {memory, left};
            uint32_t out = 77;

            assert_int_equal(read_integer(&in, width, &out), left >= width);
            assert_int_equal(out, left >= width ? expected[width] : 77);
            assert_int_equal(in.left, left >= width ? left - width : left);
        }
}

static void a_line_ends_at_the_first_lf_and_loses_one_cr(void **state)
{
    static const struct {
        const char *in;
        const char *line; /* NULL: no whole line */
        size_t left;
    } rows[] = {
        {"a\r\nb", "a", 1},
        {"a\nb", "a", 1},
        {"\r\n", "", 0},
        {"\n", "", 0},
        {"a\r\r\n", "a\r", 0},
        {"a\r", NULL, 2},
        {"", NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes in = {(const uint8_t *)rows[i].in, strlen(rows[i].in)};
        struct bytes line = {NULL, 77};

        assert_int_equal(bytes_line(&in, &line), rows[i].line != NULL);
        assert_int_equal(in.left, rows[i].left);
        assert_int_equal(line.left, rows[i].line != NULL ? strlen(rows[i].line) : 77);
    }
}

static void seeking_stops_before_the_byte_or_changes_nothing(void **state)
{
    struct bytes in = {(const uint8_t *)"abcbd", 5};

    (void)state;
    assert_false(bytes_seek(&in, 'x'));
    assert_int_equal(in.left, 5);
    assert_true(bytes_seek(&in, 'b') && bytes_begin_with(in, "bcbd"));
    assert_true(bytes_seek(&in, 'b') && bytes_begin_with(in, "bcbd"));
}

static void a_word_ends_at_a_space(void **state)
{
    struct bytes in = {(const uint8_t *)"a  bc", 5};
    struct bytes word;

    (void)state;
    assert_true(bytes_word(&in, &word) && bytes_equal_text(word, "A"));
    assert_true(bytes_word(&in, &word) && word.left == 0);
    assert_true(bytes_word(&in, &word) && bytes_equal_text(word, "bc"));
    assert_false(bytes_word(&in, &word));
}

/* By the letters of ASCII alone, for each pair of first bytes. */
static void a_text_is_compared_without_regard_to_case(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++)
        for (int first = 1; first < 256; first++) {
            const uint8_t said[] = {(uint8_t)byte, 'x'};
            const char text[] = {(char)first, 'X', '\0'};
            const int change = byte ^ first, letter = byte | 0x20;
            const bool alike = change == 0 || (change == 0x20 && letter >= 'a' && letter <= 'z');

            assert_int_equal(bytes_equal_text((struct bytes){said, 2}, text), alike);
            assert_int_equal(bytes_begin_with((struct bytes){said, 2}, text), alike);
            assert_int_equal(bytes_may_become((struct bytes){said, 2}, text), alike);
            assert_int_equal(bytes_may_become((struct bytes){said, 1}, text), alike);
        }
    assert_true(bytes_begin_with((struct bytes){(const uint8_t *)"abc", 3}, ""));
    assert_false(bytes_equal_text((struct bytes){(const uint8_t *)"abc", 3}, ""));
    assert_false(bytes_begin_with((struct bytes){(const uint8_t *)"ab", 2}, "abc"));
    assert_true(bytes_may_become((struct bytes){(const uint8_t *)"ab", 2}, "abc"));
    assert_false(bytes_may_become((struct bytes){(const uint8_t *)"abcd", 4}, "abc"));
}

static void an_empty_window_has_no_memory(void **state)
{
    struct bytes none = {NULL, 0};
    struct bytes out;

    (void)state;
    assert_true(bytes_take(&none, 0, &out));
    assert_false(bytes_line(&none, &out));
    assert_false(bytes_seek(&none, 0));
    assert_true(bytes_equal_text(none, ""));
    assert_false(bytes_begin_with(none, "a"));
    assert_true(bytes_may_become(none, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vector_is_read_whole_or_nothing_changes),
        cmocka_unit_test(an_integer_is_read_in_network_order_or_nothing_changes),
        cmocka_unit_test(a_line_ends_at_the_first_lf_and_loses_one_cr),
        cmocka_unit_test(seeking_stops_before_the_byte_or_changes_nothing),
        cmocka_unit_test(a_word_ends_at_a_space),
        cmocka_unit_test(a_text_is_compared_without_regard_to_case),
        cmocka_unit_test(an_empty_window_has_no_memory),
    };

    return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
