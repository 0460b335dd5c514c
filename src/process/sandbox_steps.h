/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox_steps.h: the steps of sandbox_enter, a file each, in the order they are taken. */
#ifndef LASTHELLO_SANDBOX_STEPS_H
#define LASTHELLO_SANDBOX_STEPS_H

#include <lasthello/process.h>

/* Sanitizers look for leaks by a thread of their own, through ptrace and /proc: builds with them leave that
 * open. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif
#ifndef SANDBOX_SANITIZED
#define SANDBOX_SANITIZED 0
#endif

bool sandbox_drop_privileges(const char *user, struct error *error);
bool sandbox_limit_files(const char **missing, struct error *error);
/* Takes all descriptors below a power of two, which it answers, so that later ones come after it. 0: there
 * are not so many. */
unsigned sandbox_fill_descriptors(unsigned least);
/* `floor`: descriptors from there on may be written to. */
bool sandbox_limit_calls(const struct sandbox_plan *plan, unsigned floor, struct error *error);

#endif
