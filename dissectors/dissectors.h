/* SPDX-License-Identifier: BSD-2-Clause */
/* dissectors.h: the dissectors there are, for the registry and the reader; they do not know
 * each other. */
#ifndef LASTHELLO_DISSECTORS_H
#define LASTHELLO_DISSECTORS_H

#include <lasthello/dissector.h>

extern const struct dissector dissector_imap;
extern const struct dissector dissector_pop3;
extern const struct dissector dissector_smtp;
extern const struct dissector dissector_tls;
extern const struct dissector dissector_discover;

/* registry_by_content yields the dissectors that may be tried on bytes whose port told nothing,
 * NULL-ended. */
const struct dissector *const *registry_by_content(void);

/* registry_service_inside is the service whose TLS has that protocol inside, by its name in ALPN (RFC 7301).
 * NULL: none. */
const struct service *registry_service_inside(const char *alpn);
/* registry_application is what a service speaks, with TLS around it or without: imap of imaps. */
const char *registry_application(const char *service);

#endif
