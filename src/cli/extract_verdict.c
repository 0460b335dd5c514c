/* SPDX-License-Identifier: BSD-2-Clause */
/* extract_verdict.c: one session, judged as a report would judge it. */
#include "extract_verdict.h"

#include "data_files.h"

#include <lasthello/clock.h>
#include <lasthello/utc.h>
#include <lasthello/verdict.h>

#include <stdio.h>

bool extract_verdict_open(struct extract_verdict *verdict, struct error *error)
{
    unsigned refused;

    services_init(&verdict->services);
    verdict->today = utc_day(clock_ns(CLOCK_REALTIME));
    verdict->providers = providers_open(data_files_rules(), error);
    return verdict->providers != NULL &&
        policy_choice_load(&verdict->choice, &verdict->policies, &refused, error);
}

void extract_verdict_close(struct extract_verdict *verdict)
{
    providers_close(verdict->providers);
    policies_close(&verdict->policies);
}

static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static struct judgement judge(const struct extract_verdict *verdict, const struct session *session)
{
    const struct profile_facts facts = {
        .outcome = session->outcome,
        .evidence = session->evidence,
        .offered_max = session->offer.seen ? session->offer.maximum : VERSION_UNKNOWN,
        .negotiated = session->negotiated,
        .cause = session->cause,
        .both_directions = true,
        .has_suite = session->answer.seen,
        .suite = session->answer.cipher_suite,
        .provider = or_null(session->provider),
        .server_name = session->offer.seen ? or_null(session->offer.server_name) : NULL,
        .service = session->service,
        .server = &session->endpoints[SIDE_SERVER].address,
    };
    struct judgement judged = verdict_of_profile(&facts);

    verdict_by_policies(&judged, &facts, &verdict->policies);
    return judged;
}

void extract_verdict_say(void *context, struct session *session, char out[EXTRACT_JUDGED_BYTES])
{
    const struct extract_verdict *verdict = context;
    const struct service *service =
        services_at(&verdict->services, session->endpoints[SIDE_SERVER].port);
    char id[COMMUNITY_ID_BYTES], due[DUE_BYTES];
    struct judgement judged;
    size_t len;

    session->service = service == NULL ? "tls" : service->name;
    session->directions = 3;
    providers_name(verdict->providers, session);
    session->cause = cause_of(session, false);
    judged = judge(verdict, session);
    verdict_due(&judged, verdict->today, due);
    len = (size_t)snprintf(out, EXTRACT_JUDGED_BYTES, "verdict: %s%s%s%s%s", verdict_name(judged.verdict),
        judged.policy == NULL ? "" : " by policy ", judged.policy == NULL ? "" : judged.policy->id,
        due[0] == '\0' ? "" : ", ", due);
    if (providers_community_id(session, id, sizeof(id)))
        snprintf(out + len, EXTRACT_JUDGED_BYTES - len, "; Community ID %s", id);
}
