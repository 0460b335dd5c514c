/* SPDX-License-Identifier: BSD-2-Clause */
/* error.c: one sentence about what went wrong in the world. */
#include <lasthello/error.h>
#include <lasthello/text.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SENTENCE_BYTES 4096
#define SHOWN_BYTES    512
#define STUCK_MS       200
#define CLEAR_LINE     "\r\033[K"

bool error_set(struct error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    return false;
}

static atomic_bool is_timed; /* sentences have the time */
static atomic_bool is_shown; /* a line about work that goes on stands on the terminal */
static atomic_bool is_stuck; /* standard error stood still the last time */
static atomic_uint unsaid;   /* sentences that it did not take */

void complain_with_time(void)
{
    atomic_store(&is_timed, true);
}

static bool is_ready(int most_ms)
{
    struct pollfd waiting = {.fd = STDERR_FILENO, .events = POLLOUT};

    return poll(&waiting, 1, most_ms) > 0;
}

/* A pipe that is ready takes PIPE_BUF bytes without waiting (pipe(7)). */
bool error_print(const char *text, size_t len)
{
    while (len > 0) {
        ssize_t wrote;

        if (!is_ready(atomic_load(&is_stuck) ? 0 : STUCK_MS)) {
            atomic_store(&is_stuck, true);
            return false;
        }
        wrote = write(STDERR_FILENO, text, len < PIPE_BUF ? len : PIPE_BUF);
        if (wrote <= 0 && errno != EINTR)
            return false;
        text += wrote > 0 ? wrote : 0;
        len -= wrote > 0 ? (size_t)wrote : 0;
    }
    atomic_store(&is_stuck, false);
    return true;
}

void error_show(const char *line)
{
    char text[SHOWN_BYTES];
    const int len = snprintf(text, sizeof(text), "%s%s", CLEAR_LINE, line);

    if (!is_ready(0))
        return;
    error_print(text, len < (int)sizeof(text) ? (size_t)len : sizeof(text) - 1);
    atomic_store(&is_shown, line[0] != '\0');
}

static size_t write_time(char *out, size_t size)
{
    const time_t now = time(NULL);
    struct tm utc;

    return gmtime_r(&now, &utc) == NULL ? 0 : strftime(out, size, "%Y-%m-%dT%H:%M:%SZ ", &utc);
}

static void print_sentence(const char *sentence)
{
    char line[4 * SENTENCE_BYTES], when[32] = "";
    const bool over = atomic_exchange(&is_shown, false);
    int len;

    if (atomic_load(&is_timed))
        write_time(when, sizeof(when));
    len = snprintf(line, sizeof(line), "%slasthello: %s%s\n", over ? CLEAR_LINE : "", when, sentence);
    if (!error_print(line, len < (int)sizeof(line) ? (size_t)len : sizeof(line) - 1))
        atomic_fetch_add(&unsaid, 1);
}

void complain(const char *format, ...)
{
    char raw[SENTENCE_BYTES], safe[SENTENCE_BYTES];
    va_list arguments;
    unsigned lost;

    va_start(arguments, format);
    vsnprintf(raw, sizeof(raw), format, arguments);
    va_end(arguments);
    lost = is_ready(0) ? atomic_exchange(&unsaid, 0) : 0;
    if (lost > 0) {
        snprintf(safe, sizeof(safe), "messages that could not be written here: %u", lost);
        print_sentence(safe);
    }
    /* a file's name may have come from a stranger, too */
    text_visible((struct bytes){(const uint8_t *)raw, strlen(raw)}, safe, sizeof(safe));
    print_sentence(safe);
}
