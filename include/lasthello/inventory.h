/* SPDX-License-Identifier: BSD-2-Clause */
/* inventory.h: the SQLite file: its one writer, and the questions that people ask of it.
 *
 * Schema: src/store/schema.sql. Every error sentence names the file, what is wrong and what to do: not a database,
 * another program's database, a newer schema, disk full, not writable, busy. */
#ifndef LASTHELLO_INVENTORY_H
#define LASTHELLO_INVENTORY_H

#include <lasthello/error.h>
#include <lasthello/ledger.h>

/* ---- writing: one thread owns SQLite; workers hand it whole ledgers ---- Several processes may write one
 * inventory, but only one at a time reads a given source into it: the other leaves out what it learnt of that
 * source, and fails with a sentence. */

struct writer;
/* writer_open opens or creates the inventory, applies migrations, and makes one mailbox of depth one for each of
 * `workers`. From then on it neither makes, opens nor deletes a file. */
struct writer *writer_open(const char *path, unsigned workers, struct error *error);
/* writer_start starts the writer thread; before that nothing is stored but by writer_close. */
bool writer_start(struct writer *writer, struct error *error);

/* writer_keep makes the writer delete, now and once a day, observations that are older than so many days (0: none);
 * when their hosts were first and last seen is kept. It does so in short steps, between which ledgers are stored. */
void writer_keep(struct writer *writer, unsigned days);

/* writer_exchange hands a full ledger over and returns an empty one to go on with; if the last one still lies in the
 * mailbox, it returns the same `ledger`: go on merging into it. Never waits. */
struct ledger *writer_exchange(struct writer *writer, unsigned worker, struct ledger *ledger);
/* writer_wait waits until the worker's mailbox is free (reading files: nobody needs to hurry). */
void writer_wait(struct writer *writer, unsigned worker);
/* Did the writer fail (disk full)? What was committed stays; the first failure's sentence is in `error`. After a
 * failure it tries again with later ledgers; `unstored` counts the sessions that were lost. */
bool writer_failed(struct writer *writer, struct error *error, uint64_t *unstored);
/* writer_end commits what lies in the mailboxes and ends the thread: what is told of the writer is then final. */
void writer_end(struct writer *writer);
/* How many readings so far were of sources that the inventory held already: a copy, or a file that is read again. */
uint64_t writer_known(struct writer *writer);
/* writer_close does what writer_end does, where that was not called, and closes the database. False: the last commit
 * failed. */
bool writer_close(struct writer *writer, struct error *error);

/* ---- asking ---- */

struct inventory;
/* inventory_open opens an existing inventory for reading; works beside a writer, and for people who may not write
 * to its folder. */
struct inventory *inventory_open(const char *path, struct error *error);
void inventory_close(struct inventory *inventory);

enum question {
    QUESTION_CLIENTS,  /* one row a client, service, and provider or server: who breaks, why, what to do; worst first */
    QUESTION_SERVERS,  /* one row a server and port: what it accepts */
    QUESTION_SESSIONS, /* one row an observation */
    QUESTION_COVERAGE, /* one row a source */
    QUESTION_LEGACY,   /* the table of the summary: of those, in the same order, the rows with old TLS */
};

/* What is asked for; NULL and 0: everything. Texts are as the user gave them and are checked here. */
struct filters {
    const char *since; /* ISO 8601 date or time, or 7d, 24h */
    const char *until;
    const char *network; /* CIDR, of client or server */
    const char *provider;
    const char *version; /* "TLS 1.0": negotiated or, where refused, offered */
    const char *cause;
    const char *service;
};

/* inventory_filters_check says whether all of them can be read; the questions check them again. */
bool inventory_filters_check(const struct filters *filters, struct error *error);

enum column_kind {
    COLUMN_TEXT,
    COLUMN_NUMBER, /* one to copy: a port, a packet; aligned right */
    COLUMN_COUNT,  /* a number to compare: 18,204 in tables; aligned right */
    COLUMN_TIME,   /* ISO 8601 in UTC; tables show it to the minute */
    COLUMN_LIST,   /* comma-separated text; JSON makes an array of it */
};

struct column {
    const char *name;  /* for CSV and JSON: first_seen */
    const char *title; /* for tables: FIRST SEEN (UTC) */
    enum column_kind kind;
    bool wide_only;     /* the first to be left out where a terminal has no room; empty where nothing is known */
    bool may_be_none;   /* where nothing is known, there is none: empty, too */
    unsigned char rank; /* the others are left out by rank, the least first */
};

struct rows; /* an open result */
struct rows *inventory_ask(struct inventory *inventory, enum question question, const struct filters *filters,
    struct error *error);
const struct column *rows_columns(const struct rows *rows, size_t *count);
/* rows_next yields the next row: one text a column, NULL where nothing is known. */
bool rows_next(struct rows *rows, const char *const **values, struct error *error);
void rows_close(struct rows *rows);

/* The numbers of the summary. Counts are of distinct addresses within a site. */
struct summary {
    uint64_t sources;
    char first_time[32], last_time[32]; /* of packets, and until when interfaces were watched, UTC; "": no packet */
    uint64_t clients;                   /* with a mail session */
    uint64_t legacy_clients;            /* negotiated, or offered in vain, less than TLS 1.2 */
    uint64_t legacy_by_cause[5];        /* of those, with a session of this enum cause: some have several */
    uint64_t several_causes;            /* of those, with more than one */
    uint64_t mixed_clients;             /* of those with CAUSE_CLIENT, seen to negotiate TLS 1.2 or later, too */
    uint64_t failing_clients;           /* of those, refused at least once with an old hello */
    uint64_t cleartext_clients;         /* sent a login without TLS, also one before STARTTLS */
    uint64_t servers, legacy_servers;   /* that negotiated less than TLS 1.2 */
    uint64_t private_legacy_servers;    /* of those, with private addresses: probably our own */
    uint64_t sessions, handshake_sessions, midstream_sessions, one_sided_sessions, unknown_sessions;
    uint64_t other_sessions; /* of `sessions`, of TLS that is no mail */
    uint64_t packets, dropped, given_up, unstored, incomplete_sources, failed_sources;
    uint64_t gaps, truncated, unknown_link_packets;
    uint64_t down_seconds;      /* of all interfaces, within the time that was asked for, to the minute */
    uint64_t unwatched_seconds; /* between two runs of `watch` on an interface, the same */
};
bool inventory_summary(struct inventory *inventory, const struct filters *filters, struct summary *summary,
    struct error *error);

#endif
