/* SPDX-License-Identifier: BSD-2-Clause */
/* report.h: answers as text for people and machines: tables, CSV, JSON. Text of an inventory, of a path and
 * of a command line is made visible (text_visible) in all of them: nothing steers a terminal or begins a
 * line. */
#ifndef LASTHELLO_REPORT_H
#define LASTHELLO_REPORT_H

#include <lasthello/client_counts.h>
#include <lasthello/error.h>
#include <lasthello/questions.h>

#include <stdio.h>

enum report_format {
    FORMAT_TABLE,
    FORMAT_CSV,
    FORMAT_JSON, /* of rows, one array of objects; of the summary, one object */
    FORMAT_HTML, /* of the summary alone: a page that needs nothing beside it */
    FORMAT_COUNT,
};

/* Which rows of clients a live page shows, where not all of them are on it. */
struct table_view {
    const char *words;   /* rows that have each of these words; NULL: any */
    const char *verdict; /* rows of this verdict; NULL: any that somebody must act on */
    const char *sort;    /* the name of a column, "-due": the other way round; NULL: the worst first */
    uint64_t page;       /* from 1 on; 0: nothing was said of pages */
};

struct report {
    FILE *out;
    FILE *aside; /* what is said beside an answer for machines: that it is empty, and what there is */
    enum report_format format;
    bool is_live;           /* of HTML: style and script are files of their own, and it learns what is new */
    int64_t revision;       /* of a live page: the inventory's, or an older one: later ones are news to it */
    const char *notice;     /* of a live page: what is wrong with the inventory's file; NULL: nothing */
    struct table_view view; /* of HTML that is live */
    bool for_spreadsheet;   /* of CSV: times are what spreadsheets take for dates */
    bool wide;              /* a table shows all columns, whatever the terminal has room for */
    struct inventory *inventory;
    const char *path; /* of the inventory, as the user gave it */
    const struct filters *filters;
    const struct policies *policies; /* that the inventory is judged by; NULL: none */
    int64_t today;                   /* as of which day, since 1970 */
    bool has_assets;                 /* the inventory is named by a list of assets */
    bool has_remedies;               /* what helps is said */
    FILE *mac_vendors;               /* IEEE's oui.txt; NULL: none */
    bool is_anonymous;               /* the inventory hides who is who: so do the words beside its answers */
};

/* report_prepare loads what tables need to show UTF-8; whoever may open no file later calls it before. */
void report_prepare(void);
/* "table", "csv", "json". */
const char *report_format_name(enum report_format format);
/* report_question writes all rows. */
bool report_question(const struct report *report, enum question question, struct error *error);
/* report_summary writes the first screen: who still uses old TLS, what to do, how far to trust it.
 * As JSON it has the first rows of those with old TLS and how many more there are, as CSV all of
 * them. */
bool report_summary(const struct report *report, struct error *error);

/* report_table_view checks what a live page is asked for, as the texts of its address (NULL: not given), and
 * fills `view`, which keeps the texts. False with a sentence. */
bool report_table_view(const char *words, const char *verdict, const char *sort, const char *page,
    struct table_view *view, struct error *error);
/* report_table writes of the page what the view is about: the table of clients, and what is known of each. */
bool report_table(const struct report *report, struct error *error);
/* report_page_style and report_page_script write what a page that is live loads: /page.css, /page.js. */
void report_page_style(FILE *out);
void report_page_script(FILE *out);
/* report_host writes the story of the client that filters->host names: who it is, what happens to it, days,
 * hellos, evidence; report_server that of filters->server: what it accepts, and which clients are in the way
 * of turning old TLS off. As CSV the rows of clients. */
bool report_host(const struct report *report, struct error *error);
/* report_trend writes a line of days for each version; as CSV and JSON, and where it is `wide`, the rows. */
bool report_trend(const struct report *report, struct error *error);
bool report_server(const struct report *report, struct error *error);

/* report_metrics writes what an inventory tells Prometheus (exposition format 0.0.4), whatever the format:
 * how many clients there are by verdict and provider, and when policies end; no label names a host.
 * report_client_metrics and report_deadline_metrics are its two halves. */
bool report_metrics(const struct report *report, struct error *error);
void report_client_metrics(FILE *out, const struct client_counts *counts);
void report_deadline_metrics(FILE *out, const struct policies *policies);

/* report_policies lists policies, and the days that are left as of a day; report_policy shows one whole. */
void report_policies(FILE *out, const struct policies *policies, int64_t today);
/* report_policy_changes writes which clients would have another verdict, or another day, if the policies were
 * those of `with`, of which `id` is the one that is tried. The report's own are those before. */
bool report_policy_changes(
    const struct report *report, const struct policies *with, const char *id, struct error *error);
void report_policy(FILE *out, const struct policy *policy, int64_t today);

#endif
