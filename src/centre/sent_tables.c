/* SPDX-License-Identifier: BSD-2-Clause */
/* sent_tables.c: the tables that are sent, and what becomes of two rows of one key.
 *
 * The rules are those of `merge` (src/merge/union.c): the earlier first time, the later last, the greater
 * counter, so that order and repetition change nothing, and what a lost file had told stays. Of two states
 * of a reading the newer one stands; where they are of two epochs, the one that got further. */
#include "sent_tables.h"

#define BY_REVISION(table) table " WHERE revision > :from AND revision <= :upto"
#define OF_READING(table)  table " WHERE source = :id"

#define EARLIER          "(excluded.first_seen, excluded.first_packet) < (t.first_seen, t.first_packet)"
#define LATER            "(excluded.last_seen, excluded.last_packet) >= (t.last_seen, t.last_packet)"
#define GREATEST(column) column " = greatest(t." column ", excluded." column ")"
#define LEAST(column)    column " = least(t." column ", excluded." column ")"
#define TIMES            LEAST("first_seen") ", " GREATEST("last_seen")
#define COUNTERS         TIMES ", " GREATEST("sessions") ", " GREATEST("short_lived") ", " GREATEST("gaps")

const struct sent_row sent_tables[SENT_TABLE_COUNT] = {
    [SENT_HOST] = {"host", "id", BY_REVISION("host"), TIMES},
    [SENT_HOST_NAME] = {"host_name", "host, name, source", BY_REVISION("host_name"),
        TIMES},
    [SENT_PATH] = {"path", "id", BY_REVISION("path"), NULL},
    [SENT_HELLO] = {"hello", "id", BY_REVISION("hello"), NULL},
    [SENT_ANSWER] = {"answer", "id", BY_REVISION("answer"), NULL},
    [SENT_CERTIFICATE] = {"certificate", "id", BY_REVISION("certificate"), GREATEST("chain")},
    [SENT_PROFILE] = {"profile", "id", BY_REVISION("profile"), NULL},
    [SENT_TOMBSTONE] = {"tombstone", "reading", BY_REVISION("tombstone"),
        "replaced_by = CASE WHEN (excluded.replaced_by <> 0, excluded.replaced_by) > "
        "(t.replaced_by <> 0, t.replaced_by) THEN excluded.replaced_by ELSE t.replaced_by END"},
    [SENT_OBSERVATION] = {"observation", "id", NULL,
        "first_packet = CASE WHEN " EARLIER " THEN excluded.first_packet ELSE t.first_packet END, "
        "last_packet = CASE WHEN " LATER " THEN excluded.last_packet ELSE t.last_packet END, "
        "last_source = CASE WHEN " LATER " THEN excluded.last_source ELSE t.last_source END, "
        "aside = excluded.aside, " COUNTERS},
    [SENT_FATE] = {"fate", "source, fate", OF_READING("fate"), GREATEST("packets")},
    [SENT_UNKNOWN] = {"unknown", "source, kind, number", OF_READING("unknown"), GREATEST("packets")},
    [SENT_BLIND] = {"blind", "source, minute", OF_READING("blind") " AND minute >= :minute",
        GREATEST("dropped") ", " GREATEST("interface_dropped") ", " GREATEST("down_seconds")},
    [SENT_READING] = {"reading", "id", "reading WHERE id = :id", NULL},
};
