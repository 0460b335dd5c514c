/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox.h: the rights that the reader of untrusted bytes gives up, once everything is open.
 *
 *
 * After sandbox_enter the process has no capability, cannot gain any, is nobody where it was root, opens no
 * file, writes to no descriptor but those that the plan names and those that come later, and has no system
 * call left that opens a socket, starts a program or looks into another process. Threads that start later
 * inherit all of it: enter before they start. What must be opened comes from the monitor (monitor.h), or was
 * opened before. */
#ifndef LASTHELLO_SANDBOX_H
#define LASTHELLO_SANDBOX_H

#include <lasthello/error.h>

#include <stddef.h>

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

#define SANDBOX_WRITTEN_MAX 6

struct sandbox_plan {
    const char *user;                     /* whom to become when started as root; NULL: nobody else */
    int written[SANDBOX_WRITTEN_MAX + 1]; /* of the descriptors that are open already; ends with -1 */
};

/* sandbox_enter gives the rights up; there is no way back. False with a sentence if a step that this kernel
 * knows fails: nothing may be read then. A kernel without Landlock is no failure: the other steps still hold;
 * `missing` then names what it lacks, else it is NULL. */
bool sandbox_enter(const struct sandbox_plan *plan, const char **missing, struct error *error);

/* The steps, a file each, in the order they are taken. */
bool sandbox_drop_privileges(const char *user, struct error *error);
bool sandbox_limit_files(const char **missing, struct error *error);
/* Takes all descriptors below a power of two, which it answers, so that later ones come after it. 0: there
 * are not so many. */
unsigned sandbox_fill_descriptors(void);
/* `floor`: descriptors from there on may be written to. */
bool sandbox_limit_calls(const struct sandbox_plan *plan, unsigned floor, struct error *error);

#endif
