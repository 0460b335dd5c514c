/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_verdicts.c: what holds of a client's contacts as of a day. */
#include "contact_verdicts.h"

#include "growing.h"

/* ---- middleboxes ------------------------------------------------------------------------------------- */

bool contact_verdicts_shows_middlebox(const struct contact_walk *walk, const struct contact *contact)
{
    return contact->certificate != 0 && id_map_find(&walk->middleboxes, contact->certificate) != NULL;
}

/* Where one certificate of a server is a middlebox's, a client's sessions without one are with it, too. */
static void mark_inspected(struct contact_walk *walk, const struct contact *shown)
{
    for (size_t i = 0; i < walk->count; i++) {
        struct contact *contact = &walk->contacts[i];

        contact->is_inspected |= contact->client == shown->client && contact->server == shown->server &&
            (contact->certificate == 0 || contact_verdicts_shows_middlebox(walk, contact));
    }
}

static void find_inspected(struct contact_walk *walk)
{
    for (size_t i = 0; walk->middleboxes.count > 0 && i < walk->count; i++)
        if (walk->contacts[i].profile->has_provider && !walk->contacts[i].is_inspected &&
            contact_verdicts_shows_middlebox(walk, &walk->contacts[i]))
            mark_inspected(walk, &walk->contacts[i]);
}

/* ---- a part of a contact, by a policy or alone ------------------------------------------------------- */

/* Do at least half of the old sessions toward its target end at once, and that several times? */
static bool ends_at_once(const struct contact_walk *walk, const struct target_told *told)
{
    return told->short_lived >= (int64_t)walk->teller.limits.short_sessions &&
        2 * told->short_lived >= told->old;
}

/* Whether a refusal is history, and an end at once is of these days, depends on the days. */
static bool depends_on_days(const struct contact_walk *walk, const struct contact *contact)
{
    const struct judged_profile *profile = contact->profile;

    return profile->alone == VERDICT_FAILING || profile->is_refused ||
        (profile->is_old && ends_at_once(walk, contact->told));
}

size_t contact_verdicts_parts(
    const struct contact_walk *walk, const struct contact *contact, struct judged_part parts[2])
{
    const int64_t recent_from = walk->teller.today - (int64_t)walk->teller.limits.failing_days + 1;
    size_t count = 0;

    if (!depends_on_days(walk, contact)) {
        parts[0] = (struct judged_part){.part = *contact};
        return 1;
    }
    parts[0].is_recent = true;
    count += contact_part(contact, recent_from, INT64_MAX, &parts[0].part);
    parts[count].is_recent = false;
    count += contact_part(contact, INT64_MIN, recent_from, &parts[count].part);
    return count;
}

static bool is_refusal(struct breach breach)
{
    return breach.kind == BREACH_REFUSED || breach.kind == BREACH_REFUSED_BEFORE;
}

static bool is_about_version(struct breach breach)
{
    return breach.kind == BREACH_VERSION || breach.kind == BREACH_OFFER;
}

static enum verdict by_breach(const struct judged_part *part, const struct judged_breach *breach)
{
    if (is_refusal(breach->breach) && part->is_recent)
        return VERDICT_FAILING;
    if (breach->breaks)
        return VERDICT_BREAKS;
    if (breach->breach.level != POLICY_MUST)
        return VERDICT_FRAGILE;
    if (breach->breach.kind == BREACH_CLEAR_TEXT)
        return VERDICT_EXPOSED;
    if (part->part.profile->is_legacy && (is_refusal(breach->breach) || is_about_version(breach->breach)))
        return VERDICT_LEGACY;
    return VERDICT_FRAGILE;
}

enum verdict contact_verdicts_of(
    const struct contact_walk *walk, const struct judged_part *part, const struct judged_breach *breach)
{
    const struct judged_profile *profile = part->part.profile;

    if (part->part.is_inspected)
        return VERDICT_UNKNOWN;
    if (breach == NULL && profile->alone == VERDICT_FAILING && !part->is_recent)
        return profile->is_legacy ? VERDICT_LEGACY : VERDICT_UNKNOWN;
    if (profile->is_old && part->is_recent && ends_at_once(walk, part->part.told) &&
        (breach == NULL || is_about_version(breach->breach)))
        return VERDICT_LOGIN_REFUSED;
    return breach == NULL ? profile->alone : by_breach(part, breach);
}

size_t contact_verdicts_breaches(const struct contact_walk *walk, const struct contact *contact,
    const struct judged_breach *found[POLICIES_MAX])
{
    if (contact->is_inspected)
        return 0;
    return judged_profiles_breaches(
        &walk->profiles, contact->profile, contact->server, contact->certificate, found);
}

enum verdict contact_verdicts_then(
    const struct contact_walk *walk, const struct contact *contact, bool is_of_last_days)
{
    struct judged_part part = {.part = *contact, .is_recent = true};
    const struct judged_breach *found[POLICIES_MAX];
    size_t count;
    enum verdict worst;

    if (!depends_on_days(walk, contact))
        return contact->verdict;
    if (!is_of_last_days)
        part.part.told = &target_told_none;
    worst = contact_verdicts_of(walk, &part, NULL);
    count = contact_verdicts_breaches(walk, contact, found);
    for (size_t i = 0; i < count; i++) {
        const enum verdict verdict = contact_verdicts_of(walk, &part, found[i]);

        worst = verdict > worst ? verdict : worst;
    }
    return worst;
}

/* ---- the worst of a contact -------------------------------------------------------------------------- */

/* The last day of what a policy ends; INT64_MAX: none is known. */
static int64_t until_of(
    const struct contact_walk *walk, enum verdict verdict, const struct judged_breach *breach)
{
    const struct policy *policy = breach == NULL ? NULL : walk->policies->rows[breach->policy];

    if (verdict != VERDICT_BREAKS || policy == NULL || breach->breach.kind == BREACH_NAME_ENDS)
        return INT64_MAX;
    return policy->has_until ? policy->until : INT64_MAX;
}

/* Of those that break, the one with the first day. */
static void judge_by(const struct contact_walk *walk, struct contact *contact, const struct judged_part *part,
    const struct judged_breach *breach)
{
    const enum verdict verdict = contact_verdicts_of(walk, part, breach);
    const int64_t until_day = until_of(walk, verdict, breach);

    if (verdict < contact->verdict || (verdict == contact->verdict && until_day >= contact->until_day))
        return;
    contact->verdict = verdict;
    contact->until_day = until_day;
    contact->policy = -1;
    if (breach == NULL || verdict != VERDICT_BREAKS)
        return;
    contact->policy = breach->policy;
    contact->breach = breach->breach;
}

static void judge(const struct contact_walk *walk, struct contact *contact)
{
    const struct judged_breach *found[POLICIES_MAX];
    const size_t breach_count = contact_verdicts_breaches(walk, contact, found);
    struct judged_part parts[2];
    const size_t part_count = contact_verdicts_parts(walk, contact, parts);

    contact->is_past = contact->told->became == BECAME_FIXED && contact->profile->is_legacy;
    for (size_t i = 0; i < part_count; i++) {
        judge_by(walk, contact, &parts[i], NULL);
        for (size_t k = 0; k < breach_count; k++)
            judge_by(walk, contact, &parts[i], found[k]);
    }
}

/* ---- of a client ------------------------------------------------------------------------------------- */

static int compare(const void *one_of, const void *other_of)
{
    const struct contact *one = one_of, *other = other_of;
    const int order = contact_compare_targets(one, other);

    return order != 0 ? order : (one->client > other->client) - (one->client < other->client);
}

static bool reserve_tolds(struct contact_walk *walk)
{
    struct target_told *tolds =
        growing_reserve(walk->tolds, 0, walk->count, &walk->told_room, sizeof(*tolds));

    walk->tolds = tolds == NULL ? walk->tolds : tolds;
    return tolds != NULL;
}

bool contact_verdicts_put(struct contact_walk *walk, struct error *error)
{
    struct target_told *told;

    if (!reserve_tolds(walk))
        return inventory_no_memory(error);
    find_inspected(walk);
    if (walk->count > 1)
        qsort(walk->contacts, walk->count, sizeof(walk->contacts[0]), compare);
    told = walk->tolds;
    for (size_t i = 0, next; i < walk->count; i = next, told++) {
        for (next = i + 1;
             next < walk->count && contact_compare_targets(&walk->contacts[i], &walk->contacts[next]) == 0;)
            next++;
        if (!teller_tell(&walk->teller, &walk->contacts[i], next - i, told, error))
            return false;
        for (size_t k = i; k < next; k++) {
            walk->contacts[k].told = told;
            if (walk->contacts[k].is_asked)
                judge(walk, &walk->contacts[k]);
        }
    }
    return true;
}
