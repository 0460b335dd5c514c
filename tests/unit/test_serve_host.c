/* SPDX-License-Identifier: BSD-2-Clause */
/* Which Host headers are answered. */
#include "../../src/serve/request.h"
#include "test.h"

static const struct serving serving = {.hosts = {"sensor.example.org"}, .host_count = 1};

static void this_machine_and_what_was_allowed_are_answered_and_nobody_else(void **state)
{
    static const struct {
        const char *host;
        bool allowed;
    } rows[] = {
        {"localhost", true},
        {"LOCALHOST:8993", true},
        {"127.0.0.1:8993", true},
        {"[::1]:8993", true},
        {"sensor.example.org", true},
        {"Sensor.Example.Org:443", true},
        {"localhost.evil.example", false},
        {"127.0.0.1.evil.example:8993", false},
        {"evil.example", false},
        {"xlocalhost", false},
        {"", false},
        {NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (host_is_allowed(&serving, rows[i].host) != rows[i].allowed)
            fail_msg("%s", rows[i].host == NULL ? "no header" : rows[i].host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(this_machine_and_what_was_allowed_are_answered_and_nobody_else),
    };

    return cmocka_run_group_tests_name("serve_host", tests, NULL, NULL);
}
