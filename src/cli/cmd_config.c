/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_config.c: `lasthello config`: what is in force where no flag says otherwise, and where it is from. */
#include "data_files.h"
#include "options.h"
#include "say.h"
#include "settings.h"

#include <lasthello/clock.h>

#include <errno.h>
#include <string.h>
#include <time.h>

#define DEFAULT_BYTES 64

const struct argp_option config_options[] = {{0}};

/* "whole-file.conf:12" and the like stand behind the value. */
static void print_value(const char *word, const char *value, const char *origin)
{
    say("  %-14s %-34s %s", word, value, origin);
}

/* --help says it: "memory for the connection tables (default 256)". False: it has none, or it is not set. */
static bool find_default(const struct argp_option *option, char out[DEFAULT_BYTES])
{
    static const char before[] = "(default";
    const char *at = strstr(option->doc, before);

    if (at == NULL)
        return false;
    at += strlen(before);
    at += strspn(at, ": ");
    snprintf(out, DEFAULT_BYTES, "%.*s", (int)strcspn(at, ")"), at);
    return true;
}

static void print_default(const struct argp_option *option)
{
    char text[DEFAULT_BYTES];

    if (option->arg == NULL)
        print_value(option->name, "no", "default");
    else
        print_value(option->name, find_default(option, text) ? text : "-", "default");
}

static void print_option(
    const struct settings *settings, const struct command *command, const struct argp_option *option)
{
    const struct setting *row = NULL;
    char variable[VARIABLE_BYTES], origin[ORIGIN_BYTES];
    const char *text = settings_variable(option->name, variable);
    bool is_set = text != NULL;

    if (is_set)
        print_value(option->name, text, variable);
    while (!is_set && (row = settings_next(settings, command, option->name, row)) != NULL) {
        snprintf(origin, sizeof(origin), "%s:%u", settings->path, row->line);
        print_value(option->name, row->text, origin);
        if (settings_next(settings, command, option->name, row) == NULL)
            return;
    }
    if (!is_set)
        print_default(option);
}

static void print_command(const struct settings *settings, const struct command *command)
{
    const struct argp_option *option;

    if (command_option_at(command, 0) == NULL)
        return;
    printf("\n[%s]\n", command->name);
    for (size_t i = 0; (option = command_option_at(command, i)) != NULL; i++)
        print_option(settings, command, option);
}

static void print_all(const struct settings *settings, const struct command *only)
{
    struct data_files files;

    if (settings->path == NULL)
        puts("file       none: " SETTINGS_FILE " would be read");
    else
        say("file       %s, values: %zu", settings->path, settings->count);
    data_files_look(&files);
    data_files_print(stdout, &files, clock_day(time(NULL)));
    for (size_t i = 0; i < command_count; i++)
        if (only == NULL || only == &commands[i])
            print_command(settings, &commands[i]);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    const struct command **only = state->input;

    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    *only = command_find(argument);
    if (*only == NULL)
        wrong_usage(state, "'%s' is no command of lasthello", argument);
    return 0;
}

int cmd_config(int argc, char **argv)
{
    static const struct argp argp = {
        .options = config_options,
        .parser = parse,
        .args_doc = "[COMMAND]",
        .doc = "What each option is where no flag says otherwise, and where that is from: the environment "
               "(LASTHELLO_MEMORY), " SETTINGS_FILE
               ", or the default; and how old policies and rules of providers are.\v"
               "A flag comes before the environment, that before the file, and that before the default.",
    };
    const struct command *only = NULL;
    static struct settings settings;
    struct error error;

    argp_parse(&argp, argc, argv, 0, NULL, &only);
    if (!settings_load(&settings, &error)) {
        complain("%s", error.text);
        return EXIT_USAGE;
    }
    print_all(&settings, only);
    /* a reader that has seen enough (head, less) is no failure */
    if (fflush(stdout) == 0 || errno == EPIPE)
        return EXIT_DONE;
    complain("standard output: %s", strerror(errno));
    return EXIT_FAILED;
}
