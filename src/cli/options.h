/* SPDX-License-Identifier: BSD-2-Clause */
/* options.h: what `read` and `watch` have in common on the command line. */
#ifndef LASTHELLO_OPTIONS_H
#define LASTHELLO_OPTIONS_H

#include <lasthello/sensor.h>

#include <argp.h>

#define DEFAULT_INVENTORY  "inventory.db"
#define DEFAULT_MEMORY_MIB 256
#define LEAST_MEMORY_MIB   16

extern const struct argp sensor_argp;

/* sensor_options_init sets the defaults; sensor_argp, as a child of a command's parser, fills the
 * rest in. The child's input must be the struct sensor_options. */
void sensor_options_init(struct sensor_options *options);

/* help_services puts the names of all services in the place of SERVICES in a sentence of --help: an argp's
 * help_filter. */
char *help_services(int key, const char *text, void *input);

/* parse_count reads a whole number within bounds; else a usage error that names the option. */
unsigned long parse_count(struct argp_state *state, const char *option, const char *text, unsigned long least,
    unsigned long most);

/* The subcommands, a file each: cmd_NAME.c. They return the exit status. */
int cmd_read(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_sync(int argc, char **argv);

#endif
