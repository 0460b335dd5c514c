/* SPDX-License-Identifier: BSD-2-Clause */
/* draft.c: the files of a draft. */
#include "draft.h"

#include <lasthello/scratch.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAFT_MODE 0640 /* as a sensor makes its inventory */

static const char *const beside[] = {"-wal", "-shm", "-journal"};

/* What SQLite kept beside it. */
static void remove_beside(const struct draft *draft)
{
    char name[NAME_MAX + 1];

    for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
        if (snprintf(name, sizeof(name), "%s%s", draft->name, beside[i]) < (int)sizeof(name))
            unlinkat(draft->place.folder, name, 0);
}

static bool fail(const char *output, int number, struct error *error)
{
    if (number == ELOOP)
        return error_set(error,
            "%s: its path goes through a symbolic link of another user, which is not followed; name the file "
            "itself",
            output);
    if (number == EWOULDBLOCK)
        return error_set(error, "%s: another merge is making it; wait for its end", output);
    if (number == EPERM)
        return error_set(error, "%s.merging: is no file of yours; remove it, or name another output", output);
    return error_set(error, "%s: cannot be made (%s); name another file", output, strerror(number));
}

/* 0, or errno. Nobody else has put it there, and nobody else is at work on it. */
static int own_file(const struct draft *draft)
{
    struct stat about, named;

    if (fstat(draft->file, &about) != 0)
        return errno;
    if (!S_ISREG(about.st_mode) || about.st_uid != geteuid() || about.st_nlink > 1)
        return EPERM;
    if (flock(draft->file, LOCK_EX | LOCK_NB) != 0)
        return errno;
    /* a merge that has just ended has put it in its place */
    if (fstatat(draft->place.folder, draft->name, &named, AT_SYMLINK_NOFOLLOW) != 0 ||
        named.st_ino != about.st_ino || named.st_dev != about.st_dev)
        return EWOULDBLOCK;
    return ftruncate(draft->file, 0) == 0 && fchmod(draft->file, about.st_mode & DRAFT_MODE) == 0 ? 0 : errno;
}

static int make_file(struct draft *draft)
{
    struct stat about;

    if (snprintf(draft->name, sizeof(draft->name), "%s.merging", draft->place.name) >=
        (int)sizeof(draft->name) - (int)sizeof("-journal"))
        return ENAMETOOLONG;
    draft->is_there = fstatat(draft->place.folder, draft->place.name, &about, AT_SYMLINK_NOFOLLOW) == 0;
    snprintf(draft->target, sizeof(draft->target), "/proc/self/fd/%d/%s", draft->place.folder,
        draft->place.name);
    snprintf(draft->path, sizeof(draft->path), "/proc/self/fd/%d/%s", draft->place.folder, draft->name);
    draft->file =
        openat(draft->place.folder, draft->name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, DRAFT_MODE);
    return draft->file < 0 ? errno : own_file(draft);
}

bool draft_begin(struct draft *draft, const char *output, struct error *error)
{
    int number;

    *draft = (struct draft){.file = -1};
    number = -safe_place_find(output, &draft->place);
    if (number != 0)
        return fail(output, number, error);
    number = make_file(draft);
    if (number == 0) {
        remove_beside(draft);
        return true;
    }
    if (draft->file >= 0)
        close(draft->file);
    safe_place_close(&draft->place);
    return fail(output, number, error);
}

static void sync_folder(const struct draft *draft)
{
    const int folder = openat(draft->place.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
}

bool draft_place(struct draft *draft, const char *output, struct error *error)
{
    const int folder = draft->place.folder;

    if (fsync(draft->file) != 0)
        return fail(output, errno, error);
    if (renameat2(folder, draft->name, folder, draft->place.name, RENAME_NOREPLACE) == 0) {
        sync_folder(draft);
        return true;
    }
    if (errno == EEXIST)
        return error_set(error, "%s: was made by somebody else meanwhile; merge once more", output);
    return fail(output, errno, error);
}

void draft_end(struct draft *draft)
{
    if (draft->file < 0)
        return;
    unlinkat(draft->place.folder, draft->name, 0);
    remove_beside(draft);
    close(draft->file);
    safe_place_close(&draft->place);
    draft->file = -1;
}

/* ---- without a place ---------------------------------------------------------------------------- */

bool draft_aside(struct draft *draft, struct error *error)
{
    char made[SCRATCH_PATH_BYTES];

    *draft = (struct draft){.file = -1, .name = "draft"};
    if (!scratch_folder_make(made, "what is merged", error))
        return false;
    draft->place.folder = open(made, O_PATH | O_DIRECTORY | O_CLOEXEC);
    snprintf(draft->target, sizeof(draft->target), "%s", made);
    snprintf(draft->path, sizeof(draft->path), "%s/%s", made, draft->name);
    draft->file = open(draft->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return draft->file >= 0 || error_set(error, "%s: cannot be made (%s)", draft->path, strerror(errno));
}

void draft_aside_end(struct draft *draft)
{
    draft_end(draft);
    if (draft->target[0] != '\0')
        rmdir(draft->target);
}
