/* SPDX-License-Identifier: BSD-2-Clause */
/* file_tap.c: two files, by time. */
#include "file_reader.h"

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
    file_reader_mark(&file->record, &direction->packet);
    if (!direction->packet.left_out)
        pipeline_packet(&reader->worker->line, &direction->packet);
    if (file->record.marks.packets % LOOK_UP_PACKETS == 0)
        file_reader_look_up(reader, file);
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

void file_reader_tap(struct reader_of_files *reader, const struct file_run *file_run)
{
    struct direction directions[2] = {{.file = &reader->files[0]}, {.file = &reader->files[1]}};
    bool opened[2];

    for (int i = 0; i < 2; i++) {
        reader->files[i].part = PART_OF_BLOCK;
        opened[i] = file_reader_open(reader, &reader->files[i], &file_run->captures[i]);
    }
    if (opened[0] && opened[1])
        read_directions(reader, directions);
    for (int i = 0; i < 2; i++) {
        if (!opened[i])
            continue;
        turn_to(reader, &reader->files[i]);
        file_reader_finish(reader, &reader->files[i]);
        file_reader_close(reader, &reader->files[i]);
    }
}
