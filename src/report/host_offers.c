/* SPDX-License-Identifier: BSD-2-Clause */
/* host_offers.c: of one client's story, its sessions by day, and what its programs offer. */
#include "host_page.h"
#include "sparkline.h"

#include <lasthello/clock.h>
#include <lasthello/names.h>
#include <lasthello/utc.h>
#include <lasthello/verdict.h>

#include <string.h>

/* ---- days ------------------------------------------------------------------------------------------- */

struct drawn {
    int64_t first; /* day */
    size_t count;
    uint64_t numbers[HOST_DAYS_MAX];
};

static int64_t day_of(const struct host_page *page, size_t row)
{
    const struct value *date = kept_value(&page->days, row, "date");

    return date == NULL ? 0 : utc_floor(date->number, SECONDS_A_DAY);
}

static void draw(struct host_page *page, struct drawn *drawn, const char *name, const char *title)
{
    uint64_t sum = 0;

    memset(drawn->numbers, 0, sizeof(drawn->numbers));
    for (size_t i = 0; i < page->days.count; i++) {
        const int64_t at = day_of(page, i) - drawn->first;

        if (at < 0 || at >= (int64_t)drawn->count)
            continue;
        drawn->numbers[at] = host_page_number(&page->days, i, name);
        sum += drawn->numbers[at];
    }
    fprintf(page->out, "  %-9s", title);
    sparkline_write(page->out, drawn->numbers, drawn->count, sparkline_speaks_utf8());
    fprintf(page->out, "  %llu\n", (unsigned long long)sum);
}

static void put_day(struct host_page *page, int64_t day, const char *behind)
{
    char text[UTC_DAY_BYTES];

    utc_day_text(day, text);
    fprintf(page->out, "%s%s", text, behind);
}

void host_page_put_days(struct host_page *page)
{
    struct drawn drawn;
    int64_t first, last;

    if (page->days.count == 0)
        return;
    first = day_of(page, 0);
    last = day_of(page, page->days.count - 1);
    drawn.first = last - first >= HOST_DAYS_MAX ? last - HOST_DAYS_MAX + 1 : first;
    drawn.count = (size_t)(last - drawn.first + 1);
    fputs("\nSessions by day (UTC), ", page->out);
    put_day(page, drawn.first, " to ");
    put_day(page, last, "\n");
    draw(page, &drawn, "old_sessions", "old TLS");
    draw(page, &drawn, "better_sessions", "TLS 1.2+");
    draw(page, &drawn, "refused_sessions", "refused");
}

/* ---- hellos ----------------------------------------------------------------------------------------- */

/* How many codes a list has. */
static size_t codes_in(const struct kept_rows *rows, size_t row)
{
    const struct value *list = kept_value(rows, row, "cipher_suites");
    size_t count = list != NULL && list->text[0] != '\0';

    for (const char *at = list == NULL ? "" : list->text; *at != '\0'; at++)
        count += *at == ',';
    return count;
}

static void put_stack(struct host_page *page, size_t row)
{
    const struct value *ja4 = kept_value(&page->offers, row, "ja4");
    const struct stack *stack = ja4 == NULL ? NULL : stack_of_ja4(ja4->text);

    if (stack != NULL)
        fprintf(page->out, " (a guess: %s%s)", stack->name, stack->is_tried ? "" : "; computed, not tried");
}

/* ", like 14 other hosts", which offer the same cipher suites. */
static void put_like(struct host_page *page, size_t row)
{
    const struct value *ja4 = kept_value(&page->offers, row, "ja4");

    for (size_t i = 0; ja4 != NULL && i < page->like.count; i++) {
        const uint64_t hosts = host_page_number(&page->like, i, "like_hosts");
        const bool is_least = host_page_number(&page->like, i, "like_is_least") != 0;
        const struct value *stack = kept_value(&page->like, i, "ja4_b");

        if (stack == NULL || strstr(ja4->text, stack->text) == NULL || (hosts == 0 && is_least))
            continue;
        if (hosts == 0)
            fputs(", like no other host", page->out);
        else
            host_page_put(page, &page->like, i, is_least ? ", like at least " : ", like ", "like_hosts",
                hosts == 1 ? " other host" : " other hosts");
    }
}

void host_page_put_offers(struct host_page *page)
{
    if (page->offers.count > 0)
        fputs("\nWhat it offers\n", page->out);
    for (size_t i = 0; i < page->offers.count; i++) {
        const struct value *list = kept_value(&page->offers, i, "cipher_suites");
        const size_t suites = codes_in(&page->offers, i);
        char matters[SUITES_TOLD_BYTES];

        host_page_put(page, &page->offers, i, "  ", "offered", "");
        if (host_page_number(&page->offers, i, "sslv2_format") != 0)
            fputs(" in the format of SSL 2.0", page->out);
        if (suites > 0)
            fprintf(page->out, ", %zu cipher suite%s%s", suites, suites == 1 ? "" : "s",
                suites_told(list->text, matters));
        host_page_put(page, &page->offers, i, ", JA4 ", "ja4", "");
        put_stack(page, i);
        put_like(page, i);
        host_page_put(page, &page->offers, i, "; ", "sessions", "");
        fputs(host_page_number(&page->offers, i, "sessions") == 1 ? " session" : " sessions", page->out);
        host_page_put(page, &page->offers, i, ", last ", "last_seen", "");
        fputs("\n", page->out);
    }
    host_page_put_count(page, page->offers.count, &page->offers);
}
