/* SPDX-License-Identifier: BSD-2-Clause */
/* events.h: a settled session as one line of JSON, and the events file: lines appended by several workers,
 * whole. */
#ifndef LASTHELLO_EVENTS_H
#define LASTHELLO_EVENTS_H

#include <lasthello/error.h>
#include <lasthello/session.h>

struct events;

/* events_open: `descriptor` is the file at `path`, opened to be appended to, and its own from then on;
 * negative: it could not be opened, by -errno. "-" is standard output; `descriptor` is then not looked at.
 * `waits`: a reader that is slow is waited for, as when files are read; else what has no room in
 * EVENTS_BUFFER_BYTES is lost, and counted. */
struct events *events_open(const char *path, int descriptor, bool waits, struct error *error);
#define EVENTS_BUFFER_BYTES ((size_t)8 << 20)
/* events_start begins to write, in a thread of its own: until then lines wait. No lock is held while it
 * writes. */
bool events_start(struct events *events, struct error *error);
/* The descriptor that is written to, which a sandbox must leave writable. */
int events_descriptor(const struct events *events);
/* events_reopen goes on in a new file of the same name, because the old one was moved away: in `descriptor`,
 * its own from then on; negative: it could not be opened, by -errno. False: it goes on in the old one.
 * Nothing to do for standard output. What waits because the old one takes nothing goes into the new one. */
bool events_reopen(struct events *events, int descriptor, struct error *error);
/* events_write appends a line; NULL is one for which there was no memory: it is lost, and counts as lost. */
void events_write(struct events *events, const char *line);
/* events_flush: what waits shall be written now; before events_start it is written by the caller, as far as
 * it can be without waiting. */
void events_flush(struct events *events);
/* events_stop: nobody waits for a reader any more. */
void events_stop(struct events *events);
/* events_are_written: does no line wait? */
bool events_are_written(struct events *events);
/* events_news yields a sentence when lines begin to be lost, and another when they can be written again;
 * false: there is nothing new. A line that was cut does not stay in a file. */
bool events_news(struct events *events, struct error *news);
/* events_fail: were the last lines lost? */
bool events_fail(struct events *events);
/* events_lost: how many lines were, so far. */
unsigned long events_lost(struct events *events);
/* events_close writes what waits, as far as that is taken within two seconds. False: lines were lost,
 * how many and why. */
bool events_close(struct events *events, struct error *error);

/* event_line writes one session as one JSON object and a newline in the words of the Elastic Common Schema:
 * flat dotted keys, unknown is absent. */
struct event_context {
    const char *observer;
    const char *source;       /* name of the file or interface of the first packet */
    const char *community_id; /* NULL: absent */
};
/* Returns a text that the caller frees; NULL: no memory. */
char *event_line(const struct session *session, const struct event_context *context);

#endif
