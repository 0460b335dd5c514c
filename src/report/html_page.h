/* SPDX-License-Identifier: BSD-2-Clause */
/* html_page.h: the parts of the page, each written by one function, in the order in which they are read. */
#ifndef LASTHELLO_REPORT_HTML_PAGE_H
#define LASTHELLO_REPORT_HTML_PAGE_H

#include "html.h"
#include "kept_rows.h"

#include <lasthello/verdict.h>

#define ROWS_IN_FULL 1000 /* of the table of clients */
#define VERDICTS_MAX 4000 /* rows of verdicts, for the sentences of the folds */
#define CHANGES_MAX  200
#define FOLDS_MAX    200 /* clients with all that is known of them */
#define SERVERS_MAX  200
#define DOWNLOAD_MAX 200000 /* rows of clients that a page carries as CSV */
#define DAYS_MAX     4096   /* rows of days and verdicts */

struct html_page {
    FILE *out;
    struct cell cell;
    const struct report *report;
    const struct summary *summary;
    struct kept_rows clients, days, servers, verdicts, changes;
    char *download; /* all rows of clients as CSV, packed; of so many, NULL */
};

/* page_text writes text as html_text does; page_number a number as 18,204. */
void page_text(struct html_page *page, const char *text);
void page_number(struct html_page *page, uint64_t number);
/* "31 December 2026" of a day since 1970. */
#define DAY_TEXT_BYTES 32
void day_in_words(int64_t day, char out[DAY_TEXT_BYTES]);
/* The class that gives a verdict its colour: "login-refused". */
const char *verdict_class(enum verdict verdict);

void page_write_days(struct html_page *page);
void page_write_clients(struct html_page *page);
void page_write_folds(struct html_page *page);
void page_write_unseen(struct html_page *page);
void page_write_changes(struct html_page *page);
void page_write_servers(struct html_page *page);
void page_write_policies(struct html_page *page);
void page_write_words(struct html_page *page);

#endif
