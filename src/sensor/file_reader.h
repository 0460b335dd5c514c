/* SPDX-License-Identifier: BSD-2-Clause */
/* file_reader.h: one file after the other, by one worker: what is known of those that continue each other. */
#ifndef LASTHELLO_FILE_READER_H
#define LASTHELLO_FILE_READER_H

#include "read_files.h"

#define LOOK_UP_PACKETS 4096 /* between two looks at the clock */

/* What is to be kept of a file. */
enum part {
    PART_OF_BLOCK, /* all */
    PART_BEFORE,   /* nothing: what is open where the block begins is learnt from it */
    PART_BEYOND,   /* that it was read so far, for the block's sessions that go on into it */
};

/* A file that is being read. */
struct file {
    enum part part;
    const struct capture *capture;
    struct source *source;
    struct source_record record;
    uint64_t bytes_shown; /* of its size, as far as the progress knows */
    uint64_t dropped;     /* packets, as the file says; a rotated capture counts on from file to file */
    bool is_lasting;      /* a file that can be read again, not a pipe */
    bool begun;           /* its record has been told */
};

/* Files that continue each other: what is known of each is concluded when no session is open any more. A file
 * that has again what the last one has stands in it, and does not continue it. */
struct chain {
    struct chain_row {
        struct conclusion conclusion;
        uint64_t end; /* packets up to and with its last one */
        enum part part;
    } * rows;
    size_t count, room;
    uint64_t packets;           /* of all of them */
    uint64_t begin;             /* packets before the one that the chain ends with */
    struct capture_marks marks; /* of that one */
    struct capture_anchors anchors;
};

struct reader_of_files {
    struct worker *worker;
    struct file files[2]; /* the one that is being read, and the one before it */
    unsigned now;
    struct chain chain;
    enum part part;             /* of the file that the counters grow for */
    uint64_t waiting;           /* connections of files before the block that may turn out to be scans */
    struct source_record after; /* what is counted when the block is over, and kept nowhere */
};

/* file_reader_open fills `file`, but for its part, and opens the capture. False: there is nothing to read;
 * that has been told. */
bool file_reader_open(struct reader_of_files *reader, struct file *file, const struct capture *capture);
/* file_reader_begin: its first packet was read, `packet`; NULL: it has none. */
void file_reader_begin(struct reader_of_files *reader, struct file *file, const struct packet *packet);
/* file_reader_mark adds a packet to those by which the capture is known again. */
void file_reader_mark(struct source_record *record, const struct packet *packet);
/* file_reader_look_up shows how far it got, and hands over what is due; every LOOK_UP_PACKETS. */
void file_reader_look_up(struct reader_of_files *reader, struct file *file);
/* file_reader_finish: there are no more packets. file_reader_close comes after it. */
void file_reader_finish(struct reader_of_files *reader, struct file *file);
void file_reader_close(struct reader_of_files *reader, struct file *file);
/* file_reader_tell stores what is known of a source by now, if anything of it is to be kept. */
void file_reader_tell(struct reader_of_files *reader, const struct source_record *record);
/* file_reader_leave_scans takes those off the source that files before the block have counted. */
void file_reader_leave_scans(struct reader_of_files *reader);
/* file_reader_conclude ends all sessions that began in the chain's files. */
void file_reader_conclude(struct reader_of_files *reader);

/* file_reader_tap reads a run of two files, which are the two directions of one link. */
void file_reader_tap(struct reader_of_files *reader, const struct file_run *file_run);

#endif
