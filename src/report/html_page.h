/* SPDX-License-Identifier: BSD-2-Clause */
/* html_page.h: the parts of the page, each written by one function, in the order in which they are read. */
#ifndef LASTHELLO_REPORT_HTML_PAGE_H
#define LASTHELLO_REPORT_HTML_PAGE_H

#include "html.h"
#include "kept_rows.h"

#include <lasthello/verdict.h>

#define CLIENTS_NAMED 4 /* beside a policy or a server; the others are counted */
#define CHANGES_MAX   200
#define FOLDS_MAX     200 /* clients with all that is known of them */
#define SERVERS_MAX   200
#define DOWNLOAD_MAX  200000 /* rows of clients that a page carries as CSV */
#define DAYS_MAX      4096   /* rows of days and verdicts */

struct html_page {
    FILE *out;
    struct cell cell;
    const struct report *report;
    const struct summary *summary;
    struct kept_rows clients, days, servers, changes;
    uint64_t view_first; /* the first of clients, of those that match the view, from 0 on */
    bool is_view_cut;    /* rows were not looked at: there are too many */
    struct stories *stories;
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

/* What a row of clients has: its verdict, its client, a column's text for people (NULL: not known). */
enum verdict client_verdict(const struct html_page *page, size_t row);
const char *client_address(const struct html_page *page, size_t row);
const char *client_text(struct html_page *page, size_t row, const char *name, char out[CELL_BYTES]);
/* The coloured word. */
void page_write_verdict(struct html_page *page, enum verdict verdict);
/* Its address, with a link to its fold, if it has one. */
void page_write_client(struct html_page *page, size_t row);
/* The rows whose clients have folds: the first ones. */
size_t page_folds(const struct html_page *page);

/* page_ask_stories asks what the folds say beyond the rows of clients; page_close_stories: also after a
 * failure. */
bool page_ask_stories(struct html_page *page, struct error *error);
void page_close_stories(struct html_page *page);

void page_write_days(struct html_page *page);
/* The table, and a fold for each client. */
void page_write_clients(struct html_page *page);
void page_write_stories(struct html_page *page);
void page_write_unseen(struct html_page *page);
void page_write_changes(struct html_page *page);
void page_write_servers(struct html_page *page);
void page_write_policies(struct html_page *page);
void page_write_words(struct html_page *page);

#endif
