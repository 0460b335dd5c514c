/* SPDX-License-Identifier: BSD-2-Clause */
/* source.h: where packets come from: capture files of many formats, standard input, live interfaces.
 *
 * Formats: classic pcap (micro- and nanosecond, both byte orders) and pcapng, through readers of our
 * own: libpcap copies each packet twice, and refuses pcapng files whose interfaces differ in link type
 * or snapshot length; each of them compressed by gzip, zstd, xz, lz4 or bzip2. A source knows nothing of what
 * is in a packet. */
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
    /* by the kernel, for want of room in the ring; of a pcapng file: as it says itself */
    uint64_t dropped;
    uint64_t interface_dropped; /* by the network card or its driver */
    uint64_t bytes_read;        /* of the file as stored, for progress; 0 where unknown */
    uint64_t bytes_in_all;      /* of the file as stored; 0 where unknown */
    uint64_t sealed;            /* live: packets of tunnels that are not opened, which the kernel kept */
    uint64_t shunted;           /* packets of shunted sessions that the kernel held back */
    uint64_t shunted_bytes;     /* their length on the wire */
    bool is_blind;              /* the interface is down or has no carrier just now: no packet can come */
};

/* A group of capture threads, a source each, that share one interface's packets: the kernel gives
 * all packets between two hosts to the same source, fragments included, so that each worker sees
 * whole sessions and both directions, and a client's second try beside its first. What is in
 * tunnels or behind MPLS, and all that is not TCP, goes to one source. */
struct fanout;

/* fanout_open: for several sources of one interface, all opened before the first is read; NULL: no
 * memory. It lives longer than its sources. */
struct fanout *fanout_open(void);
void fanout_close(struct fanout *fanout);

/* source_filter_text writes the BPF expression for live capture: the TCP ports (all of TCP, where
 * every port is in the set), whatever may carry them inside, and, where they are wanted, the UDP
 * ports on which names are told (carriers.h). It compiles for every link type. The caller frees the
 * text; NULL: no memory. */
char *source_filter_text(const uint64_t ports[PORT_WORDS], bool hears_names);

struct live_options {
    const char *interface;
    const char *filter; /* BPF expression made from the ports; NULL: all packets */
    /* the TCP ports that `filter` lets through, PORT_WORDS words: for the shunt; NULL: none */
    const uint64_t *ports;
    bool hears_names; /* `filter` lets those through, too: likewise */
    int buffer_bytes; /* of the kernel's ring */
    int snapshot_len;
    int block_ms;          /* how long the kernel may collect packets before it wakes us */
    struct fanout *fanout; /* NULL: the only source of this interface */
    bool never_waits;      /* source_next does not wait for a packet */
    bool counts_interface; /* answer for interface_dropped: one source of an interface does */
};

/* source_filter_check says whether `filter` is a BPF expression, for Ethernet or another usual link
 * type. Names of hosts and ports are not looked up by a process that may open nothing. */
bool source_filter_check(const char *filter, struct error *error);

/* source_open_file opens a capture file; `path` "-" is standard input. `filter` (a BPF expression
 * of the user's, or NULL) is compiled for each link type; packets that it drops come as `left_out`.
 * On failure `error` has the sentence and NULL is returned. The caller owns the source. */
struct source *source_open_file(const char *path, const char *filter, struct error *error);
/* source_open_handed: of a file that was opened for us. `fd` is the source's from now on; negative:
 * it could not be opened, by -errno. */
struct source *source_open_handed(const char *path, int fd, const char *filter, struct error *error);

/* source_open_live opens an interface, promiscuous. Errors name the interface and the cure: no such
 * interface (which ones there are), no permission, interface down. Of these `is_down` is one that
 * can be waited for. */
struct source *source_open_live(const struct live_options *options, bool *is_down, struct error *error);

/* source_open_tap opens the two interfaces of a passive tap, each with one direction of a link, as
 * one live source: their packets come by time, and one waits for the other interface at most for
 * the block time-out and 100 ms. Without `fanout` and the shunt. One that cannot be opened is in
 * `errors` and `are_down`, and the other is captured alone; NULL: neither can. When one fails,
 * source_next says so with SOURCED_FAILED, once, and the next call goes on with the other; so does
 * source_revive. Counters are of both; `is_blind`: one of them is. */
struct source *source_open_tap(const struct live_options sides[2], bool are_down[2], struct error errors[2]);
/* source_side_runs: the interface 0 or 1 of a tap is captured just now; false for all other sources. */
bool source_side_runs(const struct source *source, int side);

/* source_next yields the next packet, whose windows are valid until the next call. SOURCED_FAILED
 * fills `error`; a file that ends inside a packet says so there ("ends inside packet 18,232"). */
enum sourced source_next(struct source *source, struct packet *packet, struct error *error);

/* source_shunt asks the kernel to hold back the packets of a settled session, of both directions
 * between its two ends: all but SYN, FIN and RST, which end the shunt. `observation` comes back
 * from source_shunted. False: not possible here (a file, a kernel or rights that do not allow it);
 * all packets come. Two system calls: for sessions that go on. */
bool source_shunt(struct source *source, const struct endpoint *one, const struct endpoint *other,
    uint64_t observation);
/* source_unshunt takes it back. Call it when a SYN, FIN or RST is read that was captured before the
 * session was shunted: the kernel saw that one too early to stop by itself. */
void source_unshunt(struct source *source, const struct endpoint *one, const struct endpoint *other);
/* source_shunt_refused says why this live source does not shunt though it was asked to, or is NULL. */
const char *source_shunt_refused(const struct source *source);

/* A direction of a shunted session of which packets were held back. */
struct shunted {
    uint64_t observation;
    uint64_t packets; /* so far */
    int64_t last_ns;  /* when the kernel saw the newest */
};
/* source_shunted yields, one a call, what has been held back since the last walk; false: this walk
 * is over. */
bool source_shunted(struct source *source, struct shunted *next);

/* source_revive: after SOURCED_FAILED, an interface that went down and is up again goes on where it
 * was. False: it is still down, or gone; if it is made anew, that is another source. */
bool source_revive(struct source *source);

void source_statistics(struct source *source, struct source_statistics *statistics);
enum source_kind source_kind(const struct source *source);
/* source_break makes a blocked or later source_next return SOURCED_END (of a live source within its
 * block time-out, after what was captured before; of standard input within 200 ms); may be called
 * from a signal handler and from another thread. */
void source_break(struct source *source);
/* source_break_waits: from now on no file of this process is waited for (a pipe, standard input),
 * also not while it is opened: it looks as if it ended there. */
void source_break_waits(void);
/* source_close frees the source; NULL is nothing. */
void source_close(struct source *source);

/* What is found out about a file before it is read. */
struct source_first {
    bool is_capture; /* else it can be read, and is none; or cannot be opened: reading it says why */
    bool is_text;    /* no capture: it begins with text, as notes do */
    int64_t time_ns; /* of the first packet, INT64_MAX where there is none */
    uint64_t hash;   /* of the first packet (capture_marks.h); 0 where there is none */
};
/* source_look reads a file up to its first packet. `fd` as for source_open_handed. */
void source_look(const char *path, int fd, struct source_first *first);

/* A walk through a folder and all folders in it, and those that links lead to: each folder and each
 * file once. */
struct folder_walk {
    char **folders; /* found so far, in the order in which they are listed: breadth first */
    size_t folder_count, folder_room, next;
    uint64_t *seen; /* files and folders: a set */
    size_t seen_count, seen_size;
};

struct listed_file {
    char *path;     /* the folder's as it was named, and names below it */
    uint64_t bytes; /* its size */
};

/* The files of one folder by name, links after the others: not hidden, no inventories; nothing of
 * them is read. */
struct folder_listing {
    const char *folder; /* the walk's */
    struct listed_file *files;
    size_t count;
};

enum walked {
    WALKED_FOLDER,
    WALKED_UNREADABLE, /* a folder cannot be listed: `error` says why; the walk goes on */
    WALKED_ALL,
};

bool folder_walk_open(struct folder_walk *walk, const char *path, struct error *error);
/* folder_walk_next lists the next folder; free each listing. */
enum walked folder_walk_next(struct folder_walk *walk, struct folder_listing *listing, struct error *error);
void folder_listing_free(struct folder_listing *listing);
void folder_walk_close(struct folder_walk *walk);

#endif
