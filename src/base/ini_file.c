/* SPDX-License-Identifier: BSD-2-Clause */
/* ini_file.c: reads an INI file. libinih cuts a line at 199 bytes and the name of a section at 49, and
 * ends a text at a blank and a semicolon: here each line is looked at before libinih has it, and what it
 * would change silently is refused. */
#include <lasthello/bytes.h>
#include <lasthello/ini_file.h>
#include <lasthello/text.h>

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTION_BYTES_MAX 49 /* libinih's MAX_SECTION, less its end */

struct reading {
    struct ini_file *file;
    char *data; /* of the file, with a zero behind it */
    size_t len, at;
    unsigned line; /* the one that was read last */
    struct error *error;
};

static bool refuse(struct reading *reading, const char *reason)
{
    if (reading->error->text[0] == '\0')
        error_set(reading->error, "%s:%u: %s", reading->file->path,
            reading->line > 0 ? reading->line : 1, reason);
    return false;
}

/* ---- lines --------------------------------------------------------------------------------------- */

static bool is_visible(const char *line, size_t len)
{
    char visible[4 * INI_TEXT_BYTES];

    text_visible((struct bytes){(const uint8_t *)line, len}, visible, sizeof(visible));
    return strcmp(visible, line) == 0;
}

static const char no_form[] = "it is neither [section], nor word = text, nor a comment (; or #)";

static bool is_form(const char *line)
{
    return line[0] == '\0' || (line[0] == '[' ? strchr(line, ']') : strpbrk(line, "=:")) != NULL;
}

/* What libinih would take for something else than its writer meant. NULL: nothing. */
static const char *wrong_line(const char *line, size_t len)
{
    const char *start = line + strspn(line, " \t");

    const char *wrong = text_wrong_line((struct bytes){(const uint8_t *)line, len});

    if (wrong != NULL)
        return wrong;
    if (line[0] == ';' || line[0] == '#')
        return NULL;
    if (len >= INI_TEXT_BYTES - 1) /* less the line's end */
        return "a line has at most 198 bytes; a list, and a text, goes on with the same word in the next "
               "line";
    if (!is_visible(line, len))
        return "it holds what is no text in UTF-8, or is invisible";
    if (strstr(line, " ;") != NULL || strstr(line, "\t;") != NULL)
        return "a blank and a semicolon would begin a comment";
    if (start[0] == '[' && strcspn(start, "]") > SECTION_BYTES_MAX)
        return "the name of a section has at most 49 bytes";
    if (start != line && start[0] != '\0')
        return "it begins with a blank: write the word once more";
    return is_form(start) ? NULL : no_form;
}

/* A comment may be longer than libinih's line: an empty line is left of it. */
static char *give_line(struct reading *reading, char *out, int size, const char *line, size_t len)
{
    if (line[0] == ';' || line[0] == '#')
        len = 0;
    if (len + 2 > (size_t)size) {
        refuse(reading, "this libinih was built for shorter lines");
        return NULL;
    }
    memcpy(out, line, len);
    memcpy(out + len, "\n", 2);
    return out;
}

/* fgets for libinih. */
static char *next_line(char *out, int size, void *stream)
{
    struct reading *reading = stream;
    char *line = reading->data + reading->at;
    char *end = memchr(line, '\n', reading->len - reading->at);
    const size_t len = end == NULL ? reading->len - reading->at : (size_t)(end - line);
    const char *wrong;

    if (reading->at == reading->len || reading->error->text[0] != '\0')
        return NULL;
    line[len] = '\0'; /* over the line's end, or the zero behind the file */
    reading->at += len + (end != NULL);
    reading->line++;
    wrong = wrong_line(line, len);
    if (wrong != NULL) {
        refuse(reading, wrong);
        return NULL;
    }
    if (line[0] == '[')
        reading->file->section_line = reading->line;
    return give_line(reading, out, size, line, len);
}

static int take(void *user, const char *section, const char *name, const char *text)
{
    struct reading *reading = user;
    const char *wrong = reading->file->take(reading->file->context, section, name, text, reading->line);

    if (wrong == NULL)
        return 1;
    if (reading->error->text[0] == '\0')
        error_set(reading->error, "%s:%u: %s = %s: %s", reading->file->path, reading->line, name, text,
            wrong);
    return 0;
}

/* ---- the file ------------------------------------------------------------------------------------ */

static bool read_all(int fd, struct reading *reading)
{
    ssize_t got;

    reading->data = calloc(1, INI_FILE_BYTES + 1);
    if (reading->data == NULL)
        return error_set(reading->error, "%s: not enough memory to read it", reading->file->path);
    while ((got = read(fd, reading->data + reading->len, INI_FILE_BYTES - reading->len)) > 0)
        reading->len += (size_t)got;
    if (got < 0)
        return error_set(reading->error, "%s: %s", reading->file->path, strerror(errno));
    return reading->len < INI_FILE_BYTES ||
        error_set(reading->error, "%s: %s has less than 64 KiB", reading->file->path, reading->file->kind);
}

/* A pipe, of which nothing comes, is not waited for. */
static bool load(struct reading *reading)
{
    struct stat about;
    int fd = open(reading->file->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    bool loaded;

    if (fd < 0)
        return error_set(reading->error, "%s: %s", reading->file->path, strerror(errno));
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        loaded = error_set(reading->error, "%s: is no file", reading->file->path);
    else
        loaded = read_all(fd, reading);
    close(fd);
    return loaded;
}

static bool check_mark(struct reading *reading)
{
    const char *wrong =
        text_wrong_mark((struct bytes){(const uint8_t *)reading->data, reading->len});

    return wrong == NULL || refuse(reading, wrong);
}

static bool parse(struct reading *reading)
{
    const int bad_line = ini_parse_stream(next_line, reading, take, reading);

    reading->file->lines = reading->line;
    if (reading->error->text[0] != '\0')
        return false;
    if (bad_line == 0)
        return true;
    reading->line = bad_line > 0 ? (unsigned)bad_line : reading->line;
    return refuse(reading, no_form);
}

bool ini_file_read(struct ini_file *file, struct error *error)
{
    struct reading reading = {.file = file, .error = error};
    bool is_read;

    error->text[0] = '\0';
    is_read = load(&reading) && check_mark(&reading) && parse(&reading);
    free(reading.data);
    return is_read;
}
