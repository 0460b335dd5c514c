/* SPDX-License-Identifier: BSD-2-Clause */
/* filters.c: times, networks and words as users write them. */
#include "filters.h"

#include <lasthello/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MICROSECONDS 1000000LL
#define AGE_MAX      100000 /* days or hours */

/* 7d, 24h: so long before now. */
static bool read_age(const char *text, int64_t now, int64_t *time)
{
    char *end;
    long number = strtol(text, &end, 10);

    if (end == text || text[0] < '0' || text[0] > '9' || number > AGE_MAX || end[0] == '\0' || end[1] != '\0')
        return false;
    if (end[0] != 'd' && end[0] != 'h')
        return false;
    *time = (now - number * (end[0] == 'd' ? SECONDS_A_DAY : 3600)) * MICROSECONDS;
    return true;
}

/* The digits after a second's point, as microseconds. */
static bool read_fraction(const char **text, int64_t *fraction)
{
    int64_t weight = MICROSECONDS / 10;

    *fraction = 0;
    if ((*text)[0] != '.')
        return true;
    for ((*text)++; **text >= '0' && **text <= '9'; (*text)++, weight /= 10)
        *fraction += (**text - '0') * weight;
    return (*text)[-1] != '.';
}

static bool read_date(const char *text, int64_t *time)
{
    static const char *const formats[] = {
        "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"};
    int64_t fraction;

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct tm utc = {0}, normal;
        const char *rest = strptime(text, formats[i], &utc);
        time_t seconds;

        if (rest == NULL || !read_fraction(&rest, &fraction))
            continue;
        rest += rest[0] == 'Z';
        normal = utc;
        seconds = timegm(&normal);
        if (rest[0] != '\0' || normal.tm_mday != utc.tm_mday) /* trailing text; the 30th of February */
            continue;
        *time = seconds * MICROSECONDS + fraction;
        return true;
    }
    return false;
}

static bool check_time(const char *option, const char *text, int64_t now, bool *has, int64_t *time, struct error *error)
{
    *has = text != NULL;
    if (text == NULL || read_age(text, now, time) || read_date(text, time))
        return true;
    return error_set(error,
        "--%s takes a date, a date and time in UTC, or an age, as 2026-11-20, 2026-11-20T08:00, 7d or 24h, not "
        "'%s'",
        option, text);
}

static bool check_network(const char *text, struct checked_filters *checked, struct error *error)
{
    struct address low, high;
    struct network network;

    checked->has_network = text != NULL;
    if (text == NULL)
        return true;
    if (!network_read(text, &network))
        return error_set(
            error, "--network takes an address or a network, as 10.1.0.0/16 or 2001:db8::/32, not '%s'", text);
    network_bounds(&network, &low, &high);
    text_hex((struct bytes){low.octets, sizeof(low.octets)}, checked->low);
    text_hex((struct bytes){high.octets, sizeof(high.octets)}, checked->high);
    return true;
}

/* A word of a list, as the list writes it. */
static bool check_word(
    const char *option, const char *text, const char *const *words, const char **word, struct error *error)
{
    char list[256] = "";
    size_t used = 0;

    *word = NULL;
    if (text == NULL)
        return true;
    for (; *words != NULL; words++) {
        if (strcasecmp(text, *words) == 0) {
            *word = *words;
            return true;
        }
        used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", used == 0 ? "" : ", ", *words);
    }
    return error_set(error, "--%s takes one of %s, not '%s'", option, list, text);
}

bool filters_check(const struct filters *filters, int64_t now, struct checked_filters *checked, struct error *error)
{
    static const char *const versions[] = {
        "SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.2+", "TLS 1.3", NULL};
    static const char *const causes[] = {"client", "server", "fallback", "unknown", NULL};
    static const struct filters everything;

    if (filters == NULL)
        filters = &everything;
    *checked = (struct checked_filters){.provider = filters->provider, .service = filters->service};
    return check_time("since", filters->since, now, &checked->has_since, &checked->since, error) &&
        check_time("until", filters->until, now, &checked->has_until, &checked->until, error) &&
        check_network(filters->network, checked, error) &&
        check_word("version", filters->version, versions, &checked->version, error) &&
        check_word("cause", filters->cause, causes, &checked->cause, error);
}

bool inventory_filters_check(const struct filters *filters, struct error *error)
{
    struct checked_filters checked;

    return filters_check(filters, time(NULL), &checked, error);
}

void filters_put(struct query *query, const struct checked_filters *checked)
{
    if (checked->has_since)
        query_name_number(query, ":since", checked->since);
    if (checked->has_until)
        query_name_number(query, ":until", checked->until);
    query_name_text(query, ":low", checked->has_network ? checked->low : NULL);
    query_name_text(query, ":high", checked->has_network ? checked->high : NULL);
    query_name_text(query, ":provider", checked->provider);
    query_name_text(query, ":version", checked->version);
    query_name_text(query, ":cause", checked->cause);
    query_name_text(query, ":service", checked->service);
}
