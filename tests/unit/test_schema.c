/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose database is it? What is not ours or too new is left alone; what is older is brought up, whole or not at
 * all. */
#include "../../src/store/row_id.h"
#include "store_help.h"

#include <lasthello/questions.h>
#include <lasthello/schema.h>

#include <inttypes.h>

static const char *const one[] = {"CREATE TABLE a (x);\n", "INSERT INTO a VALUES (5);\n", NULL};
static const char *const two[] = {"ALTER TABLE a ADD COLUMN y;\n", "UPDATE a SET y = x + 1;\n", NULL};
static const char *const broken[] = {"CREATE TABLE b (x);\n", "CREATE TABLE nonsense;\n", NULL};
static const char *const *const rows_old[] = {one};
static const char *const *const rows_new[] = {one, two};
static const char *const *const rows_broken[] = {one, broken};
static const struct migrations old = {rows_old, 1}, new = {rows_new, 2}, bad = {rows_broken, 2};

static bool bring_up(const struct migrations *migrations, struct error *error)
{
    struct db db;
    bool done = db_open(&db, path, DB_WRITE, error) && schema_bring_up(&db, migrations, error);

    db_close(&db);
    return done;
}

static void run_sql(const char *sql)
{
    struct error error = {0};
    struct db db;

    assert_true(db_open(&db, path, DB_WRITE, &error));
    assert_true(db_run(&db, sql, &error));
    db_close(&db);
}

static void an_older_inventory_is_brought_up_with_its_rows(void **state)
{
    struct error error = {0};

    (void)state;
    assert_true(bring_up(&old, &error));
    assert_int_equal(number("PRAGMA user_version"), SCHEMA_FIRST);
    assert_true(bring_up(&new, &error));
    assert_int_equal(number("PRAGMA user_version"), SCHEMA_FIRST + 1);
    assert_int_equal(number("SELECT y FROM a"), 6);
    assert_int_equal(number("PRAGMA application_id"), APPLICATION_ID);
}

static void a_step_that_fails_changes_nothing(void **state)
{
    struct error error = {0};

    (void)state;
    assert_true(bring_up(&old, &error));
    assert_false(bring_up(&bad, &error));
    assert_int_equal(number("PRAGMA user_version"), SCHEMA_FIRST);
    assert_int_equal(number("SELECT count(*) FROM sqlite_master WHERE name = 'b'"), 0);
}

static void a_newer_schema_is_refused_and_left_alone(void **state)
{
    struct error error = {0};

    (void)state;
    assert_true(bring_up(&new, &error));
    assert_false(bring_up(&old, &error));
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, "newer"));
    assert_int_equal(number("PRAGMA user_version"), SCHEMA_FIRST + 1);
}

/* An inventory that schema 2 was released with, tests/unit/make_fixture.sh. */
static void load_fixture(void)
{
    FILE *file = fopen(FIXTURE_2, "r");
    char *sql = NULL;
    size_t size = 0;

    assert_non_null(file);
    assert_true(getdelim(&sql, &size, '\0', file) > 0);
    fclose(file);
    run_sql(sql);
    free(sql);
}

static void a_column_is_added_to_an_inventory_of_schema_2(void **state)
{
    static const char *const lines[] = {"ALTER TABLE profile ADD COLUMN mood TEXT;\n", NULL};
    const char *const *const rows[] = {schema_migrations.rows[0], lines};
    const struct migrations next = {rows, 2};
    struct error error = {0};
    int64_t sessions;

    (void)state;
    load_fixture();
    assert_int_equal(number("PRAGMA user_version"), SCHEMA_FIRST);
    sessions = number("SELECT sum(sessions) FROM observation");
    assert_true(sessions > 0);
    bring_up(&next, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(number("PRAGMA user_version"), SCHEMA_FIRST + 1);
    assert_int_equal(number("SELECT sum(o.sessions) FROM observation o JOIN profile p ON p.id = o.profile WHERE mood IS NULL"),
        sessions);
    assert_int_equal(number("SELECT count(*) FROM legacy_clients"), 1);
    assert_false(bring_up(&schema_migrations, &error));
    assert_non_null(strstr(error.text, "newer"));
}

/* What is released must not change behind its version: the tables of a new file, and those of the fixture. */
static void schema_2_is_still_what_it_was(void **state)
{
    static const char tables[] = "SELECT count(*) FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'";
    static const char strange[] =
        "SELECT count(*) FROM (SELECT m.name, c.cid, c.name, c.type, c.\"notnull\", c.pk FROM sqlite_master m, "
        "pragma_table_info(m.name) c WHERE m.type = 'table' EXCEPT SELECT m.name, c.cid, c.name, c.type, c.\"notnull\", c.pk "
        "FROM old.sqlite_master m, pragma_table_info(m.name, 'old') c WHERE m.type = 'table')";
    struct error error = {0};
    int64_t columns, differences;
    char sql[512];
    struct db db;

    (void)state;
    load_fixture();
    columns = number(tables);
    assert_true(db_open(&db, ":memory:", DB_WRITE, &error) && schema_bring_up(&db, &schema_migrations, &error));
    snprintf(sql, sizeof(sql), "ATTACH '%s' AS old", path);
    assert_true(db_run(&db, sql, &error));
    assert_true(db_number(&db, strange, &differences, &error));
    if (differences != 0)
        fail_msg("%d columns are not as in inventory_2.sql; as long as version 2 is not released: tests/unit/make_fixture.sh",
            (int)differences);
    assert_true(db_number(&db, tables, &differences, &error));
    assert_int_equal(differences, columns);
    db_close(&db);
}

static void schema_1_was_never_released_and_is_refused(void **state)
{
    struct error error = {0};

    (void)state;
    run_sql("PRAGMA application_id = 0x6c684c4f; PRAGMA user_version = 1; CREATE TABLE session (id)");
    assert_null(writer_open(path, 1, &error));
    assert_non_null(strstr(error.text, "made by a version that was never released: read the captures again"));
    assert_null(inventory_open(path, &error));
    assert_non_null(strstr(error.text, "never released"));
    assert_int_equal(number("SELECT count(*) FROM sqlite_master"), 1);
}

static void another_program_s_database_is_left_alone(void **state)
{
    struct error error = {0};

    (void)state;
    run_sql("CREATE TABLE precious (x)");
    assert_null(writer_open(path, 1, &error));
    assert_non_null(strstr(error.text, "another program"));
    assert_null(inventory_open(path, &error));
    assert_int_equal(number("SELECT count(*) FROM sqlite_master"), 1);
}

static void a_file_that_is_no_database_is_left_alone(void **state)
{
    struct error error = {0};
    FILE *file = fopen(path, "w");

    (void)state;
    for (int i = 0; i < 100; i++)
        fputs("shopping list\n", file);
    fclose(file);
    assert_null(writer_open(path, 1, &error));
    assert_non_null(strstr(error.text, "no SQLite file"));
    assert_null(inventory_open(path, &error));
}

static void what_is_missing_or_empty_is_a_sentence(void **state)
{
    struct error error = {0};

    (void)state;
    assert_null(inventory_open(path, &error));
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, "no such inventory"));
    fclose(fopen(path, "w"));
    assert_null(inventory_open(path, &error));
    assert_non_null(strstr(error.text, "no inventory yet"));
}

static void an_older_inventory_is_readable_after_one_writing(void **state)
{
    struct error error = {0};
    struct db db;

    (void)state;
    assert_true(bring_up(&old, &error));
    assert_true(db_open(&db, path, DB_READ, &error));
    assert_false(schema_check(&db, &new, &error));
    assert_non_null(strstr(error.text, "older"));
    assert_true(schema_check(&db, &old, &error));
    db_close(&db);
}

/* Whatever it is, and whoever opens it: it is refused by name, and nothing of it runs. */
static void what_is_not_of_the_schema_is_refused_by_name(void **state)
{
    static const struct {
        const char *sql, *named;
    } rows[] = {
        {"CREATE TRIGGER planted AFTER INSERT ON host BEGIN DELETE FROM source; END", "trigger 'planted'"},
        {"CREATE TABLE proof (what)", "table 'proof'"},
        {"CREATE INDEX slow ON observation (client)", "index 'slow'"},
        {"CREATE VIEW \"a\033[31m\" AS SELECT 1", "view 'a\\x1b[31m'"},
        {"DROP VIEW hosts; CREATE VIEW hosts AS SELECT 1 AS site", "view 'hosts'"},
        {"ALTER TABLE blind RENAME TO away; CREATE VIEW blind AS SELECT * FROM away", "'away'"},
        {"DROP TABLE fate; CREATE TABLE fate (source, fate, packets)", "table 'fate'"},
        {"DROP TABLE fate", "lacks its table 'fate'"},
    };
    struct error error;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        unlink(path);
        assert_true(bring_up(&schema_migrations, &error));
        run_sql(rows[i].sql);
        error.text[0] = '\0';
        assert_null(inventory_open(path, &error));
        assert_non_null(strstr(error.text, rows[i].named));
        error.text[0] = '\0';
        assert_null(writer_open(path, 1, &error));
        assert_non_null(strstr(error.text, rows[i].named));
    }
    (void)state;
}

static void what_sqlite_keeps_for_its_planner_is_no_harm(void **state)
{
    struct error error = {0};
    struct inventory *inventory;

    (void)state;
    assert_true(bring_up(&schema_migrations, &error));
    run_sql("ANALYZE");
    inventory = inventory_open(path, &error);
    assert_string_equal(error.text, "");
    assert_non_null(inventory);
    inventory_close(inventory);
}

/* Rows go from the one to the other whole, as SELECT * has them. */
static void pending_has_the_columns_of_observation_in_their_order(void **state)
{
    static const char differences[] =
        "SELECT count(*) FROM (SELECT cid, name, type, \"notnull\" FROM pragma_table_info('observation')) o "
        "FULL JOIN (SELECT cid, name, type, \"notnull\" FROM pragma_table_info('pending')) p USING (cid, name, type, \"notnull\") "
        "WHERE o.cid IS NULL OR p.cid IS NULL";
    struct error error = {0};

    (void)state;
    assert_true(bring_up(&schema_migrations, &error));
    assert_int_equal(number(differences), 0);
}

/* A name that is spelled otherwise here and there would store nothing, without a word. */
static void a_parameter_of_another_name_fails_when_it_is_run(void **state)
{
    struct error error = {0};
    struct query query;
    struct db db;

    (void)state;
    assert_true(db_open(&db, ":memory:", DB_WRITE, &error));
    assert_true(query_open(&query, &db, "SELECT :name", &error));
    query_offer_number(&query, ":nome", 1);
    assert_int_equal(query_row(&query, &error), ROW_ONE);
    query_reset(&query);
    query_name_number(&query, ":nome", 1);
    assert_int_equal(query_row(&query, &error), ROW_FAILED);
    assert_non_null(strstr(error.text, "could not be put into a statement"));
    query_close(&query);
    db_close(&db);
}

/* Merges and the centre look for observations by SQL_IDS_OF, the store by its functions. */
static void sql_and_the_store_agree_where_the_rows_of_a_reading_lie(void **state)
{
    static const uint64_t readings[] = {0, 1, 0x123456789abcdef0, INT64_MAX, 1ull << 63, UINT64_MAX};
    static const char format[] = "WITH r(reading, id) AS (VALUES (%" PRId64 ", %" PRId64 ")) "
                                 "SELECT id " SQL_IDS_OF("reading") " FROM r";
    char sql[512];

    (void)state;
    assert_true(bring_up(&old, &(struct error){0}));
    for (size_t i = 0; i < COUNT_OF(readings); i++) {
        const int64_t first = (int64_t)row_id_first_in(readings[i]), last = (int64_t)row_id_last_in(readings[i]);
        const struct {
            int64_t id;
            bool is_within;
        } rows[] = {{first, true}, {last, true}, {first - 1, false}, {last == INT64_MAX ? -1 : last + 1, false}};

        for (size_t row = 0; row < COUNT_OF(rows); row++) {
            snprintf(sql, sizeof(sql), format, (int64_t)readings[i], rows[row].id);
            assert_int_equal(number(sql), rows[row].is_within);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(an_older_inventory_is_brought_up_with_its_rows),
        IN_FOLDER(a_step_that_fails_changes_nothing),
        IN_FOLDER(a_newer_schema_is_refused_and_left_alone),
        IN_FOLDER(a_column_is_added_to_an_inventory_of_schema_2),
        IN_FOLDER(schema_2_is_still_what_it_was),
        IN_FOLDER(pending_has_the_columns_of_observation_in_their_order),
        IN_FOLDER(a_parameter_of_another_name_fails_when_it_is_run),
        IN_FOLDER(schema_1_was_never_released_and_is_refused),
        IN_FOLDER(another_program_s_database_is_left_alone),
        IN_FOLDER(a_file_that_is_no_database_is_left_alone),
        IN_FOLDER(what_is_missing_or_empty_is_a_sentence),
        IN_FOLDER(an_older_inventory_is_readable_after_one_writing),
        IN_FOLDER(what_is_not_of_the_schema_is_refused_by_name),
        IN_FOLDER(sql_and_the_store_agree_where_the_rows_of_a_reading_lie),
        IN_FOLDER(what_sqlite_keeps_for_its_planner_is_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
