/* SPDX-License-Identifier: BSD-2-Clause */
/* journal.c: datagrams in the native protocol of systemd's journal: a line for each field. */
#include <lasthello/error.h>
#include <lasthello/journal.h>
#include <lasthello/text.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define SENTENCE_BYTES 2048
#define VALUE_BYTES    512
#define ENTRY_BYTES    (SENTENCE_BYTES + (JOURNAL_FIELDS_MAX + 1) * VALUE_BYTES)

static int journal = -1; /* before any thread begins */

/* "DEVICE:INODE" of what systemd gave as standard error, which somebody may have redirected since. */
static bool is_standard_error(const char *stream)
{
    char mine[64];
    struct stat about;

    if (fstat(STDERR_FILENO, &about) != 0)
        return false;
    snprintf(mine, sizeof(mine), "%" PRIuMAX ":%" PRIuMAX, (uintmax_t)about.st_dev, (uintmax_t)about.st_ino);
    return strcmp(mine, stream) == 0;
}

void journal_open(void)
{
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET};
    const char *stream = getenv("JOURNAL_STREAM");

    if (stream == NULL || !is_standard_error(stream))
        return;
    journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (journal >= 0 && connect(journal, (const struct sockaddr *)&address, sizeof(address)) != 0)
        journal_close();
}

int journal_descriptor(void)
{
    return journal;
}

void journal_close(void)
{
    if (journal >= 0)
        close(journal);
    journal = -1;
}

/* A value has no line break in it: those are made visible. */
static void write_field(FILE *out, const char *name, const char *value)
{
    char visible[SENTENCE_BYTES];

    text_visible((struct bytes){(const uint8_t *)value, strlen(value)}, visible, sizeof(visible));
    fprintf(out, "%s=%s\n", name, visible);
}

static bool send_entry(const struct happening *happening, const char *sentence)
{
    char entry[ENTRY_BYTES];
    FILE *out = fmemopen(entry, sizeof(entry), "w");
    long len;

    if (out == NULL)
        return false;
    write_field(out, "MESSAGE", sentence);
    fprintf(out, "PRIORITY=%d\nSYSLOG_IDENTIFIER=lasthello\nLASTHELLO_EVENT=%s\n", happening->priority,
        happening->name);
    for (size_t i = 0; i < JOURNAL_FIELDS_MAX && happening->fields[i][0] != NULL; i++)
        if (happening->fields[i][1] != NULL)
            write_field(out, happening->fields[i][0], happening->fields[i][1]);
    len = ftell(out);
    if (fclose(out) != 0 || len <= 0)
        return false;
    return send(journal, entry, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL) == len;
}

void journal_tell(const struct happening *happening, const char *format, ...)
{
    char sentence[SENTENCE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    if (journal < 0 || !send_entry(happening, sentence))
        complain("%s", sentence);
}
