/* SPDX-License-Identifier: BSD-2-Clause */
/* say.c: a line on standard output, made visible. */
#include "say.h"

#include <lasthello/text.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES 16384 /* two paths of 4,096 bytes, and a sentence */

void say(const char *format, ...)
{
    char raw[LINE_BYTES], visible[4 * LINE_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(raw, sizeof(raw), format, arguments);
    va_end(arguments);
    text_visible((struct bytes){(const uint8_t *)raw, strlen(raw)}, visible, sizeof(visible));
    puts(visible);
}
