/* SPDX-License-Identifier: BSD-2-Clause */
/* remedy.h: what an old client may be, by the traits that the wire shows, and what helps then. It is a guess,
 * and shown as one, with the traits that it rests on.
 *
 * A file of remedies has a section for each, named by its id. Its traits must all be there; of several lines
 * of one trait one is enough. `may_be`, `helps` and `source` go on in further lines of the same word. */
#ifndef LASTHELLO_REMEDY_H
#define LASTHELLO_REMEDY_H

#include <lasthello/error.h>
#include <lasthello/names.h>
#include <lasthello/session.h>

#include <stdbool.h>
#include <stddef.h>

#define REMEDIES_MAX       128 /* more are refused */
#define REMEDY_ID_BYTES    50
#define REMEDY_TEXT_BYTES  600
#define REMEDY_TRAITS_MAX  24
#define REMEDY_TRAIT_BYTES 64
#define REMEDY_TOLD_BYTES  256

enum trait {
    TRAIT_SERVER_NAME,   /* *.example.net: the name that the client asked for */
    TRAIT_JA4_B,         /* the middle part of its JA4: the cipher suites, sorted */
    TRAIT_SOFTWARE,      /* part of what its program says of itself (IMAP ID) */
    TRAIT_HOST,          /* part of its name or vendor class (DHCP), or of the maker of its card */
    TRAIT_OFFERED,       /* the best version that it offers */
    TRAIT_CAUSE,         /* who is to blame */
    TRAIT_SSLV2_FORMAT,  /* its hello has the format of SSL 2.0 (RFC 5246 E.2) */
    TRAIT_STARTTLS,      /* its hello came after STARTTLS */
    TRAIT_BETTER_BESIDE, /* it does TLS 1.2 or later on a port that begins with TLS */
    TRAIT_COUNT,
};

struct remedy_trait {
    enum trait trait;
    char text[REMEDY_TRAIT_BYTES];
};

struct remedy {
    char id[REMEDY_ID_BYTES];
    struct remedy_trait traits[REMEDY_TRAITS_MAX];
    size_t trait_count;
    bool is_fallback; /* where no other fits */
    char may_be[REMEDY_TEXT_BYTES], helps[REMEDY_TEXT_BYTES], source[REMEDY_TEXT_BYTES];
    char certainty[REMEDY_TRAIT_BYTES], seen[REMEDY_TRAIT_BYTES];
};

/* Zeroed before the first use; remedies_close frees it. */
struct remedies {
    struct remedy *rows[REMEDIES_MAX];
    size_t count;
};

/* remedies_read_file adds those of a file, behind those that are there. False: it breaks a rule; the error
 * has file, line and reason, and nothing of the file is used. */
bool remedies_read_file(struct remedies *remedies, const char *path, struct error *error);
void remedies_close(struct remedies *remedies);

/* What is known of a client toward a server; NULL: not known. */
struct remedy_facts {
    const char *server_name, *ja4, *software;
    const char *host; /* names, vendor class and maker, in any form */
    enum version offered_max;
    enum cause cause;
    bool sslv2_format, starttls, better_beside;
};

/* remedy_next finds the next that fits, behind `before` (NULL: the first); NULL: there are no more. Where
 * none does, it is the fallback, once; NULL: there is no such, either. */
const struct remedy *remedy_next(
    const struct remedies *remedies, const struct remedy_facts *facts, const struct remedy *before);

/* remedy_told writes by which traits it was told: "JA4_b b3c2d19a1f57", "server name *-legacy.office365.com";
 * of the fallback nothing. */
void remedy_told(
    const struct remedy *remedy, const struct remedy_facts *facts, char out[REMEDY_TOLD_BYTES]);

#endif
