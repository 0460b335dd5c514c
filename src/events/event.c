/* SPDX-License-Identifier: BSD-2-Clause */
/* event.c: one session as one line of JSON, in the words of the Elastic Common Schema where it has them. */
#include <lasthello/events.h>
#include <lasthello/json.h>
#include <lasthello/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define OFFERED_BYTES 320 /* SESSION_VERSIONS_MAX names, drafts included */
#define DATE_BYTES    40

static void put_time(struct json *event, const char *key, int64_t time_ns)
{
    char text[TEXT_TIME_BYTES];

    text_time(time_ns, text);
    json_put_text(event, key, text);
}

static void put_head(struct json *event, const struct session *session, const struct event_context *context)
{
    put_time(event, "@timestamp", session->first.time_ns);
    put_time(event, "event.end", session->last.time_ns);
    json_put_text(event, "event.kind", "event");
    json_put_list(event, "event.category", "network");
    json_put_text(event, "event.dataset", "lasthello.session");
    json_put_text(event, "observer.name", context->observer);
}

static void put_endpoints(struct json *event, const struct session *session)
{
    static const struct {
        const char *ip, *port, *mac;
    } keys[SIDE_COUNT] = {
        [SIDE_CLIENT] = {"source.ip", "source.port", "source.mac"},
        [SIDE_SERVER] = {"destination.ip", "destination.port", "destination.mac"},
    };
    char address[ADDRESS_TEXT_BYTES], mac[TEXT_MAC_BYTES];

    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        address_text(&session->endpoints[side].address, address);
        json_put_text(event, keys[side].ip, address);
        json_put_number(event, keys[side].port, session->endpoints[side].port);
        if (!session->has_macs)
            continue;
        text_mac(session->macs[side], mac);
        json_put_text(event, keys[side].mac, mac);
    }
}

/* The protocol without its wrapping in TLS, which other keys tell. */
static const char *mail_protocol(const char *service)
{
    static const char *const rows[][2] = {
        {"imaps", "imap"},
        {"pop3s", "pop3"},
    };

    for (size_t i = 0; service != NULL && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i][0], service) == 0)
            return rows[i][1];
    return service;
}

static void put_network(struct json *event, const struct session *session, const struct event_context *context)
{
    bool is_v4 = address_is_v4(&session->endpoints[SIDE_SERVER].address);
    char vlan[8];

    json_put_text(event, "network.transport", "tcp");
    json_put_text(event, "network.type", is_v4 ? "ipv4" : "ipv6");
    json_put_text(event, "network.protocol", mail_protocol(session->service));
    json_put_text(event, "network.community_id", context->community_id);
    if (session->vlan_count == 0)
        return;
    snprintf(vlan, sizeof(vlan), "%u", session->vlans[session->vlan_count - 1]);
    json_put_text(event, "network.vlan.id", vlan);
    if (session->vlan_count > 1)
        json_put_numbers(event, "lasthello.vlans", session->vlans, session->vlan_count);
}

static void put_client_hello(struct json *event, const struct offer *offer)
{
    char offered[OFFERED_BYTES];

    if (!offer->seen)
        return;
    offered_versions(offer, offered, sizeof(offered));
    json_put_text(event, "tls.client.server_name", offer->server_name);
    json_put_text(event, "tls.client.ja3", offer->ja3);
    json_put_text(event, "lasthello.ja4", offer->ja4);
    json_put_text(event, "lasthello.offered_max", version_name(offer->maximum));
    json_put_list(event, "lasthello.offered", offered);
    json_put_flag(event, "lasthello.fallback_scsv", offer->fallback_scsv);
    json_put_flag(event, "lasthello.sslv2_format", offer->sslv2_format);
    json_put_flag(event, "lasthello.ech", offer->ech);
}

static void put_server_hello(struct json *event, const struct answer *answer)
{
    char name[NAME_BYTES];

    if (!answer->seen)
        return;
    json_put_text(event, "tls.server.ja3s", answer->ja3s);
    /* 0 is TLS_NULL_WITH_NULL_NULL, which must not be negotiated (RFC 5246 A.5): none is known */
    if (answer->cipher_suite != 0)
        json_put_text(event, "tls.cipher", cipher_suite_name(answer->cipher_suite, name));
    if (answer->group != 0)
        json_put_text(event, "tls.curve", group_name(answer->group, name));
    json_put_text(event, "tls.next_protocol", answer->alpn);
    json_put_flag(event, "tls.resumed", answer->resumed);
    json_put_flag(event, "lasthello.downgrade", answer->downgrade);
    json_put_flag(event, "lasthello.retry_request", answer->retry_request);
    if (version_is_draft(answer->wire_version))
        json_put_number(event, "lasthello.draft", answer->wire_version & 0xff);
    if (answer->group_bits != 0)
        json_put_number(event, "lasthello.group_bits", answer->group_bits);
}

/* ECS writes "1.0" and "tls"; TLS 1.2+ is no version of its own and stands in lasthello.negotiated alone. */
static void put_version(struct json *event, const struct session *session)
{
    const char *name = version_name(session->negotiated);

    json_put_text(event, "lasthello.negotiated", name);
    if (name == NULL || session->negotiated == VERSION_TLS_1_2_PLUS)
        return;
    json_put_text(event, "tls.version", strchr(name, ' ') + 1);
    json_put_text(event, "tls.version_protocol", session->negotiated < VERSION_TLS_1_0 ? "ssl" : "tls");
}

/* Certificates end in 9999 (RFC 5280 4.1.2.5), beyond what nanoseconds reach. */
static void put_date(struct json *event, const char *key, int64_t seconds)
{
    time_t time = (time_t)seconds;
    char text[DATE_BYTES];
    struct tm utc;

    if (gmtime_r(&time, &utc) != NULL && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc) > 0)
        json_put_text(event, key, text);
}

static void put_sha256(struct json *event, const uint8_t sha256[SESSION_SHA256_BYTES])
{
    char hex[2 * SESSION_SHA256_BYTES + 1];

    text_hex((struct bytes){sha256, SESSION_SHA256_BYTES}, hex);
    for (char *digit = hex; *digit != '\0'; digit++)
        if (*digit >= 'a')
            *digit = (char)(*digit - 'a' + 'A');
    json_put_text(event, "tls.server.hash.sha256", hex);
}

static void put_certificate(struct json *event, const struct certificate *certificate)
{
    if (!certificate->seen)
        return;
    put_sha256(event, certificate->sha256);
    if (!certificate->readable)
        return;
    json_put_text(event, "tls.server.x509.subject.distinguished_name", certificate->subject);
    json_put_text(event, "tls.server.x509.issuer.distinguished_name", certificate->issuer);
    put_date(event, "tls.server.x509.not_before", certificate->not_before);
    put_date(event, "tls.server.x509.not_after", certificate->not_after);
    json_put_text(event, "tls.server.x509.public_key_algorithm", certificate->key_type);
    if (certificate->key_bits != 0)
        json_put_number(event, "tls.server.x509.public_key_size", certificate->key_bits);
    json_put_text(event, "tls.server.x509.signature_algorithm", certificate->signature);
}

static void put_outcome(struct json *event, const struct session *session)
{
    char refusal[16];

    json_put_flag(event, "tls.established", session->outcome == OUTCOME_ESTABLISHED);
    json_put_text(event, "lasthello.outcome", outcome_name(session->outcome));
    json_put_text(event, "lasthello.refused_by", refusal_name(session, refusal));
    json_put_text(event, "lasthello.evidence", evidence_name(session->evidence));
    json_put_text(event, "lasthello.cause", cause_name(session->cause));
    json_put_text(event, "lasthello.provider", session->provider);
    json_put_text(event, "lasthello.provider_source", session->provider_source);
    json_put_text(event, "lasthello.foreign", session->foreign);
    json_put_flag(event, "lasthello.client_certificate_requested", session->client_certificate_requested);
    json_put_flag(event, "lasthello.short_lived", session->short_lived);
}

static void put_alert(struct json *event, const char *key, const struct alert *alert)
{
    const char *name = alert_name(alert->description);
    char text[NAME_BYTES];

    if (!alert->seen)
        return;
    snprintf(text, sizeof(text), "%u%s%s", alert->description, name == NULL ? "" : " ", name == NULL ? "" : name);
    json_put_text(event, key, text);
}

static void put_starttls(struct json *event, const struct starttls *starttls)
{
    const struct {
        bool is_true;
        const char *word;
    } rows[] = {
        {starttls->offered, "offered"},
        {starttls->requested, "requested"},
        {starttls->accepted, "accepted"},
        {starttls->refused, "refused"},
        {starttls->hello, "hello"},
    };
    char words[64] = "";
    size_t len = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].is_true)
            len += (size_t)snprintf(words + len, sizeof(words) - len, "%s%s", len == 0 ? "" : ",", rows[i].word);
    json_put_list(event, "lasthello.starttls", words);
    json_put_flag(event, "lasthello.injection", starttls->injection);
    json_put_flag(event, "lasthello.hasty", starttls->hasty);
}

/* What says that less is known than it seems. */
static void put_doubts(struct json *event, const struct session *session)
{
    json_put_flag(event, "lasthello.unconfirmed", session->unconfirmed);
    json_put_flag(event, "lasthello.contradictory", session->contradictory);
    json_put_flag(event, "lasthello.unreadable_answer", session->answer.unreadable);
}

static void put_mail(struct json *event, const struct session *session)
{
    put_starttls(event, &session->starttls);
    json_put_flag(event, "lasthello.preauth", session->preauth);
    json_put_flag(event, "lasthello.logindisabled", session->logindisabled);
    json_put_flag(event, "lasthello.bye", session->bye);
    json_put_text(event, "lasthello.login", session->login);
}

static void put_way(struct json *event, const struct session *session)
{
    char address[ADDRESS_TEXT_BYTES];

    json_put_text(event, "lasthello.tunnel", tunnel_name(session->tunnel));
    if (session->tunnel != TUNNEL_NONE && session->tunnel_id != 0)
        json_put_number(event, "lasthello.tunnel_id", session->tunnel_id);
    json_put_flag(event, "lasthello.proxy", session->proxy);
    json_put_flag(event, "lasthello.proxy_ignored", session->proxy_ignored);
    if (!session->proxy)
        return;
    address_text(&session->proxy_endpoint.address, address);
    json_put_text(event, "lasthello.proxy_ip", address);
}

static void put_evidence(struct json *event, const struct session *session, const struct event_context *context)
{
    json_put_text(event, "lasthello.source", context->source);
    if (session->first.number != 0)
        json_put_number(event, "lasthello.first_packet", (int64_t)session->first.number);
    if (session->last.number != 0)
        json_put_number(event, "lasthello.last_packet", (int64_t)session->last.number);
    if (session->gaps != 0)
        json_put_number(event, "lasthello.gaps", session->gaps);
}

static char *with_newline(char *line)
{
    size_t len = line == NULL ? 0 : strlen(line);
    char *whole = line == NULL ? NULL : realloc(line, len + 2);

    if (whole == NULL) {
        free(line);
        return NULL;
    }
    memcpy(whole + len, "\n", 2);
    return whole;
}

char *event_line(const struct session *session, const struct event_context *context)
{
    struct json *event = json_open();
    char *line;

    put_head(event, session, context);
    put_endpoints(event, session);
    put_network(event, session, context);
    json_put_text(event, "lasthello.service", session->service);
    put_version(event, session);
    put_outcome(event, session);
    put_client_hello(event, &session->offer);
    put_server_hello(event, &session->answer);
    put_certificate(event, &session->certificate);
    put_alert(event, "lasthello.client_alert", &session->alerts[SIDE_CLIENT]);
    put_alert(event, "lasthello.server_alert", &session->alerts[SIDE_SERVER]);
    put_doubts(event, session);
    put_mail(event, session);
    put_way(event, session);
    put_evidence(event, session, context);
    line = json_line(event);
    json_close(event);
    return with_newline(line);
}
