/* SPDX-License-Identifier: BSD-2-Clause */
/* target_told.c: the days of a client toward a target, and what they tell. */
#include "target_told.h"

#include "growing.h"

#include <lasthello/day_counts.h>

#include <string.h>

extern const char sql_dhcp_trait[];

static const char sql_macs[] = "SELECT id, dense_rank() OVER (ORDER BY client_mac) FROM path "
                               "WHERE client_attached = 1 AND client_mac IS NOT NULL";

void query_name_day(struct query *query, const char *name, int64_t day)
{
    if (day == NO_DAY)
        query_name_text(query, name, NULL);
    else
        query_name_number(query, name, day);
}

static bool load_macs(struct teller *teller, struct inventory *inventory, struct error *error)
{
    struct query query;
    enum row row = ROW_FAILED;
    uint32_t *number = NULL;

    if (query_open(&query, &inventory->db, sql_macs, error))
        while ((row = query_row(&query, error)) == ROW_ONE &&
            (number = id_map_put(&teller->macs, query_number(&query, 0))) != NULL)
            *number = (uint32_t)query_number(&query, 1);
    query_close(&query);
    if (row == ROW_ONE)
        return inventory_no_memory(error);
    return row == ROW_END;
}

bool teller_open(struct teller *teller, struct inventory *inventory, const struct checked_filters *checked,
    struct error *error)
{
    *teller = (struct teller){.today = checked->today, .limits = checked->limits};
    return load_macs(teller, inventory, error) &&
        query_open(&teller->dhcp, &inventory->db, sql_dhcp_trait, error);
}

void teller_close(struct teller *teller)
{
    query_close(&teller->dhcp);
    id_map_close(&teller->macs);
    free(teller->days);
    *teller = (struct teller){0};
}

bool teller_is_recent(const struct teller *teller, int64_t day)
{
    return day > teller->today - (int64_t)teller->limits.failing_days;
}

static bool is_of_days_before(const struct teller *teller, int64_t day)
{
    return day <= teller->today - (int64_t)teller->limits.fixed_days;
}

/* ---- the sessions of each day ------------------------------------------------------------------------ */

/* Verdicts are about it: it is asked for, counts, and is no middlebox's. */
static bool is_told(const struct contact *contact)
{
    return contact->is_asked && contact->profile->is_counted && !contact->is_inspected;
}

enum offer_kind offer_of(const struct judged_profile *profile)
{
    return profile->is_legacy ? OFFER_OLD : OFFER_NEWER;
}

/* Refused, and what it offers is why. */
static bool is_failing(const struct judged_profile *profile)
{
    return profile->alone == VERDICT_FAILING;
}

static void add_count(
    struct day_sum *sum, const struct judged_profile *profile, bool is_attempt, const struct day_count *count)
{
    const bool is_old = profile->is_old && profile->is_legacy;
    const enum offer_kind offer = offer_of(profile);

    sum->attempts[offer] += is_attempt ? count->sessions : 0;
    sum->refused[offer] += is_failing(profile) ? count->sessions : 0;
    sum->better += profile->is_better ? count->sessions : 0;
    sum->old += is_old ? count->sessions : 0;
    sum->short_lived += is_old ? count->short_lived : 0;
}

/* The day at `at`, or, where that is another, a new one in its place; NULL: no memory. */
static struct day_sum *day_at(struct teller *teller, size_t at, int64_t day)
{
    struct day_sum *grown;

    if (at < teller->day_count && teller->days[at].day == day)
        return &teller->days[at];
    grown = growing_reserve(teller->days, teller->day_count, 1, &teller->day_room, sizeof(*grown));
    if (grown == NULL)
        return NULL;
    teller->days = grown;
    memmove(&grown[at + 1], &grown[at], (teller->day_count - at) * sizeof(*grown));
    teller->day_count++;
    grown[at] = (struct day_sum){.day = day};
    return &grown[at];
}

/* With old TLS, or with a hello that was refused at another time. */
static bool is_attempt(const struct contact *contact, const struct contact *contacts, size_t count)
{
    const struct judged_profile *profile = contact->profile;

    for (size_t i = 0; i < count && !profile->is_legacy && !is_failing(profile); i++)
        if (is_told(&contacts[i]) && is_failing(contacts[i].profile) && profile->hello != 0 &&
            contacts[i].profile->hello == profile->hello)
            return true;
    return profile->is_legacy || is_failing(profile);
}

static bool add_contact(struct teller *teller, const struct contact *contact, bool is_attempt)
{
    struct day_counts counts = {.rest = contact->days};
    struct day_count count;
    size_t at = 0;

    while (contact_days_next(contact, &counts, &count)) {
        struct day_sum *sum;

        while (at < teller->day_count && teller->days[at].day < count.day)
            at++;
        sum = day_at(teller, at, count.day);
        if (sum == NULL)
            return false;
        add_count(sum, contact->profile, is_attempt, &count);
    }
    return true;
}

/* ---- what they tell ---------------------------------------------------------------------------------- */

/* On the way from the first day to the last. */
struct telling {
    const struct teller *teller;
    struct target_told *told;
    int64_t better_sessions; /* since the last day with old TLS */
    int64_t better_recent;   /* the first of the last fixed_days with newer TLS */
};

static void tell_old(struct telling *telling, int64_t day)
{
    const struct verdict_limits *limits = &telling->teller->limits;
    struct target_told *told = telling->told;

    if (told->old_last != NO_DAY && day - told->old_last > (int64_t)limits->fixed_days &&
        telling->better_sessions >= (int64_t)limits->fixed_sessions)
        told->again = day;
    told->old_first = told->old_first == NO_DAY ? day : told->old_first;
    told->old_last = day;
    told->better_since = NO_DAY;
    telling->better_sessions = 0;
}

static void tell_refused(const struct telling *telling, struct refusals *told, int64_t day)
{
    if (told->last == NO_DAY || day - told->last > (int64_t)telling->teller->limits.failing_days)
        told->since = day;
    told->last = day;
}

static void tell_better(struct telling *telling, const struct day_sum *sum)
{
    struct target_told *told = telling->told;

    told->better += sum->better;
    if (!is_of_days_before(telling->teller, sum->day) && telling->better_recent == NO_DAY)
        telling->better_recent = sum->day;
    if (sum->attempts[OFFER_OLD] > 0)
        return;
    telling->better_sessions += sum->better;
    told->better_since = told->better_since == NO_DAY ? sum->day : told->better_since;
}

static void tell_day(struct telling *telling, const struct day_sum *sum)
{
    struct target_told *told = telling->told;

    if (sum->attempts[OFFER_OLD] > 0)
        tell_old(telling, sum->day);
    for (enum offer_kind offer = 0; offer < OFFER_COUNT; offer++)
        if (sum->refused[offer] > 0)
            tell_refused(telling, &told->refusals[offer], sum->day);
    if (sum->better > 0)
        tell_better(telling, sum);
    if (!teller_is_recent(telling->teller, sum->day))
        return;
    for (enum offer_kind offer = 0; offer < OFFER_COUNT; offer++) {
        told->refusals[offer].attempts += sum->attempts[offer];
        told->refusals[offer].refused += sum->refused[offer];
    }
    told->old += sum->old;
    told->short_lived += sum->short_lived;
}

/* ---- a trait that went on ---------------------------------------------------------------------------- */

/* Of contacts with one MAC address, or hello: were they before a day, and after it? */
struct around {
    bool before, after;
};

static void add_around(struct around *around, const struct contact *contact, int64_t last_day)
{
    struct contact part;

    around->before |= contact_part(contact, INT64_MIN, last_day + 1, &part);
    around->after |= contact_part(contact, last_day + 1, INT64_MAX, &part);
}

/* The number of what it is told by; 0: none. Of MAC addresses, that of old sessions counts. */
static int64_t key_of(const struct teller *teller, const struct contact *contact, enum kept kept)
{
    const uint32_t *mac;

    if (kept == KEPT_HELLO)
        return contact->profile->hello;
    mac = contact->path == 0 ? NULL : id_map_find(&teller->macs, contact->path);
    return mac == NULL ? 0 : *mac;
}

static bool went_on(const struct teller *teller, const struct contact *contacts, size_t count,
    const struct target_told *told, enum kept kept)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t key = key_of(teller, &contacts[i], kept);
        struct around around = {0};

        if (key == 0 || !is_told(&contacts[i]) ||
            (kept == KEPT_MAC && !contacts[i].profile->is_legacy))
            continue;
        for (size_t k = 0; k < count && !(around.before && around.after); k++)
            if (is_told(&contacts[k]) && key_of(teller, &contacts[k], kept) == key)
                add_around(&around, &contacts[k], told->old_last);
        if (around.before && around.after)
            return true;
    }
    return false;
}

/* Has one of the clients had the same DHCP name all the time? */
static enum row kept_its_name(struct teller *teller, const struct contact *contacts, size_t count,
    const struct target_told *told, struct error *error)
{
    enum row row = ROW_END;

    for (size_t i = 0; i < count && row == ROW_END; i++) {
        if (i > 0 && contacts[i].client == contacts[i - 1].client)
            continue;
        query_name_number(&teller->dhcp, ":client", contacts[i].client);
        query_name_number(&teller->dhcp, ":after", (told->old_last + 1) * DAY_US);
        row = query_row(&teller->dhcp, error);
        query_reset(&teller->dhcp);
    }
    return row;
}

static bool find_kept(struct teller *teller, const struct contact *contacts, size_t count,
    struct target_told *told, struct error *error)
{
    enum row row = ROW_END;

    if (went_on(teller, contacts, count, told, KEPT_MAC))
        told->kept = KEPT_MAC;
    else if (went_on(teller, contacts, count, told, KEPT_HELLO))
        told->kept = KEPT_HELLO;
    else if ((row = kept_its_name(teller, contacts, count, told, error)) == ROW_ONE)
        told->kept = KEPT_DHCP;
    return row != ROW_FAILED;
}

static enum became became_of(const struct telling *telling)
{
    const struct target_told *told = telling->told;

    if (told->old_last == NO_DAY)
        return BECAME_NOTHING;
    if (is_of_days_before(telling->teller, told->old_last))
        return told->kept == KEPT_NONE ? BECAME_NOT_SEEN : BECAME_FIXED;
    if (told->again != NO_DAY)
        return BECAME_OLD_AGAIN;
    if (telling->better_recent == NO_DAY)
        return BECAME_NOTHING;
    return telling->better_recent <= told->old_last ? BECAME_SEVERAL : BECAME_UPDATED;
}

static int64_t better_sessions(const struct contact *contacts, size_t count)
{
    int64_t sessions = 0;

    for (size_t i = 0; i < count; i++)
        if (is_told(&contacts[i]) && contacts[i].profile->is_better)
            sessions += contacts[i].sessions;
    return sessions;
}

/* Has it old TLS, or was it refused? */
static bool has_days(const struct contact *contacts, size_t count)
{
    bool has = false;

    for (size_t i = 0; i < count; i++)
        has |= is_told(&contacts[i]) &&
            (contacts[i].profile->is_legacy || is_failing(contacts[i].profile));
    return has;
}

const struct target_told target_told_none = {
    .refusals = {[OFFER_OLD] = {.since = NO_DAY, .last = NO_DAY},
        [OFFER_NEWER] = {.since = NO_DAY, .last = NO_DAY}},
    .old_first = NO_DAY,
    .old_last = NO_DAY,
    .again = NO_DAY,
    .better_since = NO_DAY,
};

/* Was old TLS gone for long enough, and was there enough of newer TLS since? */
static bool is_over(const struct telling *telling)
{
    return telling->told->old_last != NO_DAY &&
        is_of_days_before(telling->teller, telling->told->old_last) &&
        telling->better_sessions >= (int64_t)telling->teller->limits.fixed_sessions;
}

bool teller_tell(struct teller *teller, const struct contact *contacts, size_t count,
    struct target_told *told, struct error *error)
{
    struct telling telling = {.teller = teller, .told = told, .better_recent = NO_DAY};

    *told = target_told_none;
    teller->day_count = 0;
    if (!has_days(contacts, count)) { /* its days tell nothing */
        told->better = better_sessions(contacts, count);
        return true;
    }
    for (size_t i = 0; i < count; i++)
        if (is_told(&contacts[i]) &&
            !add_contact(teller, &contacts[i], is_attempt(&contacts[i], contacts, count)))
            return inventory_no_memory(error);
    for (size_t i = 0; i < teller->day_count; i++)
        tell_day(&telling, &teller->days[i]);
    if (is_over(&telling) && !find_kept(teller, contacts, count, told, error))
        return false;
    told->became = became_of(&telling);
    return true;
}

const char *became_name(enum became became)
{
    static const char *const names[] = {
        [BECAME_NOTHING] = NULL,
        [BECAME_FIXED] = "fixed",
        [BECAME_NOT_SEEN] = "not seen since",
        [BECAME_UPDATED] = "perhaps updated",
        [BECAME_SEVERAL] = "several programs",
        [BECAME_OLD_AGAIN] = "back again",
    };

    return names[became];
}

const char *kept_name(enum kept kept)
{
    static const char *const names[] = {
        [KEPT_NONE] = NULL,
        [KEPT_DHCP] = "dhcp",
        [KEPT_HELLO] = "hello",
        [KEPT_MAC] = "mac",
    };

    return names[kept];
}
