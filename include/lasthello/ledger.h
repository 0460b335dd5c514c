/* SPDX-License-Identifier: BSD-2-Clause */
/* ledger.h: what a worker learnt since its last commit: equal sessions merged into one observation,
 * each repeated thing (a hello, an answer, a certificate, a host, a path through the network) once.
 * Every row is named by a hash of its content (hash.h, zero key), so that neither the worker nor
 * the writer has to look anything up, and inventories of several sensors merge by union. A ledger
 * is a worker's own until it is handed to the writer whole. Memory is taken at the start. */
#ifndef LASTHELLO_LEDGER_H
#define LASTHELLO_LEDGER_H

#include <lasthello/capture_anchors.h>
#include <lasthello/capture_marks.h>
#include <lasthello/session.h>

#include <string.h>

/* What a source is and what came of its packets: the coverage ledger. */
struct source_record {
    uint64_t id;      /* of this reading: source_id_new() */
    const char *kind; /* file, stdin, interface; static storage */
    char name[256];   /* path as given, made safe, or interface */
    char site[64];
    char observer[64];       /* host name of the sensor */
    int64_t started_ns;      /* live: start of capture; files: first packet */
    int64_t ended_ns;        /* last packet so far; live: now */
    int64_t moved_ns;        /* live: by how much the clock was set since the start; started_ns is moved */
    uint64_t packets, bytes; /* bytes on the wire */
    uint64_t fates[FATE_COUNT];
    uint64_t dropped, interface_dropped;
    /* live: how long the interface was down, gone or without a carrier, and nothing was seen */
    int64_t down_ns;
    uint64_t shunted;   /* of the packets with FATE_SETTLED: those that the kernel held back for us */
    uint64_t truncated; /* packets cut by the snapshot length */
    uint64_t flows, scans, gaps, gap_bytes, overlaps, given_up_flows, given_up_sessions;
    uint64_t fragments_given_up;
    uint64_t contradictory;    /* sessions in which the server chose what the client had not offered */
    uint64_t unstored;         /* sessions that could not be stored (disk full) */
    struct names_counts names; /* DNS and DHCP */
    bool continues;            /* read after the files before it: sessions came over from them */
    bool failed;               /* not read to its end: the last packet was cut off, or the file is damaged */
    bool complete;             /* read to its end */
    struct unknown_count {
        enum unknown_kind kind;
        uint32_t number;
        uint64_t packets;
        /* what the decoder does not read; the last row takes the overflow as number 0 */
    } unknown[32];
    uint64_t place;             /* of a file: a hash of where it lies; 0: nowhere */
    struct capture_marks marks; /* of a file: which capture it is */
    struct capture_anchors anchors;
};

/* An interface has a name on one machine only, and an end only when the program stops; all else is
 * a capture. */
static inline bool source_is_interface(const struct source_record *source)
{
    return strcmp(source->kind, "interface") == 0;
}

/* source_id_new: a reading has a name of its own, which nothing else ever had. */
uint64_t source_id_new(void);

/* The end of a file's reading: all of its sessions have been told. */
struct conclusion {
    uint64_t source;
    /* packets of the files whose sessions went over into it, and into which its own went */
    uint64_t before, after;
    bool complete;   /* read to its end */
    bool broken_off; /* not all sessions that its packets tell of were told */
};

struct ledger;

struct ledger *ledger_open(void);
void ledger_close(struct ledger *ledger);
/* ledger_reset empties it: it is as it was when it was opened. */
void ledger_reset(struct ledger *ledger);

/* ledger_add merges a settled session of `site`; `observation` receives the name of its row. False
 * if it is full: hand it over, or count the session as not stored. */
bool ledger_add(
    struct ledger *ledger, const char *site, const struct session *session, uint64_t *observation);

/* What is learnt of a settled session later. */
struct amendment {
    uint64_t observation;
    struct packet_ref last;
    bool short_lived;
};
/* ledger_amend: false if the ledger is full. */
bool ledger_amend(struct ledger *ledger, const struct amendment *amendment);
/* ledger_source puts the newest state of a source; the row replaces what was known of it. False if
 * the ledger is full: hand it over first, and try again. */
bool ledger_source(struct ledger *ledger, const struct source_record *source);
/* What a host says of itself. */
struct told_name {
    struct address host;
    const char *name;   /* made safe; what is beyond TOLD_NAME_BYTES is left out */
    const char *source; /* of host_name.source; static storage */
    int64_t time_ns;
};
#define TOLD_NAME_BYTES 256
/* ledger_name merges a name of a host of `site`. False if the ledger is full. */
bool ledger_name(struct ledger *ledger, const char *site, const struct told_name *told);
/* ledger_conclude: the last that is told of a file. An interface's record says it itself, by `complete`. */
bool ledger_conclude(struct ledger *ledger, const struct conclusion *conclusion);
bool ledger_is_empty(const struct ledger *ledger);

#endif
