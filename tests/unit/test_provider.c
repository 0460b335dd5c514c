/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose server it is, by our rules and by nDPI's lists; what is foreign; the Community ID. */
#include "test.h"

#include <lasthello/judge.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static struct endpoint endpoint_of(const char *address, uint16_t port)
{
    struct endpoint endpoint = {.address = {{[10] = 0xff, [11] = 0xff}}, .port = port};

    if (inet_pton(AF_INET, address, endpoint.address.octets + 12) != 1)
        assert_int_equal(inet_pton(AF_INET6, address, endpoint.address.octets), 1);
    return endpoint;
}

static struct session session_to(const char *server, const char *server_name)
{
    struct session session = {.outcome = OUTCOME_ESTABLISHED};

    session.endpoints[SIDE_CLIENT] = endpoint_of("10.1.4.17", 50123);
    session.endpoints[SIDE_SERVER] = endpoint_of(server, 993);
    snprintf(session.offer.server_name, sizeof(session.offer.server_name), "%s", server_name);
    return session;
}

/* Providers from rules that stand in a file for the time of opening it. */
static struct providers *open_rules(const char *rules, struct error *error)
{
    int fd = memfd_create("rules", MFD_CLOEXEC);
    struct providers *providers;
    char path[32];

    assert_int_equal(write(fd, rules, strlen(rules)), (ssize_t)strlen(rules));
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    *error = (struct error){""};
    providers = providers_open(path, error);
    close(fd);
    return providers;
}

struct expected {
    const char *server, *server_name, *provider, *source;
};

static void assert_names(struct providers *providers, const struct expected *rows, size_t count)
{
    assert_non_null(providers);
    for (size_t i = 0; i < 2 * count; i++) { /* the second time from memory */
        const struct expected *row = &rows[i % count];
        struct session session = session_to(row->server, row->server_name);

        providers_name(providers, &session);
        assert_string_equal(session.provider, row->provider);
        assert_int_equal(session.provider_source == NULL, row->source == NULL);
        if (row->source != NULL)
            assert_string_equal(session.provider_source, row->source);
    }
    providers_close(providers);
}

/* ---- rules ------------------------------------------------------------------------------------- */

static void a_rule_is_the_end_of_a_name_by_whole_labels(void **state)
{
    static const struct expected rows[] = {
        {"192.0.2.1", "gmx.net", "GMX", "rule"},
        {"192.0.2.1", "imap.gmx.net", "GMX", "rule"},
        {"192.0.2.1", "xgmx.net", "", NULL},
        {"192.0.2.1", "gmx.net.evil.example", "", NULL},
        {"192.0.2.1", "net", "", NULL},
        {"192.0.2.1", "", "", NULL},
        {"192.0.2.1", "a.b.special.gmx.net", "Special", "rule"},
    };
    struct error error;

    (void)state;
    assert_names(open_rules("2026-11-26 GMX .gmx.net\n2026-11-26 Special .special.gmx.net # the longer end\n", &error),
        rows, COUNT_OF(rows));
}

static void the_smallest_network_that_holds_the_server_names_it(void **state)
{
    static const struct expected rows[] = {
        {"203.0.113.9", "", "Wide", "rule"},
        {"203.0.113.129", "", "Narrow", "rule"},
        {"203.0.114.1", "", "", NULL},
        {"2001:db8:1::1", "", "Wide6", "rule"},
        {"2001:db8:2:3::1", "", "Narrow6", "rule"},
        {"2001:db9::1", "", "", NULL},
        {"203.0.113.129", "unknown.example", "Narrow", "rule"},
    };
    struct error error;

    (void)state;
    assert_names(open_rules("2026-11-26 Wide 203.0.113.0/24\n2026-11-26 Narrow 203.0.113.128/25\n"
                            "2026-11-26 Wide6 2001:db8::/32\n2026-11-26 Narrow6 2001:db8:2::/48\n",
                     &error),
        rows, COUNT_OF(rows));
}

static void a_rule_for_the_name_comes_before_one_for_the_address_and_both_before_the_lists(void **state)
{
    static const struct expected rows[] = {
        {"203.0.113.9", "mail.example.org", "ByName", "rule"},
        {"203.0.113.9", "imap.gmail.com", "ByAddress", "rule"},
        {"192.0.2.1", "imap.gmail.com", "GMail", "sni"},
    };
    struct error error;

    (void)state;
    assert_names(open_rules("2026-11-26 ByAddress 203.0.113.0/24\n2026-11-26 ByName .mail.example.org\n", &error), rows,
        COUNT_OF(rows));
}

static void a_wrong_rule_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *rule, *complaint;
    } rows[] = {
        {"2026-11-26 GMX", "a rule is a date"},
        {"2026-11-26 GMX .gmx.net more", "a rule is a date"},
        {"26.11.2026 GMX .gmx.net", "the date"},
        {"2026-02-30 GMX .gmx.net", "the date"},
        {"2026-11-26 G=MX .gmx.net", "a provider"},
        {"2026-11-26 GMX gmx.net", "a host"},
        {"2026-11-26 GMX .net", "a host"},
        {"2026-11-26 GMX .GMX.net", "a host"},
        {"2026-11-26 GMX .gmx..net", "a host"},
        {"2026-11-26 GMX .gmx.net.", "a host"},
        {"2026-11-26 GMX 999.1.1.1/24", "no network"},
        {"2026-11-26 GMX 192.0.2.0/33", "no network"},
        {"2026-11-26 GMX 192.0.2.1/24", "no network"},
        {"2026-11-26 GMX 2001:db8::1/32", "no network"},
        {"2026-11-26 GMX 192.0.2.0/", "no network"},
        {"2026-11-26 GMX 0.0.0.0/0", "no network"},
        {"2026-11-26 A .good.example", "stands in line 2 already"},
    };
    char text[512];
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        snprintf(text, sizeof(text), "# rules\n2026-11-26 Good .good.example\n%s\n", rows[i].rule);
        assert_null(open_rules(text, &error));
        assert_non_null(strstr(error.text, ":3: "));
        assert_non_null(strstr(error.text, rows[i].complaint));
    }
}

static void a_line_without_end_is_refused(void **state)
{
    char text[4096];
    struct error error;

    (void)state;
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_null(open_rules(text, &error));
    assert_non_null(strstr(error.text, ":1: "));
}

static void a_missing_rules_file_is_an_error_and_none_is_not(void **state)
{
    struct error error = {""};

    (void)state;
    assert_null(providers_open("/nonexistent/rules", &error));
    assert_non_null(strstr(error.text, "/nonexistent/rules"));
    providers_close(providers_open(NULL, &error));
}

static void the_installed_rules_name_the_mail_providers(void **state)
{
    static const struct expected rows[] = {
        {"192.0.2.1", "outlook.office365.com", "Microsoft365", "rule"},
        {"192.0.2.1", "imap-legacy.office365.com", "Microsoft365", "rule"},
        {"40.101.1.2", "", "Microsoft365", "rule"},
        {"2603:1026:206::2", "", "Microsoft365", "rule"},
        {"192.0.2.1", "imap.gmail.com", "GMail", "rule"},
        {"192.0.2.1", "imap.gmail.com.evil.example", "GMail", "sni"},
        {"192.0.2.1", "imap.web.de", "WEB.DE", "rule"},
        {"192.0.2.1", "poppro.zoho.eu", "Zoho", "rule"},
        {"10.9.0.3", "mail.intern.example", "", NULL},
    };
    struct error error = {""};

    (void)state;
    assert_names(providers_open(PROVIDERS_FILE, &error), rows, COUNT_OF(rows));
}

/* ---- nDPI's lists ------------------------------------------------------------------------------ */

static void the_lists_name_by_server_name_by_address_and_by_both(void **state)
{
    static const struct expected rows[] = {
        {"192.0.2.1", "outlook.office365.com", "Microsoft365", "sni"},
        {"40.96.0.1", "", "Microsoft365", "ip"},
        {"40.96.0.1", "outlook.office365.com", "Microsoft365", "sni+ip"},
        {"192.0.2.1", "imap.gmail.com", "GMail", "sni"},
        {"40.96.0.1", "imap.gmail.com", "GMail", "sni"},
        {"10.1.1.1", "", "", NULL},
        {"2001:db8::1", "", "", NULL},
    };
    struct error error;

    (void)state;
    assert_names(providers_open(NULL, &error), rows, COUNT_OF(rows));
}

static void ports_and_names_of_one_address_are_told_apart(void **state)
{
    struct error error;
    struct providers *providers = providers_open(NULL, &error);

    (void)state;
    for (unsigned i = 0; i < 100000; i++) { /* many more than are remembered */
        bool is_gmail = i % 3 == 0;
        struct session session = session_to("192.0.2.1", is_gmail ? "imap.gmail.com" : "mail.example.org");

        session.endpoints[SIDE_SERVER].port = (uint16_t)i;
        providers_name(providers, &session);
        assert_string_equal(session.provider, is_gmail ? "GMail" : "");
    }
    providers_close(providers);
}

static void *ask_often(void *providers)
{
    for (unsigned i = 0; i < 20000; i++) {
        struct session session = session_to(i % 2 == 0 ? "40.96.0.1" : "192.0.2.1", "");

        session.endpoints[SIDE_SERVER].port = (uint16_t)(i % 5000);
        providers_name(providers, &session);
        if (strcmp(session.provider, i % 2 == 0 ? "Microsoft365" : "") != 0)
            return providers;
    }
    return NULL;
}

static void threads_may_ask_at_once(void **state)
{
    struct error error;
    struct providers *providers = providers_open(NULL, &error);
    pthread_t threads[3];
    void *failed;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, providers), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    providers_close(providers);
}

/* ---- foreign payload --------------------------------------------------------------------------- */

static struct bytes bytes_of(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static struct session foreign_at(uint16_t client_port, uint8_t server, int64_t second)
{
    struct session session = session_to("192.0.2.1", "");

    session.outcome = OUTCOME_FOREIGN;
    session.endpoints[SIDE_CLIENT].port = client_port;
    session.endpoints[SIDE_SERVER].address.octets[15] = server;
    session.last.time_ns = second * NANOSECONDS;
    return session;
}

static const char ssh[] = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n";
static const char http[] = "GET / HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: x\r\n\r\n";

static void a_foreign_payload_is_named_and_its_server_remembered(void **state)
{
    struct error error;
    struct providers *providers = providers_open(NULL, &error);
    struct session session = foreign_at(40000, 1, 100);
    struct session again = foreign_at(40001, 1, 101);

    (void)state;
    providers_foreign(providers, &session, bytes_of(ssh), bytes_of(ssh));
    assert_string_equal(session.foreign, "SSH");
    providers_foreign(providers, &again, bytes_of("?"), bytes_of("")); /* not asked again */
    assert_string_equal(again.foreign, "SSH");
    session = foreign_at(40002, 2, 102);
    providers_foreign(providers, &session, bytes_of(http), bytes_of(""));
    assert_string_equal(session.foreign, "HTTP");
    providers_close(providers);
}

static void noise_and_what_is_ours_get_no_name(void **state)
{
    static const char *const payloads[] = {
        "\x8f\x03\x99\xe1\x17\x44 noise that nobody knows \xfe\xed\x01\x02",
        "\023BitTorrent protocol\x01\x01\x01\x01\x01\x01\x01\x01 twenty bytes of hash, twenty of peer",
        "a1 LOGIN",
    };
    struct error error;
    struct providers *providers = providers_open(NULL, &error);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(payloads); i++) {
        struct session session = foreign_at(40000, (uint8_t)i, (int64_t)i);

        providers_foreign(providers, &session, bytes_of(payloads[i]), bytes_of("* OK IMAP4rev1 ready\r\n"));
        assert_string_equal(session.foreign, "");
    }
    providers_close(providers);
}

static void a_mail_session_is_never_shown(void **state)
{
    struct error error;
    struct providers *providers = providers_open(NULL, &error);
    struct session session = foreign_at(40000, 1, 100);

    (void)state;
    session.outcome = OUTCOME_CLEARTEXT;
    providers_foreign(providers, &session, bytes_of(ssh), bytes_of(ssh));
    assert_string_equal(session.foreign, "");
    session.outcome = OUTCOME_FOREIGN;
    strcpy(session.login, "LOGIN");
    providers_foreign(providers, &session, bytes_of(ssh), bytes_of(ssh));
    assert_string_equal(session.foreign, "");
    providers_close(providers);
}

static void few_payloads_a_second_are_named(void **state)
{
    struct error error;
    struct providers *providers = providers_open(NULL, &error);
    unsigned named = 0;

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        struct session session = foreign_at(40000, (uint8_t)i, i < 50 ? 100 : 101);

        providers_foreign(providers, &session, bytes_of(ssh), bytes_of(ssh));
        named += session.foreign[0] != '\0';
    }
    assert_int_equal(named, 2 * 4);
    providers_close(providers);
}

/* ---- what nDPI prints -------------------------------------------------------------------------- */

static void ask_everything(void)
{
    struct error error;
    struct providers *providers = providers_open(PROVIDERS_FILE, &error);
    struct session session = foreign_at(40000, 1, 100);

    providers_name(providers, &session);
    providers_foreign(providers, &session, bytes_of("\023BitTorrent protocol"),
        bytes_of(http));
    providers_close(providers);
}

static void nothing_is_printed_to_standard_output(void **state)
{
    FILE *file = fdopen(memfd_create("output", MFD_CLOEXEC), "w+");
    int kept = dup(STDOUT_FILENO);

    (void)state;
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    ask_everything();
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    assert_int_equal(lseek(fileno(file), 0, SEEK_END), 0);
    fclose(file);
}

/* ---- Community ID ------------------------------------------------------------------------------ */

static void community_ids_are_those_of_the_specification(void **state)
{
    /* the first is in the specification; the others were computed by its pseudo code with Python's hashlib */
    static const struct {
        const char *client;
        uint16_t client_port;
        const char *server;
        uint16_t server_port;
        const char *id;
    } rows[] = {
        {"128.232.110.120", 34855, "66.35.250.204", 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
        {"66.35.250.204", 80, "128.232.110.120", 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
        {"10.1.4.17", 50123, "192.0.2.9", 993, "1:3uhe0oz6tXosNnEkBabJN+Qpmts="},
        {"2001:db8::25", 50000, "2001:db8::993", 993, "1:cueFMq6tPtUIoP6uAYtrZ2SJ+0k="},
    };
    struct session session = {0};
    char id[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        session.endpoints[SIDE_CLIENT] = endpoint_of(rows[i].client, rows[i].client_port);
        session.endpoints[SIDE_SERVER] = endpoint_of(rows[i].server, rows[i].server_port);
        assert_true(providers_community_id(&session, id, sizeof(id)));
        assert_string_equal(id, rows[i].id);
    }
}

static void behind_a_proxy_header_the_id_is_of_the_connection_captured(void **state)
{
    struct session session = session_to("192.0.2.9", "");
    char id[64];

    (void)state;
    session.proxy = true;
    session.proxy_endpoint = session.endpoints[SIDE_CLIENT];
    session.endpoints[SIDE_CLIENT] = endpoint_of("2001:db8::77", 1);
    assert_true(providers_community_id(&session, id, sizeof(id)));
    assert_string_equal(id, "1:3uhe0oz6tXosNnEkBabJN+Qpmts=");
}

static void an_id_that_would_be_wrong_or_does_not_fit_is_not_given(void **state)
{
    struct session session = session_to("10.1.4.17", "");
    char id[64];

    (void)state;
    assert_false(providers_community_id(&session, id, sizeof(id)));
    session = session_to("192.0.2.9", "");
    assert_false(providers_community_id(&session, id, 20));
}

static void the_version_names_the_library(void **state)
{
    (void)state;
    assert_int_equal(strncmp(providers_version(), "nDPI 4.", 7), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_the_end_of_a_name_by_whole_labels),
        cmocka_unit_test(the_smallest_network_that_holds_the_server_names_it),
        cmocka_unit_test(a_rule_for_the_name_comes_before_one_for_the_address_and_both_before_the_lists),
        cmocka_unit_test(a_wrong_rule_is_refused_with_its_line),
        cmocka_unit_test(a_line_without_end_is_refused),
        cmocka_unit_test(a_missing_rules_file_is_an_error_and_none_is_not),
        cmocka_unit_test(the_installed_rules_name_the_mail_providers),
        cmocka_unit_test(the_lists_name_by_server_name_by_address_and_by_both),
        cmocka_unit_test(ports_and_names_of_one_address_are_told_apart),
        cmocka_unit_test(threads_may_ask_at_once),
        cmocka_unit_test(a_foreign_payload_is_named_and_its_server_remembered),
        cmocka_unit_test(noise_and_what_is_ours_get_no_name),
        cmocka_unit_test(a_mail_session_is_never_shown),
        cmocka_unit_test(few_payloads_a_second_are_named),
        cmocka_unit_test(nothing_is_printed_to_standard_output),
        cmocka_unit_test(community_ids_are_those_of_the_specification),
        cmocka_unit_test(behind_a_proxy_header_the_id_is_of_the_connection_captured),
        cmocka_unit_test(an_id_that_would_be_wrong_or_does_not_fit_is_not_given),
        cmocka_unit_test(the_version_names_the_library),
    };

    return cmocka_run_group_tests_name("provider", tests, NULL, NULL);
}
