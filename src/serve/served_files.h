/* SPDX-License-Identifier: BSD-2-Clause */
/* served_files.h: is what is served still what the inventory's path names? It was opened once, and whoever
 * serves may open nothing more. */
#ifndef LASTHELLO_SERVE_SERVED_FILES_H
#define LASTHELLO_SERVE_SERVED_FILES_H

enum served {
    SERVED_SAME,      /* also where nobody can tell */
    SERVED_GONE,      /* moved away or deleted: what it held can still be read, and nothing new comes */
    SERVED_OTHER,     /* another file has its name */
    SERVED_UNWATCHED, /* its log of changes was made after it had been opened: they cannot be seen */
};

/* served_files_look reads what has happened in the folder of the inventory at `path`, and returns what is
 * now, if it was `before`. `watched` is what serve_watch returned. */
enum served served_files_look(int watched, const char *path, enum served before);

/* What is to be said of it, behind the path; NULL: nothing. */
const char *served_sentence(enum served served);

#endif
