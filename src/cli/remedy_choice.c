/* SPDX-License-Identifier: BSD-2-Clause */
/* remedy_choice.c: what helps, as the user says, or as installed and as this machine has it. */
#include "remedy_choice.h"

#include <unistd.h>

#define INSTALLED    LASTHELLO_DATADIR "/remedies"
#define THIS_MACHINE "/etc/lasthello/remedies"

/* Either may be missing. */
static void load_installed(struct remedies *remedies, const char *path)
{
    struct error broken;

    if (access(path, F_OK) == 0 && !remedies_read_file(remedies, path, &broken))
        complain("%s; these remedies are not used", broken.text);
}

bool remedy_choice_load(const char *path, struct remedies *remedies, struct error *error)
{
    if (path != NULL)
        return remedies_read_file(remedies, path, error);
    load_installed(remedies, THIS_MACHINE);
    load_installed(remedies, INSTALLED);
    return true;
}
