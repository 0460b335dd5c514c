/* SPDX-License-Identifier: BSD-2-Clause */
/* file_runs.c: from the command line's files and folders to lists of files. */
#include "file_runs.h"

#include <lasthello/source.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Folders are found breadth-first: the list grows while it is worked through. */
struct folders {
    char **paths;
    size_t count;
};

static struct file_run *new_run(struct file_runs *runs, size_t count)
{
    struct file_run *grown = reallocarray(runs->rows, runs->count + 1, sizeof(*grown));
    struct capture *captures;

    if (grown == NULL)
        return NULL;
    runs->rows = grown;
    captures = calloc(count, sizeof(*captures));
    if (captures == NULL)
        return NULL;
    grown[runs->count] = (struct file_run){.captures = captures};
    return &grown[runs->count++];
}

static bool add_capture(struct file_runs *runs, struct file_run *run, const char *path)
{
    struct capture *capture = &run->captures[run->count];
    struct stat status;

    capture->path = strdup(path);
    if (capture->path == NULL)
        return false;
    capture->number = runs->file_count++;
    run->count++;
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode))
        runs->bytes_in_all += (uint64_t)status.st_size;
    return true;
}

static bool add_file(struct file_runs *runs, const char *path, struct error *error)
{
    struct file_run *run = new_run(runs, 1);

    if (run != NULL && add_capture(runs, run, path))
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

static bool add_files(struct file_runs *runs, const struct source_folder *folder, const char *named)
{
    struct file_run *run;
    bool added = true;

    if (folder->count == 0)
        return true;
    run = new_run(runs, folder->count);
    if (run == NULL)
        return false;
    run->folder = named;
    for (size_t i = 0; added && i < folder->count; i++)
        added = add_capture(runs, run, folder->paths[i]);
    return added;
}

static bool list_folder(struct file_runs *runs, struct folders *folders, size_t at, const char *named,
    struct error *error)
{
    struct source_folder folder = {0};
    bool added;

    if (folders->paths[at] == NULL || !source_folder_read(folders->paths[at], &folder, error))
        return false;
    added = add_files(runs, &folder, named);
    for (char **directory = folder.directories; added && directory != NULL && *directory != NULL; directory++)
        added = add_folder(folders, *directory);
    source_folder_free(&folder);
    return added || error_set(error, "%s: not enough memory for the list of files", named);
}

static bool add_folders(struct file_runs *runs, const char *path, struct error *error)
{
    struct folders folders = {0};
    bool listed = add_folder(&folders, path);

    for (size_t i = 0; i < folders.count; i++)
        listed = list_folder(runs, &folders, i, path, error) && listed;
    for (size_t i = 0; i < folders.count; i++)
        free(folders.paths[i]);
    free(folders.paths);
    return listed;
}

bool file_runs_add(struct file_runs *runs, const char *path, struct error *error)
{
    struct stat status;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return add_folders(runs, path, error);
    return add_file(runs, path, error);
}

const char **file_runs_paths(const struct file_runs *runs)
{
    const char **paths = calloc(runs->file_count + 1, sizeof(*paths));

    for (size_t i = 0; paths != NULL && i < runs->count; i++)
        for (size_t j = 0; j < runs->rows[i].count; j++)
            paths[runs->rows[i].captures[j].number] = runs->rows[i].captures[j].path;
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

static void order_run(struct file_runs *runs, struct file_run *run, struct monitor *monitor)
{
    size_t kept = 0;

    for (size_t i = 0; i < run->count; i++) {
        struct capture capture = run->captures[i];

        if (source_first_time(capture.path, monitor_capture(monitor, capture.number), &capture.first_ns))
            run->captures[kept++] = capture;
        else
            free(capture.path);
    }
    runs->left_out += run->count - kept;
    runs->file_count -= run->count - kept;
    run->count = kept;
    if (kept > 0)
        qsort(run->captures, kept, sizeof(*run->captures), by_time_then_name);
}

void file_runs_order(struct file_runs *runs, struct monitor *monitor)
{
    for (size_t i = 0; i < runs->count; i++)
        if (runs->rows[i].folder != NULL)
            order_run(runs, &runs->rows[i], monitor);
}

bool file_runs_is_empty(const struct file_runs *runs, const char *folder)
{
    for (size_t i = 0; i < runs->count; i++)
        if (runs->rows[i].folder == folder && runs->rows[i].count > 0)
            return false;
    return true;
}

void file_runs_free(struct file_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++) {
        for (size_t j = 0; j < runs->rows[i].count; j++)
            free(runs->rows[i].captures[j].path);
        free(runs->rows[i].captures);
    }
    free(runs->rows);
    *runs = (struct file_runs){0};
}
