/* SPDX-License-Identifier: BSD-2-Clause */
/* session_names.c: the facts of a session in words: outcome, evidence, cause, and what was offered. */
#include <lasthello/session.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *outcome_name(enum outcome outcome)
{
    static const char *const names[OUTCOME_COUNT] = {
        [OUTCOME_ESTABLISHED] = "established",
        [OUTCOME_NEGOTIATED] = "negotiated",
        [OUTCOME_REFUSED] = "refused",
        [OUTCOME_UNANSWERED] = "unanswered",
        [OUTCOME_REJECTED] = "rejected",
        [OUTCOME_CLEAR_ANSWER] = "clear_answer",
        [OUTCOME_MIDSTREAM] = "midstream",
        [OUTCOME_CLEARTEXT] = "cleartext",
        [OUTCOME_PLAIN] = "plain",
        [OUTCOME_FOREIGN] = "foreign",
    };

    return names[outcome];
}

const char *evidence_name(enum evidence evidence)
{
    static const char *const names[] = {
        [EVIDENCE_NONE] = "none",
        [EVIDENCE_RECORDS] = "records",
        [EVIDENCE_HANDSHAKE] = "handshake",
    };

    return names[evidence];
}

const char *cause_name(enum cause cause)
{
    static const char *const names[] = {
        [CAUSE_NONE] = NULL,
        [CAUSE_CLIENT] = "client",
        [CAUSE_SERVER] = "server",
        [CAUSE_FALLBACK] = "fallback",
        [CAUSE_UNKNOWN] = "unknown",
        [CAUSE_TOO_NEW] = "too_new",
    };

    return names[cause];
}

enum cause cause_of_name(const char *name)
{
    for (enum cause cause = CAUSE_CLIENT; name != NULL && cause <= CAUSE_TOO_NEW; cause++)
        if (strcmp(name, cause_name(cause)) == 0)
            return cause;
    return CAUSE_NONE;
}

const char *tunnel_name(enum tunnel tunnel)
{
    static const char *const names[TUNNEL_COUNT] = {
        [TUNNEL_IPIP] = "ipip",
        [TUNNEL_GRE] = "gre",
        [TUNNEL_ERSPAN] = "erspan",
        [TUNNEL_VXLAN] = "vxlan",
        [TUNNEL_GENEVE] = "geneve",
        [TUNNEL_TZSP] = "tzsp",
        [TUNNEL_GTP] = "gtp",
        [TUNNEL_L2TP] = "l2tp",
        [TUNNEL_TEREDO] = "teredo",
        [TUNNEL_ETHERIP] = "etherip",
        [TUNNEL_CAPWAP] = "capwap",
        [TUNNEL_MPLS] = "mpls",
        [TUNNEL_NSH] = "nsh",
        [TUNNEL_LISP] = "lisp",
        [TUNNEL_GUE] = "gue",
        [TUNNEL_MIRROR] = "mirror",
    };

    return names[tunnel];
}

const char *refusal_name(const struct session *session, char out[16])
{
    static const char *const names[] = {
        [REFUSAL_NONE] = NULL,
        [REFUSAL_ALERT] = "alert",
        [REFUSAL_RST] = "rst",
        [REFUSAL_FIN] = "fin",
        [REFUSAL_SILENCE] = "silence",
    };
    const struct alert *alert = &session->alerts[SIDE_SERVER];

    if (session->refused_by != REFUSAL_ALERT || !alert->seen)
        return names[session->refused_by];
    snprintf(out, 16, "alert %u", alert->description);
    return out;
}

/* What sorts offered versions: the better first, a final version before its drafts, late drafts before
 * early ones; numbers that nobody knows come last. */
static int rank(uint16_t wire)
{
    return (int)version_from_wire(wire) << 8 | (version_is_draft(wire) ? wire & 0xff : 0xff);
}

static int compare_offered(const void *left, const void *right)
{
    uint16_t a = *(const uint16_t *)left, b = *(const uint16_t *)right;

    if (rank(a) != rank(b))
        return rank(b) - rank(a);
    return b - a;
}

static int write_version(uint16_t wire, char *out, size_t out_size)
{
    const char *name = version_name(version_from_wire(wire));

    if (name == NULL)
        return snprintf(out, out_size, "0x%04x", wire);
    if (version_is_draft(wire))
        return snprintf(out, out_size, "%s (draft %u)", name, wire & 0xff);
    return snprintf(out, out_size, "%s", name);
}

/* Appends the name if all of it fits. */
static bool append_version(uint16_t wire, char *out, size_t out_size, size_t *used)
{
    char name[32];
    int len = write_version(wire, name, sizeof(name));
    const char *comma = *used > 0 ? ", " : "";

    if (*used + strlen(comma) + (size_t)len >= out_size)
        return false;
    *used += (size_t)snprintf(out + *used, out_size - *used, "%s%s", comma, name);
    return true;
}

size_t offered_versions(const struct offer *offer, char *out, size_t out_size)
{
    uint16_t sorted[SESSION_VERSIONS_MAX];
    size_t count = offer->version_count, used = 0;
    bool fits = true;

    out[0] = '\0';
    if (!offer->seen)
        return 0;
    if (count > SESSION_VERSIONS_MAX)
        count = SESSION_VERSIONS_MAX;
    memcpy(sorted, offer->versions, sizeof(sorted));
    if (count == 0) /* no supported_versions (RFC 8446 4.2.1): the hello offers its legacy_version */
        sorted[count++] = offer->legacy_version;
    qsort(sorted, count, sizeof(sorted[0]), compare_offered);
    for (size_t i = 0; fits && i < count; i++)
        fits = append_version(sorted[i], out, out_size, &used);
    return used;
}
