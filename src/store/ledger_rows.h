/* SPDX-License-Identifier: BSD-2-Clause */
/* ledger_rows.h: what lies in a ledger, for the writer that stores it. Each row begins with its id. */
#ifndef LASTHELLO_STORE_LEDGER_ROWS_H
#define LASTHELLO_STORE_LEDGER_ROWS_H

#include "row_key.h"

#include <lasthello/id_table.h>
#include <lasthello/ledger.h>

#define LEDGER_SOURCES_MAX 512
#define WAITING_AMENDMENTS 64

struct site_row {
    uint64_t id;
    char site[SITE_BYTES];
};

struct source_row {
    uint64_t id;
    struct source_record record; /* where has_record */
    bool has_record;
};

struct host_row {
    uint64_t id;
    struct address address;
    uint64_t site;
};

/* A path, hello, answer, certificate or profile, written down. */
struct repeated_row {
    uint64_t key; /* row_key: by it the row is found */
    uint64_t id;
    uint32_t at; /* its row_values, in the ledger's */
};

/* What nearly every further session changes is one cache line. */
struct observation_row {
    uint64_t id;
    struct packet_ref first, last;
    uint64_t sessions, short_lived, gaps;
    uint64_t source, client, server, profile, certificate, path;
};

struct name_row {
    uint64_t id;
    uint64_t host;
    const char *source;
    int64_t first_ns, last_ns;
    char name[TOLD_NAME_BYTES];
};

struct amendment_row {
    uint64_t id; /* of an observation; in the table: of one that was handed over before */
    struct packet_ref last;
    uint64_t short_lived;
};

struct ledger {
    struct id_table sites, sources, hosts, names, observations, amendments, conclusions;
    struct id_table repeated[TABLE_REPEATED_COUNT];
    char *values; /* of repeated rows, one after the other */
    size_t values_len;
    struct key_plans plans;
    uint64_t sessions;           /* in it: lost, should it not be stored */
    const struct site_row *site; /* of the last session: nearly always that of the next one */
    const struct source_row *source;
    struct amendment_row waiting[WAITING_AMENDMENTS]; /* so that what they change is fetched together */
    size_t waiting_count;
};

#define LEDGER_VALUES_BYTES (32u << 20)

/* Adds what repeats, if it is not there; the caller made sure of room. */
void ledger_put_host(struct ledger *ledger, uint64_t id, uint64_t site, const struct address *address);
/* ... what the session refers to: fills in the row's profile, certificate and path. */
void ledger_put_repeated(struct ledger *ledger, const struct session *session, struct observation_row *row);

/* ledger_catch_up lets no amendment wait: to be asked before the rows are read. */
void ledger_catch_up(struct ledger *ledger);

/* Merges what is newly known of the end of a row's sessions; which came first must not matter. */
void packet_ref_later(struct packet_ref *last, const struct packet_ref *other);
void packet_ref_earlier(struct packet_ref *first, const struct packet_ref *other);

#endif
