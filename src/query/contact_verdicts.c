/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_verdicts.c: what holds of a client's contacts as of a day. */
#include "contact_verdicts.h"

static bool is_recent(const struct contact *contact, const struct verdict_days *days)
{
    return contact->last_seen >= days->recent_from;
}

static bool is_same_target(const struct contact *one, const struct contact *other)
{
    return one->profile->target == other->profile->target &&
        (!one->profile->is_nameless || one->server == other->server);
}

/* Old TLS that went through, in the last days. */
static bool is_old_and_recent(const struct contact *contact, const struct verdict_days *days)
{
    const struct judged_profile *profile = contact->profile;

    return contact->is_asked && !contact->is_inspected && profile->is_old && profile->is_legacy &&
        is_recent(contact, days);
}

/* Do at least half of the old sessions toward its target end at once, and that several times? */
static bool ends_at_once(const struct contact *contact, const struct contact_walk *walk)
{
    int64_t sessions = 0, short_lived = 0;

    for (size_t i = 0; i < walk->count; i++) {
        const struct contact *other = &walk->contacts[i];

        if (!is_old_and_recent(other, &walk->days) || !is_same_target(contact, other))
            continue;
        sessions += other->sessions;
        short_lived += other->short_lived;
    }
    return short_lived >= walk->days.short_sessions && 2 * short_lived >= sessions;
}

/* What a refusal that is history leaves. */
static enum verdict past_refusal(const struct judged_profile *profile)
{
    if (!profile->is_legacy)
        return VERDICT_UNKNOWN;
    return profile->until_day != INT64_MAX ? VERDICT_BREAKS : VERDICT_LEGACY;
}

static enum verdict verdict_of(const struct contact *contact, const struct contact_walk *walk)
{
    const struct judged_profile *profile = contact->profile;
    const bool is_refused = profile->verdict == VERDICT_FAILING || profile->verdict == VERDICT_TOO_NEW;

    if (contact->is_inspected)
        return VERDICT_UNKNOWN;
    if (is_refused && !is_recent(contact, &walk->days))
        return past_refusal(profile);
    if (is_old_and_recent(contact, &walk->days) && contact->short_lived > 0 && ends_at_once(contact, walk))
        return VERDICT_LOGIN_REFUSED;
    return profile->verdict;
}

static bool shows_middlebox(const struct contact_walk *walk, const struct contact *contact)
{
    return contact->certificate != 0 && id_map_find(&walk->middleboxes, contact->certificate) != NULL;
}

/* Where one certificate of a server is a middlebox's, sessions without a certificate are with it, too. */
static void mark_inspected(struct contact_walk *walk, int64_t server)
{
    for (size_t i = 0; i < walk->count; i++) {
        struct contact *contact = &walk->contacts[i];

        contact->is_inspected |=
            contact->server == server && (contact->certificate == 0 || shows_middlebox(walk, contact));
    }
}

void contact_verdicts_put(struct contact_walk *walk)
{
    for (size_t i = 0; i < walk->count; i++)
        if (walk->contacts[i].profile->has_provider && !walk->contacts[i].is_inspected &&
            shows_middlebox(walk, &walk->contacts[i]))
            mark_inspected(walk, walk->contacts[i].server);
    for (size_t i = 0; i < walk->count; i++)
        walk->contacts[i].verdict = verdict_of(&walk->contacts[i], walk);
}
