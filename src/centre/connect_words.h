/* SPDX-License-Identifier: BSD-2-Clause */
/* connect_words.h: what a connection string may say, and what went wrong, in one sentence. */
#ifndef LASTHELLO_CENTRE_CONNECT_WORDS_H
#define LASTHELLO_CENTRE_CONNECT_WORDS_H

#include <lasthello/error.h>

#include <libpq-fe.h>

/* connect_words_check looks through a connection string before anybody is called, and makes the options
 * that it is used with: what it says, and where it says nothing, what `sync` wants. False: refused. The
 * options are PQconninfoFree's. */
bool connect_words_check(const char *where, PQconninfoOption **options, struct error *error);

/* connect_words_failed: a failure of the connection itself, in libpq's words on one line, and what to do
 * about it where that is known. Answers false. */
bool connect_words_failed(const char *name, const char *words, struct error *error);
/* connect_words_refused: a failure of a statement, by its SQLSTATE. Answers false. */
bool connect_words_refused(
    const char *name, const char *state, const char *words, struct error *error);

#endif
