/* SPDX-License-Identifier: BSD-2-Clause */
/* listing.c: the capture files of a directory, ordered by the time of their first packet. */
#include "reader.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct listed {
    char *path;
    int64_t first_ns;
};

struct list {
    struct listed *entries;
    size_t count;
    size_t room;
};

static void list_close(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->entries[i].path);
    free(list->entries);
    *list = (struct list){0};
}

/* Owns `path` from here on. */
static bool list_add(struct list *list, char *path, int64_t first_ns)
{
    size_t room = list->room == 0 ? 64 : list->room * 2;
    struct listed *entries = list->entries;

    if (list->count == list->room) {
        entries = reallocarray(list->entries, room, sizeof(*entries));
        if (entries == NULL) {
            free(path);
            return false;
        }
        list->entries = entries;
        list->room = room;
    }
    entries[list->count++] = (struct listed){path, first_ns};
    return true;
}

static int by_time_then_name(const void *left, const void *right)
{
    const struct listed *a = left;
    const struct listed *b = right;

    if (a->first_ns != b->first_ns)
        return a->first_ns < b->first_ns ? -1 : 1;
    return strcmp(a->path, b->path);
}

/* Hidden files, and an inventory with what SQLite keeps beside it, are nobody's captures. */
static bool is_passed_over(const char *name)
{
    static const char *const endings[] = {".db", ".db-wal", ".db-shm", ".db-journal"};
    size_t len = strlen(name);

    if (name[0] == '.')
        return true;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        if (len > strlen(endings[i]) && strcmp(name + len - strlen(endings[i]), endings[i]) == 0)
            return true;
    return false;
}

/* False: no capture. A file that cannot be read stays in the list, at its end: reading it will say why. */
static bool read_first_time(const char *path, int64_t *first_ns)
{
    struct error error;
    struct packet packet;
    bool is_foreign;
    struct source *source = source_open_known(path, NULL, &is_foreign, &error);

    *first_ns = INT64_MAX;
    if (source != NULL && source_next(source, &packet, &error) == SOURCED_PACKET)
        *first_ns = packet.time_ns;
    source_close(source);
    return !is_foreign;
}

struct directory {
    const char *path;
    struct list files;
    struct list directories;
    size_t skipped;
};

static bool add_entry(struct directory *directory, const char *name)
{
    struct stat about;
    int64_t first_ns = 0;
    char *path;

    if (is_passed_over(name))
        return true;
    if (asprintf(&path, "%s/%s", directory->path, name) < 0)
        return false;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return list_add(&directory->directories, path, first_ns);
    /* what is no plain file (a pipe, a device) could block for ever */
    if (S_ISREG(about.st_mode) && read_first_time(path, &first_ns))
        return list_add(&directory->files, path, first_ns);
    free(path);
    directory->skipped++;
    return true;
}

static bool read_directory(struct directory *directory, struct error *error)
{
    DIR *entries = opendir(directory->path);
    struct dirent *entry;
    bool has_memory = true;

    if (entries == NULL)
        return error_set(error, "%s: the directory cannot be read: %s", directory->path, strerror(errno));
    while (has_memory && (entry = readdir(entries)) != NULL)
        has_memory = add_entry(directory, entry->d_name);
    closedir(entries);
    return has_memory || error_set(error, "%s: no memory left to list it", directory->path);
}

/* The paths move to the listing, sorted; an array of at least one, for the NULL at its end. */
static char **take_paths(struct list *list)
{
    char **paths = calloc(list->count + 1, sizeof(*paths));

    if (paths == NULL)
        return NULL;
    if (list->count > 0)
        qsort(list->entries, list->count, sizeof(*list->entries), by_time_then_name);
    for (size_t i = 0; i < list->count; i++) {
        paths[i] = list->entries[i].path;
        list->entries[i].path = NULL;
    }
    return paths;
}

static bool fill_listing(struct directory *directory, struct source_listing *listing, struct error *error)
{
    listing->paths = take_paths(&directory->files);
    listing->directories = take_paths(&directory->directories);
    listing->first_times_ns = calloc(directory->files.count + 1, sizeof(*listing->first_times_ns));
    if (listing->paths == NULL || listing->directories == NULL || listing->first_times_ns == NULL) {
        source_listing_free(listing);
        return error_set(error, "%s: no memory left to list it", directory->path);
    }
    listing->count = directory->files.count;
    for (size_t i = 0; i < listing->count; i++)
        listing->first_times_ns[i] = directory->files.entries[i].first_ns;
    return true;
}

bool source_list(const char *path, struct source_listing *listing, size_t *skipped, struct error *error)
{
    struct directory directory = {.path = path};
    bool is_listed;

    *listing = (struct source_listing){0};
    is_listed = read_directory(&directory, error) && fill_listing(&directory, listing, error);
    *skipped = directory.skipped;
    list_close(&directory.files);
    list_close(&directory.directories);
    return is_listed;
}

static void free_paths(char **paths)
{
    for (size_t i = 0; paths != NULL && paths[i] != NULL; i++)
        free(paths[i]);
    free(paths);
}

void source_listing_free(struct source_listing *listing)
{
    free_paths(listing->paths);
    free_paths(listing->directories);
    free(listing->first_times_ns);
    *listing = (struct source_listing){0};
}
