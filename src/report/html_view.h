/* SPDX-License-Identifier: BSD-2-Clause */
/* html_view.h: which rows of clients stand on a page, and the links to the other views. */
#ifndef LASTHELLO_REPORT_HTML_VIEW_H
#define LASTHELLO_REPORT_HTML_VIEW_H

#include "html_page.h"

#define ROWS_IN_FULL  1000   /* of the table, where nothing was searched and all rows are on the page */
#define ROWS_A_PAGE   200    /* of a live page that has more, each with its fold */
#define ROWS_SEARCHED 200000 /* the worst; further ones are not looked at */
#define PAGES_MAX     (ROWS_SEARCHED / ROWS_A_PAGE)

/* A column of the table: its heading, what stands in a cell, the second below the first in small, and by what
 * it is sorted. */
struct client_column {
    const char *name, *title;
    const char *first, *second, *key; /* columns of the answer; NULL: none */
    const char *class;
    bool is_highest_first; /* by its key */
};
extern const struct client_column client_columns[];
#define CLIENT_COLUMNS 9

/* view_ask keeps the rows of clients that the page shows in page->clients, whose `all` counts those that
 * match, and says in page->view_first the number of the first, from 0 on. */
bool view_ask(struct html_page *page, struct error *error);
/* Are all rows on the page, so that the browser can search them? */
bool view_is_whole(const struct html_page *page);

/* The view with one change; another view begins at its first page. */
struct table_view view_with_verdict(const struct html_page *page, const char *verdict);
struct table_view view_with_page(const struct html_page *page, uint64_t number);
/* ... sorted by the column, or the other way round where it is; `sort` is room for its name. */
#define SORT_BYTES 32
struct table_view view_with_sort(const struct html_page *page, const char *column, char sort[SORT_BYTES]);
/* 1: up, -1: down, 0: the rows are not sorted by this column. */
int view_direction(const struct html_page *page, const char *column);

/* The address of a view as the value of an attribute: "/?q=printer&amp;sort=due". */
void view_write_link(struct html_page *page, const struct table_view *view);
/* The fields of a form that keep what it does not ask for. */
void view_write_fields(struct html_page *page);
/* Which rows these are, and the links to those before and after them. */
void view_write_pages(struct html_page *page);

#endif
