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

#include <stdbool.h>
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

#endif
