/* SPDX-License-Identifier: BSD-2-Clause */
/* dns.h: a DNS message (RFC 1035 4), as far as it tells which addresses a name has. */
#ifndef LASTHELLO_DNS_H
#define LASTHELLO_DNS_H

#include <lasthello/address.h>
#include <lasthello/bytes.h>

#define DNS_NAME_BYTES    256 /* a name has at most 253 characters (RFC 1035 2.3.4) */
#define DNS_ADDRESSES_MAX 16  /* more of an answer are not kept */
#define DNS_RECORDS_MAX   64  /* more of an answer are not read */

enum dns_kind {
    DNS_OTHER, /* well-formed as far as it was read, and about something else than addresses */
    DNS_QUESTION,
    DNS_ANSWER,
    DNS_BROKEN, /* breaks its own lengths, or a name has other characters than a host's */
};

struct dns_message {
    uint16_t id;
    uint16_t type;             /* of the question: A (1) or AAAA (28) */
    char name[DNS_NAME_BYTES]; /* that was asked for: letters in lower case, digits, - . _ */
    /* of that name, or of the one that a chain of CNAMEs leads to: */
    struct address addresses[DNS_ADDRESSES_MAX];
    uint8_t address_count;
    uint32_t ttl_s; /* the shortest of those records (RFC 1035 3.2.1, RFC 2181 8) */
};

/* dns_read reads the payload of a datagram, or of TCP behind the length (RFC 1035 4.2.2). Fills `message`
 * for DNS_QUESTION and DNS_ANSWER; else it is without meaning. A query with one question in class IN; an
 * answer repeats it. Compressed names (4.1.4) are followed backwards only, so that none leads in a circle.
 * Records that belong to other names than the chain's are not looked at. */
enum dns_kind dns_read(struct bytes payload, struct dns_message *message);

#endif
