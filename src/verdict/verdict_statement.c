/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict_statement.c: of which kind the sentence of a verdict is; its words are those of a report. */
#include <lasthello/verdict.h>

#include <string.h>

/* Refused, and no policy says why. */
static enum verdict_statement of_refused(const struct told_verdict *told)
{
    if (cause_is_legacy(told->cause))
        return SAYS_FAILING;
    return told->alert == ALERT_PROTOCOL_VERSION ? SAYS_VERSIONS_REFUSED : SAYS_SUITES_REFUSED;
}

static enum verdict_statement of_failing(const struct told_verdict *told)
{
    if (told->cause == CAUSE_TOO_NEW)
        return SAYS_TOO_NEW;
    if (told->policy == NULL)
        return of_refused(told);
    if (told->breach.kind == BREACH_REFUSED_BEFORE)
        return SAYS_FAILING_UNPROVEN;
    if (told->policy->has_from && told->refused_since < told->policy->from)
        return SAYS_FAILING_EARLY;
    return cause_is_legacy(told->cause) ? SAYS_FAILING_ANNOUNCED : SAYS_OFFER_ANNOUNCED;
}

static enum verdict_statement of_breaks(const struct told_verdict *told)
{
    if (told->breach.kind == BREACH_NAME_ENDS)
        return SAYS_NAME_ENDS;
    if (told->breach.kind == BREACH_TARGET_ENDS)
        return SAYS_TARGET_ENDS;
    return told->breach.kind == BREACH_CLEAR_TEXT ? SAYS_CLEAR_TEXT_BREAKS : SAYS_BREAKS;
}

static enum verdict_statement of_legacy(const struct told_verdict *told)
{
    if (told->is_refused)
        return SAYS_REFUSED_THEN;
    if (!told->is_got)
        return SAYS_LEGACY_OFFERED;
    return told->cause == CAUSE_SERVER ? SAYS_LEGACY_SERVER : SAYS_LEGACY;
}

static enum verdict_statement of_fragile(const struct told_verdict *told)
{
    if (told->is_refused)
        return SAYS_OFFER_REFUSED_THEN;
    if (told->policy == NULL)
        return SAYS_WITHOUT_ECDHE;
    return told->breach.level == POLICY_SHOULD ? SAYS_ADVISED_AGAINST : SAYS_NOT_ALLOWED;
}

enum verdict_statement verdict_says(const struct told_verdict *told)
{
    if (told->is_inspected)
        return SAYS_INSPECTED;
    switch (told->verdict) {
    case VERDICT_FAILING:
        return of_failing(told);
    case VERDICT_LOGIN_REFUSED:
        return SAYS_LOGIN_REFUSED;
    case VERDICT_BREAKS:
        return of_breaks(told);
    case VERDICT_EXPOSED:
        return SAYS_EXPOSED;
    case VERDICT_LEGACY:
        return of_legacy(told);
    case VERDICT_FRAGILE:
        return of_fragile(told);
    case VERDICT_SAFE:
        return SAYS_SAFE;
    case VERDICT_UNKNOWN:
    case VERDICT_UNCONFIRMED:
    case VERDICT_COUNT:
        break;
    }
    if (!told->is_refused)
        return SAYS_UNKNOWN;
    return told->cause == CAUSE_TOO_NEW || alert_blames_offer(told->alert) ? SAYS_OFFER_REFUSED_THEN
                                                                           : SAYS_REFUSED_OTHERWISE;
}

const char *verdict_statement_name(enum verdict_statement statement)
{
    static const char *const names[SAYS_COUNT] = {
        [SAYS_FAILING] = "failing",
        [SAYS_FAILING_ANNOUNCED] = "failing_announced",
        [SAYS_FAILING_EARLY] = "failing_early",
        [SAYS_FAILING_UNPROVEN] = "failing_unproven",
        [SAYS_TOO_NEW] = "too_new",
        [SAYS_OFFER_ANNOUNCED] = "offer_announced",
        [SAYS_SUITES_REFUSED] = "suites_refused",
        [SAYS_VERSIONS_REFUSED] = "versions_refused",
        [SAYS_LOGIN_REFUSED] = "login_refused",
        [SAYS_BREAKS] = "breaks",
        [SAYS_CLEAR_TEXT_BREAKS] = "clear_text_breaks",
        [SAYS_NAME_ENDS] = "name_ends",
        [SAYS_TARGET_ENDS] = "target_ends",
        [SAYS_EXPOSED] = "exposed",
        [SAYS_LEGACY] = "legacy",
        [SAYS_LEGACY_SERVER] = "legacy_server",
        [SAYS_LEGACY_OFFERED] = "legacy_offered",
        [SAYS_REFUSED_THEN] = "refused_then",
        [SAYS_OFFER_REFUSED_THEN] = "offer_refused_then",
        [SAYS_WITHOUT_ECDHE] = "without_ecdhe",
        [SAYS_NOT_ALLOWED] = "not_allowed",
        [SAYS_ADVISED_AGAINST] = "advised_against",
        [SAYS_INSPECTED] = "inspected",
        [SAYS_REFUSED_OTHERWISE] = "refused_otherwise",
        [SAYS_UNKNOWN] = "unknown",
        [SAYS_SAFE] = "safe",
    };

    return names[statement];
}

enum verdict_statement verdict_statement_of(const char *name)
{
    enum verdict_statement statement = SAYS_FAILING;

    while (statement < SAYS_COUNT && (name == NULL || strcmp(verdict_statement_name(statement), name) != 0))
        statement++;
    return statement;
}

const char *breach_name(enum breach_kind kind)
{
    static const char *const names[BREACH_KIND_COUNT] = {
        [BREACH_VERSION] = "version",
        [BREACH_OFFER] = "offered version",
        [BREACH_CLEAR_TEXT] = "clear text",
        [BREACH_SUITE] = "cipher suite",
        [BREACH_OFFERED_SUITES] = "offered cipher suites",
        [BREACH_KEY] = "key size",
        [BREACH_NAME_ENDS] = "name ends",
        [BREACH_TARGET_ENDS] = "target ends",
        [BREACH_REFUSED] = "refused",
        [BREACH_REFUSED_BEFORE] = "refused",
    };

    return names[kind];
}
