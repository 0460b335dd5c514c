/* SPDX-License-Identifier: BSD-2-Clause */
/* A certificate that is read without libcrypto is read as libcrypto reads it; what cannot be is left to
 * it.
 *
 * Made with openssl(1): req -x509 -newkey rsa:2048 -subj "/C=DE/ST=Bavaria/L=Munich/O=Example,
 * Inc./OU=Mail; News/ CN=imap.example.net/emailAddress=root@example.net" -addext
 * subjectAltName=DNS:imap.example.net, and -newkey ec (P-256) -subj /CN=mail.example.net. */
#include "../../dissectors/tls_crypto.h"
#include "../../dissectors/tls_x509.h"
#include "play.h"

static const char rsa_hex[] =
    "308204343082031ca0030201020214650d33df5eb9b06f020d611741fdb2306c8a0cb7300d06092a864886f70d01010b"
    "0500308199310b30090603550406130244453110300e06035504080c0742617661726961310f300d06035504070c064d"
    "756e69636831163014060355040a0c0d4578616d706c652c20496e632e31133011060355040b0c0a4d61696c3b204e65"
    "77733119301706035504030c10696d61702e6578616d706c652e6e6574311f301d06092a864886f70d0109011610726f"
    "6f74406578616d706c652e6e65743020170d3236313133303136353435335a180f32303531303732323136353435335a"
    "308199310b30090603550406130244453110300e06035504080c0742617661726961310f300d06035504070c064d756e"
    "69636831163014060355040a0c0d4578616d706c652c20496e632e31133011060355040b0c0a4d61696c3b204e657773"
    "3119301706035504030c10696d61702e6578616d706c652e6e6574311f301d06092a864886f70d0109011610726f6f74"
    "406578616d706c652e6e657430820122300d06092a864886f70d01010105000382010f003082010a0282010100bd2a80"
    "e12cc9942b1ffe31c6906e5b5e29a1eb5c0b05e6b2b811b806c7f7152327f5e3305315dd1b650eecfa9ec2aa0a2a3e35"
    "3eb7cb575785006b08461112ec2f86b7608d2b4c56c72699937b145ec25a55aab37744bb27ebc4cdb8e4873aca2e9e19"
    "d6913597e6f54a1fa21ee6f1a0aea14f406134c80729e4233ffb17b382c7d39802755fe5be8af30d683d1fb37f424f1e"
    "b26e4ef6cd3573752ec6a2bb8abeff83eb701036e90040af7e84b533a1c7c683cb29b3d2ffef458d77034fcaa6cdb6d4"
    "2eb69d14a2dd819db8aa1cee6ff29eb53e961e3018faf78c6b6704f8e9e781f82cb087f960b24fd8e6035440085d8695"
    "671a4709f41dd596518a46dd810203010001a370306e301d0603551d0e041604142a4238df3e54324ba3979fdd05cae2"
    "c2d67fe6d2301f0603551d230418301680142a4238df3e54324ba3979fdd05cae2c2d67fe6d2300f0603551d130101ff"
    "040530030101ff301b0603551d11041430128210696d61702e6578616d706c652e6e6574300d06092a864886f70d0101"
    "0b05000382010100184840287aa3101de54d4b8ea386d77ac18fc21e45d363a360022a7f861c28e695da8a826889167b"
    "83b8f57070bd01e2fefbbdef5bb584f2485ac378e408c8d19a4e57860917fe5a689fba8e3852a0ea87bfd68e94d21aee"
    "91a326c5409303af72e883ab02f8bd8dd7d4c29fdbc93a6b91a2be4b7970a899bf7ec311088d6aa3174e1f6c500dec47"
    "471d8498d29c7aeba2c1d45a6c606790cceea0172f7d28df4e91116069098fcda6c9a6e057285de234d1540c036ca3d7"
    "89c82f3292d8458b5347456fc380b59dfa974f410744aa748f2f899071f49578eacd0d7af9d36bb1081245b60f2f8a61"
    "a55482c680cecfafe541a8cc074e00c7abb242a556187769";
static const char ec_hex[] =
    "3082018b30820131a00302010202140d147d98a14bd5479bb53fa2ac06db056f2f05cf300a06082a8648ce3d04030230"
    "1b3119301706035504030c106d61696c2e6578616d706c652e6e6574301e170d3236313133303136313331395a170d32"
    "36313233303136313331395a301b3119301706035504030c106d61696c2e6578616d706c652e6e65743059301306072a"
    "8648ce3d020106082a8648ce3d03010703420004594670da45b1ed2a4bab0e3162ade4a2cc78da4bf0aa3646036125fa"
    "6bed2849aa4a02049b454231cee22bb05b6cc6d8944d9ae6dc1a75a5151510f056cbf973a3533051301d0603551d0e04"
    "16041481df5bdedd84f26449846103f7e7420f5d1d3ac8301f0603551d2304183016801481df5bdedd84f26449846103"
    "f7e7420f5d1d3ac8300f0603551d130101ff040530030101ff300a06082a8648ce3d0403020348003045022100ec95e2"
    "19cbf55fe77df6f84a82152d51c1f33769677589f705e384b0388c3aab0220053d65777be2485bbad6c596e488808f59"
    "65bb5ea9eb134224c68be2a7e2e96e";

static struct crypto *crypto;

static int open_crypto(void **state)
{
    (void)state;
    crypto = crypto_open();
    return crypto == NULL ? -1 : 0;
}

static int close_crypto(void **state)
{
    (void)state;
    crypto_close(crypto);
    return 0;
}

static void all_that_is_usual_is_read(void **state)
{
    uint8_t bytes[2048];
    struct certificate rsa = {.seen = true}, ec = {.seen = true};

    (void)state;
    assert_true(tls_x509_read_plain((struct bytes){bytes, play_bytes(rsa_hex, bytes)}, &rsa));
    assert_string_equal(rsa.subject, "emailAddress=root@example.net,CN=imap.example.net,OU=\"Mail; News\","
                                     "O=\"Example, Inc.\",L=Munich,ST=Bavaria,C=DE");
    assert_string_equal(rsa.issuer, rsa.subject);
    assert_string_equal(rsa.key_type, "RSA");
    assert_int_equal(rsa.key_bits, 2048);
    assert_string_equal(rsa.signature, "sha256WithRSAEncryption");
    assert_int_equal(rsa.not_after - rsa.not_before, 9000 * 86400);
    assert_true(tls_x509_read_plain((struct bytes){bytes, play_bytes(ec_hex, bytes)}, &ec));
    assert_string_equal(ec.subject, "CN=mail.example.net");
    assert_int_equal(ec.key_bits, 256);
}

/* Is what is read equal to what libcrypto reads, if it is read at all? */
static bool agrees(struct bytes der, bool *was_read)
{
    struct certificate plain, full;

    memset(&plain, 0, sizeof(plain));
    memset(&full, 0, sizeof(full));
    *was_read = tls_x509_read_plain(der, &plain);
    return !*was_read ||
        (x509_read(crypto, der, &full) && strcmp(plain.subject, full.subject) == 0 &&
            strcmp(plain.issuer, full.issuer) == 0 &&
            plain.not_before == full.not_before && plain.not_after == full.not_after &&
            strcmp(plain.key_type, full.key_type) == 0 && plain.key_bits == full.key_bits &&
            strcmp(plain.signature, full.signature) == 0);
}

/* Each byte in turn is each other byte. */
static size_t change_each_byte(const char *hex, unsigned step)
{
    uint8_t bytes[2048];
    const struct bytes der = {bytes, play_bytes(hex, bytes)};
    size_t count = 0;
    bool was_read;

    for (size_t at = 0; at < der.left; at++)
        for (unsigned change = 1; change < 256; change += step) {
            bytes[at] ^= (uint8_t)change;
            if (!agrees(der, &was_read))
                fail_msg("byte %zu ^ %u is read, but otherwise than by libcrypto", at, change);
            bytes[at] ^= (uint8_t)change;
            count += was_read;
        }
    return count;
}

static void whatever_is_changed_both_agree(void **state)
{
    (void)state;
    assert_true(change_each_byte(ec_hex, 1) > 1000);
    assert_true(change_each_byte(rsa_hex, 7) > 1000);
}

/* Every day on which a certificate may end: the last of each month, and those that are none. */
static void dates_agree(void **state)
{
    static const char *const dates[] = {"19500101000000Z", "19991231235959Z", "20000229120000Z",
        "20240229000000Z",
        "20240301000000Z", "20500101000000Z", "21000228235959Z", "21000301000000Z", "99991231235959Z",
        "20230229000000Z",
        "20240431000000Z", "20241301000000Z", "20240100000000Z", "20240101240000Z", "20240101006000Z"};
    uint8_t bytes[2048];
    bool was_read;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        struct bytes der = {bytes, play_bytes(ec_hex, bytes)};
        uint8_t *begin = memmem(bytes, der.left, "\x17\x0d", 2), *end = memmem(begin + 1, der.left, "\x17\x0d", 2);

        /* SEQUENCE { UTCTime, UTCTime } becomes SEQUENCE { UTCTime, GeneralizedTime }, two bytes longer,
         * which the serial number gives up: it has 20 */
        memmove(bytes + 15, bytes + 17, (size_t)(end - (bytes + 17)));
        bytes[14] = 18;
        end -= 2;
        begin[-2 - 1] += 2;
        end[0] = 0x18;
        end[1] = 15;
        memcpy(end + 2, dates[i], 15);
        if (!agrees(der, &was_read))
            fail_msg("%s", dates[i]);
    }
}

/* The same name in capitals, as another kind of text, is the same (RFC 5280 7.1); another one is not. */
static void names_are_equal_as_x509_has_them(void **state)
{
    uint8_t bytes[2048];
    struct bytes der = {bytes, play_bytes(ec_hex, bytes)};
    uint8_t *subject = (uint8_t *)memmem(bytes, der.left, "\x0c\x10mail.example", 14) + 2;
    uint64_t issuer = 0, first = 0, changed = 0;

    (void)state;
    subject = (uint8_t *)memmem(subject, der.left - (size_t)(subject - bytes), "\x0c\x10mail.example", 14);
    assert_true(tls_x509_name_keys(der, &issuer, &first));
    assert_int_equal(issuer, first);
    memcpy(subject, "\x13\x10MAIL.Example.NET", 18); /* PrintableString */
    assert_true(tls_x509_name_keys(der, &issuer, &changed));
    assert_int_equal(changed, first);
    memcpy(subject, "\x0c\x10mail.example.org", 18);
    assert_true(tls_x509_name_keys(der, &issuer, &changed));
    assert_int_not_equal(changed, first);
    der.left /= 2;
    assert_false(tls_x509_name_keys(der, &issuer, &changed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_usual_is_read),
        cmocka_unit_test(whatever_is_changed_both_agree),
        cmocka_unit_test(dates_agree),
        cmocka_unit_test(names_are_equal_as_x509_has_them),
    };

    return cmocka_run_group_tests_name("tls_x509", tests, open_crypto, close_crypto);
}
