/* SPDX-License-Identifier: BSD-2-Clause */
/* sending.c: statements about one sensor. */
#include "sending.h"

#include <inttypes.h>
#include <stdio.h>

struct parameters {
    char numbers[NUMBERS_MAX + 1][SENDING_NUMBER_BYTES];
    const char *values[NUMBERS_MAX + 2];
};

static void fill(struct parameters *parameters, struct sending *sending, int count, const int64_t *numbers)
{
    parameters->values[0] = sending->uuid;
    for (int i = 0; i <= count; i++) {
        snprintf(parameters->numbers[i], SENDING_NUMBER_BYTES, "%" PRId64,
            i == 0 ? sending->epoch : numbers[i - 1]);
        parameters->values[i + 1] = parameters->numbers[i];
    }
}

PGresult *sending_ask(
    struct sending *sending, const char *sql, int count, const int64_t *numbers, struct error *error)
{
    struct parameters parameters;

    fill(&parameters, sending, count, numbers);
    return centre_ask(sending->centre, sql, count + 2, parameters.values, error);
}

bool sending_run(struct sending *sending, const char *sql, int count, const int64_t *numbers,
    int64_t *changed, struct error *error)
{
    struct parameters parameters;

    fill(&parameters, sending, count, numbers);
    return centre_run(sending->centre, sql, count + 2, parameters.values, changed, error);
}
