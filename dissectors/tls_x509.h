/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_x509.h: a certificate as nearly all are, read without libcrypto, which takes ten times as long:
 * behind a TLS inspection each session may show another one. */
#ifndef LASTHELLO_TLS_X509_H
#define LASTHELLO_TLS_X509_H

#include <lasthello/bytes.h>
#include <lasthello/session.h>

/* tls_x509_read_plain fills what x509_read does (tls_crypto.h), with the same result. False, and nothing
 * is filled in: there is something in it that is left to libcrypto (an algorithm or a part of a name
 * that few have, characters to be escaped, DER that may be broken). */
bool tls_x509_read_plain(struct bytes der, struct certificate *certificate);

/* tls_x509_name_keys tells the issuer and the subject of a certificate by numbers. Names that X.509 calls
 * equal (RFC 5280 7.1) have one number, whatever the case, the spaces and the kinds of text; so may others.
 * False: it is no DER. */
bool tls_x509_name_keys(struct bytes der, uint64_t *issuer, uint64_t *subject);

#endif
