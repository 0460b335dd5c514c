/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions counted by service, version and outcome. */
#include "tally.h"
#include "test.h"

#include <string.h>

static void note(struct tally *tally, const char *service, enum version negotiated, enum version offered)
{
    struct session session = {.service = service, .outcome = OUTCOME_REFUSED, .negotiated = negotiated};

    session.offer.maximum = offered;
    tally_note(tally, &session);
}

static uint64_t count_of(const struct tally *tally, const char *service, enum version version)
{
    for (size_t i = 0; i < TALLY_SERVICES_MAX && tally->services[i] != NULL; i++)
        if (strcmp(tally->services[i], service) == 0)
            return tally->sessions[i][version][OUTCOME_REFUSED];
    return 0;
}

static void what_was_negotiated_counts_before_what_was_offered(void **state)
{
    struct tally tally = {.services = {NULL}};

    (void)state;
    note(&tally, "imaps", VERSION_TLS_1_0, VERSION_TLS_1_2);
    note(&tally, "imaps", VERSION_UNKNOWN, VERSION_TLS_1_1);
    assert_int_equal(count_of(&tally, "imaps", VERSION_TLS_1_0), 1);
    assert_int_equal(count_of(&tally, "imaps", VERSION_TLS_1_1), 1);
    assert_int_equal(count_of(&tally, "imaps", VERSION_TLS_1_2), 0);
}

static void sums_do_not_depend_on_the_order_of_services(void **state)
{
    struct tally sum = {.services = {NULL}}, one = {.services = {NULL}}, other = {.services = {NULL}};

    (void)state;
    note(&one, "imaps", VERSION_TLS_1_0, VERSION_TLS_1_0);
    note(&one, "pop3", VERSION_UNKNOWN, VERSION_UNKNOWN);
    note(&other, "pop3", VERSION_UNKNOWN, VERSION_UNKNOWN);
    note(&other, "imaps", VERSION_TLS_1_0, VERSION_TLS_1_0);
    tally_add(&sum, &one);
    tally_add(&sum, &other);
    assert_int_equal(count_of(&sum, "imaps", VERSION_TLS_1_0), 2);
    assert_int_equal(count_of(&sum, "pop3", VERSION_UNKNOWN), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_negotiated_counts_before_what_was_offered),
        cmocka_unit_test(sums_do_not_depend_on_the_order_of_services),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
