/* SPDX-License-Identifier: BSD-2-Clause */
/* event.c: one session as one line of JSON, in the words of the Elastic Common Schema where it has them. */
#include <lasthello/events.h>
#include <lasthello/facts.h>
#include <lasthello/json.h>
#include <lasthello/text.h>
#include <lasthello/utc.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DATE_BYTES 40

static void put_time(struct json *event, const char *key, int64_t time_ns)
{
    char text[UTC_BYTES];

    utc_text(utc_microseconds(time_ns), text);
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
        const char *ip, *port;
    } keys[SIDE_COUNT] = {
        [SIDE_CLIENT] = {"source.ip", "source.port"},
        [SIDE_SERVER] = {"destination.ip", "destination.port"},
    };
    char address[ADDRESS_TEXT_BYTES];

    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        address_text(&session->endpoints[side].address, address);
        json_put_text(event, keys[side].ip, address);
        json_put_number(event, keys[side].port, session->endpoints[side].port);
    }
}

static void put_network(struct json *event, const struct session *session,
    const struct event_context *context)
{
    bool is_v4 = address_is_v4(&session->endpoints[SIDE_SERVER].address);
    char vlan[8];

    json_put_text(event, "network.transport", "tcp");
    json_put_text(event, "network.type", is_v4 ? "ipv4" : "ipv6");
    json_put_text(event, "network.protocol", session->application);
    json_put_text(event, "network.community_id", context->community_id);
    if (session->vlan_count == 0)
        return;
    snprintf(vlan, sizeof(vlan), "%u", session->vlans[0]);
    json_put_text(event, "network.vlan.id", vlan);
    if (session->vlan_count == 1)
        return;
    snprintf(vlan, sizeof(vlan), "%u", session->vlans[session->vlan_count - 1]);
    json_put_text(event, "network.inner.vlan.id", vlan);
    json_put_numbers(event, "lasthello.vlans", session->vlans, session->vlan_count);
}

static void put_number(struct json *event, const char *key, uint64_t number)
{
    if (number != 0)
        json_put_number(event, key, (int64_t)number);
}

/* Members of one list with one key are a list there, too; with keys of their own each is a flag. */
static void put_members(struct json *event, const struct fact *facts, size_t count,
    const struct session *session)
{
    char words[FACT_TEXT_BYTES];

    if (count > 1 && strcmp(facts[0].event, facts[1].event) == 0) {
        json_put_list(event, facts[0].event, fact_column_text(facts, count, session, words));
        return;
    }
    for (size_t i = 0; i < count; i++)
        json_put_flag(event, facts[i].event, *(const bool *)fact_field(&facts[i], session));
}

static void put_column(struct json *event, const struct fact *fact, size_t count,
    const struct session *session)
{
    char made[FACT_TEXT_BYTES];

    if (fact->event == NULL || fact->event_form == EVENT_BY_HAND)
        return;
    if (fact->type == FACT_MEMBER)
        put_members(event, fact, count, session);
    else if (fact->type == FACT_FLAG)
        json_put_flag(event, fact->event, *(const bool *)fact_field(fact, session));
    else if (fact->type == FACT_NUMBER)
        put_number(event, fact->event, fact_number(fact, session));
    else if (fact->event_form == EVENT_LIST)
        json_put_list(event, fact->event, fact_text(fact, session, made));
    else
        json_put_text(event, fact->event, fact_text(fact, session, made));
}

/* What the table of facts has under a key. */
static void put_facts(struct json *event, enum fact_table table, const struct session *session)
{
    const struct fact_list *list = &fact_tables[table];
    size_t count;

    if (!fact_table_applies(table, session))
        return;
    for (size_t i = 0; i < list->count; i += count) {
        count = fact_count_of_column(list, i);
        put_column(event, &list->facts[i], count, session);
    }
}

/* ECS writes "1.0" and "tls"; TLS 1.2+ is no version of its own and stands in lasthello.negotiated
 * alone. */
static void put_version(struct json *event, const struct session *session)
{
    const char *name = version_name(session->negotiated);

    json_put_flag(event, "tls.established", session->outcome == OUTCOME_ESTABLISHED);
    json_put_text(event, "lasthello.negotiated", name);
    if (name == NULL || session->negotiated == VERSION_TLS_1_2_PLUS)
        return;
    json_put_text(event, "tls.version", strchr(name, ' ') + 1);
    json_put_text(event, "tls.version_protocol", session->negotiated < VERSION_TLS_1_0 ? "ssl" : "tls");
}

static void put_draft(struct json *event, const struct answer *answer)
{
    if (answer->seen && version_is_draft(answer->wire_version))
        json_put_number(event, "lasthello.draft", answer->wire_version & 0xff);
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
    put_date(event, "tls.server.x509.not_before", certificate->not_before);
    put_date(event, "tls.server.x509.not_after", certificate->not_after);
}

static void put_alert(struct json *event, const char *key, const struct alert *alert)
{
    const char *name = alert_name(alert->description);
    char text[NAME_BYTES];

    if (!alert->seen)
        return;
    snprintf(text, sizeof(text), "%u%s%s", alert->description, name == NULL ? "" : " ",
        name == NULL ? "" : name);
    json_put_text(event, key, text);
}

static void put_evidence(struct json *event, const struct session *session,
    const struct event_context *context)
{
    json_put_text(event, "lasthello.source", context->source);
    put_number(event, "lasthello.first_packet", session->first.number);
    put_number(event, "lasthello.last_packet", session->last.number);
    put_number(event, "lasthello.gaps", session->gaps);
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
    put_version(event, session);
    for (enum fact_table table = 0; table < TABLE_REPEATED_COUNT; table++)
        put_facts(event, table, session);
    put_draft(event, &session->answer);
    put_certificate(event, &session->certificate);
    put_alert(event, "lasthello.client_alert", &session->alerts[SIDE_CLIENT]);
    put_alert(event, "lasthello.server_alert", &session->alerts[SIDE_SERVER]);
    put_evidence(event, session, context);
    line = json_line(event);
    json_close(event);
    return with_newline(line);
}
