/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes wrong while it is stored: a full disk, no rights, a kill. What was committed stays. */
#include "store_help.h"

#include <lasthello/questions.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* In a child, because limits and signals are a process's own. */
static int in_child(void (*work)(void))
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        work();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return status;
}

static void add_many(struct desk *desk, int count)
{
    for (int i = 0; i < count; i++) {
        struct session session = make_session(9, (uint8_t)i, i);

        snprintf(session.offer.server_name, sizeof(session.offer.server_name), "mail%d.example.net", i);
        add(desk, &session);
    }
}

static void fill_the_disk(void)
{
    struct rlimit limit = {190000, 190000};
    struct desk desk = open_desk();
    struct error error = {0};
    uint64_t unstored;

    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    add_many(&desk, 4000);
    hand_over(&desk);
    if (!writer_failed(desk.writer, &error, &unstored) || unstored != 4000 || strstr(error.text, path) == NULL)
        _exit(1);
    _exit(close_desk(&desk, &error) ? 0 : 2); /* an empty ledger is stored without trouble */
}

static void a_full_disk_is_a_sentence_and_nothing_committed_is_lost(void **state)
{
    (void)state;
    read_source(7, 100, 5);
    assert_int_equal(in_child(fill_the_disk), 0);
    assert_int_equal(number(SESSIONS), 5);
    assert_int_equal(number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

static void hand_over_too_much(struct desk *desk, uint64_t source) /* a reading */
{
    const struct source_record record = make_source(source, 4000, true);

    for (int i = 0; i < 4000; i++) {
        struct session session = make_session(source, (uint8_t)i, i);

        snprintf(session.offer.server_name, sizeof(session.offer.server_name), "mail%d.example.net", i);
        add(desk, &session);
    }
    conclude(desk, &record);
    hand_over(desk);
}

/* Of three readings, the first and the last need more room than there is; 7 stood before. */
static void fill_the_disk_then_go_on(void)
{
    const struct source_record small = make_source(10, 1, true);
    struct session session = make_session(10, 1, 1);
    struct rlimit limit = {190000, 190000};
    struct desk desk = open_desk();
    uint64_t unstored = 0;
    struct error error;

    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    hand_over_too_much(&desk, 9);
    add(&desk, &session);
    conclude(&desk, &small);
    hand_over(&desk);
    hand_over_too_much(&desk, 11);
    hand_over_too_much(&desk, 7);
    writer_end(desk.writer);
    if (!writer_failed(desk.writer, &error, &unstored) || unstored != 12000)
        _exit(1);
    _exit(writer_close(desk.writer, &error) ? 2 : 0);
}

static void what_a_full_disk_took_is_told_by_the_sources_that_lost_it(void **state)
{
    (void)state;
    read_source(7, 100, 5);
    assert_int_equal(in_child(fill_the_disk_then_go_on), 0);
    assert_int_equal(number("SELECT unstored FROM source WHERE id = 9 AND NOT complete"), 4000);
    assert_int_equal(number("SELECT unstored FROM source WHERE id = 10 AND complete"), 0);
    assert_int_equal(number("SELECT unstored FROM source WHERE id = 11 AND NOT complete"), 4000);
    assert_int_equal(number("SELECT packets FROM source WHERE id % 100 = 7 AND complete"), 100); /* what stood stands */
    assert_int_equal(number(SESSIONS), 6);
}

static void reading_again_heals_what_a_full_disk_took(void **state)
{
    (void)state;
    read_source(7, 100, 5);
    assert_int_equal(in_child(fill_the_disk_then_go_on), 0);
    read_source(9, 4000, 3);
    assert_int_equal(number("SELECT unstored FROM source WHERE id % 100 = 9 AND complete"), 0);
    assert_int_equal(number(SESSIONS), 9);
}

/* The -wal file takes a page or two with each transaction, and after some of them has no room to grow. */
static void fill_the_disk_by_and_by(void)
{
    struct rlimit limit = {1000000, 1000000};
    struct desk desk = open_desk();
    struct error error = {0};
    uint64_t unstored;

    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 200; i++) {
        struct session session = make_session(9, 1, i);

        add(&desk, &session);
        hand_over(&desk);
    }
    if (writer_failed(desk.writer, &error, &unstored))
        _exit(1);
    _exit(close_desk(&desk, &error) ? 0 : 2);
}

static void a_disk_that_is_full_of_what_was_committed_takes_more(void **state)
{
    (void)state;
    assert_int_equal(in_child(fill_the_disk_by_and_by), 0);
    assert_int_equal(number(SESSIONS), 200);
    assert_int_equal(number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

/* Its end is lost, and then the disk has room again. */
static void read_again_what_was_lost(void)
{
    struct source_record begun = make_source(109, 10, false), whole = make_source(109, 100, true);
    struct source_record again = make_source(209, 100, true);
    struct session session = make_session(109, 1, 0), same = make_session(209, 1, 0);
    struct desk desk = open_desk();
    struct error error = {0};

    signal(SIGXFSZ, SIG_IGN);
    add(&desk, &session);
    ledger_source(desk.ledger, &begun);
    hand_over(&desk);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){150000, RLIM_INFINITY});
    for (int i = 0; i < 4000; i++) {
        session = make_session(109, (uint8_t)i, i);
        snprintf(session.offer.server_name, sizeof(session.offer.server_name), "mail%d.example.net", i);
        add(&desk, &session);
    }
    conclude(&desk, &whole);
    hand_over(&desk);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    add(&desk, &same);
    conclude(&desk, &again);
    _exit(close_desk(&desk, &error) ? 0 : 1);
}

static void a_source_whose_end_was_lost_counts_once_when_it_is_read_again(void **state)
{
    (void)state;
    assert_int_equal(in_child(read_again_what_was_lost), 0);
    assert_int_equal(number(SESSIONS), 1);
    assert_int_equal(number("SELECT count(*) FROM source WHERE complete AND unstored = 0"), 1);
}

static void so_does_one_that_is_pending(void **state)
{
    (void)state;
    read_source(9, 5, 3);
    assert_int_equal(in_child(read_again_what_was_lost), 0);
    assert_int_equal(number(SESSIONS), 1);
}

/* All that a run does, when no file can be opened any more: a reading, a second one that replaces it, the end. */
static void write_shut_in(void)
{
    struct source_record small = make_source(7, 50, true), large = make_source(107, 100, true);
    struct session session = make_session(7, 1, 0), same = make_session(107, 1, 0), other = make_session(107, 2, 0);
    struct desk desk = open_desk();
    struct error error = {0};

    setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, 0});
    add(&desk, &session);
    conclude(&desk, &small);
    hand_over(&desk);
    add(&desk, &same);
    add(&desk, &other);
    conclude(&desk, &large);
    _exit(close_desk(&desk, &error) ? 0 : 1);
}

static void once_open_it_needs_no_further_file(void **state)
{
    (void)state;
    assert_int_equal(in_child(write_shut_in), 0);
    assert_int_equal(number(SESSIONS), 2);
}

static void write_until_killed(void)
{
    struct desk desk = open_desk();

    for (int i = 0;; i++) {
        struct session session = make_session(9, 1, i % 1000);

        add(&desk, &session);
        hand_over(&desk);
        if (i == 20)
            kill(getpid(), SIGKILL);
    }
}

static void what_was_handed_over_survives_a_kill(void **state)
{
    (void)state;
    assert_true(WIFSIGNALED(in_child(write_until_killed)));
    assert_int_equal(number(SESSIONS), 21);
    assert_int_equal(number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    read_source(9, 100, 5);
    assert_int_equal(number("SELECT count(*) FROM source WHERE complete"), 1);
}

static void read_as_nobody(void)
{
    struct error error = {0};
    struct inventory *inventory;

    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        _exit(3);
    inventory = inventory_open(path, &error);
    _exit(inventory == NULL ? 1 : 0);
}

static void a_reader_needs_no_right_to_write(void **state)
{
    char wal[sizeof(path) + 16];

    (void)state;
    read_source(7, 100, 5);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(folder, 0555), 0);
    assert_int_equal(in_child(read_as_nobody), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    snprintf(wal, sizeof(wal), "%s-wal", path);
    unlink(wal);
    snprintf(wal, sizeof(wal), "%s-shm", path);
    unlink(wal);
    assert_int_equal(chmod(folder, 0555), 0);
    assert_int_equal(in_child(read_as_nobody), 0); /* a copy of the file alone */
}

static void write_as_nobody(void)
{
    struct error error = {0};

    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        _exit(3);
    _exit(writer_open(path, 1, &error) == NULL && strstr(error.text, "no permission") != NULL ? 0 : 1);
}

static void a_writer_without_permission_says_so_at_once(void **state)
{
    (void)state;
    read_source(7, 100, 5);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(chmod(folder, 0555), 0);
    assert_int_equal(in_child(write_as_nobody), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_full_disk_is_a_sentence_and_nothing_committed_is_lost),
        IN_FOLDER(what_a_full_disk_took_is_told_by_the_sources_that_lost_it),
        IN_FOLDER(reading_again_heals_what_a_full_disk_took),
        IN_FOLDER(a_disk_that_is_full_of_what_was_committed_takes_more),
        IN_FOLDER(a_source_whose_end_was_lost_counts_once_when_it_is_read_again),
        IN_FOLDER(so_does_one_that_is_pending),
        IN_FOLDER(once_open_it_needs_no_further_file),
        IN_FOLDER(what_was_handed_over_survives_a_kill),
        IN_FOLDER(a_reader_needs_no_right_to_write),
        IN_FOLDER(a_writer_without_permission_says_so_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
