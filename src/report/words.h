/* SPDX-License-Identifier: BSD-2-Clause */
/* words.h: what judgements are called on screens and in files, and what harm they mean. */
#ifndef LASTHELLO_REPORT_WORDS_H
#define LASTHELLO_REPORT_WORDS_H

#include <lasthello/verdict.h>

enum severity {
    SEVERITY_NONE,
    SEVERITY_WARNING,
    SEVERITY_HARM,
};

enum severity severity_of(enum verdict verdict);

/* "update or replace it"; NULL: nothing is to be done. */
const char *words_step(enum step step);
/* words_notes joins the notes by commas, into `out`; NULL: there is none. */
#define NOTES_BYTES 512
const char *words_notes(unsigned notes, char out[NOTES_BYTES]);
/* words_versions writes the versions whose bits (1 << enum version) are set, best first: "TLS 1.3, TLS
 * 1.0"; NULL: none. */
#define VERSIONS_BYTES 96
const char *words_versions(unsigned bits, char out[VERSIONS_BYTES]);

#endif
