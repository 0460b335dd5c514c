/* SPDX-License-Identifier: BSD-2-Clause */
/* source.h: where packets come from: capture files of many formats, standard input, live interfaces.
 *
 * Formats: classic pcap (micro- and nanosecond, both byte orders) and pcapng, both through our own readers, because
 * libpcap refuses files whose interfaces differ in link type or snapshot length, and copies every packet; each of
 * them compressed by gzip, zstd, xz or lz4. A source knows nothing of what is in a packet. */
#ifndef LASTHELLO_SOURCE_H
#define LASTHELLO_SOURCE_H

#include <lasthello/error.h>
#include <lasthello/wire.h>

/* No packet is longer: a file that claims so is corrupt. */
#define SOURCE_PACKET_BYTES_MAX (16 * 1024 * 1024)

struct source;

enum source_kind {
    SOURCE_FILE,
    SOURCE_STDIN,
    SOURCE_LIVE,
};

enum sourced {
    SOURCED_PACKET,
    SOURCED_NOTHING, /* live only: nothing arrived within the block time-out; look at the clock, call again */
    SOURCED_END,     /* the file is over, or source_break was called */
    SOURCED_FAILED,  /* the source cannot go on; what was yielded before stays good */
};

/* What the kernel or the file says of packets that did not come through. */
struct source_statistics {
    uint64_t dropped;   /* by the kernel, for want of room in the ring */
    uint64_t interface_dropped; /* by the network card or its driver */
    uint64_t bytes_read; /* of the file as stored, for progress; 0 where unknown */
    uint64_t bytes_in_all; /* of the file as stored; 0 where unknown */
};

struct live_options {
    const char *interface;
    const char *filter;    /* BPF expression made from the ports; NULL: all packets */
    int buffer_bytes;      /* of the kernel's ring */
    int snapshot_len;
    int block_ms;          /* how long the kernel may collect packets before it wakes us */
};

/* source_open_file opens a capture file; `path` "-" is standard input. `filter` (a BPF expression
 * of the user's, or NULL) is compiled for each link type; packets that it drops keep their numbers.
 * On failure `error` has the sentence and NULL is returned. The caller owns the source. */
struct source *source_open_file(const char *path, const char *filter, struct error *error);

/* source_open_live opens an interface, promiscuous. Errors name the interface and the cure: no such
 * interface (which ones there are), no permission, interface down. */
struct source *source_open_live(const struct live_options *options, struct error *error);

/* source_next yields the next packet, whose windows are valid until the next call. SOURCED_FAILED fills
 * `error`; a file that ends inside a packet says so there ("ends inside packet 18,232"). */
enum sourced source_next(struct source *source, struct packet *packet, struct error *error);

void source_statistics(struct source *source, struct source_statistics *statistics);
enum source_kind source_kind(const struct source *source);
/* source_break makes a blocked or later source_next return SOURCED_END (of a live source within its block
 * time-out, of standard input within 200 ms); may be called from a signal handler and from another thread. */
void source_break(struct source *source);
/* source_close frees the source; NULL is nothing. */
void source_close(struct source *source);

/* The capture files of one directory (not of its subdirectories), ordered by the time of their first
 * packet: one rotated capture. */
struct source_listing {
    char **paths; /* NULL-ended */
    int64_t *first_times_ns;
    size_t count;
    char **directories; /* subdirectories, by name, NULL-ended: each a rotated capture of its own */
};

/* source_list reads a directory. Files that are no captures are left out and counted in `skipped`;
 * a directory that cannot be read is an error. source_listing_free frees what it holds. */
bool source_list(const char *directory, struct source_listing *listing, size_t *skipped, struct error *error);
void source_listing_free(struct source_listing *listing);

#endif
