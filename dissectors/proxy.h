/* SPDX-License-Identifier: BSD-2-Clause */
/* proxy.h: the header that a load balancer puts before a client's first byte. */
#ifndef LASTHELLO_PROXY_H
#define LASTHELLO_PROXY_H

#include "prologue.h"

/* proxy_v1_read and proxy_v2_read step over a PROXY protocol header, version 1 or 2 (haproxy.org,
 * proxy-protocol.txt), at the front of the client's bytes: at most one. On YES prologue->header is
 * set, and prologue->client is the client that it names; UNKNOWN, LOCAL and socket families without
 * addresses name none. */
enum prologued proxy_v1_read(struct prologue *prologue, struct bytes *in);
enum prologued proxy_v2_read(struct prologue *prologue, struct bytes *in);

#endif
