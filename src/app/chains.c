/* SPDX-License-Identifier: BSD-2-Clause */
/* chains.c: from the command line's files and folders to lists of files. */
#include "chains.h"

#include <lasthello/source.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Folders are found breadth-first: the list grows while it is worked through. */
struct folders {
    char **paths;
    size_t count;
};

static struct chain *new_chain(struct chains *chains, size_t count)
{
    struct chain *grown = reallocarray(chains->rows, chains->count + 1, sizeof(*grown));
    struct capture *captures;

    if (grown == NULL)
        return NULL;
    chains->rows = grown;
    captures = calloc(count, sizeof(*captures));
    if (captures == NULL)
        return NULL;
    grown[chains->count] = (struct chain){.captures = captures};
    return &grown[chains->count++];
}

static bool add_capture(struct chains *chains, struct chain *chain, const char *path)
{
    struct capture *capture = &chain->captures[chain->count];
    struct stat status;

    capture->path = strdup(path);
    if (capture->path == NULL)
        return false;
    capture->number = chains->file_count++;
    chain->count++;
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode))
        chains->bytes_in_all += (uint64_t)status.st_size;
    return true;
}

static bool add_file(struct chains *chains, const char *path, struct error *error)
{
    struct chain *chain = new_chain(chains, 1);

    if (chain != NULL && add_capture(chains, chain, path))
        return true;
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

static bool add_files(struct chains *chains, const struct source_listing *listing, const char *named)
{
    struct chain *chain;
    bool added = true;

    if (listing->count == 0)
        return true;
    chain = new_chain(chains, listing->count);
    if (chain == NULL)
        return false;
    chain->folder = named;
    for (size_t i = 0; added && i < listing->count; i++)
        added = add_capture(chains, chain, listing->paths[i]);
    return added;
}

static bool list_folder(struct chains *chains, struct folders *folders, size_t at, const char *named,
    struct error *error)
{
    struct source_listing listing = {0};
    bool added;

    if (folders->paths[at] == NULL || !source_list(folders->paths[at], &listing, error))
        return false;
    added = add_files(chains, &listing, named);
    for (char **directory = listing.directories; added && directory != NULL && *directory != NULL; directory++)
        added = add_folder(folders, *directory);
    source_listing_free(&listing);
    return added || error_set(error, "%s: not enough memory for the list of files", named);
}

static bool add_folders(struct chains *chains, const char *path, struct error *error)
{
    struct folders folders = {0};
    bool listed = add_folder(&folders, path);

    for (size_t i = 0; i < folders.count; i++)
        listed = list_folder(chains, &folders, i, path, error) && listed;
    for (size_t i = 0; i < folders.count; i++)
        free(folders.paths[i]);
    free(folders.paths);
    return listed;
}

bool chains_add(struct chains *chains, const char *path, struct error *error)
{
    struct stat status;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return add_folders(chains, path, error);
    return add_file(chains, path, error);
}

const char **chains_paths(const struct chains *chains)
{
    const char **paths = calloc(chains->file_count + 1, sizeof(*paths));

    for (size_t i = 0; paths != NULL && i < chains->count; i++)
        for (size_t j = 0; j < chains->rows[i].count; j++)
            paths[chains->rows[i].captures[j].number] = chains->rows[i].captures[j].path;
    return paths;
}

/* ---- order ----------------------------------------------------------------------------------- */

static int by_time_then_name(const void *left, const void *right)
{
    const struct capture *a = left;
    const struct capture *b = right;

    if (a->first_ns != b->first_ns)
        return a->first_ns < b->first_ns ? -1 : 1;
    return strcmp(a->path, b->path);
}

static void order_chain(struct chains *chains, struct chain *chain, struct monitor *monitor)
{
    size_t kept = 0;

    for (size_t i = 0; i < chain->count; i++) {
        struct capture capture = chain->captures[i];

        if (source_first_time(capture.path, monitor_capture(monitor, capture.number), &capture.first_ns))
            chain->captures[kept++] = capture;
        else
            free(capture.path);
    }
    chains->left_out += chain->count - kept;
    chains->file_count -= chain->count - kept;
    chain->count = kept;
    if (kept > 0)
        qsort(chain->captures, kept, sizeof(*chain->captures), by_time_then_name);
}

void chains_order(struct chains *chains, struct monitor *monitor)
{
    for (size_t i = 0; i < chains->count; i++)
        if (chains->rows[i].folder != NULL)
            order_chain(chains, &chains->rows[i], monitor);
}

bool chains_is_empty(const struct chains *chains, const char *folder)
{
    for (size_t i = 0; i < chains->count; i++)
        if (chains->rows[i].folder == folder && chains->rows[i].count > 0)
            return false;
    return true;
}

void chains_free(struct chains *chains)
{
    for (size_t i = 0; i < chains->count; i++) {
        for (size_t j = 0; j < chains->rows[i].count; j++)
            free(chains->rows[i].captures[j].path);
        free(chains->rows[i].captures);
    }
    free(chains->rows);
    *chains = (struct chains){0};
}
