/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict_rows.h: a row for each client, target and policy: the worst that holds for it as of a day, the
 * worst rows first. Without a policy: what was seen alone, where that is worse, or where no policy is
 * offended.
 *
 * As with client_rows.h all of them are found in one walk, and what is shown of a row is looked up. */
#ifndef LASTHELLO_QUERY_VERDICT_ROWS_H
#define LASTHELLO_QUERY_VERDICT_ROWS_H

#include "contact_walk.h"
#include "day_times.h"

struct verdict_row {
    struct contact worst;       /* of its sessions with the worst verdict the latest */
    struct first_contact first; /* of those */
    int64_t sessions, all_sessions;
    int policy;           /* negative: none */
    struct breach breach; /* of it */
    int64_t until_day;    /* of it; INT64_MAX: none is known */
    size_t told;          /* number of what became of the client, from 1 on; 0: nothing */
    int64_t better;       /* sessions with TLS 1.2 or later */
    int64_t addresses;    /* of the client */
    int64_t middlebox;    /* certificate of the one that inspects it; 0: none */
    bool is_found;
};

/* What became of a client toward a target that it has old TLS with, or that refused it. */
struct told_row {
    struct target_told told;
    /* place of a text, from 1 on: 2026-11-26 3/10,2026-11-27 10/10; 0: there were none */
    size_t refusals[OFFER_COUNT];
};

struct verdict_rows {
    struct contact_walk walk;
    struct verdict_row *rows; /* a heap: the worst is the first */
    size_t count, room;
    struct told_row *tolds;
    size_t told_count, told_room;
    char *texts; /* refusals, one after the other */
    size_t text_len, text_room;
    struct verdict_row *found; /* of the target that is judged, by policy */
    int *found_policies;       /* in the order in which they were found */
    size_t found_count;
};

/* verdict_rows_open walks. verdict_rows_close: also after a failure. */
bool verdict_rows_open(struct verdict_rows *rows, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error);
/* In place of that, with the memory of one client: verdict_rows_begin, then verdict_rows_client as often as
 * it answers ROW_ONE: rows->rows are those of the next client, in no order; perhaps none. */
bool verdict_rows_begin(struct verdict_rows *rows, struct inventory *inventory,
    const struct checked_filters *checked, struct error *error);
enum row verdict_rows_client(
    struct verdict_rows *rows, const struct checked_filters *checked, struct error *error);
void verdict_rows_close(struct verdict_rows *rows);
/* Takes the worst row out of those that are left; false: there is none. */
bool verdict_rows_take(struct verdict_rows *rows, struct verdict_row *row);
/* What became of its client. */
struct target_told verdict_rows_told(const struct verdict_rows *rows, const struct verdict_row *row);
/* Refusals of the last days, and attempts: "2026-11-26 3/10,2026-11-27 10/10"; NULL: there were none. */
const char *verdict_rows_refusals(const struct verdict_rows *rows, const struct verdict_row *row);

#endif
