/* SPDX-License-Identifier: BSD-2-Clause */
/* file_reader.c: a file's record, and what is concluded of files that continue each other. */
#include "file_reader.h"

#include <lasthello/hash.h>
#include <lasthello/text.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* By which a file may begin before its neighbour ended, and still continue it. */
#define CLOCK_SKEW_NS NANOSECONDS

/* What a crash loses of a file is read again with it. Ids are hashes: few sessions change nearly as many
 * pages of the inventory as many do, so they are handed over seldom, or when the ledger is full. */
#define FILE_EXCHANGE_NS (8 * NANOSECONDS)

/* ---- a chain ------------------------------------------------------------------------------------ */

/* How many of the chain's packets come before the file? */
static uint64_t place_in_chain(const struct chain *chain, const struct source_record *record)
{
    uint64_t before = 0;

    if (chain->count > 0 &&
        (capture_marks_agree(&chain->marks, &record->marks) ||
            capture_anchors_inside(&record->anchors, &chain->anchors, &before)))
        return chain->begin + before;
    return chain->packets;
}

static void end_chain_with(
    struct chain *chain, const struct chain_row *row, const struct source_record *record)
{
    chain->packets = row->end;
    chain->begin = row->conclusion.before;
    chain->marks = record->marks;
    chain->anchors = record->anchors;
}

static bool add_to_chain(struct chain *chain, const struct file *file)
{
    const struct source_record *record = &file->record;
    const uint64_t before = place_in_chain(chain, record);
    struct chain_row *row;

    if (chain->count == chain->room) {
        const size_t room = 2 * chain->room + 16;
        struct chain_row *grown = reallocarray(chain->rows, room, sizeof(*grown));

        if (grown == NULL)
            return false;
        chain->rows = grown;
        chain->room = room;
    }
    row = &chain->rows[chain->count++];
    *row = (struct chain_row){.part = file->part,
        .end = before + record->marks.packets,
        .conclusion = {.source = record->id, .before = before}};
    if (chain->count == 1 || row->end > chain->packets)
        end_chain_with(chain, row, record);
    return true;
}

void file_reader_tell(struct reader_of_files *reader, const struct source_record *record)
{
    if (reader->part != PART_BEFORE)
        recorder_source(&reader->worker->recorder, record);
}

/* Of a file beyond the block it is known that it was read so far, as of one that was broken off. */
static void conclude_row(struct reader_of_files *reader, struct chain_row *row)
{
    row->conclusion.after = reader->chain.packets - row->end;
    row->conclusion.complete = !atomic_load(&reader->worker->run->stopping);
    if (row->part == PART_BEYOND)
        row->conclusion = (struct conclusion){.source = row->conclusion.source, .broken_off = true};
    if (row->part != PART_BEFORE)
        recorder_conclude(&reader->worker->recorder, &row->conclusion);
}

/* Scans of files before the block are counted there. */
void file_reader_leave_scans(struct reader_of_files *reader)
{
    struct source_record *source = reader->worker->line.source;

    source->scans -= reader->waiting < source->scans ? reader->waiting : source->scans;
    reader->waiting = 0;
}

/* All sessions that began in its files have ended. */
void file_reader_conclude(struct reader_of_files *reader)
{
    struct worker *worker = reader->worker;
    struct chain *chain = &reader->chain;

    pipeline_flush(&worker->line);
    if (worker->line.source != NULL) {
        pipeline_settle_counts(&worker->line);
        file_reader_leave_scans(reader);
        file_reader_tell(reader, worker->line.source);
    }
    for (size_t i = 0; i < chain->count; i++)
        conclude_row(reader, &chain->rows[i]);
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
void file_reader_mark(struct source_record *record, const struct packet *packet)
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
void file_reader_begin(struct reader_of_files *reader, struct file *file, const struct packet *packet)
{
    struct worker *worker = reader->worker;
    struct source_record *record = &file->record;

    file->begun = true;
    record->started_ns = packet != NULL ? packet->time_ns : 0;
    record->ended_ns = record->started_ns;
    record->continues = worker->line.source != NULL && packet != NULL;
    if (record->continues && !is_continuation(&worker->line, packet)) {
        record->continues = false;
        file_reader_conclude(reader);
    }
    if (worker->line.source != NULL)
        pipeline_settle_counts(&worker->line);
    worker->line.source = record;
    reader->part = file->part;
    file_reader_tell(reader, record);
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

    if (file->part != PART_OF_BLOCK)
        return;
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
    file->is_lasting = statistics.bytes_in_all > 0;
    file->dropped = statistics.dropped;
    atomic_fetch_add(&job->bytes_read, statistics.bytes_read - file->bytes_shown);
    file->bytes_shown = statistics.bytes_read;
}

void file_reader_look_up(struct reader_of_files *reader, struct file *file)
{
    struct worker *worker = reader->worker;

    atomic_store_explicit(&worker->packets, worker->packets + LOOK_UP_PACKETS, memory_order_relaxed);
    worker_show(worker);
    note_statistics(worker->run->work, file);
    if (!recorder_due(&worker->recorder, file->is_lasting ? FILE_EXCHANGE_NS : RECORDER_LIVE_NS))
        return;
    pipeline_settle_counts(&worker->line);
    file_reader_tell(reader, &file->record);
    recorder_exchange(&worker->recorder);
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

void file_reader_finish(struct reader_of_files *reader, struct file *file)
{
    struct worker *worker = reader->worker;

    if (!file->begun)
        file_reader_begin(reader, file, NULL);
    if (file->record.failed && file->record.marks.packets == 0)
        note_when(&file->record);
    note_statistics(worker->run->work, file);
    note_drops(file, &reader->files[!reader->now]);
    pipeline_settle_counts(&worker->line);
    file_reader_tell(reader, &file->record);
}

/* False: there is nothing to read; that has been told. */
bool file_reader_open(struct reader_of_files *reader, struct file *file, const struct capture *capture)
{
    struct worker *worker = reader->worker;
    const struct read_job *job = worker->run->work;
    struct error error = {0};
    bool is_missing;

    *file = (struct file){.capture = capture, .part = file->part};
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

void file_reader_close(struct reader_of_files *reader, struct file *file)
{
    struct worker *worker = reader->worker;
    struct read_job *job = worker->run->work;

    worker_hold(worker, NULL);
    source_close(file->source);
    if (!add_to_chain(&reader->chain, file))
        run_fail(worker->run, &(struct error){"not enough memory for the list of files"});
    if (!atomic_load(&worker->run->stopping) && file->part == PART_OF_BLOCK)
        atomic_fetch_add(&job->files_read, 1);
}
