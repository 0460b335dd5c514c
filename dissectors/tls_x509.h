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

#endif
