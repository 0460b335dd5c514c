/* SPDX-License-Identifier: BSD-2-Clause */
/* host_page.h: a page about one host: what it is made of, how its parts are written, and the whole in each
 * format. */
#ifndef LASTHELLO_REPORT_HOST_PAGE_H
#define LASTHELLO_REPORT_HOST_PAGE_H

#include "cell.h"
#include "kept_rows.h"

#include <stdint.h>
#include <stdio.h>

#define HOST_TARGETS_MAX 12 /* shown with all that is known; CSV has all */
#define HOST_DAYS_MAX    60 /* drawn, the last ones; days without a session are drawn, too */
#define HOST_ANSWERS_MAX 6

/* The rows of which it is made; those that nobody asked for are none. */
struct host_page {
    const struct report *report;
    FILE *out;
    struct kept_rows who, targets, verdicts, days, like, offers, servers;
    struct cell cell;
};

/* A page for people, and the answers that JSON has in its place. */
struct host_page_kind {
    bool (*ask)(struct host_page *page, struct error *error);
    void (*write)(struct host_page *page);
    struct {
        const char *name; /* NULL: there are no more */
        enum question question;
    } answers[HOST_ANSWERS_MAX];
};

/* host_page_report asks, and writes the page in the format of the report. */
bool host_page_report(const struct report *report, const struct host_page_kind *kind, struct error *error);

/* One value of a row as text for people; it lives until the next call. NULL: not known. */
const char *host_page_text(
    struct host_page *page, const struct kept_rows *rows, size_t row, const char *name);
/* "before, text, behind", where it is known. */
void host_page_put(struct host_page *page, const struct kept_rows *rows, size_t row, const char *before,
    const char *name, const char *behind);
uint64_t host_page_number(const struct kept_rows *rows, size_t row, const char *name);
/* How many rows are not shown. */
void host_page_put_count(struct host_page *page, size_t shown, const struct kept_rows *rows);

/* What the user's list says of the host; `name`: the column with its name. */
void host_page_put_asset(struct host_page *page, const struct kept_rows *rows, const char *name);

/* Its sessions by day, and what its programs offer. */
void host_page_put_days(struct host_page *page);
void host_page_put_offers(struct host_page *page);

#endif
