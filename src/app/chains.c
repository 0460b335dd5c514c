/* SPDX-License-Identifier: BSD-2-Clause */
/* chains.c: from the command line's files and folders to lists of files. */
#include "chains.h"

#include <lasthello/source.h>

#include <stdlib.h>
#include <sys/stat.h>

/* Folders are found breadth-first: the list grows while it is worked through. */
struct folders {
    char **paths;
    size_t count;
};

static bool add_chain(struct chains *chains, char **paths, size_t count)
{
    struct chain *grown = reallocarray(chains->rows, chains->count + 1, sizeof(*grown));

    if (grown == NULL)
        return false;
    chains->rows = grown;
    grown[chains->count++] = (struct chain){.paths = paths, .count = count};
    chains->file_count += count;
    for (size_t i = 0; i < count; i++) {
        struct stat status;

        if (stat(paths[i], &status) == 0 && S_ISREG(status.st_mode))
            chains->bytes_in_all += (uint64_t)status.st_size;
    }
    return true;
}

static bool add_file(struct chains *chains, const char *path, struct error *error)
{
    char **paths = calloc(1, sizeof(*paths));

    if (paths != NULL && (paths[0] = strdup(path)) != NULL && add_chain(chains, paths, 1))
        return true;
    if (paths != NULL)
        free(paths[0]);
    free(paths);
    return error_set(error, "%s: not enough memory for the list of files", path);
}

/* Without slashes at the end, so that a file's name does not depend on them. */
static size_t path_len(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    return len;
}

static bool add_folder(struct folders *folders, const char *path)
{
    char **grown = reallocarray(folders->paths, folders->count + 1, sizeof(*grown));

    if (grown == NULL)
        return false;
    folders->paths = grown;
    grown[folders->count] = strndup(path, path_len(path));
    return grown[folders->count++] != NULL;
}

static bool list_folder(struct chains *chains, struct folders *folders, const char *path, struct error *error)
{
    struct source_listing listing = {0};
    size_t skipped = 0;

    if (!source_list(path, &listing, &skipped, error))
        return false;
    chains->skipped += skipped;
    for (char **directory = listing.directories; directory != NULL && *directory != NULL; directory++)
        add_folder(folders, *directory);
    if (listing.count > 0 && add_chain(chains, listing.paths, listing.count))
        listing.paths = NULL; /* the chain owns them now */
    source_listing_free(&listing);
    return true;
}

static bool add_folders(struct chains *chains, const char *path, struct error *error)
{
    size_t files_before = chains->file_count;
    struct folders folders = {0};
    bool listed = add_folder(&folders, path);

    for (size_t i = 0; i < folders.count; i++)
        if (folders.paths[i] != NULL && !list_folder(chains, &folders, folders.paths[i], error))
            listed = false;
    for (size_t i = 0; i < folders.count; i++)
        free(folders.paths[i]);
    free(folders.paths);
    if (listed && chains->file_count == files_before)
        return error_set(error, "%s: no capture files (pcap, pcapng) in this folder", path);
    return listed;
}

bool chains_add(struct chains *chains, const char *path, struct error *error)
{
    struct stat status;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return add_folders(chains, path, error);
    return add_file(chains, path, error);
}

void chains_free(struct chains *chains)
{
    for (size_t i = 0; i < chains->count; i++) {
        for (size_t j = 0; j < chains->rows[i].count; j++)
            free(chains->rows[i].paths[j]);
        free(chains->rows[i].paths);
    }
    free(chains->rows);
    *chains = (struct chains){0};
}
