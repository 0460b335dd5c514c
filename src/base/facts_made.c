/* SPDX-License-Identifier: BSD-2-Clause */
/* facts_made.c: the facts whose text stands nowhere and is made. */
#include "facts_made.h"

#include <lasthello/address.h>
#include <lasthello/text.h>

#include <stdio.h>

static const char *mac_text(const struct session *session, enum side side, char *out)
{
    if (!session->has_macs)
        return NULL;
    text_mac(session->macs[side], out);
    return out;
}

/* One signature, whether a text is made or stands somewhere. NOLINTBEGIN(readability-non-const-parameter) */

const char *make_client_mac(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return mac_text(session, SIDE_CLIENT, out);
}

const char *make_server_mac(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return mac_text(session, SIDE_SERVER, out);
}

const char *make_vlans(const struct session *session, char out[FACT_TEXT_BYTES])
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < session->vlan_count && i < LINK_VLANS_MAX; i++)
        len += (size_t)snprintf(out + len, FACT_TEXT_BYTES - len, "%s%u", i == 0 ? "" : ",",
            session->vlans[i]);
    return out;
}

const char *make_tunnel(const struct session *session, char out[FACT_TEXT_BYTES])
{
    (void)out;
    return tunnel_name(session->tunnel);
}

const char *make_proxy_address(const struct session *session, char out[FACT_TEXT_BYTES])
{
    if (!session->proxy)
        return NULL;
    address_text(&session->proxy_endpoint.address, out);
    return out;
}

const char *make_offered(const struct session *session, char out[FACT_TEXT_BYTES])
{
    offered_versions(&session->offer, out, FACT_TEXT_BYTES);
    return out;
}

static const char *wire_text(uint16_t version, char out[FACT_TEXT_BYTES])
{
    snprintf(out, FACT_TEXT_BYTES, "0x%04x", version);
    return out;
}

const char *make_legacy_version(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return wire_text(session->offer.legacy_version, out);
}

const char *make_wire_version(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return wire_text(session->answer.wire_version, out);
}

/* 0 is TLS_NULL_WITH_NULL_NULL, which must not be negotiated (RFC 5246 A.5): none is known. */
const char *make_cipher(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return session->answer.cipher_suite == 0 ? NULL : cipher_suite_name(session->answer.cipher_suite, out);
}

const char *make_group(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return session->answer.group == 0 ? NULL : group_name(session->answer.group, out);
}

const char *make_sha256(const struct session *session, char out[FACT_TEXT_BYTES])
{
    text_hex((struct bytes){session->certificate.sha256, SESSION_SHA256_BYTES}, out);
    return out;
}

const char *make_outcome(const struct session *session, char out[FACT_TEXT_BYTES])
{
    const char *name = outcome_name(session->outcome);

    (void)out;
    return name == NULL ? "none" : name;
}

const char *make_refused_by(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return refusal_name(session, out);
}

const char *make_evidence(const struct session *session, char out[FACT_TEXT_BYTES])
{
    (void)out;
    return evidence_name(session->evidence);
}

const char *make_offered_max(const struct session *session, char out[FACT_TEXT_BYTES])
{
    (void)out;
    return version_name(session->offer.maximum);
}

const char *make_negotiated(const struct session *session, char out[FACT_TEXT_BYTES])
{
    (void)out;
    return version_name(session->negotiated);
}

const char *make_cause(const struct session *session, char out[FACT_TEXT_BYTES])
{
    (void)out;
    return cause_name(session->cause);
}

static const char *alert_text(const struct alert *alert, char out[FACT_TEXT_BYTES])
{
    if (!alert->seen)
        return NULL;
    snprintf(out, FACT_TEXT_BYTES, "%u", alert->description);
    return out;
}

const char *make_client_alert(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return alert_text(&session->alerts[SIDE_CLIENT], out);
}

const char *make_server_alert(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return alert_text(&session->alerts[SIDE_SERVER], out);
}

const char *make_directions(const struct session *session, char out[FACT_TEXT_BYTES])
{
    static const char *const words[] = {"none", "client", "server", "both"};

    (void)out;
    return words[session->directions & 3];
}

/* NOLINTEND(readability-non-const-parameter) */
