/* SPDX-License-Identifier: BSD-2-Clause */
/* read_files.c: a run of files: each a reading of its own, sessions going over from one to the next. */
#include "read_files.h"

#include <lasthello/hash.h>
#include <lasthello/text.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CLOCK_SKEW_NS \
    NANOSECONDS              /* by which a file may begin before its neighbour ended, and still continue it */
#define LOOK_UP_PACKETS 4096 /* between two looks at the clock */

/* A file that is being read. */
struct file {
    const struct capture *capture;
    struct source *source;
    struct source_record record;
    uint64_t bytes_shown; /* of its size, as far as the progress knows */
    uint64_t dropped;     /* packets, as the file says; a rotated capture counts on from file to file */
    bool begun;           /* its record has been told */
};

/* Files that continue each other: what is known of each is concluded when no session is open any more. */
struct chain {
    struct conclusion *rows;
    size_t count, room;
    uint64_t packets; /* of all of them */
};

struct reader_of_files {
    struct worker *worker;
    struct file files[2]; /* the one that is being read, and the one before it */
    unsigned now;
    struct chain chain;
};

/* ---- a chain ------------------------------------------------------------------------------------ */

static bool add_to_chain(struct chain *chain, const struct source_record *record)
{
    if (chain->count == chain->room) {
        const size_t room = 2 * chain->room + 16;
        struct conclusion *grown = reallocarray(chain->rows, room, sizeof(*grown));

        if (grown == NULL)
            return false;
        chain->rows = grown;
        chain->room = room;
    }
    chain->rows[chain->count++] = (struct conclusion){.source = record->id, .before = chain->packets};
    chain->packets += record->marks.packets;
    return true;
}

/* All sessions that began in its files have ended. */
static void conclude_chain(struct reader_of_files *reader)
{
    struct worker *worker = reader->worker;
    struct chain *chain = &reader->chain;

    pipeline_flush(&worker->line);
    if (worker->line.source != NULL) {
        pipeline_settle_counts(&worker->line);
        recorder_source(&worker->recorder, worker->line.source);
    }
    for (size_t i = 0; i < chain->count; i++) {
        struct conclusion *row = &chain->rows[i];
        const uint64_t end = i + 1 < chain->count ? chain->rows[i + 1].before : chain->packets;

        row->after = chain->packets - end;
        row->complete = !atomic_load(&worker->run->stopping);
        recorder_conclude(&worker->recorder, row);
    }
    chain->count = 0;
    chain->packets = 0;
    worker_show(worker);
    worker->line.source = NULL;
}

/* ---- a file's record ---------------------------------------------------------------------------- */

static void name_record(const struct worker *worker, struct file *file)
{
    struct source_record *record = &file->record;
    const struct run *run = worker->run;
    bool is_stdin = strcmp(file->capture->path, "-") == 0;
    const char *name = is_stdin ? "standard input" : file->capture->path;

    record->id = source_id_new();
    record->kind = is_stdin ? "stdin" : "file";
    text_safe((struct bytes){(const uint8_t *)name, strlen(name)}, record->name, sizeof(record->name));
    snprintf(record->site, sizeof(record->site), "%s", run->shared.site);
    snprintf(record->observer, sizeof(record->observer), "%s", run->observer);
    if (file->capture->place != 0)
        record->place = hash_pair(&hash_key_zero, file->capture->place,
                            hash_bytes(&hash_key_zero, run->observer, strlen(run->observer)) >> 8) >>
            1;
    capture_marks_begin(&record->marks, run->shared.site);
    capture_anchors_begin(&record->anchors);
}

/* By which the capture is known again. */
static void mark_packet(struct source_record *record, const struct packet *packet)
{
    capture_marks_add(&record->marks, packet);
    capture_anchors_add(&record->anchors, record->marks.last);
}

/* A file that begins before the last one ended is no continuation: two sensors, or two clocks.
 * Times may be absurd. */
static bool is_continuation(const struct pipeline *line, const struct packet *first)
{
    const int64_t time_ns = pipeline_believes(line, first->time_ns);
    const int64_t ended_ns = line->source->ended_ns;

    return time_ns >= ended_ns || (uint64_t)ended_ns - (uint64_t)time_ns <= CLOCK_SKEW_NS;
}

/* `packet` is the file's first; NULL: it has none. */
static void begin_record(struct reader_of_files *reader, struct file *file, const struct packet *packet)
{
    struct worker *worker = reader->worker;
    struct source_record *record = &file->record;

    file->begun = true;
    record->started_ns = packet != NULL ? packet->time_ns : 0;
    record->ended_ns = record->started_ns;
    record->continues = worker->line.source != NULL && packet != NULL;
    if (record->continues && !is_continuation(&worker->line, packet)) {
        record->continues = false;
        conclude_chain(reader);
    }
    if (worker->line.source != NULL)
        pipeline_settle_counts(&worker->line);
    worker->line.source = record;
    recorder_source(&worker->recorder, record);
}

/* Of what tells no time itself. */
static void note_when(struct source_record *record)
{
    record->started_ns = (int64_t)time(NULL) * NANOSECONDS;
    record->ended_ns = record->started_ns;
}

/* What could not be opened is a source all the same, of which nothing was seen. Nothing continues it. */
static void note_unread(struct worker *worker, struct file *file)
{
    struct source_record *record = &file->record;

    note_when(record);
    record->failed = true;
    recorder_source(&worker->recorder, record);
    recorder_conclude(&worker->recorder, &(struct conclusion){.source = record->id, .complete = true});
}

/* ---- reading ------------------------------------------------------------------------------------ */

static void note_statistics(struct read_job *job, struct file *file)
{
    struct source_statistics statistics = {0};

    source_statistics(file->source, &statistics);
    file->dropped = statistics.dropped;
    atomic_fetch_add(&job->bytes_read, statistics.bytes_read - file->bytes_shown);
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

static enum sourced read_packets(struct reader_of_files *reader, struct file *file, struct error *error)
{
    struct worker *worker = reader->worker;
    struct packet packet;
    enum sourced sourced;

    while ((sourced = source_next(file->source, &packet, error)) == SOURCED_PACKET) {
        mark_packet(&file->record, &packet);
        if (!file->begun)
            begin_record(reader, file, &packet);
        if (!packet.left_out)
            pipeline_packet(&worker->line, &packet);
        if (file->record.marks.packets % LOOK_UP_PACKETS == 0)
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

/* What was lost before this file began, the one before it has said. */
static void note_drops(struct file *file, const struct file *before)
{
    const bool counts_on = file->record.continues && file->dropped >= before->dropped;

    file->record.dropped = counts_on ? file->dropped - before->dropped : file->dropped;
}

static void finish_file(struct reader_of_files *reader, struct file *file)
{
    struct worker *worker = reader->worker;

    if (!file->begun)
        begin_record(reader, file, NULL);
    if (file->record.failed && file->record.marks.packets == 0)
        note_when(&file->record);
    note_statistics(worker->run->work, file);
    note_drops(file, &reader->files[!reader->now]);
    pipeline_settle_counts(&worker->line);
    recorder_source(&worker->recorder, &file->record);
}

static void read_to_the_end(struct reader_of_files *reader, struct file *file)
{
    struct worker *worker = reader->worker;
    struct error error = {0};

    if (read_packets(reader, file, &error) == SOURCED_FAILED) {
        file->record.failed = true;
        run_fail(worker->run, &error);
    }
    finish_file(reader, file);
}

/* False: there is nothing to read; that has been told. */
static bool open_file(struct reader_of_files *reader, struct file *file, const struct capture *capture)
{
    struct worker *worker = reader->worker;
    const struct read_job *job = worker->run->work;
    struct error error = {0};
    bool is_missing;

    *file = (struct file){.capture = capture};
    name_record(worker, file);
    file->source = open_capture(worker->run->monitor, capture, job->options->filter, &is_missing, &error);
    if (file->source == NULL && atomic_load(&worker->run->stopping))
        return false; /* that it was not waited for is no failure of the file */
    if (file->source == NULL) {
        run_fail(worker->run, &error);
        if (!is_missing)
            note_unread(worker, file);
    }
    return file->source != NULL;
}

static void close_file(struct reader_of_files *reader, struct file *file)
{
    struct worker *worker = reader->worker;
    struct read_job *job = worker->run->work;

    worker_hold(worker, NULL);
    source_close(file->source);
    if (!add_to_chain(&reader->chain, &file->record))
        run_fail(worker->run, &(struct error){"not enough memory for the list of files"});
    if (!atomic_load(&worker->run->stopping))
        atomic_fetch_add(&job->files_read, 1);
}

static void read_file(struct reader_of_files *reader, const struct capture *capture)
{
    struct file *file = &reader->files[reader->now];

    if (!open_file(reader, file, capture))
        return;
    worker_hold(reader->worker, file->source);
    read_to_the_end(reader, file);
    close_file(reader, file);
    reader->now = !reader->now;
}

/* ---- a tap: two files, by time --------------------------------------------------------------------- */

/* A file of a tap, and its packet that comes next. */
struct direction {
    struct file *file;
    struct packet packet;
    bool has_packet;
};

static void fetch(struct reader_of_files *reader, struct direction *direction)
{
    struct worker *worker = reader->worker;
    struct error error = {0};
    const enum sourced sourced = atomic_load(&worker->run->stopping)
        ? SOURCED_END
        : source_next(direction->file->source, &direction->packet, &error);

    direction->has_packet = sourced == SOURCED_PACKET;
    if (sourced != SOURCED_FAILED)
        return;
    direction->file->record.failed = true;
    run_fail(worker->run, &error);
}

/* Lets the counters grow in the record of the file that the next packet is of. */
static void turn_to(struct reader_of_files *reader, struct file *file)
{
    struct worker *worker = reader->worker;

    if (worker->line.source == &file->record)
        return;
    if (worker->line.source != NULL)
        pipeline_settle_counts(&worker->line);
    worker->line.source = &file->record;
}

static void count_direction(struct reader_of_files *reader, struct direction *direction)
{
    struct file *file = direction->file;

    turn_to(reader, file);
    mark_packet(&file->record, &direction->packet);
    if (!direction->packet.left_out)
        pipeline_packet(&reader->worker->line, &direction->packet);
    if (file->record.marks.packets % LOOK_UP_PACKETS == 0)
        look_up(reader->worker, file);
    fetch(reader, direction);
}

static void read_directions(struct reader_of_files *reader, struct direction directions[2])
{
    for (int i = 0; i < 2; i++) {
        struct file *file = directions[i].file;

        fetch(reader, &directions[i]);
        file->begun = true;
        file->record.started_ns = directions[i].has_packet ? directions[i].packet.time_ns : 0;
        file->record.ended_ns = file->record.started_ns;
        recorder_source(&reader->worker->recorder, &file->record);
    }
    while (directions[0].has_packet || directions[1].has_packet) {
        const bool second = !directions[0].has_packet ||
            (directions[1].has_packet && directions[1].packet.time_ns < directions[0].packet.time_ns);

        count_direction(reader, &directions[second]);
    }
}

static void read_tap(struct reader_of_files *reader, const struct file_run *file_run)
{
    struct direction directions[2] = {{.file = &reader->files[0]}, {.file = &reader->files[1]}};
    bool opened[2];

    for (int i = 0; i < 2; i++)
        opened[i] = open_file(reader, &reader->files[i], &file_run->captures[i]);
    if (opened[0] && opened[1])
        read_directions(reader, directions);
    for (int i = 0; i < 2; i++) {
        if (!opened[i])
            continue;
        turn_to(reader, &reader->files[i]);
        finish_file(reader, &reader->files[i]);
        close_file(reader, &reader->files[i]);
    }
}

static void read_file_run(struct reader_of_files *reader, const struct file_run *file_run)
{
    struct worker *worker = reader->worker;

    if (!recorder_begin_capture(&worker->recorder)) {
        run_fail(worker->run, &(struct error){"not enough memory for the list of files"});
        return;
    }
    host_names_clear(worker->line.names);
    if (file_run->is_tap)
        read_tap(reader, file_run);
    for (size_t i = 0; !file_run->is_tap && i < file_run->count && !atomic_load(&worker->run->stopping); i++)
        read_file(reader, &file_run->captures[i]);
    conclude_chain(reader);
}

void *read_work(void *argument)
{
    struct worker *worker = argument;
    struct read_job *job = worker->run->work;
    struct reader_of_files *reader = calloc(1, sizeof(*reader));
    size_t file_run;

    if (reader == NULL)
        run_fail(worker->run, &(struct error){"not enough memory to read files"});
    else
        reader->worker = worker;
    while (reader != NULL && (file_run = atomic_fetch_add(&job->next_file_run, 1)) < job->file_runs.count &&
        !atomic_load(&worker->run->stopping))
        read_file_run(reader, &job->file_runs.rows[file_run]);
    if (reader != NULL)
        free(reader->chain.rows);
    free(reader);
    worker_done(worker);
    return NULL;
}
