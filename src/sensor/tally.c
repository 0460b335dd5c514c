/* SPDX-License-Identifier: BSD-2-Clause */
/* tally.c: sessions counted by service, version and outcome. */
#include "tally.h"

#include <string.h>

/* The row of a service, which may be made. */
static size_t row_of(struct tally *tally, const char *service)
{
    size_t i = 0;

    for (; i < TALLY_SERVICES_MAX - 1; i++) {
        const char *name = atomic_load_explicit(&tally->services[i], memory_order_relaxed);

        if (name == NULL)
            break;
        if (strcmp(name, service) == 0)
            return i;
    }
    atomic_store(&tally->services[i], service);
    return i;
}

void tally_note(struct tally *tally, const struct session *session)
{
    const enum version version =
        session->negotiated != VERSION_UNKNOWN ? session->negotiated : session->offer.maximum;
    const size_t row = row_of(tally, session->service);

    atomic_fetch_add_explicit(
        &tally->sessions[row][version][session->outcome], 1, memory_order_relaxed);
}

static void add_row(struct tally *sum, size_t to, const struct tally *part, size_t from)
{
    for (size_t version = 0; version < VERSION_COUNT; version++)
        for (size_t outcome = 0; outcome < OUTCOME_COUNT; outcome++)
            sum->sessions[to][version][outcome] += part->sessions[from][version][outcome];
}

void tally_add(struct tally *sum, const struct tally *part)
{
    for (size_t i = 0; i < TALLY_SERVICES_MAX; i++) {
        const char *service = atomic_load(&part->services[i]);

        if (service != NULL)
            add_row(sum, row_of(sum, service), part, i);
    }
}
