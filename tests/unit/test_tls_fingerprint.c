/* SPDX-License-Identifier: BSD-2-Clause */
/* JA3, JA3S and JA4 against vectors that others published. */
#include "play.h"

#include <lasthello/tls.h>

#define LIST_MAX 24

/* The features of a hello; lists end with 0 entries beyond their count. */
struct features_row {
    const char *published;
    uint16_t legacy_version;
    size_t cipher_count, extension_count;
    uint16_t ciphers[LIST_MAX], extensions[LIST_MAX];
    const char *groups, *formats, *signatures, *versions, *alpn; /* the data of these extensions, hex */
    const char *ja3, *ja4;
};

static struct workspace *workspace;

static void put_u16(uint8_t *out, size_t *len, uint16_t value)
{
    out[(*len)++] = (uint8_t)(value >> 8);
    out[(*len)++] = (uint8_t)value;
}

static const char *data_of(const struct features_row *row, uint16_t type)
{
    const struct {
        uint16_t type;
        const char *hex;
    } data[] = {{10, row->groups}, {11, row->formats}, {13, row->signatures}, {16, row->alpn}, {43, row->versions}};

    for (size_t i = 0; i < COUNT_OF(data); i++)
        if (data[i].type == type && data[i].hex != NULL)
            return data[i].hex;
    return "";
}

static struct offer fingerprint(const struct features_row *row)
{
    static uint8_t ciphers[2 * LIST_MAX], extensions[2048], data[512];
    size_t cipher_len = 0, extension_len = 0;
    struct client_hello hello = {.legacy_version = row->legacy_version};
    struct offer offer = {0};

    for (size_t i = 0; i < row->cipher_count; i++)
        put_u16(ciphers, &cipher_len, row->ciphers[i]);
    for (size_t i = 0; i < row->extension_count; i++) {
        const size_t len = play_bytes(data_of(row, row->extensions[i]), data);

        put_u16(extensions, &extension_len, row->extensions[i]);
        put_u16(extensions, &extension_len, (uint16_t)len);
        memcpy(extensions + extension_len, data, len);
        extension_len += len;
    }
    hello.cipher_suites = (struct bytes){ciphers, cipher_len};
    hello.extensions = (struct bytes){extensions, extension_len};
    tls_fingerprint_client(workspace, &hello, &offer);
    return offer;
}

static const struct features_row rows[] = {
    {.published = "Salesforce, ja3 README: 769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0",
        .legacy_version = 769,
        .cipher_count = 12,
        .ciphers = {47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4},
        .extension_count = 3,
        .extensions = {0, 10, 11},
        .groups = "0006 0017 0018 0019",
        .formats = "01 00",
        .ja3 = "ada70206e40642a3e4461f35503241d5"},
    {.published = "Salesforce, ja3 README: 769,4-5-10-9-100-98-3-6-19-18-99,,,",
        .legacy_version = 769,
        .cipher_count = 11,
        .ciphers = {4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99},
        .ja3 = "de350869b8c85de67a350c8d186f11e6"},
    {.published = "FoxIO, JA4.md: the example, with GREASE added, which counts nowhere",
        .legacy_version = 0x0303,
        .cipher_count = 16,
        .ciphers = {0x3a3a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
            0x009c, 0x009d, 0x002f, 0x0035},
        .extension_count = 18,
        .extensions = {0xdada, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012,
            0x002b, 0xff01, 0x000b, 0x000a, 0x0015, 0x7a7a},
        .signatures = "0010 0403 0804 0401 0503 0805 0501 0806 0601",
        .versions = "06 aaaa 0304 0303",
        .alpn = "000c 02 6832 08 687474702f312e31",
        .ja4 = "t13d1516h2_8daaf6152771_e5627efa2ab1"},
    {.published = "browserleaks.com, Chrome 143: its JA3 and its JA4",
        .legacy_version = 771,
        .cipher_count = 15,
        .ciphers = {4865, 4866, 4867, 49195, 49199, 49196, 49200, 52393, 52392, 49171, 49172, 156, 157, 47, 53},
        .extension_count = 16,
        .extensions = {45, 51, 16, 65037, 23, 17613, 0, 11, 10, 43, 65281, 35, 18, 5, 13, 27},
        .groups = "0008 11ec 001d 0017 0018",
        .formats = "01 00",
        .signatures = "0010 0403 0804 0401 0503 0805 0501 0806 0601",
        .versions = "04 0304 0303",
        .alpn = "0003 02 6832",
        .ja3 = "98487aa16281980e7d1120d399efb6a4",
        .ja4 = "t13d1516h2_8daaf6152771_d8a2da3f94cd"},
    /* no extensions: zeros for their hash (JA4.md); printf 002f | sha256sum */
    {.published = "nothing but a suite",
        .legacy_version = 769,
        .cipher_count = 1,
        .ciphers = {47},
        .ja4 = "t10i010000_ba72b8082249_000000000000"},
};

static void published_vectors_are_met(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct offer offer = fingerprint(&rows[i]);

        if (rows[i].ja3 != NULL && strcmp(offer.ja3, rows[i].ja3) != 0)
            fail_msg("%s: %s", rows[i].published, offer.ja3);
        if (rows[i].ja4 != NULL && strcmp(offer.ja4, rows[i].ja4) != 0)
            fail_msg("%s: %s", rows[i].published, offer.ja4);
    }
}

static void a_second_look_gives_the_same(void **state)
{
    (void)state;
    for (int turn = 0; turn < 2; turn++)
        published_vectors_are_met(state);
}

static void alpn_that_is_no_word_is_shown_by_its_hexadecimal_ends(void **state)
{
    struct features_row row = rows[3];

    (void)state;
    row.alpn = "0003 02 ab6a";
    assert_memory_equal(fingerprint(&row).ja4, "t13d1516aa", 10);
    row.alpn = "0002 01 68";
    assert_memory_equal(fingerprint(&row).ja4, "t13d1516hh", 10);
    row.alpn = NULL;
    assert_memory_equal(fingerprint(&row).ja4, "t13d151600", 10);
}

/* Of a hello with so many suites. */
static struct offer fingerprint_of_suites(size_t count)
{
    static uint8_t ciphers[2 * 513];
    const struct client_hello hello = {.legacy_version = 0x0303, .cipher_suites = {ciphers, 2 * count}};
    struct offer offer;

    for (size_t i = 0; i < count; i++)
        ciphers[2 * i] = 0xc0;
    tls_fingerprint_client(workspace, &hello, &offer);
    return offer;
}

static void ja4_counts_to_99(void **state) /* JA4.md: two digits */
{
    (void)state;
    assert_memory_equal(fingerprint_of_suites(99).ja4, "t12i9900", 8);
    assert_memory_equal(fingerprint_of_suites(100).ja4, "t12i9900", 8);
    assert_memory_equal(fingerprint_of_suites(98).ja4, "t12i9800", 8);
}

static void a_list_of_more_than_512_values_has_no_fingerprint(void **state)
{
    (void)state;
    assert_memory_equal(fingerprint_of_suites(512).ja4, "t12i9900", 8);
    assert_int_equal(strlen(fingerprint_of_suites(512).ja3), 32);
    assert_string_equal(fingerprint_of_suites(513).ja4, "");
    assert_string_equal(fingerprint_of_suites(513).ja3, "");
}

static void an_absurd_hello_has_no_fingerprint(void **state)
{
    static uint8_t ciphers[65534];
    const struct client_hello hello = {.legacy_version = 0x0303, .cipher_suites = {ciphers, sizeof(ciphers)}};
    struct offer offer;

    (void)state;
    memset(&offer, 'x', sizeof(offer));
    tls_fingerprint_client(workspace, &hello, &offer);
    assert_string_equal(offer.ja3, "");
    assert_string_equal(offer.ja4, "");
}

static void ja3s_is_of_version_suite_and_extensions(void **state)
{
    static const uint8_t extensions[] = {0xff, 1, 0, 1, 0, 0, 11, 0, 2, 1, 0, 0, 35, 0, 0};
    const struct server_hello hello = {.legacy_version = 769, .cipher_suite = 47, .extensions = {extensions, sizeof(extensions)}};
    const struct server_hello bare = {.legacy_version = 769, .cipher_suite = 47};
    struct answer answer;

    (void)state;
    /* printf '769,47,65281-11-35' | md5sum */
    tls_fingerprint_server(workspace, &hello, &answer);
    assert_string_equal(answer.ja3s, "5fa1745420431bc9728c768d42ef1b53");
    /* printf '769,47,' | md5sum */
    tls_fingerprint_server(workspace, &bare, &answer);
    assert_string_equal(answer.ja3s, "18e962e106761869a61045bed0e81c2c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_are_met),
        cmocka_unit_test(a_second_look_gives_the_same),
        cmocka_unit_test(alpn_that_is_no_word_is_shown_by_its_hexadecimal_ends),
        cmocka_unit_test(ja4_counts_to_99),
        cmocka_unit_test(a_list_of_more_than_512_values_has_no_fingerprint),
        cmocka_unit_test(an_absurd_hello_has_no_fingerprint),
        cmocka_unit_test(ja3s_is_of_version_suite_and_extensions),
    };
    int failed;

    workspace = workspace_open();
    failed = cmocka_run_group_tests_name("tls_fingerprint", tests, NULL, NULL);
    workspace_close(workspace);
    return failed;
}
