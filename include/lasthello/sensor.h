/* SPDX-License-Identifier: BSD-2-Clause */
/* sensor.h: from packets into files: capture files that are read, interfaces that are watched, and a short
 * look at what an interface gives. */
#ifndef LASTHELLO_SENSOR_H
#define LASTHELLO_SENSOR_H

#include <lasthello/dissector.h>
#include <lasthello/source.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define WORKERS_MAX 64 /* threads that read packets */

#define CA_CERTIFICATES "/etc/ssl/certs/ca-certificates.crt" /* Debian's package ca-certificates makes it */

/* How a session gets from packets into files, whatever the source. */
struct sensor_options {
    const char *inventory;
    const char *events; /* NULL: none */
    const char *site;
    const char *rules;  /* the providers' rules file; NULL: as installed */
    const char *cas;    /* public CAs in PEM; NULL: those of this system */
    const char *user;   /* user to drop privileges to when started as root */
    unsigned keep_days; /* observations older than that are forgotten; 0: never */
    bool sandboxed;
    bool hears_names; /* DNS and DHCP are read, too */
    size_t memory_bytes;
    struct services services;
};

/* ---- capture files and folders of them ------------------------------------------------------------ */

#define READ_TAPS_MAX 16

struct read_options {
    struct sensor_options sensor;
    const char *filter;              /* BPF; NULL: none */
    unsigned jobs;                   /* files and folders at the same time */
    unsigned block, block_count;     /* read of each folder the so-manieth part of so many; 0: all */
    const char *taps[READ_TAPS_MAX]; /* pairs of files, "a+b" */
    size_t tap_count;
    char **arguments; /* files, folders, "-" */
    size_t argument_count;
    bool show_progress;
};

/* read_captures lists the files; then another process reads them, and this one opens them for it.
 * Returns the exit status; every failure has been printed. */
int read_captures(const struct read_options *options);

/* ---- interfaces ----------------------------------------------------------------------------------- */

#define LINK_NAME_BYTES 64

/* What a worker watches: an interface, or the two of a passive tap. */
struct watched_link {
    char name[LINK_NAME_BYTES]; /* "eth1", or "eth1+eth2" */
    unsigned first, count;      /* of `interfaces` */
};

#define DEADLINES_MAX  128
#define DEADLINE_BYTES 32

/* What is told of clients while the inventory is filled. `look` is called again and again, in a thread of its
 * own, without rights: it says what there is to say, and writes metrics. False: nothing is new. `stop` makes
 * a look end soon, and all that come later at once; it is called once, by another thread. */
struct client_looks {
    bool (*look)(void *context, FILE *metrics); /* NULL: nobody looks */
    void (*stop)(void *context);
    void *context;
};

struct watch_options {
    struct sensor_options sensor;
    const char *interfaces[WORKERS_MAX];
    struct watched_link links[WORKERS_MAX];
    unsigned interface_count, link_count;
    unsigned threads; /* of each link; 1 where one is a tap */
    int buffer_mib;   /* in the kernel, for each thread */
    int snapshot_len;
    int block_ms;        /* the longest time that packets wait in the kernel */
    bool shunts;         /* classified sessions are held back in the kernel, where it can */
    const char *metrics; /* the file for Prometheus; NULL: none */
    struct deadline {
        char id[DEADLINE_BYTES]; /* of a policy */
        int64_t day;             /* the last, since 1970, UTC */
    } deadlines[DEADLINES_MAX];
    size_t deadline_count;
    struct client_looks looks;
};

/* watch_interfaces watches as told, until SIGINT or SIGTERM, and returns the exit status. What it says
 * carries the time. */
int watch_interfaces(const struct watch_options *options);

/* ---- a few seconds of an interface's packets, counted by what they say of the mirror port ---------- */

struct probe {
    const struct services *services;
    uint64_t packets;
    uint64_t ip;
    uint64_t mail[SIDE_COUNT]; /* on a mail port, by who sent it */
    uint64_t tagged;           /* with a VLAN tag */
    uint64_t tunnelled;
    uint64_t joined;  /* longer than any frame: several segments, joined by the network card */
    uint64_t dropped; /* by the kernel */
    uint64_t interface_dropped;
};

/* probe_packet counts one packet. */
void probe_packet(struct probe *probe, const struct packet *packet);

/* probe_source adds what comes for so many seconds to what was seen before; drops are this source's
 * alone. False: the source failed. */
bool probe_source(struct probe *probe, struct source *source, int seconds, struct error *error);

#endif
