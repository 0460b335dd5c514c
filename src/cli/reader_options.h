/* SPDX-License-Identifier: BSD-2-Clause */
/* reader_options.h: what `report` and `serve` have in common on the command line: by what clients are judged,
 * named and helped, and whether the process gives its rights up. */
#ifndef LASTHELLO_READER_OPTIONS_H
#define LASTHELLO_READER_OPTIONS_H

#include "policy_choice.h"

#include <lasthello/assets.h>
#include <lasthello/remedy.h>

#include <argp.h>

struct inventory;

struct reader_options {
    struct policy_choice choice;
    const char *assets_path;   /* NULL: that of this machine, if there is one */
    const char *remedies_path; /* NULL: as installed, and of this machine */
    bool no_sandbox;
    /* What was read; the arrays belong to reader_options_close. */
    struct policies policies;
    struct assets *assets; /* NULL: none */
    struct remedies remedies;
};

/* As a child of a command's parser. The child's input must be the struct reader_options, zeroed before. */
extern const struct argp reader_argp;

/* reader_options_load reads the files. False: one that was named cannot be used. */
bool reader_options_load(struct reader_options *options, struct error *error);
/* reader_options_use has the inventory judge, name and help by what was read, which must outlive it. */
void reader_options_use(const struct reader_options *options, struct inventory *inventory);
/* reader_options_close: also after a load that failed. */
void reader_options_close(struct reader_options *options);

#endif
