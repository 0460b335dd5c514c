/* SPDX-License-Identifier: BSD-2-Clause */
/* pages.h: memory for tables that begin small and may grow large.
 *
 * The kernel lends a page when it is first touched, and needs some microseconds for each. So only the first
 * part of a table, which is all that a small run touches, has pages of the usual size; for the rest the
 * kernel is asked for pages of 2 MiB. Where it has none, they are usual ones, too. */
#ifndef LASTHELLO_PAGES_H
#define LASTHELLO_PAGES_H

#include <stdbool.h>
#include <stddef.h>

/* pages_take reserves memory that is zero, and begins with a page; NULL: the address space is exhausted.
 * A large limit costs nothing until it is needed: the kernel lends what is touched, and less than 2 MiB
 * more. */
void *pages_take(size_t bytes);
/* pages_give gives back what pages_take returned for as many bytes; NULL is nothing. */
void pages_give(void *memory, size_t bytes);

/* pages_for_heap reserves what malloc takes next, so many bytes, likewise in large pages. What is freed of it
 * is kept for malloc. False: there is not as much memory. */
bool pages_for_heap(size_t bytes);

#endif
