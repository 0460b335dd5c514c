/* SPDX-License-Identifier: BSD-2-Clause */
/* The Certificate message: whatever DER says of itself, its text is safe, a second look gives the same, and what is read
 * without libcrypto is read as libcrypto does. */
#include "../../dissectors/tls_crypto.h"
#include "../../dissectors/tls_x509.h"
#include "fuzz.h"

#include <lasthello/tls.h>

static void promise_equal(struct bytes leaf)
{
    static struct crypto *crypto;
    struct certificate plain = {.seen = false}, full = {.seen = false};

    crypto = crypto == NULL ? crypto_open() : crypto;
    if (!tls_x509_read_plain(leaf, &plain))
        return;
    promise(x509_read(crypto, leaf, &full));
    promise(strcmp(plain.subject, full.subject) == 0 && strcmp(plain.issuer, full.issuer) == 0);
    promise(plain.not_before == full.not_before && plain.not_after == full.not_after);
    promise(strcmp(plain.key_type, full.key_type) == 0 && plain.key_bits == full.key_bits);
    promise(strcmp(plain.signature, full.signature) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct workspace *workspace;
    struct certificate first, again;
    struct bytes leaf = {data, size};
    struct bytes found;

    workspace = workspace == NULL ? workspace_open() : workspace;
    if (tls_certificate_leaf(leaf, &found))
        leaf = found;
    promise_equal(leaf);
    tls_certificate_note(workspace, leaf, &first);
    tls_certificate_note(workspace, leaf, &again);
    promise(first.seen && memcmp(first.sha256, again.sha256, sizeof(first.sha256)) == 0);
    promise(strcmp(first.subject, again.subject) == 0 && first.not_after == again.not_after);
    promise(strpbrk(first.subject, "\x1b\r\n\x7f") == NULL && strpbrk(first.issuer, "\x1b\r\n\x7f") == NULL);
    return 0;
}
