/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_certificate.c: the server's own certificate, each distinct one parsed once. */
#include "tls_crypto.h"
#include "tls_x509.h"
#include "workspace.h"

#include <lasthello/tls.h>

#include <stdio.h>

#define SIGNATURE_END_BYTES 32

bool tls_certificate_chain(struct bytes body, struct bytes *leaf, struct bytes *others)
{
    return bytes_vector24(&body, others) && body.left == 0 &&
        bytes_vector24(others, leaf) && leaf->left > 0;
}

bool tls_certificate_leaf(struct bytes body, struct bytes *leaf)
{
    struct bytes others;

    return tls_certificate_chain(body, leaf, &others);
}

static void read_leaf(struct workspace *workspace, struct bytes leaf, struct certificate *certificate)
{
    *certificate = (struct certificate){.seen = true};
    if (!digest_sha256(workspace->crypto, leaf, certificate->sha256))
        return;
    certificate->readable =
        tls_x509_read_plain(leaf, certificate) || x509_read(workspace->crypto, leaf, certificate);
}

/* A certificate ends with its signature, which is as good as random: its end names a slot, and a
 * comparison with all of it costs less than a hash of all of it. */
static uint64_t key_of(const struct workspace *workspace, struct bytes leaf)
{
    if (leaf.left <= CERTIFICATE_BYTES && leaf.left > SIGNATURE_END_BYTES &&
        !bytes_skip(&leaf, leaf.left - SIGNATURE_END_BYTES))
        return 0;
    return hash_quick(&workspace->hash_key, leaf.data, leaf.left) | 1;
}

static bool holds(const struct certificate_slot *slot, struct bytes leaf)
{
    return slot->der_len == leaf.left &&
        (leaf.left > CERTIFICATE_BYTES || memcmp(slot->der, leaf.data, leaf.left) == 0);
}

static void fill_slot(struct workspace *workspace, struct certificate_slot *slot, struct bytes leaf)
{
    read_leaf(workspace, leaf, &slot->certificate);
    slot->others_key = 0;
    slot->der_len = leaf.left;
    if (!bytes_copy(leaf, slot->der, sizeof(slot->der)))
        memset(slot->der, 0, sizeof(slot->der));
}

/* The slot of a certificate, which takes the place of another if it is new. */
static struct certificate_slot *put_leaf(struct workspace *workspace, struct bytes leaf)
{
    const uint64_t key = key_of(workspace, leaf);
    const size_t set = (key >> 1) % CERTIFICATE_SETS;
    struct certificate_slot *slots = workspace->certificates[set];
    uint64_t *keys = workspace->certificate_keys[set];
    size_t way;

    for (way = 0; way < CERTIFICATE_WAYS; way++)
        if (keys[way] == key && holds(&slots[way], leaf))
            return &slots[way];
    way = workspace->certificate_turns[set]++ % CERTIFICATE_WAYS;
    keys[way] = key;
    fill_slot(workspace, &slots[way], leaf);
    return &slots[way];
}

void tls_certificate_note(struct workspace *workspace, struct bytes leaf, struct certificate *certificate)
{
    *certificate = put_leaf(workspace, leaf)->certificate;
}

/* A chain costs libcrypto a millisecond: of many that are distinct a part is left out. */
static bool may_ask(struct workspace *workspace, int64_t at)
{
    const int64_t hour = at / 3600;

    if (workspace->chain_hour != hour)
        workspace->chains_asked = 0;
    workspace->chain_hour = hour;
    return workspace->chains_asked++ < CHAINS_AN_HOUR;
}

/* One chain that leads to a public CA is enough: a server that left out a certificate may show it later. */
static bool is_new_chain(
    const struct workspace *workspace, struct certificate_slot *slot, struct bytes others)
{
    uint64_t key;

    if (workspace->trust == NULL || !slot->certificate.readable || trust_is_public(slot->certificate.chain))
        return false;
    key = hash_quick(&workspace->hash_key, others.data, others.left) | 1;
    if (key == slot->others_key)
        return false;
    slot->others_key = key;
    return true;
}

void tls_certificate_note_chain(struct workspace *workspace, struct bytes leaf, struct bytes others,
    int64_t at, struct certificate *certificate)
{
    struct certificate_slot *slot = put_leaf(workspace, leaf);
    const struct chain chain = {leaf, others};
    const char *leads = NULL;

    if (is_new_chain(workspace, slot, others) && may_ask(workspace, at))
        leads = trust_of_chain(workspace->crypto, workspace->trust, &chain, at);
    if (leads != NULL)
        snprintf(slot->certificate.chain, sizeof(slot->certificate.chain), "%s", leads);
    *certificate = slot->certificate;
}
