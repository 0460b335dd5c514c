/* SPDX-License-Identifier: BSD-2-Clause */
/* Equal sessions are one observation, whatever order they come in; a full ledger says so and loses nothing. */
#include "../../src/store/ledger_rows.h"
#include "store_help.h"

static struct ledger *ledger;

static int open_ledger(void **state)
{
    (void)state;
    ledger = ledger_open();
    return ledger == NULL ? -1 : 0;
}

static int close_ledger(void **state)
{
    (void)state;
    ledger_close(ledger);
    return 0;
}

static uint64_t put(const struct session *session)
{
    uint64_t observation = 0;

    assert_true(ledger_add(ledger, "default", session, &observation));
    return observation;
}

static void equal_sessions_are_one_observation_in_any_order(void **state)
{
    struct session early = make_session(7, 1, 0), late = make_session(7, 1, 9);
    const struct observation_row *row;

    (void)state;
    assert_int_equal(put(&late), put(&early));
    assert_int_equal(ledger->observations.count, 1);
    row = id_table_row(&ledger->observations, 0);
    assert_int_equal(row->sessions, 2);
    assert_int_equal(row->first.number, early.first.number);
    assert_int_equal(row->last.number, late.last.number);
}

static void each_fact_tells_sessions_apart(void **state)
{
    struct session base = make_session(7, 1, 0), other;
    uint64_t id = put(&base);

    (void)state;
#define DIFFERS(change) (other = base, change, assert_int_not_equal(put(&other), id))
    DIFFERS(other.first.source = 8);
    DIFFERS(other.first.time_ns += 86400 * NANOSECONDS);
    DIFFERS(other.endpoints[SIDE_CLIENT].address.octets[15] = 2);
    DIFFERS(other.endpoints[SIDE_SERVER].address.octets[15] = 2);
    DIFFERS(other.endpoints[SIDE_SERVER].port = 143);
    DIFFERS(other.service = "imap");
    DIFFERS(other.outcome = OUTCOME_NEGOTIATED);
    DIFFERS(other.evidence = EVIDENCE_RECORDS);
    DIFFERS(other.negotiated = VERSION_TLS_1_1);
    DIFFERS(other.cause = CAUSE_FALLBACK);
    DIFFERS(other.offer.maximum = VERSION_TLS_1_1);
    DIFFERS(other.offer.server_name[0] = 'j');
    DIFFERS(other.offer.ja4[0] = 'q');
    DIFFERS(other.answer.cipher_suite = 0xc014);
    DIFFERS(other.certificate.seen = true);
    DIFFERS(other.starttls.offered = true);
    DIFFERS(other.login[0] = 'P');
    DIFFERS(other.directions = 1);
    DIFFERS(other.vlan_count = 1);
    DIFFERS(other.provider[0] = 'M');
#undef DIFFERS
    assert_int_equal(ledger->observations.count, 21);
}

static void what_repeats_is_kept_once(void **state)
{
    (void)state;
    for (uint8_t client = 1; client <= 9; client++) {
        struct session session = make_session(7, client, 0);

        put(&session);
    }
    assert_int_equal(ledger->hosts.count, 10);
    assert_int_equal(ledger->repeated[TABLE_HELLO].count, 1);
    assert_int_equal(ledger->repeated[TABLE_ANSWER].count, 1);
    assert_int_equal(ledger->repeated[TABLE_PROFILE].count, 1);
}

static void the_client_s_port_and_the_time_of_day_do_not_matter(void **state)
{
    struct session session = make_session(7, 1, 0);
    uint64_t id = put(&session);

    (void)state;
    session.endpoints[SIDE_CLIENT].port++;
    session.first.time_ns += 3600 * NANOSECONDS;
    assert_int_equal(put(&session), id);
}

static void an_amendment_finds_its_row_or_waits_beside(void **state)
{
    struct session session = make_session(7, 1, 0);
    struct amendment amendment = {.observation = put(&session), .last = {NOON_NS * 2, 99, 7}, .short_lived = true};
    const struct observation_row *row = id_table_row(&ledger->observations, 0);

    (void)state;
    assert_true(ledger_amend(ledger, &amendment));
    ledger_catch_up(ledger);
    assert_int_equal(row->last.number, 99);
    assert_int_equal(row->short_lived, 1);
    ledger_reset(ledger);
    assert_true(ledger_is_empty(ledger));
    assert_true(ledger_amend(ledger, &amendment));
    assert_false(ledger_is_empty(ledger));
    ledger_catch_up(ledger);
    assert_int_equal(ledger->amendments.count, 1);
    ledger_reset(ledger);
}

/* More than wait together, of two rows in turn and of one that is not there. */
static void many_amendments_are_all_told(void **state)
{
    const struct session one = make_session(7, 1, 0), other = make_session(7, 2, 0);
    const uint64_t ids[] = {put(&one), put(&other), 4711};
    const struct observation_row *row = id_table_row(&ledger->observations, 0);
    const struct amendment_row *beside;

    (void)state;
    for (uint64_t i = 0; i < 3000; i++)
        assert_true(ledger_amend(ledger,
            &(struct amendment){.observation = ids[i % 3], .last = {NOON_NS * 2, i, 7}, .short_lived = i % 3 != 1}));
    ledger_catch_up(ledger);
    assert_int_equal(row[0].short_lived, 1000);
    assert_int_equal(row[0].last.number, 2997);
    assert_int_equal(row[1].short_lived, 0);
    assert_int_equal(row[1].last.number, 2998);
    assert_int_equal(ledger->amendments.count, 1);
    beside = id_table_row(&ledger->amendments, 0);
    assert_int_equal(beside->short_lived, 1000);
    assert_int_equal(beside->last.number, 2999);
}

static void a_full_ledger_says_so_and_goes_on_after_a_reset(void **state)
{
    struct session session = make_session(7, 1, 0);
    uint64_t observation, added = 0;

    (void)state;
    while (ledger_add(ledger, "default", &session, &observation)) {
        added++;
        session.endpoints[SIDE_CLIENT].address.octets[13] = (uint8_t)(added >> 16);
        session.endpoints[SIDE_CLIENT].address.octets[14] = (uint8_t)(added >> 8);
        session.endpoints[SIDE_CLIENT].address.octets[15] = (uint8_t)added;
    }
    assert_true(added >= 10000);
    assert_int_equal(ledger->sessions, added);
    ledger_reset(ledger);
    assert_true(ledger_add(ledger, "default", &session, &observation));
}

static void a_ledger_full_of_certificates_or_names_says_so_and_loses_nothing(void **state)
{
    (void)state;
    for (int names = 0; names < 2; names++) {
        struct session session = make_session(7, 1, 0);
        uint64_t observation, added = 0;

        session.certificate.seen = true;
        memset(session.certificate.subject, 'x', sizeof(session.certificate.subject) - 1);
        for (; ledger_add(ledger, "default", &session, &observation); added++)
            snprintf(names ? session.offer.server_name : (char *)session.certificate.sha256, 32, "%d", (int)added);
        assert_true(added > 10000);
        assert_int_equal(ledger->sessions, added);
        assert_true(ledger->repeated[names ? TABLE_PROFILE : TABLE_CERTIFICATE].count >= added - 1);
        assert_true(ledger->values_len <= LEDGER_VALUES_BYTES);
        ledger_reset(ledger);
        assert_true(ledger_add(ledger, "default", &session, &observation));
        ledger_reset(ledger);
    }
}

#define WITH_LEDGER(test) cmocka_unit_test_setup_teardown(test, open_ledger, close_ledger)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LEDGER(equal_sessions_are_one_observation_in_any_order),
        WITH_LEDGER(each_fact_tells_sessions_apart),
        WITH_LEDGER(what_repeats_is_kept_once),
        WITH_LEDGER(the_client_s_port_and_the_time_of_day_do_not_matter),
        WITH_LEDGER(an_amendment_finds_its_row_or_waits_beside),
        WITH_LEDGER(many_amendments_are_all_told),
        WITH_LEDGER(a_full_ledger_says_so_and_goes_on_after_a_reset),
        WITH_LEDGER(a_ledger_full_of_certificates_or_names_says_so_and_loses_nothing),
    };

    (void)make_folder, (void)remove_folder;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
