/* SPDX-License-Identifier: BSD-2-Clause */
/* summary.c: the first screen: who breaks, what to do, and how far to trust it. */
#include "fold.h"
#include "phrase.h"
#include "rows.h"
#include "table.h"
#include "trust.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_SHOWN     10
#define LEAST_ROWS     3  /* on a small terminal */
#define LINES_OF_TABLE 5  /* beside its rows: a blank one, titles, what had no room, how many more, the prompt */
#define WHEN_CHARS     16 /* 2026-11-20T08:00, of an ISO 8601 time */

struct asked {
    struct inventory *inventory;
    const char *path;
    const struct filters *filters;
    struct summary summary;
};

#define FILTERS_MAX 7

struct given {
    const char *word, *value;
};

/* The filters that were given; how many. */
static size_t list_filters(const struct filters *filters, struct given out[FILTERS_MAX])
{
    const struct given rows[FILTERS_MAX] = {
        {"since", filters->since},
        {"until", filters->until},
        {"network", filters->network},
        {"provider", filters->provider},
        {"version", filters->version},
        {"cause", filters->cause},
        {"service", filters->service},
    };
    size_t count = 0;

    for (size_t i = 0; i < FILTERS_MAX; i++)
        if (rows[i].value != NULL)
            out[count++] = rows[i];
    return count;
}

static bool has_filters(const struct filters *filters)
{
    struct given given[FILTERS_MAX];

    return list_filters(filters, given) > 0;
}

static void write_minute(FILE *out, const char *time)
{
    for (size_t i = 0; i < WHEN_CHARS && time[i] != '\0'; i++)
        putc(time[i] == 'T' ? ' ' : time[i], out);
}

static void write_title(FILE *out, const struct asked *asked)
{
    const struct summary *summary = &asked->summary;
    char sources[PHRASE_BYTES];

    fprintf(out, "%s   %s", asked->path, phrase_count(summary->sources, "source", "sources", sources));
    if (summary->first_time[0] != '\0') {
        fputs("   ", out);
        write_minute(out, summary->first_time);
        fputs(" to ", out);
        write_minute(out, summary->last_time);
        fputs(" UTC", out);
    }
    fputs("\n", out);
}

static void write_filters(FILE *out, const struct filters *filters)
{
    struct given given[FILTERS_MAX];
    size_t count = list_filters(filters, given);

    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%s %s", i == 0 ? "only: " : ", ", given[i].word, given[i].value);
    fputs(count > 0 ? "\n" : "", out);
}

/* "9 cannot do better, 1 also does TLS 1.2 or later (perhaps several programs, or NAT), 4 meet an old server" */
static void write_causes(FILE *out, const struct summary *summary)
{
    const uint64_t *by_cause = summary->legacy_by_cause;
    const struct {
        uint64_t clients;
        const char *one, *many;
    } rows[] = {
        {by_cause[CAUSE_CLIENT] - summary->mixed_clients, "cannot do better", "cannot do better"},
        {summary->mixed_clients, "also does TLS 1.2 or later (perhaps several programs, or NAT)",
            "also do TLS 1.2 or later (perhaps several programs, or NAT)"},
        {by_cause[CAUSE_SERVER], "meets an old server", "meet an old server"},
        {by_cause[CAUSE_FALLBACK], "falls back because a better try failed", "fall back because a better try failed"},
        {by_cause[CAUSE_UNKNOWN], "of unknown cause", "of unknown cause"},
    };
    const char *separator = ": ";
    char phrase[PHRASE_BYTES];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].clients == 0)
            continue;
        fprintf(out, "%s%s", separator, phrase_count(rows[i].clients, rows[i].one, rows[i].many, phrase));
        separator = ", ";
    }
    fputs("\n", out);
    if (summary->several_causes > 0)
        fprintf(out, " %s\n",
            phrase_count(summary->several_causes,
                "of them has several causes and counts under each; its rows show the worst",
                "of them have several causes and count under each; their rows show the worst", phrase));
}

static void write_headline(FILE *out, const struct summary *summary)
{
    char legacy[PHRASE_BYTES], all[PHRASE_BYTES];
    const bool is_one = summary->legacy_clients == 1 || summary->clients == 1;

    if (summary->sessions == 0)
        return;
    fprintf(out, "%s of %s still %s TLS 1.1 or older%s", phrase_number(summary->legacy_clients, legacy),
        phrase_count(summary->clients, "client", "clients", all), is_one ? "uses" : "use",
        summary->other_sessions > 0 ? "" : " for mail");
    write_causes(out, summary);
}

/* " 3 of them have been refused already; 2 clients send their login without TLS" */
static void write_clients(FILE *out, const struct summary *summary)
{
    uint64_t failing = summary->failing_clients, clear = summary->cleartext_clients;
    char phrase[PHRASE_BYTES];

    if (failing > 0)
        fprintf(out, " %s been refused already%s", phrase_count(failing, "of them has", "of them have", phrase),
            clear > 0 ? ";" : "\n");
    if (clear > 0)
        fprintf(out, " %s login without TLS\n",
            phrase_count(clear, "client sends its", "clients send their", phrase));
}

static void write_servers(FILE *out, const struct summary *summary)
{
    uint64_t legacy = summary->legacy_servers, ours = summary->private_legacy_servers;
    char some[PHRASE_BYTES], all[PHRASE_BYTES], private[PHRASE_BYTES];

    if (legacy == 0)
        return;
    fprintf(out, " %s of %s %s TLS 1.1 or older", phrase_number(legacy, some),
        phrase_count(summary->servers, "server", "servers", all), legacy == 1 ? "accepts" : "accept");
    if (ours > 0)
        fprintf(out, "; %s, probably ours",
            phrase_count(ours, "has a private address", "have private addresses", private));
    fputs("\n", out);
}

static void write_advice(FILE *out, const struct summary *summary)
{
    const char *const client = summary->mixed_clients == 0
        ? "client    update or replace the client: it fails when its provider ends old TLS"
        : "client    update or replace the client; behind NAT, or of several programs, the old one";
    const struct {
        enum cause cause;
        const char *advice;
    } rows[] = {
        {CAUSE_CLIENT, client},
        {CAUSE_SERVER, "server    update the server: the client can do better"},
        {CAUSE_FALLBACK, "fallback  find what breaks the better hello: a proxy, a firewall, a scanner"},
        {CAUSE_UNKNOWN, "unknown   capture the start of its connections, both directions"},
    };

    if (summary->legacy_clients == 0)
        return;
    fputs("\nWhat to do, by cause:\n", out);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (summary->legacy_by_cause[rows[i].cause] > 0)
            fprintf(out, " %s\n", rows[i].advice);
}

static void write_head(FILE *out, const struct asked *asked)
{
    write_title(out, asked);
    write_filters(out, asked->filters);
    fputs("\n", out);
    write_headline(out, &asked->summary);
    write_clients(out, &asked->summary);
    write_servers(out, &asked->summary);
}

static void write_tail(FILE *out, const struct asked *asked)
{
    write_advice(out, &asked->summary);
    if (asked->summary.sessions > 0)
        fputs("\n", out);
    trust_write(out, &asked->summary, has_filters(asked->filters));
}

/* As a shell takes it, where it has no quotation mark itself. */
static void write_word(FILE *out, const char *word)
{
    fprintf(out, strchr(word, ' ') == NULL ? " %s" : " '%s'", word);
}

/* The command whose first rows the table has. */
static void write_more(FILE *out, const struct asked *asked)
{
    struct given given[FILTERS_MAX];
    size_t count = list_filters(asked->filters, given);

    fputs(" with old TLS: lasthello report clients", out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, " --%s", given[i].word);
        write_word(out, given[i].value);
    }
    write_word(out, asked->path);
}

/* What a part writes; the caller frees it. NULL: no memory. */
static char *part_text(void (*write)(FILE *out, const struct asked *asked), const struct asked *asked)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    write(out, asked);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* ... folded to the terminal's width. */
static char *folded_text(void (*write)(FILE *out, const struct asked *asked), const struct asked *asked, size_t width)
{
    char *text = part_text(write, asked);
    char *folded = text == NULL ? NULL : fold_text(text, width);

    free(text);
    return folded;
}

/* As many as leave the whole on one screen. */
static size_t rows_shown(const struct table_view *view, size_t other_lines)
{
    size_t room = view->height > other_lines + LINES_OF_TABLE ? view->height - other_lines - LINES_OF_TABLE : 0;

    if (view->height == 0 || room > ROWS_SHOWN)
        return ROWS_SHOWN;
    return room < LEAST_ROWS ? LEAST_ROWS : room;
}

static bool write_legacy(FILE *out, const struct asked *asked, size_t limit, struct error *error)
{
    char *more = part_text(write_more, asked);
    struct rows *rows;
    bool written;

    rows = inventory_ask(asked->inventory, QUESTION_LEGACY, asked->filters, error);
    if (rows != NULL)
        fputs("\n", out);
    written = rows != NULL && report_rows(out, FORMAT_TABLE, rows, limit, more, error);
    rows_close(rows);
    free(more);
    return written;
}

static bool write_screen(FILE *out, const struct asked *asked, struct error *error)
{
    struct table_view view = table_view_of(out);
    char *head = folded_text(write_head, asked, view.width);
    char *tail = folded_text(write_tail, asked, view.width);
    bool written = false;

    if (head == NULL || tail == NULL) {
        error_set(error, "not enough memory for the report; ask for less with --since or --network");
    } else {
        fputs(head, out);
        written = asked->summary.legacy_clients == 0 ||
            write_legacy(out, asked, rows_shown(&view, fold_line_count(head) + fold_line_count(tail)), error);
        fputs(written ? tail : "", out);
    }
    free(head);
    free(tail);
    return written;
}

static struct json *causes_object(const struct summary *summary)
{
    struct json *object = json_open();

    for (enum cause cause = CAUSE_CLIENT; cause <= CAUSE_UNKNOWN; cause++)
        json_put_number(object, cause_name(cause), (int64_t)summary->legacy_by_cause[cause]);
    return object;
}

static struct json *summary_object(const struct asked *asked)
{
    const struct summary *summary = &asked->summary;
    const struct {
        const char *key;
        uint64_t number;
    } rows[] = {
        {"sources", summary->sources},
        {"clients", summary->clients},
        {"legacy_clients", summary->legacy_clients},
        {"several_causes", summary->several_causes},
        {"mixed_clients", summary->mixed_clients},
        {"failing_clients", summary->failing_clients},
        {"cleartext_clients", summary->cleartext_clients},
        {"servers", summary->servers},
        {"legacy_servers", summary->legacy_servers},
        {"private_legacy_servers", summary->private_legacy_servers},
    };
    struct json *object = json_open();

    json_put_text(object, "inventory", asked->path);
    json_put_text(object, "first_time", summary->first_time);
    json_put_text(object, "last_time", summary->last_time);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        json_put_number(object, rows[i].key, (int64_t)rows[i].number);
    json_put_object(object, "legacy_by_cause", causes_object(summary));
    json_put_object(object, "trust", trust_object(summary));
    return object;
}

static bool add_legacy(struct json *object, const struct asked *asked, struct error *error)
{
    struct rows *rows = inventory_ask(asked->inventory, QUESTION_LEGACY, asked->filters, error);
    const char *const *values;

    if (rows == NULL)
        return false;
    while (rows_next(rows, &values, error))
        json_add_object(object, "legacy", rows_object(rows, values));
    rows_close(rows);
    return error->text[0] == '\0';
}

static bool write_object(FILE *out, const struct asked *asked, struct error *error)
{
    struct json *object = summary_object(asked);
    char *line = NULL;
    bool added = add_legacy(object, asked, error);

    if (added && (line = json_line(object)) == NULL)
        error_set(error, "not enough memory for the report; ask for less with --since or --network");
    if (line != NULL)
        fprintf(out, "%s\n", line);
    free(line);
    json_close(object);
    return line != NULL;
}

static bool write_rows(FILE *out, const struct asked *asked, struct error *error)
{
    struct rows *rows = inventory_ask(asked->inventory, QUESTION_LEGACY, asked->filters, error);
    bool written;

    if (rows == NULL)
        return false;
    written = report_rows(out, FORMAT_CSV, rows, 0, NULL, error);
    rows_close(rows);
    return written;
}

bool report_summary(FILE *out, enum report_format format, struct inventory *inventory, const char *path,
    const struct filters *filters, struct error *error)
{
    struct asked asked = {.inventory = inventory, .path = path, .filters = filters};

    error->text[0] = '\0';
    if (!inventory_summary(inventory, filters, &asked.summary, error))
        return false;
    switch (format) {
    case FORMAT_TABLE:
        return write_screen(out, &asked, error);
    case FORMAT_CSV:
        return write_rows(out, &asked, error);
    case FORMAT_JSON:
        return write_object(out, &asked, error);
    }
    return false;
}
