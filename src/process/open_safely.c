/* SPDX-License-Identifier: BSD-2-Clause */
/* open_safely.c: a path is walked folder by folder, and each link on it is judged before it is followed.
 * What is judged is what is opened: descriptors, no names, so that nobody can put something else there in
 * between. */

#include <lasthello/process.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as the kernel (path_resolution(7)) */

struct walk {
    int folder;          /* as far as it has come */
    char rest[PATH_MAX]; /* what is still to be walked */
    unsigned links;
};

enum stepped {
    STEP_ON,
    STEP_LAST, /* the folder is reached; the name is the file's */
};

static bool is_ours(uid_t owner)
{
    return owner == 0 || owner == geteuid();
}

/* Its links are the kernel's: what they lead to may have no path (/proc/self/fd/1). */
static bool is_in_proc(int folder)
{
    struct statfs about;

    return fstatfs(folder, &about) == 0 && about.f_type == PROC_SUPER_MAGIC;
}

/* Goes on in another folder, whose descriptor is the walk's from then on. */
static int enter(struct walk *walk, int folder)
{
    const int failed = folder < 0 ? -errno : STEP_ON;

    close(walk->folder);
    walk->folder = folder;
    return failed;
}

/* Puts a link's target before the rest. */
static int follow(struct walk *walk, int link, const char *rest)
{
    char target[PATH_MAX], joined[PATH_MAX];
    const ssize_t len = readlinkat(link, "", target, sizeof(target) - 1);

    if (len < 0)
        return -errno;
    target[len] = '\0';
    if (snprintf(joined, sizeof(joined), "%s%s%s", target, rest[0] == '\0' ? "" : "/", rest) >=
        (int)sizeof(joined))
        return -ENAMETOOLONG;
    memcpy(walk->rest, joined, strlen(joined) + 1);
    return target[0] == '/' ? enter(walk, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) : STEP_ON;
}

/* Takes the next name off the rest; false: there is none, or it is too long. */
static bool next_name(const char **rest, char name[static NAME_MAX + 1])
{
    const char *at = *rest + strspn(*rest, "/");
    const size_t len = strcspn(at, "/");

    if (len == 0 || len > NAME_MAX)
        return false;
    memcpy(name, at, len);
    name[len] = '\0';
    *rest = at + len + strspn(at + len, "/");
    return true;
}

/* From here to what `next` is: a link, the file itself, or a folder on the way. */
static int go_to(struct walk *walk, int next, const char *rest)
{
    struct stat about = {0};
    int result;

    if (fstat(next, &about) != 0)
        result = -errno;
    else if (!S_ISLNK(about.st_mode))
        result = *rest == '\0' ? STEP_LAST : STEP_ON;
    else
        result = is_ours(about.st_uid) && ++walk->links <= LINKS_MAX ? follow(walk, next, rest) : -ELOOP;
    if (S_ISLNK(about.st_mode) || result != STEP_ON) {
        close(next);
        return result;
    }
    memmove(walk->rest, rest, strlen(rest) + 1);
    return enter(walk, next);
}

/* One name of the path. STEP_*, or -errno. */
static int step(struct walk *walk, char name[static NAME_MAX + 1])
{
    const char *rest = walk->rest;
    int next;

    if (!next_name(&rest, name))
        return -ENOENT;
    if (*rest == '\0' && is_in_proc(walk->folder))
        return STEP_LAST;
    next = openat(walk->folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (next >= 0)
        return go_to(walk, next, rest);
    return *rest == '\0' && errno == ENOENT ? STEP_LAST : -errno;
}

int safe_place_find(const char *path, struct safe_place *place)
{
    struct walk walk = {.folder = open(path[0] == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    int stepped = walk.folder < 0 ? -errno : STEP_ON;

    if (strlen(path) >= sizeof(walk.rest))
        stepped = -ENAMETOOLONG;
    else
        memcpy(walk.rest, path, strlen(path) + 1);
    while (stepped == STEP_ON)
        stepped = step(&walk, place->name);
    place->folder = walk.folder;
    if (stepped == STEP_LAST)
        return 0;
    safe_place_close(place);
    return stepped;
}

void safe_place_close(struct safe_place *place)
{
    if (place->folder >= 0)
        close(place->folder);
    place->folder = -1;
}

int safe_place_open(const struct safe_place *place, int flags, mode_t mode)
{
    const int all = flags | O_CLOEXEC | O_NOCTTY | (is_in_proc(place->folder) ? 0 : O_NOFOLLOW);
    int descriptor = openat(place->folder, place->name, all);

    if (descriptor < 0 && errno == ENOENT && mode != 0)
        descriptor = openat(place->folder, place->name, all | O_CREAT | O_EXCL, mode);
    return descriptor < 0 ? -errno : descriptor;
}

static bool is_strangers(int descriptor)
{
    struct stat about;

    return fstat(descriptor, &about) != 0 || (!is_ours(about.st_uid) && !S_ISCHR(about.st_mode));
}

/* A socket that nobody listens to is like a named pipe that nobody reads. */
static int connect_to(const struct safe_place *place)
{
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int room = sizeof(address.sun_path);
    int failed;

    if (descriptor < 0)
        return -errno;
    if (snprintf(address.sun_path, (size_t)room, "/proc/self/fd/%d/%s", place->folder, place->name) >= room)
        failed = ENAMETOOLONG;
    else
        failed = connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0 ? 0 : errno;
    if (failed == 0)
        return descriptor;
    close(descriptor);
    return failed == ENOENT || failed == ECONNREFUSED || failed == EAGAIN ? -ENXIO : -failed;
}

/* The socket of a stranger is not spoken to, nor one that a link of his leads to. */
static int connect_safely(const char *path)
{
    struct safe_place place;
    int descriptor = safe_place_find(path, &place);
    struct stat about;

    if (descriptor != 0)
        return descriptor;
    if (fstatat(place.folder, place.name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        descriptor = errno == ENOENT ? -ENXIO : -errno;
    else if (!S_ISSOCK(about.st_mode))
        descriptor = -ENOTSOCK;
    else
        descriptor = is_ours(about.st_uid) ? connect_to(&place) : -EPERM;
    safe_place_close(&place);
    return descriptor;
}

int open_to_append(const char *path)
{
    static const char socket_prefix[] = "unix:";
    struct safe_place place;
    int descriptor;

    if (strncmp(path, socket_prefix, sizeof(socket_prefix) - 1) == 0)
        return connect_safely(path + sizeof(socket_prefix) - 1);
    descriptor = safe_place_find(path, &place);
    if (descriptor != 0)
        return descriptor;
    descriptor = safe_place_open(&place, O_WRONLY | O_APPEND | O_NONBLOCK, 0666);
    safe_place_close(&place);
    if (descriptor < 0 || !is_strangers(descriptor))
        return descriptor;
    close(descriptor);
    return -EPERM;
}
