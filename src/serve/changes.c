/* SPDX-License-Identifier: BSD-2-Clause */
/* changes.c: who waits to be told that there is something new. */
#include "changes.h"

#include <stdio.h>
#include <stdlib.h>

void listener_begin(struct listener *listener, const char *last_id, int64_t now_s)
{
    char *end = NULL;
    const long long last = last_id == NULL ? 0 : strtoll(last_id, &end, 10);

    listener->told = end != NULL && end != last_id && *end == '\0' && last >= 0 ? last : NO_EVENT_YET;
    listener->spoke_s = now_s - SIGN_OF_LIFE_S; /* the first line tells the browser that it is connected */
}

size_t listener_next(struct listener *listener, int64_t revision, int64_t now_s, char out[EVENT_BYTES])
{
    int len = 0;

    if (listener->told == NO_EVENT_YET)
        listener->told = revision;
    if (listener->told != revision)
        len = snprintf(out, EVENT_BYTES, "event: changed\nid: %lld\ndata: %lld\n\n", (long long)revision,
            (long long)revision);
    else if (now_s - listener->spoke_s >= SIGN_OF_LIFE_S)
        len = snprintf(out, EVENT_BYTES, ": here\nid: %lld\n\n", (long long)revision);
    if (len > 0)
        listener->spoke_s = now_s;
    listener->told = revision;
    return len > 0 && len < EVENT_BYTES ? (size_t)len : 0;
}
