/* SPDX-License-Identifier: BSD-2-Clause */
/* proxy.h: the header that a load balancer puts before a client's first byte. */
#ifndef LASTHELLO_PROXY_H
#define LASTHELLO_PROXY_H

#include <lasthello/session.h>

enum proxied {
    PROXIED_NOT,  /* these are the client's own bytes */
    PROXIED_MORE, /* may be such a header, and is not whole */
    PROXIED_YES,  /* stepped over */
};

/* proxy_read steps over a PROXY protocol header, version 1 or 2 (haproxy.org,
 * proxy-protocol.txt), at the front of the client's bytes. On YES session->proxy is set,
 * proxy_endpoint is who connected, and the client's endpoint is the one that the header names;
 * UNKNOWN, LOCAL and socket families without addresses name none and leave it. */
enum proxied proxy_read(struct bytes *in, struct session *session);

#endif
