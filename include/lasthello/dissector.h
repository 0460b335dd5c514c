/* SPDX-License-Identifier: BSD-2-Clause */
/* dissector.h: what a protocol is to the rest: one const struct of facts and functions, and one
 * row in dissectors/registry.c for each port. Dissectors do not know each other: the reader
 * passes a side's bytes on when one says HANDOVER or FOREIGN. */
#ifndef LASTHELLO_DISSECTOR_H
#define LASTHELLO_DISSECTOR_H

#include <lasthello/address.h>
#include <lasthello/error.h>
#include <lasthello/session.h>

#define DISSECTOR_STATE_MAX   208   /* bytes, */
#define DISSECTOR_STATE_FRONT 104   /* ... and of these what most calls touch */
#define MESSAGE_BYTES_MAX     65536 /* room for one handshake message; MESSAGE_SPAN_MAX bounds it */
#define OPENING_BYTES_MAX     64

enum dissected {
    DISSECTED_MORE,     /* took what it could; the rest of `in` is kept until more bytes come */
    DISSECTED_HANDOVER, /* what is left in `in`, and all after it from this side, is for the next dissector */
    DISSECTED_SETTLED,  /* the outcome is known: no further bytes of this session are wanted */
    /* what is left in `in` is not this protocol; before a side's first taken bytes: all of it */
    DISSECTED_FOREIGN,
};

enum ending {
    ENDING_FIN,          /* this side sends no more; the other may still */
    ENDING_RST,          /* this side broke the connection off */
    ENDING_SILENCE,      /* the server acknowledged for 30 s and said nothing */
    ENDING_CAPTURE_OVER, /* the capture ended, the flow was idle, or a new connection took its place */
    ENDING_GIVEN_UP,     /* memory was needed for others */
};

/* Memory that a worker lends to its dissectors for the time of one call, and what is worth
 * keeping between sessions (parsed certificates, fingerprints). Opaque: dissectors/workspace.c. */
struct workspace;
struct workspace *workspace_open(void);
void workspace_close(struct workspace *workspace);
struct services;
/* workspace_serve tells what the user asked for; it must outlive the workspace. Without it nobody's
 * PROXY header is believed without proof. */
void workspace_serve(struct workspace *workspace, const struct services *services);

/* The CAs that a system trusts; threads may share them. */
struct trust;
/* trust_open loads them from a file in PEM. NULL: there is none, or it holds none. */
struct trust *trust_open(const char *path);
void trust_close(struct trust *trust);
/* workspace_trust: by which to tell where the chains of certificates lead to; NULL: not at all. */
void workspace_trust(struct workspace *workspace, struct trust *trust);

/* What a dissector works on during one call. */
struct dissection {
    void *state; /* of DISSECTOR_STATE_MAX bytes, zeroed before the first call, the dissector's own */
    struct session *session;
    struct workspace *workspace;
};

struct dissector {
    const char *name;  /* of the protocol, as in network.protocol of an event */
    const char *alpn;  /* its name inside TLS (RFC 7301, IANA), NULL: none is registered */
    bool is_mail;      /* else what is carried is of no interest here */
    size_t state_size; /* at most DISSECTOR_STATE_MAX */
    bool binary;       /* it has no lines of text: it is not asked about one */
    /* May these be the first bytes of `from` in this protocol? Fewer bytes than it takes to
     * tell: true. */
    bool (*recognises)(enum side from, struct bytes in);
    /* May they be, where the port is the protocol's own or the other side speaks it, though nothing
     * tells for sure? NULL: never. */
    bool (*may_read)(enum side from, struct bytes in);
    enum dissected (*read)(struct dissection *at, enum side from, struct bytes *in);
    /* Bytes of `from` were lost here; what follows in `in` of the next read begins somewhere
     * after. */
    enum dissected (*gap)(struct dissection *at, enum side from);
    /* `from` ended (FIN, RST), or the whole session did (SIDE_CLIENT then, by convention). Sets
     * the outcome where it can; SETTLED if it is known. After SILENCE, CAPTURE_OVER and GIVEN_UP
     * it always is. */
    enum dissected (*end)(struct dissection *at, enum side from, enum ending ending);
};

/* A port and who reads it: one row of the registry. */
struct service {
    uint16_t port;
    const char *name; /* as in the registry, and as sessions have it */
    const struct dissector *first;
    const struct dissector *after_handover; /* NULL: nobody */
    /* what is spoken inside TLS where that comes first; NULL: not known */
    const struct dissector *inside;
};

#define PROXIES_MAX  64 /* networks */
#define SERVICES_MAX 80 /* the registry's ports, at most 16, and 64 of the user's */

/* The ports in force: those of the registry's rows, and what the user added. */
struct services {
    /* a number in `rows`, 0: not ours; asked twice a packet, and small enough for a cache */
    uint8_t by_port[65536];
    struct service rows[SERVICES_MAX + 1];
    size_t count;
    size_t proxy_count;
    struct network proxies[PROXIES_MAX]; /* whose PROXY headers are believed without proof */
    const struct service *discover;      /* for every other port with --discover, else NULL */
};

/* services_at: who reads a port; NULL: nobody. */
static inline const struct service *services_at(const struct services *services, uint16_t port)
{
    const uint8_t row = services->by_port[port];

    return row == 0 ? NULL : &services->rows[row];
}

/* services_init fills the table with the registry's own rows. */
void services_init(struct services *services);
/* services_put lets a service have its port, whoever had it. False: there is no room for one more. */
bool services_put(struct services *services, const struct service *service);
/* services_add reads "110=pop3,443=tls" and adds the rows. Errors name the part that is wrong,
 * the protocols that exist. */
bool services_add(struct services *services, const char *list, struct error *error);
/* service_of_name: a row of the registry by the name that sessions have; NULL: there is none. */
const struct service *service_of_name(const char *name);
/* service_is_mail: is it, in clear or inside TLS? True of names that the registry lacks. */
bool service_is_mail(const char *name);
/* service_begins_with_tls: does a mail service's session begin with a hello, and not with a greeting? */
bool service_begins_with_tls(const char *name);
/* services_ports_text writes the registry's ports, "110, 143, 993 and 995", into `out`, which is returned. */
#define SERVICES_PORTS_BYTES 128
const char *services_ports_text(char *out, size_t out_size);
/* services_names writes the names of all services, "imap, imaps, ...", into `out`, which is returned. */
#define SERVICES_NAMES_BYTES 128
const char *services_names(char *out, size_t out_size);
/* services_name finds a service of the registry, in capitals or not: its name as sessions have it,
 * of static storage. NULL: there is none; the error names those there are. */
const char *services_name(const char *name, struct error *error);
/* services_believe reads networks, "10.0.0.0/8,2001:db8::1": PROXY headers from there are believed. Errors
 * name the part that is wrong. */
bool services_believe(struct services *services, const char *list, struct error *error);
/* services_discover makes all other ports be looked into, by content. */
void services_discover(struct services *services);
/* services_ports fills the set of TCP ports that are read: with discovery all. */
void services_ports(const struct services *services, uint64_t ports[PORT_WORDS]);

enum prologue_kind {
    PROLOGUE_NONE,
    PROLOGUE_CONNECT, /* HTTP */
    PROLOGUE_SOCKS4,
    PROLOGUE_SOCKS5,
};

/* What proxies said before the protocol: dissectors/prologue.h. */
struct prologue {
    enum prologue_kind kind;
    uint8_t step[SIDE_COUNT];
    uint32_t body_left;     /* of a refusal of CONNECT */
    bool header;            /* a PROXY header was read */
    bool header_late;       /* ... after the server had spoken */
    bool header_again;      /* ... and another one behind it, which no server takes */
    bool header_first;      /* ... and was the client's first, a SYN told */
    bool names_client;      /* ... and names a client: */
    struct endpoint client; /* which is not believed yet */
};

/* One session being read: its facts, and which dissector is on duty for each side. What each delivery touches
 * stands together, apart from the facts: of many sessions open at once none is in the cache. */
struct reader {
    struct session *session; /* the caller's */
    const struct service *service;
    const struct dissector *duty[SIDE_COUNT]; /* NULL: nobody wants more of this side's bytes */
    const struct dissector *with_state[2];    /* whose the two states are */
    struct workspace *workspace;
    bool spoke_in_clear;            /* the server said a line of mail */
    bool started[SIDE_COUNT];       /* first bytes of that side were seen: who is on duty has been checked */
    bool on_trial[SIDE_COUNT];      /* who is on duty has taken nothing yet, of neither side */
    bool in_line[SIDE_COUNT];       /* what comes is the rest of a line that nobody recognised */
    uint8_t strange[SIDE_COUNT];    /* deliveries with bytes that nobody recognised */
    bool strange_now;               /* ... and this delivery is one */
    bool strange_start[SIDE_COUNT]; /* ... and they were that side's first */
    bool strange_commands;          /* the client's were among them, before any hello */
    bool strange_known;             /* ... and began as another protocol does */
    bool strange_binary;            /* ... and were no text */
    uint8_t opening_len[SIDE_COUNT];
    struct prologue prologue;
    _Alignas(16) uint8_t state[2][DISSECTOR_STATE_MAX];
    /* first bytes of a side, kept for nDPI only while nobody recognised them, and never what may be mail */
    uint8_t opening[SIDE_COUNT][OPENING_BYTES_MAX];
};

/* reader_begin starts a session on a service; its facts go into `session`, which outlives the reader. Its
 * endpoints, macs, VLANs, tunnel and marks are the caller's: filled in before, in a session otherwise zeroed,
 * and left alone here. */
void reader_begin(struct reader *reader, struct session *session, const struct service *service,
    struct workspace *workspace);
/* reader_read lets who is on duty take bytes of `from` from the front of `in`, and notes the
 * direction. MORE or SETTLED. */
enum dissected reader_read(struct reader *reader, enum side from, struct bytes *in);
/* reader_gap: bytes of `from` were lost, what was not taken before them included. Counts
 * session.gaps. MORE or SETTLED. */
enum dissected reader_gap(struct reader *reader, enum side from);
/* reader_end: as a dissector's end. SETTLED, with an outcome, after every ending but FIN and
 * RST, which may say MORE. */
enum dissected reader_end(struct reader *reader, enum side from, enum ending ending);

#endif
