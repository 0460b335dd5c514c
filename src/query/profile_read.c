/* SPDX-License-Identifier: BSD-2-Clause */
/* profile_read.c: words of the inventory, as the facts that a verdict needs. */
#include "profile_read.h"

#include <string.h>

static bool is_same(const char *text, const char *name)
{
    return text != NULL && name != NULL && strcmp(text, name) == 0;
}

/* Is the word one of a list that is joined by commas? */
static bool has_word(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (list != NULL) {
        if (strncmp(list, word, len) == 0 && (list[len] == ',' || list[len] == '\0'))
            return true;
        list = strchr(list, ',');
        if (list != NULL)
            list++;
    }
    return false;
}

static enum outcome outcome_of(const char *text)
{
    for (enum outcome outcome = OUTCOME_NONE + 1; outcome < OUTCOME_COUNT; outcome++)
        if (is_same(text, outcome_name(outcome)))
            return outcome;
    return OUTCOME_NONE;
}

static enum evidence evidence_of(const char *text)
{
    for (enum evidence evidence = EVIDENCE_NONE; evidence <= EVIDENCE_HANDSHAKE; evidence++)
        if (is_same(text, evidence_name(evidence)))
            return evidence;
    return EVIDENCE_NONE;
}

/* The 32 digits of host.digits. */
static bool read_digits(const char *digits, struct address *address)
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < sizeof(address->octets); i++) {
        const char *high = digits[0] == '\0' ? NULL : strchr(hex, digits[0]);
        const char *low = high == NULL || digits[1] == '\0' ? NULL : strchr(hex, digits[1]);

        if (low == NULL)
            return false;
        address->octets[i] = (uint8_t)((high - hex) << 4 | (low - hex));
        digits += 2;
    }
    return true;
}

void profile_read(const struct query *query, struct profile_read *profile)
{
    const char *digits = query_text(query, PROFILE_SERVER_DIGITS);

    const char *cipher = query_text(query, PROFILE_CIPHER);
    uint16_t suite = 0;
    const bool has_suite = cipher != NULL && cipher_suite_read(cipher, &suite);

    profile->facts = (struct profile_facts){
        .outcome = outcome_of(query_text(query, PROFILE_OUTCOME)),
        .evidence = evidence_of(query_text(query, PROFILE_EVIDENCE)),
        .offered_max = version_of_name(query_text(query, PROFILE_OFFERED_MAX)),
        .negotiated = version_of_name(query_text(query, PROFILE_NEGOTIATED)),
        .cause = cause_of_name(query_text(query, PROFILE_CAUSE)),
        .login = query_text(query, PROFILE_LOGIN) != NULL,
        .starttls_requested = has_word(query_text(query, PROFILE_STARTTLS), "requested"),
        .both_directions = is_same(query_text(query, PROFILE_DIRECTIONS), "both"),
        .downgrade = query_number(query, PROFILE_DOWNGRADE) != 0,
        .unconfirmed = has_word(query_text(query, PROFILE_FLAGS), "unconfirmed"),
        .contradictory = has_word(query_text(query, PROFILE_FLAGS), "contradictory"),
        .alert = refusal_alert(query_text(query, PROFILE_REFUSED_BY)),
        .has_suite = has_suite,
        .suite = suite,
        .offered_suites = query_text(query, PROFILE_OFFERED_SUITES),
        .suites_cut = query_number(query, PROFILE_SUITES_CUT) != 0,
        .group = query_text(query, PROFILE_GROUP),
        .group_bits = (uint32_t)query_number(query, PROFILE_GROUP_BITS),
        .provider = query_text(query, PROFILE_PROVIDER),
        .server_name = query_text(query, PROFILE_SERVER_NAME),
        .service = query_text(query, PROFILE_SERVICE),
        .key_type = query_text(query, PROFILE_KEY_TYPE),
        .key_bits = (uint32_t)query_number(query, PROFILE_KEY_BITS),
        .server = digits != NULL && read_digits(digits, &profile->server) ? &profile->server : NULL,
    };
}
