/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_words.c: the words of a policy file, in one table, and what each demands of its text. */
#include "policy_words.h"

#include "suite_set.h"

#include <lasthello/address.h>
#include <lasthello/session.h>
#include <lasthello/utc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Readers answer NULL, or what is wrong. */

static const char *read_text(struct policy *policy, const char *text)
{
    (void)policy;
    return text[0] == '\0' ? "nothing stands behind the =" : NULL;
}

static const char *read_id(struct policy *policy, const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t len = strspn(text, allowed);

    if (len == 0 || text[len] != '\0' || len >= sizeof(policy->id))
        return "an id is 1 to 31 small letters, digits and -";
    memcpy(policy->id, text, len + 1);
    return NULL;
}

static const char *read_certainty(struct policy *policy, const char *text)
{
    policy->in_primary_text = strcmp(text, "primary text") == 0;
    return policy->in_primary_text || strcmp(text, "second hand") == 0 || strcmp(text, "inferred") == 0
        ? NULL
        : "certainty is one of: primary text, second hand, inferred";
}

static const char *read_in_force(struct policy *policy, const char *text)
{
    policy->when_asked = strcmp(text, "when asked") == 0;
    return policy->when_asked ? NULL : "in_force is 'when asked', or left out";
}

static const char *read_service(struct policy *policy, const char *text)
{
    (void)policy;
    return text[0] == '\0' || text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789")] != '\0'
        ? "a service is one word as reports have it: " SERVICE_NAMES
        : NULL;
}

/* A name, or with a dot before it the end of names: .example.net is that of example.net, too. */
static const char *read_server(struct policy *policy, const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

    (void)policy;
    return strchr(text, '.') == NULL || text[strspn(text, allowed)] != '\0' || strstr(text, "..") != NULL ||
            text[strlen(text) - 1] == '.'
        ? "a server is a name in small letters, or, with a dot before it, the end of names: .example.net"
        : NULL;
}

static const char *read_network(struct policy *policy, const char *text)
{
    struct network network;

    (void)policy;
    if (!network_read(text, &network))
        return "a network is an address, or a network, of servers: 10.9.0.0/16, 2001:db8::/32";
    return network_is_exact(&network)
        ? NULL
        : "a network is written by its first address, and this one has bits behind its prefix";
}

static enum version version_named(const char *text)
{
    for (enum version version = VERSION_SSL_2_0; version < VERSION_COUNT; version++)
        if (version != VERSION_TLS_1_2_PLUS && strcmp(text, version_name(version)) == 0)
            return version;
    return VERSION_UNKNOWN;
}

static const char no_version[] = "a version is one of: SSL 3.0, TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3";

static const char *read_negotiated(struct policy_demand *demand, const char *text)
{
    demand->negotiated = version_named(text);
    return demand->negotiated == VERSION_UNKNOWN ? no_version : NULL;
}

static const char *read_offered(struct policy_demand *demand, const char *text)
{
    demand->offered = version_named(text);
    return demand->offered == VERSION_UNKNOWN ? no_version : NULL;
}

static const char *read_clear_text(struct policy_demand *demand, const char *text)
{
    demand->no_clear_text = strcmp(text, "no") == 0;
    return demand->no_clear_text ? NULL : "clear_text is 'no', or left out";
}

static const char *read_suites(struct policy_demand *demand, enum policy_suites which, const char *text)
{
    if (demand->suites[which] == NULL)
        demand->suites[which] = calloc(1, sizeof(struct suite_set));
    return demand->suites[which] == NULL ? "there is not enough memory for it"
                                         : suite_set_add(demand->suites[which], text);
}

static const char *read_allowed(struct policy_demand *demand, const char *text)
{
    return read_suites(demand, SUITES_ALLOWED, text);
}

static const char *read_forbidden(struct policy_demand *demand, const char *text)
{
    return read_suites(demand, SUITES_FORBIDDEN, text);
}

static const char *read_offers_some(struct policy_demand *demand, const char *text)
{
    return read_suites(demand, SUITES_OFFERED_SOME, text);
}

static const char *read_offers_none(struct policy_demand *demand, const char *text)
{
    return read_suites(demand, SUITES_OFFERED_NONE, text);
}

static const char *read_offers_more(struct policy_demand *demand, const char *text)
{
    return read_suites(demand, SUITES_OFFERED_MORE, text);
}

/* Of at most five digits, so that nothing overflows. */
static const char *read_bits(const char *text, uint32_t *bits)
{
    const size_t len = strlen(text);

    if (len == 0 || len > 5 || strspn(text, "0123456789") != len || text[0] == '0')
        return "a key's size is a number of bits, as 2048";
    *bits = (uint32_t)strtoul(text, NULL, 10);
    return NULL;
}

static const char *read_rsa_bits(struct policy_demand *demand, const char *text)
{
    return read_bits(text, &demand->rsa_bits);
}

static const char *read_dh_bits(struct policy_demand *demand, const char *text)
{
    return read_bits(text, &demand->dh_bits);
}

static const char *read_ec_bits(struct policy_demand *demand, const char *text)
{
    return read_bits(text, &demand->ec_bits);
}

static const char *read_ends(struct policy *policy, const char *text)
{
    policy->ends = strcmp(text, "yes") == 0;
    return policy->ends ? NULL : "ends is 'yes', or left out";
}

static const char no_day[] = "a date is a day that exists, as 2026-12-31";

static const char *read_day(struct policy *policy, const char *text)
{
    int64_t day;

    (void)policy;
    return utc_day_read(text, &day) ? NULL : no_day;
}

static const char *read_from(struct policy *policy, const char *text)
{
    policy->has_from = utc_day_read(text, &policy->from);
    return policy->has_from ? NULL : no_day;
}

static const char *read_until(struct policy *policy, const char *text)
{
    policy->has_until = utc_day_read(text, &policy->until);
    return policy->has_until ? NULL : no_day;
}

/* A month, or a day of it. */
static const char *read_seen(struct policy *policy, const char *text)
{
    char first[UTC_DAY_BYTES];
    int64_t day;

    (void)policy;
    if (utc_day_read(text, &day))
        return NULL;
    snprintf(first, sizeof(first), "%.8s-01", text);
    return strlen(text) == 7 && utc_day_read(first, &day) ? NULL : "seen is a day or a month, as 2026-11";
}

static const struct word {
    const char *name, *section;
    bool is_once;
    const char *(*read)(struct policy *policy, const char *text);
    const char *(*read_demand)(struct policy_demand *demand, const char *text); /* in [should], too */
} words[POLICY_WORD_COUNT] = {
    [POLICY_ID] = {"id", "policy", true, read_id, NULL},
    [POLICY_TITLE] = {"title", "policy", true, read_text, NULL},
    [POLICY_CERTAINTY] = {"certainty", "policy", true, read_certainty, NULL},
    [POLICY_IN_FORCE] = {"in_force", "policy", true, read_in_force, NULL},
    [POLICY_PROVIDER] = {"provider", "scope", false, read_text, NULL},
    [POLICY_SERVICE] = {"service", "scope", false, read_service, NULL},
    [POLICY_SERVER] = {"server", "scope", false, read_server, NULL},
    [POLICY_NETWORK] = {"network", "scope", false, read_network, NULL},
    [POLICY_EXCEPT_SERVER] = {"except_server", "scope", false, read_server, NULL},
    [POLICY_OFF_SERVER] = {"off_server", "scope", false, read_server, NULL},
    [POLICY_NEGOTIATED] = {"negotiated", "demand", true, NULL, read_negotiated},
    [POLICY_OFFERED] = {"offered", "demand", true, NULL, read_offered},
    [POLICY_CLEAR_TEXT] = {"clear_text", "demand", true, NULL, read_clear_text},
    [POLICY_SUITES] = {"suites", "demand", false, NULL, read_allowed},
    [POLICY_NO_SUITES] = {"no_suites", "demand", false, NULL, read_forbidden},
    [POLICY_OFFERS_SOME] = {"offers_some", "demand", false, NULL, read_offers_some},
    [POLICY_OFFERS_NONE] = {"offers_none", "demand", false, NULL, read_offers_none},
    [POLICY_OFFERS_MORE] = {"offers_more", "demand", false, NULL, read_offers_more},
    [POLICY_RSA_BITS] = {"rsa_bits", "demand", true, NULL, read_rsa_bits},
    [POLICY_DH_BITS] = {"dh_bits", "demand", true, NULL, read_dh_bits},
    [POLICY_EC_BITS] = {"ec_bits", "demand", true, NULL, read_ec_bits},
    [POLICY_ENDS] = {"ends", "demand", true, read_ends, NULL},
    [POLICY_ENDS_SERVER] = {"ends_server", "demand", false, read_server, NULL},
    [POLICY_ANNOUNCED] = {"announced", "dates", true, read_day, NULL},
    [POLICY_REVISED] = {"revised", "dates", true, read_day, NULL},
    [POLICY_FROM] = {"from", "dates", true, read_from, NULL},
    [POLICY_UNTIL] = {"until", "dates", true, read_until, NULL},
    [POLICY_HISTORY] = {"history", "dates", false, read_text, NULL},
    [POLICY_SOURCE] = {"source", "source", false, read_text, NULL},
    [POLICY_SEEN] = {"seen", "source", true, read_seen, NULL},
    [POLICY_TEXT] = {"text", "source", false, read_text, NULL},
};

const char *policy_word_name(enum policy_word word)
{
    return words[word].name;
}

static const char *const demand_sections[POLICY_LEVEL_COUNT] = {
    [POLICY_MUST] = "demand",
    [POLICY_SHOULD] = "should",
};

const char *policy_level_name(enum policy_level level)
{
    return demand_sections[level];
}

/* Has a section this word? Then also on which level, where it demands something. */
static bool section_has(const char *section, const struct word *word, enum policy_level *level)
{
    *level = POLICY_MUST;
    if (word->read_demand == NULL)
        return strcmp(word->section, section) == 0;
    while (*level < POLICY_LEVEL_COUNT && strcmp(demand_sections[*level], section) != 0)
        (*level)++;
    return *level < POLICY_LEVEL_COUNT;
}

static bool section_exists(const char *section)
{
    enum policy_level level;

    for (size_t i = 0; i < POLICY_WORD_COUNT; i++)
        if (section_has(section, &words[i], &level))
            return true;
    return false;
}

static bool stands_there(const struct policy *policy, enum policy_word word, enum policy_level level)
{
    for (size_t i = 0; i < policy->line_count; i++)
        if (policy->lines[i].word == word && policy->lines[i].level == level)
            return true;
    return false;
}

static const char *take_line(
    struct policy *policy, struct policy_line line, const char *text, unsigned number)
{
    const struct word *word = &words[line.word];
    const char *wrong;

    if (word->is_once && stands_there(policy, line.word, line.level))
        return "this word stands there a second time";
    if (policy->line_count == POLICY_LINES_MAX)
        return "a policy has at most 128 lines with words";
    wrong = word->read != NULL ? word->read(policy, text)
                               : word->read_demand(&policy->demands[line.level], text);
    if (wrong != NULL)
        return wrong;
    if (line.word == POLICY_ID)
        policy->id_line = number;
    snprintf(line.text, sizeof(line.text), "%s", text);
    policy->lines[policy->line_count++] = line;
    return NULL;
}

const char *policy_word_take(
    struct policy *policy, const char *section, const char *name, const char *text, unsigned line)
{
    struct policy_line taken = {.level = POLICY_MUST};

    if (!section_exists(section))
        return "no section of this name: there are [policy], [scope], [demand], [should], [dates] and "
               "[source]";
    for (taken.word = POLICY_ID; taken.word < POLICY_WORD_COUNT; taken.word++)
        if (strcmp(words[taken.word].name, name) == 0 &&
            section_has(section, &words[taken.word], &taken.level))
            return take_line(policy, taken, text, line);
    return "this section has no such word";
}

static bool demands_something(const struct policy *policy)
{
    for (size_t i = 0; i < policy->line_count; i++) {
        const enum policy_word word = policy->lines[i].word;

        if (words[word].read_demand != NULL || word == POLICY_ENDS || word == POLICY_ENDS_SERVER)
            return true;
    }
    return false;
}

const char *policy_word_check(const struct policy *policy)
{
    static const enum policy_word needed[] = {
        POLICY_ID, POLICY_TITLE, POLICY_CERTAINTY, POLICY_SOURCE, POLICY_SEEN};
    static const char *const missing[] = {"it has no id", "it has no title", "it has no certainty",
        "it has no source", "it does not say when its source was seen"};

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (policy_first(policy, needed[i]) == NULL)
            return missing[i];
    if (!demands_something(policy))
        return "it demands nothing: [demand] is empty";
    if (policy->has_from && !policy->has_until)
        return "it has a date from and none until";
    if (policy->has_from && policy->from > policy->until)
        return "its date until is before its date from";
    return NULL;
}
