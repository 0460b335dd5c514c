/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_crypto.h: what libcrypto does for us: two digests, and the fields of an X.509 certificate. */
#ifndef LASTHELLO_TLS_CRYPTO_H
#define LASTHELLO_TLS_CRYPTO_H

#include <lasthello/session.h>

#define MD5_BYTES    16
#define SHA256_BYTES 32

struct digests;
/* digests_open takes what both need, so that no call allocates. NULL: no memory, or no SHA-256. */
struct digests *digests_open(void);
void digests_close(struct digests *digests);

/* False: libcrypto refuses (MD5 may be switched off by policy). */
bool digests_md5(struct digests *digests, struct bytes data, uint8_t out[MD5_BYTES]);
bool digests_sha256(struct digests *digests, struct bytes data, uint8_t out[SHA256_BYTES]);

/* x509_read fills what DER tells, without `seen` and `sha256`. False: it is no X.509, or lies about its length. */
bool x509_read(struct bytes der, struct certificate *certificate);

#endif
