/* SPDX-License-Identifier: BSD-2-Clause */
/* host_page.h: what the parts of a story share: the rows that were asked for, and how they are written. */
#ifndef LASTHELLO_REPORT_HOST_PAGE_H
#define LASTHELLO_REPORT_HOST_PAGE_H

#include "cell.h"
#include "kept_rows.h"

#include <stdint.h>
#include <stdio.h>

struct host_page {
    const struct report *report;
    FILE *out;
    struct kept_rows who, targets, verdicts, days, like, offers, servers;
    struct cell cell;
};

/* One value of a row as text for people; it lives until the next call. NULL: not known. */
const char *host_page_text(
    struct host_page *page, const struct kept_rows *rows, size_t row, const char *name);
/* "before, text, behind", where it is known. */
void host_page_put(struct host_page *page, const struct kept_rows *rows, size_t row, const char *before,
    const char *name, const char *behind);
uint64_t host_page_number(const struct kept_rows *rows, size_t row, const char *name);
/* How many rows are not shown. */
void host_page_put_count(struct host_page *page, size_t shown, const struct kept_rows *rows);

/* Its sessions by day, and what its programs offer. */
void host_page_put_days(struct host_page *page);
void host_page_put_offers(struct host_page *page);

#endif
