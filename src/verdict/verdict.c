/* SPDX-License-Identifier: BSD-2-Clause */
/* verdict.c: a kind of session, judged once: how bad, what it got, what to do, how much of it was seen. */
#include "suite_set.h"

#include <lasthello/clock.h>
#include <lasthello/verdict.h>

#include <stdlib.h>
#include <string.h>

/* So long after its last old session the first better one begins of a client that may have been
 * updated: programs that run beside each other are seen sooner. */
#define UPDATED_US (SECONDS_A_DAY * 1000000LL)

uint8_t refusal_alert(const char *refused_by)
{
    static const char word[] = "alert ";

    if (refused_by == NULL || strncmp(refused_by, word, strlen(word)) != 0)
        return 0;
    return (uint8_t)strtoul(refused_by + strlen(word), NULL, 10);
}

bool alert_blames_offer(uint8_t alert)
{
    return alert == ALERT_HANDSHAKE_FAILURE || alert == ALERT_PROTOCOL_VERSION ||
        alert == ALERT_INSUFFICIENT_SECURITY;
}

static bool is_exposed(const struct profile_facts *facts)
{
    return facts->login || facts->outcome == OUTCOME_CLEARTEXT;
}

/* Seen on both sides, without TLS, and without a login. */
static bool is_plain_and_whole(const struct profile_facts *facts)
{
    return facts->outcome == OUTCOME_PLAIN && facts->both_directions;
}

/* TLS 1.2 whose client offers no ephemeral key exchange on elliptic curves: the first to lose its mail when
 * a provider tidies up its suites. */
static bool is_without_ecdhe(const struct profile_facts *facts)
{
    const char *list = facts->offered_suites;
    char name[NAME_BYTES];
    uint32_t suite;

    if (facts->negotiated != VERSION_TLS_1_2 || list == NULL || facts->suites_cut)
        return false;
    while (suites_next(&list, &suite)) {
        if (suite >= SUITES_END)
            continue;
        cipher_suite_name((uint16_t)suite, name);
        if (suite_name_has_class(name, "ecdhe") || suite_name_has_class(name, "tls13"))
            return false;
    }
    return true;
}

/* The server's own word for it, in answer to a hello that was seen and is not old. */
static bool is_offer_refused(const struct profile_facts *facts)
{
    return facts->outcome == OUTCOME_REFUSED && facts->evidence == EVIDENCE_HANDSHAKE &&
        facts->offered_max != VERSION_UNKNOWN && alert_blames_offer(facts->alert);
}

/* It does not work, and what the client offers is why. */
static bool is_failing(const struct profile_facts *facts)
{
    return facts->cause == CAUSE_TOO_NEW || is_offer_refused(facts) ||
        (cause_is_legacy(facts->cause) && facts->outcome == OUTCOME_REFUSED);
}

static enum verdict worst_of(const struct profile_facts *facts)
{
    if (facts->unconfirmed)
        return VERDICT_UNCONFIRMED;
    if (is_failing(facts))
        return VERDICT_FAILING;
    if (is_exposed(facts))
        return VERDICT_EXPOSED;
    if (cause_is_legacy(facts->cause))
        return VERDICT_LEGACY;
    if (is_without_ecdhe(facts))
        return VERDICT_FRAGILE;
    return facts->negotiated >= VERSION_TLS_1_2 ? VERDICT_SAFE : VERDICT_UNKNOWN;
}

static const char *what_it_got(const struct profile_facts *facts)
{
    if (facts->outcome == OUTCOME_REFUSED)
        return "refused";
    if (facts->outcome == OUTCOME_CLEAR_ANSWER)
        return "clear text";
    if (facts->negotiated != VERSION_UNKNOWN)
        return version_name(facts->negotiated);
    return facts->outcome == OUTCOME_CLEARTEXT || is_plain_and_whole(facts) ? "no TLS" : NULL;
}

static enum step step_of_cause(enum cause cause)
{
    switch (cause) {
    case CAUSE_CLIENT:
        return STEP_UPDATE_CLIENT;
    case CAUSE_SERVER:
        return STEP_UPDATE_SERVER;
    case CAUSE_FALLBACK:
        return STEP_FIND_MIDDLEBOX;
    case CAUSE_UNKNOWN:
        return STEP_CAPTURE_HANDSHAKE;
    case CAUSE_TOO_NEW:
        return STEP_UPDATE_SERVER_NEW;
    case CAUSE_NONE:
        break;
    }
    return STEP_NONE;
}

static enum step step_without_version(const struct profile_facts *facts)
{
    if (facts->outcome == OUTCOME_CLEAR_ANSWER)
        return STEP_CHECK_PORT;
    if (facts->outcome == OUTCOME_REJECTED)
        return STEP_CHECK_CLIENT;
    if (facts->outcome == OUTCOME_REFUSED && facts->evidence == EVIDENCE_HANDSHAKE)
        return STEP_SEE_SERVER_LOG;
    if (!is_plain_and_whole(facts))
        return STEP_CAPTURE_HANDSHAKE;
    return facts->starttls_requested ? STEP_FIND_STARTTLS_FAILURE : STEP_REQUEST_TLS;
}

static enum step step_of(const struct profile_facts *facts, enum verdict verdict)
{
    if (facts->cause != CAUSE_NONE)
        return step_of_cause(facts->cause);
    if (verdict == VERDICT_FAILING)
        return facts->alert == ALERT_PROTOCOL_VERSION ? STEP_SHARE_VERSION : STEP_SHARE_SUITES;
    if (verdict == VERDICT_EXPOSED)
        return facts->negotiated == VERSION_UNKNOWN ? STEP_ENABLE_TLS : STEP_REQUIRE_STARTTLS;
    if (verdict == VERDICT_FRAGILE)
        return STEP_UPDATE_CLIENT;
    return verdict == VERDICT_UNKNOWN ? step_without_version(facts) : STEP_NONE;
}

static unsigned notes_of(const struct profile_facts *facts)
{
    unsigned notes = 0;

    if (facts->cause != CAUSE_NONE && facts->evidence == EVIDENCE_RECORDS)
        notes |= NOTE_RECORDS;
    if (is_plain_and_whole(facts) && !facts->starttls_requested)
        notes |= NOTE_NEVER_ASKED;
    if (facts->outcome == OUTCOME_CLEAR_ANSWER)
        notes |= NOTE_CLEAR_ANSWER;
    if (facts->unconfirmed)
        notes |= NOTE_UNCONFIRMED;
    return notes;
}

static enum sight sight_of(const struct profile_facts *facts)
{
    if (!facts->both_directions)
        return SIGHT_ONE_SIDED;
    if (facts->evidence == EVIDENCE_HANDSHAKE)
        return SIGHT_HANDSHAKE;
    if (facts->evidence == EVIDENCE_RECORDS)
        return SIGHT_MIDSTREAM;
    return facts->outcome == OUTCOME_CLEARTEXT || facts->outcome == OUTCOME_PLAIN ||
            facts->outcome == OUTCOME_CLEAR_ANSWER
        ? SIGHT_WITHOUT_TLS
        : SIGHT_UNKNOWN;
}

struct judgement verdict_of_profile(const struct profile_facts *facts)
{
    enum verdict verdict = worst_of(facts);

    return (struct judgement){
        .verdict = verdict,
        .step = step_of(facts, verdict),
        .notes = notes_of(facts),
        .sight = sight_of(facts),
        .got = what_it_got(facts),
        .is_counted = facts->outcome != OUTCOME_FOREIGN && !facts->unconfirmed,
        .is_legacy = cause_is_legacy(facts->cause),
        .is_failing = cause_is_legacy(facts->cause) && facts->outcome == OUTCOME_REFUSED,
        .is_exposed = is_exposed(facts) && !facts->unconfirmed,
        .is_old = version_is_legacy(facts->negotiated),
        .is_better = facts->negotiated >= VERSION_TLS_1_2,
    };
}

void verdict_refine_client(
    const struct client_facts *facts, enum cause cause, enum step *step, unsigned *notes)
{
    if (cause != CAUSE_CLIENT || !facts->is_better || *step == STEP_MOVE_MAIL)
        return;
    *notes |= NOTE_ALSO_BETTER;
    *step = STEP_FIND_OLD_CLIENT;
    if (facts->macs_differ)
        *notes |= NOTE_OTHER_MAC;
    if (facts->better_first > facts->old_last &&
        (uint64_t)facts->better_first - (uint64_t)facts->old_last > UPDATED_US) {
        *notes |= NOTE_UPDATED;
        *step = STEP_CONFIRM_UPDATE;
    }
}

enum verdict verdict_of_server(const struct server_facts *facts, enum step *step)
{
    *step = STEP_NONE;
    if (facts->is_old) {
        if (facts->is_better || facts->downgrade)
            *step = STEP_KEEP_OLD_TLS;
        else
            *step = facts->held_back ? STEP_UPDATE_SERVER : STEP_CANNOT_TELL;
        return VERDICT_LEGACY;
    }
    if (facts->is_exposed) {
        *step = STEP_REFUSE_LOGINS;
        return VERDICT_EXPOSED;
    }
    return facts->is_better ? VERDICT_SAFE : VERDICT_UNKNOWN;
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICT_COUNT] = {
        [VERDICT_UNCONFIRMED] = "unconfirmed",
        [VERDICT_SAFE] = "safe",
        [VERDICT_UNKNOWN] = "unknown",
        [VERDICT_FRAGILE] = "fragile",
        [VERDICT_LEGACY] = "legacy",
        [VERDICT_EXPOSED] = "exposed",
        [VERDICT_BREAKS] = "breaks",
        [VERDICT_LOGIN_REFUSED] = "login refused?",
        [VERDICT_FAILING] = "failing",
    };

    return names[verdict];
}
