/* SPDX-License-Identifier: BSD-2-Clause */
/* file_runs.c: from the command line's files and folders to lists of files. */
#include "file_runs.h"

#include <lasthello/capture_marks.h>
#include <lasthello/hash.h>
#include <lasthello/source.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct file_run *new_run(struct file_runs *runs, size_t count)
{
    struct capture *captures = calloc(count, sizeof(*captures));
    struct file_run *grown = runs->rows;

    if (runs->count == runs->room) {
        runs->room = 2 * runs->room + 16;
        grown = reallocarray(runs->rows, runs->room, sizeof(*grown));
    }
    if (grown == NULL || captures == NULL) {
        free(captures);
        return NULL;
    }
    runs->rows = grown;
    grown[runs->count] = (struct file_run){.captures = captures};
    return &grown[runs->count++];
}

static uint64_t hash_of_text(const char *text)
{
    return hash_bytes(&hash_key_zero, text, strlen(text)) >> 1;
}

/* A link leads to where the file lies; of what is not there, its name is all that is known. */
static uint64_t place_of(const char *path)
{
    char resolved[PATH_MAX];

    if (strcmp(path, "-") == 0)
        return 0;
    return hash_of_text(realpath(path, resolved) == NULL ? path : resolved);
}

static bool add_capture(struct file_runs *runs, struct file_run *run, const char *path, uint64_t bytes)
{
    struct capture *capture = &run->captures[run->count];

    capture->path = strdup(path);
    if (capture->path == NULL)
        return false;
    capture->place = place_of(path);
    capture->number = runs->file_count++;
    capture->bytes = bytes;
    run->count++;
    runs->bytes_in_all += bytes;
    return true;
}

static bool no_memory(const char *path)
{
    complain("%s: not enough memory for the list of files", path);
    return false;
}

static bool add_file(struct file_runs *runs, const char *path)
{
    struct file_run *run = new_run(runs, 1);
    struct stat about;
    const bool has_size = stat(path, &about) == 0 && S_ISREG(about.st_mode);

    return (run != NULL && add_capture(runs, run, path, has_size ? (uint64_t)about.st_size : 0)) ||
        no_memory(path);
}

/* A name may have a "+" of its own: the first one counts that a file stands before. */
static const char *middle_of(const char *pair)
{
    char first[PATH_MAX];

    for (const char *plus = strchr(pair, '+'); plus != NULL; plus = strchr(plus + 1, '+')) {
        snprintf(first, sizeof(first), "%.*s", (int)(plus - pair), pair);
        if (access(first, F_OK) == 0)
            return plus;
    }
    return strchr(pair, '+');
}

bool file_runs_add_tap(struct file_runs *runs, const char *pair)
{
    const char *middle = middle_of(pair);
    char *first = middle != NULL ? strndup(pair, (size_t)(middle - pair)) : NULL;
    struct file_run *run = first != NULL ? new_run(runs, 2) : NULL;
    bool added = false;

    if (run != NULL) {
        run->is_tap = true;
        added = add_capture(runs, run, first, 0) && add_capture(runs, run, middle + 1, 0);
    }
    free(first);
    return added || no_memory(pair);
}

static bool add_files(struct file_runs *runs, const struct folder_listing *listing, const char *named)
{
    struct file_run *run;
    bool added = true;

    if (listing->count == 0)
        return true;
    run = new_run(runs, listing->count);
    if (run == NULL)
        return no_memory(named);
    run->folder = named;
    for (size_t i = 0; added && i < listing->count; i++)
        added = add_capture(runs, run, listing->files[i].path, listing->files[i].bytes) || no_memory(named);
    return added;
}

static bool add_folders(struct file_runs *runs, const char *path)
{
    struct folder_listing listing;
    struct folder_walk walk;
    struct error error;
    enum walked walked;
    bool all = folder_walk_open(&walk, path, &error);

    if (!all)
        return no_memory(path);
    while ((walked = folder_walk_next(&walk, &listing, &error)) != WALKED_ALL) {
        if (walked == WALKED_UNREADABLE) {
            complain("%s", error.text);
            all = false;
            continue;
        }
        all = add_files(runs, &listing, path) && all;
        folder_listing_free(&listing);
    }
    folder_walk_close(&walk);
    return all;
}

bool file_runs_add(struct file_runs *runs, const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return add_folders(runs, path);
    return add_file(runs, path);
}

const char **file_runs_paths(const struct file_runs *runs)
{
    const char **paths = calloc(runs->file_count + 1, sizeof(*paths));

    for (size_t i = 0; paths != NULL && i < runs->count; i++)
        for (size_t j = 0; j < runs->rows[i].count; j++)
            paths[runs->rows[i].captures[j].number] = runs->rows[i].captures[j].path;
    return paths;
}

/* ---- copies within a folder --------------------------------------------------------------------- */

/* A file whose first packet is another one's as well. */
struct suspect {
    struct capture *capture;
    struct capture_marks marks;
    bool is_whole; /* it could be read to its end */
};

static void read_marks(struct suspect *suspect, struct monitor *monitor)
{
    const struct capture *capture = suspect->capture;
    struct error error;
    struct source *source =
        source_open_handed(capture->path, monitor_capture(monitor, capture->number), NULL, &error);
    enum sourced sourced = SOURCED_FAILED;
    struct packet packet;

    capture_marks_begin(&suspect->marks, "");
    while (source != NULL && (sourced = source_next(source, &packet, &error)) == SOURCED_PACKET)
        capture_marks_add(&suspect->marks, &packet);
    suspect->is_whole = sourced == SOURCED_END;
    source_close(source);
}

static int by_marks_then_name(const void *left, const void *right)
{
    const struct suspect *a = left;
    const struct suspect *b = right;
    const int order = capture_marks_order(&a->marks, &b->marks);

    return order != 0 ? order : strcmp(a->capture->path, b->capture->path);
}

/* Does one of the others have all of it? Those that begin as it does stand around it. Of equal ones
 * the first stays. */
static bool is_copy(const struct suspect *suspects, size_t count, size_t at)
{
    const struct capture_marks *marks = &suspects[at].marks;

    for (size_t i = at + 1; i < count && capture_marks_agree(&suspects[i].marks, marks); i++)
        if (capture_marks_contain(&suspects[i].marks, marks) &&
            !capture_marks_contain(marks, &suspects[i].marks))
            return true;
    for (size_t i = at; i > 0 && suspects[i - 1].marks.packets == marks->packets; i--)
        if (capture_marks_contain(&suspects[i - 1].marks, marks))
            return true;
    return false;
}

/* Takes it out of the order: a copy is not read at all, or, where something is wrong with it, by
 * itself, to say so. */
static void take_out(struct file_runs *runs, const struct suspect *suspect)
{
    struct capture *capture = suspect->capture;
    struct file_run *alone = suspect->is_whole ? NULL : new_run(runs, 1);

    if (alone == NULL) {
        runs->copies++;
        free(capture->path);
    } else {
        alone->captures[0] = *capture;
        alone->count = 1;
    }
    capture->path = NULL;
}

static void judge_suspects(
    struct file_runs *runs, struct capture *captures, size_t count, struct monitor *monitor)
{
    struct suspect *suspects = calloc(count, sizeof(*suspects));
    bool *copies = calloc(count, sizeof(*copies));

    for (size_t i = 0; suspects != NULL && copies != NULL && i < count; i++) {
        suspects[i].capture = &captures[i];
        read_marks(&suspects[i], monitor);
    }
    if (suspects != NULL && copies != NULL) {
        qsort(suspects, count, sizeof(*suspects), by_marks_then_name);
        for (size_t i = 0; i < count; i++)
            copies[i] = is_copy(suspects, count, i);
        for (size_t i = 0; i < count; i++)
            if (copies[i])
                take_out(runs, &suspects[i]);
    }
    free(copies);
    free(suspects);
}

static int by_hash_then_name(const void *left, const void *right)
{
    const struct capture *a = left;
    const struct capture *b = right;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return strcmp(a->path, b->path);
}

/* Those that begin with the same packet are read to the end, but nothing of them is looked into yet. */
static void find_copies(struct file_runs *runs, size_t at, struct monitor *monitor)
{
    struct capture *captures = runs->rows[at].captures;
    const size_t count = runs->rows[at].count;

    if (count > 1)
        qsort(captures, count, sizeof(*captures), by_hash_then_name);
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && captures[next].hash == captures[first].hash;)
            next++;
        if (next > first + 1 && captures[first].hash != 0)
            judge_suspects(runs, captures + first, next - first, monitor);
    }
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

static void note_text(struct file_runs *runs, char *path)
{
    size_t used = strlen(runs->note_names);

    if (used + strlen(path) + sizeof(", ") < sizeof(runs->note_names))
        snprintf(
            runs->note_names + used, sizeof(runs->note_names) - used, "%s%s", used == 0 ? "" : ", ", path);
    runs->notes++;
    free(path);
}

/* Looks at the first packet of each file. */
static void look(struct file_runs *runs, struct file_run *run, struct monitor *monitor)
{
    for (size_t i = 0; i < run->count; i++) {
        struct capture *capture = &run->captures[i];
        struct source_first first;

        source_look(capture->path, monitor_capture(monitor, capture->number), &first);
        capture->first_ns = first.time_ns;
        capture->hash = first.hash;
        if (!first.is_text)
            continue;
        note_text(runs, capture->path);
        capture->path = NULL;
    }
}

static void close_ranks(struct file_runs *runs, struct file_run *run)
{
    size_t kept = 0;

    for (size_t i = 0; i < run->count; i++)
        if (run->captures[i].path != NULL)
            run->captures[kept++] = run->captures[i];
    runs->file_count -= run->count - kept;
    run->count = kept;
}

void file_runs_order(struct file_runs *runs, struct monitor *monitor)
{
    const size_t count = runs->count;

    for (size_t i = 0; i < count; i++) {
        if (runs->rows[i].folder == NULL)
            continue;
        look(runs, &runs->rows[i], monitor);
        close_ranks(runs, &runs->rows[i]);
        find_copies(runs, i, monitor);
        close_ranks(runs, &runs->rows[i]);
        if (runs->rows[i].count > 1)
            qsort(runs->rows[i].captures, runs->rows[i].count, sizeof(struct capture), by_time_then_name);
    }
    for (size_t i = count; i < runs->count; i++)
        runs->file_count += runs->rows[i].count;
    runs->file_count += runs->copies;
    for (size_t i = 0; i < runs->count; i++)
        runs->rows[i].end = runs->rows[i].count;
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
