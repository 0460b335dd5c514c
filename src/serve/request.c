/* SPDX-License-Identifier: BSD-2-Clause */
/* request.c: from a path and its parameters to a reply. */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define TYPE_HTML "text/html; charset=utf-8"
#define TYPE_JSON "application/json"
#define TYPE_TEXT "text/plain; charset=utf-8"

/* Writes the reply to report->out. */
typedef bool write_fn(const struct report *report, struct error *error);

static bool write_style(const struct report *report, struct error *error)
{
    (void)error;
    report_page_style(report->out);
    return true;
}

static bool write_script(const struct report *report, struct error *error)
{
    (void)error;
    report_page_script(report->out);
    return true;
}

static bool write_health(const struct report *report, struct error *error)
{
    int64_t revision;

    if (report->notice != NULL)
        return error_set(error, "%s %s", report->path, report->notice);
    if (!inventory_revision(report->inventory, &revision, error))
        return false;
    fprintf(report->out, "ok, revision %lld\n", (long long)revision);
    return true;
}

static const struct route {
    const char *path; /* with a '/' at its end: what follows is a host or a network */
    const char *type;
    enum report_format format;
    enum lane lane;
    write_fn *write; /* NULL: the rows that answer `question` */
    enum question question;
} routes[] = {
    {"/", TYPE_HTML, FORMAT_HTML, LANE_ROWS, report_summary, 0},
    {"/host/", TYPE_HTML, FORMAT_HTML, LANE_ROWS, report_summary, 0},
    {"/table", TYPE_HTML, FORMAT_HTML, LANE_ROWS, report_table, 0},
    {"/page.css", "text/css; charset=utf-8", FORMAT_HTML, LANE_AT_ONCE, write_style, 0},
    {"/page.js", "text/javascript; charset=utf-8", FORMAT_HTML, LANE_AT_ONCE, write_script, 0},
    {"/healthz", TYPE_TEXT, FORMAT_TABLE, LANE_AT_ONCE, write_health, 0},
    {"/metrics", "text/plain; version=0.0.4; charset=utf-8", FORMAT_TABLE, LANE_COUNTS, report_metrics, 0},
    {"/clients.csv", "text/csv; charset=utf-8", FORMAT_CSV, LANE_ROWS, NULL, QUESTION_CLIENTS},
    {"/api/summary", TYPE_JSON, FORMAT_JSON, LANE_ROWS, report_summary, 0},
    {"/api/clients", TYPE_JSON, FORMAT_JSON, LANE_ROWS, NULL, QUESTION_CLIENTS},
    {"/api/verdicts", TYPE_JSON, FORMAT_JSON, LANE_ROWS, NULL, QUESTION_VERDICTS},
    {"/api/servers", TYPE_JSON, FORMAT_JSON, LANE_ROWS, NULL, QUESTION_SERVERS},
    {"/api/suites", TYPE_JSON, FORMAT_JSON, LANE_ROWS, NULL, QUESTION_SUITES},
    {"/api/sessions", TYPE_JSON, FORMAT_JSON, LANE_ROWS, NULL, QUESTION_SESSIONS},
    {"/api/coverage", TYPE_JSON, FORMAT_JSON, LANE_ROWS, NULL, QUESTION_COVERAGE},
    {"/api/changes", TYPE_JSON, FORMAT_JSON, LANE_ROWS, NULL, QUESTION_CHANGES},
    {"/api/trend", TYPE_JSON, FORMAT_JSON, LANE_ROWS, NULL, QUESTION_TREND},
};

const char *parameter_name(enum parameter parameter)
{
    static const char *const names[PARAMETER_COUNT] = {
        [PARAMETER_SINCE] = "since",
        [PARAMETER_UNTIL] = "until",
        [PARAMETER_NETWORK] = "network",
        [PARAMETER_PROVIDER] = "provider",
        [PARAMETER_VERSION] = "version",
        [PARAMETER_CAUSE] = "cause",
        [PARAMETER_SERVICE] = "service",
        [PARAMETER_VERDICT] = "verdict",
        [PARAMETER_OWNER] = "owner",
        [PARAMETER_AS_OF] = "as-of",
        [PARAMETER_Q] = "q",
        [PARAMETER_SHOW] = "show",
        [PARAMETER_SORT] = "sort",
        [PARAMETER_PAGE] = "page",
    };

    return names[parameter];
}

static struct filters filters_of(const struct request *request)
{
    return (struct filters){
        .since = request->parameters[PARAMETER_SINCE],
        .until = request->parameters[PARAMETER_UNTIL],
        .network = request->parameters[PARAMETER_NETWORK],
        .provider = request->parameters[PARAMETER_PROVIDER],
        .version = request->parameters[PARAMETER_VERSION],
        .cause = request->parameters[PARAMETER_CAUSE],
        .service = request->parameters[PARAMETER_SERVICE],
        .verdict = request->parameters[PARAMETER_VERDICT],
        .owner = request->parameters[PARAMETER_OWNER],
        .as_of = request->parameters[PARAMETER_AS_OF],
    };
}

/* What follows the path of a route: of a host's, its address; NULL: the path is another. */
static const char *rest_of(const struct route *route, const char *path)
{
    const size_t len = strlen(route->path);

    if (len == 1 || route->path[len - 1] != '/')
        return strcmp(path, route->path) == 0 ? path + len : NULL;
    return strncmp(path, route->path, len) == 0 && path[len] != '\0' ? path + len : NULL;
}

static void say(struct reply *reply, unsigned status, const char *sentence)
{
    free(reply->text);
    *reply = (struct reply){.status = status, .type = TYPE_TEXT};
    if (asprintf(&reply->text, "%s\n", sentence) < 0)
        reply->text = NULL;
    reply->size = reply->text == NULL ? 0 : strlen(reply->text);
}

/* The number is asked for first: what is stored while the page is made is news to it. */
static bool write_page(const struct route *route, struct report *report, struct error *error)
{
    return inventory_revision(report->inventory, &report->revision, error) && route->write(report, error);
}

static void write_reply(
    const struct route *route, struct report *report, struct reply *reply)
{
    struct error error = {""};
    bool written;

    *reply = (struct reply){.status = 200, .type = route->type};
    report->out = open_memstream(&reply->text, &reply->size);
    if (report->out == NULL) {
        say(reply, 500, "not enough memory");
        return;
    }
    report->aside = stderr;
    report->format = route->format;
    report->is_live = true;
    if (route->write == NULL)
        written = report_question(report, route->question, &error);
    else if (route->write == report_summary && route->format == FORMAT_HTML)
        written = write_page(route, report, &error);
    else
        written = route->write(report, &error);
    if (fclose(report->out) != 0 || !written)
        say(reply, 500, error.text);
}

static bool read_parameters(
    const struct request *request, const char *host, struct filters *filters, struct report *report,
    struct error *error)
{
    const char *const *parameters = request->parameters;
    struct filter_days days;

    *filters = filters_of(request);
    if (host[0] != '\0')
        filters->network = host;
    if (!inventory_filters_check(filters, &days, error))
        return false;
    report->filters = filters;
    report->today = days.today;
    report->notice = request->notice;
    return report_table_view(parameters[PARAMETER_Q], parameters[PARAMETER_SHOW], parameters[PARAMETER_SORT],
        parameters[PARAMETER_PAGE], &report->view, error);
}

/* NULL: there is nothing of that name. `rest` is what follows its path. */
static const struct route *route_of(const struct request *request, const char **rest)
{
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
        if ((*rest = rest_of(&routes[i], request->path)) != NULL)
            return &routes[i];
    return NULL;
}

enum lane request_lane(const struct request *request)
{
    const char *rest;
    const struct route *route = route_of(request, &rest);

    return route == NULL ? LANE_AT_ONCE : route->lane;
}

void reply_that_it_ends(struct reply *reply)
{
    say(reply, 503, "the server ends");
}

void request_answer(const struct serving *serving, struct inventory *inventory, const struct request *request,
    struct reply *reply)
{
    const char *rest;
    const struct route *route = route_of(request, &rest);
    struct report report = serving->report;
    struct filters filters;
    struct error error;

    *reply = (struct reply){0};
    report.inventory = inventory;
    if (route == NULL)
        say(reply, 404,
            "there is nothing of that name: / is the page, /api/clients its rows, /healthz a sign of life");
    else if (read_parameters(request, rest, &filters, &report, &error))
        write_reply(route, &report, reply);
    else
        say(reply, 400, error.text);
}

static bool is_host(const char *host, const char *name)
{
    const size_t len = strlen(name);

    /* with or without a port */
    return strncasecmp(host, name, len) == 0 && (host[len] == '\0' || host[len] == ':');
}

bool host_is_allowed(const struct serving *serving, const char *host)
{
    static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};

    if (host == NULL)
        return false;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (is_host(host, own[i]))
            return true;
    for (size_t i = 0; i < serving->host_count; i++)
        if (is_host(host, serving->hosts[i]))
            return true;
    return false;
}
