/* SPDX-License-Identifier: BSD-2-Clause */
/* asset_choice.c: whose hosts they are, as the user says or as this machine has it. */
#include "asset_choice.h"

#include <unistd.h>

bool asset_choice_load(const char *path, struct assets **assets, struct error *error)
{
    struct error broken;

    *assets = NULL;
    if (path != NULL) {
        *assets = assets_open(path, error);
        return *assets != NULL;
    }
    if (access(ASSETS_OF_THIS_MACHINE, F_OK) != 0)
        return true;
    *assets = assets_open(ASSETS_OF_THIS_MACHINE, &broken);
    if (*assets == NULL)
        complain("%s; this list of assets is not used", broken.text);
    return true;
}
