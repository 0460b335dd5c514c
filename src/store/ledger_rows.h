/* SPDX-License-Identifier: BSD-2-Clause */
/* ledger_rows.h: what lies in a ledger, for the writer that stores it. Each row begins with its id. */
#ifndef LASTHELLO_STORE_LEDGER_ROWS_H
#define LASTHELLO_STORE_LEDGER_ROWS_H

#include "row_id.h"

#include <lasthello/id_table.h>
#include <lasthello/ledger.h>

#define SITE_BYTES 64

struct site_row {
    uint64_t id;
    char site[SITE_BYTES];
};

struct source_row {
    uint64_t id;
    struct source_record record; /* where has_record */
    bool has_record;
    bool has_sessions;
};

struct host_row {
    uint64_t id;
    struct address address;
    uint64_t site;
};

struct path_row {
    uint64_t id;
    uint8_t macs[SIDE_COUNT][6];
    bool has_macs;
    bool proxy;
    uint8_t vlan_count;
    uint16_t vlans[LINK_VLANS_MAX];
    enum tunnel tunnel;
    uint32_t tunnel_id;
    struct endpoint proxy_endpoint;
};

struct hello_row {
    uint64_t id;
    struct offer offer;
};

struct answer_row {
    uint64_t id;
    struct answer answer;
};

struct certificate_row {
    uint64_t id;
    struct certificate certificate;
};

/* One session that went so stands for all of them. */
struct profile_row {
    uint64_t id;
    struct references references;
    const char *service;
    const char *provider_source;
    enum outcome outcome;
    char refused_by[16];
    enum evidence evidence;
    enum version offered_max;
    enum version negotiated;
    enum cause cause;
    uint16_t port;
    uint8_t directions;
    bool preauth, logindisabled, bye, proxy, client_certificate_requested;
    bool unconfirmed, contradictory, unreadable_answer;
    struct starttls starttls;
    struct alert alerts[SIDE_COUNT];
    char server_name[SESSION_NAME_BYTES];
    char provider[48];
    char login[SESSION_LOGIN_BYTES];
    char foreign[32];
};

struct observation_row {
    uint64_t id;
    uint64_t source, reading, client, server, profile, certificate, path;
    struct mark first, last;
    uint64_t sessions, short_lived, gaps;
};

struct amendment_row {
    uint64_t id; /* of an observation that was handed over before */
    struct mark last;
    uint64_t short_lived;
};

struct ledger {
    struct id_table sites, sources, hosts, paths, hellos, answers, certificates, profiles, observations, amendments;
    uint64_t sessions;           /* in it: lost, should it not be stored */
    const struct site_row *site; /* of the last session: nearly always that of the next one */
    const struct source_row *source;
};

/* Adds what repeats, if it is not there; the caller made sure of room. */
void ledger_put_host(struct ledger *ledger, uint64_t id, uint64_t site, const struct address *address);
void ledger_put_certificate(struct ledger *ledger, uint64_t id, const struct certificate *certificate);
void ledger_put_path(struct ledger *ledger, uint64_t id, const struct session *session);
/* ... with the hello and answer that it refers to. */
void ledger_put_profile(struct ledger *ledger, uint64_t id, const struct references *references,
    const struct session *session);

/* Merges what is newly known of the end of a row's sessions; which came first must not matter. */
void mark_later(struct mark *last, const struct mark *other);
void mark_earlier(struct mark *first, const struct mark *other);

#endif
