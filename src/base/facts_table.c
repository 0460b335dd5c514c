/* SPDX-License-Identifier: BSD-2-Clause */
/* facts_table.c: the facts, in the order in which they stand in row ids and events. Rows are appended to
 * their table, never moved: docs/fields.md is made from this file by tests/style/fields.sh. */
#include <lasthello/address.h>
#include <lasthello/facts.h>
#include <lasthello/text.h>

#include <stdio.h>

#define SIZE_OF(field) sizeof(((const struct session *)0)->field)
#define IN(field)      .offset = offsetof(struct session, field), .size = SIZE_OF(field)
#define ALSO(field)    .also = offsetof(struct session, field), .also_size = SIZE_OF(field)
#define NOT_NULL       "never NULL"

static const char *mac_text(const struct session *session, enum side side, char *out)
{
    if (!session->has_macs)
        return NULL;
    text_mac(session->macs[side], out);
    return out;
}

/* One signature, whether a text is made or stands somewhere. NOLINTBEGIN(readability-non-const-parameter) */

static const char *make_client_mac(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return mac_text(session, SIDE_CLIENT, out);
}

static const char *make_server_mac(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return mac_text(session, SIDE_SERVER, out);
}

static const char *make_vlans(const struct session *session, char out[FACT_TEXT_BYTES])
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < session->vlan_count && i < LINK_VLANS_MAX; i++)
        len += (size_t)snprintf(out + len, FACT_TEXT_BYTES - len, "%s%u", i == 0 ? "" : ",",
            session->vlans[i]);
    return out;
}

static const char *make_tunnel(const struct session *session, char out[FACT_TEXT_BYTES])
{
    (void)out;
    return tunnel_name(session->tunnel);
}

static const char *make_proxy_address(const struct session *session, char out[FACT_TEXT_BYTES])
{
    if (!session->proxy)
        return NULL;
    address_text(&session->proxy_endpoint.address, out);
    return out;
}

static const char *make_offered(const struct session *session, char out[FACT_TEXT_BYTES])
{
    offered_versions(&session->offer, out, FACT_TEXT_BYTES);
    return out;
}

static const char *wire_text(uint16_t version, char out[FACT_TEXT_BYTES])
{
    snprintf(out, FACT_TEXT_BYTES, "0x%04x", version);
    return out;
}

static const char *make_legacy_version(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return wire_text(session->offer.legacy_version, out);
}

static const char *make_wire_version(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return wire_text(session->answer.wire_version, out);
}

/* 0 is TLS_NULL_WITH_NULL_NULL, which must not be negotiated (RFC 5246 A.5): none is known. */
static const char *make_cipher(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return session->answer.cipher_suite == 0 ? NULL : cipher_suite_name(session->answer.cipher_suite, out);
}

static const char *make_group(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return session->answer.group == 0 ? NULL : group_name(session->answer.group, out);
}

static const char *make_sha256(const struct session *session, char out[FACT_TEXT_BYTES])
{
    text_hex((struct bytes){session->certificate.sha256, SESSION_SHA256_BYTES}, out);
    return out;
}

static const char *make_outcome(const struct session *session, char out[FACT_TEXT_BYTES])
{
    const char *name = outcome_name(session->outcome);

    (void)out;
    return name == NULL ? "none" : name;
}

static const char *make_refused_by(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return refusal_name(session, out);
}

static const char *make_evidence(const struct session *session, char out[FACT_TEXT_BYTES])
{
    (void)out;
    return evidence_name(session->evidence);
}

static const char *make_offered_max(const struct session *session, char out[FACT_TEXT_BYTES])
{
    (void)out;
    return version_name(session->offer.maximum);
}

static const char *make_negotiated(const struct session *session, char out[FACT_TEXT_BYTES])
{
    (void)out;
    return version_name(session->negotiated);
}

static const char *make_cause(const struct session *session, char out[FACT_TEXT_BYTES])
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

static const char *make_client_alert(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return alert_text(&session->alerts[SIDE_CLIENT], out);
}

static const char *make_server_alert(const struct session *session, char out[FACT_TEXT_BYTES])
{
    return alert_text(&session->alerts[SIDE_SERVER], out);
}

static const char *make_directions(const struct session *session, char out[FACT_TEXT_BYTES])
{
    static const char *const words[] = {"none", "client", "server", "both"};

    (void)out;
    return words[session->directions & 3];
}

/* NOLINTEND(readability-non-const-parameter) */

/* What lies between two hosts. */
static const struct fact path_facts[] = {
    {FACT_MADE, "client_mac", IN(macs[SIDE_CLIENT]), ALSO(has_macs), .make = make_client_mac,
        .event = "source.mac", .title = "CLIENT MAC", .since = 2, .unit = "00-00-5E-00-53-23",
        .from = "IEEE 802.3 3.2.3",
        .meaning = "MAC address on the client's side of the sensor: the client's, or a router's"},
    {FACT_MADE, "server_mac", IN(macs[SIDE_SERVER]), ALSO(has_macs), .make = make_server_mac,
        .event = "destination.mac", .title = "SERVER MAC", .since = 2, .unit = "00-00-5E-00-53-23",
        .from = "IEEE 802.3 3.2.3", .meaning = "MAC address on the server's side of the sensor"},
    {FACT_MADE, "vlans", IN(vlans), ALSO(vlan_count), .make = make_vlans, .event = "network.vlan.id",
        .event_form = EVENT_BY_HAND, .title = "VLANS", .since = 2,
        .unit = "VLAN ids, outermost first, joined by commas", .from = "IEEE 802.1Q 9.6",
        .meaning =
            "VLAN tags; an event has the innermost one, and all where there are several: lasthello.vlans"},
    {FACT_MADE, "tunnel", IN(tunnel), .make = make_tunnel, .event = "lasthello.tunnel", .title = "TUNNEL",
        .since = 2, .unit = "ipip, gre, erspan, vxlan, geneve, tzsp, gtp, ...",
        .from = "RFC 2003, 2784, 7348, 8926; TS 29.281",
        .meaning = "innermost tunnel around the session's packets"},
    {FACT_NUMBER, "tunnel_id", IN(tunnel_id), .event = "lasthello.tunnel_id", .title = "TUNNEL ID",
        .since = 2, .unit = "VNI, TEID, key or session", .from = "RFC 7348 5, RFC 8926 3.4, RFC 2890 2.1",
        .meaning = "which of the tunnels of that kind"},
    {FACT_MADE, "proxy_address", IN(proxy_endpoint.address), ALSO(proxy), .make = make_proxy_address,
        .event = "lasthello.proxy_ip", .report = "proxy", .title = "REAL PEER (PROXY)", .since = 2,
        .unit = "address", .from = "PROXY protocol 2.1, 2.2",
        .meaning = "who really connected, where a proxy spoke for the client"},
    {FACT_NUMBER, "proxy_port", IN(proxy_endpoint.port), .event = "lasthello.proxy_port",
        .title = "REAL PEER PORT", .since = 2, .unit = "TCP port", .from = "PROXY protocol 2.1, 2.2",
        .meaning = "the proxy's port"},
};

/* What a client's program says, whomever it talks to. */
static const struct fact hello_facts[] = {
    {FACT_MADE, "offered", IN(offer.versions), ALSO(offer.version_count), .make = make_offered,
        .event = "lasthello.offered", .event_form = EVENT_LIST, .title = "OFFERED VERSIONS", .since = 2,
        .unit = "versions, the best first, joined by comma and blank", .from = "RFC 8446 4.2.1, else 4.1.2",
        .meaning = "versions of supported_versions, else legacy_version"},
    {FACT_MADE, "legacy_version", IN(offer.legacy_version), .make = make_legacy_version,
        .title = "LEGACY VERSION",
        .since = 2, .unit = "0x0303", .from = "RFC 8446 4.1.2", .meaning = "legacy_version as on the wire"},
    {FACT_TEXT, "alpn", IN(offer.alpn), .event = "lasthello.offered_alpn", .event_form = EVENT_LIST,
        .report = "offered_alpn", .title = "OFFERED ALPN", .since = 2,
        .unit = "protocols joined by commas", .from = "RFC 7301 3.1",
        .meaning = "application protocols that the client offers"},
    {FACT_TEXT, "ja3", IN(offer.ja3), .event = "tls.client.ja3", .title = "JA3", .since = 2,
        .unit = "MD5 in hex",
        .from = "JA3", .meaning = "fingerprint of the hello, its order included"},
    {FACT_TEXT, "ja4", IN(offer.ja4), .event = "lasthello.ja4", .title = "JA4", .since = 2,
        .unit = "t12d1516h2_8daaf6152771_e5627efa2ab1", .from = "JA4 (client hash)",
        .meaning = "fingerprint of the hello, whatever its order"},
    {FACT_FLAG, "sslv2_format", IN(offer.sslv2_format), .event = "lasthello.sslv2_format",
        .title = "SSLV2 FORMAT", .since = 2, .from = "RFC 5246 E.2",
        .meaning = "the hello has the format of SSL 2.0"},
    {FACT_FLAG, "fallback_scsv", IN(offer.fallback_scsv), .event = "lasthello.fallback_scsv",
        .title = "FALLBACK SCSV", .since = 2, .from = "RFC 7507 4",
        .meaning = "the client says that it has offered better before, in vain"},
    {FACT_FLAG, "ech", IN(offer.ech), .event = "lasthello.ech", .title = "ECH", .since = 2,
        .from = "RFC 9849", .meaning = "the server name is only the public one"},
    {FACT_CODES32, "cipher_suites", IN(offer.suites), ALSO(offer.suite_count),
        .event = "lasthello.cipher_suites", .event_form = EVENT_LIST, .title = "OFFERED CIPHER SUITES",
        .since = 2,
        .unit = "four hex digits each (of SSL 2.0: six), joined by commas",
        .from = "RFC 8446 4.1.2, RFC 5246 E.2",
        .meaning = "cipher suites as sent, in their order, less GREASE"},
    {FACT_CODES16, "supported_versions", IN(offer.versions), ALSO(offer.version_count),
        .event = "lasthello.supported_versions", .event_form = EVENT_LIST, .title = "SUPPORTED VERSIONS",
        .since = 2,
        .unit = "four hex digits each, joined by commas", .from = "RFC 8446 4.2.1",
        .meaning = "supported_versions as sent, less GREASE; unknown where the hello has no such extension"},
    {FACT_CODES16, "supported_groups", IN(offer.groups), ALSO(offer.group_count),
        .event = "lasthello.supported_groups", .event_form = EVENT_LIST, .title = "OFFERED GROUPS",
        .since = 2,
        .unit = "four hex digits each, joined by commas", .from = "RFC 8446 4.2.7, RFC 8422 5.1.1",
        .meaning = "supported_groups as sent, less GREASE"},
    {FACT_CODES16, "signature_algorithms", IN(offer.signatures), ALSO(offer.signature_count),
        .event = "lasthello.signature_algorithms", .event_form = EVENT_LIST,
        .title = "SIGNATURE ALGORITHMS", .since = 2,
        .unit = "four hex digits each, joined by commas", .from = "RFC 8446 4.2.3, RFC 5246 7.4.1.4.1",
        .meaning = "signature_algorithms as sent, less GREASE"},
    {FACT_FLAG, "lists_cut", IN(offer.cut), .event = "lasthello.lists_cut", .title = "LISTS CUT",
        .since = 2,
        .meaning = "a list was longer than what is kept of it"},
};

/* What a server chose. */
static const struct fact answer_facts[] = {
    {FACT_MADE, "wire_version", IN(answer.wire_version), .make = make_wire_version,
        .event = "lasthello.draft", .event_form = EVENT_BY_HAND, .title = "WIRE VERSION", .since = 2,
        .unit = "0x0303",
        .from = "RFC 8446 4.1.3, 4.2.1",
        .meaning = "version chosen, as on the wire; an event has the number of a draft"},
    {FACT_MADE, "cipher", IN(answer.cipher_suite), .make = make_cipher, .event = "tls.cipher",
        .title = "CIPHER SUITE", .since = 2, .unit = "IANA's name, else 0xC0FF", .from = "RFC 8446 4.1.3",
        .meaning = "cipher suite chosen"},
    {FACT_MADE, "key_group", IN(answer.group), .make = make_group, .event = "tls.curve", .report = "group",
        .title = "KEY EXCHANGE GROUP",
        .since = 2, .unit = "IANA's name, else 0xC0FF", .from = "RFC 8446 4.2.8, RFC 8422 5.4",
        .meaning = "group of the key exchange, where it is in clear"},
    {FACT_NUMBER, "group_bits", IN(answer.group_bits), .event = "lasthello.group_bits",
        .title = "GROUP BITS",
        .since = 2, .unit = "bits", .from = "RFC 5246 7.4.3",
        .meaning = "size of a finite-field group that the server sent"},
    {FACT_TEXT, "alpn", IN(answer.alpn), .event = "tls.next_protocol", .title = "ALPN", .since = 2,
        .unit = "protocol", .from = "RFC 7301 3.1", .meaning = "application protocol chosen"},
    {FACT_TEXT, "ja3s", IN(answer.ja3s), .event = "tls.server.ja3s", .title = "JA3S", .since = 2,
        .unit = "MD5 in hex", .from = "JA3S", .meaning = "fingerprint of the ServerHello"},
    {FACT_FLAG, "resumed", IN(answer.resumed), .event = "tls.resumed", .title = "RESUMED", .since = 2,
        .from = "RFC 5246 7.4.1.3, RFC 8446 2.2",
        .meaning = "a former session was resumed: no certificate is shown"},
    {FACT_FLAG, "retry_request", IN(answer.retry_request), .event = "lasthello.retry_request",
        .title = "RETRY REQUEST", .since = 2, .from = "RFC 8446 4.1.4",
        .meaning = "a HelloRetryRequest came before"},
    {FACT_FLAG, "downgrade", IN(answer.downgrade), .event = "lasthello.downgrade", .title = "DOWNGRADE",
        .since = 2, .from = "RFC 8446 4.1.3",
        .meaning = "the server's random says that it could do better"},
};

/* A server's own, in clear up to TLS 1.2. */
static const struct fact certificate_facts[] = {
    {FACT_MADE, "sha256", IN(certificate.sha256), .make = make_sha256,
        .event = "tls.server.hash.sha256", .event_form = EVENT_BY_HAND, .report = "certificate_sha256",
        .title = "CERTIFICATE SHA-256", .since = 2,
        .unit = "64 hex digits (upper case in events)", .from = "RFC 5246 7.4.2",
        .meaning = "hash of the certificate's DER"},
    {FACT_TEXT, "subject", IN(certificate.subject), .attribute = true,
        .event = "tls.server.x509.subject.distinguished_name", .report = "certificate_subject",
        .title = "CERTIFICATE", .since = 2,
        .unit = "CN=mail.example.net,O=...", .from = "RFC 5280 4.1.2.6, RFC 4514",
        .meaning = "whose certificate it is"},
    {FACT_TEXT, "issuer", IN(certificate.issuer), .attribute = true,
        .event = "tls.server.x509.issuer.distinguished_name", .report = "certificate_issuer",
        .title = "CERTIFICATE ISSUER", .since = 2,
        .unit = "CN=mail.example.net,O=...", .from = "RFC 5280 4.1.2.4, RFC 4514",
        .meaning = "who signed it"},
    {FACT_SECONDS, "not_before", IN(certificate.not_before), .attribute = true,
        .event = "tls.server.x509.not_before", .event_form = EVENT_BY_HAND,
        .report = "certificate_not_before", .title = "VALID FROM", .since = 2,
        .unit = "seconds since 1970",
        .from = "RFC 5280 4.1.2.5", .meaning = "from when it is valid"},
    {FACT_SECONDS, "not_after", IN(certificate.not_after), .attribute = true,
        .event = "tls.server.x509.not_after", .event_form = EVENT_BY_HAND,
        .report = "certificate_not_after", .title = "VALID UNTIL", .since = 2,
        .unit = "seconds since 1970",
        .from = "RFC 5280 4.1.2.5", .meaning = "until when it is valid"},
    {FACT_TEXT, "key_type", IN(certificate.key_type), .attribute = true,
        .event = "tls.server.x509.public_key_algorithm", .report = "certificate_key_type",
        .title = "CERTIFICATE KEY", .since = 2, .unit = "RSA, EC, ED25519, ...",
        .from = "RFC 5280 4.1.2.7", .meaning = "algorithm of the public key"},
    {FACT_NUMBER, "key_bits", IN(certificate.key_bits), .attribute = true,
        .event = "tls.server.x509.public_key_size", .report = "certificate_key_bits",
        .title = "CERTIFICATE KEY BITS", .since = 2, .unit = "bits",
        .from = "RFC 5280 4.1.2.7", .meaning = "size of the public key"},
    {FACT_TEXT, "signature", IN(certificate.signature), .attribute = true,
        .event = "tls.server.x509.signature_algorithm", .report = "certificate_signature",
        .title = "CERTIFICATE SIGNATURE", .since = 2, .unit = "sha256WithRSAEncryption",
        .from = "RFC 5280 4.1.1.2", .meaning = "algorithm of the issuer's signature"},
};

/* A kind of session. */
static const struct fact profile_facts[] = {
    {FACT_WORD, "service", IN(service), .event = "lasthello.service", .title = "SERVICE", .since = 2,
        .unit = "imap, imaps, pop3, pop3s, smtp, smtps, tls", .from = "RFC 9051, 1939, 8314",
        .meaning = "service of the server's port, or what --ports makes of it"},
    {FACT_NUMBER, "port", IN(endpoints[SIDE_SERVER].port), .event = "destination.port",
        .event_form = EVENT_BY_HAND, .title = "PORT", .since = 2, .unit = "TCP port", .from = "RFC 9293 3.1",
        .meaning = "the server's port"},
    {FACT_MADE, "outcome", IN(outcome), .make = make_outcome, .event = "lasthello.outcome",
        .title = "OUTCOME", .since = 2,
        .unit = "established, negotiated, refused, unanswered, rejected, clear_answer, midstream, "
                "cleartext, plain, foreign",
        .from = "docs/architecture.md", .meaning = "how the session went; events have tls.established, too"},
    {FACT_MADE, "refused_by", IN(refused_by), .make = make_refused_by, .event = "lasthello.refused_by",
        .title = "REFUSED BY", .since = 2, .unit = "alert 70, rst, fin, silence",
        .from = "RFC 8446 6.2, RFC 9293 3.5", .meaning = "how a server refused the hello"},
    {FACT_MADE, "evidence", IN(evidence), .make = make_evidence, .event = "lasthello.evidence",
        .title = "EVIDENCE", .since = 2, .unit = "handshake, records, none", .from = "RFC 8446 4.1.3, 5.1",
        .meaning = "what the version rests on"},
    {FACT_MADE, "offered_max", IN(offer.maximum), .make = make_offered_max, .event = "lasthello.offered_max",
        .report = "offers", .title = "OFFERS", .since = 2, .unit = "as negotiated",
        .from = "RFC 8446 4.2.1, else 4.1.2", .meaning = "the best version that the client offers"},
    {FACT_MADE, "negotiated", IN(negotiated), .make = make_negotiated, .event = "lasthello.negotiated",
        .event_form = EVENT_BY_HAND, .title = "NEGOTIATED", .since = 2,
        .unit = "SSL 2.0, SSL 3.0, TLS 1.0 to TLS 1.3, TLS 1.2+", .from = "RFC 8446 4.1.3, 4.2.1",
        .meaning = "version that the server chose; TLS 1.2+: from records, 1.2 or 1.3; events have "
                   "tls.version, too"},
    {FACT_MADE, "cause", IN(cause), .make = make_cause, .event = "lasthello.cause", .title = "CAUSE",
        .since = 2, .unit = "client, server, fallback, unknown, too_new", .from = "RFC 8996, RFC 7507",
        .meaning =
            "who is to blame for old TLS; too_new: the client offers only TLS 1.3 to a server that has none"},
    {FACT_TEXT, "server_name", IN(offer.server_name), .event = "tls.client.server_name",
        .title = "SERVER NAME", .since = 2, .unit = "host name", .from = "RFC 6066 3",
        .meaning = "server_name (SNI)"},
    {FACT_TEXT, "provider", IN(provider), .event = "lasthello.provider", .title = "PROVIDER", .since = 2,
        .unit = "Microsoft365, GMail, ...", .from = "data/providers.txt, nDPI",
        .meaning = "whose server it is"},
    {FACT_WORD, "provider_source", IN(provider_source), .event = "lasthello.provider_source",
        .title = "PROVIDER BY", .since = 2, .unit = "rule, sni, ip, sni+ip",
        .from = "data/providers.txt, nDPI", .meaning = "by what the provider is known"},
    {FACT_REFERENCE, "hello", .refers_to = TABLE_HELLO, .title = "HELLO", .since = 2, .unit = "hello.id",
        .meaning = "what the client said"},
    {FACT_REFERENCE, "answer", .refers_to = TABLE_ANSWER, .title = "ANSWER", .since = 2, .unit = "answer.id",
        .meaning = "what the server chose"},
    {FACT_MADE, "client_alert", IN(alerts[SIDE_CLIENT]), .make = make_client_alert,
        .event = "lasthello.client_alert", .event_form = EVENT_BY_HAND, .title = "CLIENT ALERT", .since = 2,
        .unit = "number (with its name in events)", .from = "RFC 8446 6",
        .meaning = "the client's alert, in clear"},
    {FACT_MADE, "server_alert", IN(alerts[SIDE_SERVER]), .make = make_server_alert,
        .event = "lasthello.server_alert", .event_form = EVENT_BY_HAND, .title = "SERVER ALERT", .since = 2,
        .unit = "number (with its name in events)", .from = "RFC 8446 6",
        .meaning = "the server's alert, in clear"},
/* Rows of one shape. NOLINTBEGIN(bugprone-macro-parentheses): a parenthesis would be no initializer */
#define STARTTLS(word, field, rfc, text)                                                                  \
    {                                                                                                     \
        FACT_MEMBER, "starttls", word, IN(starttls.field),                                                \
            .event = "lasthello.starttls", .title = "STARTTLS", .since = 2, .unit = "a word of the list", \
            .from = rfc, .meaning = text                                                                  \
    }
    STARTTLS("offered", offered, "RFC 9051 7.2.2, RFC 2595 4", "the server offers STARTTLS or STLS"),
    STARTTLS("requested", requested, "RFC 9051 6.2.1, RFC 2595 4", "the client asks for it"),
    STARTTLS("accepted", accepted, "RFC 9051 6.2.1, RFC 2595 4", "the server says OK"),
    STARTTLS("refused", refused, "RFC 9051 6.2.1, RFC 2595 4", "the server says NO, BAD or -ERR"),
    STARTTLS("hello", hello, "RFC 8446 4.1.2", "a ClientHello follows"),
#define FLAG(word, field, key, rfc, text)                                                                 \
    {                                                                                                     \
        FACT_MEMBER, "flags", word, IN(field), .event = "lasthello." key, .title = "FLAGS", .since = 2,   \
                                               .unit = "a word of the list", .from = rfc, .meaning = text \
    }
    FLAG("preauth", preauth, "preauth", "RFC 9051 7.1.4", "the greeting is PREAUTH: STARTTLS is impossible"),
    FLAG("logindisabled", logindisabled, "logindisabled", "RFC 9051 6.2.3",
        "the server wants no login in clear"),
    FLAG("bye", bye, "bye", "RFC 9051 7.1.5, RFC 1939 4", "the greeting was BYE or -ERR"),
    FLAG("relay", relay, "relay", "RFC 6409 3.1",
        "SMTP between servers: port 25, and no login was asked for in clear"),
    FLAG("proxy", proxy, "proxy", "PROXY protocol 2",
        "a PROXY header came first and is believed: the client is the one that it names"),
    FLAG("proxy ignored", proxy_ignored, "proxy_ignored", "PROXY protocol 2",
        "a PROXY header came first, and nothing shows that the server believed it: anybody can write one"),
    FLAG("injection", starttls.injection, "injection",
        "USENIX Security 2021, \"Why TLS Is Better Without STARTTLS\"",
        "client bytes that are no hello came with STARTTLS, before the answer"),
    FLAG("hasty", starttls.hasty, "hasty", "RFC 9051 6.2.1",
        "the hello itself came before the answer to STARTTLS"),
    FLAG("client certificate", client_certificate_requested, "client_certificate_requested", "RFC 5246 7.4.4",
        "the server asks for the client's certificate"),
    FLAG("unconfirmed", unconfirmed, "unconfirmed", "RFC 9293 3.10.7",
        "one segment of one side says all this and nobody answered: anybody can forge that"),
    FLAG("contradictory", contradictory, "contradictory", "RFC 8446 4.1.3",
        "the choice is not among what was offered"),
    FLAG("unreadable answer", answer.unreadable, "unreadable_answer", "RFC 8446 4.1.3",
        "a ServerHello began and could not be read"),
    {FACT_TEXT, "login", IN(login), .event = "lasthello.login", .title = "LOGIN WITHOUT TLS", .since = 2,
        .unit = "LOGIN, USER, APOP, PLAIN, ...", .from = "RFC 9051 6.2, RFC 1939 7, RFC 5034",
        .meaning = "mechanism of a login without TLS; never a name or a password"},
    {FACT_TEXT, "foreign_protocol", IN(foreign), .event = "lasthello.foreign", .report = "foreign",
        .title = "OTHER PROTOCOL", .since = 2, .unit = "nDPI's name", .from = "nDPI",
        .meaning = "what a payload that is no mail is taken for: a hint"},
    {FACT_MADE, "directions", IN(directions), .make = make_directions, .title = "DIRECTIONS", .since = 2,
        .unit = "both, client, server, none", .from = "RFC 9293 3.1",
        .meaning = "whose segments were captured"},
};

/* Who, when, how often. */
#define ELSEWHERE(name, key, heading, kind, text)                                                      \
    {                                                                                                  \
        FACT_ELSEWHERE, name, .event = key, .event_form = EVENT_BY_HAND, .title = heading, .since = 2, \
                              .unit = kind, .meaning = text                                            \
    }
/* NOLINTEND(bugprone-macro-parentheses) */
static const struct fact host_facts[] = {
    ELSEWHERE("site", NULL, "SITE", "text",
        "--site of the sensor: equal addresses of two sites are two hosts"),
    ELSEWHERE("address", "source.ip, destination.ip", "CLIENT, SERVER", "address", "for people"),
    ELSEWHERE("digits", NULL, NULL, "32 hex digits", "for ranges: IPv4 as ::ffff:a.b.c.d"),
    ELSEWHERE("first_seen", NULL, "FIRST SEEN (UTC)", "microseconds since 1970",
        "in observations that are kept no longer"),
    ELSEWHERE("last_seen", NULL, "LAST SEEN (UTC)", "microseconds since 1970",
        "in observations that are kept no longer"),
};

static const struct fact observation_facts[] = {
    ELSEWHERE("source", "lasthello.source", "SOURCE", "reading.id", "the pass over a source that told it"),
    ELSEWHERE("day", NULL, NULL, "UTC days since 1970", "the day of the first session"),
    ELSEWHERE("client", "source.ip", "CLIENT", "host.id", "who opened the connections"),
    ELSEWHERE("server", "destination.ip", "SERVER", "host.id", "who was asked"),
    ELSEWHERE("profile", NULL, NULL, "profile.id", "how the sessions went"),
    ELSEWHERE("certificate", NULL, NULL, "certificate.id", "what the server showed to this client"),
    ELSEWHERE("path", NULL, NULL, "path.id", "what lies between both"),
    ELSEWHERE("first_seen", "@timestamp", "FIRST SEEN (UTC)", "microseconds since 1970",
        "first packet of the first session"),
    ELSEWHERE("last_seen", "event.end", "LAST SEEN (UTC)", "microseconds since 1970",
        "last packet of the last session"),
    ELSEWHERE("first_packet", "lasthello.first_packet", "PACKET", "number as Wireshark shows it",
        "first packet of the first session"),
    ELSEWHERE("last_packet", "lasthello.last_packet", "LAST PACKET", "number as Wireshark shows it",
        "last packet of the last session"),
    ELSEWHERE("last_source", NULL, "LAST SOURCE", "reading.id",
        "where last_packet lies, if the sessions went on into another file"),
    ELSEWHERE("sessions", NULL, "SESSIONS", "number", "equal sessions of the day"),
    ELSEWHERE("short_lived", NULL, "SHORT-LIVED", "number",
        "of those, closed by the server within a few hundred protected bytes"),
    ELSEWHERE("gaps", "lasthello.gaps", "GAPS", "number", "places where captured bytes were missing"),
};

#define LIST(name)                                                          \
    {                                                                       \
#name, name##_facts, sizeof(name##_facts) / sizeof(name##_facts[0]) \
    }
const struct fact_list fact_tables[TABLE_COUNT] = {
    [TABLE_PATH] = LIST(path),
    [TABLE_HELLO] = LIST(hello),
    [TABLE_ANSWER] = LIST(answer),
    [TABLE_CERTIFICATE] = LIST(certificate),
    [TABLE_PROFILE] = LIST(profile),
    [TABLE_HOST] = LIST(host),
    [TABLE_OBSERVATION] = LIST(observation),
};
