/* SPDX-License-Identifier: BSD-2-Clause */
/* asset_choice.h: the list of assets that the user names, or that of this machine. */
#ifndef LASTHELLO_ASSET_CHOICE_H
#define LASTHELLO_ASSET_CHOICE_H

#include <lasthello/assets.h>

#define ASSETS_OF_THIS_MACHINE "/etc/lasthello/assets.csv"

/* asset_choice_load opens the list at `path`; NULL: that of this machine, if there is one. A broken one that
 * nobody named is told, and not used. False: the one that was named cannot be used. */
bool asset_choice_load(const char *path, struct assets **assets, struct error *error);

#endif
