/* SPDX-License-Identifier: BSD-2-Clause */
/* html_chart.c: clients by day and verdict as bars, with today and the days of the policies. */
#include "html_page.h"

#include <lasthello/text.h>
#include <lasthello/utc.h>

#include <stdlib.h>
#include <string.h>

/* Of the drawing, in its own units. */
#define WIDTH        1000
#define HEIGHT       250
#define LEFT         48
#define RIGHT        40
#define TOP          24
#define WIDEST       56 /* a bar; of few days it stands at the left of its place, above the name */
#define BOTTOM       30
#define DAYS_AHEAD   120 /* a policy's day further away is not drawn */
#define GAP_TO_SCALE 62  /* days without anything; a longer gap is drawn as GAP_DRAWN */
#define GAP_DRAWN    10
#define WEEKS_NAMED  ((int64_t)7 * LABELS) /* days; each week of them gets a name */
#define LABELS       10                    /* about so many days get a name */
#define NAME_ROOM    76                    /* of a day with its year */

/* A day that has something to show, and how many days to the right of the first it is drawn. */
struct place {
    int64_t day, at;
};

struct chart {
    struct place *places; /* in order; the first and the last bound what is drawn */
    size_t count;
    uint64_t highest; /* clients on one day */
    uint64_t step;    /* between two lines */
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

static int compare_places(const void *left, const void *right)
{
    const int64_t a = ((const struct place *)left)->day, b = ((const struct place *)right)->day;

    return (a > b) - (a < b);
}

static void place_days(struct chart *chart)
{
    qsort(chart->places, chart->count, sizeof(chart->places[0]), compare_places);
    for (size_t i = 1; i < chart->count; i++) {
        const int64_t gap = chart->places[i].day - chart->places[i - 1].day;

        chart->places[i].at = chart->places[i - 1].at + (gap > GAP_TO_SCALE ? GAP_DRAWN : gap);
    }
}

/* Days with sessions, today, the days of policies, and the day after each, on which its bar ends. */
static bool find_days(struct chart *chart, const struct html_page *page)
{
    const struct policies *policies = page->report->policies;
    const size_t most = page->days.count + 1 + (policies == NULL ? 0 : policies->count);

    chart->places = calloc(2 * most, sizeof(chart->places[0]));
    if (chart->places == NULL)
        return false;
    chart->places[chart->count++].day = page->report->today;
    for (size_t i = 0; i < page->days.count; i++)
        chart->places[chart->count++].day = number_at(page, i, "day");
    for (size_t i = 0; policies != NULL && i < policies->count; i++)
        if (is_marked(page, i))
            chart->places[chart->count++].day = policies->rows[i]->until;
    for (size_t i = 0, count = chart->count; i < count; i++)
        chart->places[chart->count++].day = chart->places[i].day + 1;
    place_days(chart);
    return true;
}

static void find_highest(struct chart *chart, const struct html_page *page)
{
    uint64_t clients = 0;

    chart->highest = 1;
    for (size_t i = 0; i < page->days.count; i++) {
        if (i == 0 || number_at(page, i, "day") != number_at(page, i - 1, "day"))
            clients = 0;
        clients += (uint64_t)number_at(page, i, "clients");
        chart->highest = clients > chart->highest ? clients : chart->highest;
    }
    chart->step = step_for(chart->highest);
}

/* The place of a day: the nearest before it that has one, and what is between them. */
static int64_t place_of(const struct chart *chart, int64_t day)
{
    size_t low = 0, high = chart->count;

    while (high - low > 1) {
        const size_t middle = (low + high) / 2;

        if (chart->places[middle].day <= day)
            low = middle;
        else
            high = middle;
    }
    return chart->places[low].at + (day - chart->places[low].day);
}

static double x_at(const struct chart *chart, int64_t place)
{
    return LEFT + (double)(WIDTH - LEFT - RIGHT) * (double)place / (double)chart->places[chart->count - 1].at;
}

static double x_of(const struct chart *chart, int64_t day)
{
    return x_at(chart, place_of(chart, day));
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
    const double slot = x_at(chart, 1) - x_at(chart, 0), width = slot < WIDEST ? slot : WIDEST;
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

/* The year stands where it is another than before. */
static void draw_day(struct html_page *page, double x, int64_t day, int64_t before)
{
    char text[DAY_TEXT_BYTES], last[DAY_TEXT_BYTES];
    bool is_same_year;

    day_in_words(day, text);
    day_in_words(before, last);
    is_same_year = strcmp(strrchr(text, ' '), strrchr(last, ' ')) == 0;
    if (x > WIDTH - NAME_ROOM)
        fprintf(page->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", WIDTH, HEIGHT - 10);
    else
        fprintf(page->out, "<text x=\"%.1f\" y=\"%d\">", x, HEIGHT - 10);
    /* the day and three letters of the month */
    fprintf(page->out, "%.*s%s</text>\n", (int)(strcspn(text, " ") + 4), text,
        is_same_year ? "" : strrchr(text, ' '));
}

static void draw_days(struct html_page *page, const struct chart *chart)
{
    const int64_t span = chart->places[chart->count - 1].at;
    const int64_t step = span <= LABELS ? 1 : (span <= WEEKS_NAMED ? 7 : (span + LABELS - 1) / LABELS);
    int64_t before = chart->places[0].day - 366, free_from = 0; /* the first has its year */

    for (size_t i = 0; i + 1 < chart->count; i++) {
        const struct place *place = &chart->places[i], *next = place + 1;
        /* what lies in a gap that is drawn short has no name */
        const int64_t named = next->at - place->at == next->day - place->day ? next->at : place->at + 1;

        for (int64_t at = place->at; at < named; at++) {
            if (at < free_from)
                continue;
            draw_day(page, x_at(chart, at), place->day + at - place->at, before);
            before = place->day + at - place->at;
            free_from = at + step;
        }
    }
}

static void draw_mark(struct html_page *page, double x, const char *class, const char *text, int line)
{
    const bool is_left = x < WIDTH / 4.0;

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
    struct chart chart = {0};

    if (!find_days(&chart, page))
        return;
    find_highest(&chart, page);
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
    free(chart.places);
}

static bool has_verdict(const struct html_page *page, enum verdict verdict)
{
    for (size_t i = 0; i < page->days.count; i++)
        if (number_at(page, i, "verdict") == (int64_t)verdict)
            return true;
    return false;
}

/* With the clients of all days together, each by the worst of its sessions. */
static void write_key_row(struct html_page *page, enum verdict verdict)
{
    fprintf(page->out, "<li class=\"%s\">%s ", verdict_class(verdict), verdict_name(verdict));
    page_number(page, page->summary->clients_by_verdict[verdict]);
    fputs("</li>", page->out);
}

static void write_key(struct html_page *page)
{
    fputs("<ul class=\"key\">", page->out);
    for (unsigned verdict = VERDICT_COUNT; verdict > 0; verdict--)
        if (has_verdict(page, (enum verdict)(verdict - 1)))
            write_key_row(page, (enum verdict)(verdict - 1));
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
        char day[UTC_DAY_BYTES];

        utc_day_text(number_at(page, i, "day"), day);
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
          "each by the worst of its sessions on that day. A refusal counts on its day, also where it is "
          "history today.</p>\n",
        page->out);
    if (page->days.count == 0) {
        fputs("<p>No session was seen on any day.</p></section>\n", page->out);
        return;
    }
    if (page->days.all > page->days.count)
        fputs("<p>Earlier days are not shown here: --until shows them.</p>\n", page->out);
    fputs("<figure>\n", page->out);
    draw(page);
    write_key(page);
    fputs("</figure>\n", page->out);
    write_numbers(page);
    fputs("</section>\n", page->out);
}
