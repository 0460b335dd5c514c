/* SPDX-License-Identifier: BSD-2-Clause */
/* workspace.h: what a worker lends to its dissectors: scratch memory, and what is costly to compute
 * twice. */
#ifndef LASTHELLO_WORKSPACE_H
#define LASTHELLO_WORKSPACE_H

#include "tls_features.h"

#include <lasthello/dissector.h>
#include <lasthello/hash.h>

#define CERTIFICATE_SETS     256
#define CERTIFICATE_WAYS     4    /* slots that a certificate may stand in */
#define CERTIFICATE_BYTES    4096 /* of DER that a slot keeps to compare with; few servers have more */
#define CHAINS_AN_HOUR       1000 /* of distinct certificates, that are traced to a CA */
#define FINGERPRINT_SLOTS    4096
#define FINGERPRINT_TEXT_MAX (5 * FEATURES_MAX * 6)

struct crypto; /* tls_crypto.c */

struct certificate_slot {
    uint64_t others_key; /* of the certificates beside it that were asked about; 0: none were */
    size_t der_len;
    uint8_t der[CERTIFICATE_BYTES]; /* if it fits; else the key is of all of it */
    struct certificate certificate;
};

/* A slot of its kind belongs to whoever came last. */
struct fingerprint_slot {
    uint64_t key;                /* a keyed hash of the content, 0: empty */
    char ja3[SESSION_JA3_BYTES]; /* of a server: JA3S */
    char ja4[SESSION_JA4_BYTES];
};

struct workspace {
    const struct services *services; /* NULL: the user asked for nothing */
    struct hash_key hash_key;        /* random: nobody outside can choose two hellos that share a key */
    struct crypto *crypto;
    struct trust *trust;   /* NULL: chains are not asked for */
    int64_t chain_hour;    /* of the capture */
    unsigned chains_asked; /* in it */
    /* Keyed hashes of what the slots hold, 0: nothing; apart from them, as most are looked at in vain. */
    uint64_t certificate_keys[CERTIFICATE_SETS][CERTIFICATE_WAYS];
    struct certificate_slot certificates[CERTIFICATE_SETS][CERTIFICATE_WAYS];
    uint8_t certificate_turns[CERTIFICATE_SETS]; /* the way that gives room next */
    struct fingerprint_slot fingerprints[FINGERPRINT_SLOTS];
    struct features features;
    char text[FINGERPRINT_TEXT_MAX];
    uint8_t message[MESSAGE_BYTES_MAX]; /* one joined from several records */
};

#endif
