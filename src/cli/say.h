/* SPDX-License-Identifier: BSD-2-Clause */
/* say.h: what commands answer in sentences of their own. */
#ifndef LASTHELLO_SAY_H
#define LASTHELLO_SAY_H

/* say prints a line on standard output, without its end in `format`. Whatever a terminal would obey, line
 * ends included, is made visible (text_visible): a path, an interface's name or a setting may hold it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
