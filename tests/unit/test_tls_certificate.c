/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's own certificate: found in its message, parsed once, and never trusted in what it
 * says of itself.
 *
 * Both certificates were made with openssl(1): req -new -subj "/C=DE/O=Example,
 * Inc./CN=mail.example.net" -newkey ec (P-256), -subj /CN=rsa.example.net -newkey rsa:1024; ca
 * -selfsign -startdate 20250102030405Z -enddate 20350102030405Z; the digest is sha256sum's. */
#include "play.h"

#include <lasthello/text.h>
#include <lasthello/tls.h>

#define NOT_BEFORE 1735787045 /* date -u -d '2025-01-02 03:04:05' +%s */
#define NOT_AFTER  2051319845

static const char ec_hex[] =
    "308201693082010e020101300a06082a8648ce3d0403023040310b300906035504061302444531163014060355040a0c"
    "0d4578616d706c652c20496e632e3119301706035504030c106d61696c2e6578616d706c652e6e6574301e170d323530"
    "3130323033303430355a170d3335303130323033303430355a3040310b30090603550406130244453116301406035504"
    "0a0c0d4578616d706c652c20496e632e3119301706035504030c106d61696c2e6578616d706c652e6e65743059301306"
    "072a8648ce3d020106082a8648ce3d030107034200046af233b3f4ab1f285ae1d24cfcac175a9b584655561ba2a29992"
    "b438e2cb12579bfbb101cd8866291f308e3f18aa97c6808ce6cb49817f48935cad3e1102b4ca300a06082a8648ce3d04"
    "03020349003046022100e19cb158ec14eef3d6e2c67e2ede459bf20a3ec222e8ffd4e41e5fed4efeb2eb022100dd6d40"
    "42f3a24ce822c3c3ecad4c68ecc17827c004f75d8e9b6aa7e42fea242c";
static const char ec_sha256[] =
    "16289d2677b03a910a91bd2130581e41"
    "cd1bcc2ea5ce021b27532a561806d012";
static const char rsa_hex[] =
    "308201a33082010c020102300d06092a864886f70d01010b0500301a3118301606035504030c0f7273612e6578616d70"
    "6c652e6e6574301e170d3235303130323033303430355a170d3335303130323033303430355a301a3118301606035504"
    "030c0f7273612e6578616d706c652e6e657430819f300d06092a864886f70d010101050003818d0030818902818100c6"
    "cd6dc7192b60842303e7abf8fd4d41289472f19aa8933bfc29ead09b5dde892be55b65aee8b84ed6c7f4b39b939b9730"
    "91d82ec906d533fd0f1adf702c510f23c65fa183c2b5f47397054db0358131e35b9b4fe68e4defe8c4358e5c6556adc2"
    "38743438d816bdcf24d07e85b63d5dea690c2e1aea0921d8d8d7d5a784f3750203010001300d06092a864886f70d0101"
    "0b050003818100141b487260453b5bc945fd189c69751a0dbc8d56c116046d5273ea74be725204e797d797132b780c45"
    "9d053081552f22bdecd4add983a17c01b4599d4730292ca012d7d20e903acd54e81946be789a8ac71a19691edb6717e2"
    "887aa54ad9624cc3197cd8171c1ea7f68595d62b7c8c01fd3d700a9f0b3d18077056aa3e71abe0";

static struct workspace *workspace;
static uint8_t bytes[4096];

static struct bytes bytes_of(const char *hex)
{
    return (struct bytes){bytes, play_bytes(hex, bytes)};
}

static struct certificate note(struct bytes der)
{
    struct certificate certificate;

    memset(&certificate, 0xa5, sizeof(certificate));
    tls_certificate_note(workspace, der, &certificate);
    return certificate;
}

static void a_certificate_tells_what_its_maker_wrote(void **state)
{
    const struct certificate certificate = note(bytes_of(ec_hex));
    char sha256[2 * SESSION_SHA256_BYTES + 1];

    (void)state;
    assert_true(certificate.seen && certificate.readable);
    assert_string_equal(certificate.subject, "CN=mail.example.net,O=\"Example, Inc.\",C=DE");
    assert_string_equal(certificate.issuer, certificate.subject);
    assert_int_equal(certificate.not_before, NOT_BEFORE);
    assert_int_equal(certificate.not_after, NOT_AFTER);
    assert_string_equal(certificate.key_type, "EC");
    assert_int_equal(certificate.key_bits, 256);
    assert_string_equal(certificate.signature, "ecdsa-with-SHA256");
    text_hex((struct bytes){certificate.sha256, sizeof(certificate.sha256)}, sha256);
    assert_string_equal(sha256, ec_sha256);
}

static void small_keys_are_seen_as_such(void **state)
{
    const struct certificate certificate = note(bytes_of(rsa_hex));

    (void)state;
    assert_string_equal(certificate.key_type, "RSA");
    assert_int_equal(certificate.key_bits, 1024);
    assert_string_equal(certificate.signature, "sha256WithRSAEncryption");
}

#define SIGNED_WITH "300a06082a8648ce3d040302"
#define VALIDITY    "301e170d3235303130323033303430355a170d3335303130323033303430355a"
#define RSA         "06092a864886f70d010101"
#define RSA_PSS     "06092a864886f70d01010a"
#define DSA         "06072a8648ce380401"
#define EC          "06072a8648ce3d0201"

/* A certificate (RFC 5280 4.1) of nobody for nobody, around a SubjectPublicKeyInfo. */
static struct certificate note_key(const char *key)
{
    const size_t len = strlen("020101" SIGNED_WITH "3000" VALIDITY "3000") / 2 + play_bytes(key, bytes);
    char hex[1024];

    snprintf(hex, sizeof(hex), "3081%02zx 3081%02zx 020101 %s 3000 %s 3000 %s %s 030100", len + 18, len, SIGNED_WITH,
        VALIDITY, key, SIGNED_WITH);
    return note(bytes_of(hex));
}

/* The algorithms: RFC 3279 2.3, RFC 4055 1.2, RFC 5480 2.1.1, RFC 5639, RFC 8410 3. Numbers and
 * points are far too small to be keys: that they are not looked into is what makes them
 * harmless. */
static void the_kind_and_size_of_a_key_are_read_from_its_der_alone(void **state)
{
    static const struct {
        const char *promise, *key, *type;
        unsigned bits;
    } rows[] = {
        {"modulus 257", "301b300d" RSA "0500030a0030070202010102 0103", "RSA", 9},
        {"the sign's octet is none of the modulus", "301c300d" RSA "0500030b003008020300ffff020103", "RSA", 16},
        {"a key that is no SEQUENCE", "3014300d" RSA "05000303000102", "RSA", 0},
        {"a modulus that is no INTEGER", "3016300d" RSA "0500030500300204 00", "RSA", 0},
        {"PSS, parameters absent", "3019300b" RSA_PSS "030a003007020201010201 03", "RSA-PSS", 9},
        {"prime 23", "301c3014" DSA "3009020117 02010b 020102 030400 020104", "DSA", 5},
        {"DSA that inherits its parameters", "30113009" DSA "030400020104", "DSA", 0},
        {"P-521", "30163010" EC "06052b81040023 03020004", "EC", 521},
        {"brainpoolP256r1", "301a3014" EC "06092b2403030208010107 03020004", "EC", 256},
        {"another curve after the first", "30163010" EC "06052b81040022 03020004", "EC", 384},
        {"no curve that anybody knows", "3013300d" EC "06022a03 03020004", "EC", 0},
        {"a curve spelt out", "3014300e" EC "3003020101 03020004", "EC", 0},
        {"Ed25519", "300b3005 06032b6570 03020001", "ED25519", 256},
        {"Ed448", "300b3005 06032b6571 03020001", "ED448", 456},
        {"a kind that has no name", "300b3005 06032a0304 03020001", "1.2.3.4", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct certificate certificate = note_key(rows[i].key);

        if (!certificate.readable || strcmp(certificate.key_type, rows[i].type) != 0 ||
            certificate.key_bits != rows[i].bits)
            fail_msg("%s: readable %d, %s, %u bits", rows[i].promise, certificate.readable, certificate.key_type,
                certificate.key_bits);
    }
}

/* The certificate with its name replaced: nobody here checks the signature. */
static struct certificate note_named(const char *name, size_t len)
{
    struct bytes der = bytes_of(ec_hex);

    for (uint8_t *at = bytes; (at = memmem(at, der.left - (size_t)(at - bytes), "mail.example.net", 16)) != NULL;)
        memcpy(at, name, len);
    return note(der);
}

static void names_are_made_safe(void **state)
{
    (void)state;
    assert_string_equal(note_named("mail\0evil\x1b[31mxy", 16).subject,
        "CN=mail\\x00evil\\x1b[31mxy,O=\"Example, Inc.\",C=DE");
    /* a UTF8String that is none makes libcrypto refuse the whole */
    assert_true(note_named("mail\xff\xfe.example.n", 16).seen);
    assert_false(note_named("mail\xff\xfe.example.n", 16).readable);
}

static void der_that_is_cut_or_too_long_is_seen_but_not_read(void **state)
{
    const struct bytes der = bytes_of(ec_hex);

    (void)state;
    for (size_t cut = 0; cut < der.left; cut++) {
        uint8_t *copy = malloc(cut + 1);
        memcpy(copy, der.data, cut);
        const struct certificate certificate = note((struct bytes){copy, cut});

        assert_true(certificate.seen && !certificate.readable);
        assert_string_equal(certificate.subject, "");
        free(copy);
    }
    assert_false(note((struct bytes){der.data, der.left + 1}).readable);
}

static void a_known_certificate_is_told_from_one_that_differs_in_a_byte(void **state)
{
    const struct bytes der = bytes_of(ec_hex);
    const struct certificate first = note(der);
    const struct certificate again = note(der);

    (void)state;
    assert_memory_equal(first.sha256, again.sha256, sizeof(first.sha256));
    assert_string_equal(first.subject, again.subject);
    bytes[der.left - 1] ^= 1;
    assert_memory_not_equal(note(der).sha256, first.sha256, sizeof(first.sha256));
}

/* No slot keeps all of it to compare with: it is known by a hash of all of it. */
static void so_is_a_certificate_of_more_than_4096_bytes(void **state)
{
    static uint8_t large[4097 + SESSION_SHA256_BYTES];
    const struct bytes der = {large, sizeof(large)};
    const struct certificate first = note(der);

    (void)state;
    assert_memory_equal(note(der).sha256, first.sha256, sizeof(first.sha256));
    large[1000] ^= 1;
    assert_memory_not_equal(note(der).sha256, first.sha256, sizeof(first.sha256));
    assert_true(note(der).seen);
}

/* RFC 5246 7.4.2: a list of certificates, each with its length, the server's own first */
static void the_first_of_the_list_is_the_servers_own(void **state)
{
    static const struct {
        const char *promise;
        const char *hex;
        bool found;
        size_t len;
    } rows[] = {
        {"one", "000005 000002 3000", true, 2},
        {"two", "00000a 000002 3000 000002 3001", true, 2},
        {"the second one is broken, and not our business", "000007 000002 3000 0000", true, 2},
        {"an empty list", "000000", false, 0},
        {"an empty certificate", "000003 000000", false, 0},
        {"longer than the list", "000005 000003 3000", false, 0},
        {"a list longer than the message", "000006 000002 3000", false, 0},
        {"bytes after the list", "000005 000002 3000 00", false, 0},
        {"nothing", "", false, 0},
    };
    struct bytes leaf;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const bool found = tls_certificate_leaf(bytes_of(rows[i].hex), &leaf);

        if (found != rows[i].found || (found && leaf.left != rows[i].len))
            fail_msg("%s", rows[i].promise);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_tells_what_its_maker_wrote),
        cmocka_unit_test(small_keys_are_seen_as_such),
        cmocka_unit_test(the_kind_and_size_of_a_key_are_read_from_its_der_alone),
        cmocka_unit_test(names_are_made_safe),
        cmocka_unit_test(der_that_is_cut_or_too_long_is_seen_but_not_read),
        cmocka_unit_test(a_known_certificate_is_told_from_one_that_differs_in_a_byte),
        cmocka_unit_test(so_is_a_certificate_of_more_than_4096_bytes),
        cmocka_unit_test(the_first_of_the_list_is_the_servers_own),
    };
    int failed;

    workspace = workspace_open();
    failed = cmocka_run_group_tests_name("tls_certificate", tests, NULL, NULL);
    workspace_close(workspace);
    return failed;
}
