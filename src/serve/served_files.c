/* SPDX-License-Identifier: BSD-2-Clause */
/* served_files.c: what happens to the names in the inventory's folder. The kernel tells it, which asks for
 * rights only when it begins to. */
#include "served_files.h"

#include <lasthello/serve.h>

#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define APPEARS    (IN_CREATE | IN_MOVED_TO)
#define DISAPPEARS (IN_DELETE | IN_MOVED_FROM)

int serve_watch(const char *path)
{
    const char *slash = strrchr(path, '/');
    const int watched = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    char folder[PATH_MAX] = ".";

    if (slash != NULL && slash - path + 1 < PATH_MAX) {
        memcpy(folder, path, (size_t)(slash - path + 1));
        folder[slash - path + 1] = '\0';
    }
    if (watched < 0 || inotify_add_watch(watched, folder, APPEARS | DISAPPEARS | IN_ONLYDIR) >= 0)
        return watched;
    close(watched);
    return -1;
}

static enum served after(const struct inotify_event *event, const char *base, enum served before)
{
    const size_t len = strlen(base);

    if (event->len == 0 || strncmp(event->name, base, len) != 0)
        return before;
    if (event->name[len] == '\0')
        return (event->mask & DISAPPEARS) != 0 ? SERVED_GONE : SERVED_OTHER;
    if (strcmp(event->name + len, "-wal") == 0 && (event->mask & APPEARS) != 0)
        return SERVED_UNWATCHED;
    return before;
}

enum served served_files_look(int watched, const char *path, enum served before)
{
    const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
    _Alignas(struct inotify_event) char events[4096];
    ssize_t size;

    while (watched >= 0 && (size = read(watched, events, sizeof(events))) > 0) {
        const struct inotify_event *event;

        for (ssize_t at = 0; at < size; at += (ssize_t)(sizeof(*event) + event->len)) {
            event = (const struct inotify_event *)(const void *)(events + at);
            before = after(event, base, before);
        }
    }
    return before;
}

const char *served_sentence(enum served served)
{
    static const char *const sentences[] = {
        [SERVED_SAME] = NULL,
        [SERVED_GONE] = "was moved away or deleted: what it held is shown, and nothing new comes",
        [SERVED_OTHER] = "is another file than the one that is served; start serve again",
        [SERVED_UNWATCHED] =
            "is written to by somebody who began after serve had opened it; start serve again",
    };

    return sentences[served];
}
