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
}

static void sources_count_side_by_side(void **state)
{
    (void)state;
    read_source(7, 100, 5);
    read_source(8, 100, 5);
    assert_int_equal(number(SESSIONS), 10);
    assert_int_equal(number("SELECT count(*) FROM host"), 6);
}

static void the_same_source_twice_in_one_run_counts_once(void **state)
{
    struct source_record begin = make_source(7, 0, false), end = make_source(7, 100, true);
    struct session session = make_session(7, 1, 0);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    for (int i = 0; i < 2; i++) {
        if (!ledger_source(desk.ledger, &begin)) {
            hand_over(&desk);
            assert_true(ledger_source(desk.ledger, &begin));
        }
        add(&desk, &session);
        assert_true(ledger_source(desk.ledger, &end));
    }
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number(SESSIONS), 1);
}

static void a_reading_broken_off_is_completed_by_the_next(void **state)
{
    struct source_record part = make_source(7, 40, false);
    struct session session = make_session(7, 1, 1);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    add(&desk, &session);
    assert_true(ledger_source(desk.ledger, &part));
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT complete FROM source"), 0);
    read_source(7, 100, 5);
    assert_int_equal(number(SESSIONS), 5);
    assert_int_equal(number("SELECT complete FROM source"), 1);
}

static void a_second_reading_counts_only_when_it_is_complete(void **state)
{
    struct source_record part = make_source(7, 90, false);
    struct session session = make_session(7, 9, 1);
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

static void old_observations_are_forgotten_and_their_hosts_are_not(void **state)
{
    struct desk desk;
    struct error error = {0};

    (void)state;
    read_source(7, 100, 5);
    desk = open_desk();
    writer_keep(desk.writer, 1);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT count(*) FROM observation"), 0);
    assert_int_equal(number("SELECT count(*) FROM hosts WHERE first_seen = '2025-11-25T12:00:01.000000Z'"), 2);
}

static void forgetting_much_takes_steps_between_which_ledgers_are_stored(void **state)
{
    struct session session = make_session(8, 1, 0);
    struct error error = {0};
    struct desk desk;
    struct db db;

    (void)state;
    read_source(7, 100, 5);
    assert_true(db_open(&db, path, DB_WRITE, &error));
    assert_true(db_run(&db,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) INSERT INTO observation "
        "SELECT i, source, reading, day, client, server, profile, certificate, path, first_seen, last_seen, 1, 1, 0, 1, "
        "0, 0, 0 FROM n, "
        "(SELECT * FROM observation LIMIT 1)",
        &error));
    db_close(&db);
    desk = open_desk();
    session.first.time_ns = session.last.time_ns = time(NULL) * NANOSECONDS;
    writer_keep(desk.writer, 1);
    for (int i = 0; i < 5; i++) {
        add(&desk, &session);
        hand_over(&desk);
    }
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT count(*) FROM observation"), 1);
    assert_int_equal(number(SESSIONS), 5);
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

static void inventories_merge_by_union(void **state)
{
    static const char *const steps[] = {
        "INSERT OR IGNORE INTO host SELECT * FROM other.host",
        "INSERT OR IGNORE INTO profile SELECT * FROM other.profile",
        "INSERT OR IGNORE INTO source SELECT * FROM other.source",
        "INSERT INTO observation SELECT * FROM other.observation WHERE true ON CONFLICT (id) DO UPDATE SET "
        "first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen), "
        "sessions = max(sessions, excluded.sessions)",
    };
    char sql[3 * sizeof(path)], other[sizeof(path) + 16];
    struct error error = {0};
    struct db db;

    (void)state;
    read_source(7, 100, 5);
    snprintf(other, sizeof(other), "%s/other.db", folder);
    snprintf(sql, sizeof(sql), "VACUUM INTO '%s'; ATTACH '%s' AS other", other, other);
    assert_true(db_open(&db, path, DB_WRITE, &error));
    assert_true(db_run(&db, sql, &error));
    assert_true(db_run(&db, "DELETE FROM observation WHERE first_packet > 12; DELETE FROM source", &error));
    read_source(8, 100, 6);
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        assert_true(db_run(&db, steps[i], &error));
    db_close(&db);
    unlink(other);
    assert_int_equal(number(SESSIONS), 11);
    assert_int_equal(number("SELECT count(*) FROM source"), 2);
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

static void a_capture_that_two_read_at_once_counts_once(void **state)
{
    struct source_record source = make_source(7, 100, true);
    struct session session = make_session(7, 1, 0);
    struct desk first = open_desk(), second = open_desk();
    struct error error = {0};
    uint64_t unstored;

    (void)state;
    add(&first, &session);
    hand_over(&first);
    add(&second, &session);
    ledger_source(second.ledger, &source);
    hand_over(&second);
    assert_true(writer_failed(second.writer, &error, &unstored));
    assert_non_null(strstr(error.text, "another lasthello"));
    close_desk(&second, &error);
    ledger_source(first.ledger, &source);
    assert_true(close_desk(&first, &error));
    assert_int_equal(number(SESSIONS), 1);
}

static void captures_that_two_read_side_by_side_both_count(void **state)
{
    struct session session = make_session(7, 1, 0);
    struct desk desk = open_desk();
    struct error error = {0};

    (void)state;
    add(&desk, &session);
    hand_over(&desk);
    read_source(8, 100, 5);
    read_source(8, 100, 5);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number(SESSIONS), 6);
    assert_int_equal(number("SELECT count(*) FROM staged"), 0);
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
        IN_FOLDER(the_same_source_twice_in_one_run_counts_once),
        IN_FOLDER(a_reading_broken_off_is_completed_by_the_next),
        IN_FOLDER(a_second_reading_counts_only_when_it_is_complete),
        IN_FOLDER(later_ledgers_add_to_a_row_and_widen_it),
        IN_FOLDER(an_amendment_reaches_what_was_stored_before),
        IN_FOLDER(drops_are_told_by_the_minute),
        IN_FOLDER(an_interface_that_was_down_is_blind_by_the_minute),
        IN_FOLDER(old_observations_are_forgotten_and_their_hosts_are_not),
        IN_FOLDER(forgetting_much_takes_steps_between_which_ledgers_are_stored),
        IN_FOLDER(a_busy_writer_leaves_the_worker_its_ledger),
        IN_FOLDER(inventories_merge_by_union),
        IN_FOLDER(what_is_handed_to_a_writer_never_started_is_stored_at_its_end),
        IN_FOLDER(a_capture_that_two_read_at_once_counts_once),
        IN_FOLDER(captures_that_two_read_side_by_side_both_count),
        IN_FOLDER(a_reader_beside_the_writer_sees_what_is_committed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
