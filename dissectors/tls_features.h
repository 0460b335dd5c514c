/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_features.h: the lists of a ClientHello that tell one client's software from another's. */
#ifndef LASTHELLO_TLS_FEATURES_H
#define LASTHELLO_TLS_FEATURES_H

#include <lasthello/tls.h>

#define FEATURES_MAX 512 /* values of one list in a hello; more than all that are registered */

struct feature_list {
    size_t count;
    uint16_t values[FEATURES_MAX];
};

/* What the fingerprints of a hello are made of, without GREASE. */
struct features {
    uint16_t legacy_version;
    uint16_t highest_version;
    char alpn[2]; /* as JA4 wants them */
    bool has_server_name;
    struct feature_list ciphers, extensions, groups, formats, signatures;
};

/* tls_features_collect fills `features` anew. False: a list is absurdly long. */
bool tls_features_collect(const struct client_hello *hello, struct features *features);

#endif
