/* SPDX-License-Identifier: BSD-2-Clause */
/* html_chart.c: clients by day and verdict as bars, with today and the days of the policies. */
#include "html_page.h"

#include <lasthello/text.h>

#include <stdlib.h>
#include <string.h>

/* Of the drawing, in its own units. */
#define WIDTH        1000
#define HEIGHT       250
#define LEFT         48
#define RIGHT        40
#define TOP          24
#define BOTTOM       30
#define DAYS_AHEAD   120 /* a policy's day further away is not drawn */
#define DAYS_A_MONTH 30

struct chart {
    int64_t first, last; /* days; the last is the end of what is drawn */
    uint64_t highest;    /* clients on one day */
    uint64_t step;       /* between two lines */
};

static int64_t number_at(const struct html_page *page, size_t row, const char *name)
{
    const struct value *value = kept_value(&page->days, row, name);

    return value == NULL ? 0 : value->number;
}

/* 1, 2 or 5 times a power of ten, so that there are at most five lines. */
static uint64_t step_for(uint64_t highest)
{
    static const unsigned factors[] = {1, 2, 5};
    uint64_t power = 1;

    for (;; power *= 10)
        for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++)
            if (power * factors[i] * 5 >= highest)
                return power * factors[i];
}

static bool is_marked(const struct html_page *page, size_t policy)
{
    const struct policy *row = page->report->policies->rows[policy];

    return row->has_until && row->until >= page->report->today &&
        row->until <= page->report->today + DAYS_AHEAD;
}

static struct chart chart_of(const struct html_page *page)
{
    struct chart chart = {.first = page->report->today, .last = page->report->today};
    const struct policies *policies = page->report->policies;
    uint64_t clients = 0;

    for (size_t i = 0; i < page->days.count; i++) {
        const int64_t day = number_at(page, i, "day");

        if (i == 0 || day != number_at(page, i - 1, "day"))
            clients = 0;
        clients += (uint64_t)number_at(page, i, "clients");
        chart.highest = clients > chart.highest ? clients : chart.highest;
        chart.first = day < chart.first ? day : chart.first;
        chart.last = day > chart.last ? day : chart.last;
    }
    for (size_t i = 0; policies != NULL && i < policies->count; i++)
        if (is_marked(page, i) && policies->rows[i]->until > chart.last)
            chart.last = policies->rows[i]->until;
    chart.step = step_for(chart.highest > 0 ? chart.highest : 1);
    return chart;
}

static double x_of(const struct chart *chart, int64_t day)
{
    const double days = (double)(chart->last + 1 - chart->first);

    return LEFT + (double)(WIDTH - LEFT - RIGHT) * (double)(day - chart->first) / days;
}

static double y_of(const struct chart *chart, uint64_t clients)
{
    const uint64_t top = (chart->highest + chart->step - 1) / chart->step * chart->step;

    return HEIGHT - BOTTOM - (double)(HEIGHT - TOP - BOTTOM) * (double)clients / (double)(top > 0 ? top : 1);
}

static void draw_grid(struct html_page *page, const struct chart *chart)
{
    for (uint64_t clients = 0;; clients += chart->step) {
        const double y = y_of(chart, clients);

        fprintf(page->out, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT,
            WIDTH - RIGHT, y, y);
        fprintf(page->out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">", LEFT - 8, y + 4);
        page_number(page, clients);
        fputs("</text>\n", page->out);
        if (clients >= chart->highest)
            return;
    }
}

static void draw_bars(struct html_page *page, const struct chart *chart)
{
    const double width = x_of(chart, chart->first + 1) - x_of(chart, chart->first);
    const double gap = width > 6 ? 1 : 0;
    uint64_t below = 0;

    for (size_t i = page->days.count; i > 0; i--) {
        const int64_t day = number_at(page, i - 1, "day");
        const uint64_t clients = (uint64_t)number_at(page, i - 1, "clients");
        double top;

        if (i == page->days.count || day != number_at(page, i, "day"))
            below = 0;
        top = y_of(chart, below + clients);
        fprintf(page->out,
            "<rect class=\"%s\" x=\"%.1f\" width=\"%.1f\" y=\"%.1f\" height=\"%.1f\"/>\n",
            verdict_class((enum verdict)number_at(page, i - 1, "verdict")), x_of(chart, day) + gap,
            width - 2 * gap, top, y_of(chart, below) - top);
        below += clients;
    }
}

/* At most some ten days get a name. */
static void draw_days(struct html_page *page, const struct chart *chart)
{
    const int64_t span = chart->last + 1 - chart->first;
    const int64_t step = span <= 10 ? 1 : (span <= 70 ? 7 : (span + 9) / 10);

    for (int64_t day = chart->first; day <= chart->last; day += step) {
        char text[DAY_TEXT_BYTES];

        day_in_words(day, text);
        fprintf(page->out, "<text x=\"%.1f\" y=\"%d\">%.*s</text>\n", x_of(chart, day), HEIGHT - 10,
            (int)(strcspn(text, " ") + 4), text); /* the day and three letters of the month */
    }
}

static void draw_mark(struct html_page *page, double x, const char *class, const char *text, int line)
{
    const bool is_left = x < WIDTH / 4;

    fprintf(page->out,
        "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"6\" y2=\"%d\"/><text class=\"day\" x=\"%.1f\" "
        "y=\"%d\" text-anchor=\"%s\">",
        class, x, x, HEIGHT - BOTTOM, is_left ? x + 6 : x - 6, 16 + 15 * line, is_left ? "start" : "end");
    page_text(page, text);
    fputs("</text>\n", page->out);
}

static void draw_marks(struct html_page *page, const struct chart *chart)
{
    const struct policies *policies = page->report->policies;
    int line = 0;

    draw_mark(page, x_of(chart, page->report->today + 1), "now", "today", line++);
    for (size_t i = 0; policies != NULL && i < policies->count; i++)
        if (is_marked(page, i))
            draw_mark(
                page, x_of(chart, policies->rows[i]->until + 1), "mark", policies->rows[i]->id, line++);
}

static void draw(struct html_page *page)
{
    const struct chart chart = chart_of(page);

    fprintf(page->out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Clients by day\">\n"
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"chart-title\">"
        "<title id=\"chart-title\">Clients that were seen on each day, by verdict; the same numbers "
        "stand in the table below</title>\n",
        WIDTH, HEIGHT);
    draw_grid(page, &chart);
    draw_bars(page, &chart);
    draw_marks(page, &chart);
    draw_days(page, &chart);
    fputs("</svg></div>\n", page->out);
}

static bool has_verdict(const struct html_page *page, enum verdict verdict)
{
    for (size_t i = 0; i < page->days.count; i++)
        if (number_at(page, i, "verdict") == (int64_t)verdict)
            return true;
    return false;
}

static void write_key(struct html_page *page)
{
    fputs("<ul class=\"key\">", page->out);
    for (unsigned verdict = VERDICT_COUNT; verdict > 0; verdict--)
        if (has_verdict(page, (enum verdict)(verdict - 1)))
            fprintf(page->out, "<li class=\"%s\">%s</li>", verdict_class((enum verdict)(verdict - 1)),
                verdict_name((enum verdict)(verdict - 1)));
    fputs("</ul>\n", page->out);
}

/* The numbers behind the bars. */
static void write_numbers(struct html_page *page)
{
    fputs("<details><summary>The numbers of this chart</summary><div><table><caption>Clients by day and "
          "verdict</caption><thead><tr><th scope=\"col\">Day (UTC)</th><th scope=\"col\">Verdict</th><th "
          "scope=\"col\" class=\"n\">Clients</th></tr></thead><tbody>\n",
        page->out);
    for (size_t i = 0; i < page->days.count; i++) {
        char day[POLICY_DAY_BYTES];

        policy_day_text(number_at(page, i, "day"), day);
        fprintf(page->out, "<tr><td class=\"time\">%s</td><td>%s</td><td class=\"n\">", day,
            verdict_name((enum verdict)number_at(page, i, "verdict")));
        page_number(page, (uint64_t)number_at(page, i, "clients"));
        fputs("</td></tr>\n", page->out);
    }
    fputs("</tbody></table></div></details>\n", page->out);
}

void page_write_days(struct html_page *page)
{
    fputs("<section id=\"days\"><h2>By day</h2>\n<p class=\"lead\">Clients that were seen on each day, "
          "each by the worst of its sessions on that day.</p>\n",
        page->out);
    if (page->days.count == 0) {
        fputs("<p>No session was seen on any day.</p></section>\n", page->out);
        return;
    }
    fputs("<figure>\n", page->out);
    draw(page);
    write_key(page);
    fputs("</figure>\n", page->out);
    write_numbers(page);
    fputs("</section>\n", page->out);
}
