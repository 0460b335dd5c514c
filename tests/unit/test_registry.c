/* SPDX-License-Identifier: BSD-2-Clause */
/* Ports and who reads them: the registry's own rows, and what the user adds. */
#include "test.h"

#include <lasthello/dissector.h>
#include <lasthello/session.h>

static struct services services;

static const char *name_at(uint16_t port)
{
    const struct service *service = services_at(&services, port);

    assert_non_null(service);
    return service == NULL ? "" : service->name;
}

static void the_ports_are_there_and_no_others(void **state)
{
    static const struct {
        uint16_t port;
        const char *name;
    } rows[] = {{110, "pop3"}, {143, "imap"}, {993, "imaps"}, {995, "pop3s"}};
    size_t count = 0;

    (void)state;
    services_init(&services);
    for (size_t port = 0; port < 65536; port++)
        count += services_at(&services, (uint16_t)port) != NULL;
    assert_int_equal(count, COUNT_OF(rows));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(name_at(rows[i].port), rows[i].name);
}

static void ports_are_added_and_replaced(void **state)
{
    struct error error;

    (void)state;
    services_init(&services);
    assert_true(services_add(&services, "1143=imap,443=tls,443=imaps,143=pop3,587=smtp,465=smtps", &error));
    assert_string_equal(name_at(1143), "imap");
    assert_string_equal(name_at(443), "imaps");
    assert_int_equal(services.rows[services.by_port[443]].port, 443);
    assert_string_equal(name_at(143), "pop3");
    assert_string_equal(name_at(587), "smtp");
    assert_string_equal(name_at(465), "smtps");
    assert_int_equal(services.count, 4 + 4);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *list;
        const char *named;
    } rows[] = {
        {"4190=sieve", "no dissector for sieve; there are imap, imaps, pop3, pop3s, smtp, smtps, tls"},
        {"143", "143"},
        {"", "PORT=PROTOCOL"},
        {"0=imap", "0=imap"},
        {"65536=imap", "from 1 to 65535"},
        {"-1=imap", "-1=imap"},
        {"12x=imap", "12x=imap"},
        {"143=imap,,", "PORT=PROTOCOL"},
        {"143=", "no dissector"},
    };
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        services_init(&services);
        assert_false(services_add(&services, rows[i].list, &error));
        if (strstr(error.text, rows[i].named) == NULL)
            fail_msg("%s: %s", rows[i].list, error.text);
    }
}

static void a_service_is_known_by_its_name(void **state)
{
    struct error error;

    (void)state;
    assert_string_equal(services_name("imaps", &error), "imaps");
    assert_string_equal(services_name("POP3", &error), "pop3");
    assert_null(services_name("sieve", &error));
    assert_non_null(strstr(error.text, "no dissector for sieve; there are "));
}

static void there_is_room_for_so_many_ports_and_no_more(void **state)
{
    struct error error;
    char pair[32];

    (void)state;
    services_init(&services);
    for (unsigned int i = 0; i < SERVICES_MAX - 4; i++) {
        snprintf(pair, sizeof(pair), "%u=tls", 2000 + i);
        assert_true(services_add(&services, pair, &error));
    }
    assert_true(services_add(&services, "2000=imap", &error)); /* in its place */
    assert_false(services_add(&services, "3000=tls", &error));
    assert_null(services_at(&services, 3000));
}

/* RFC 1939, 9051, 8314 */
static void what_is_mail_is_said_by_the_rows(void **state)
{
    char ports[SERVICES_PORTS_BYTES];

    (void)state;
    assert_string_equal(services_ports_text(ports, sizeof(ports)), "110, 143, 993 and 995");
    assert_true(service_is_mail("imap") && service_is_mail("pop3s") && service_is_mail("smtp"));
    assert_false(service_is_mail("tls"));
    assert_true(service_begins_with_tls("imaps") && service_begins_with_tls("smtps"));
    assert_false(service_begins_with_tls("smtp") || service_begins_with_tls("tls"));
}

/* The base room knows no dissector: what it says of services is held against the rows here. */
static void the_base_room_names_the_services(void **state)
{
    char names[SERVICES_NAMES_BYTES];

    (void)state;
    assert_string_equal(SERVICE_NAMES, services_names(names, sizeof(names)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ports_are_there_and_no_others),
        cmocka_unit_test(ports_are_added_and_replaced),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(a_service_is_known_by_its_name),
        cmocka_unit_test(what_is_mail_is_said_by_the_rows),
        cmocka_unit_test(the_base_room_names_the_services),
        cmocka_unit_test(there_is_room_for_so_many_ports_and_no_more),
    };

    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
