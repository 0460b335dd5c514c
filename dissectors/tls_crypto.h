/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_crypto.h: what libcrypto does for us: two digests, and the fields of an X.509 certificate. */
#ifndef LASTHELLO_TLS_CRYPTO_H
#define LASTHELLO_TLS_CRYPTO_H

#include <lasthello/session.h>

#define MD5_BYTES    16
#define SHA256_BYTES 32

struct crypto;
/* crypto_open takes what all need, so that no digest allocates. NULL: no memory, or no SHA-256. */
struct crypto *crypto_open(void);
void crypto_close(struct crypto *crypto);

/* False: libcrypto refuses (MD5 may be switched off by policy). */
bool digest_md5(struct crypto *crypto, struct bytes data, uint8_t out[MD5_BYTES]);
bool digest_sha256(struct crypto *crypto, struct bytes data, uint8_t out[SHA256_BYTES]);

/* x509_read fills what DER tells, without `seen` and `sha256` (RFC 5280 4.1). Nothing is computed
 * with the key, which is a stranger's: its size is that of its numbers, or of its curve by name.
 * False: it is no X.509, or lies about its length. */
bool x509_read(struct crypto *crypto, struct bytes der, struct certificate *certificate);

/* A server's certificate, and those that came with it, each behind its length of 3 bytes. */
struct chain {
    struct bytes leaf, others;
};

/* trust_of_chain: "public CA", or "no public CA", at a time in seconds since 1970. Signatures are checked
 * from the CA down, so that no key is computed with that a CA did not sign for; that a certificate has
 * expired, or has a weak key, is another question. Where no CA has the name of an issuer nothing is checked.
 * NULL: there is no memory, it is no certificate, or its key is of a kind or size that is not decoded. */
struct trust;
const char *trust_of_chain(
    struct crypto *crypto, struct trust *trust, const struct chain *chain, int64_t at);
/* trust_is_public: is it what trust_of_chain says of a chain that leads to one of the CAs? */
bool trust_is_public(const char *leads);

#endif
