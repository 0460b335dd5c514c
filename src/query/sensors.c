/* SPDX-License-Identifier: BSD-2-Clause */
/* sensors.c: which sensors of a centre are not to be relied on. */
#include "inventory_open.h"

#include <lasthello/anonymise.h>
#include <lasthello/text.h>

extern const char sql_sensors[];

enum { OBSERVER,
    SITE,
    ASKED,
    RECEIVED,
    BEHIND,
    AHEAD,
    ROLLED_BACK,
    IS_SILENT,
    IS_ROLLED_BACK,
    IS_WRONG_CLOCK };

static const char *shown(
    const struct inventory *inventory, const char *word, const char *text, char out[ANONYMOUS_BYTES])
{
    return inventory->hide_by == NULL || text == NULL ? text
                                                      : anonymise_text(inventory->hide_by, word, text, out);
}

bool inventory_sensors(struct inventory *inventory,
    void (*tell)(void *context, const struct sensor_state *sensor), void *context, struct error *error)
{
    char observer[ANONYMOUS_BYTES], site[ANONYMOUS_BYTES];
    struct query query;
    enum row row = ROW_FAILED;

    if (query_open(&query, &inventory->db, sql_sensors, error))
        while ((row = query_row(&query, error)) == ROW_ONE) {
            const struct sensor_state sensor = {
                .observer = shown(inventory, "observer", query_text(&query, OBSERVER), observer),
                .site = shown(inventory, "site", query_text(&query, SITE), site),
                .asked = query_number(&query, ASKED),
                .received = query_number(&query, RECEIVED),
                .behind = query_number(&query, BEHIND),
                .ahead = query_number(&query, AHEAD),
                .rolled_back = query_number(&query, ROLLED_BACK),
                .is_silent = query_number(&query, IS_SILENT) != 0,
                .is_rolled_back = query_number(&query, IS_ROLLED_BACK) != 0,
                .is_wrong_clock = query_number(&query, IS_WRONG_CLOCK) != 0,
            };

            tell(context, &sensor);
        }
    query_close(&query);
    return row == ROW_END;
}
