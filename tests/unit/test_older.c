/* SPDX-License-Identifier: BSD-2-Clause */
/* An inventory of an older schema is merged from a copy that is brought up to date; the file stays as it is. */
#include "../../src/merge/draft.h"
#include "../../src/merge/older.h"
#include "store_help.h"

static const char *const lines[] = {"ALTER TABLE profile ADD COLUMN mood TEXT;\n", NULL};
static const char *const *rows[2];
static const struct migrations next = {rows, 2};

/* An inventory that schema 2 was released with, tests/unit/make_fixture.sh. */
static void load_fixture(void)
{
    FILE *file = fopen(FIXTURE_2, "r");
    struct error error = {0};
    char *sql = NULL;
    size_t size = 0;
    struct db db;

    rows[0] = schema_migrations.rows[0];
    rows[1] = lines;
    assert_non_null(file);
    assert_true(getdelim(&sql, &size, '\0', file) > 0);
    fclose(file);
    assert_true(db_open(&db, path, DB_WRITE, &error) && db_run(&db, sql, &error));
    db_close(&db);
    free(sql);
}

static int64_t number_of(const char *file, const char *question)
{
    struct error error = {0};
    int64_t number = -1;
    struct db db;

    assert_true(db_open(&db, file, DB_READ, &error) && db_number(&db, question, &number, &error));
    db_close(&db);
    return number;
}

static void an_older_one_is_brought_up_in_a_copy(void **state)
{
    struct error error = {0};
    struct draft copy;

    (void)state;
    load_fixture();
    assert_true(older_find(path, &next));
    assert_true(draft_aside(&copy, &error));
    assert_true(older_copy(copy.path, path, &next, &error));
    assert_int_equal(number_of(copy.path, "PRAGMA user_version"), SCHEMA_FIRST + 1);
    assert_int_equal(number_of(copy.path, "SELECT count(*) FROM profile WHERE mood IS NULL"),
        number_of(path, "SELECT count(*) FROM profile"));
    assert_true(number_of(copy.path, "SELECT sum(sessions) FROM observation") > 0);
    assert_int_equal(number_of(path, "PRAGMA user_version"), SCHEMA_FIRST);
    assert_true(older_copy(copy.path, path, &next, &error)); /* again, over the first one */
    draft_aside_end(&copy);
    assert_int_not_equal(access(copy.path, F_OK), 0);
    assert_int_not_equal(access(copy.target, F_OK), 0);
}

static void one_of_the_newest_schema_is_read_as_it_is(void **state)
{
    (void)state;
    load_fixture();
    assert_false(older_find(path, &schema_migrations));
}

static void what_is_no_inventory_is_no_older_one(void **state)
{
    struct error error = {0};
    struct db db;

    (void)state;
    assert_false(older_find("/nonexistent/i.db", &next));
    assert_true(db_open(&db, path, DB_WRITE, &error) && db_run(&db, "PRAGMA user_version = 2; CREATE TABLE a (x)", &error));
    db_close(&db);
    assert_false(older_find(path, &next));
}

static void what_is_not_as_its_schema_says_is_refused(void **state)
{
    struct error error = {0};
    struct draft copy;
    struct db db;

    (void)state;
    load_fixture();
    assert_true(db_open(&db, path, DB_WRITE, &error) && db_run(&db, "CREATE TABLE strange (x)", &error));
    db_close(&db);
    assert_true(draft_aside(&copy, &error));
    assert_false(older_copy(copy.path, path, &next, &error));
    assert_non_null(strstr(error.text, "'strange'"));
    draft_aside_end(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(an_older_one_is_brought_up_in_a_copy),
        IN_FOLDER(one_of_the_newest_schema_is_read_as_it_is),
        IN_FOLDER(what_is_no_inventory_is_no_older_one),
        IN_FOLDER(what_is_not_as_its_schema_says_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
