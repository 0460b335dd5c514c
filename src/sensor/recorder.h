/* SPDX-License-Identifier: BSD-2-Clause */
/* recorder.h: a settled session is judged, written to the events file and merged into the worker's ledger. */
#ifndef LASTHELLO_RECORDER_H
#define LASTHELLO_RECORDER_H

#include "halves.h"
#include "tally.h"

#include <lasthello/dissector.h>
#include <lasthello/events.h>
#include <lasthello/host_names.h>
#include <lasthello/id_table.h>
#include <lasthello/inventory.h>
#include <lasthello/judge.h>

/* What all workers of a run share; each part is safe to be used by several threads. */
struct shared {
    struct writer *writer;
    struct events *events; /* NULL: no events file */
    struct providers *providers;
    struct trust *trust; /* NULL: there is no list of CAs */
    struct halves *halves;
    const char *site;
    const char *observer;
    bool patient; /* reading files: when the writer is busy, wait; live: count what cannot be kept */
};

struct recorder {
    struct shared *shared;
    unsigned worker;
    struct ledger *ledger;
    struct fallbacks *fallbacks;
    int64_t exchanged_ns;  /* when the ledger was last handed over, monotonic clock */
    uint64_t sessions;     /* of mail or TLS, recorded */
    uint64_t legacy;       /* of those, with TLS 1.1 or older */
    uint64_t unstored;     /* for which there was no room while the writer was busy */
    int64_t moved_ns;      /* live: what is added to each time, as the clock was set since the start */
    struct tally tally;    /* of all that were settled */
    struct id_table names; /* of this worker's readings, for the events' lasthello.source */
};

/* recorder_open prepares a worker's recorder. */
bool recorder_open(struct recorder *recorder, struct shared *shared, unsigned worker, struct error *error);
/* recorder_begin_capture forgets the failed hellos of the capture before: files that do not
 * continue each other do not explain each other, whichever worker reads them. */
bool recorder_begin_capture(struct recorder *recorder);
/* recorder_close hands over what is left and waits until it is taken. */
void recorder_close(struct recorder *recorder);

/* recorder_source announces a source, or what is newly known of it; before its first session. */
void recorder_source(struct recorder *recorder, const struct source_record *source);

/* recorder_conclude: nothing more is told of a file. */
void recorder_conclude(struct recorder *recorder, const struct conclusion *conclusion);

/* recorder_judge: who is to blame, whose server it is, and what a foreign payload may be. */
void recorder_judge(struct recorder *recorder, struct reader *reader);
/* recorder_set_right puts the times of a session right, before it is told and stored. */
void recorder_set_right(const struct recorder *recorder, struct session *session);
/* recorder_tell writes the session's event, where events are wanted. */
void recorder_tell(struct recorder *recorder, const struct session *session);
/* recorder_name_client stores what the session's client said of itself to DHCP, if that is known. */
void recorder_name_client(
    struct recorder *recorder, struct host_names *names, const struct session *session);
/* recorder_store merges the session into the ledger. The name of its observation; 0: not stored. */
uint64_t recorder_store(struct recorder *recorder, const struct session *session);
void recorder_amend(struct recorder *recorder, const struct amendment *amendment);

/* What a crash may lose of packets that come once: what was learnt since the ledger was last handed over. */
#define RECORDER_LIVE_NS NANOSECONDS
/* recorder_due: have `after_ns` passed since then? Then recorder_exchange hands it over. */
bool recorder_due(const struct recorder *recorder, int64_t after_ns);
void recorder_exchange(struct recorder *recorder);

#endif
