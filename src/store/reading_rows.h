/* SPDX-License-Identifier: BSD-2-Clause */
/* reading_rows.h: a reading's rows in the database: found, moved, deleted. Each call is part of the
 * transaction that the caller began. */
#ifndef LASTHELLO_STORE_READING_ROWS_H
#define LASTHELLO_STORE_READING_ROWS_H

#include "contacts.h"
#include "id_list.h"
#include "reading_facts.h"
#include "upserts.h"

#define ROWS_STATEMENTS_MAX 40

/* Statements are prepared when they are first needed. */
struct reading_rows {
    struct upserts *upserts;
    struct contacts contacts;
    struct query queries[ROWS_STATEMENTS_MAX];
};

bool reading_rows_open(struct reading_rows *rows, struct upserts *upserts, struct error *error);
void reading_rows_close(struct reading_rows *rows);

enum reading_state {
    READING_NONE, /* nothing is stored of it */
    READING_COUNTS,
    READING_GATHERED, /* counts, and its observations stand in `contact`, too */
    READING_PENDING,
};
bool reading_state(struct reading_rows *rows, uint64_t id, enum reading_state *state, struct error *error);

/* The facts of the reading :id, and one row of them. */
extern const char reading_facts_sql[];
void reading_facts_read(const struct query *query, uint64_t id, struct reading_facts *facts);

/* reading_find fills `facts`. ROW_END: there is no such reading. */
enum row reading_find(
    struct reading_rows *rows, uint64_t id, struct reading_facts *facts, struct error *error);

/* reading_list fills a list with the ids that a statement yields. */
bool reading_list(struct reading_rows *rows, const char *sql, struct id_list *list, struct error *error);

/* Those that may have begun as these marks do, or have several of these anchors, but `id` itself; few
 * others. Without `anchors` (NULL) those alone that began alike. */
bool reading_rivals(struct reading_rows *rows, uint64_t id, const struct capture_marks *marks,
    const struct capture_anchors *anchors, struct id_list *rivals, struct error *error);
/* Readings that are not over, though the process that read them is gone. */
bool reading_broken_off(struct reading_rows *rows, struct id_list *broken_off, struct error *error);

/* Lets the marks be found. */
bool reading_put_marks(struct reading_rows *rows, uint64_t id, const struct capture_marks *marks,
    bool is_first, struct error *error);
/* Lets its anchors be found. Once it is over: before, others may take their place. */
bool reading_put_anchors(
    struct reading_rows *rows, uint64_t id, const struct capture_anchors *anchors, struct error *error);

/* reading_conclude: it is over. */
bool reading_conclude(
    struct reading_rows *rows, const struct conclusion *conclusion, uint64_t lost, struct error *error);

/* reading_touch: observations of it have changed, and its row has not: its revision is theirs, so that
 * changed observations are found by their readings. */
bool reading_touch(struct reading_rows *rows, uint64_t id, struct error *error);

/* reading_promote and reading_demote move its observations between `pending` and `observation`. One that
 * was demoted is `waiting`, which is `pending`, but that it has counted: copies of the inventory, and the
 * centre, may have it. */
bool reading_promote(struct reading_rows *rows, uint64_t id, struct error *error);
bool reading_demote(struct reading_rows *rows, uint64_t id, struct error *error);
/* reading_drop deletes it and all its rows. */
bool reading_drop(struct reading_rows *rows, const struct reading_facts *facts, struct error *error);
/* reading_replace does that, too; another reading includes it. Where it has counted, a tombstone stays. */
bool reading_replace(struct reading_rows *rows, const struct reading_facts *facts,
    const struct inclusion *inclusion, struct error *error);
/* reading_move: the clock of an interface was set, and now its record is told with the right times:
 * those of what is stored of it move along. Does nothing where they have. */
bool reading_move(struct reading_rows *rows, const struct source_record *record, struct error *error);
bool reading_rename(struct reading_rows *rows, uint64_t id, const char *name, struct error *error);
/* reading_leave_to deletes from `worse` what it has of clients and servers of which `better` has
 * something, too. */
bool reading_leave_to(struct reading_rows *rows, uint64_t worse, uint64_t better, struct error *error);
/* reading_cover and reading_cover_common do what reading_replace and reading_leave_to do, but delete
 * nothing: observations stand in `pending`, until reading_uncover puts all of the reading back. */
bool reading_cover(
    struct reading_rows *rows, uint64_t id, const struct inclusion *inclusion, struct error *error);
bool reading_cover_common(struct reading_rows *rows, uint64_t worse, uint64_t better, struct error *error);
bool reading_uncover(struct reading_rows *rows, uint64_t id, struct error *error);
/* reading_delete_unread deletes what stands of a file that could not be read, or was empty, where it lies
 * now another; a tombstone stays. */
bool reading_delete_unread(struct reading_rows *rows, uint64_t id, struct error *error);

#endif
