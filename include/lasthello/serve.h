/* SPDX-License-Identifier: BSD-2-Clause */
/* serve.h: the page of an inventory, live, over HTTP/1.1 (RFC 9110, RFC 9112), to this machine alone.
 *
 * Nothing is written, and no request changes anything: GET and HEAD only, no cookie, no state. TLS and logins
 * are a reverse proxy's job. */
#ifndef LASTHELLO_SERVE_H
#define LASTHELLO_SERVE_H

#include <lasthello/error.h>
#include <lasthello/report.h>

#include <stdbool.h>
#include <stddef.h>

#define SERVE_CONNECTIONS_MAX 1000 /* more are not accepted until one ends */
#define SERVE_HOSTS_MAX       16
#define SERVE_READERS         3 /* requests that are answered at once */

/* What is served, and to whom. */
struct serving {
    /* as `lasthello report` would write it; out, format and filters are those of each request */
    struct report report;
    /* each open, prepared as that of the report, which is asked for what is new alone: a thread's own */
    struct inventory *inventories[SERVE_READERS];
    const char *hosts[SERVE_HOSTS_MAX]; /* names that a Host header may have beside those of this machine */
    size_t host_count;
    int watched; /* what serve_watch returned */
};

/* serve_listen opens a socket at "127.0.0.1:8993", "[::1]:8993" or "unix:PATH", and nowhere else. -1 with a
 * sentence. A socket file that nobody listens at is replaced. */
int serve_listen(const char *where, struct error *error);

/* serve_watch begins to note what happens to the files of the inventory at `path`: before a sandbox, and
 * before they are opened. A descriptor for struct serving; -1: they cannot be watched, and nothing will be
 * said of it. */
int serve_watch(const char *path);

/* serve_run answers requests at `listener` until `stop` says so, which it asks four times a second. It begins
 * threads: what a sandbox takes is taken before. False with a sentence if it cannot begin, or
 * if another file has taken the inventory's place, which it may not open: it is to be started again. */
bool serve_run(int listener, const struct serving *serving, bool (*stop)(void), struct error *error);

#endif
