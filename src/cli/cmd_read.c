/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_read.c: `lasthello read`: capture files and folders of them, into the inventory. */
#include "file_runs.h"
#include "options.h"
#include "run.h"

#include <lasthello/text.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CLOCK_SKEW_NS   NANOSECONDS /* by which a file may begin before its neighbour ended, and still continue it */
#define LOOK_UP_PACKETS 4096        /* between two looks at the clock */

struct reading {
    struct sensor_options sensor;
    const char *filter;
    unsigned jobs;
    char **arguments;
    size_t argument_count;
    bool *is_folder;    /* each argument */
    bool is_incomplete; /* a folder could not be listed */
    struct file_runs file_runs;
    atomic_size_t next_file_run;
    atomic_size_t files_read;
    atomic_ullong bytes_read;
    bool show_progress;
};

/* One file of a file_run, being read or read; its record is completed when the whole file_run is done. */
struct file {
    const struct capture *capture;
    struct source *source;
    struct source_record record;
    uint64_t bytes_shown; /* of its size, as far as the progress knows */
    uint64_t dropped;     /* packets, as the file says; a rotated capture counts on from file to file */
};

/* A file that begins before the last one ended is no continuation: two sensors, or two clocks. Times may be absurd. */
static bool is_continuation(const struct pipeline *line, const struct packet *first)
{
    const int64_t time_ns = pipeline_believes(line, first->time_ns);
    const int64_t ended_ns = line->source->ended_ns;

    return time_ns >= ended_ns || (uint64_t)ended_ns - (uint64_t)time_ns <= CLOCK_SKEW_NS;
}

static void begin_record(struct worker *worker, struct file *file, const struct packet *packet)
{
    struct source_record *record = &file->record;
    const struct shared *shared = &worker->run->shared;

    record->id = source_id_file(shared->site, record->name, packet);
    record->started_ns = packet != NULL ? packet->time_ns : 0;
    record->ended_ns = record->started_ns;
    if (record->continues && packet != NULL && !is_continuation(&worker->line, packet)) {
        record->continues = false;
        pipeline_flush(&worker->line);
    }
    if (worker->line.source != NULL)
        pipeline_settle_counts(&worker->line);
    worker->line.source = record;
    recorder_source(&worker->recorder, record);
}

static void note_statistics(struct reading *reading, struct file *file)
{
    struct source_statistics statistics = {0};

    source_statistics(file->source, &statistics);
    file->dropped = statistics.dropped;
    atomic_fetch_add(&reading->bytes_read, statistics.bytes_read - file->bytes_shown);
    file->bytes_shown = statistics.bytes_read;
}

static void look_up(struct worker *worker, struct file *file)
{
    atomic_store_explicit(&worker->packets, worker->packets + LOOK_UP_PACKETS, memory_order_relaxed);
    worker_show(worker);
    note_statistics(worker->run->work, file);
    if (!recorder_due(&worker->recorder))
        return;
    pipeline_settle_counts(&worker->line);
    recorder_source(&worker->recorder, &file->record);
    recorder_exchange(&worker->recorder);
}

static enum sourced read_packets(struct worker *worker, struct file *file, struct error *error)
{
    struct packet packet;
    enum sourced sourced;

    while ((sourced = source_next(file->source, &packet, error)) == SOURCED_PACKET) {
        if (file->record.packets == 0)
            begin_record(worker, file, &packet);
        pipeline_count(&worker->line, &packet);
        if (file->record.packets % LOOK_UP_PACKETS == 0)
            look_up(worker, file);
    }
    pipeline_catch_up(&worker->line);
    return sourced;
}

/* What is not there at all is no source: perhaps its name was mistyped. */
static struct source *open_capture(struct monitor *monitor, const struct capture *capture, const char *filter,
    bool *is_missing, struct error *error)
{
    int fd;

    *is_missing = false;
    if (strcmp(capture->path, "-") == 0)
        return source_open_file(capture->path, filter, error);
    fd = monitor_capture(monitor, capture->number);
    *is_missing = fd == -ENOENT;
    return source_open_handed(capture->path, fd, filter, error);
}

/* What could not be opened is a source all the same, of which nothing was seen. Nothing continues it. */
static void note_unread(struct worker *worker, struct file *file)
{
    struct source_record *record = &file->record;

    record->id = source_id_file(worker->run->shared.site, record->name, NULL);
    record->started_ns = (int64_t)time(NULL) * NANOSECONDS;
    record->ended_ns = record->started_ns;
    record->failed = true;
    recorder_source(&worker->recorder, record);
}

static void read_file(struct worker *worker, struct file *file)
{
    struct reading *reading = worker->run->work;
    struct error error = {0};
    bool is_missing;

    file->source = open_capture(worker->run->monitor, file->capture, reading->filter, &is_missing, &error);
    if (file->source == NULL && atomic_load(&worker->run->stopping))
        return; /* that it was not waited for is no failure of the file */
    if (file->source == NULL) {
        run_fail(worker->run, &error);
        if (!is_missing)
            note_unread(worker, file);
        return;
    }
    worker_hold(worker, file->source);
    if (read_packets(worker, file, &error) == SOURCED_FAILED) {
        file->record.failed = true;
        run_fail(worker->run, &error);
    }
    if (file->record.packets == 0)
        begin_record(worker, file, NULL);
    note_statistics(reading, file);
    worker_hold(worker, NULL);
    source_close(file->source);
    if (!atomic_load(&worker->run->stopping))
        atomic_fetch_add(&reading->files_read, 1);
}

static void name_record(struct worker *worker, struct file *file)
{
    struct source_record *record = &file->record;
    bool is_stdin = strcmp(file->capture->path, "-") == 0;
    const char *name = is_stdin ? "standard input" : file->capture->path;

    record->kind = is_stdin ? "stdin" : "file";
    text_safe((struct bytes){(const uint8_t *)name, strlen(name)}, record->name, sizeof(record->name));
    snprintf(record->site, sizeof(record->site), "%s", worker->run->shared.site);
    snprintf(record->observer, sizeof(record->observer), "%s", worker->run->observer);
}

/* What was lost before this file began, the one before it has said. */
static void note_drops(struct file *file, const struct file *before)
{
    const bool counts_on = before != NULL && file->record.continues && file->dropped >= before->dropped;

    file->record.dropped = counts_on ? file->dropped - before->dropped : file->dropped;
}

/* The records of a file_run are complete when all sessions that began in its files have ended. */
static void complete_records(struct worker *worker, struct file *files, size_t count)
{
    pipeline_flush(&worker->line);
    if (worker->line.source != NULL)
        pipeline_settle_counts(&worker->line);
    for (size_t i = 0; i < count; i++) {
        if (files[i].record.id == 0)
            continue;
        files[i].record.complete = !atomic_load(&worker->run->stopping);
        recorder_source(&worker->recorder, &files[i].record);
    }
    worker_show(worker);
    worker->line.source = NULL;
}

static void read_file_run(struct worker *worker, const struct file_run *file_run)
{
    struct file *files = calloc(file_run->count, sizeof(*files));

    if (files == NULL || !recorder_begin_capture(&worker->recorder)) {
        free(files);
        run_fail(worker->run, &(struct error){"not enough memory for the list of files"});
        return;
    }
    for (size_t i = 0; i < file_run->count && !atomic_load(&worker->run->stopping); i++) {
        files[i].capture = &file_run->captures[i];
        files[i].record.continues = worker->line.source != NULL;
        name_record(worker, &files[i]);
        read_file(worker, &files[i]);
        note_drops(&files[i], i > 0 ? &files[i - 1] : NULL);
    }
    complete_records(worker, files, file_run->count);
    free(files);
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct reading *reading = worker->run->work;
    size_t file_run;

    while ((file_run = atomic_fetch_add(&reading->next_file_run, 1)) < reading->file_runs.count &&
        !atomic_load(&worker->run->stopping))
        read_file_run(worker, &reading->file_runs.rows[file_run]);
    worker_done(worker);
    return NULL;
}

static void show_progress(struct run *run)
{
    struct reading *reading = run->work;
    char files[COUNT_TEXT_BYTES], listed[COUNT_TEXT_BYTES], packets[COUNT_TEXT_BYTES];
    uint64_t seen = 0;

    for (unsigned i = 0; i < run->worker_count; i++)
        seen += run->workers[i].packets;
    fprintf(stderr, "\r\033[K%s of %s file%s", count_text(reading->files_read, files),
        count_text(reading->file_runs.file_count, listed), reading->file_runs.file_count == 1 ? "" : "s");
    if (reading->file_runs.bytes_in_all > 0)
        fprintf(stderr, ", %d%%", (int)(reading->bytes_read * 100 / reading->file_runs.bytes_in_all));
    fprintf(stderr, ", %s packets", count_text(seen, packets));
    if (atomic_load(&run->working) == 0)
        fputs("\r\033[K", stderr);
}

/* "3 of 3 files read (1 of them known already)" */
static void write_files(const struct run *run, const struct reading *reading, char *out, size_t size)
{
    char read[COUNT_TEXT_BYTES], files[COUNT_TEXT_BYTES], known[COUNT_TEXT_BYTES];
    size_t used = (size_t)snprintf(out, size, "%s%s of %s file%s read%s", run->stopping ? "stopped early: " : "",
        count_text(reading->files_read, read), count_text(reading->file_runs.file_count, files),
        reading->file_runs.file_count == 1 ? "" : "s", run->stopping ? " to the end" : "");

    if (run->known > 0 && used < size)
        snprintf(out + used, size - used, " (%s of them known already)", count_text(run->known, known));
}

/* "; 9 sessions could not be stored: free space, then read again" */
static void write_loss(const struct run *run, char *out, size_t size)
{
    char number[COUNT_TEXT_BYTES];

    out[0] = '\0';
    if (run->unstored > 0)
        snprintf(out, size, "; %s session%s could not be stored: free space, then read again",
            count_text(run->unstored, number), run->unstored == 1 ? "" : "s");
}

static void tell_result(const struct run *run, const struct reading *reading, uint64_t sessions, uint64_t legacy)
{
    char all[COUNT_TEXT_BYTES], old[COUNT_TEXT_BYTES], files[256], loss[128];
    char found[128] = "no mail session was seen, which proves nothing";

    if (sessions > 0)
        snprintf(found, sizeof(found), "%s session%s, %s with TLS 1.1 or older", count_text(sessions, all),
            sessions == 1 ? "" : "s", count_text(legacy, old));
    write_files(run, reading, files, sizeof(files));
    write_loss(run, loss, sizeof(loss));
    complain("%s: %s%s; next: lasthello report %s", files, found, loss, run->options->inventory);
}

static void tell_of_left_out(size_t left_out)
{
    char number[COUNT_TEXT_BYTES];

    complain("%s file%s in folders left out: no capture%s", count_text(left_out, number), left_out == 1 ? "" : "s",
        left_out == 1 ? "" : "s");
}

/* What is found out about the files only when they are opened, in the sandbox. */
static void order_file_runs(struct run *run, struct reading *reading)
{
    struct file_runs *file_runs = &reading->file_runs;
    struct error error;

    file_runs_order(file_runs, run->monitor);
    if (file_runs->file_count > 0 && file_runs->left_out > 0)
        tell_of_left_out(file_runs->left_out);
    for (size_t i = 0; i < reading->argument_count; i++) {
        if (!reading->is_folder[i] || !file_runs_is_empty(file_runs, reading->arguments[i]))
            continue;
        error_set(&error, "%s: no capture files (pcap, pcapng) in this folder", reading->arguments[i]);
        run_fail(run, &error);
    }
}

/* Judged where names are looked up as little as when it is used, and before any file is opened. */
static bool check_filter(const struct reading *reading)
{
    struct error error;

    if (reading->filter == NULL || source_filter_check(reading->filter, &error))
        return true;
    complain("%s", error.text);
    return false;
}

static int read_in_sandbox(struct run *run, struct reading *reading)
{
    uint64_t sessions = 0, legacy = 0;
    bool stored;

    run->work = reading;
    run->progress = reading->show_progress ? show_progress : NULL;
    run->failed = reading->is_incomplete;
    order_file_runs(run, reading);
    run_workers(run, work);
    for (unsigned i = 0; i < run->worker_count; i++) {
        sessions += run->workers[i].recorder.sessions;
        legacy += run->workers[i].recorder.legacy;
    }
    stored = run_close(run);
    if (reading->files_read > 0 || reading->bytes_read > 0)
        tell_result(run, reading, sessions, legacy);
    return stored && !run->failed && !run->stopping ? EXIT_DONE : EXIT_FAILED;
}

static int leave(struct run *run, int status)
{
    run_close(run);
    return status;
}

static int sense(struct monitor *monitor, void *argument)
{
    struct reading *reading = argument;
    struct run run;

    if (!run_open(&run, &reading->sensor, monitor, reading->jobs, true))
        return EXIT_FAILED;
    if (!run_give_up_rights(&run))
        return leave(&run, EXIT_FAILED);
    if (!check_filter(reading))
        return leave(&run, EXIT_USAGE);
    return read_in_sandbox(&run, reading);
}

/* Lists the files; then another process reads them, and this one opens them for it. */
static int read_all(struct reading *reading)
{
    struct monitor_files files = {.inventory = reading->sensor.inventory, .events = reading->sensor.events};
    struct error error;
    const char **paths;
    int status = EXIT_FAILED;

    reading->is_folder = calloc(reading->argument_count, sizeof(*reading->is_folder));
    for (size_t i = 0; reading->is_folder != NULL && i < reading->argument_count; i++) {
        struct stat about;

        reading->is_folder[i] = stat(reading->arguments[i], &about) == 0 && S_ISDIR(about.st_mode);
        if (file_runs_add(&reading->file_runs, reading->arguments[i], &error))
            continue;
        reading->is_incomplete = true;
        reading->is_folder[i] = false; /* that it has no captures need not be said as well */
        complain("%s", error.text);
    }
    paths = file_runs_paths(&reading->file_runs);
    files.captures = paths;
    files.capture_count = reading->file_runs.file_count;
    if (reading->is_folder != NULL && paths != NULL)
        status = monitor_run(&files, sense, reading);
    free(paths);
    free(reading->is_folder);
    file_runs_free(&reading->file_runs);
    return status == MONITOR_STOPPED ? EXIT_FAILED : status;
}

enum option_key {
    KEY_FILTER = 512,
    KEY_JOBS,
};

static const struct argp_option rows[] = {
    {.name = "filter", .key = KEY_FILTER, .arg = "BPF", .doc = "read only packets that match this tcpdump expression"},
    {.name = "jobs", .key = KEY_JOBS, .arg = "N", .doc = "read N files or folders at the same time (default 1)"},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct reading *reading = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &reading->sensor;
        return 0;
    case KEY_FILTER:
        reading->filter = argument;
        return 0;
    case KEY_JOBS:
        reading->jobs = (unsigned)parse_count(state, "--jobs", argument, 1, WORKERS_MAX);
        return 0;
    case ARGP_KEY_ARGS:
        reading->arguments = state->argv + state->next;
        reading->argument_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name capture files or folders to read, or - for standard input");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int cmd_read(int argc, char **argv)
{
    static const struct argp_child children[] = {{.argp = &sensor_argp}, {0}};
    static const struct argp argp = {
        .options = rows,
        .parser = parse,
        .args_doc = "FILE|FOLDER|-...",
        .doc = "Read capture files (pcap, pcapng; also .gz, .zst, .xz, .lz4) into the inventory.\v"
               "A folder is one rotated capture: its files are read in the order of their first packets, and "
               "connections continue from file to file. Files named one by one are independent. Reading a file again "
               "changes nothing.\n\nExample: lasthello read -o inventory.db monday/ tuesday.pcapng.gz",
        .children = children,
    };
    struct reading *reading = calloc(1, sizeof(*reading));
    int status;

    if (reading == NULL)
        return EXIT_FAILED;
    reading->jobs = 1;
    sensor_options_init(&reading->sensor);
    argp_parse(&argp, argc, argv, 0, NULL, reading);
    reading->show_progress = isatty(STDERR_FILENO);
    status = read_all(reading);
    free(reading);
    return status;
}
