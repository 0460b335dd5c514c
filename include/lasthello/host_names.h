/* SPDX-License-Identifier: BSD-2-Clause */
/* host_names.h: what is heard of names on the same wire: which names a client asked DNS for, and what
 * clients of DHCP call themselves. In memory only, and bounded: what is stored are the names that a
 * session is told with.
 *
 * An answer counts only where its question was seen: of the same client, to the same server, with the same
 * ports, number, name and type, within QUESTION_SECONDS; and only the first one. An address that DHCP
 * confirms counts only for the client whose request was seen. The tables go by a random key, and a
 * client's rows lie in one place of their own or with few others, so that a flood of one client's names
 * pushes out little but its own. The oldest goes first. Safe to be used by several threads. */
#ifndef LASTHELLO_HOST_NAMES_H
#define LASTHELLO_HOST_NAMES_H

#include <lasthello/session.h>

#define QUESTION_SECONDS     30
#define NAME_LASTS_SECONDS   600    /* at least: programs hold on to an address for longer than its TTL */
#define NAME_LASTS_MAX       86400  /* ... and at most */
#define LEASE_LASTS_SECONDS  86400  /* where a server of DHCP does not say how long */
#define LEASE_LASTS_MAX      604800 /* a week */
#define NAMES_OF_ADDRESS_MAX 4      /* that a client asked for; the last ones are told */

struct host_names;

/* host_names_open takes memory for so many bytes at least; NULL: there is none. */
struct host_names *host_names_open(size_t memory_bytes);
void host_names_close(struct host_names *names);
/* host_names_clear forgets all: what comes next is another capture. */
void host_names_clear(struct host_names *names);

/* host_names_hear reads a datagram of UDP on a port of DNS or DHCP; any other costs a look at its ports.
 * What came of it is counted. */
void host_names_hear(struct host_names *names, const struct datagram *datagram, int64_t time_ns,
    struct names_counts *counts);

/* host_names_fill fills in `dns_name`, where the client sent no server_name and its beginning was seen:
 * what it had asked for before the session's first packet, and got the server's address. */
void host_names_fill(struct host_names *names, struct session *session);

/* What a host said of itself to DHCP. */
struct host_told {
    char name[SESSION_NAME_BYTES]; /* "": not said, as `class` */
    char class[128];
    uint8_t mac[6];
    bool has_mac;
};
/* host_names_told: false: nothing is known of this address at that time. */
bool host_names_told(struct host_names *names, const struct address *host, int64_t time_ns,
    struct host_told *told);

#endif
