/* SPDX-License-Identifier: BSD-2-Clause */
/* policy.h: what a provider or a standard demands, and from which day on. A policy is a file, PATH.policy
 * (lasthello-policy(1) has its format); what is stored is judged by policies when a question is asked. */
#ifndef LASTHELLO_POLICY_H
#define LASTHELLO_POLICY_H

#include <lasthello/error.h>
#include <lasthello/ini_file.h>
#include <lasthello/names.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICIES_MAX      128 /* more are refused */
#define POLICY_LINES_MAX  128 /* of one policy; more are refused */
#define POLICY_TEXT_BYTES INI_TEXT_BYTES
#define POLICY_ID_BYTES   32

/* The words that a policy is made of; src/verdict/policy_words.c has their names. */
enum policy_word {
    POLICY_ID,
    POLICY_TITLE,
    POLICY_CERTAINTY,
    POLICY_IN_FORCE,
    POLICY_PROVIDER,
    POLICY_SERVICE,
    POLICY_SERVER,
    POLICY_NETWORK,
    POLICY_EXCEPT_SERVER,
    POLICY_OFF_SERVER,
    POLICY_NEGOTIATED,
    POLICY_OFFERED,
    POLICY_CLEAR_TEXT,
    POLICY_SUITES,
    POLICY_NO_SUITES,
    POLICY_OFFERS_SOME,
    POLICY_OFFERS_NONE,
    POLICY_OFFERS_MORE,
    POLICY_RSA_BITS,
    POLICY_DH_BITS,
    POLICY_EC_BITS,
    POLICY_ENDS,
    POLICY_ENDS_SERVER,
    POLICY_ANNOUNCED,
    POLICY_REVISED,
    POLICY_FROM,
    POLICY_UNTIL,
    POLICY_HISTORY,
    POLICY_SOURCE,
    POLICY_SEEN,
    POLICY_TEXT,
    POLICY_WORD_COUNT,
};

/* How much it is demanded: the sections [demand] and [should]. */
enum policy_level {
    POLICY_MUST,
    POLICY_SHOULD,
    POLICY_LEVEL_COUNT,
};

/* Sets of cipher suites that a demand has. */
enum policy_suites {
    SUITES_ALLOWED,      /* the one chosen is one of these */
    SUITES_FORBIDDEN,    /* ... is none of these */
    SUITES_OFFERED_SOME, /* one of these is offered */
    SUITES_OFFERED_NONE, /* none of these is */
    SUITES_OFFERED_MORE, /* not these alone are */
    POLICY_SUITES_COUNT,
};

struct suite_set;

/* What may be; a zero, and NULL: anything. */
struct policy_demand {
    enum version negotiated;                       /* the lowest that is allowed */
    enum version offered;                          /* the same of the highest version that a client offers */
    bool no_clear_text;                            /* no login without TLS */
    uint32_t rsa_bits, dh_bits, ec_bits;           /* of the server's certificate, or the key exchange */
    struct suite_set *suites[POLICY_SUITES_COUNT]; /* the policy's own */
};

struct policy_line {
    enum policy_word word;
    enum policy_level level; /* of a demand */
    char text[POLICY_TEXT_BYTES];
};

struct policy {
    char *path;               /* of its file */
    char id[POLICY_ID_BYTES]; /* small letters, digits, '-' */
    unsigned id_line;         /* where the file has it */
    bool in_primary_text;     /* its facts were read there; else second hand */
    bool when_asked;          /* in force only where it is named */
    bool ends;                /* the target ends, whatever is offered */
    struct policy_demand demands[POLICY_LEVEL_COUNT];
    bool has_from, has_until; /* days since 1970, UTC; `until` is the last on which it may still work */
    int64_t from, until;
    struct policy_line lines[POLICY_LINES_MAX]; /* as in the file, in its order */
    size_t line_count;
};

/* By which policies to judge. Zeroed before the first use; policies_close frees it. */
struct policies {
    struct policy *rows[POLICIES_MAX];
    size_t count;
};

void policies_close(struct policies *policies);

/* policies_read_file adds the policy of a file. False: it breaks a rule of the format or has the id of one
 * that is there; the error has file, line and reason, and nothing is added. */
bool policies_read_file(struct policies *policies, const char *path, struct error *error);

/* policies_read_folder adds every NAME.policy of a folder, by name. A broken one is told to `refused` and
 * the others count. Returns how many were refused. A folder that is missing holds none; False in `found`. */
unsigned policies_read_folder(struct policies *policies, const char *folder, bool *found,
    void (*refused)(const char *reason));

/* policies_find: by id; NULL: there is none. */
struct policy *policies_find(const struct policies *policies, const char *id);
/* policies_keep leaves those with these ids, in the order they have, and drops the others. False names
 * the one that is missing and those there are. */
bool policies_keep(struct policies *policies, const char *const *ids, size_t count, struct error *error);

/* policies_keep_default drops those that are in force only where they are named. */
void policies_keep_default(struct policies *policies);

/* policy_first: the text of its first line with this word; NULL: there is none. */
const char *policy_first(const struct policy *policy, enum policy_word word);
/* policy_has: does a line with this word have this text, in upper or lower case? */
bool policy_has(const struct policy *policy, enum policy_word word, const char *text);
/* "ends_server"; of the format. */
const char *policy_word_name(enum policy_word word);

/* "demand" or "should": the section of a demand of this level. */
const char *policy_level_name(enum policy_level level);

#endif
