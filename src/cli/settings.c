/* SPDX-License-Identifier: BSD-2-Clause */
/* settings.c: environment and lasthello.conf, put before the flags as if they were some. */
#include "settings.h"

#include <lasthello/text.h>

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEYS_MAX  1024 /* of options: argp's `key` */
#define ADDED_MAX 512  /* words that are put before the flags */

/* ---- the file ------------------------------------------------------------------------------------ */

static bool any_has(const char *word)
{
    for (size_t i = 0; i < command_count; i++)
        if (command_option(&commands[i], word) != NULL)
            return true;
    return false;
}

static const char *take(void *context, const char *section, const char *word, const char *text, unsigned line)
{
    struct settings *settings = context;
    const struct command *command = section[0] == '\0' ? NULL : command_find(section);
    struct setting *row = &settings->rows[settings->count];

    if (section[0] != '\0' && command == NULL)
        return "the section is named like no command of lasthello";
    if (strlen(word) >= sizeof(row->word) || (command == NULL && !any_has(word)))
        return "no command has an option of this name; lasthello config shows all";
    if (command != NULL && command_option(command, word) == NULL)
        return "this command has no option of this name; lasthello config shows all";
    if (settings->count == SETTINGS_MAX)
        return "there are 256 values already";
    *row = (struct setting){.command = command, .line = line};
    snprintf(row->word, sizeof(row->word), "%s", word);
    snprintf(row->text, sizeof(row->text), "%s", text);
    settings->count++;
    return NULL;
}

bool settings_load(struct settings *settings, struct error *error)
{
    const char *named = secure_getenv("LASTHELLO_CONF");
    struct ini_file file = {.kind = "a configuration", .take = take, .context = settings};

    *settings = (struct settings){.path = named == NULL ? SETTINGS_FILE : named};
    file.path = settings->path;
    if ((named != NULL && named[0] == '\0') || (named == NULL && access(file.path, F_OK) != 0)) {
        settings->path = NULL;
        return true;
    }
    return ini_file_read(&file, error);
}

static bool holds_for(const struct setting *row, const struct command *section, const char *word)
{
    return row->command == section && strcmp(row->word, word) == 0;
}

/* Does the command's own section have the word? Then what holds for all does not. */
static const struct command *section_of(
    const struct settings *settings, const struct command *command, const char *word)
{
    for (size_t i = 0; i < settings->count; i++)
        if (holds_for(&settings->rows[i], command, word))
            return command;
    return NULL;
}

const struct setting *settings_next(const struct settings *settings, const struct command *command,
    const char *word, const struct setting *from)
{
    const struct command *section = section_of(settings, command, word);

    for (size_t i = from == NULL ? 0 : (size_t)(from - settings->rows) + 1; i < settings->count; i++)
        if (holds_for(&settings->rows[i], section, word))
            return &settings->rows[i];
    return NULL;
}

const char *settings_variable(const char *word, char name[VARIABLE_BYTES])
{
    snprintf(name, VARIABLE_BYTES, "LASTHELLO_%s", word);
    for (char *at = name; *at != '\0'; at++)
        *at = (char)(*at == '-' ? '_' : toupper((unsigned char)*at));
    return secure_getenv(name);
}

/* ---- which flags were given ----------------------------------------------------------------------- */

static bool given[KEYS_MAX]; /* by a flag */

/* argp_parser_t has no const. NOLINTNEXTLINE(readability-non-const-parameter) */
static error_t note_flag(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    (void)state;
    if (key > 0 && key < KEYS_MAX)
        given[key] = true;
    return 0;
}

/* What is wrong with the flags, their parser says later. */
static void note_flags(const struct command *command, int argc, char **argv)
{
    struct argp noting[OPTION_TABLES_MAX] = {0};
    struct argp_child children[OPTION_TABLES_MAX] = {0};
    char **copy = calloc((size_t)argc + 1, sizeof(*copy));

    if (copy == NULL)
        return;
    for (size_t i = 0; i < OPTION_TABLES_MAX && command->options[i] != NULL; i++) {
        noting[i] = (struct argp){.options = command->options[i], .parser = note_flag};
        if (i > 0)
            children[i - 1].argp = &noting[i];
    }
    noting[0].children = children;
    memcpy(copy, argv, (size_t)argc * sizeof(*copy)); /* getopt puts them into another order */
    argp_parse(noting, argc, copy, ARGP_SILENT, NULL, NULL);
    free(copy);
}

/* ---- words before the flags ----------------------------------------------------------------------- */

static struct {
    char *words[ADDED_MAX]; /* "--memory=512"; argp keeps pointers into them */
    char *origins[ADDED_MAX];
    int count;
    char **all; /* with the flags behind them */
} added;

static void refuse(struct argp_state *state, const char *text)
{
    char visible[4 * ERROR_TEXT_BYTES];

    text_visible((struct bytes){(const uint8_t *)text, strlen(text)}, visible, sizeof(visible));
    argp_error(state, "%s", visible);
}

void wrong_usage(struct argp_state *state, const char *format, ...)
{
    char text[ERROR_TEXT_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    refuse(state, text);
}

/* Not from a flag: then state->next is behind the word. */
void usage_error(struct argp_state *state, const char *format, ...)
{
    const int at = state->next - 2; /* the first word is the program's name */
    char text[ERROR_TEXT_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (at < 0 || at >= added.count) {
        refuse(state, text);
        return;
    }
    complain("%s: %s", added.origins[at], text);
    exit(EXIT_USAGE);
}

static bool add(const struct argp_option *option, const char *text, const char *origin, struct error *error)
{
    const bool is_no = strcmp(text, "no") == 0;

    if (option->arg == NULL && !is_no && strcmp(text, "yes") != 0)
        return error_set(error, "%s: %s is yes or no, not '%s'", origin, option->name, text);
    if (option->arg == NULL && is_no)
        return true;
    if (added.count == ADDED_MAX || (added.origins[added.count] = strdup(origin)) == NULL ||
        asprintf(&added.words[added.count], "--%s%s%s", option->name, option->arg == NULL ? "" : "=",
            option->arg == NULL ? "" : text) < 0)
        return error_set(error, "%s: not enough memory for so many values", origin);
    added.count++;
    return true;
}

static bool add_option(const struct settings *settings, const struct command *command,
    const struct argp_option *option, struct error *error)
{
    const struct setting *row = NULL;
    char origin[ORIGIN_BYTES], variable[VARIABLE_BYTES];
    const char *text = settings_variable(option->name, variable);

    if (given[option->key])
        return true;
    if (text != NULL)
        return add(option, text, variable, error);
    while ((row = settings_next(settings, command, option->name, row)) != NULL) {
        snprintf(origin, sizeof(origin), "%s:%u", settings->path, row->line);
        if (!add(option, row->text, origin, error))
            return false;
    }
    return true;
}

static bool add_all(const struct command *command, struct error *error)
{
    static struct settings settings;
    const struct argp_option *option;

    if (!settings_load(&settings, error))
        return false;
    for (size_t i = 0; (option = command_option_at(command, i)) != NULL; i++)
        if (!add_option(&settings, command, option, error))
            return false;
    return true;
}

static const struct command *command_of(const char *full_name)
{
    const char *blank = strchr(full_name, ' ');

    return command_find(blank == NULL ? full_name : blank + 1);
}

void settings_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    const struct command *command = command_of(argv[0]);
    struct error error = {"not enough memory to begin"};
    char **words = NULL;

    note_flags(command, argc, argv);
    if (add_all(command, &error))
        words = added.all = calloc((size_t)(argc + added.count) + 1, sizeof(*words));
    if (words == NULL) {
        complain("%s", error.text);
        exit(EXIT_USAGE);
    }
    words[0] = argv[0];
    memcpy(&words[1], added.words, (size_t)added.count * sizeof(*words));
    memcpy(&words[1 + added.count], &argv[1], (size_t)(argc - 1) * sizeof(*words));
    argp_parse(argp, argc + added.count, words, 0, NULL, input);
}
