/* SPDX-License-Identifier: BSD-2-Clause */
/* changes.h: who waits to be told that there is something new, as server-sent events (HTML 9.2). */
#ifndef LASTHELLO_SERVE_CHANGES_H
#define LASTHELLO_SERVE_CHANGES_H

#include <stddef.h>
#include <stdint.h>

#define EVENT_BYTES    96
#define SIGN_OF_LIFE_S 15   /* a line that means nothing, so that a dead line is noticed */
#define NO_EVENT_YET   (-1) /* of a reader that says nothing of what it has */

/* What one reader was told last. */
struct listener {
    int64_t told;    /* revision; NO_EVENT_YET: whatever there is now is no news to it */
    int64_t spoke_s; /* seconds of a clock that only grows */
};

/* listener_begin: `last_id` is that of the Last-Event-ID header (HTML 9.2.4), NULL where there is none. */
void listener_begin(struct listener *listener, const char *last_id, int64_t now_s);

/* listener_next writes what it is to be told now, and returns its length; 0: nothing. */
size_t listener_next(struct listener *listener, int64_t revision, int64_t now_s, char out[EVENT_BYTES]);

#endif
