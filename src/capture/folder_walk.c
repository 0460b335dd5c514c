/* SPDX-License-Identifier: BSD-2-Clause */
/* folder_walk.c: the files of a directory, by name. */
#include "reader.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct list {
    char **paths;
    size_t count;
    size_t room;
};

static void free_paths(char **paths)
{
    for (size_t i = 0; paths != NULL && paths[i] != NULL; i++)
        free(paths[i]);
    free(paths);
}

/* Owns `path` from here on. There is always a NULL at the end. */
static bool list_add(struct list *list, char *path)
{
    size_t room = list->room == 0 ? 64 : list->room * 2;

    if (list->count + 1 >= list->room) {
        char **paths = reallocarray(list->paths, room, sizeof(*paths));

        if (paths == NULL) {
            free(path);
            return false;
        }
        list->paths = paths;
        list->room = room;
    }
    list->paths[list->count++] = path;
    list->paths[list->count] = NULL;
    return true;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
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

struct directory {
    const char *path;
    struct list files;
    struct list directories;
};

/* A symbolic link to a folder that it lies in, directly or further up. */
static bool leads_back(const struct directory *directory, const struct stat *about)
{
    char above[PATH_MAX];
    struct stat folder;

    snprintf(above, sizeof(above), "%s", directory->path);
    for (char *slash = above + strlen(above); slash != NULL && slash != above; slash = strrchr(above, '/')) {
        *slash = '\0';
        if (stat(above, &folder) == 0 && folder.st_dev == about->st_dev && folder.st_ino == about->st_ino)
            return true;
    }
    return false;
}

static bool add_entry(struct directory *directory, const char *name)
{
    struct stat about;
    char *path;

    if (is_passed_over(name))
        return true;
    if (asprintf(&path, "%s/%s", directory->path, name) < 0)
        return false;
    if (stat(path, &about) != 0)
        return list_add(&directory->files, path); /* opening it tells why */
    if (S_ISDIR(about.st_mode) && !leads_back(directory, &about))
        return list_add(&directory->directories, path);
    /* what is no plain file (a pipe, a device) could block for ever */
    if (S_ISREG(about.st_mode))
        return list_add(&directory->files, path);
    free(path);
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

bool source_folder_read(const char *path, struct source_folder *folder, struct error *error)
{
    struct directory directory = {.path = path};
    bool is_read = read_directory(&directory, error);

    if (directory.files.count > 0)
        qsort(directory.files.paths, directory.files.count, sizeof(char *), by_name);
    if (directory.directories.count > 0)
        qsort(directory.directories.paths, directory.directories.count, sizeof(char *), by_name);
    *folder = (struct source_folder){
        .paths = directory.files.paths,
        .count = directory.files.count,
        .directories = directory.directories.paths,
    };
    if (!is_read)
        source_folder_free(folder);
    return is_read;
}

void source_folder_free(struct source_folder *folder)
{
    free_paths(folder->paths);
    free_paths(folder->directories);
    *folder = (struct source_folder){0};
}
