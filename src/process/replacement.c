/* SPDX-License-Identifier: BSD-2-Clause */
/* replacement.c: a new file beside another, and its rename. */
#include <lasthello/process.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define MODE 0644 /* whatever the umask: another user collects it */

/* The folder of `path`, its name, and that of the new file. 0 or -errno. */
static int find(const char *path, struct safe_place *place, struct safe_place *beside)
{
    const int failed = safe_place_find(path, place);

    if (failed != 0)
        return failed;
    beside->folder = place->folder;
    if (snprintf(beside->name, sizeof(beside->name), "%s.new", place->name) < (int)sizeof(beside->name))
        return 0;
    safe_place_close(place);
    return -ENAMETOOLONG;
}

int replacement_open(const char *path)
{
    struct safe_place place, beside;
    int descriptor = find(path, &place, &beside);

    if (descriptor != 0)
        return descriptor;
    unlinkat(beside.folder, beside.name, 0);
    descriptor = openat(beside.folder, beside.name,
        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, MODE);
    if (descriptor < 0 || fchmod(descriptor, MODE) != 0)
        descriptor = -errno;
    safe_place_close(&place);
    return descriptor;
}

int replacement_done(const char *path)
{
    struct safe_place place, beside;
    int failed = find(path, &place, &beside);

    if (failed != 0)
        return failed;
    if (renameat(beside.folder, beside.name, place.folder, place.name) != 0)
        failed = -errno;
    safe_place_close(&place);
    return failed;
}
