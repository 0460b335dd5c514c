/* SPDX-License-Identifier: BSD-2-Clause */
/* Contacts say what the observations of gathered readings say, whatever becomes of those. */
#include "store_help.h"

#define GATHERED "FROM observation o JOIN reading r ON r.id = o.source WHERE r.gathered = 1"
#define SUMS                                                                                           \
    "SELECT client, server, profile, coalesce(certificate, 0), coalesce(path, 0), min(o.first_seen), " \
    "max(o.last_seen), sum(o.sessions), sum(o.short_lived) " GATHERED " GROUP BY 1, 2, 3, 4, 5"
#define CONTACTS \
    "SELECT client, server, profile, certificate, path, first_seen, last_seen, sessions, short_lived FROM contact"
#define KEY "client, server, profile, certificate, path"
/* What a contact says of its days, and what it should say: a day is named where it is not the one after another. */
#define DAYS "SELECT " KEY ", days FROM contact"
#define DAYS_SEEN                                                                                                \
    "SELECT " KEY ", group_concat(CASE WHEN day = before + 1 THEN '' ELSE day || ':' END || sessions || "        \
    "CASE WHEN short_lived > 0 THEN '/' || short_lived ELSE '' END) FROM "                                       \
    "(SELECT *, lag(day) OVER (PARTITION BY " KEY " ORDER BY day) AS before FROM "                               \
    "(SELECT client, server, profile, coalesce(certificate, 0) AS certificate, coalesce(path, 0) AS path, day, " \
    "sum(o.sessions) AS sessions, sum(o.short_lived) AS short_lived " GATHERED " GROUP BY 1, 2, 3, 4, 5, 6) s "  \
    "ORDER BY " KEY ", day) d GROUP BY " KEY
#define LISTED   "SELECT client, observation FROM client_observation"
#define OBSERVED "SELECT client, o.id " GATHERED

static int64_t in_one_alone(const char *one, const char *other)
{
    char sql[2048];

    snprintf(sql, sizeof(sql), "SELECT count(*) FROM (SELECT * FROM (%s) EXCEPT SELECT * FROM (%s))", one, other);
    return number(sql);
}

static void assert_contacts(int64_t sessions)
{
    assert_int_equal(in_one_alone(SUMS, CONTACTS) + in_one_alone(CONTACTS, SUMS), 0);
    assert_int_equal(in_one_alone(DAYS_SEEN, DAYS) + in_one_alone(DAYS, DAYS_SEEN), 0);
    assert_int_equal(in_one_alone(OBSERVED, LISTED) + in_one_alone(LISTED, OBSERVED), 0);
    assert_int_equal(number("SELECT count(*) FROM contact c LEFT JOIN observation o ON o.id = c.last_observation "
                            "AND o.client = c.client AND o.last_seen = c.last_seen WHERE o.id IS NULL"),
        0);
    assert_int_equal(number("SELECT coalesce(sum(sessions), 0) FROM contact"), sessions);
}

static void run_sql(const char *sql)
{
    struct error error = {0};
    struct db db;

    assert_true(db_open(&db, path, DB_WRITE, &error));
    assert_true(db_run(&db, sql, &error));
    db_close(&db);
}

/* An inventory that gathers readings of one connection. */
static void gather_early(void)
{
    struct desk desk = open_desk();
    struct error error = {0};

    assert_true(close_desk(&desk, &error));
    run_sql("UPDATE inventory SET gather_from = 1");
}

/* A reading with a session of each of so many clients, from `from` on. */
static void read_clients(uint64_t id, uint64_t packets, uint8_t from, uint8_t clients)
{
    struct source_record source = make_source(id, packets, true);
    struct desk desk = open_desk();
    struct error error = {0};

    source.flows = clients;
    for (uint8_t i = 0; i < clients; i++) {
        struct session session = make_session(id, (uint8_t)(from + i), i);

        add(&desk, &session);
    }
    conclude(&desk, &source);
    assert_true(close_desk(&desk, &error));
}

static void files_stand_apart_until_many_have_come_together(void **state)
{
    (void)state;
    read_clients(107, 100, 1, 5);
    assert_contacts(0);
    run_sql("UPDATE inventory SET gather_from = 8");
    read_clients(208, 100, 1, 2);
    assert_contacts(0);
    read_clients(309, 100, 1, 1);
    assert_contacts(8);
    assert_int_equal(number("SELECT count(*) FROM reading WHERE gathered = 1"), 3);
    assert_int_equal(number("SELECT count(*) FROM contact"), 5); /* of one client in three files */
}

/* It was looked in vain while the file was read. */
static void what_came_last_of_a_file_need_not_be_a_session(void **state)
{
    struct source_record source = make_source(107, 100, true);
    struct error error = {0};
    struct desk desk;

    (void)state;
    gather_early();
    desk = open_desk();
    source.flows = 3;
    assert_true(ledger_source(desk.ledger, &source));
    for (uint8_t i = 1; i <= 3; i++) {
        struct session session = make_session(107, i, i);

        add(&desk, &session);
    }
    hand_over(&desk);
    conclude(&desk, &source);
    assert_true(close_desk(&desk, &error));
    assert_contacts(3);
}

static void an_interface_is_gathered_while_it_is_watched(void **state)
{
    struct source_record source = make_source(7, 100, false);
    struct session session = make_session(7, 1, 0);
    struct desk desk;
    struct error error = {0};

    (void)state;
    gather_early();
    run_sql("UPDATE inventory SET gather_from = 2");
    desk = open_desk();
    source.kind = "interface";
    source.flows = 1;
    assert_true(ledger_source(desk.ledger, &source));
    add(&desk, &session);
    hand_over(&desk);
    assert_contacts(0);
    session = make_session(7, 1, 9);
    source.flows = 2;
    assert_true(ledger_source(desk.ledger, &source));
    add(&desk, &session);
    hand_over(&desk);
    assert_contacts(2);
    session = make_session(7, 2, 10); /* from now on its contacts are kept as it goes */
    add(&desk, &session);
    hand_over(&desk);
    assert_contacts(3);
    assert_int_equal(number("SELECT count(*) FROM contact"), 2);
    assert_true(close_desk(&desk, &error));
    assert_int_equal(number("SELECT max(last_seen - first_seen) FROM contact"), 9000005);
}

/* Another process that reads files into the same inventory finds enough together. */
static void another_process_may_gather_an_interface(void **state)
{
    struct source_record source = make_source(7, 100, false);
    struct session session = make_session(7, 1, 0);
    struct desk desk = open_desk();
    struct amendment amendment = {add(&desk, &session), {NOON_NS + 90 * NANOSECONDS, 77, 7}, true};
    struct error error = {0};

    (void)state;
    source.kind = "interface";
    source.flows = 1;
    assert_true(ledger_source(desk.ledger, &source));
    hand_over(&desk);
    assert_contacts(0);
    run_sql("UPDATE inventory SET gather_from = 4");
    read_clients(107, 50, 1, 3);
    assert_contacts(4);
    assert_true(ledger_amend(desk.ledger, &amendment));
    hand_over(&desk);
    assert_contacts(4);
    session = make_session(7, 1, 9);
    add(&desk, &session);
    assert_true(close_desk(&desk, &error));
    assert_contacts(5);
}

/* Two days and some minutes, there and back; a file's reading of the same days stays where it is. */
static void a_clock_that_was_set_moves_what_its_interface_has_stored(void **state)
{
    const int64_t moves[] = {-(2 * 86400 + 720) * NANOSECONDS, 20000 * 86400 * NANOSECONDS, 0};
    struct source_record source = make_source(8, 100, false);
    struct session first = make_session(8, 1, 0), last = make_session(8, 2, 30);
    struct error error = {0};
    struct desk desk;

    (void)state;
    gather_early();
    read_clients(107, 50, 1, 3);
    desk = open_desk();
    source.kind = "interface";
    source.flows = 2;
    source.dropped = 5; /* a blind minute */
    assert_true(ledger_source(desk.ledger, &source));
    add(&desk, &first);
    add(&desk, &last);
    hand_over(&desk);
    for (size_t i = 0; i < COUNT_OF(moves); i++) {
        source.started_ns += moves[i] - source.moved_ns;
        source.ended_ns += moves[i] - source.moved_ns;
        source.moved_ns = moves[i];
        assert_true(ledger_source(desk.ledger, &source));
        hand_over(&desk);
        assert_contacts(5);
        assert_int_equal(number("SELECT started * 1000 FROM source WHERE id = 8"), NOON_NS + moves[i]);
        assert_int_equal(number("SELECT min(first_seen) * 1000 FROM observation WHERE source = 8"), NOON_NS + moves[i]);
        assert_int_equal(number("SELECT max(last_seen) * 1000 FROM observation WHERE source = 8"), last.last.time_ns + moves[i]);
        assert_int_equal(number("SELECT count(*) FROM observation WHERE source = 8 AND day <> first_seen / 86400000000"), 0);
        assert_int_equal(number("SELECT count(*) FROM blind WHERE source = 8 AND dropped = 5"), 1);
        assert_int_equal(number("SELECT minute FROM blind WHERE source = 8"), (NOON_NS + 60 * NANOSECONDS + moves[i]) / NANOSECONDS / 60);
        assert_int_equal(number("SELECT min(first_seen) * 1000 FROM observation WHERE source = 107"), NOON_NS);
    }
    assert_true(close_desk(&desk, &error));
    assert_contacts(5);
}

static void what_is_learnt_later_reaches_the_contact(void **state)
{
    struct source_record source = make_source(7, 100, false);
    struct session session = make_session(7, 1, 0);
    struct amendment amendment = {.last = {NOON_NS + 90 * NANOSECONDS, 77, 7}, .short_lived = true};
    struct error error = {0};
    struct desk desk;

    (void)state;
    gather_early();
    desk = open_desk();
    amendment.observation = add(&desk, &session);
    source.kind = "interface";
    source.flows = 1;
    assert_true(ledger_source(desk.ledger, &source));
    hand_over(&desk);
    assert_true(ledger_amend(desk.ledger, &amendment));
    assert_true(close_desk(&desk, &error));
    assert_contacts(1);
    assert_int_equal(number("SELECT short_lived FROM contact"), 1);
}

static void a_reading_that_is_replaced_takes_its_own_alone(void **state)
{
    (void)state;
    gather_early();
    read_clients(107, 50, 1, 3); /* the beginning of a capture */
    read_clients(108, 100, 2, 3);
    assert_contacts(6);
    read_clients(207, 100, 1, 4); /* all of it */
    assert_int_equal(number(SESSIONS), 7);
    assert_contacts(7);
}

static void what_is_forgotten_goes_and_the_rest_stays(void **state)
{
    struct session old = make_session(7, 1, -3 * 86400), young = make_session(7, 1, 0);
    struct source_record source = make_source(7, 100, true);
    struct desk desk;
    struct error error = {0};

    (void)state;
    gather_early();
    desk = open_desk();
    source.flows = 2;
    source.started_ns = NOON_NS - 3 * 86400 * NANOSECONDS;
    add(&desk, &old);
    add(&desk, &young);
    conclude(&desk, &source);
    assert_true(close_desk(&desk, &error));
    assert_contacts(2);
    desk = open_desk();
    writer_keep(desk.writer, 1, true);
    assert_true(close_desk(&desk, &error));
    assert_contacts(1);
    assert_int_equal(number("SELECT first_seen * 1000 FROM contact"), NOON_NS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(files_stand_apart_until_many_have_come_together),
        IN_FOLDER(what_came_last_of_a_file_need_not_be_a_session),
        IN_FOLDER(an_interface_is_gathered_while_it_is_watched),
        IN_FOLDER(another_process_may_gather_an_interface),
        IN_FOLDER(a_clock_that_was_set_moves_what_its_interface_has_stored),
        IN_FOLDER(what_is_learnt_later_reaches_the_contact),
        IN_FOLDER(a_reading_that_is_replaced_takes_its_own_alone),
        IN_FOLDER(what_is_forgotten_goes_and_the_rest_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
