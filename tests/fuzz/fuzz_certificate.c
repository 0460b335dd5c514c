/* SPDX-License-Identifier: BSD-2-Clause */
/* The Certificate message: whatever DER says of itself, its text is safe, and a second look gives the same. */
#include "fuzz.h"

#include <lasthello/tls.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct workspace *workspace;
    struct certificate first, again;
    struct bytes leaf = {data, size};
    struct bytes found;

    workspace = workspace == NULL ? workspace_open() : workspace;
    if (tls_certificate_leaf(leaf, &found))
        leaf = found;
    tls_certificate_note(workspace, leaf, &first);
    tls_certificate_note(workspace, leaf, &again);
    promise(first.seen && memcmp(first.sha256, again.sha256, sizeof(first.sha256)) == 0);
    promise(strcmp(first.subject, again.subject) == 0 && first.not_after == again.not_after);
    promise(strpbrk(first.subject, "\x1b\r\n\x7f") == NULL && strpbrk(first.issuer, "\x1b\r\n\x7f") == NULL);
    return 0;
}
