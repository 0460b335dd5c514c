/* SPDX-License-Identifier: BSD-2-Clause */
/* folder_walk.c: the files and subfolders of a folder, each once, whatever links lead to it. */
#include "reader.h"

#include <lasthello/hash.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SEEN_AT_START 1024 /* slots; a power of two */

/* ---- what was seen already --------------------------------------------------------------------- */

/* Of a file system and a file's number there, one number that is never 0. */
static uint64_t key_of(const struct stat *about)
{
    const uint64_t numbers[] = {about->st_dev, about->st_ino};
    const uint64_t key = hash_bytes(&hash_key_zero, numbers, sizeof(numbers));

    return key == 0 ? 1 : key;
}

static bool put_key(uint64_t *slots, size_t size, uint64_t key)
{
    size_t at = key & (size - 1);

    while (slots[at] != 0 && slots[at] != key)
        at = (at + 1) & (size - 1);
    if (slots[at] == key)
        return false;
    slots[at] = key;
    return true;
}

/* Half full, the set doubles. */
static bool make_room(struct folder_walk *walk)
{
    const size_t size = walk->seen_size == 0 ? SEEN_AT_START : 2 * walk->seen_size;
    uint64_t *grown;

    if (2 * walk->seen_count < walk->seen_size)
        return true;
    grown = calloc(size, sizeof(*grown));
    if (grown == NULL)
        return false;
    for (size_t i = 0; i < walk->seen_size; i++)
        if (walk->seen[i] != 0)
            put_key(grown, size, walk->seen[i]);
    free(walk->seen);
    walk->seen = grown;
    walk->seen_size = size;
    return true;
}

/* Is it seen for the first time? */
static bool is_new(struct folder_walk *walk, uint64_t key)
{
    const bool new = put_key(walk->seen, walk->seen_size, key);

    walk->seen_count += new;
    return new;
}

/* ---- a folder's entries ------------------------------------------------------------------------- */

struct entry {
    char *path;
    uint64_t key;   /* 0: it cannot be looked at; opening it tells why */
    uint64_t bytes; /* of a file */
    bool is_link;
    bool is_folder;
};

struct entries {
    struct entry *rows;
    size_t count, room;
};

static struct entry *new_entry(struct entries *entries)
{
    if (entries->count == entries->room) {
        const size_t room = entries->room == 0 ? 64 : 2 * entries->room;
        struct entry *grown = reallocarray(entries->rows, room, sizeof(*grown));

        if (grown == NULL)
            return NULL;
        entries->rows = grown;
        entries->room = room;
    }
    entries->rows[entries->count] = (struct entry){0};
    return &entries->rows[entries->count++];
}

/* What stands in the folder itself comes before links, so that it is the one that is named. */
static int by_kind_then_name(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;

    return a->is_link != b->is_link ? a->is_link - b->is_link : strcmp(a->path, b->path);
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

static bool add_entry(struct entries *entries, const char *folder, const char *name)
{
    struct stat about = {0};
    struct entry *entry;
    bool is_there;
    char *path;

    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return false;
    is_there = stat(path, &about) == 0;
    /* what is no plain file (a pipe, a device) could block for ever */
    if (is_there && !S_ISDIR(about.st_mode) && !S_ISREG(about.st_mode)) {
        free(path);
        return true;
    }
    entry = new_entry(entries);
    if (entry == NULL) {
        free(path);
        return false;
    }
    *entry = (struct entry){.path = path, .is_folder = is_there && S_ISDIR(about.st_mode)};
    if (is_there) {
        entry->key = key_of(&about);
        entry->bytes = (uint64_t)about.st_size;
        entry->is_link = lstat(path, &about) == 0 && S_ISLNK(about.st_mode);
    }
    return true;
}

static bool read_entries(struct entries *entries, const char *folder, struct error *error)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    bool has_memory = true;

    if (directory == NULL)
        return error_set(error, "%s: the directory cannot be read: %s", folder, strerror(errno));
    while (has_memory && (entry = readdir(directory)) != NULL)
        has_memory = is_passed_over(entry->d_name) || add_entry(entries, folder, entry->d_name);
    closedir(directory);
    if (entries->count > 0)
        qsort(entries->rows, entries->count, sizeof(*entries->rows), by_kind_then_name);
    return has_memory || error_set(error, "%s: no memory left to list it", folder);
}

/* ---- the walk ----------------------------------------------------------------------------------- */

static bool add_folder(struct folder_walk *walk, char *path)
{
    char **grown;

    if (walk->folder_count == walk->folder_room) {
        walk->folder_room = walk->folder_room == 0 ? 64 : 2 * walk->folder_room;
        grown = reallocarray(walk->folders, walk->folder_room, sizeof(*grown));
        if (grown == NULL) {
            free(path);
            return false;
        }
        walk->folders = grown;
    }
    walk->folders[walk->folder_count++] = path;
    return path != NULL;
}

/* Files into the listing, folders behind those that are still to be listed. What is not taken is freed. */
static bool sort_out(struct folder_walk *walk, struct entries *entries, struct folder_listing *listing)
{
    bool has_memory = true;

    listing->files = calloc(entries->count + 1, sizeof(*listing->files));
    for (size_t i = 0; i < entries->count; i++) {
        struct entry *entry = &entries->rows[i];

        has_memory = has_memory && listing->files != NULL && make_room(walk);
        if (!has_memory || (entry->key != 0 && !is_new(walk, entry->key)))
            free(entry->path);
        else if (entry->is_folder)
            has_memory = add_folder(walk, entry->path);
        else
            listing->files[listing->count++] = (struct listed_file){entry->path, entry->bytes};
    }
    return has_memory && listing->files != NULL;
}

/* Without slashes at the end, so that a file's name does not depend on them. */
static size_t path_len(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    return len;
}

bool folder_walk_open(struct folder_walk *walk, const char *path, struct error *error)
{
    struct stat about;

    *walk = (struct folder_walk){0};
    /* NOLINT(clang-analyzer-unix.Malloc) */
    if (make_room(walk) && add_folder(walk, strndup(path, path_len(path)))) {
        if (stat(path, &about) == 0)
            is_new(walk, key_of(&about));
        return true;
    }
    folder_walk_close(walk);
    return error_set(error, "%s: no memory left to list it", path);
}

enum walked folder_walk_next(struct folder_walk *walk, struct folder_listing *listing, struct error *error)
{
    struct entries entries = {0};
    bool listed;

    *listing = (struct folder_listing){0};
    if (walk->next == walk->folder_count)
        return WALKED_ALL;
    listing->folder = walk->folders[walk->next++];
    listed = read_entries(&entries, listing->folder, error);
    if (!sort_out(walk, &entries, listing))
        listed = error_set(error, "%s: no memory left to list it", listing->folder);
    free(entries.rows);
    if (listed)
        return WALKED_FOLDER;
    folder_listing_free(listing);
    return WALKED_UNREADABLE;
}

void folder_listing_free(struct folder_listing *listing)
{
    for (size_t i = 0; i < listing->count; i++)
        free(listing->files[i].path);
    free(listing->files);
    *listing = (struct folder_listing){0};
}

void folder_walk_close(struct folder_walk *walk)
{
    for (size_t i = 0; i < walk->folder_count; i++)
        free(walk->folders[i]);
    free(walk->folders);
    free(walk->seen);
    *walk = (struct folder_walk){0};
}
