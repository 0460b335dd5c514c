/* SPDX-License-Identifier: BSD-2-Clause */
/* facts.h: every fact of a session that is stored, declared once (src/base/facts_table.c).
 *
 * From the table come the upserts, the row ids, the events and docs/fields.md; the columns of the
 * schema and the titles of reports are tested against it. What a new fact touches:
 * docs/architecture.md, "Facts, and the ids of rows". */
#ifndef LASTHELLO_FACTS_H
#define LASTHELLO_FACTS_H

#include <lasthello/session.h>

/* The tables of what repeats, in the order in which they refer to each other; then those that are
 * written elsewhere, whose facts stand here to be documented. */
enum fact_table {
    TABLE_PATH,
    TABLE_HELLO,
    TABLE_ANSWER,
    TABLE_CERTIFICATE,
    TABLE_PROFILE,
    TABLE_REPEATED_COUNT,
    TABLE_HOST = TABLE_REPEATED_COUNT,
    TABLE_OBSERVATION,
    TABLE_COUNT,
};

enum fact_type {
    FACT_TEXT,      /* a char array; "" is unknown */
    FACT_WORD,      /* a text of static storage; NULL is unknown */
    FACT_MADE,      /* what `make` says of the field; NULL is unknown */
    FACT_NUMBER,    /* an unsigned integer of 1, 2, 4 or 8 bytes; 0 is unknown */
    FACT_SECONDS,   /* since 1970; 0 is unknown */
    FACT_FLAG,      /* a bool with a column of its own: 0 or 1 */
    FACT_MEMBER,    /* a bool: a word in a list that is the column; rows of one list stand together */
    FACT_CODES16,   /* numbers of 2 bytes, as many as the uint8_t `also` says; none is unknown */
    FACT_CODES32,   /* the same of 4 bytes */
    FACT_REFERENCE, /* the id of a row of another table; 0: there is none */
    FACT_ELSEWHERE, /* not made from the session alone */
};

/* How an event says it. */
enum fact_event {
    EVENT_AS_TYPE, /* text, number, true; members with one key are a list */
    EVENT_LIST,    /* the text by its commas */
    EVENT_BY_HAND, /* under the key, or keys, in a form of its own (src/events/event.c) */
};

#define FACT_TEXT_BYTES 1024 /* of the longest text, its NUL included: tested for each fact */

struct fact {
    enum fact_type type;
    const char *column;       /* and the name in the row's id: never changed after a release */
    const char *member;       /* FACT_MEMBER */
    uint16_t offset, size;    /* of the field in struct session */
    uint16_t also, also_size; /* of another field of which it is made, and that is no fact of its table */
    const char *(*make)(const struct session *session, char out[FACT_TEXT_BYTES]);
    enum fact_table refers_to; /* FACT_REFERENCE: to a table before its own */
    bool attribute;            /* follows from the row's other facts: no part of its id */
    bool grows;                /* of an attribute: a later, greater text counts */
    const char *event;
    enum fact_event event_form;
    const char *report; /* the column of `report sessions`; NULL: of the same name */
    const char *title;  /* over it */
    const char *meaning;
    const char *unit; /* or which values there are */
    const char *from; /* RFC and section, or what it is made from */
    int since;        /* schema version */
};

/* The facts of a table; those of one list together, attributes last. */
struct fact_list {
    const char *name; /* of the table: "profile" */
    const struct fact *facts;
    size_t count;
};
extern const struct fact_list fact_tables[TABLE_COUNT];

/* Does the session have such a row? */
bool fact_table_applies(enum fact_table table, const struct session *session);
/* The first fact of a column, or NULL. */
const struct fact *fact_find(enum fact_table table, const char *column);
/* The first fact of a column of `report sessions`, or NULL. */
const struct fact *fact_find_report(const char *report);
static inline const char *fact_report(const struct fact *fact)
{
    return fact->report == NULL ? fact->column : fact->report;
}
/* How many facts from `first` on tell of the same column: one, but for members of a list. */
size_t fact_count_of_column(const struct fact_list *list, size_t first);

/* The value of a fact as text; NULL: unknown, or a flag that is not set. Nothing of FACT_REFERENCE and
 * FACT_ELSEWHERE. The result lives in `out`, in the session, or for ever. */
const char *fact_text(const struct fact *fact, const struct session *session, char out[FACT_TEXT_BYTES]);
/* The same of a column: `count` facts from `fact` on, those of a list joined by commas. */
const char *fact_column_text(const struct fact *fact, size_t count, const struct session *session,
    char out[FACT_TEXT_BYTES]);

static inline const void *fact_field(const struct fact *fact, const struct session *session)
{
    return (const char *)session + fact->offset;
}
uint64_t fact_number(const struct fact *fact, const struct session *session); /* FACT_NUMBER, FACT_SECONDS,
    FACT_FLAG */

#endif
