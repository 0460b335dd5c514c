/* SPDX-License-Identifier: BSD-2-Clause */
/* tunnelled.h: connections that are asked of a proxy: HTTP CONNECT and SOCKS, a function for each side. The
 * target's name is not read. See prologue.h. */
#ifndef LASTHELLO_DISSECTORS_TUNNELLED_H
#define LASTHELLO_DISSECTORS_TUNNELLED_H

#include "prologue.h"

/* CONNECT host:port HTTP/1.1, and header lines up to an empty one; may be asked again after a
 * refusal (407). */
enum prologued connect_client_read(struct prologue *prologue, struct bytes *in);
/* HTTP/1.1 200 and header lines; after a refusal its body, too, as long as it says that it is. */
enum prologued connect_server_read(struct prologue *prologue, struct bytes *in);
/* 04 01, port, address, user, NUL; 4a: address 0.0.0.x, then a name, NUL. The answer: 00 5a, port,
 * address. */
enum prologued socks4_client_read(struct prologue *prologue, struct bytes *in);
enum prologued socks4_server_read(struct prologue *prologue, struct bytes *in);
/* RFC 1928: methods, the login of RFC 1929, the request; the server's answer to each. */
enum prologued socks5_client_read(struct prologue *prologue, struct bytes *in);
enum prologued socks5_server_read(struct prologue *prologue, struct bytes *in);

#endif
