/* SPDX-License-Identifier: BSD-2-Clause */
/* remedy_choice.h: the remedies that the user names, or those installed and those of this machine. */
#ifndef LASTHELLO_REMEDY_CHOICE_H
#define LASTHELLO_REMEDY_CHOICE_H

#include <lasthello/remedy.h>

/* remedy_choice_load reads the file at `path`; NULL: that of this machine, which goes first, and that
 * installed. A broken one that nobody named is told, and not used. False: the one that was named cannot be
 * used. */
bool remedy_choice_load(const char *path, struct remedies *remedies, struct error *error);

#endif
