/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies that are in force when asked, as shipped: rows judged by hand for each rule on versions, suites, keys. */
#include "test.h"

#include <lasthello/verdict.h>

static struct policies policies;

static void nobody_is_refused(const char *reason)
{
    fail_msg("%s", reason);
}

static int open_policies(void **state)
{
    bool found;

    (void)state;
    assert_int_equal(policies_read_folder(&policies, POLICIES_FOLDER, &found, nobody_is_refused), 0);
    return found ? 0 : -1;
}

static int close_policies(void **state)
{
    (void)state;
    policies_close(&policies);
    return 0;
}

#define TLS(version)   .both_directions = true, .outcome = OUTCOME_ESTABLISHED, .evidence = EVIDENCE_HANDSHAKE, .negotiated = VERSION_##version
#define CHOSEN(number) .has_suite = true, .suite = number
#define OFFERS(list)   .offered_suites = list
#define ECDHE          "c02f,002f"
#define RSA(bits)      .key_type = "RSA", .key_bits = bits
#define EC(bits)       .key_type = "EC", .key_bits = bits
#define MUST(of)            \
    {                       \
        .kind = BREACH_##of \
    }
#define SHOULD(of)                                  \
    {                                               \
        .kind = BREACH_##of, .level = POLICY_SHOULD \
    }
#define ALLOWED             \
    {                       \
        .kind = BREACH_NONE \
    }

struct row {
    struct profile_facts facts;
    struct breach breach;
};

static void assert_breaches(const char *id, const struct row *rows, size_t count)
{
    const struct policy *policy = policies_find(&policies, id);

    assert_non_null(policy);
    for (size_t i = 0; i < count; i++) {
        const struct judgement judged = verdict_of_profile(&rows[i].facts);
        const struct breach breach = policy_breach(policy, &rows[i].facts, &judged);

        print_message("# %s, row %zu\n", id, i);
        assert_int_equal(breach.kind, rows[i].breach.kind);
        assert_true(breach.kind == BREACH_NONE || breach.level == rows[i].breach.level);
    }
}

/* 002F static RSA, 0033 and 009E DHE, 0031 static DH, C00E static ECDH, C02F ECDHE. */
static void rfc10015_forbids_static_rsa_and_finite_fields(void **state)
{
    static const struct row rows[] = {
        {{TLS(TLS_1_2), CHOSEN(0x002f)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0x0033)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0x009e)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0x0031)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xc001)}, SHOULD(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xcca8)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0xccae)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xc00e)}, SHOULD(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xc02f)}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1301)}, ALLOWED},
        {{TLS(TLS_1_2)}, ALLOWED}, /* which one is not known */
        {{.outcome = OUTCOME_REFUSED, .offered_max = VERSION_TLS_1_2, OFFERS("002f")}, ALLOWED},
    };

    (void)state;
    assert_breaches("rfc10015", rows, COUNT_OF(rows));
}

/* 0002 NULL, 0003 EXPORT, 0034 ANON, 0006 RC2 (EXPORT), 0005 RC4, 0009 DES, 0007 IDEA, 000A 3DES. */
static void nsa_has_three_steps(void **state)
{
    static const struct row rows[] = {
        {{TLS(TLS_1_1), CHOSEN(0x0005), RSA(512)}, MUST(VERSION)},
        {{TLS(SSL_3_0), CHOSEN(0xc02f)}, MUST(VERSION)},
        {{TLS(TLS_1_2), CHOSEN(0x0002)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0x0003)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0x0034)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0x0006)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0x0005)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0x0009)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0x0007)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xc012)}, MUST(SUITE)}, /* ECDHE with 3DES */
        {{TLS(TLS_1_2), OFFERS("0005,000a")}, MUST(OFFERED_SUITES)},
        {{TLS(TLS_1_2), OFFERS("0005,000a,00ff,5600")}, MUST(OFFERED_SUITES)}, /* signals are no suites */
        {{TLS(TLS_1_2), OFFERS("0005,000a,002f")}, ALLOWED},
        {{TLS(TLS_1_2), OFFERS("0005,000a"), .suites_cut = true}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0x002f), RSA(1024)}, MUST(KEY)},
        {{TLS(TLS_1_2), CHOSEN(0x002f), RSA(2048)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0x0033), .group_bits = 1024}, MUST(KEY)},
        {{TLS(TLS_1_2), CHOSEN(0x0033), .group_bits = 2048}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1301), .group = "ffdhe2048"}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1301), .group = "x25519"}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0xc02b), EC(160)}, ALLOWED}, /* of curves step 3 says no size */
    };

    (void)state;
    assert_breaches("nsa", rows, COUNT_OF(rows));
}

static void nist_allows_a_list_with_static_rsa(void **state)
{
    static const struct row rows[] = {
        {{TLS(TLS_1_1), CHOSEN(0x002f)}, MUST(VERSION)},
        {{TLS(TLS_1_2), CHOSEN(0x002f)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0x0033)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0xc02f)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0x000a)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xcca8)}, MUST(SUITE)}, /* ChaCha20 is none of NIST's */
        {{TLS(TLS_1_3), CHOSEN(0x1301)}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1303)}, MUST(SUITE)},
        {{TLS(TLS_1_3), CHOSEN(0x1302)}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1304)}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1305)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0xc02f), RSA(1024)}, MUST(KEY)},
        {{TLS(TLS_1_2), CHOSEN(0xc02f), RSA(2048)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0xc02b), EC(192)}, MUST(KEY)},
        {{TLS(TLS_1_2), CHOSEN(0xc02b), EC(224)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0xc02b), EC(256)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0xc02f), .group = "secp192r1"}, MUST(KEY)},
        {{TLS(TLS_1_2), CHOSEN(0xc02f), .group = "secp256r1"}, ALLOWED},
    };

    (void)state;
    assert_breaches("nist-800-52r2", rows, COUNT_OF(rows));
}

static void bsi_has_a_list_of_its_own_and_longer_keys(void **state)
{
    static const struct row rows[] = {
        {{TLS(TLS_1_0), CHOSEN(0xc014)}, MUST(VERSION)},
        {{TLS(TLS_1_2), CHOSEN(0x002f)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xc02f)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0x009e)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0xc013)}, MUST(SUITE)},
        {{TLS(TLS_1_3), CHOSEN(0x1304)}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1303)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xc02f), RSA(2048)}, MUST(KEY)},
        {{TLS(TLS_1_2), CHOSEN(0xc02f), RSA(3072)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0xc02f), RSA(3000)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0xc02b), EC(224)}, MUST(KEY)},
        {{TLS(TLS_1_2), CHOSEN(0xc02b), EC(256)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0x009e), .group_bits = 2048}, MUST(KEY)},
        {{TLS(TLS_1_2), CHOSEN(0x009e), .group_bits = 3072}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1301)}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1302)}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1301), .group = "ffdhe2048"}, MUST(KEY)},
        {{TLS(TLS_1_3), CHOSEN(0x1301), .group = "x25519"}, ALLOWED},
    };

    (void)state;
    assert_breaches("bsi-tr-02102-2", rows, COUNT_OF(rows));
}

static void bsi_has_two_days(void **state)
{
    static const struct row dhe[] = {
        {{TLS(TLS_1_2), CHOSEN(0x009e)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xc02f)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0x002f)}, ALLOWED}, /* static RSA is bsi-tr-02102-2's */
    };
    static const struct row versions[] = {
        {{TLS(TLS_1_2), CHOSEN(0xc02f)}, MUST(VERSION)},
        {{TLS(TLS_1_3), CHOSEN(0x1301)}, ALLOWED},
        {{.outcome = OUTCOME_MIDSTREAM, .negotiated = VERSION_TLS_1_2_PLUS}, ALLOWED},
    };

    (void)state;
    assert_breaches("bsi-2029", dhe, COUNT_OF(dhe));
    assert_breaches("bsi-2031", versions, COUNT_OF(versions));
    assert_true(breach_breaks(policies_find(&policies, "bsi-2031"), (struct breach)MUST(VERSION)));
}

static void ncsc_nl_tells_sufficient_from_what_is_to_be_phased_out(void **state)
{
    static const struct row rows[] = {
        {{TLS(TLS_1_1), CHOSEN(0xc014)}, MUST(VERSION)},
        {{TLS(TLS_1_3), CHOSEN(0x1302)}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1301)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0xc030)}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1303)}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1304)}, ALLOWED},
        {{TLS(TLS_1_3), CHOSEN(0x1305)}, MUST(SUITE)}, /* on no list */
        {{TLS(TLS_1_2), CHOSEN(0xcca8)}, ALLOWED},
        {{TLS(TLS_1_2), CHOSEN(0x009e)}, SHOULD(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xc027)}, SHOULD(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xccaa)}, SHOULD(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0x002f)}, MUST(SUITE)},
        {{TLS(TLS_1_2), CHOSEN(0xc02f), RSA(1024)}, MUST(KEY)},
        {{TLS(TLS_1_2), CHOSEN(0xc02f), RSA(2048)}, SHOULD(KEY)},
        {{TLS(TLS_1_2), CHOSEN(0xc02f), RSA(3072)}, ALLOWED},
    };

    (void)state;
    assert_breaches("ncsc-nl", rows, COUNT_OF(rows));
}

/* What can be asked and no shipped policy asks. */
static void offers_and_networks_are_judged_apart(void **state)
{
    static const struct address inside = {{[10] = 0xff, [11] = 0xff, 10, 9, 0, 3}};
    static const struct address outside = {{[10] = 0xff, [11] = 0xff, 10, 8, 0, 3}};
    static const struct row rows[] = {
        {{TLS(TLS_1_2), OFFERS("002f"), .server = &inside}, MUST(OFFERED_SUITES)}, /* no ECDHE */
        {{TLS(TLS_1_2), OFFERS(ECDHE), .server = &inside}, ALLOWED},
        {{TLS(TLS_1_2), OFFERS("c02f,0005"), .server = &inside}, SHOULD(OFFERED_SUITES)},
        {{TLS(TLS_1_2), OFFERS("002f"), .server = &outside}, ALLOWED},
        {{TLS(TLS_1_2), OFFERS("002f")}, ALLOWED},
    };
    struct error error = {0};

    (void)state;
    if (!policies_read_file(&policies, OWN_POLICY, &error))
        fail_msg("%s", error.text);
    assert_true(policy_needs_server(policies_find(&policies, "own")));
    assert_breaches("own", rows, COUNT_OF(rows));
}

/* The suites of a client decide who can act. */
static void what_to_do_follows_from_the_offer(void **state)
{
    const struct profile_facts able = {TLS(TLS_1_2), CHOSEN(0x002f), OFFERS("c02f,002f")};
    const struct profile_facts unable = {TLS(TLS_1_2), CHOSEN(0x002f), OFFERS("002f,0035")};
    const char *const only[] = {"rfc10015"};
    struct error error = {0};
    struct judgement judged = verdict_of_profile(&able);

    (void)state;
    assert_true(policies_keep(&policies, only, 1, &error));
    assert_int_equal(judged.verdict, VERDICT_SAFE);
    verdict_by_policies(&judged, &able, &policies);
    assert_int_equal(judged.verdict, VERDICT_FRAGILE);
    assert_int_equal(judged.step, STEP_UPDATE_SERVER);
    judged = verdict_of_profile(&unable);
    assert_int_equal(judged.verdict, VERDICT_FRAGILE); /* TLS 1.2 without ECDHE, whatever the policy */
    assert_null(judged.policy);
    verdict_by_policies(&judged, &unable, &policies);
    assert_int_equal(judged.step, STEP_UPDATE_CLIENT);
}

/* A refusal is laid to a policy where nothing of what is offered could have met it. */
static void a_refusal_is_a_policys_where_the_offer_cannot_meet_it(void **state)
{
    static const struct {
        const char *id;
        struct profile_facts facts;
        enum breach_kind kind;
    } rows[] = {
        {"bsi-2029", {.outcome = OUTCOME_REFUSED, .offered_max = VERSION_TLS_1_2, OFFERS("0033,0039")}, BREACH_REFUSED},
        {"bsi-2029", {.outcome = OUTCOME_REFUSED, .offered_max = VERSION_TLS_1_2, OFFERS("0033,c02f")}, BREACH_NONE},
        {"bsi-2029", {.outcome = OUTCOME_REFUSED, .offered_max = VERSION_TLS_1_2, OFFERS("0033"), .suites_cut = true}, BREACH_NONE},
        {"bsi-2029", {.outcome = OUTCOME_REFUSED, .offered_max = VERSION_TLS_1_2}, BREACH_NONE}, /* of which suites is not known */
        {"bsi-2029", {.outcome = OUTCOME_ESTABLISHED, .offered_max = VERSION_TLS_1_2, OFFERS("0033")}, BREACH_NONE},
        {"bsi-2031", {.outcome = OUTCOME_REFUSED, .offered_max = VERSION_TLS_1_2, OFFERS("c02f")}, BREACH_REFUSED},
        {"bsi-2031", {.outcome = OUTCOME_REFUSED, .offered_max = VERSION_TLS_1_3, OFFERS("1301")}, BREACH_NONE},
        {"rfc10015", {.outcome = OUTCOME_REFUSED, .offered_max = VERSION_TLS_1_2, OFFERS("002f")}, BREACH_NONE}, /* it has no day */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_non_null(policies_find(&policies, rows[i].id));
        assert_int_equal(policy_refusal(policies_find(&policies, rows[i].id), &rows[i].facts), rows[i].kind);
    }
}

static void those_for_special_rules_are_in_force_when_asked(void **state)
{
    static const char *const shipped[] = {"exchange-online", "mail-de", "rfc8996", "variomedia", "workmail"};

    (void)state;
    assert_int_equal(policies.count, 12);
    policies_keep_default(&policies);
    assert_int_equal(policies.count, COUNT_OF(shipped));
    for (size_t i = 0; i < COUNT_OF(shipped); i++)
        assert_non_null(policies_find(&policies, shipped[i]));
}

#define SHIPPED(test) cmocka_unit_test_setup_teardown(test, open_policies, close_policies)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHIPPED(rfc10015_forbids_static_rsa_and_finite_fields),
        SHIPPED(nsa_has_three_steps),
        SHIPPED(nist_allows_a_list_with_static_rsa),
        SHIPPED(bsi_has_a_list_of_its_own_and_longer_keys),
        SHIPPED(bsi_has_two_days),
        SHIPPED(ncsc_nl_tells_sufficient_from_what_is_to_be_phased_out),
        SHIPPED(offers_and_networks_are_judged_apart),
        SHIPPED(what_to_do_follows_from_the_offer),
        SHIPPED(a_refusal_is_a_policys_where_the_offer_cannot_meet_it),
        SHIPPED(those_for_special_rules_are_in_force_when_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
