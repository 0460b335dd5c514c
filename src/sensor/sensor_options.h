/* SPDX-License-Identifier: BSD-2-Clause */
/* sensor_options.h: what `read` and `watch` are told, whatever the source. */
#ifndef LASTHELLO_SENSOR_OPTIONS_H
#define LASTHELLO_SENSOR_OPTIONS_H

#include <lasthello/dissector.h>

/* How a session gets from packets into files, whatever the source. */
struct sensor_options {
    const char *inventory;
    const char *events; /* NULL: none */
    const char *site;
    const char *rules;  /* the providers' rules file; NULL: as installed */
    const char *user;   /* user to drop privileges to when started as root */
    unsigned keep_days; /* observations older than that are forgotten; 0: never */
    bool sandboxed;
    size_t memory_bytes;
    struct services services;
};

#endif
