/* SPDX-License-Identifier: BSD-2-Clause */
/* centre.h: the PostgreSQL in which the inventories of many sensors come together: each row with its
 * sensor in front (src/centre/schema.sql).
 *
 * A sensor's rows are sent by `sync`: those that changed, with a cursor that moves in the same
 * transaction. A connection belongs to one process and thread. */
#ifndef LASTHELLO_CENTRE_H
#define LASTHELLO_CENTRE_H

#include <lasthello/db.h>
#include <lasthello/error.h>
#include <lasthello/scratch.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* centre_schema: the script that makes it (src/centre/schema.sql), by lines; NULL ends them. The number is
 * that of the schema: a centre says in its table `centre` which one it has. */
extern const char *const centre_schema[];
extern const int centre_schema_number;

struct centre;

/* centre_open connects to what a connection string of libpq says (postgresql://..., or words such as
 * service=centre). Refused, each with a sentence: a password in it, which others could read; anything but
 * sslmode=verify-full towards another machine; a schema that is older, newer or missing. NULL: not
 * connected. It waits for at most some ten seconds for each host that is named. */
struct centre *centre_open(const char *where, struct error *error);
void centre_close(struct centre *centre);

/* centre_name: where it is, for sentences, without anything secret. */
const char *centre_name(const struct centre *centre);
/* centre_socket: the descriptor of the connection, which a sandbox must leave writable. */
int centre_socket(const struct centre *centre);

/* What came of sending. */
struct centre_sent {
    int64_t revision;     /* the centre has all that the inventory had at this one */
    int64_t epoch;        /* of the inventory, as the centre counts them */
    uint64_t rows;        /* that were sent */
    bool has_rolled_back; /* the inventory was older than what it had sent before: a new epoch began */
};

/* centre_send brings the centre what has changed in the inventory since the last time, in one or more
 * transactions. What was committed when it fails is not sent again. The inventory is only read, and no
 * snapshot of it is held for longer than one transaction. `version`: of this program. */
bool centre_send(struct centre *centre, struct db *inventory, const char *version, struct centre_sent *sent,
    struct error *error);

/* centre_is_named: does a word of the command line name a centre, and no file? */
bool centre_is_named(const char *word);

/* What was fetched from a centre: inventories, in a folder of their own. */
struct centre_pulled {
    char folder[SCRATCH_PATH_BYTES];
    char **paths;
    size_t count;
};

/* centre_pull fetches what has changed at the centre since it was merged into the inventory at `output`, if
 * that is there; NULL: all that it has. Merged into it, all of `pulled` together, they bring it to the state
 * of the centre. All is of one moment; nothing is written at the centre. centre_pulled_remove removes the
 * files. */
bool centre_pull(
    struct centre *centre, const char *output, struct centre_pulled *pulled, struct error *error);
void centre_pulled_remove(struct centre_pulled *pulled);

/* centre_put_verdicts brings what the view `verdicts` of the inventory at `path` says to the centre, in place
 * of what stood there. The inventory is our own, and has what the centre has (inventory_apply). */
bool centre_put_verdicts(struct centre *centre, const char *path, struct error *error);

#endif
