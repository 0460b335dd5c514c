/* SPDX-License-Identifier: BSD-2-Clause */
/* inventory.h: the SQLite file and its one writer (what is asked of it: questions.h).
 *
 * Schema: src/store/schema.sql. Every error sentence names the file, what is wrong and what to do:
 * not a database, another program's database, a newer schema, disk full, not writable, busy. */
#ifndef LASTHELLO_INVENTORY_H
#define LASTHELLO_INVENTORY_H

#include <lasthello/error.h>
#include <lasthello/ledger.h>

/* One thread owns SQLite; workers hand it whole ledgers. Several processes may write one inventory:
 * of several readings of one capture one counts, whoever read it. */

struct writer;
/* writer_open opens or creates the inventory, applies migrations, and makes one mailbox of depth
 * one for each of `workers`. From then on it neither makes, opens nor deletes a file. */
struct writer *writer_open(const char *path, unsigned workers, struct error *error);
/* What was asked of the readings of this process: one that was asked for less replaces none that
 * was asked for more. */
struct reading_asked {
    char ports[1024]; /* 143=imap,993=imaps */
    bool discover;
    const char *filter; /* NULL: none */
    char rules[64];     /* by what sessions are judged: of equal readings by other rules the newer counts */
};
/* writer_asked: before the first ledger is handed over. */
void writer_asked(struct writer *writer, const struct reading_asked *asked);
/* writer_start starts the writer thread; before that nothing is stored but by writer_close. */
bool writer_start(struct writer *writer, struct error *error);

/* writer_keep makes the writer delete observations older than so many days (0: none) before the
 * newest day that the inventory tells of, and whatever only they referred to; when their hosts were
 * first and last seen is kept. `at_end`: when the writer ends, all at once, also what it has just
 * stored; else now and every hour, in short steps, between which ledgers are stored. A clock that
 * jumps by more than a day is believed after ten minutes. */
void writer_keep(struct writer *writer, unsigned days, bool at_end);

/* writer_exchange hands a full ledger over and returns an empty one to go on with; if the last one
 * still lies in the mailbox, it returns the same `ledger`: go on merging into it. Never waits. */
struct ledger *writer_exchange(struct writer *writer, unsigned worker, struct ledger *ledger);
/* writer_wait waits until the worker's mailbox is free (reading files: nobody needs to hurry). */
void writer_wait(struct writer *writer, unsigned worker);
/* Did the writer fail (disk full)? What was committed stays; the first failure's sentence is in
 * `error`. After a failure it tries again with later ledgers; `unstored` counts the sessions that
 * were lost. */
bool writer_failed(struct writer *writer, struct error *error, uint64_t *unstored);
/* writer_end commits what lies in the mailboxes and ends the thread: what is told of the writer is
 * then final. */
void writer_end(struct writer *writer);
/* How many readings so far were of sources that the inventory held already: a copy, or a file that
 * is read again. */
uint64_t writer_known(struct writer *writer);
/* When something was last stored, nanoseconds since 1970; 0: not yet. */
int64_t writer_stored_ns(struct writer *writer);
/* writer_close does what writer_end does, where that was not called, and closes the database.
 * False: the last commit failed. */
bool writer_close(struct writer *writer, struct error *error);

#endif
