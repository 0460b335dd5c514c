/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict_sentence.c: the words for verdicts: in a pattern {client} stands for the column of that name. */
#include "verdict_sentence.h"

#include <lasthello/clock.h>
#include <lasthello/verdict.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const patterns[SAYS_COUNT] = {
    [SAYS_FAILING] =
        "{client} is refused by {to} since {since_day}, because it offers at most {offers}: {refused} of "
        "{attempts} attempts of the last days ({refusals_by_day})",
    [SAYS_FAILING_ANNOUNCED] =
        "{client} is refused by {to} since {since_day}, as {policy} announced: it offers at most "
        "{offers}; {refused} of {attempts} attempts of the last days ({refusals_by_day})",
    [SAYS_FAILING_EARLY] =
        "{client} is refused by {to} since {since_day}, before {policy} began, which this does "
        "not prove: it offers at most {offers}; {refused} of {attempts} attempts of the last "
        "days ({refusals_by_day})",
    [SAYS_FAILING_UNPROVEN] =
        "{client} is refused by {to} since {since_day}; old TLS was announced off on "
        "{server_name} before, so this does not prove {policy}: it offers at most {offers}; "
        "{refused} of {attempts} attempts of the last days ({refusals_by_day})",
    [SAYS_TOO_NEW] =
        "{client} is refused by {to} since {since_day}, as it offers only TLS 1.3, which the server does not "
        "have: {refused} of {attempts} attempts of the last days ({refusals_by_day}); update the server",
    [SAYS_OFFER_ANNOUNCED] =
        "{client} is refused by {to} since {since_day}, as {policy} announced: what it offers, {offers} "
        "at most, cannot meet that; {refused} of {attempts} attempts of the last days ({refusals_by_day})",
    [SAYS_SUITES_REFUSED] =
        "{client} is refused by {to} since {since_day}, though it offers {offers}: the server says that it "
        "takes none of the cipher suites, groups or signatures that the client has; {refused} of {attempts} "
        "attempts of the last days ({refusals_by_day})",
    [SAYS_VERSIONS_REFUSED] =
        "{client} is refused by {to} since {since_day}: the server says that it takes none of the versions "
        "that the client offers, {offers} at most; {refused} of {attempts} attempts of the last days "
        "({refusals_by_day})",
    [SAYS_LOGIN_REFUSED] =
        "{client} negotiates {got} with {to}, but {short_lived} sessions of the last days ended "
        "after one or two short records: perhaps its login is refused inside TLS "
        "(a POP3 mailbox without mail may look alike)",
    [SAYS_BREAKS] = "{client} works with {to} by {got} today, which {policy} ends: {due}",
    [SAYS_CLEAR_TEXT_BREAKS] = "{client} logs in to {to} without TLS today, which {policy} ends: {due}",
    [SAYS_NAME_ENDS] = "{client} uses {server_name}, a name that ends, whatever it offers: {due}",
    [SAYS_TARGET_ENDS] = "{client} uses {to}, which ends, whatever it offers: {due}",
    [SAYS_EXPOSED] = "{client} logs in to {to} without TLS",
    [SAYS_LEGACY] = "{client} uses {to} with {got}, and no day is known on which that ends",
    [SAYS_LEGACY_SERVER] = "{to} gives {client} {got}, though it offers {offers}: update the server",
    [SAYS_LEGACY_OFFERED] =
        "{client} offers {to} at most {offers}, and no day is known on which that ends; what it got was not "
        "seen",
    [SAYS_REFUSED_THEN] =
        "{client} was refused by {to}, last on {refused_last_day}, as it offers at most "
        "{offers}; that is history: it was not refused since",
    [SAYS_OFFER_REFUSED_THEN] =
        "{client} was refused by {to}, last on {refused_last_day}, because of what it offers ({offers} at "
        "most); that is history: it was not refused since",
    [SAYS_WITHOUT_ECDHE] =
        "{client} uses {to} with {got}, but offers no ECDHE suite: a server that gives up older "
        "key exchanges refuses it",
    [SAYS_NOT_ALLOWED] =
        "{client} uses {to} with what {policy} does not allow ({breach}), without a day",
    [SAYS_ADVISED_AGAINST] = "{client} uses {to} with what {policy} advises against ({breach})",
    [SAYS_INSPECTED] =
        "{client} does not reach {to} itself: a middlebox inspects TLS, whose certificate is issued by "
        "{inspected_by}, which no public CA vouches for; what was seen, {got}, is the middlebox's",
    [SAYS_REFUSED_OTHERWISE] =
        "{client} was refused by {to}, and nothing shows that its version is why: the server's log may tell",
    [SAYS_UNKNOWN] = "{client} was seen with {to}, but no TLS version was",
    [SAYS_SAFE] =
        "{client} uses {to} with {got}, and with nothing that a policy in force does not allow",
};

/* Another policy may have a day for the same target: what is said is what this one says. */
static const char legacy_by_policy[] =
    "{client} uses {to} with {got}, which {policy} forbids without naming a day";

/* Without SNI, and with several names of one address. */
static const char one_of_several_ends[] =
    "{client} had asked DNS for {server_name} before it connected: one of these names ends, whatever it "
    "offers: {due}";

/* What became of an old client, behind the sentence. */
static const struct {
    const char *state, *pattern;
} states[] = {
    {"fixed", "; fixed since {changed_day}: last old TLS on {old_last_day}, and the same {trait} before "
              "and since"},
    {"not seen since",
        "; the old client was not seen since {old_last_day}: the address may have changed hands"},
    {"back again", "; back again since {changed_day}, after only newer TLS"},
    {"several programs",
        "; it uses newer TLS as well: several programs, or several hosts behind the address"},
    {"perhaps updated", "; only newer TLS since {changed_day}: perhaps updated, which more days and "
                        "sessions will show"},
};

static const char *const traits[][2] = {
    {"mac", "MAC address"}, {"dhcp", "DHCP name"}, {"hello", "TLS stack"}};

/* Is the sentence about old TLS, so that it matters whether that is still there? */
static bool is_about_old_tls(enum verdict_statement statement)
{
    static const bool about[SAYS_COUNT] = {
        [SAYS_FAILING] = true,
        [SAYS_FAILING_ANNOUNCED] = true,
        [SAYS_FAILING_EARLY] = true,
        [SAYS_FAILING_UNPROVEN] = true,
        [SAYS_LOGIN_REFUSED] = true,
        [SAYS_BREAKS] = true,
        [SAYS_LEGACY] = true,
        [SAYS_LEGACY_SERVER] = true,
        [SAYS_LEGACY_OFFERED] = true,
        [SAYS_REFUSED_THEN] = true,
    };

    return about[statement];
}

/* ---- one column ------------------------------------------------------------------------------------ */

struct line {
    const struct column *columns;
    const struct value *values;
    size_t count;
    char *out;
    size_t len;
};

static const struct value *find(const struct line *line, const char *name, size_t len, enum column_kind *kind)
{
    for (size_t i = 0; i < line->count; i++)
        if (strncmp(line->columns[i].name, name, len) == 0 && line->columns[i].name[len] == '\0') {
            *kind = line->columns[i].kind;
            return line->values[i].text == NULL ? NULL : &line->values[i];
        }
    return NULL;
}

static void append(struct line *line, const char *text, size_t len)
{
    if (len > SENTENCE_BYTES - 1 - line->len)
        len = SENTENCE_BYTES - 1 - line->len;
    memcpy(line->out + line->len, text, len);
    line->len += len;
    line->out[line->len] = '\0';
}

static const char *trait_in_words(const char *text)
{
    for (size_t i = 0; i < sizeof(traits) / sizeof(traits[0]); i++)
        if (strcmp(traits[i][0], text) == 0)
            return traits[i][1];
    return text;
}

static void append_value(struct line *line, const char *name, size_t len)
{
    enum column_kind kind = COLUMN_TEXT;
    const struct value *value = find(line, name, len, &kind);
    struct cell cell = {0};
    const char *text = value == NULL ? NULL : cell_exact(&cell, kind, value);

    if (text == NULL)
        text = "?";
    else if (strncmp(name, "trait", len) == 0)
        text = trait_in_words(text);
    append(line, text, strlen(text));
    cell_close(&cell);
}

static void append_pattern(struct line *line, const char *pattern)
{
    for (const char *at = pattern; *at != '\0';) {
        const size_t plain = strcspn(at, "{"), len = strcspn(at + plain, "}");

        append(line, at, plain);
        if (at[plain] == '\0')
            return;
        append_value(line, at + plain + 1, len - 1);
        at += plain + len + 1;
    }
}

static const char *text_of(const struct line *line, const char *name)
{
    enum column_kind kind;
    const struct value *value = find(line, name, strlen(name), &kind);

    return value == NULL ? NULL : value->text;
}

static void append_addresses(struct line *line)
{
    static const char network[] = "; {addresses} addresses of one /64, taken for one client";
    static const char traits_alike[] = "; {addresses} addresses of one client";
    const char *grouped_by = text_of(line, "grouped_by");

    if (grouped_by != NULL)
        append_pattern(line, strcmp(grouped_by, "/64") == 0 ? network : traits_alike);
}

static const char *pattern_of(const struct line *line, enum verdict_statement statement)
{
    const bool is_forbidden = statement == SAYS_LEGACY && text_of(line, "policy") != NULL;
    const char *names = text_of(line, "server_name");

    if (statement == SAYS_NAME_ENDS && names != NULL && strchr(names, ',') != NULL)
        return one_of_several_ends;
    return is_forbidden ? legacy_by_policy : patterns[statement];
}

const char *verdict_sentence(
    const struct column *columns, const struct value *values, size_t count, char out[SENTENCE_BYTES])
{
    struct line line = {columns, values, count, out, 0};
    const enum verdict_statement statement = verdict_statement_of(text_of(&line, "statement"));
    const char *state = text_of(&line, "became");

    out[0] = '\0';
    if (statement == SAYS_COUNT)
        return NULL;
    append_pattern(&line, pattern_of(&line, statement));
    if (state != NULL && strcmp(state, "fixed") != 0 && !is_about_old_tls(statement))
        state = NULL;
    for (size_t i = 0; state != NULL && i < sizeof(states) / sizeof(states[0]); i++)
        if (strcmp(states[i].state, state) == 0)
            append_pattern(&line, states[i].pattern);
    append_addresses(&line);
    return out;
}
