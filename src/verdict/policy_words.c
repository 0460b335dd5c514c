/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_words.c: the words of a policy file, in one table, and what each demands of its text. */
#include "policy_words.h"

#include <stdio.h>
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
    return policy->in_primary_text || strcmp(text, "second hand") == 0
        ? NULL
        : "certainty is one of: primary text, second hand";
}

static const char *read_service(struct policy *policy, const char *text)
{
    (void)policy;
    return text[0] == '\0' || text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789")] != '\0'
        ? "a service is one word as reports have it: imap, imaps, pop3, pop3s, smtp, smtps, tls"
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

static enum version version_named(const char *text)
{
    for (enum version version = VERSION_SSL_2_0; version < VERSION_COUNT; version++)
        if (version != VERSION_TLS_1_2_PLUS && strcmp(text, version_name(version)) == 0)
            return version;
    return VERSION_UNKNOWN;
}

static const char no_version[] = "a version is one of: SSL 3.0, TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3";

static const char *read_negotiated(struct policy *policy, const char *text)
{
    policy->negotiated = version_named(text);
    return policy->negotiated == VERSION_UNKNOWN ? no_version : NULL;
}

static const char *read_offered(struct policy *policy, const char *text)
{
    policy->offered = version_named(text);
    return policy->offered == VERSION_UNKNOWN ? no_version : NULL;
}

static const char *read_clear_text(struct policy *policy, const char *text)
{
    policy->no_clear_text = strcmp(text, "no") == 0;
    return policy->no_clear_text ? NULL : "clear_text is 'no', or left out";
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
    return policy_day_read(text, &day) ? NULL : no_day;
}

static const char *read_from(struct policy *policy, const char *text)
{
    policy->has_from = policy_day_read(text, &policy->from);
    return policy->has_from ? NULL : no_day;
}

static const char *read_until(struct policy *policy, const char *text)
{
    policy->has_until = policy_day_read(text, &policy->until);
    return policy->has_until ? NULL : no_day;
}

/* A month, or a day of it. */
static const char *read_seen(struct policy *policy, const char *text)
{
    char first[POLICY_DAY_BYTES];
    int64_t day;

    (void)policy;
    if (policy_day_read(text, &day))
        return NULL;
    snprintf(first, sizeof(first), "%.8s-01", text);
    return strlen(text) == 7 && policy_day_read(first, &day) ? NULL : "seen is a day or a month, as 2026-11";
}

static const struct word {
    const char *name, *section;
    bool is_once;
    const char *(*read)(struct policy *policy, const char *text);
} words[POLICY_WORD_COUNT] = {
    [POLICY_ID] = {"id", "policy", true, read_id},
    [POLICY_TITLE] = {"title", "policy", true, read_text},
    [POLICY_CERTAINTY] = {"certainty", "policy", true, read_certainty},
    [POLICY_PROVIDER] = {"provider", "scope", false, read_text},
    [POLICY_SERVICE] = {"service", "scope", false, read_service},
    [POLICY_SERVER] = {"server", "scope", false, read_server},
    [POLICY_EXCEPT_SERVER] = {"except_server", "scope", false, read_server},
    [POLICY_NEGOTIATED] = {"negotiated", "demand", true, read_negotiated},
    [POLICY_OFFERED] = {"offered", "demand", true, read_offered},
    [POLICY_CLEAR_TEXT] = {"clear_text", "demand", true, read_clear_text},
    [POLICY_ENDS] = {"ends", "demand", true, read_ends},
    [POLICY_ENDS_SERVER] = {"ends_server", "demand", false, read_server},
    [POLICY_ANNOUNCED] = {"announced", "dates", true, read_day},
    [POLICY_REVISED] = {"revised", "dates", true, read_day},
    [POLICY_FROM] = {"from", "dates", true, read_from},
    [POLICY_UNTIL] = {"until", "dates", true, read_until},
    [POLICY_HISTORY] = {"history", "dates", false, read_text},
    [POLICY_SOURCE] = {"source", "source", false, read_text},
    [POLICY_SEEN] = {"seen", "source", true, read_seen},
    [POLICY_TEXT] = {"text", "source", false, read_text},
};

const char *policy_word_name(enum policy_word word)
{
    return words[word].name;
}

bool policy_section_exists(const char *section)
{
    for (size_t i = 0; i < POLICY_WORD_COUNT; i++)
        if (strcmp(words[i].section, section) == 0)
            return true;
    return false;
}

static const char *take_line(struct policy *policy, enum policy_word word, const char *text, unsigned line)
{
    const char *wrong;

    if (words[word].is_once && policy_first(policy, word) != NULL)
        return "this word stands there a second time";
    if (policy->line_count == POLICY_LINES_MAX)
        return "a policy has at most 96 lines with words";
    wrong = words[word].read(policy, text);
    if (wrong != NULL)
        return wrong;
    if (word == POLICY_ID)
        policy->id_line = line;
    policy->lines[policy->line_count].word = word;
    snprintf(policy->lines[policy->line_count].text, POLICY_TEXT_BYTES, "%s", text);
    policy->line_count++;
    return NULL;
}

const char *policy_word_take(
    struct policy *policy, const char *section, const char *name, const char *text, unsigned line)
{
    if (!policy_section_exists(section))
        return "no section of this name: there are [policy], [scope], [demand], [dates] and [source]";
    for (enum policy_word word = POLICY_ID; word < POLICY_WORD_COUNT; word++)
        if (strcmp(words[word].name, name) == 0 && strcmp(words[word].section, section) == 0)
            return take_line(policy, word, text, line);
    return "this section has no such word";
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
    if (policy->negotiated == VERSION_UNKNOWN && policy->offered == VERSION_UNKNOWN &&
        !policy->no_clear_text && !policy->ends && policy_first(policy, POLICY_ENDS_SERVER) == NULL)
        return "it demands nothing: negotiated, offered, clear_text, ends or ends_server";
    if (policy->has_from && !policy->has_until)
        return "it has a date from and none until";
    if (policy->has_from && policy->from > policy->until)
        return "its date until is before its date from";
    return NULL;
}
