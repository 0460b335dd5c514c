/* SPDX-License-Identifier: BSD-2-Clause */
/* What the log of a sensor says of dropped packets, and how often. */
#include "test.h"
#include "watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HOUR_NS (3600 * NANOSECONDS)

static char text[512];

static const char *said(struct drops *drops, uint64_t dropped, int64_t at_ns)
{
    FILE *file = tmpfile();
    const int before = dup(STDERR_FILENO);
    size_t len;

    dup2(fileno(file), STDERR_FILENO);
    watch_drops_tell(drops, "eth1", dropped, at_ns);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    text[len] = '\0';
    fclose(file);
    return text;
}

static void no_drop_is_no_line(void **state)
{
    struct drops drops = {0};

    (void)state;
    assert_string_equal(said(&drops, 0, HOUR_NS), "");
}

static void the_first_is_told_at_once(void **state)
{
    struct drops drops = {0};

    (void)state;
    assert_non_null(strstr(said(&drops, 1204, 5), "eth1: first packets dropped: 1,204;"));
}

static void those_of_the_same_hour_are_not_told(void **state)
{
    struct drops drops = {0};

    (void)state;
    said(&drops, 3, 0);
    for (int64_t second = 1; second < 3600; second++)
        assert_string_equal(said(&drops, 3 + (uint64_t)second, second * NANOSECONDS), "");
}

static void the_first_of_a_later_hour_is_told_with_all_so_far(void **state)
{
    struct drops drops = {0};

    (void)state;
    said(&drops, 3, 0);
    assert_string_equal(said(&drops, 3, 2 * HOUR_NS), "");
    assert_non_null(strstr(said(&drops, 9, 2 * HOUR_NS), "eth1: more packets dropped, 9 so far;"));
    assert_string_equal(said(&drops, 10, 3 * HOUR_NS - 1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_drop_is_no_line),
        cmocka_unit_test(the_first_is_told_at_once),
        cmocka_unit_test(those_of_the_same_hour_are_not_told),
        cmocka_unit_test(the_first_of_a_later_hour_is_told_with_all_so_far),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
