/* SPDX-License-Identifier: BSD-2-Clause */
/* What is stored counts once, whatever is read again, cut or broken off. */
#include "store_help.h"

#include <time.h>

static void reading_again_changes_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        read_source(7, 100, 5);
        assert_int_equal(number(SESSIONS), 5);
        assert_int_equal(number("SELECT count(*) FROM source"), 1);
        assert_int_equal(number("SELECT sum(packets) FROM fate"), 100);
    }
}

static void the_larger_reading_replaces_the_smaller(void **state)
{
    (void)state;
    read_source(7, 50, 3);
    read_source(7, 100, 5);
    assert_int_equal(number(SESSIONS), 5);
    read_source(7, 60, 4);
    assert_int_equal(number(SESSIONS), 5);
    assert_int_equal(number("SELECT packets FROM source"), 100);
    assert_int_equal(number("SELECT count(*) FROM reading"), 1);
    assert_int_equal(number("SELECT count(*) FROM pending"), 0);
}

static void sources_count_side_by_side(void **state)
{
    (void)state;
    read_source(7, 100, 5);
    read_source(8, 100, 5);
    assert_int_equal(number(SESSIONS), 10);
    assert_int_equal(number("SELECT count(*) FROM host"), 6);
}

static void the_same_capture_twice_in_one_run_counts_once(void **state)
{
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    for (uint64_t id = 7; id < 7 + 2 * CAPTURES; id += CAPTURES) {
        struct source_record source = make_source(id, 100, true);
        struct session session = make_session(id, 1, 0);

        add(&desk, &session);
        conclude(&desk, &source);
    }
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number(SESSIONS), 1);
}

/* Its end is never told, as if it had been killed. */
static void break_off(uint64_t id, uint64_t packets)
{
    struct source_record part = make_source(id, packets, false);
    struct session session = make_session(id, 9, 1);
    struct desk desk = open_desk();
    struct error error = {0};

    add(&desk, &session);
    assert_true(ledger_source(desk.ledger, &part));
    assert_true(close_desk(&desk, &error));
}

static void a_reading_broken_off_counts_until_a_whole_one_is_there(void **state)
{
    (void)state;
    break_off(7, 40);
    assert_int_equal(number(SESSIONS), 1);
    assert_int_equal(number("SELECT complete FROM source"), 0);
    read_source(8, 10, 0);
    assert_int_equal(number("SELECT settled FROM reading WHERE id = 7 AND owner IS NULL"), 0);
    read_source(7, 100, 5);
    assert_int_equal(number(SESSIONS), 5);
    assert_int_equal(number("SELECT complete FROM source WHERE id % 100 = 7"), 1);
}

/* Sessions that were open when it was killed are missing: it does not replace what is whole, and what only it saw stays. */
static void what_was_broken_off_replaces_nothing_whole(void **state)
{
    (void)state;
    read_source(7, 40, 3);
    break_off(7, 90);
    assert_int_equal(number(SESSIONS), 3);
    read_source(8, 10, 0);
    assert_int_equal(number(SESSIONS), 4);
    assert_int_equal(number("SELECT count(*) FROM source WHERE id % 100 = 7"), 2);
    read_source(7, 100, 5);
    assert_int_equal(number(SESSIONS), 5);
    assert_int_equal(number("SELECT count(*) FROM source WHERE id % 100 = 7"), 1);
}

static void a_reading_that_goes_on_elsewhere_is_left_alone(void **state)
{
    struct source_record part = make_source(7, 40, false);
    struct session session = make_session(7, 9, 1);
    struct desk elsewhere = open_desk();
    struct error error = {0};

    (void)state;
    add(&elsewhere, &session);
    assert_true(ledger_source(elsewhere.ledger, &part));
    hand_over(&elsewhere);
    read_source(8, 10, 0);
    assert_int_equal(number("SELECT count(*) FROM reading WHERE id = 7 AND owner IS NOT NULL"), 1);
    read_source(7, 30, 2); /* the other one has all of it, it seems, and will be judged at its end */
    assert_int_equal(number(SESSIONS), 1);
    read_source(7, 100, 5);
    assert_int_equal(number(SESSIONS), 5);
    assert_int_equal(number("SELECT count(*) FROM reading WHERE id = 7 AND state = 'waiting'"), 1);
    assert_true(close_desk(&elsewhere, &error));
    read_source(8, 10, 0); /* whoever comes next sees that it is over */
    assert_int_equal(number("SELECT count(*) FROM reading WHERE id = 7"), 0);
    assert_int_equal(number("SELECT count(*) FROM tombstone WHERE reading = 7 AND replaced_by <> 0"), 1);
}

static void a_second_reading_counts_only_when_it_is_over(void **state)
{
    struct source_record part = make_source(107, 90, false);
    struct session session = make_session(107, 9, 1);
    struct desk desk;
    struct error error = {0};

    (void)state;
    read_source(7, 100, 5);
    desk = open_desk();
    add(&desk, &session);
    assert_true(ledger_source(desk.ledger, &part));
    hand_over(&desk);
    assert_int_equal(number(SESSIONS), 5);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number(SESSIONS), 5);
}

static void later_ledgers_add_to_a_row_and_widen_it(void **state)
{
    struct session early = make_session(7, 1, 0), late = make_session(7, 1, 30);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    add(&desk, &late);
    hand_over(&desk);
    add(&desk, &early);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT sessions FROM observation"), 2);
    assert_int_equal(number("SELECT first_packet FROM observation"), 10);
    assert_int_equal(number("SELECT last_packet FROM observation"), 50);
    assert_int_equal(number("SELECT last_seen - first_seen FROM observation"), 30000005);
}

static void an_amendment_reaches_what_was_stored_before(void **state)
{
    struct session session = make_session(7, 1, 0);
    struct desk desk = open_desk();
    struct error error = {0};
    struct amendment amendment = {add(&desk, &session), {NOON_NS + 90 * NANOSECONDS, 77, 8}, true};

    (void)state;
    hand_over(&desk);
    assert_true(ledger_amend(desk.ledger, &amendment));
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT last_packet FROM observation WHERE short_lived = 1 AND last_source = 8"), 77);
    assert_int_equal(number(SESSIONS), 1);
}

static void drops_are_told_by_the_minute(void **state)
{
    struct source_record source = make_source(7, 10, false);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    for (int second = 0; second < 4; second++) {
        source.ended_ns = NOON_NS + second * 30 * NANOSECONDS;
        source.dropped = second < 2 ? 0 : 100 * (uint64_t)(second - 1); /* 0 0 100 200 */
        assert_true(ledger_source(desk.ledger, &source));
        hand_over(&desk);
    }
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT count(*) FROM blind"), 1);
    assert_int_equal(number("SELECT dropped FROM blind"), 200);
    assert_int_equal(number("SELECT blind_first = '2025-11-25T12:01Z' FROM coverage"), 1);
}

static void an_interface_that_was_down_is_blind_by_the_minute(void **state)
{
    struct source_record source = make_source(7, 0, false);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    for (int second = 25; second <= 75; second += 25) {
        source.ended_ns = NOON_NS + second * NANOSECONDS;
        source.down_ns = second * NANOSECONDS;
        assert_true(ledger_source(desk.ledger, &source));
        hand_over(&desk);
    }
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT down_seconds FROM source"), 75);
    assert_int_equal(number("SELECT count(*) FROM blind"), 2);
    assert_int_equal(number("SELECT down_seconds FROM blind ORDER BY minute"), 50);
    assert_int_equal(number("SELECT blind_minutes FROM coverage WHERE blind_last = '2025-11-25T12:01Z'"), 2);
}

/* A session of today, so that what is older is old. */
static void add_a_session_of_today(struct desk *desk)
{
    struct source_record source = make_source(8, 10, true);
    struct session session = make_session(8, 1, 0);

    session.first.time_ns = session.last.time_ns = time(NULL) * NANOSECONDS;
    source.started_ns = source.ended_ns = session.first.time_ns;
    add(desk, &session);
    conclude(desk, &source);
}

static void what_is_old_is_forgotten_and_when_its_hosts_were_seen_is_not(void **state)
{
    struct desk desk;
    struct error error = {0};

    (void)state;
    read_source(7, 100, 5);
    desk = open_desk();
    writer_keep(desk.writer, 1, true);
    add_a_session_of_today(&desk);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number(SESSIONS), 1);
    assert_int_equal(number("SELECT count(*) FROM source"), 1);
    assert_int_equal(number("SELECT count(*) FROM fate WHERE source % 100 = 7"), 0);
    assert_int_equal(number("SELECT count(*) FROM hosts WHERE first_seen = '2025-11-25T12:00:01.000000Z'"), 2);
    assert_int_equal(number("SELECT count(*) FROM tombstone"), 1);
}

/* Of an inventory of which the newest day is long ago, that day counts. */
static void what_is_old_by_the_clock_alone_stays(void **state)
{
    struct desk desk;
    struct error error = {0};

    (void)state;
    read_source(7, 100, 5);
    desk = open_desk();
    writer_keep(desk.writer, 1, true);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number(SESSIONS), 5);
}

/* Names that nobody refers to any more go, too. */
static void what_only_the_old_referred_to_is_forgotten(void **state)
{
    struct session session = make_session(7, 1, 0);
    struct source_record source = make_source(7, 5, true);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    memcpy(session.offer.server_name, "private.example", 16);
    memcpy(session.offer.ja4, "t12", 4);
    add(&desk, &session);
    conclude(&desk, &source);
    hand_over(&desk);
    assert_int_equal(number("SELECT count(*) FROM profile WHERE server_name = 'private.example'"), 1);
    writer_keep(desk.writer, 1, true);
    add_a_session_of_today(&desk);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT count(*) FROM profile WHERE server_name = 'private.example'"), 0);
    assert_int_equal(number("SELECT count(*) FROM hello"), 1);
    assert_int_equal(number("SELECT count(*) FROM answer"), 1);
}

/* 40,000 rows more, of the day of the one that is there. */
static void multiply_rows(void)
{
    struct error error = {0};
    struct db db;

    assert_true(db_open(&db, path, DB_WRITE, &error));
    assert_true(db_run(&db,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) INSERT INTO observation "
        "SELECT i, source, day, client, server, profile, certificate, path, first_seen, last_seen, 1, 1, 0, 1, 0, "
        "0, 0 FROM n, (SELECT * FROM observation LIMIT 1)",
        &error));
    db_close(&db);
}

static void forgetting_much_takes_steps_between_which_ledgers_are_stored(void **state)
{
    struct session session = make_session(8, 1, 0);
    struct error error = {0};
    struct desk desk;

    (void)state;
    read_source(7, 100, 5);
    multiply_rows();
    desk = open_desk();
    add_a_session_of_today(&desk);
    hand_over(&desk);
    session.first.time_ns = session.last.time_ns = time(NULL) * NANOSECONDS;
    writer_keep(desk.writer, 1, true);
    for (int i = 0; i < 5; i++) {
        add(&desk, &session);
        hand_over(&desk);
    }
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT count(*) FROM observation"), 1);
    assert_int_equal(number(SESSIONS), 6);
}

/* A sensor's clock that says a day long after the inventory's newest may be wrong: nothing is deleted at once. */
static void a_clock_far_ahead_deletes_nothing_at_once(void **state)
{
    struct desk desk;
    struct error error = {0};

    (void)state;
    read_source(7, 100, 5);
    desk = open_desk();
    writer_keep(desk.writer, 1, false);
    add_a_session_of_today(&desk);
    hand_over(&desk);
    hand_over(&desk);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number(SESSIONS), 6);
}

static void a_busy_writer_leaves_the_worker_its_ledger(void **state)
{
    struct session session = make_session(7, 1, 0);
    struct desk desk = open_desk();
    struct error error = {0};
    struct ledger *first;
    struct db other;

    (void)state;
    assert_true(db_open(&other, path, DB_WRITE, &error));
    assert_true(db_run(&other, "BEGIN IMMEDIATE", &error)); /* keeps the writer waiting */
    add(&desk, &session);
    first = desk.ledger;
    desk.ledger = writer_exchange(desk.writer, 0, desk.ledger);
    assert_ptr_not_equal(desk.ledger, first);
    add(&desk, &session);
    assert_ptr_equal(writer_exchange(desk.writer, 0, desk.ledger), desk.ledger);
    assert_true(db_run(&other, "ROLLBACK", &error));
    db_close(&other);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number(SESSIONS), 2);
}

static void what_is_handed_to_a_writer_never_started_is_stored_at_its_end(void **state)
{
    struct error error = {0};
    struct desk desk = {writer_open(path, 1, &error), ledger_open()};
    struct session session = make_session(7, 1, 0);

    (void)state;
    add(&desk, &session);
    desk.ledger = writer_exchange(desk.writer, 0, desk.ledger);
    assert_true(writer_close(desk.writer, &error));
    ledger_close(desk.ledger);
    assert_int_equal(number(SESSIONS), 1);
}

/* Both of one capture; `longer` is over last. */
static void read_at_once(uint64_t shorter_packets, uint64_t longer_packets)
{
    struct source_record shorter = make_source(107, shorter_packets, true), longer = make_source(7, 50, true);
    struct session session = make_session(7, 1, 0), same = make_session(107, 1, 0), late = make_session(7, 2, 0);
    struct desk first = open_desk(), second = open_desk();
    struct error error = {0};

    add(&first, &session);
    assert_true(ledger_source(first.ledger, &longer));
    hand_over(&first);
    add(&second, &same);
    conclude(&second, &shorter);
    assert_true(close_desk(&second, &error));
    longer = make_source(7, longer_packets, true);
    add(&first, &late);
    conclude(&first, &longer);
    assert_true(close_desk(&first, &error));
}

static void of_two_that_read_one_capture_at_once_one_counts(void **state)
{
    (void)state;
    read_at_once(100, 100);
    assert_int_equal(number("SELECT count(*) FROM reading"), 1);
    read_at_once(100, 200);
    assert_int_equal(number("SELECT count(*) FROM reading"), 1);
    assert_int_equal(number("SELECT packets FROM source"), 200);
    assert_int_equal(number(SESSIONS), 2);
}

static void captures_that_two_read_side_by_side_both_count(void **state)
{
    struct source_record source = make_source(7, 100, true);
    struct session session = make_session(7, 1, 0);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    add(&desk, &session);
    hand_over(&desk);
    read_source(8, 100, 5);
    read_source(8, 100, 5);
    conclude(&desk, &source);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number(SESSIONS), 6);
    assert_int_equal(number("SELECT count(*) FROM pending"), 0);
}

static void a_reader_beside_the_writer_sees_what_is_committed(void **state)
{
    struct session session = make_session(7, 1, 0);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    add(&desk, &session);
    assert_int_equal(number(SESSIONS), 0);
    hand_over(&desk);
    assert_int_equal(number(SESSIONS), 1);
    assert_true(close_desk(&desk, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(reading_again_changes_nothing),
        IN_FOLDER(the_larger_reading_replaces_the_smaller),
        IN_FOLDER(sources_count_side_by_side),
        IN_FOLDER(the_same_capture_twice_in_one_run_counts_once),
        IN_FOLDER(a_reading_broken_off_counts_until_a_whole_one_is_there),
        IN_FOLDER(what_was_broken_off_replaces_nothing_whole),
        IN_FOLDER(a_reading_that_goes_on_elsewhere_is_left_alone),
        IN_FOLDER(a_second_reading_counts_only_when_it_is_over),
        IN_FOLDER(later_ledgers_add_to_a_row_and_widen_it),
        IN_FOLDER(an_amendment_reaches_what_was_stored_before),
        IN_FOLDER(drops_are_told_by_the_minute),
        IN_FOLDER(an_interface_that_was_down_is_blind_by_the_minute),
        IN_FOLDER(what_is_old_is_forgotten_and_when_its_hosts_were_seen_is_not),
        IN_FOLDER(what_is_old_by_the_clock_alone_stays),
        IN_FOLDER(what_only_the_old_referred_to_is_forgotten),
        IN_FOLDER(a_clock_far_ahead_deletes_nothing_at_once),
        IN_FOLDER(forgetting_much_takes_steps_between_which_ledgers_are_stored),
        IN_FOLDER(a_busy_writer_leaves_the_worker_its_ledger),
        IN_FOLDER(what_is_handed_to_a_writer_never_started_is_stored_at_its_end),
        IN_FOLDER(of_two_that_read_one_capture_at_once_one_counts),
        IN_FOLDER(captures_that_two_read_side_by_side_both_count),
        IN_FOLDER(a_reader_beside_the_writer_sees_what_is_committed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
