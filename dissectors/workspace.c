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
    workspace->crypto = crypto_open();
    if (workspace->crypto != NULL)
        return workspace;
    workspace_close(workspace);
    return NULL;
}

void workspace_serve(struct workspace *workspace, const struct services *services)
{
    workspace->services = services;
}

void workspace_trust(struct workspace *workspace, struct trust *trust)
{
    workspace->trust = trust;
}

void workspace_close(struct workspace *workspace)
{
    if (workspace == NULL)
        return;
    crypto_close(workspace->crypto);
    free(workspace);
}
