/* SPDX-License-Identifier: BSD-2-Clause */
/* What the log of a sensor says of policies, and when. */
#include "test.h"
#include "watch.h"

#include <lasthello/clock.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LAST_DAY 20818 /* 2026-12-31, by date -d @$((20818 * 86400)) */

static const struct watch_options options = {.deadlines = {{"exchange-online", LAST_DAY}}, .deadline_count = 1};

/* What is said on a day, so many before the last. */
static void say(struct watching *watching, int64_t days_left, char *out, size_t size)
{
    FILE *file = tmpfile();
    const int before = dup(STDERR_FILENO);
    size_t len;

    dup2(fileno(file), STDERR_FILENO);
    watch_deadlines_tell(watching, ((LAST_DAY - days_left) * SECONDS_A_DAY + 3600) * NANOSECONDS);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    len = fread(out, 1, size - 1, file);
    out[len] = '\0';
    fclose(file);
}

static void thirty_seven_and_one_day_before_the_last_it_is_said(void **state)
{
    char text[512];

    (void)state;
    for (int64_t left = 40; left >= -3; left--) {
        struct watching watching = {.options = &options};

        say(&watching, left, text, sizeof(text));
        assert_int_equal(text[0] != '\0', left == 30 || left == 7 || left == 1);
    }
}

static void the_sentence_has_the_policy_and_the_day(void **state)
{
    struct watching watching = {.options = &options};
    char text[512];

    (void)state;
    say(&watching, 7, text, sizeof(text));
    assert_string_equal(text,
        "lasthello: policy exchange-online: 7 days left, the last is 2026-12-31; who breaks then: lasthello "
        "report\n");
}

static void it_is_said_once_a_day(void **state)
{
    struct watching watching = {.options = &options};
    char text[512];

    (void)state;
    say(&watching, 1, text, sizeof(text));
    assert_true(strstr(text, "1 day left") != NULL);
    say(&watching, 1, text, sizeof(text));
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thirty_seven_and_one_day_before_the_last_it_is_said),
        cmocka_unit_test(the_sentence_has_the_policy_and_the_day),
        cmocka_unit_test(it_is_said_once_a_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
