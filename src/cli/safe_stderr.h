/* SPDX-License-Identifier: BSD-2-Clause */
/* safe_stderr.h: sentences that repeat what was typed, or a name that a stranger chose. */
#ifndef LASTHELLO_SAFE_STDERR_H
#define LASTHELLO_SAFE_STDERR_H

/* safe_stderr_begin puts a stream in the place of `stderr` that makes each line visible (text_visible)
 * before it is written: also what argp and getopt say themselves steers no terminal. Before threads and
 * other processes are started. Where memory is short, stderr stays as it is. */
void safe_stderr_begin(void);

#endif
