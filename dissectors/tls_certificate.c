/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_certificate.c: the server's own certificate, each distinct one parsed once. */
#include "tls_crypto.h"
#include "workspace.h"

#include <lasthello/tls.h>

bool tls_certificate_leaf(struct bytes body, struct bytes *leaf)
{
    struct bytes list;

    return bytes_vector24(&body, &list) && body.left == 0 &&
        bytes_vector24(&list, leaf) && leaf->left > 0;
}

static void read_leaf(struct workspace *workspace, struct bytes leaf, struct certificate *certificate)
{
    *certificate = (struct certificate){.seen = true};
    if (!digests_sha256(workspace->digests, leaf, certificate->sha256))
        return;
    certificate->readable = x509_read(leaf, certificate);
}

void tls_certificate_note(struct workspace *workspace, struct bytes leaf, struct certificate *certificate)
{
    uint64_t key = hash_bytes(&workspace->hash_key, leaf.data, leaf.left) | 1;
    struct certificate_slot *slot = &workspace->certificates[(key >> 1) % CERTIFICATE_SLOTS];

    if (slot->key != key || slot->der_len != leaf.left) {
        read_leaf(workspace, leaf, &slot->certificate);
        slot->key = key;
        slot->der_len = leaf.left;
    }
    *certificate = slot->certificate;
}
