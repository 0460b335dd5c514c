/* SPDX-License-Identifier: BSD-2-Clause */
/* Each direction's bytes in order, both directions in causal order, and gaps that are told and never filled by
 * guessing. */
#include "flow_rig.h"
#include "test.h"

#define MEMORY (32u << 20)

/* Plays a conversation, ends the capture, and compares what was shown. */
static void shows(const struct said *said, size_t count, const char *log)
{
    struct rig *rig = rig_open(MEMORY);

    rig_play(rig, said, count);
    rig_flush(rig);
    assert_string_equal(rig->log, log);
    rig_close(rig);
}
#define SHOWS(log, ...)                            \
    do {                                           \
        const struct said said_[] = {__VA_ARGS__}; \
        shows(said_, COUNT_OF(said_), log);        \
    } while (0)

static void bytes_in_order_are_shown_as_they_come(void **state)
{
    (void)state;
    SHOWS("+s:hic:abcs:ok|", HANDSHAKE, {S, ACK, 1, 1, "hi", 0}, {C, ACK, 1, 3, "abc", 0}, {S, ACK, 3, 4, "ok", 0});
}

static void reordered_segments_are_put_in_order(void **state)
{
    (void)state;
    SHOWS("+c:abcdef|", HANDSHAKE, {C, ACK, 5, 1, "ef", 0}, {C, ACK, 3, 1, "cd", 0}, {C, ACK, 1, 1, "ab", 0});
}

static void a_retransmission_is_shown_once(void **state)
{
    (void)state;
    SHOWS("+c:abcd|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 1, 1, "abcd", 0},
        {C, ACK, 3, 1, "cd", 0});
}

static void of_an_overlap_the_first_copy_wins_and_a_lie_is_counted(void **state)
{
    static const struct said said[] = {HANDSHAKE, {C, ACK, 3, 1, "cdef", 0}, {C, ACK, 1, 1, "abXX", 0}};
    struct rig *rig = rig_open(MEMORY);

    (void)state;
    rig_play(rig, said, COUNT_OF(said));
    assert_string_equal(rig->log, "+c:abcdef");
    assert_int_equal(flow_table_counts(rig->table)->overlaps, 1);
    rig_close(rig);
}

static void a_segment_over_several_holes_fills_them_all(void **state)
{
    (void)state;
    SHOWS("+c:abcdefghij|", HANDSHAKE, {C, ACK, 3, 1, "cd", 0}, {C, ACK, 7, 1, "gh", 0},
        {C, ACK, 1, 1, "abcdefghij", 0});
}

static void lost_bytes_are_a_gap_when_the_capture_ends(void **state)
{
    (void)state;
    SHOWS("+c:abc!c:ef|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 5, 1, "ef", 0});
    SHOWS("+c!c:cd|", HANDSHAKE, {C, ACK, 3, 1, "cd", 0});
}

static void lost_bytes_are_waited_for_sixteen_packets(void **state)
{
    struct rig *rig = rig_open(MEMORY);
    const struct said begin[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 5, 1, "ef", 0}};

    (void)state;
    rig_play(rig, begin, COUNT_OF(begin));
    for (uint32_t i = 0; i < HOLE_PACKETS - 1; i++)
        rig_say(rig, &(struct said){S, ACK, 1, 3, "", 0});
    assert_string_equal(rig->log, "+c:ab");
    rig_say(rig, &(struct said){S, ACK, 1, 3, "", 0});
    assert_string_equal(rig->log, "+c:abc!c:ef");
    assert_int_equal(flow_table_counts(rig->table)->gap_bytes, 2);
    rig_close(rig);
}

static void the_first_bytes_of_an_unknown_beginning_wait_for_eight_packets(void **state)
{
    struct rig *rig = rig_open(MEMORY);

    (void)state;
    rig_say(rig, &(struct said){C, ACK, 101, 1, "cd", 0});
    for (uint32_t i = 0; i < 8; i++) {
        assert_string_equal(rig->log, "+");
        rig_say(rig, &(struct said){C, ACK, 103 + 2 * i, 1, "..", 0});
    }
    assert_string_equal(rig->log, "+c:cd................");
    rig_close(rig);
}

/* Pieces of two bytes, each behind a hole of two; a segment over all of them, which is kept in parts, one before each
 * piece; at last the bytes before it. */
static size_t gaps_of_filled_holes(uint32_t pieces)
{
    const struct said handshake[] = {HANDSHAKE};
    struct rig *rig = rig_open(MEMORY);
    char all[80] = "";
    size_t gaps;

    rig_play(rig, handshake, COUNT_OF(handshake));
    for (uint32_t i = 0; i < pieces; i++) {
        rig_say(rig, &(struct said){C, ACK, 5 + 4 * i, 1, "x.", 0});
        strcat(all, "--x.");
    }
    rig_say(rig, &(struct said){C, ACK, 3, 1, all, 0});
    rig_say(rig, &(struct said){C, ACK, 1, 1, "ab", 0});
    rig_flush(rig);
    gaps = flow_table_counts(rig->table)->gaps;
    assert_int_equal(flow_table_counts(rig->table)->gap_bytes, 2 * gaps);
    rig_close(rig);
    return gaps;
}

static void of_a_side_24_pieces_are_kept_apart_and_what_finds_no_place_is_a_gap(void **state)
{
    (void)state;
    assert_int_equal(gaps_of_filled_holes(11), 0);
    assert_int_equal(gaps_of_filled_holes(12), 1);      /* there are 24 when the first bytes come */
    assert_int_equal(gaps_of_filled_holes(13), 1 + 13); /* the segment had no place either */
}

static void lost_bytes_are_waited_for_thirty_seconds(void **state)
{
    struct rig *rig = rig_open(MEMORY);
    const struct said begin[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 5, 1, "ef", 0}};

    (void)state;
    rig_play(rig, begin, COUNT_OF(begin));
    rig_wait(rig, 29);
    assert_string_equal(rig->log, "+c:ab");
    rig_wait(rig, 2);
    assert_string_equal(rig->log, "+c:abc!c:ef");
    rig_close(rig);
}

static void sequence_numbers_wrap(void **state)
{
    static const struct said said[] = {HANDSHAKE, {C, ACK, 5, 1, "ef", 0}, {C, ACK, 1, 1, "abcd", 0},
        {S, ACK, 1, 7, "ok", 0}};

    (void)state;
    for (uint32_t before = 0; before < 8; before++) {
        struct rig *rig = rig_open(MEMORY);

        rig->isn[C] = UINT32_MAX - before;
        rig->isn[S] = UINT32_MAX - before / 2;
        rig_play(rig, said, COUNT_OF(said));
        assert_string_equal(rig->log, "+c:abcdefs:ok");
        rig_close(rig);
    }
}

static void a_keep_alive_byte_is_no_data(void **state)
{
    (void)state;
    SHOWS("+c:abcd|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 2, 1, "X", 0}, {C, ACK, 3, 1, "cd", 0});
    SHOWS("", HANDSHAKE, {C, ACK, 0, 1, "X", 0});
    SHOWS("+c:ab|", {C, ACK, 100, 1, "X", 0}, {C, ACK, 101, 1, "ab", 0}, {S, ACK, 1, 101, "", 0});
}

static void a_zero_window_probe_is_data(void **state)
{
    (void)state;
    SHOWS("+c:abcd|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 3, 1, "c", 0}, {C, ACK, 3, 1, "cd", 0});
}

static void a_syn_may_carry_data(void **state)
{
    (void)state;
    SHOWS("+c:abcds:ok|", {C, SYN, 0, 0, "ab", 0}, {S, SYN | ACK, 0, 3, "", 0}, {C, ACK, 3, 1, "cd", 0},
        {S, ACK, 1, 5, "ok", 0});
}

static void a_fin_may_carry_data_and_nothing_comes_after_it(void **state)
{
    (void)state;
    SHOWS("+c:abc.s:oks.|", HANDSHAKE, {C, FIN, 1, 1, "ab", 0}, {C, ACK, 4, 1, "XX", 0}, {S, ACK, 1, 4, "ok", 0},
        {S, FIN, 3, 4, "", 0});
}

static void a_rst_ends_a_side_after_what_it_had_sent(void **state)
{
    (void)state;
    SHOWS("+c:abs#|", HANDSHAKE, {S, RST | ACK, 1, 3, "", 0}, {C, ACK, 1, 1, "ab", 0});
    SHOWS("+c:abs:oks#|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, RST, 3, 0, "", 0}, {S, ACK, 1, 3, "ok", 0});
}

static void a_rst_out_of_window_ends_nothing(void **state)
{
    (void)state;
    SHOWS("+c:abcd|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, RST, 90000000, 0, "", 0}, {S, ACK, 1, 3, "", 0},
        {C, RST, 1, 0, "", 0}, {C, ACK, 3, 1, "cd", 0});
}

/* RFC 9293 3.10.7.4: a RST counts at RCV.NXT and in the window after it, never before what the receiver has. */
static void a_rst_behind_ends_nothing_where_nobody_acknowledged_anything(void **state)
{
    (void)state;
    /* before the first byte that a SYN tells of */
    SHOWS("+c:abcds:ok|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, RST, 0u - 30000, 0, "", 0}, {C, ACK, 3, 1, "cd", 0},
        {S, ACK, 1, 5, "ok", 0});
    SHOWS("+c:abcds:ok|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, RST, 0, 0, "", 0}, {C, ACK, 3, 1, "cd", 0},
        {S, ACK, 1, 5, "ok", 0});
    /* among what was shown */
    SHOWS("+c:abcds:ok|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, RST, 2, 0, "", 0}, {C, ACK, 3, 1, "cd", 0},
        {S, ACK, 1, 5, "ok", 0});
    /* before what was seen first, of a side whose SYN was not captured */
    SHOWS("+s:hic:abcds:ok|", {S, ACK, 1, 60001, "hi", 0}, {C, RST, 1, 0, "", 0}, {C, ACK, 60001, 3, "ab", 0},
        {C, ACK, 60003, 3, "cd", 0}, {S, ACK, 3, 60005, "ok", 0});
    SHOWS("+c:abcd|", {C, RST, 1, 0, "", 0}, {C, ACK, 60001, 3, "ab", 0}, {C, ACK, 60003, 3, "cd", 0});
    SHOWS("+c:abcd|", {C, ACK, 60001, 3, "ab", 0}, {C, RST, 1, 0, "", 0}, {C, ACK, 60003, 3, "cd", 0});
    /* before what an idle connection had acknowledged when the capture began */
    SHOWS("+c:abcds:ok|", {S, ACK, 1, 60001, "", 0}, {C, RST, 1, 0, "", 0}, {C, ACK, 60001, 1, "ab", 0},
        {C, ACK, 60003, 1, "cd", 0}, {S, ACK, 1, 60005, "ok", 0});
}

static void a_rst_where_the_other_side_has_read_to_is_the_end(void **state)
{
    (void)state;
    /* RFC 9293 3.10.7.1: who knows no such connection takes the sequence number from an acknowledgement */
    SHOWS("+c:abcds:okc#|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 3, 1, "cd", 0}, {S, ACK, 1, 3, "ok", 0},
        {C, RST, 3, 0, "", 0});
    SHOWS("+c:abc#|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, RST, 3, 0, "", 0});
    SHOWS("+c:abc#|", HANDSHAKE, {C, RST, 3, 0, "", 0}, {C, ACK, 1, 1, "ab", 0});
    SHOWS("+c:abc#|", {C, ACK, 501, 1, "ab", 0}, {C, RST, 503, 0, "", 0});
    SHOWS("+c:abc#|", {C, RST, 503, 0, "", 0}, {C, ACK, 501, 1, "ab", 0});
    /* a firewall's answer to a hello: it acknowledges, and takes the place of a server that said nothing */
    SHOWS("+c:abs#|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, RST | ACK, 1, 3, "", 0});
}

static void who_had_seen_bytes_speaks_after_them(void **state)
{
    (void)state;
    SHOWS("+s:hic:abs:okc:cd|", HANDSHAKE, {C, ACK, 1, 3, "ab", 0}, {C, ACK, 3, 5, "cd", 0},
        {S, ACK, 3, 3, "ok", 0}, {S, ACK, 1, 1, "hi", 0});
}

static void data_that_crossed_a_fin_comes_before_it(void **state)
{
    (void)state;
    SHOWS("+c:abs:okc.|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, FIN, 3, 1, "", 0}, {S, ACK, 1, 3, "ok", 0},
        {S, ACK, 3, 4, "", 0});
}

static void bytes_that_the_other_side_acknowledged_and_nobody_saw_are_a_gap(void **state)
{
    (void)state;
    SHOWS("+c:abs!c:cd|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 3, 501, "cd", 0}, {S, ACK, 501, 5, "", 0});
}

/* RFC 9293 3.10.7.4 */
static void what_a_receiver_drops_is_not_shown(void **state)
{
    (void)state;
    SHOWS("+c:abs:ok|", HANDSHAKE, {C, SEGMENT_PSH, 1, 0, "no", 0}, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "ok", 0});
    SHOWS("+c:abs:ok|", HANDSHAKE, {C, SEGMENT_FIN, 1, 0, "", 0}, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "ok", 0});
    SHOWS("+c:abs:ok|", HANDSHAKE, {C, ACK, 1, 900, "no", 0}, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "ok", 0});
    SHOWS("+c:abs:okc:cd|", HANDSHAKE, {C, FIN, 1, 900, "no", 0}, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "ok", 0},
        {C, ACK, 3, 3, "cd", 0}, {S, ACK, 3, 5, "", 0});
    SHOWS("+c:abs:ok|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 900, "no", 0}, {S, ACK, 1, 3, "ok", 0});
}

static void an_end_that_traffic_goes_beyond_was_none(void **state)
{
    (void)state;
    SHOWS("+c:abs:ok|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, RST, 1, 0, "", 0}, {S, ACK, 1, 3, "ok", 0},
        {C, ACK, 3, 3, "", 0});
    SHOWS("+c:abs:okc:cd|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, RST, 3, 0, "", 0}, {S, ACK, 1, 3, "ok", 0},
        {C, ACK, 3, 3, "cd", 0}, {S, ACK, 3, 5, "", 0});
    SHOWS("+c:abs:ok|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, FIN, 1, 3, "", 0}, {S, ACK, 1, 3, "ok", 0},
        {C, ACK, 3, 3, "", 0});
}

static void an_end_behind_bytes_that_were_not_captured_tells_of_a_gap(void **state)
{
    (void)state;
    SHOWS("+c:abs!s.|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "", 0}, {S, FIN, 48, 3, "", 0});
    SHOWS("+c:abs!s#|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 3, "", 0}, {S, RST, 48, 0, "", 0});
    SHOWS("+c:abs!s.|", {C, ACK, 1, 1, "ab", 0}, {S, FIN, 48, 3, "", 0});
}

static void counted_padding_displaces_nothing(void **state)
{
    (void)state;
    SHOWS("+c:abcd|", HANDSHAKE, {C, ACK, 1, 1, "\1\1", 0}, {C, ACK, 1, 1, "abcd", 0});
    SHOWS("+c:\1\1cd|", HANDSHAKE, {C, ACK, 1, 1, "\1\1", 0}, {C, ACK, 3, 1, "cd", 0});
    SHOWS("+c:\1\1s:ok|", HANDSHAKE, {C, ACK, 1, 1, "\1\1", 0}, {S, ACK, 1, 3, "ok", 0});
}

static void a_fin_that_was_not_captured_is_no_gap(void **state)
{
    (void)state;
    SHOWS("+c:abs:ok|", HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {S, ACK, 1, 4, "ok", 0}, {C, ACK, 4, 3, "", 0});
}

static void one_side_alone_is_shown_without_gaps(void **state)
{
    struct rig *rig = rig_open(MEMORY);

    (void)state;
    rig_say(rig, &(struct said){C, SYN, 0, 0, "", 0});
    for (uint32_t i = 0; i < 20; i++)
        rig_say(rig, &(struct said){C, ACK, 1 + 2 * i, 1 + 100 * i, "ab", 0});
    assert_string_equal(rig->log, "+c:abababababababababababababababababababab");
    assert_int_equal(flow_table_counts(rig->table)->gaps, 0);
    rig_close(rig);
}

static void a_capture_that_begins_in_the_middle_starts_at_the_lowest_byte(void **state)
{
    (void)state;
    SHOWS("+c:abcds:ok|", {C, ACK, 503, 900, "cd", 0}, {C, ACK, 501, 900, "ab", 0}, {S, ACK, 900, 505, "ok", 0});
}

static void only_a_syn_tells_that_nothing_came_before(void **state)
{
    static const struct said whole[] = {HANDSHAKE, {S, ACK, 1, 1, "hi", 0}, {C, ACK, 1, 3, "ab", 0}};
    const struct {
        size_t first;
        bool begins;
    } rows[] = {{0, true}, {1, true}, {2, false}, {3, false}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rig *rig = rig_open(MEMORY);

        rig_play(rig, whole + rows[i].first, COUNT_OF(whole) - rows[i].first);
        rig_flush(rig);
        assert_string_equal(rig->log, "+s:hic:ab|");
        assert_int_equal(rig->whole[C], rows[i].begins);
        assert_int_equal(rig->whole[S], rows[i].begins);
        rig_close(rig);
    }
}

static void what_the_snapshot_length_cut_off_is_a_gap(void **state)
{
    (void)state;
    SHOWS("+c:abc!c:efc!|", HANDSHAKE, {C, ACK, 1, 1, "abcd", 2}, {C, ACK, 5, 1, "efgh", 2});
    SHOWS("+c:abc!c:efc!|", HANDSHAKE, {C, ACK, 5, 1, "efgh", 2}, {C, ACK, 1, 1, "abcd", 2});
    SHOWS("+c!s:ok|", HANDSHAKE, {C, ACK, 1, 1, "abcd", 4}, {S, ACK, 1, 5, "ok", 0});
}

static void untaken_bytes_are_shown_again_with_more(void **state)
{
    struct rig *rig = rig_open(MEMORY);
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 3, 1, "cd", 0}, {C, ACK, 5, 1, "ef", 0}};

    (void)state;
    rig->hold = 5;
    rig_play(rig, said, COUNT_OF(said));
    assert_string_equal(rig->log, "+c:abcdef");
    rig_close(rig);
}

/* Segments of 1000 bytes, one after the other, from `first` on. */
static void say_thousands(struct rig *rig, uint32_t first, uint32_t count)
{
    char text[1001];

    memset(text, 'x', sizeof(text) - 1);
    text[1000] = '\0';
    for (uint32_t i = first; i < first + count; i++)
        rig_say(rig, &(struct said){C, ACK, 1 + 1000 * i, 1, text, 0});
}

static void of_what_nobody_takes_64_kib_are_kept(void **state)
{
    const struct said handshake[] = {HANDSHAKE};
    struct rig *rig = rig_open(MEMORY);

    (void)state;
    rig->hold = 1 << 20;
    rig_play(rig, handshake, COUNT_OF(handshake));
    say_thousands(rig, 0, 65);
    assert_int_equal(flow_table_counts(rig->table)->gaps, 0);
    say_thousands(rig, 65, 1);
    assert_int_equal(flow_table_counts(rig->table)->gap_bytes, STREAM_BYTES_MAX);
    rig_close(rig);
}

static void behind_a_hole_64_kib_are_kept(void **state)
{
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "a", 0}};
    struct rig *rig = rig_open(MEMORY);

    (void)state;
    rig_play(rig, said, COUNT_OF(said));
    say_thousands(rig, 10, 14);
    say_thousands(rig, 10, 1);
    assert_int_equal(flow_table_counts(rig->table)->gaps, 0);
    rig_say(rig, &(struct said){C, ACK, 75538, 1, "too far", 0});
    assert_int_equal(flow_table_counts(rig->table)->gaps, 2);
    assert_int_equal(flow_table_counts(rig->table)->gap_bytes, 9999 + 75538 - 24001);
    rig_close(rig);
}

static void a_super_segment_is_taken_in_parts(void **state)
{
    static char text[60001];
    const struct said handshake[] = {HANDSHAKE, {C, ACK, 1, 1, "0123456789", 0}};
    struct rig *rig = rig_open(MEMORY);

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    rig->hold = 60000;
    rig_play(rig, handshake, COUNT_OF(handshake));
    rig_say(rig, &(struct said){C, ACK, 11, 1, text, 0});
    rig_say(rig, &(struct said){C, ACK, 60011, 1, text, 0});
    rig_say(rig, &(struct said){C, FIN, 120011, 1, "", 0});
    rig_flush(rig);
    assert_int_equal(flow_table_counts(rig->table)->gaps, 0);
    assert_int_equal(strncmp(rig->log, "+c:0123456789xxx", 16), 0);
    rig_close(rig);
}

static void a_far_segment_is_believed_only_when_many_agree(void **state)
{
    struct rig *rig = rig_open(MEMORY);
    const struct said said[] = {HANDSHAKE, {C, ACK, 1, 1, "ab", 0}, {C, ACK, 50000001, 1, "XX", 0},
        {C, ACK, 3, 1, "cd", 0}};

    (void)state;
    rig_play(rig, said, COUNT_OF(said));
    assert_string_equal(rig->log, "+c:abcd");
    for (uint32_t i = 0; i <= HOLE_PACKETS; i++)
        rig_say(rig, &(struct said){C, ACK, 90000001 + 2 * i, 1, "ef", 0});
    assert_string_equal(rig->log, "+c:abcdc!c:ef");
    rig_close(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_in_order_are_shown_as_they_come),
        cmocka_unit_test(reordered_segments_are_put_in_order),
        cmocka_unit_test(a_retransmission_is_shown_once),
        cmocka_unit_test(of_an_overlap_the_first_copy_wins_and_a_lie_is_counted),
        cmocka_unit_test(a_segment_over_several_holes_fills_them_all),
        cmocka_unit_test(lost_bytes_are_a_gap_when_the_capture_ends),
        cmocka_unit_test(lost_bytes_are_waited_for_sixteen_packets),
        cmocka_unit_test(lost_bytes_are_waited_for_thirty_seconds),
        cmocka_unit_test(the_first_bytes_of_an_unknown_beginning_wait_for_eight_packets),
        cmocka_unit_test(of_a_side_24_pieces_are_kept_apart_and_what_finds_no_place_is_a_gap),
        cmocka_unit_test(sequence_numbers_wrap),
        cmocka_unit_test(a_keep_alive_byte_is_no_data),
        cmocka_unit_test(a_zero_window_probe_is_data),
        cmocka_unit_test(a_syn_may_carry_data),
        cmocka_unit_test(a_fin_may_carry_data_and_nothing_comes_after_it),
        cmocka_unit_test(a_rst_ends_a_side_after_what_it_had_sent),
        cmocka_unit_test(a_rst_out_of_window_ends_nothing),
        cmocka_unit_test(a_rst_behind_ends_nothing_where_nobody_acknowledged_anything),
        cmocka_unit_test(a_rst_where_the_other_side_has_read_to_is_the_end),
        cmocka_unit_test(who_had_seen_bytes_speaks_after_them),
        cmocka_unit_test(data_that_crossed_a_fin_comes_before_it),
        cmocka_unit_test(bytes_that_the_other_side_acknowledged_and_nobody_saw_are_a_gap),
        cmocka_unit_test(what_a_receiver_drops_is_not_shown),
        cmocka_unit_test(an_end_that_traffic_goes_beyond_was_none),
        cmocka_unit_test(an_end_behind_bytes_that_were_not_captured_tells_of_a_gap),
        cmocka_unit_test(counted_padding_displaces_nothing),
        cmocka_unit_test(a_fin_that_was_not_captured_is_no_gap),
        cmocka_unit_test(one_side_alone_is_shown_without_gaps),
        cmocka_unit_test(a_capture_that_begins_in_the_middle_starts_at_the_lowest_byte),
        cmocka_unit_test(only_a_syn_tells_that_nothing_came_before),
        cmocka_unit_test(what_the_snapshot_length_cut_off_is_a_gap),
        cmocka_unit_test(untaken_bytes_are_shown_again_with_more),
        cmocka_unit_test(of_what_nobody_takes_64_kib_are_kept),
        cmocka_unit_test(behind_a_hole_64_kib_are_kept),
        cmocka_unit_test(a_super_segment_is_taken_in_parts),
        cmocka_unit_test(a_far_segment_is_believed_only_when_many_agree),
    };

    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
