/* SPDX-License-Identifier: BSD-2-Clause */
/* contact_verdicts.h: what holds of a client's contacts as of a day: by each policy, and alone. All answers
 * about clients judge by this; those about servers and kinds of sessions by the table `judged`. */
#ifndef LASTHELLO_QUERY_CONTACT_VERDICTS_H
#define LASTHELLO_QUERY_CONTACT_VERDICTS_H

#include "contact_walk.h"

/* contact_verdicts_put sorts the contacts of the client that the walk has come to by target, and sets what
 * became of it toward each, and the worst verdict of each contact. */
bool contact_verdicts_put(struct contact_walk *walk, struct error *error);

/* What a contact does on some of its days, judged. */
struct judged_part {
    struct contact part;
    bool is_recent; /* a refusal on these days is no history */
};

/* contact_verdicts_parts cuts the contact where its verdict depends on the days, and returns how many
 * parts there are (where it does not, one). contact_verdicts_of judges a part by a breach; NULL: by what
 * was seen alone. */
size_t contact_verdicts_parts(
    const struct contact_walk *walk, const struct contact *contact, struct judged_part parts[2]);
enum verdict contact_verdicts_of(
    const struct contact_walk *walk, const struct judged_part *part, const struct judged_breach *breach);
/* contact_verdicts_then judges the sessions of some day as of that day, on which no refusal is history yet.
 * Whether old TLS ends at once is known of the last days alone. */
enum verdict contact_verdicts_then(
    const struct contact_walk *walk, const struct contact *contact, bool is_of_last_days);
/* contact_verdicts_breaches: as judged_profiles_breaches; a middlebox offends no policy of a provider. */
size_t contact_verdicts_breaches(const struct contact_walk *walk, const struct contact *contact,
    const struct judged_breach *found[POLICIES_MAX]);

/* contact_verdicts_shows_middlebox: is its certificate one that leads to no public CA? */
bool contact_verdicts_shows_middlebox(const struct contact_walk *walk, const struct contact *contact);

#endif
