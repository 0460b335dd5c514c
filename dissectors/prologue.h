/* SPDX-License-Identifier: BSD-2-Clause */
/* prologue.h: what proxies put before the protocol of a connection: PROXY headers (haproxy.org,
 * proxy-protocol.txt), HTTP CONNECT (RFC 9110 9.3.6), SOCKS 4, 4a and 5 (RFC 1928, RFC 1929). */
#ifndef LASTHELLO_DISSECTORS_PROLOGUE_H
#define LASTHELLO_DISSECTORS_PROLOGUE_H

#include <lasthello/dissector.h>

enum prologued {
    PROLOGUED_NOT,  /* these bytes are the protocol's own */
    PROLOGUED_MORE, /* may be a prologue, and is not whole */
    PROLOGUED_YES,  /* stepped over; another may follow */
};

/* prologue_read steps over a prologue at the front of a side's first bytes. CONNECT and SOCKS name the target
 * and change nothing; a PROXY header names a client, which is kept until prologue_settle. */
enum prologued prologue_read(struct reader *reader, enum side from, struct bytes *in);

/* prologue_settle decides whether a PROXY header is believed, when the session's outcome is known:
 * anybody can write one. It is, where the server went on as one that believes it: its ServerHello
 * answers the hello behind the header; or its greeting in clear came behind it, was no refusal, a
 * command of the client's was answered, and nothing that nobody asked for was: who does not know
 * the header answers it with an error before anything else. It is, too, where who connected is
 * among the user's proxies. Then the client's endpoint is the one that the header names, and
 * proxy_endpoint is who connected. */
void prologue_settle(struct reader *reader);

#endif
