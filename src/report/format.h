/* SPDX-License-Identifier: BSD-2-Clause */
/* format.h: a format as a table of what it writes of an answer: heading, rows, end. */
#ifndef LASTHELLO_REPORT_FORMAT_H
#define LASTHELLO_REPORT_FORMAT_H

#include "cell.h"

#include <lasthello/report.h>

/* An answer that is being written. */
struct page {
    const struct report *report;
    enum question question;
    const struct column *columns;
    size_t count;
    size_t rows; /* so far */
    struct cell cell;
    void *state; /* of the format */
};

/* Each answers false where memory ran out. */
struct format {
    bool (*heading)(struct page *page); /* the columns are known */
    bool (*row)(struct page *page, const struct value *values);
    bool (*end)(struct page *page);   /* there are no more rows */
    void (*close)(struct page *page); /* also after a failure */
};

/* format_coverage is the table for people, but of few sources lines: "what: how many, what it means". */
extern const struct format format_table, format_coverage, format_csv, format_json;

struct json;
/* json_row makes an object of one row; the caller closes it. NULL: no memory. */
struct json *json_row(struct page *page, const struct value *values);
/* json_write_line writes an object, which stays the caller's, as a line. */
bool json_write_line(FILE *out, const struct json *object, struct error *error);

#endif
