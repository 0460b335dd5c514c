/* SPDX-License-Identifier: BSD-2-Clause */
/* Fragments: any order, copies, overlaps, loss, age, little memory. */
#include "test.h"

#include <lasthello/decode.h>

#define SECOND    NANOSECONDS
#define UDP_LEN   65528
#define PIECE_MAX 65536

static uint8_t content(size_t at)
{
    return (uint8_t)(at * 7 + at / 251);
}

/* A piece of the datagram `id`: bytes from `offset` on, `len` long. */
static struct datagram piece(uint32_t id, uint32_t offset, uint32_t len, bool more)
{
    static uint8_t bytes[PIECE_MAX];

    for (size_t i = 0; i < len; i++)
        bytes[i] = content(offset + i);
    return (struct datagram){
        .version = 4,
        .protocol = 17,
        .is_fragment = true,
        .more_fragments = more,
        .fragment_offset = (uint16_t)offset,
        .fragment_id = id,
        .payload = {bytes, len},
        .payload_len = len,
    };
}

static bool add(struct fragments *fragments, uint32_t id, uint32_t offset, uint32_t len, bool more)
{
    struct datagram datagram = piece(id, offset, len, more);

    return fragments_join(fragments, &datagram, 0);
}

static void assert_is_whole(const struct datagram *datagram, size_t len)
{
    assert_false(datagram->is_fragment);
    assert_false(datagram->more_fragments);
    assert_int_equal(datagram->payload_len, len);
    assert_int_equal(datagram->payload.left, len);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(datagram->payload.data[i], content(i));
}

static int open_fragments(void **state)
{
    *state = fragments_open(1 << 20);
    return *state == NULL;
}

static int close_fragments(void **state)
{
    fragments_close(*state);
    return 0;
}

static void a_datagram_that_is_none_passes_unchanged(void **state)
{
    struct datagram datagram = piece(1, 0, 100, false), before;

    datagram.is_fragment = false;
    before = datagram;
    assert_true(fragments_join(*state, &datagram, 0));
    assert_memory_equal(&datagram, &before, sizeof(datagram));
}

static void any_order_gives_the_whole(void **state)
{
    static const unsigned orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const uint32_t lens[3] = {1480, 1480, 77};

    for (size_t order = 0; order < COUNT_OF(orders); order++)
        for (size_t i = 0; i < 3; i++) {
            unsigned part = orders[order][i];
            struct datagram datagram = piece((uint32_t)order, part * 1480, lens[part], part < 2);

            assert_int_equal(fragments_join(*state, &datagram, (int64_t)i), i == 2);
            if (i == 2)
                assert_is_whole(&datagram, 2 * 1480 + 77);
        }
    assert_int_equal(fragments_counts(*state)->joined, 6);
    assert_int_equal(fragments_counts(*state)->overlaps, 0);
}

static void the_largest_datagram_in_the_smallest_fragments(void **state)
{
    for (uint32_t offset = UDP_LEN; offset > 0; offset -= 8)
        assert_false(add(*state, 1, offset, offset == UDP_LEN ? 7 : 8, offset != UDP_LEN));
    struct datagram first = piece(1, 0, 8, true);

    assert_true(fragments_join(*state, &first, 0));
    assert_is_whole(&first, 65535);
}

static void copies_of_fragments_change_nothing(void **state)
{
    assert_false(add(*state, 1, 0, 1480, true));
    assert_false(add(*state, 1, 0, 1480, true));
    assert_true(add(*state, 1, 1480, 20, false));
    assert_false(add(*state, 1, 1480, 20, false));
    assert_false(add(*state, 1, 0, 1480, true));
    assert_int_equal(fragments_counts(*state)->joined, 1);
    assert_int_equal(fragments_counts(*state)->overlaps, 0);
}

static void the_same_id_later_is_another_datagram(void **state)
{
    struct datagram datagram = piece(1, 0, 8, true);

    assert_false(fragments_join(*state, &datagram, 0));
    datagram = piece(1, 8, 8, false);
    assert_true(fragments_join(*state, &datagram, 0));
    datagram = piece(1, 8, 16, false);
    assert_false(fragments_join(*state, &datagram, 2 * SECOND));
    datagram = piece(1, 0, 8, true);
    assert_true(fragments_join(*state, &datagram, 2 * SECOND));
    assert_is_whole(&datagram, 24);
    assert_int_equal(fragments_counts(*state)->given_up, 0);
}

static void in_an_overlap_the_first_copy_wins(void **state)
{
    struct datagram other = piece(1, 8, 16, true), last;
    uint8_t lie[16];

    memset(lie, 0xff, sizeof(lie));
    other.payload.data = lie;
    assert_false(add(*state, 1, 0, 16, true));
    assert_false(fragments_join(*state, &other, 0)); /* 8 to 16 came before, 16 to 24 did not */
    assert_int_equal(fragments_counts(*state)->overlaps, 1);
    last = piece(1, 16, 8, false);
    assert_true(fragments_join(*state, &last, 0));
    assert_int_equal(fragments_counts(*state)->overlaps, 2);
    assert_int_equal(last.payload_len, 24);
    assert_int_equal(last.payload.data[8], content(8));
    assert_int_equal(last.payload.data[16], 0xff);
}

static void an_overlap_that_agrees_is_no_matter(void **state)
{
    struct datagram last;

    assert_false(add(*state, 1, 0, 1024, true));
    assert_false(add(*state, 1, 512, 4096, true));
    last = piece(1, 4000, 1000, false);
    assert_true(fragments_join(*state, &last, 0));
    assert_is_whole(&last, 5000);
    assert_int_equal(fragments_counts(*state)->overlaps, 0);
}

static void a_second_opinion_on_the_end_is_not_heard(void **state)
{
    struct datagram first;

    assert_false(add(*state, 1, 16, 8, false));
    assert_false(add(*state, 1, 24, 8, false));  /* later */
    assert_false(add(*state, 1, 8, 8, false));   /* earlier */
    assert_false(add(*state, 1, 24, 800, true)); /* beyond */
    assert_int_equal(fragments_counts(*state)->overlaps, 3);
    first = piece(1, 0, 16, true);
    assert_true(fragments_join(*state, &first, 0));
    assert_is_whole(&first, 24);
}

static void what_cannot_be_a_fragment_is_not_kept(void **state)
{
    assert_false(add(*state, 1, 0, 12, true));     /* no multiple of 8, and not the last */
    assert_false(add(*state, 1, 65528, 8, false)); /* ends at 65,536 */
    assert_false(add(*state, 1, 8, 0, false));     /* nothing */
    assert_false(add(*state, 1, 8, 8, false));
    assert_true(add(*state, 1, 0, 8, true));
    assert_int_equal(fragments_counts(*state)->overlaps, 0);
}

/* Everything that tells datagrams apart must tell fragments apart. */
static void fragments_of_different_datagrams_never_meet(void **state)
{
    struct datagram others[7];

    assert_false(add(*state, 1, 0, 8, true));
    for (size_t i = 0; i < COUNT_OF(others); i++)
        others[i] = piece(1, 8, 8, false);
    others[0].fragment_id = 2;
    others[1].protocol = 6;
    others[2].version = 6;
    others[3].source.octets[15] = 1;
    others[4].destination.octets[15] = 1;
    others[5].link.tunnel = TUNNEL_VXLAN;
    others[6].link.tunnel_id = 7;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_false(fragments_join(*state, &others[i], 0));
    assert_true(add(*state, 1, 8, 8, false));
}

static void ipv6_takes_the_protocol_of_the_first_fragment(void **state)
{
    struct datagram last = piece(1, 8, 8, false), first = piece(1, 0, 8, true);

    last.version = first.version = 6;
    last.protocol = 17;
    first.protocol = 6;
    assert_false(fragments_join(*state, &first, 0));
    assert_true(fragments_join(*state, &last, 0));
    assert_int_equal(last.protocol, 6);
}

static void extensions_behind_the_fragment_header_are_read_from_the_whole(void **state)
{
    static const uint8_t options[8] = {6, 1, 1, 12}; /* 16 bytes of destination options, half of them */
    struct datagram first = piece(1, 0, 8, true), last = piece(1, 8, 28, false);

    last.version = first.version = 6;
    first.protocol = 60;
    first.payload.data = options;
    assert_false(fragments_join(*state, &first, 0));
    assert_true(fragments_join(*state, &last, 0));
    assert_int_equal(last.protocol, 6);
    assert_int_equal(last.payload_len, 20);
    assert_int_equal(last.payload.left, 20);
}

static void what_the_snapshot_took_ends_the_payload_and_not_its_length(void **state)
{
    struct datagram first = piece(1, 0, 1480, true), last;

    first.payload.left = 100;
    assert_false(fragments_join(*state, &first, 0));
    last = piece(1, 1480, 1480, false);
    last.payload.left = 100;
    assert_true(fragments_join(*state, &last, 0));
    assert_int_equal(last.payload_len, 2960);
    assert_int_equal(last.payload.left, 100);
    assert_int_equal(last.payload.data[99], content(99));
    assert_int_equal(fragments_counts(*state)->overlaps, 0);
}

static void the_incomplete_is_given_up_after_30_seconds(void **state)
{
    struct datagram datagram = piece(1, 0, 8, true);

    assert_false(fragments_join(*state, &datagram, 0));
    datagram = piece(2, 0, 8, true);
    assert_false(fragments_join(*state, &datagram, 30 * SECOND));
    assert_int_equal(fragments_counts(*state)->given_up, 0);
    datagram = piece(1, 8, 8, false);
    assert_false(fragments_join(*state, &datagram, 30 * SECOND + 1));
    assert_int_equal(fragments_counts(*state)->given_up, 1);
    datagram = piece(2, 8, 8, false);
    assert_true(fragments_join(*state, &datagram, 30 * SECOND + 1));
}

static void time_may_run_backwards(void **state)
{
    struct datagram datagram = piece(1, 0, 8, true);

    assert_false(fragments_join(*state, &datagram, 10 * SECOND));
    datagram = piece(1, 8, 8, true);
    assert_false(fragments_join(*state, &datagram, 0));
    datagram = piece(1, 16, 8, false);
    assert_true(fragments_join(*state, &datagram, 5 * SECOND));
    datagram = piece(2, 0, 8, true);
    assert_false(fragments_join(*state, &datagram, INT64_MAX));
    datagram = piece(2, 8, 8, false);
    assert_false(fragments_join(*state, &datagram, INT64_MIN + 40 * SECOND)); /* years away */
}

static void the_least_memory_holds_one_datagram_and_gives_up_the_oldest(void **state)
{
    struct fragments *fragments = fragments_open(0);
    struct datagram last;

    (void)state;
    assert_non_null(fragments);
    for (uint32_t id = 0; id < 1000; id++)
        assert_false(add(fragments, id, 0, 8, true));
    assert_true(fragments_counts(fragments)->given_up >= 900);
    assert_false(add(fragments, 0, 8, 8, false)); /* its first part is gone */
    assert_true(add(fragments, 999, 8, 8, false));
    for (uint32_t offset = 0; offset < 64000; offset += 1600)
        assert_false(add(fragments, 5000, offset, 1600, true));
    last = piece(5000, 64000, 1535, false);
    assert_true(fragments_join(fragments, &last, 0));
    assert_is_whole(&last, 65535);
    fragments_close(fragments);
}

/* Of 32 blocks of 2 KiB the younger has 31 when the older needs a second one. */
static void the_oldest_is_given_up_also_for_its_own_next_fragment(void **state)
{
    struct fragments *fragments = fragments_open(0);

    (void)state;
    assert_false(add(fragments, 1, 0, 8, true));
    for (uint32_t block = 1; block < 32; block++)
        assert_false(add(fragments, 2, 2048 * block, 8, true));
    assert_int_equal(fragments_counts(fragments)->given_up, 0);
    assert_false(add(fragments, 1, 2048, 8, false));
    assert_int_equal(fragments_counts(fragments)->given_up, 1);
    assert_false(add(fragments, 2, 0, 2048, true)); /* there is room for the younger */
    assert_int_equal(fragments_counts(fragments)->given_up, 1);
    assert_false(add(fragments, 1, 8, 8, false)); /* nothing is left of the older one */
    fragments_close(fragments);
}

static void the_memory_of_what_is_done_goes_before_what_waits(void **state)
{
    struct fragments *fragments = fragments_open(0);

    (void)state;
    assert_false(add(fragments, 0, 0, 8, true));
    for (uint32_t id = 1; id < 1000; id++) {
        assert_false(add(fragments, id, 0, 8, true));
        assert_true(add(fragments, id, 8, 8, false));
    }
    assert_true(add(fragments, 0, 8, 8, false));
    assert_int_equal(fragments_counts(fragments)->given_up, 0);
    fragments_close(fragments);
}

/* A tunnel that was fragmented, with a fragment in it: the first whole one is read while the second grows. */
static void a_fragment_may_come_from_inside_a_joined_datagram(void **state)
{
    struct datagram outer, inner;

    assert_false(add(*state, 1, 0, 2048, true));
    outer = piece(1, 2048, 8, false);
    assert_true(fragments_join(*state, &outer, 0));
    inner = piece(2, 0, 2056, true);
    inner.tunnel_depth = 1;
    inner.payload = outer.payload;
    assert_false(fragments_join(*state, &inner, 0));
    inner = piece(2, 2056, 1000, false);
    inner.tunnel_depth = 1;
    assert_true(fragments_join(*state, &inner, 0));
    assert_is_whole(&inner, 3056);
}

static void the_next_capture_knows_nothing_of_the_one_before(void **state)
{
    assert_false(add(*state, 1, 0, 80, true));
    assert_true(add(*state, 1, 80, 8, false));
    assert_false(add(*state, 2, 0, 80, true));
    fragments_flush(*state);
    assert_int_equal(fragments_counts(*state)->given_up, 1);
    assert_false(add(*state, 2, 80, 8, false));
    assert_false(add(*state, 1, 0, 80, true));
    assert_true(add(*state, 1, 80, 8, false));
}

static void nothing_closes(void **state)
{
    (void)state;
    fragments_close(NULL);
}

#define WITH_FRAGMENTS(test) cmocka_unit_test_setup_teardown(test, open_fragments, close_fragments)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FRAGMENTS(a_datagram_that_is_none_passes_unchanged),
        WITH_FRAGMENTS(any_order_gives_the_whole),
        WITH_FRAGMENTS(the_largest_datagram_in_the_smallest_fragments),
        WITH_FRAGMENTS(copies_of_fragments_change_nothing),
        WITH_FRAGMENTS(the_same_id_later_is_another_datagram),
        WITH_FRAGMENTS(in_an_overlap_the_first_copy_wins),
        WITH_FRAGMENTS(an_overlap_that_agrees_is_no_matter),
        WITH_FRAGMENTS(a_second_opinion_on_the_end_is_not_heard),
        WITH_FRAGMENTS(what_cannot_be_a_fragment_is_not_kept),
        WITH_FRAGMENTS(fragments_of_different_datagrams_never_meet),
        WITH_FRAGMENTS(ipv6_takes_the_protocol_of_the_first_fragment),
        WITH_FRAGMENTS(extensions_behind_the_fragment_header_are_read_from_the_whole),
        WITH_FRAGMENTS(what_the_snapshot_took_ends_the_payload_and_not_its_length),
        WITH_FRAGMENTS(the_incomplete_is_given_up_after_30_seconds),
        WITH_FRAGMENTS(time_may_run_backwards),
        WITH_FRAGMENTS(a_fragment_may_come_from_inside_a_joined_datagram),
        WITH_FRAGMENTS(the_next_capture_knows_nothing_of_the_one_before),
        cmocka_unit_test(the_least_memory_holds_one_datagram_and_gives_up_the_oldest),
        cmocka_unit_test(the_oldest_is_given_up_also_for_its_own_next_fragment),
        cmocka_unit_test(the_memory_of_what_is_done_goes_before_what_waits),
        cmocka_unit_test(nothing_closes),
    };

    return cmocka_run_group_tests_name("fragments", tests, NULL, NULL);
}
