/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c: finds the command that the first word names, and runs it. */
#include "commands.h"
#include "data_files.h"
#include "options.h"
#include "safe_stderr.h"

#include <lasthello/clock.h>
#include <lasthello/judge.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_help(FILE *out)
{
    fputs("lasthello finds the hosts that still negotiate TLS 1.0 or 1.1 when they fetch mail over POP3 and "
          "IMAP,\n"
          "from a mirror port or from capture files, and keeps them in an SQLite inventory.\n\n"
          "Usage: lasthello COMMAND [OPTION...] ...\n\n",
        out);
    for (size_t i = 0; i < command_count; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].description);
    fputs("\nStart with:  lasthello read FILE-OR-FOLDER && lasthello report\n"
          "More:        lasthello COMMAND --help, man lasthello\n",
        out);
}

static void print_version(void)
{
    struct data_files files;

    printf("lasthello %s (%s)\n" LASTHELLO_BUILT_WITH "\n", LASTHELLO_VERSION, providers_version());
    data_files_look(&files);
    data_files_print(stdout, &files, clock_day(time(NULL)));
}

static bool is_any(const char *word, const char *one, const char *other, const char *third)
{
    return strcmp(word, one) == 0 || strcmp(word, other) == 0 || strcmp(word, third) == 0;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    char full_name[32];

    snprintf(full_name, sizeof(full_name), "%s", command->full_name);
    argv[0] = full_name;
    argp_err_exit_status = EXIT_USAGE;
    return command->run(argc, argv);
}

/* Where the caller has closed one, a file of ours would take its number, and be read or written by mistake.
 * What takes its place instead can be neither read, for the first, nor written: that still fails. */
static bool keep_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    const struct command *command;
    char names[COMMAND_NAMES_BYTES];

    if (!keep_standard_descriptors())
        return EXIT_FAILED;
    safe_stderr_begin();
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (is_any(argv[1], "--help", "-h", "help")) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (is_any(argv[1], "--version", "-V", "version")) {
        print_version();
        return EXIT_DONE;
    }
    command = command_find(argv[1]);
    if (command != NULL)
        return run_command(command, argc - 1, argv + 1);
    complain("'%s' is no command; there are %s: lasthello --help", argv[1], command_names(names));
    return EXIT_USAGE;
}
