/* SPDX-License-Identifier: BSD-2-Clause */
/* workspace.c: the memory that a worker lends to its dissectors, taken once. */
#include "workspace.h"

#include "tls_crypto.h"

#include <stdlib.h>

struct workspace *workspace_open(void)
{
    struct workspace *workspace = calloc(1, sizeof(*workspace));

    if (workspace == NULL)
        return NULL;
    hash_key_random(&workspace->hash_key);
    workspace->digests = digests_open();
    if (workspace->digests != NULL)
        return workspace;
    workspace_close(workspace);
    return NULL;
}

void workspace_close(struct workspace *workspace)
{
    if (workspace == NULL)
        return;
    digests_close(workspace->digests);
    free(workspace);
}
