/* SPDX-License-Identifier: BSD-2-Clause */
/* request.h: what is asked for by a path and its parameters, and the reply. Knows no HTTP library. */
#ifndef LASTHELLO_SERVE_REQUEST_H
#define LASTHELLO_SERVE_REQUEST_H

#include <lasthello/serve.h>

#define PARAMETER_BYTES 256 /* of one value; a longer one is refused */

/* The parameters of a request: those that filter, by the names of the options of `lasthello report`, and
 * those of the view of the table of clients. */
enum parameter {
    PARAMETER_SINCE,
    PARAMETER_UNTIL,
    PARAMETER_NETWORK,
    PARAMETER_PROVIDER,
    PARAMETER_VERSION,
    PARAMETER_CAUSE,
    PARAMETER_SERVICE,
    PARAMETER_VERDICT,
    PARAMETER_OWNER,
    PARAMETER_AS_OF,
    PARAMETER_Q,
    PARAMETER_SHOW,
    PARAMETER_SORT,
    PARAMETER_PAGE,
    PARAMETER_COUNT,
};

/* Who answers a request. */
enum lane {
    LANE_AT_ONCE, /* whoever has read it: it asks nothing that takes time */
    LANE_COUNTS,  /* numbers of all clients, for Prometheus */
    LANE_ROWS,
    LANE_COUNT,
};

struct request {
    const char *path;
    const char *parameters[PARAMETER_COUNT]; /* NULL: not given */
    const char *notice;                      /* what is wrong with the inventory's file; NULL: nothing */
};

/* The name of a parameter: "as-of". */
const char *parameter_name(enum parameter parameter);

struct reply {
    unsigned status; /* of HTTP (RFC 9110 15) */
    const char *type;
    char *text; /* the caller frees it; NULL: no memory */
    size_t size;
};

/* request_lane: that of a path that is none is LANE_AT_ONCE. */
enum lane request_lane(const struct request *request);
/* request_answer answers it from the inventory, which nobody else asks meanwhile. A path that is none is 404,
 * a filter that cannot be read 400 with a sentence, an inventory that cannot be read 500 with a sentence. */
void request_answer(const struct serving *serving, struct inventory *inventory, const struct request *request,
    struct reply *reply);
/* The reply to a request that comes too late (503), in the place of what it was, or of nothing. */
void reply_that_it_ends(struct reply *reply);

/* host_is_allowed: does a Host header name this machine, or one of `hosts`? So a page of somebody else whose
 * name was made to mean 127.0.0.1 reads nothing (DNS rebinding). NULL: there was none; that is refused. */
bool host_is_allowed(const struct serving *serving, const char *host);

#endif
