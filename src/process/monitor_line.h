/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor_line.h: what sensor and monitor say to each other. */
#ifndef LASTHELLO_MONITOR_LINE_H
#define LASTHELLO_MONITOR_LINE_H

#include <lasthello/process.h>

#include <pthread.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct monitor {
    int socket;
    pid_t parent;         /* the monitor */
    pthread_mutex_t lock; /* a request and its reply belong together */
    uint64_t asked;       /* requests so far */
    unsigned round;
};

enum wanted {
    WANTED_CAPTURE,
    WANTED_EVENTS,
    WANTED_METRICS,
    WANTED_METRICS_DONE,     /* no descriptor: it is in its place, */
    WANTED_INTERFACE,        /* no descriptor: is it there? */
    WANTED_INVENTORY,        /* an inventory_file, if it exists, */
    WANTED_INVENTORY_NEW,    /* ... or made where it does not, */
    WANTED_INVENTORY_LOOK,   /* ... no descriptor: what its name shows, */
    WANTED_INVENTORY_REMOVE, /* ... no descriptor: gone */
    WANTED_DATABASE,         /* likewise, of one of several databases: number * INVENTORY_FILES + file */
    WANTED_DATABASE_LOOK,
    WANTED_DATABASE_REMOVE,
};

struct request {
    enum wanted wanted;
    size_t index;
    int flags;       /* of open(2): WANTED_DATABASE */
    uint64_t number; /* the reply has it, too: a reply that came too late is known by it */
};

struct reply {
    int failure; /* errno; 0: yes, and a descriptor comes with it where one was asked for */
    uint64_t number;
    uint64_t device, inode, size; /* WANTED_INVENTORY_LOOK */
    unsigned mode;
};

/* reply_with_look writes what a look at a file said into its reply. */
void reply_with_look(struct reply *reply, const struct stat *about);
/* monitor_line_reply sends a reply, and a descriptor with it unless that is negative. It does not wait. */
bool monitor_line_reply(int socket, int descriptor, const struct reply *reply);

/* databases_answer does what is asked of a database's file: a descriptor, 0 for a yes without one, or
 * -errno. */
int databases_answer(const struct monitor_files *files, const struct request *request, struct reply *reply);

#endif
