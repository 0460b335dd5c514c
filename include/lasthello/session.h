/* SPDX-License-Identifier: BSD-2-Clause */
/* session.h: the facts of one connection, filled in by the dissectors, judged and stored by others.
 *
 * Facts that can each be true alone are flags of their own; nothing here is derived from another
 * fact. What was not seen is false, 0, VERSION_UNKNOWN or an empty string. All text was made safe
 * (text.h). No login name, password, command argument or mail text ever gets here. */
#ifndef LASTHELLO_SESSION_H
#define LASTHELLO_SESSION_H

#include <lasthello/names.h>
#include <lasthello/wire.h>

#include <string.h>

#define SESSION_NAME_BYTES     256 /* a host name has at most 253 characters (RFC 1035 2.3.4) */
#define SESSION_ALPN_BYTES     64  /* the protocols, joined by commas; further ones are left out */
#define SESSION_VERSIONS_MAX   12  /* offered versions kept */
#define SESSION_SUBJECT_BYTES  256
#define SESSION_LOGIN_BYTES    24
#define SESSION_JA3_BYTES      33
#define SESSION_JA4_BYTES      37
#define SESSION_SHA256_BYTES   32
#define SESSION_SOFTWARE_BYTES 160 /* the four values of an ID (RFC 2971), made safe */
#define SESSION_GREETING_BYTES 96
#define OFFER_SUITES_MAX       128 /* more of a hello are not kept, see `cut` */
#define OFFER_GROUPS_MAX       32
#define OFFER_SIGNATURES_MAX   40

enum outcome {
    OUTCOME_NONE,         /* not settled yet */
    OUTCOME_ESTABLISHED,  /* ServerHello, then protected records or ChangeCipherSpec from both sides */
    OUTCOME_NEGOTIATED,   /* ServerHello, and the capture shows no more */
    OUTCOME_REFUSED,      /* ClientHello answered by alert, RST, FIN or silence: see refused_by */
    OUTCOME_UNANSWERED,   /* ClientHello, but the server's side or the end was not captured */
    OUTCOME_REJECTED,     /* the client broke off: after the ServerHello, or instead of a hello */
    OUTCOME_CLEAR_ANSWER, /* ClientHello to a server that speaks clear text: no version is to blame */
    OUTCOME_MIDSTREAM,    /* handshake not captured, version from records */
    OUTCOME_CLEARTEXT,    /* a login without TLS */
    OUTCOME_PLAIN,        /* no TLS, no login seen */
    OUTCOME_FOREIGN,      /* neither mail nor TLS */
    OUTCOME_COUNT,
};

enum refusal {
    REFUSAL_NONE,
    REFUSAL_ALERT, /* the alert is in alerts[SIDE_SERVER] */
    REFUSAL_RST,
    REFUSAL_FIN,
    REFUSAL_SILENCE,
};

enum evidence {
    EVIDENCE_NONE,      /* no version is known, or what was seen contradicts itself or cannot be read */
    EVIDENCE_RECORDS,   /* the version of at least two chained records */
    EVIDENCE_HANDSHAKE, /* the ServerHello; for a refused session the ClientHello */
};

enum cause {
    CAUSE_NONE, /* nothing legacy to blame anyone for */
    CAUSE_CLIENT,
    CAUSE_SERVER,
    CAUSE_FALLBACK,
    CAUSE_UNKNOWN,
    CAUSE_TOO_NEW, /* offers only TLS 1.3, which the server does not have: see cause_is_legacy */
};

/* Is it about TLS below 1.2? */
static inline bool cause_is_legacy(enum cause cause)
{
    return cause != CAUSE_NONE && cause != CAUSE_TOO_NEW;
}

/* What the client said (ClientHello). After a HelloRetryRequest: its second hello. Lists stand as
 * on the wire, in the order said, less GREASE (RFC 8701), which differs from hello to hello and
 * means nothing. */
struct offer {
    bool seen;
    bool sslv2_format;    /* RFC 5246 E.2 */
    bool fallback_scsv;   /* RFC 7507 */
    bool ech;             /* encrypted_client_hello: server_name is only the public one */
    bool cut;             /* a list was longer than what is kept of it */
    enum version maximum; /* offered_max */
    enum version minimum; /* of supported_versions; without that nobody knows: VERSION_UNKNOWN */
    uint16_t legacy_version;
    uint8_t version_count;
    uint8_t suite_count;
    uint8_t group_count;
    uint8_t signature_count;
    uint16_t versions[SESSION_VERSIONS_MAX];
    char alpn[SESSION_ALPN_BYTES];
    char ja3[SESSION_JA3_BYTES]; /* MD5, hex */
    char ja4[SESSION_JA4_BYTES];
    char server_name[SESSION_NAME_BYTES];      /* from here on offer_clear leaves what means nothing */
    uint32_t suites[OFFER_SUITES_MAX];         /* signaling values, too; of SSL 2.0: 3 bytes (RFC 5246 E.2) */
    uint16_t groups[OFFER_GROUPS_MAX];         /* supported_groups */
    uint16_t signatures[OFFER_SIGNATURES_MAX]; /* signature_algorithms */
};

/* offer_clear: nothing was offered. What stands behind the end of the server name and behind the
 * counts of the lists means nothing and stays as it is. */
static inline void offer_clear(struct offer *offer)
{
    _Static_assert(offsetof(struct offer, suites) == offsetof(struct offer, server_name) + SESSION_NAME_BYTES,
        "what comes before the name is cleared");
    _Static_assert(offsetof(struct offer, signatures) + sizeof(offer->signatures) == sizeof(struct offer),
        "a new fact stands before the name");
    memset(offer, 0, offsetof(struct offer, server_name) + 1);
}

/* What the server chose (ServerHello, ServerKeyExchange). */
struct answer {
    bool seen;
    bool unreadable; /* its version could not be read, and nothing else tells it, either */
    bool resumed;
    bool retry_request;    /* a HelloRetryRequest came before (RFC 8446 4.1.3) */
    bool downgrade;        /* the DOWNGRD sentinel: the server could do better (RFC 8446 4.1.3) */
    uint16_t wire_version; /* as chosen; a draft's number shows here */
    uint16_t cipher_suite;
    uint16_t group;      /* named group of the key exchange, 0: not in clear */
    uint16_t group_bits; /* of a finite-field group that the server sent explicitly */
    char alpn[SESSION_ALPN_BYTES];
    char ja3s[SESSION_JA3_BYTES];
};

/* The server's own certificate, where it is in clear (TLS 1.2 and older). */
struct certificate {
    bool seen;
    uint8_t sha256[SESSION_SHA256_BYTES];
    bool readable; /* the rest is known; false: X.509 refused it */
    char subject[SESSION_SUBJECT_BYTES];
    char issuer[SESSION_SUBJECT_BYTES];
    int64_t not_before; /* seconds since 1970 */
    int64_t not_after;
    char key_type[16]; /* RSA, EC, ED25519, ... */
    uint16_t key_bits;
    char signature[40]; /* sha256WithRSAEncryption */
    char chain[16];     /* "public CA", "no public CA": where it leads to; "": nobody asked */
};

/* What few sessions tell: names and programs. */
struct hints {
    /* names that this client had asked DNS for, whose answers had this server's address, before it connected;
     * by the alphabet, joined by commas. Only where the client sent no server_name. */
    char dns_name[SESSION_NAME_BYTES];
    char client_software[SESSION_SOFTWARE_BYTES]; /* IMAP ID: name, version, vendor, os (RFC 2971 3.3) */
    char server_software[SESSION_SOFTWARE_BYTES];
    char greeting[SESSION_GREETING_BYTES]; /* words that name a product, and its version */
};

struct alert {
    bool seen; /* in clear */
    uint8_t level;
    uint8_t description;
};

/* STARTTLS and STLS: facts that do not follow from each other. */
struct starttls {
    bool offered;
    bool requested;
    bool accepted;
    bool refused;   /* answered NO, BAD or -ERR */
    bool hello;     /* a TLS hello was seen after it */
    bool injection; /* other client bytes came with it, before the answer (USENIX Security 2021) */
    bool hasty;     /* the hello itself came before the answer */
};

/* The names of all services, for who cannot ask the dissectors: tests/unit/test_registry.c compares them. */
#define SERVICE_NAMES "imap, imaps, pop3, pop3s, smtp, smtps, tls"

/* What each delivery of bytes touches stands first, up to `answer.alpn`: of many sessions open at
 * once none is in the cache. The facts of a profile stand together: its key is copied in fewer pieces. */
struct session {
    enum outcome outcome;
    enum refusal refused_by;
    enum evidence evidence;
    enum version negotiated;
    struct alert alerts[SIDE_COUNT];
    struct starttls starttls;
    bool client_certificate_requested;
    bool preauth;       /* IMAP greeting PREAUTH: STARTTLS impossible (RFC 9051 7.1.4) */
    bool logindisabled; /* IMAP capability (RFC 9051 6.2.3) */
    bool bye;           /* the greeting was BYE or -ERR */
    /* SMTP between servers: port 25, and nobody asked for a login in clear */
    bool relay;
    bool proxy;         /* a PROXY protocol header came first, and is believed */
    bool proxy_ignored; /* one came first, and is not: it may be anybody's invention */
    bool contradictory; /* the choice is not among what was offered: evidence is none */
    /* Only one side tells of all this, and nothing shows that the other answered: whoever reaches the
     * wire can write that. Not to be counted as a client's or server's doing. */
    bool unconfirmed;
    uint8_t directions; /* bit SIDE_x set: bytes of that side were captured */

    /* what only TCP can tell; the first filled in by the flow as soon as it is known, the others
     * before a dissector's `end` */
    bool whole[SIDE_COUNT]; /* a SYN told where this side begins, and nothing of it was lost so far */
    bool server_silent;     /* it acknowledged the client's last bytes, and the server sent none after them */
    bool client_attached;   /* the client's packets passed no router: it sent their TTL itself */

    bool clear_text; /* the server speaks in clear, also after a STARTTLS it accepted */
    bool answered;   /* the server answered in clear what a command of the client asked, and no other */
    bool unasked;    /* the server answered in clear what no captured command of the client asked */
    bool recognised; /* something that only mail or TLS says was read: more than bytes on a port of ours */
    uint32_t gaps;   /* places where captured bytes were missing */
    struct answer answer;

    const char *service;            /* of the registry, one of SERVICE_NAMES; static storage */
    const char *provider_source;    /* rule, sni, ip, sni+ip; NULL: none */
    const char *server_name_source; /* by what the server's name is known: sni, dns, certificate; NULL: not */
    enum cause cause;
    char login[SESSION_LOGIN_BYTES]; /* mechanism of a login in clear: LOGIN, USER, PLAIN, ...; else "" */
    char foreign[32];                /* nDPI's name for a foreign payload, a hint */
    char provider[48];               /* of the server (judge) */
    const char *application;         /* what it speaks, with TLS around it or without: imap of imaps */
    struct packet_ref first;
    struct packet_ref last; /* so far */
    /* by side; the client that a believed PROXY header names stands here */
    struct endpoint endpoints[SIDE_COUNT];
    struct endpoint proxy_endpoint; /* who really connected, where `proxy` */
    uint8_t macs[SIDE_COUNT][6];
    bool has_macs;
    uint8_t vlan_count;
    uint16_t vlans[LINK_VLANS_MAX];
    enum tunnel tunnel;
    uint32_t tunnel_id;

    /* these three come last: see session_clear */
    struct offer offer;
    struct certificate certificate;
    struct hints hints;
};

/* session_clear: nothing is known. What stands behind a name's end, and in a certificate that was
 * not seen, means nothing and stays as it is: most of a session is room for that, and a flood
 * begins many sessions. */
static inline void session_clear(struct session *session)
{
    enum {
        OFFER_END = offsetof(struct session, offer) + sizeof(struct offer),
        CERTIFICATE = offsetof(struct session, certificate),
        HINTS = offsetof(struct session, hints),
        HINTS_END = HINTS + sizeof(struct hints),
    };
    _Static_assert(CERTIFICATE >= OFFER_END && CERTIFICATE - OFFER_END < 8 &&
            HINTS - CERTIFICATE < sizeof(struct certificate) + 8 && sizeof(struct session) - HINTS_END < 8,
        "nothing else stands behind the offer");
    memset(session, 0, offsetof(struct session, offer));
    offer_clear(&session->offer);
    session->certificate.seen = false;
    session->hints.dns_name[0] = session->hints.greeting[0] = '\0';
    session->hints.client_software[0] = session->hints.server_software[0] = '\0';
}

/* session_expect begins to fetch from memory what is read of most sessions once they are over: of a text and
 * of a list its beginning. */
static inline void session_expect(const struct session *session)
{
    enum {
        LINE = 64, /* bytes of a cache line */
        TEXT = 1,
        LIST = 2 * LINE,
        OFFER_TEXTS = offsetof(struct session, offer.server_name),
    };
    static const struct {
        uint16_t at, bytes;
    } ranges[] = {
        {offsetof(struct session, service), OFFER_TEXTS - offsetof(struct session, service)},
        {OFFER_TEXTS, TEXT},
        {offsetof(struct session, offer.suites), LIST},
        {offsetof(struct session, offer.groups), LIST},
        {offsetof(struct session, certificate), LINE},
        {offsetof(struct session, certificate.subject), TEXT},
        {offsetof(struct session, certificate.issuer), TEXT},
        {offsetof(struct session, certificate.not_before), LIST},
        {offsetof(struct session, hints.dns_name), TEXT},
        {offsetof(struct session, hints.client_software), TEXT},
        {offsetof(struct session, hints.server_software), TEXT},
        {offsetof(struct session, hints.greeting), TEXT},
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        for (size_t at = 0; at < ranges[i].bytes; at += LINE)
            __builtin_prefetch((const uint8_t *)session + ranges[i].at + at);
}

/* Names for people, in lower case; NULL for the NONE of each: what is unknown is left out. */
const char *outcome_name(enum outcome outcome);
const char *evidence_name(enum evidence evidence); /* EVIDENCE_NONE is "none": a fact, not an absence */
const char *cause_name(enum cause cause);
enum cause cause_of_name(const char *name); /* NULL, or none of them: CAUSE_NONE */
const char *tunnel_name(enum tunnel tunnel);
/* What the decoder does not read: its kind ("ethertype", "IP protocol"), and its name ("ARP",
 * "ESP"), NULL where it has none that we know. */
const char *unknown_kind_name(enum unknown_kind kind);
const char *unknown_name(enum unknown_kind kind, uint32_t number);
/* "alert 70", "rst", "fin", "silence", into `out` (at least 16 bytes); NULL for REFUSAL_NONE. */
const char *refusal_name(const struct session *session, char out[16]);

/* What was offered, as one text: "TLS 1.3, TLS 1.2, ..." highest first; returns the length, 0:
 * nothing. */
size_t offered_versions(const struct offer *offer, char *out, size_t out_size);

#endif
