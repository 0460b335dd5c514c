/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a chain of certificates leads to: to a CA that is trusted, or elsewhere.
 *
 * They were made by openssl(1), with P-256 keys, for a hundred years: a root, one between, that it signed, and a
 * leaf, that the one between signed; and another root of the same name, with another key. */
#include "../../dissectors/tls_crypto.h"
#include "test.h"

#include <lasthello/dissector.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT 1795000000 /* 2026-11-18 */

static const char root_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBiTCCAS+gAwIBAgIUSVMoeUc77RCQ0THy/h5ptKBzQZQwCgYIKoZIzj0EAwIw\n"
    "GTEXMBUGA1UEAwwOUm9vdCBvZiBhIHRlc3QwIBcNMjYxMTMwMjE1MzU3WhgPMjEy\n"
    "NjExMDYyMTUzNTdaMBkxFzAVBgNVBAMMDlJvb3Qgb2YgYSB0ZXN0MFkwEwYHKoZI\n"
    "zj0CAQYIKoZIzj0DAQcDQgAECSL7LIOIS6w2qeoXDiVFvkewAVqS7JZBDzrRGmRk\n"
    "3lCml7TZ8Dx4u6gavaUPZxGwjKcv87f06phKrOsRi87JoqNTMFEwHQYDVR0OBBYE\n"
    "FIDvtzRoKwQEroXzxX13eYfWreYqMB8GA1UdIwQYMBaAFIDvtzRoKwQEroXzxX13\n"
    "eYfWreYqMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAIlvnxrg\n"
    "xyLqfKBTsA5cM0Odd5I/SxJM869z29EFjgsPAiAvGRyJHuAtwC2wtH4UFVXJ11Xk\n"
    "lw9n2npNVUnlmVZngw==\n"
    "-----END CERTIFICATE-----\n";
static const char other_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBijCCAS+gAwIBAgIUfkxTPSjIw6L36k/yTW0IUMlPAcQwCgYIKoZIzj0EAwIw\n"
    "GTEXMBUGA1UEAwwOUm9vdCBvZiBhIHRlc3QwIBcNMjYxMTMwMjE1MzU3WhgPMjEy\n"
    "NjExMDYyMTUzNTdaMBkxFzAVBgNVBAMMDlJvb3Qgb2YgYSB0ZXN0MFkwEwYHKoZI\n"
    "zj0CAQYIKoZIzj0DAQcDQgAEDFT2G6oxSaX+ojaZSsNEvTsxlbgYtN+8A32149Ey\n"
    "UHFBeOQD4vSo2rsEgpNbCmrzlaQEueBtL8S/trpjzp2taqNTMFEwHQYDVR0OBBYE\n"
    "FC6DyU9DTlzTHzel6ooYmYMwTDGSMB8GA1UdIwQYMBaAFC6DyU9DTlzTHzel6ooY\n"
    "mYMwTDGSMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhANIHeXDe\n"
    "9at/NGuKfU67OwNLorUIYx7hJdCe+AiCp3WPAiEAlDdqHBDo7piJiTI5cAoYVJ9Y\n"
    "K918HcUzqsGjZhtoplY=\n"
    "-----END CERTIFICATE-----\n";
static const char between_hex[] =
    "3082018230820128a0030201020214472453ea2238fb296e1bc49e575c9dfb6a66302b300a06082a8648ce3d04030230"
    "193117301506035504030c0e526f6f74206f66206120746573743020170d3236313133303231353335375a180f323132"
    "36313130363231353335375a30123110300e06035504030c074265747765656e3059301306072a8648ce3d020106082a"
    "8648ce3d030107034200046e6da3dd1253ff3a68515af8f426495e08a336a697a029abc44c303abd022fb63bd83effe1"
    "5e6efc361d4ce4501e592d6c1ebb30f29c920075da5d446114e6a8a3533051300f0603551d130101ff040530030101ff"
    "301d0603551d0e04160414e85e72771346e3b58ec3226d9a3f35f4972ce502301f0603551d2304183016801480efb734"
    "682b0404ae85f3c57d777987d6ade62a300a06082a8648ce3d0403020348003045022019ed37cce018fe874cac49cee6"
    "af74ac727a2b4641c5e7c4350f113a37fb0141022100ea5b48270f011d3d693339c20b9051272193134e5fef3187edb8"
    "9186d0897c76";
static const char leaf_hex[] =
    "308201263081cc021446af75d36299b6008d387bcd3f87c3d56601a541300a06082a8648ce3d04030230123110300e06"
    "035504030c074265747765656e3020170d3236313133303231353335375a180f32313236313130363231353335375a30"
    "173115301306035504030c0c6d61696c2e6578616d706c653059301306072a8648ce3d020106082a8648ce3d03010703"
    "4200049ce39cac4fa522c7d09005c658d39e2e09fdbe70e136e981e227d2518dac3c378842e9435c8a65c94ebcbe32d6"
    "91a1a693efbac968a84b4dfa0e95d2068d5154300a06082a8648ce3d0403020349003046022100e387574cd1540963ab"
    "b49827f528b82bf3b0f3c00c560ca9e9e27e0da32e480f0221008a71d4fac3e4c778bb36de1be0ebe08866ef32a9ce3c"
    "1e6e8bcb89bd5e5769e0";
static const char root_hex[] =
    "308201893082012fa003020102021449532879473bed1090d131f2fe1e69b4a0734194300a06082a8648ce3d04030230"
    "193117301506035504030c0e526f6f74206f66206120746573743020170d3236313133303231353335375a180f323132"
    "36313130363231353335375a30193117301506035504030c0e526f6f74206f66206120746573743059301306072a8648"
    "ce3d020106082a8648ce3d030107034200040922fb2c83884bac36a9ea170e2545be47b0015a92ec96410f3ad11a6464"
    "de50a697b4d9f03c78bba81abda50f6711b08ca72ff3b7f4ea984aaceb118bcec9a2a3533051301d0603551d0e041604"
    "1480efb734682b0404ae85f3c57d777987d6ade62a301f0603551d2304183016801480efb734682b0404ae85f3c57d77"
    "7987d6ade62a300f0603551d130101ff040530030101ff300a06082a8648ce3d0403020348003045022100896f9f1ae0"
    "c722ea7ca053b00e5c33439d77923f4b124cf3af73dbd1058e0b0f02202f191c891ee02dc02db0b47e141555c9d755e4"
    "970f67da7a4d5549e599566783";

static uint8_t leaf[1024], others[4096];
static size_t leaf_len, others_len;

static size_t read_hex(const char *hex, uint8_t *out)
{
    const size_t len = strlen(hex) / 2;

    for (size_t i = 0; i < len; i++)
        assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &out[i]), 1);
    return len;
}

/* As RFC 5246 7.4.2 has it: each behind its length. */
static void add_other(const char *hex)
{
    const size_t len = read_hex(hex, others + others_len + 3);

    others[others_len] = (uint8_t)(len >> 16);
    others[others_len + 1] = (uint8_t)(len >> 8);
    others[others_len + 2] = (uint8_t)len;
    others_len += 3 + len;
}

static int begin(void **state)
{
    (void)state;
    leaf_len = read_hex(leaf_hex, leaf);
    others_len = 0;
    return 0;
}

static struct trust *trust_in(const char *text)
{
    char folder[SCRATCH_BYTES], path[SCRATCH_BYTES + 16];
    struct trust *trust;
    FILE *file;

    assert_true(make_scratch("trust", folder));
    snprintf(path, sizeof(path), "%s/cas.pem", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    trust = trust_open(path);
    unlink(path);
    rmdir(folder);
    return trust;
}

static void assert_leads(const char *cas, const char *where)
{
    const struct chain chain = {.leaf = {leaf, leaf_len}, .others = {others, others_len}};
    struct crypto *crypto = crypto_open();
    struct trust *trust = trust_in(cas);
    const char *said[2];

    assert_non_null(trust);
    for (size_t i = 0; i < COUNT_OF(said); i++) /* the list is read once */
        said[i] = trust_of_chain(crypto, trust, &chain, AT);
    trust_close(trust);
    crypto_close(crypto);
    for (size_t i = 0; i < COUNT_OF(said); i++)
        if (where == NULL)
            assert_null(said[i]);
        else
            assert_string_equal(said[i], where);
}

static void a_whole_chain_leads_to_the_ca_that_signed_it(void **state)
{
    (void)state;
    add_other(between_hex);
    assert_leads(root_pem, "public CA");
    add_other(root_hex); /* servers send it, too */
    assert_leads(root_pem, "public CA");
}

static void a_ca_of_the_same_name_and_another_key_is_another(void **state)
{
    char both[sizeof(root_pem) + sizeof(other_pem)];

    (void)state;
    add_other(between_hex);
    assert_leads(other_pem, "no public CA");
    snprintf(both, sizeof(both), "%s%s", other_pem, root_pem);
    assert_leads(both, "public CA");
}

static void a_chain_with_a_gap_leads_nowhere(void **state)
{
    (void)state;
    assert_leads(root_pem, "no public CA");
}

static void a_root_that_comes_along_is_not_trusted_for_that(void **state)
{
    (void)state;
    add_other(between_hex);
    add_other(root_hex);
    assert_leads(other_pem, "no public CA");
}

static void a_flipped_bit_in_a_signature_leads_nowhere(void **state)
{
    (void)state;
    add_other(between_hex);
    leaf[leaf_len - 1] ^= 1;
    assert_leads(root_pem, "no public CA");
}

static void what_is_no_certificate_is_asked_nothing(void **state)
{
    (void)state;
    leaf_len = 10;
    assert_leads(root_pem, NULL);
}

static void a_file_without_certificates_is_no_list(void **state)
{
    (void)state;
    assert_null(trust_in("nothing of the kind\n"));
    assert_null(trust_open("/nonesuch/cas.pem"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_whole_chain_leads_to_the_ca_that_signed_it, begin),
        cmocka_unit_test_setup(a_ca_of_the_same_name_and_another_key_is_another, begin),
        cmocka_unit_test_setup(a_chain_with_a_gap_leads_nowhere, begin),
        cmocka_unit_test_setup(a_root_that_comes_along_is_not_trusted_for_that, begin),
        cmocka_unit_test_setup(a_flipped_bit_in_a_signature_leads_nowhere, begin),
        cmocka_unit_test_setup(what_is_no_certificate_is_asked_nothing, begin),
        cmocka_unit_test_setup(a_file_without_certificates_is_no_list, begin),
    };

    return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
