/* SPDX-License-Identifier: BSD-2-Clause */
/* error.c: one sentence about what went wrong in the world. */
#include <lasthello/error.h>
#include <lasthello/text.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SENTENCE_BYTES 4096

bool error_set(struct error *error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    return false;
}

void complain(const char *format, ...)
{
    char raw[SENTENCE_BYTES], safe[SENTENCE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(raw, sizeof(raw), format, arguments);
    va_end(arguments);
    /* a file's name may have come from a stranger, too */
    text_visible((struct bytes){(const uint8_t *)raw, strlen(raw)}, safe, sizeof(safe));
    fprintf(stderr, "lasthello: %s\n", safe);
}
