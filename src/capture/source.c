/* SPDX-License-Identifier: BSD-2-Clause */
/* source.c: one face for all sources: looks at a file's first bytes and picks the reader that fits. */
#include "other_files.h"
#include "reader.h"
#include "shunt.h"

#include <lasthello/capture_marks.h>

#include <stdlib.h>
#include <time.h>

#define QUIET_TIMEOUTS 2 /* after a break, before the ring is believed to be empty */

struct source {
    const struct source_reader *reader;
    void *state; /* the reader's */
    enum source_kind kind;
    struct input input; /* of live sources: `stopped` alone */
    struct filter *filter;
    char *path;
    int64_t broken_ns; /* of live sources: when source_next noticed a source_break; 0: not yet */
};

static const struct source_reader *const readers[] = {&reader_pcapng, &reader_classic};

static const struct source_reader *find_reader(struct bytes head)
{
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
        if (readers[i]->fits(head))
            return readers[i];
    return NULL;
}

static bool refuse(const struct input *input, struct error *error)
{
    struct bytes head = input_head(input);
    char hex[3 * 4 + 1] = "";
    uint8_t byte;

    if (head.left == 0)
        return error_set(error, "%s: is empty", input->name);
    for (size_t i = 0; i < 4 && bytes_u8(&head, &byte); i++)
        snprintf(hex + 3 * i, sizeof(hex) - 3 * i, " %02x", byte);
    return error_set(error, "%s: not a capture file (pcap or pcapng); its first bytes are%s%s", input->name,
        hex, other_file_advice(input->name, input_head(input)));
}

static bool open_reader(struct source *source, const char *filter, struct error *error)
{
    if (filter != NULL && (source->filter = filter_open(filter, error)) == NULL)
        return false;
    source->state = source->reader->open(&source->input, source->filter, error);
    return source->state != NULL;
}

/* Bytes of UTF-8 that belong behind this one (RFC 3629 3). Returns false for one that begins no character. */
static bool begins_character(uint8_t byte, int *more)
{
    *more = byte < 0x80 ? 0 : byte < 0xe0 ? 1
        : byte < 0xf0                     ? 2
                                          : 3;
    if (byte < 0x80)
        return byte >= ' ' || (byte != 0 && strchr("\t\n\r\f", byte) != NULL);
    return byte >= 0xc2 && byte <= 0xf4;
}

/* Is this how a text begins: characters of UTF-8, printable, or what moves to the next line? The last may be
 * cut off. */
static bool is_text(struct bytes head)
{
    const bool any = head.left > 0;
    uint8_t byte;
    int more = 0;

    while (any && bytes_u8(&head, &byte)) {
        if (more > 0 ? byte >> 6 != 2 : !begins_character(byte, &more))
            return false;
        more -= byte >> 6 == 2;
    }
    return any;
}

/* Captures that rotate have a number, or a time, behind the ending. */
static bool is_named_as_capture(const char *path)
{
    const char *name = strrchr(path, '/');
    const char *end = strrchr(path, '.');

    return strcasestr(name == NULL ? path : name, ".pcap") != NULL ||
        (end != NULL && strcasecmp(end, ".cap") == 0);
}

/* An empty file tells nothing but by its name. */
static bool is_named_as_text(const char *path)
{
    static const char *const ends[] = {".txt", ".md", ".json", ".jsonl", ".log", ".csv", ".xml", ".html",
        ".yaml", ".yml", ".conf", ".py", ".sh"};
    const char *end = strrchr(path, '.');
    bool is_one = false;

    for (size_t i = 0; end != NULL && i < sizeof(ends) / sizeof(ends[0]); i++)
        is_one = is_one || strcasecmp(end, ends[i]) == 0;
    return is_one;
}

/* Is this no capture that went wrong, but something else? */
static bool are_notes(const char *path, struct bytes head)
{
    if (head.left == 0 || is_named_as_text(path))
        return is_named_as_text(path) && (head.left == 0 || is_text(head));
    if (bytes_begin_with(head, "SQLite format 3"))
        return true; /* somebody's inventory */
    return !is_named_as_capture(path) && is_text(head) && other_file_advice(path, head)[0] == '\0';
}

/* `is_notes`: the file can be read, and is no capture, but text. */
static struct source *open_file(
    const char *path, int fd, const char *filter, bool *is_notes, struct error *error)
{
    struct source *source = calloc(1, sizeof(*source));

    *is_notes = false;
    if (source == NULL || (source->path = strdup(path)) == NULL) {
        error_set(error, "%s: no memory left to open it", path);
    } else if (input_open(&source->input, source->path, fd, error)) {
        source->kind = strcmp(path, "-") == 0 ? SOURCE_STDIN : SOURCE_FILE;
        source->reader = find_reader(input_head(&source->input));
        *is_notes = source->reader == NULL && !refuse(&source->input, error) &&
            are_notes(path, input_head(&source->input));
        if (source->reader != NULL && open_reader(source, filter, error))
            return source;
    }
    source_close(source);
    return NULL;
}

struct source *source_open_file(const char *path, const char *filter, struct error *error)
{
    return source_open_handed(path, input_descriptor(path), filter, error);
}

struct source *source_open_handed(const char *path, int fd, const char *filter, struct error *error)
{
    bool is_notes;

    return open_file(path, fd, filter, &is_notes, error);
}

static bool is_within_a_day(int64_t a_ns, int64_t b_ns)
{
    const uint64_t day_ns = 86400 * (uint64_t)NANOSECONDS;

    return (uint64_t)a_ns - (uint64_t)b_ns + day_ns <= 2 * day_ns;
}

/* A first time that the two after it contradict is absurd: one of 1970 would put the file before
 * all others. */
static int64_t believable_first(struct source *source, int64_t first_ns)
{
    int64_t later_ns[2] = {first_ns, first_ns};
    struct packet packet;
    struct error ignored;

    for (size_t i = 0; i < 2; i++) {
        if (source_next(source, &packet, &ignored) != SOURCED_PACKET)
            return first_ns;
        later_ns[i] = packet.time_ns;
    }
    if (is_within_a_day(later_ns[0], later_ns[1]) && !is_within_a_day(first_ns, later_ns[0]))
        return later_ns[0];
    return first_ns;
}

static void take_first(struct source *source, struct source_first *first)
{
    struct capture_marks marks;
    struct packet packet;
    struct error ignored;

    first->is_capture = true;
    if (source_next(source, &packet, &ignored) != SOURCED_PACKET)
        return;
    capture_marks_begin(&marks, "");
    capture_marks_add(&marks, &packet);
    first->hash = marks.hash;
    first->time_ns = believable_first(source, packet.time_ns);
}

void source_look(const char *path, int fd, struct source_first *first)
{
    struct error ignored;
    struct source *source;

    *first = (struct source_first){.time_ns = INT64_MAX};
    source = open_file(path, fd, NULL, &first->is_text, &ignored);
    if (source != NULL)
        take_first(source, first);
    source_close(source);
}

struct source *source_open_live(const struct live_options *options, bool *is_down, struct error *error)
{
    struct source *source = calloc(1, sizeof(*source));

    *is_down = false;
    if (source == NULL) {
        error_set(error, "%s: no memory left to open it", options->interface);
        return NULL;
    }
    source->kind = SOURCE_LIVE;
    source->reader = &reader_live;
    source->input.fd = -1;
    source->state = live_open(options, is_down, error);
    if (source->state != NULL)
        return source;
    source_close(source);
    return NULL;
}

struct source *source_open_tap(const struct live_options sides[2], bool are_down[2], struct error errors[2])
{
    struct source *source = calloc(1, sizeof(*source));

    for (int i = 0; source == NULL && i < 2; i++) {
        are_down[i] = false;
        error_set(&errors[i], "%s: no memory left to open it", sides[i].interface);
    }
    if (source == NULL)
        return NULL;
    source->kind = SOURCE_LIVE;
    source->reader = &reader_tap;
    source->input.fd = -1;
    source->state = tap_open(sides, are_down, errors);
    if (source->state != NULL)
        return source;
    source_close(source);
    return NULL;
}

bool source_side_runs(const struct source *source, int side)
{
    return source->reader->runs != NULL && source->reader->runs(source->state, side);
}

/* What the kernel had captured before the break is still in its ring, or in a block that is not
 * full yet: that comes when the block is as old as the time-out and some ticks of the kernel's
 * clock, so that one time-out may be just too short. */
static enum sourced next_of_broken(struct source *source, struct packet *packet, struct error *error)
{
    enum sourced sourced = SOURCED_NOTHING;

    if (source->broken_ns == 0)
        source->broken_ns = clock_ns(CLOCK_REALTIME);
    for (int quiet = 0; quiet < QUIET_TIMEOUTS && sourced == SOURCED_NOTHING; quiet++)
        sourced = source->reader->next(source->state, packet, error);
    return sourced == SOURCED_PACKET && packet->time_ns <= source->broken_ns ? SOURCED_PACKET : SOURCED_END;
}

enum sourced source_next(struct source *source, struct packet *packet, struct error *error)
{
    enum sourced result;

    if (atomic_load_explicit(&source->input.stopped, memory_order_relaxed))
        return source->kind == SOURCE_LIVE ? next_of_broken(source, packet, error) : SOURCED_END;
    result = source->reader->next(source->state, packet, error);
    if (result == SOURCED_PACKET || source->kind == SOURCE_LIVE)
        return result;
    /* a read that was broken off looks like the end of the file, or like a cut packet */
    return atomic_load(&source->input.stopped) ? SOURCED_END : result;
}

bool source_revive(struct source *source)
{
    return source->reader->revive != NULL && source->reader->revive(source->state);
}

void source_statistics(struct source *source, struct source_statistics *statistics)
{
    *statistics = (struct source_statistics){
        .bytes_read = source->input.stored_read,
        .bytes_in_all = source->input.stored_bytes,
    };
    if (source->reader->statistics != NULL)
        source->reader->statistics(source->state, statistics);
}

static struct shunt *shunt_of(const struct source *source)
{
    return source->reader->shunt == NULL ? NULL : source->reader->shunt(source->state);
}

bool source_shunt(struct source *source, const struct endpoint *one, const struct endpoint *other,
    uint64_t observation)
{
    struct shunt *shunt = shunt_of(source);

    return shunt != NULL && shunt_add(shunt, one, other, observation);
}

void source_unshunt(struct source *source, const struct endpoint *one, const struct endpoint *other)
{
    struct shunt *shunt = shunt_of(source);

    if (shunt != NULL)
        shunt_remove(shunt, one, other);
}

bool source_shunted(struct source *source, struct shunted *next)
{
    struct shunt *shunt = shunt_of(source);

    return shunt != NULL && shunt_next(shunt, next);
}

const char *source_shunt_refused(const struct source *source)
{
    return source->reader->shunt_refused == NULL ? NULL : source->reader->shunt_refused(source->state);
}

enum source_kind source_kind(const struct source *source)
{
    return source->kind;
}

void source_break(struct source *source)
{
    atomic_store(&source->input.stopped, true);
}

void source_break_waits(void)
{
    input_stop_all();
}

void source_close(struct source *source)
{
    if (source == NULL)
        return;
    if (source->reader != NULL && source->state != NULL)
        source->reader->close(source->state);
    filter_close(source->filter);
    if (source->kind != SOURCE_LIVE)
        input_close(&source->input);
    free(source->path);
    free(source);
}
