/* SPDX-License-Identifier: BSD-2-Clause */
/* Merged inventories of sensors that go on watching: what files of captures cannot show (tests/flows/merge.py). */
#include "store_help.h"

#include <lasthello/merge.h>

#include <stdlib.h>
#include <string.h>

#define GATHERED "FROM observation o JOIN reading r ON r.id = o.source WHERE r.gathered = 1"

static char sensor[sizeof(path)], early[sizeof(path)], all[sizeof(path)], other[sizeof(path)];

/* Questions are to this one from now on. */
static void ask(const char *where)
{
    memcpy(path, where, sizeof(path)); /* all names have this size */
}

static int make_names(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    memcpy(sensor, path, sizeof(sensor));
    snprintf(early, sizeof(early), "%s/early.db", folder);
    snprintf(all, sizeof(all), "%s/all.db", folder);
    snprintf(other, sizeof(other), "%s/other.db", folder);
    return 0;
}

/* remove_folder removes `path` and what lies beside it. */
static int remove_all(void **state)
{
    const char *const paths[] = {sensor, early, all, other};

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        ask(paths[i]);
        remove_folder(state);
    }
    return access(folder, F_OK) == 0 ? -1 : 0;
}

#define WITH_NAMES(test) cmocka_unit_test_setup_teardown(test, make_names, remove_all)

/* A part of a run on an interface: a session of each of some clients, on a day. */
static void watch_on(uint64_t id, uint64_t packets, const char *clients, int64_t day)
{
    struct source_record source = make_source(id, packets, false);
    struct desk desk = open_desk();
    struct error error = {0};

    source.kind = "interface";
    source.marks = (struct capture_marks){0};
    source.ended_ns += day * 86400 * NANOSECONDS;
    for (; *clients != '\0'; clients++) {
        struct session session = make_session(id, (uint8_t)*clients, (int)day * 86400);

        add(&desk, &session);
    }
    assert_true(ledger_source(desk.ledger, &source));
    assert_true(close_desk(&desk, &error));
}

static void copy_to(const char *copy)
{
    struct error error = {0};
    char sql[2 * sizeof(path)];
    struct db db;

    snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", copy);
    assert_true(db_open(&db, path, DB_WRITE, &error));
    assert_true(db_run(&db, sql, &error));
    db_close(&db);
}

static void merge(const char *output, const char *one, const char *two)
{
    const char *const paths[] = {one, two};
    const struct merge_inputs inputs = {paths, two == NULL ? 1 : 2, false};
    struct error error = {0};
    size_t left_out;

    assert_true(merge_into(output, &inputs, &left_out, &error));
    assert_int_equal(left_out, 0);
}

/* What the inventory at `where` says, and that its contacts say the same. */
static void assert_says(const char *where, int64_t sessions, int64_t packets)
{
    ask(where);
    assert_int_equal(number(SESSIONS), sessions);
    assert_int_equal(number("SELECT sum(packets) FROM source"), packets);
    assert_int_equal(number("SELECT coalesce(sum(sessions), 0) FROM contact"),
        number("SELECT coalesce(sum(o.sessions), 0) " GATHERED));
    assert_int_equal(number("SELECT count(*) FROM client_observation"), number("SELECT count(*) " GATHERED));
    ask(sensor);
}

static void a_run_that_goes_on_grows_where_it_was_merged_into(void **state)
{
    (void)state;
    watch_on(7, 10, "\1\2\3", 0);
    merge(all, sensor, NULL);
    assert_says(all, 3, 10);
    copy_to(early);
    watch_on(7, 25, "\2\3\4\4", 0);
    watch_on(7, 30, "\1", 1);
    merge(all, sensor, NULL);
    assert_says(all, 8, 30);
    merge(all, early, sensor);
    assert_says(all, 8, 30);
}

static void an_older_copy_takes_nothing_away(void **state)
{
    (void)state;
    watch_on(7, 10, "\1\2\3", 0);
    copy_to(early);
    watch_on(7, 25, "\2\3\4\4", 0);
    merge(all, sensor, early);
    merge(other, early, sensor);
    merge(other, early, NULL);
    assert_says(all, 7, 25);
    assert_says(other, 7, 25);
}

static void two_runs_of_one_interface_stand_side_by_side(void **state)
{
    (void)state;
    watch_on(7, 10, "\1\2\3", 0);
    copy_to(early);
    watch_on(8, 5, "\1", 1);
    merge(all, early, sensor);
    assert_says(all, 4, 15);
    ask(all);
    assert_int_equal(number("SELECT count(*) FROM source"), 2);
    ask(sensor);
}

/* Forgotten while the run goes on: its first days are in an older copy still. */
static void forgotten_days_of_a_run_stay_forgotten(void **state)
{
    struct error error = {0};
    struct desk desk;

    (void)state;
    watch_on(7, 10, "\1\2\3", 0);
    copy_to(early);
    watch_on(7, 20, "\1\4", 5);
    desk = open_desk();
    writer_keep(desk.writer, 2, true);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number(SESSIONS), 2);
    merge(all, early, sensor);
    assert_says(all, 2, 20);
    merge(other, early, NULL);
    assert_says(other, 3, 10);
    merge(other, sensor, NULL);
    assert_says(other, 2, 20);
    merge(other, early, NULL);
    assert_says(other, 2, 20);
}

static void what_repeats_is_as_the_sensor_with_the_list_says(void **state)
{
    struct error error = {0};
    struct db db;

    (void)state;
    watch_on(7, 10, "\1", 0);
    assert_true(db_open(&db, path, DB_WRITE, &error));
    assert_true(db_run(&db, "INSERT INTO certificate (id, sha256) VALUES (5, 'ab')", &error));
    copy_to(early);
    assert_true(db_run(&db, "UPDATE certificate SET chain = 'public CA'; UPDATE observation SET certificate = 5", &error));
    db_close(&db);
    merge(all, sensor, early);
    merge(other, early, sensor);
    for (int i = 0; i < 2; i++) {
        ask(i == 0 ? all : other);
        assert_int_equal(number("SELECT count(*) FROM certificate WHERE chain = 'public CA'"), 1);
    }
    ask(sensor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_NAMES(a_run_that_goes_on_grows_where_it_was_merged_into),
        WITH_NAMES(an_older_copy_takes_nothing_away),
        WITH_NAMES(two_runs_of_one_interface_stand_side_by_side),
        WITH_NAMES(forgotten_days_of_a_run_stay_forgotten),
        WITH_NAMES(what_repeats_is_as_the_sensor_with_the_list_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
