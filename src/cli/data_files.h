/* SPDX-License-Identifier: BSD-2-Clause */
/* data_files.h: how old what the program judges by is: policies, and the rules that name providers. */
#ifndef LASTHELLO_DATA_FILES_H
#define LASTHELLO_DATA_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define DATA_DAY_BYTES 16

struct data_files {
    size_t policies; /* as installed, and of this machine */
    unsigned refused;
    char sources_seen[DATA_DAY_BYTES]; /* the oldest day or month on which a policy's sources were read */
    size_t rules;
    char rules_oldest[DATA_DAY_BYTES], rules_newest[DATA_DAY_BYTES]; /* when they were checked */
};

/* data_files_rules: the rules that name providers, as installed; NULL: there are none. */
const char *data_files_rules(void);

/* data_files_look reads both as installed; what is not there counts as none. */
void data_files_look(struct data_files *files);
/* data_files_print writes a line about each, and how many days ago that was on `today` (days since 1970). */
void data_files_print(FILE *out, const struct data_files *files, int64_t today);

#endif
