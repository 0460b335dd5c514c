/* SPDX-License-Identifier: BSD-2-Clause */
/* read_files.c: a run of files: each a reading of its own, sessions going over from one to the next; all of
 * it, or one block. */
#include "file_reader.h"

#include <stdlib.h>

/* Did it begin in a file of the block? */
static bool is_of_block(const void *wants, uint64_t source)
{
    const struct reader_of_files *reader = wants;
    const struct file *now = &reader->files[reader->now];

    if (now->record.id == source)
        return now->part == PART_OF_BLOCK;
    for (size_t i = reader->chain.count; i > 0; i--)
        if (reader->chain.rows[i - 1].conclusion.source == source)
            return reader->chain.rows[i - 1].part == PART_OF_BLOCK;
    return false;
}

static bool awaits_more(struct reader_of_files *reader)
{
    pipeline_catch_up(&reader->worker->line);
    return flow_table_awaits(reader->worker->line.flows, is_of_block, reader);
}

static enum sourced read_packets(struct reader_of_files *reader, struct file *file, struct error *error)
{
    struct worker *worker = reader->worker;
    struct packet packet;
    enum sourced sourced;

    while ((sourced = source_next(file->source, &packet, error)) == SOURCED_PACKET) {
        file_reader_mark(&file->record, &packet);
        if (!file->begun)
            file_reader_begin(reader, file, &packet);
        if (!packet.left_out)
            pipeline_packet(&worker->line, &packet);
        if (file->record.marks.packets % LOOK_UP_PACKETS == 0) {
            file_reader_look_up(reader, file);
            if (file->part == PART_BEYOND && !awaits_more(reader))
                break;
        }
    }
    pipeline_catch_up(&worker->line);
    return sourced;
}

static void read_to_the_end(struct reader_of_files *reader, struct file *file)
{
    struct worker *worker = reader->worker;
    struct error error = {0};

    if (read_packets(reader, file, &error) == SOURCED_FAILED) {
        file->record.failed = true;
        run_fail(worker->run, &error);
    }
    file_reader_finish(reader, file);
}

static void read_file(struct reader_of_files *reader, const struct capture *capture, enum part part)
{
    struct file *file = &reader->files[reader->now];

    file->part = part;
    if (!file_reader_open(reader, file, capture))
        return;
    worker_hold(reader->worker, file->source);
    read_to_the_end(reader, file);
    file_reader_close(reader, file);
    reader->now = !reader->now;
}

/* ---- a run: all of it, or a block ----------------------------------------------------------------- */

static bool is_stopping(const struct reader_of_files *reader)
{
    return atomic_load(&reader->worker->run->stopping);
}

/* Connections that may turn out to be scans are those of the block that saw them begin: not of the next one,
 * which counts what becomes of them. */
static void begin_block(struct reader_of_files *reader)
{
    pipeline_catch_up(&reader->worker->line);
    reader->waiting = flow_table_counts(reader->worker->line.flows)->waiting;
}

static void end_block(struct reader_of_files *reader)
{
    struct pipeline *line = &reader->worker->line;

    if (line->source == NULL)
        return;
    line->source->scans += flow_table_counts(line->flows)->waiting;
    file_reader_leave_scans(reader);
    file_reader_tell(reader, line->source);
    reader->after = *line->source;
    line->source = &reader->after;
    reader->part = PART_BEFORE;
}

static void read_on(struct reader_of_files *reader, const struct file_run *file_run)
{
    end_block(reader);
    for (size_t i = file_run->end; i < file_run->count && !is_stopping(reader) && awaits_more(reader); i++)
        read_file(reader, &file_run->captures[i], PART_BEYOND);
}

static void read_files(struct reader_of_files *reader, const struct file_run *file_run)
{
    for (size_t i = file_run->lead; i < file_run->end && !is_stopping(reader); i++) {
        if (i == file_run->begin)
            begin_block(reader);
        read_file(reader, &file_run->captures[i], i < file_run->begin ? PART_BEFORE : PART_OF_BLOCK);
    }
    if (file_run->end < file_run->count)
        read_on(reader, file_run);
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
        file_reader_tap(reader, file_run);
    else
        read_files(reader, file_run);
    file_reader_conclude(reader);
}

static void begin_work(struct reader_of_files *reader, struct worker *worker)
{
    const struct read_job *job = worker->run->work;

    reader->worker = worker;
    worker->line.wants = reader;
    worker->line.is_wanted = job->options->block > 0 ? is_of_block : NULL;
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
        begin_work(reader, worker);
    while (reader != NULL && (file_run = atomic_fetch_add(&job->next_file_run, 1)) < job->file_runs.count &&
        !atomic_load(&worker->run->stopping))
        read_file_run(reader, &job->file_runs.rows[file_run]);
    if (reader != NULL)
        free(reader->chain.rows);
    free(reader);
    worker_done(worker);
    return NULL;
}
