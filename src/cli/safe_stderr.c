/* SPDX-License-Identifier: BSD-2-Clause */
/* safe_stderr.c: standard error, made visible line by line. */
#include "safe_stderr.h"

#include <lasthello/error.h>
#include <lasthello/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line without its end. */
static bool write_visible(const char *text, size_t len)
{
    char *visible = malloc(4 * len + 1);
    bool written;

    if (visible == NULL)
        return false;
    len = text_visible((struct bytes){(const uint8_t *)text, len}, visible, 4 * len + 1);
    written = error_print(visible, len);
    free(visible);
    return written;
}

static ssize_t write_lines(void *cookie, const char *text, size_t size)
{
    (void)cookie;
    for (size_t left = size; left > 0;) {
        const char *end = memchr(text, '\n', left);
        const size_t len = end == NULL ? left : (size_t)(end - text);

        if (!write_visible(text, len) || (end != NULL && !error_print("\n", 1)))
            return 0; /* of stdio's: an error */
        text += len + (end != NULL);
        left -= len + (end != NULL);
    }
    return (ssize_t)size;
}

void safe_stderr_begin(void)
{
    FILE *safe = fopencookie(NULL, "w", (cookie_io_functions_t){.write = write_lines});

    if (safe == NULL)
        return;
    setvbuf(safe, NULL, _IOLBF, BUFSIZ);
    stderr = safe;
}
