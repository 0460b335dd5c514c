/* SPDX-License-Identifier: BSD-2-Clause */
/* options.h: what `read` and `watch` have in common on the command line. */
#ifndef LASTHELLO_OPTIONS_H
#define LASTHELLO_OPTIONS_H

#include <lasthello/dissector.h>

#include <argp.h>

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1, /* a source or the inventory failed; the others were still processed */
    EXIT_USAGE = 2,
};

#define DEFAULT_INVENTORY  "inventory.db"
#define DEFAULT_MEMORY_MIB 256
#define LEAST_MEMORY_MIB   16

/* How a session gets from packets into files, whatever the source. */
struct sensor_options {
    const char *inventory;
    const char *events; /* NULL: none */
    const char *site;
    const char *rules;  /* the providers' rules file; NULL: as installed */
    const char *user;   /* whom to become when started as root */
    unsigned keep_days; /* observations older than that are forgotten; 0: never */
    bool sandboxed;
    size_t memory_bytes;
    struct services services;
};

extern const struct argp sensor_argp;

/* sensor_options_init sets the defaults; sensor_argp, as a child of a command's parser, fills the rest in. The
 * child's input must be the struct sensor_options. */
void sensor_options_init(struct sensor_options *options);

/* Prints "lasthello: <sentence>" on standard error, with whatever a terminal would obey made visible. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* parse_count reads a whole number within bounds; else a usage error that names the option. */
unsigned long parse_count(struct argp_state *state, const char *option, const char *text, unsigned long least,
    unsigned long most);

/* Writes 18232 as "18,232". */
#define COUNT_TEXT_BYTES 32
const char *count_text(uint64_t number, char out[COUNT_TEXT_BYTES]);

/* The subcommands, a file each: cmd_NAME.c. They return the exit status. */
int cmd_read(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_report(int argc, char **argv);

#endif
