/* SPDX-License-Identifier: BSD-2-Clause */
/* other_files.h: what people have lying beside their captures, and the way from there. */
#ifndef LASTHELLO_CAPTURE_OTHER_FILES_H
#define LASTHELLO_CAPTURE_OTHER_FILES_H

#include <lasthello/bytes.h>

/* other_file_advice says what a file is, by its first bytes, else by the end of its name, and what
 * to do with it: a clause that begins with "; ", or nothing. */
const char *other_file_advice(const char *name, struct bytes head);

#endif
