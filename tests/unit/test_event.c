/* SPDX-License-Identifier: BSD-2-Clause */
/* Events: one line of JSON a session, flat dotted keys of the Elastic Common Schema, unknown is absent. */
#include "stub_inventory.h"

#include <lasthello/events.h>

static const struct event_context context = {.observer = "sensor1", .source = "monday.pcapng", .community_id = "1:id="};

static struct session minimal_session(void)
{
    struct session session = {.service = "imaps", .application = "imap", .outcome = OUTCOME_UNANSWERED, .evidence = EVIDENCE_NONE};

    session.endpoints[SIDE_CLIENT] = (struct endpoint){{{[10] = 0xff, [11] = 0xff, 10, 1, 4, 17}}, 50123};
    session.endpoints[SIDE_SERVER] = (struct endpoint){{{[10] = 0xff, [11] = 0xff, 192, 0, 2, 9}}, 993};
    session.first = (struct packet_ref){.time_ns = 1700000000123456789, .number = 7};
    session.last = (struct packet_ref){.time_ns = 1700000001 * NANOSECONDS, .number = 9};
    return session;
}

/* The event's parts: each `holds` stands in it, as "key":value. */
static void assert_event(const struct session *session, const char *const *holds, size_t count)
{
    char *line = event_line(session, &context);

    assert_non_null(line);
    for (size_t i = 0; i < count; i++)
        assert_says(line, holds[i]);
    free(line);
}

static void a_session_of_which_little_is_known_is_a_short_line(void **state)
{
    struct session session = minimal_session();
    char *line = event_line(&session, &context);

    (void)state;
    assert_string_equal(line,
        "{\"@timestamp\":\"2023-11-14T22:13:20.123456Z\",\"event.end\":\"2023-11-14T22:13:21.000000Z\","
        "\"event.kind\":\"event\",\"event.category\":[\"network\"],\"event.dataset\":\"lasthello.session\","
        "\"observer.name\":\"sensor1\",\"source.ip\":\"10.1.4.17\",\"source.port\":50123,"
        "\"destination.ip\":\"192.0.2.9\",\"destination.port\":993,\"network.transport\":\"tcp\","
        "\"network.type\":\"ipv4\",\"network.protocol\":\"imap\",\"network.community_id\":\"1:id=\","
        "\"lasthello.service\":\"imaps\",\"lasthello.outcome\":\"unanswered\",\"lasthello.evidence\":\"none\","
        "\"lasthello.source\":\"monday.pcapng\",\"lasthello.first_packet\":7,\"lasthello.last_packet\":9}\n");
    free(line);
}

static void the_hello_and_its_answer_have_their_keys(void **state)
{
    static const char *const holds[] = {
        "\"tls.version\":\"1.0\"",
        "\"tls.version_protocol\":\"tls\"",
        "\"tls.established\":true",
        "\"tls.cipher\":\"TLS_RSA_WITH_AES_128_CBC_SHA\"",
        "\"tls.client.server_name\":\"imap.example.net\"",
        "\"tls.client.ja3\":\"0123456789abcdef0123456789abcdef\"",
        "\"tls.next_protocol\":\"imap\"",
        "\"lasthello.offered_max\":\"TLS 1.2\"",
        "\"lasthello.offered\":[\"TLS 1.2\",\"TLS 1.0\"]",
        "\"lasthello.negotiated\":\"TLS 1.0\"",
        "\"lasthello.cause\":\"server\"",
        "\"lasthello.evidence\":\"handshake\"",
        "\"lasthello.provider\":\"GMX\"",
        "\"lasthello.provider_source\":\"rule\"",
        "\"lasthello.downgrade\":true",
    };
    struct session session = minimal_session();

    (void)state;
    session.outcome = OUTCOME_ESTABLISHED;
    session.evidence = EVIDENCE_HANDSHAKE;
    session.negotiated = VERSION_TLS_1_0;
    session.cause = CAUSE_SERVER;
    session.offer = (struct offer){
        .seen = true,
        .maximum = VERSION_TLS_1_2,
        .version_count = 2,
        .versions = {0x0301, 0x0303},
        .server_name = "imap.example.net",
        .ja3 = "0123456789abcdef0123456789abcdef",
    };
    session.answer = (struct answer){.seen = true, .cipher_suite = 0x002f, .alpn = "imap", .downgrade = true};
    memcpy(session.provider, "GMX", 4);
    session.provider_source = "rule";
    assert_event(&session, holds, COUNT_OF(holds));
}

static void versions_that_the_schema_cannot_say_stand_in_ours_alone(void **state)
{
    struct session session = minimal_session();
    char *line;

    (void)state;
    session.negotiated = VERSION_TLS_1_2_PLUS;
    line = event_line(&session, &context);
    assert_says(line, "\"lasthello.negotiated\":\"TLS 1.2+\"");
    assert_does_not_say(line, "tls.version");
    free(line);
    session.negotiated = VERSION_SSL_3_0;
    line = event_line(&session, &context);
    assert_says(line, "\"tls.version\":\"3.0\",\"tls.version_protocol\":\"ssl\"");
    free(line);
}

static void a_refusal_says_by_what(void **state)
{
    static const char *const holds[] = {"\"lasthello.outcome\":\"refused\"", "\"lasthello.refused_by\":\"alert 70\"",
        "\"lasthello.server_alert\":\"70 protocol_version\"", "\"lasthello.client_alert\":\"255\""};
    struct session session = minimal_session();

    (void)state;
    session.outcome = OUTCOME_REFUSED;
    session.refused_by = REFUSAL_ALERT;
    session.alerts[SIDE_SERVER] = (struct alert){.seen = true, .level = 2, .description = 70};
    session.alerts[SIDE_CLIENT] = (struct alert){.seen = true, .level = 2, .description = 255};
    assert_event(&session, holds, COUNT_OF(holds));
}

static void mail_facts_are_flags_and_a_list(void **state)
{
    static const char *const holds[] = {"\"lasthello.starttls\":[\"offered\",\"requested\",\"accepted\",\"refused\",\"hello\"]",
        "\"lasthello.injection\":true", "\"lasthello.hasty\":true", "\"lasthello.preauth\":true",
        "\"lasthello.bye\":true",
        "\"lasthello.logindisabled\":true", "\"lasthello.login\":\"PLAIN\"", "\"network.protocol\":\"pop3\""};
    struct session session = minimal_session();

    (void)state;
    session.service = "pop3";
    session.application = "pop3";
    session.starttls = (struct starttls){true, true, true, true, true, true, true};
    session.preauth = session.bye = session.logindisabled = true;
    memcpy(session.login, "PLAIN", 6);
    assert_event(&session, holds, COUNT_OF(holds));
}

static void the_way_through_the_network_is_told(void **state)
{
    static const char *const holds[] = {"\"source.mac\":\"00-00-5E-00-53-01\"",
        "\"destination.mac\":\"00-00-5E-00-53-02\"",
        "\"network.vlan.id\":\"100\"", "\"network.inner.vlan.id\":\"20\"", "\"lasthello.vlans\":[100,20]", "\"lasthello.tunnel\":\"vxlan\"",
        "\"lasthello.tunnel_id\":4096", "\"lasthello.proxy\":true", "\"lasthello.proxy_ip\":\"2001:db8::1\""};
    struct session session = minimal_session();

    (void)state;
    session.has_macs = true;
    memcpy(session.macs, (const uint8_t[2][6]){{0, 0, 0x5e, 0, 0x53, 1}, {0, 0, 0x5e, 0, 0x53, 2}}, 12);
    session.vlan_count = 2;
    session.vlans[0] = 100;
    session.vlans[1] = 20;
    session.tunnel = TUNNEL_VXLAN;
    session.tunnel_id = 4096;
    session.proxy = true;
    session.proxy_endpoint = (struct endpoint){{{0x20, 0x01, 0x0d, 0xb8, [15] = 1}}, 1};
    assert_event(&session, holds, COUNT_OF(holds));
}

static void a_certificate_has_the_keys_of_the_schema(void **state)
{
    static const char *const holds[] = {
        "\"tls.server.hash.sha256\":\"AB00000000000000000000000000000000000000000000000000000000000000\"",
        "\"tls.server.x509.subject.distinguished_name\":\"CN=mail\"",
        "\"tls.server.x509.issuer.distinguished_name\":\"CN=ca\"",
        "\"tls.server.x509.not_before\":\"1970-01-01T00:00:00Z\"",
        "\"tls.server.x509.not_after\":\"9999-12-31T23:59:59Z\"",
        "\"tls.server.x509.public_key_algorithm\":\"RSA\"", "\"tls.server.x509.public_key_size\":2048",
        "\"tls.server.x509.signature_algorithm\":\"sha1WithRSAEncryption\""};
    struct session session = minimal_session();

    (void)state;
    session.certificate = (struct certificate){
        .seen = true,
        .sha256 = {0xab},
        .readable = true,
        .subject = "CN=mail",
        .issuer = "CN=ca",
        .not_after = 253402300799,
        .key_type = "RSA",
        .key_bits = 2048,
        .signature = "sha1WithRSAEncryption",
    };
    assert_event(&session, holds, COUNT_OF(holds));
}

static void keys_are_flat_whatever_is_known(void **state)
{
    struct session session = minimal_session();
    char *line;

    (void)state;
    session.offer.seen = session.answer.seen = session.certificate.seen = session.certificate.readable = true;
    line = event_line(&session, &context);
    assert_null(strchr(line + 1, '{'));
    assert_ptr_equal(strchr(line, '}'), line + strlen(line) - 2);
    free(line);
}

static void control_characters_never_stand_raw(void **state)
{
    static const char *const names[] = {"a\nb", "a\033[31mb", "a\177b", "a\302\233b", "a\377b", "a\"b\\c"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct session session = minimal_session();
        struct event_context named = context;
        char *line;

        named.source = names[i];
        line = event_line(&session, &named);
        for (const char *at = line; at[1] != '\0'; at++)
            assert_true((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f);
        free(line);
    }
}

static void ipv6_is_told(void **state)
{
    static const char *const holds[] = {"\"network.type\":\"ipv6\"", "\"destination.ip\":\"2001:db8::1\""};
    struct session session = minimal_session();

    (void)state;
    session.endpoints[SIDE_SERVER] = (struct endpoint){{{0x20, 0x01, 0x0d, 0xb8, [15] = 1}}, 993};
    assert_event(&session, holds, COUNT_OF(holds));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_of_which_little_is_known_is_a_short_line),
        cmocka_unit_test(the_hello_and_its_answer_have_their_keys),
        cmocka_unit_test(versions_that_the_schema_cannot_say_stand_in_ours_alone),
        cmocka_unit_test(a_refusal_says_by_what),
        cmocka_unit_test(mail_facts_are_flags_and_a_list),
        cmocka_unit_test(the_way_through_the_network_is_told),
        cmocka_unit_test(a_certificate_has_the_keys_of_the_schema),
        cmocka_unit_test(keys_are_flat_whatever_is_known),
        cmocka_unit_test(control_characters_never_stand_raw),
        cmocka_unit_test(ipv6_is_told),
    };

    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
