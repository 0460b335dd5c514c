/* SPDX-License-Identifier: BSD-2-Clause */
/* statements.c: what a summary says, without words. */
#include "statements.h"

#include <lasthello/session.h>

#define MANY_ONE_SIDED 10 /* a tenth of the sessions: then the mirror port is the first suspect */

static void say(struct statements *out, enum statement_kind kind, enum severity severity, uint64_t number,
    uint64_t whole)
{
    out->rows[out->count++] = (struct statement){kind, severity, {number, whole, 0}};
}

/* ... where there is any. */
static void say_some(
    struct statements *out, enum statement_kind kind, enum severity severity, uint64_t number, uint64_t whole)
{
    if (number > 0)
        say(out, kind, severity, number, whole);
}

static void say_causes(struct statements *out, const struct summary *summary)
{
    const uint64_t *by_cause = summary->legacy_by_cause;

    say_some(out, STATEMENT_BY_CLIENT, SEVERITY_WARNING, by_cause[CAUSE_CLIENT] - summary->mixed_clients, 0);
    say_some(out, STATEMENT_MIXED, SEVERITY_WARNING, summary->mixed_clients, 0);
    say_some(out, STATEMENT_BY_SERVER, SEVERITY_WARNING, by_cause[CAUSE_SERVER], 0);
    say_some(out, STATEMENT_BY_FALLBACK, SEVERITY_WARNING, by_cause[CAUSE_FALLBACK], 0);
    say_some(out, STATEMENT_UNDETERMINED, SEVERITY_WARNING, by_cause[CAUSE_UNKNOWN], 0);
}

void statements_of_clients(const struct summary *summary, struct statements *out)
{
    const bool is_mail = summary->other_sessions == 0;
    const bool is_one = summary->legacy_clients == 1 || summary->clients == 1;

    out->count = 0;
    if (summary->sessions > 0) {
        say(out, is_mail ? STATEMENT_LEGACY : STATEMENT_LEGACY_ANY,
            summary->legacy_clients > 0 ? SEVERITY_WARNING : SEVERITY_NONE, summary->legacy_clients,
            summary->clients);
        out->rows[0].numbers[2] = is_one ? 1 : 2;
        say_causes(out, summary);
    }
    say_some(out, STATEMENT_SEVERAL_CAUSES, SEVERITY_NONE, summary->several_causes, 0);
    say_some(out, STATEMENT_FAILING, SEVERITY_HARM, summary->failing_clients, 0);
    say_some(out, STATEMENT_EXPOSED, SEVERITY_WARNING, summary->cleartext_clients, 0);
    say_some(out, STATEMENT_TOO_NEW, SEVERITY_WARNING, summary->too_new_clients, 0);
    say_some(out, STATEMENT_OFFER_REFUSED, SEVERITY_HARM, summary->offer_refused_clients, 0);
    say_some(out, STATEMENT_UNCONFIRMED, SEVERITY_NONE, summary->unconfirmed_clients, 0);
    say_some(out, STATEMENT_SERVERS, SEVERITY_WARNING, summary->legacy_servers, summary->servers);
    say_some(out, STATEMENT_OWN_SERVERS, SEVERITY_WARNING, summary->private_legacy_servers, 0);
}

void statements_of_changes(const struct summary *summary, struct statements *out)
{
    const bool is_changed = summary->newly_old + summary->newly_refused + summary->newer_alone > 0;

    out->count = 0;
    if (summary->clients == 0 || !summary->has_before)
        return;
    out->rows[out->count++] =
        (struct statement){.kind = is_changed ? STATEMENT_CHANGES : STATEMENT_NO_CHANGES,
            .severity = SEVERITY_NONE,
            .numbers = {summary->newly_old, summary->newly_refused, summary->newer_alone}};
}

void statements_of_advice(const struct summary *summary, struct statements *out)
{
    const uint64_t *by_cause = summary->legacy_by_cause;

    out->count = 0;
    if (summary->legacy_clients == 0)
        return;
    say(out, STATEMENT_ADVICE, SEVERITY_NONE, summary->legacy_clients, 0);
    say_some(out, summary->mixed_clients > 0 ? STATEMENT_ADVISE_OLD_CLIENT : STATEMENT_ADVISE_CLIENT,
        SEVERITY_NONE, by_cause[CAUSE_CLIENT], 0);
    say_some(out, STATEMENT_ADVISE_SERVER, SEVERITY_NONE, by_cause[CAUSE_SERVER], 0);
    say_some(out, STATEMENT_ADVISE_FALLBACK, SEVERITY_NONE, by_cause[CAUSE_FALLBACK], 0);
    say_some(out, STATEMENT_ADVISE_UNKNOWN, SEVERITY_NONE, by_cause[CAUSE_UNKNOWN], 0);
}

static void say_emptiness(struct statements *out, const struct summary *summary, bool filtered)
{
    if (filtered || summary->unstored > 0) {
        say(out, filtered ? STATEMENT_NO_MATCH : STATEMENT_NOTHING_STORED, SEVERITY_WARNING, 0, 0);
        return;
    }
    say(out, STATEMENT_NOTHING_SEEN, SEVERITY_WARNING, 0, 0);
    if (summary->sources == 0 && summary->packets == 0)
        say(out, STATEMENT_NO_SOURCE, SEVERITY_WARNING, 0, 0);
    else if (summary->packets == 0)
        say(out, STATEMENT_NO_PACKET, SEVERITY_WARNING, 0, 0);
    else
        say(out, STATEMENT_NO_MAIL, SEVERITY_WARNING, summary->packets, 0);
}

static void say_shares(struct statements *out, const struct summary *summary)
{
    const uint64_t all = summary->sessions,
                   tls = summary->handshake_sessions + summary->midstream_sessions +
        summary->one_sided_sessions + summary->unknown_sessions;
    const uint64_t missed = summary->dropped + summary->down_seconds + summary->unwatched_seconds;

    say(out, summary->other_sessions > 0 ? STATEMENT_SESSIONS_ANY : STATEMENT_SESSIONS, SEVERITY_NONE, all,
        summary->other_sessions);
    say(out, summary->handshake_sessions > 0 ? STATEMENT_HANDSHAKE : STATEMENT_NO_HANDSHAKE, SEVERITY_NONE,
        summary->handshake_sessions, all);
    say_some(out, STATEMENT_MIDSTREAM, SEVERITY_NONE, summary->midstream_sessions, all);
    say_some(out, STATEMENT_ONE_SIDED, SEVERITY_NONE, summary->one_sided_sessions, all);
    say_some(out, STATEMENT_UNKNOWN, SEVERITY_NONE, summary->unknown_sessions, all);
    say_some(out, STATEMENT_WITHOUT_TLS, SEVERITY_NONE, all > tls ? all - tls : 0, all);
    if (missed == 0)
        say(out, STATEMENT_NO_LOSS, SEVERITY_NONE, 0, 0);
}

/* Names of servers: resolvers often sit elsewhere. */
static void say_names(struct statements *out, const struct summary *summary)
{
    if (summary->dns_named_sessions > 0)
        say(out, STATEMENT_DNS, SEVERITY_NONE, summary->dns_named_sessions, summary->sessions_without_sni);
    else
        say_some(out, STATEMENT_NO_DNS, SEVERITY_NONE, summary->sessions_without_sni, 0);
}

/* A zero is worth what was seen. */
static void say_zero(struct statements *out, const struct summary *summary)
{
    if (summary->legacy_clients > 0)
        return;
    if (summary->handshake_sessions == 0)
        say(out, STATEMENT_ZERO_PROVES_LITTLE, SEVERITY_WARNING, 0, 0);
    else
        say(out, STATEMENT_ZERO_RESTS_ON, SEVERITY_NONE, summary->handshake_sessions, 0);
}

static void say_losses(struct statements *out, const struct summary *summary)
{
    say_some(out, STATEMENT_DOWN, SEVERITY_WARNING, summary->down_seconds, 0);
    say_some(out, STATEMENT_UNWATCHED, SEVERITY_WARNING, summary->unwatched_seconds, 0);
    say_some(out, STATEMENT_DROPPED, SEVERITY_WARNING, summary->dropped, summary->packets + summary->dropped);
    say_some(out, STATEMENT_FAILED_SOURCES, SEVERITY_WARNING, summary->failed_sources, 0);
    say_some(out, STATEMENT_INCOMPLETE_SOURCES, SEVERITY_NONE, summary->incomplete_sources, 0);
    say_some(out, STATEMENT_GIVEN_UP, SEVERITY_WARNING, summary->given_up, 0);
    say_some(out, STATEMENT_UNSTORED, SEVERITY_WARNING, summary->unstored, 0);
    say_some(out, STATEMENT_GAPS, SEVERITY_NONE, summary->gaps, 0);
    say_some(out, STATEMENT_TRUNCATED, SEVERITY_NONE, summary->truncated, 0);
    say_some(out, STATEMENT_UNKNOWN_LINK, SEVERITY_WARNING, summary->unknown_link_packets, 0);
    say_some(out, STATEMENT_CONTRADICTORY, SEVERITY_WARNING, summary->contradictory_sessions, 0);
}

void statements_of_confidence(const struct summary *summary, bool filtered, struct statements *out)
{
    out->count = 0;
    if (summary->sessions == 0) {
        say_emptiness(out, summary, filtered);
    } else {
        say_shares(out, summary);
        say_names(out, summary);
        say_zero(out, summary);
    }
    if (summary->one_sided_sessions > summary->sessions / MANY_ONE_SIDED)
        say(out, STATEMENT_MUCH_ONE_SIDED, SEVERITY_WARNING, summary->one_sided_sessions, summary->sessions);
    say_losses(out, summary);
}
