/* SPDX-License-Identifier: BSD-2-Clause */
/* filters.c: times, networks and words as users write them. */
#include "filters.h"

#include <lasthello/address.h>
#include <lasthello/clock.h>
#include <lasthello/list.h>
#include <lasthello/text.h>
#include <lasthello/utc.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SECOND_US 1000000LL
#define DAY_US    (SECONDS_A_DAY * SECOND_US)
#define DAYS_MAX  (INT64_MAX / DAY_US) /* that microseconds reach, before and after 1970 */
#define AGE_MAX   100000               /* days or hours */

/* A time as the user gave it: microseconds since 1970. */
struct given_time {
    int64_t time;
    bool is_day; /* a whole day was named, or a number of days */
};

/* 7d, 24h: so long before now. */
static bool read_age(const char *text, int64_t now, struct given_time *given)
{
    char *end;
    long number = strtol(text, &end, 10);

    if (end == text || text[0] < '0' || text[0] > '9' || number > AGE_MAX || end[0] == '\0' || end[1] != '\0')
        return false;
    if (end[0] != 'd' && end[0] != 'h')
        return false;
    given->is_day = end[0] == 'd';
    given->time = (now - number * (given->is_day ? SECONDS_A_DAY : 3600)) * SECOND_US;
    return true;
}

/* The digits after a second's point, as microseconds. */
static bool read_fraction(const char **text, int64_t *fraction)
{
    int64_t weight = SECOND_US / 10;

    *fraction = 0;
    if ((*text)[0] != '.')
        return true;
    for ((*text)++; **text >= '0' && **text <= '9'; (*text)++, weight /= 10)
        *fraction += (**text - '0') * weight;
    return (*text)[-1] != '.';
}

static bool read_date(const char *text, struct given_time *given)
{
    static const char *const formats[] = {
        "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"};
    const size_t count = sizeof(formats) / sizeof(formats[0]);
    int64_t fraction;

    for (size_t i = 0; i < count; i++) {
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
        *given = (struct given_time){seconds * SECOND_US + fraction, i + 1 == count};
        return true;
    }
    return false;
}

static bool check_time(
    const char *option, const char *text, int64_t now, struct given_time *given, struct error *error)
{
    if (read_age(text, now, given) || read_date(text, given))
        return true;
    return error_set(error,
        "--%s takes a date, a date and time in UTC, or an age, as 2026-11-20, 2026-11-20T08:00, 7d or 24h, "
        "not '%s'",
        option, text);
}

/* The day of a time in microseconds, rounded down, also before 1970. */
static int64_t day_of(int64_t time)
{
    return time / DAY_US - (time % DAY_US < 0);
}

/* The rows of an inventory are of whole days: the first begins with the day of --since, the last is the one
 * in which --until lies, but for its first moment, which is the end of the day before. */
static bool check_days(
    const struct filters *filters, int64_t now, struct checked_filters *checked, struct error *error)
{
    struct given_time since = {0}, until = {0};

    checked->has_since = filters->since != NULL;
    checked->has_until = filters->until != NULL;
    if ((checked->has_since && !check_time("since", filters->since, now, &since, error)) ||
        (checked->has_until && !check_time("until", filters->until, now, &until, error)))
        return false;
    checked->since_day = checked->has_since ? day_of(since.time) : -DAYS_MAX;
    checked->until_day = checked->has_until ? day_of(until.time - 1) + 1 : DAYS_MAX;
    if (checked->since_day >= checked->until_day)
        return error_set(error,
            "no day lies between --since '%s' and --until '%s', before which the last one ends",
            filters->since, filters->until);
    if (filters->as_of != NULL && checked->until_day > checked->today + 1)
        checked->until_day = checked->today + 1;
    checked->has_end = checked->until_day != DAYS_MAX;
    checked->rounded = (checked->has_since && !since.is_day && since.time % DAY_US != 0) ||
        (checked->has_until && !until.is_day && until.time % DAY_US != 0);
    return true;
}

/* Nothing later than the day is used, and ages are those at its end. */
static bool check_as_of(const char *text, int64_t *now, struct checked_filters *checked, struct error *error)
{
    checked->today = clock_day(*now);
    if (text == NULL)
        return true;
    if (!utc_day_read(text, &checked->today))
        return error_set(error, "--as-of takes a UTC day, as 2026-12-31, not '%s'", text);
    *now = (checked->today + 1) * SECONDS_A_DAY - 1;
    return true;
}

static bool add_network(const char *text, struct checked_filters *checked, struct error *error)
{
    struct digits_range *range = &checked->networks[checked->network_count];
    struct address low, high;
    struct network network;

    if (checked->network_count == NETWORKS_MAX)
        return error_set(error, "--network takes at most %d networks", NETWORKS_MAX);
    if (!network_read(text, &network))
        return error_set(error,
            "--network takes an address or a network, as 10.1.0.0/16 or 2001:db8::/32, not '%s'", text);
    network_bounds(&network, &low, &high);
    text_hex((struct bytes){low.octets, sizeof(low.octets)}, range->low);
    text_hex((struct bytes){high.octets, sizeof(high.octets)}, range->high);
    checked->network_count++;
    return true;
}

static bool check_networks(const char *list, struct checked_filters *checked, struct error *error)
{
    char word[LIST_WORD_BYTES];

    if (list == NULL)
        return true;
    do
        if (!add_network(list_word(&list, word), checked, error))
            return false;
    while (list != NULL);
    return true;
}

/* Each word of a list is one of `words`. */
static bool check_words(
    const char *option, const char *list, const char *const *words, struct error *error)
{
    char word[LIST_WORD_BYTES], known[256] = "";
    bool is_known = true;

    while (is_known && list != NULL)
        is_known = list_word_place(list_word(&list, word), words) >= 0;
    if (is_known)
        return true;
    for (; *words != NULL; words++)
        list_add(known, sizeof(known), ", ", *words);
    return error_set(error, "--%s takes one of %s, not '%s'", option, known, word);
}

static bool check_verdicts(const char *list, struct checked_filters *checked, struct error *error)
{
    const char *names[VERDICT_COUNT + 1] = {NULL};
    char word[LIST_WORD_BYTES];
    size_t count = 0;

    for (enum verdict verdict = VERDICT_COUNT; verdict-- > 0;) /* the worst first; two have one name */
        if (count == 0 || strcmp(names[count - 1], verdict_name(verdict)) != 0)
            names[count++] = verdict_name(verdict);
    if (!check_words("verdict", list, names, error))
        return false;
    while (list != NULL) {
        list_word(&list, word);
        for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
            if (strcasecmp(word, verdict_name(verdict)) == 0)
                checked->verdicts |= 1u << verdict;
    }
    return true;
}

static unsigned limit(unsigned given, unsigned usual)
{
    return given > 0 ? given : usual;
}

static struct verdict_limits limits_of(const struct verdict_limits *given)
{
    static const struct verdict_limits usual = VERDICT_LIMITS;

    return (struct verdict_limits){
        .failing_days = limit(given->failing_days, usual.failing_days),
        .fixed_days = limit(given->fixed_days, usual.fixed_days),
        .fixed_sessions = limit(given->fixed_sessions, usual.fixed_sessions),
        .short_sessions = limit(given->short_sessions, usual.short_sessions),
    };
}

bool filters_check(
    const struct filters *filters, int64_t now, struct checked_filters *checked, struct error *error)
{
    static const char *const versions[] = {
        "SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.2+", "TLS 1.3", NULL};
    static const char *const causes[] = {"client", "server", "fallback", "unknown", "too_new", NULL};
    static const struct filters everything;

    if (filters == NULL)
        filters = &everything;
    *checked = (struct checked_filters){.provider = filters->provider,
        .version = filters->version,
        .cause = filters->cause,
        .service = filters->service,
        .owner = filters->owner,
        .limits = limits_of(&filters->limits),
        .host = filters->host,
        .server = filters->server};
    return check_as_of(filters->as_of, &now, checked, error) && check_days(filters, now, checked, error) &&
        check_networks(filters->network, checked, error) &&
        check_words("version", filters->version, versions, error) &&
        check_words("cause", filters->cause, causes, error) &&
        check_verdicts(filters->verdict, checked, error);
}

void filters_compare(struct checked_filters *checked)
{
    checked->changed_since = checked->has_since ? checked->since_day : checked->today - CHANGES_DAYS + 1;
    checked->has_since = false;
    checked->since_day = -DAYS_MAX;
}

bool filters_want(const struct checked_filters *checked, const struct wanted *kind)
{
    return list_wants(checked->provider, kind->provider) && list_wants(checked->version, kind->version) &&
        list_wants(checked->cause, kind->cause) && list_wants(checked->service, kind->service);
}

bool filters_want_verdict(const struct checked_filters *checked, enum verdict verdict)
{
    return checked->verdicts == 0 || (checked->verdicts >> verdict & 1) != 0;
}

void filters_days(const struct checked_filters *checked, struct filter_days *days)
{
    *days = (struct filter_days){
        .has_since = checked->has_since,
        .has_until = checked->has_until,
        .rounded = checked->rounded,
        .today = checked->today};
    utc_day_text(checked->since_day, days->first);
    utc_day_text(checked->until_day - 1, days->last);
}

void filters_put(struct query *query, const struct checked_filters *checked)
{
    query_offer_number(query, ":today", checked->today);
    query_offer_number(query, ":changed_since", checked->changed_since);
    query_offer_number(query, ":since_day", checked->since_day);
    query_offer_number(query, ":until_day", checked->until_day);
    query_offer_number(query, ":since", checked->since_day * DAY_US);
    query_offer_number(query, ":until", checked->until_day * DAY_US);
    if (checked->network_count > 0 || checked->owner != NULL || checked->host != NULL ||
        checked->server != NULL)
        query_offer_number(query, ":hosts", 1);
}
