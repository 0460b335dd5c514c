/* SPDX-License-Identifier: BSD-2-Clause */
/* settings.h: what an option is where no flag says it: what the environment has for it, else lasthello.conf.
 *
 * The environment names an option as LASTHELLO_MEMORY; the file as `memory`, in the section of its command,
 * or before the first section for each command that has it. A flag without a value is yes or no there. */
#ifndef LASTHELLO_SETTINGS_H
#define LASTHELLO_SETTINGS_H

#include "commands.h"

#include <lasthello/ini_file.h>

#define SETTINGS_FILE  "/etc/lasthello/lasthello.conf" /* LASTHELLO_CONF names another; empty: none */
#define SETTINGS_MAX   256
#define WORD_BYTES     32
#define ORIGIN_BYTES   320
#define VARIABLE_BYTES 64

struct setting {
    const struct command *command; /* NULL: of each that has this option */
    char word[WORD_BYTES];
    char text[INI_TEXT_BYTES];
    unsigned line;
};

struct settings {
    const char *path; /* NULL: there is no file */
    struct setting rows[SETTINGS_MAX];
    size_t count;
};

/* settings_load reads the file. One that is missing is none, unless the environment names it. */
bool settings_load(struct settings *settings, struct error *error);

/* settings_next: after `from` (NULL: from the first on), the next row of the file that holds for this option
 * of the command; those of its own section come instead of the others. NULL: there is no more. */
const struct setting *settings_next(const struct settings *settings, const struct command *command,
    const char *word, const struct setting *from);

/* settings_variable yields what the environment has for an option, and writes the variable's name; NULL:
 * nothing. A program with more rights than its caller has an empty environment. */
const char *settings_variable(const char *word, char name[VARIABLE_BYTES]);

/* settings_parse is argp_parse(3) over the flags, and what environment and file have for options without one.
 * What is wrong with these ends the program, as it does for flags. */
void settings_parse(const struct argp *argp, int argc, char **argv, void *input);

/* wrong_usage is argp_error(3), whose sentence begins no line of its own and steers no terminal, whatever
 * was typed. */
void wrong_usage(struct argp_state *state, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* usage_error is wrong_usage about the value of the option that is being parsed; where that is not from a
 * flag, the sentence says where it stands. */
void usage_error(struct argp_state *state, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
