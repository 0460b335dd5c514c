/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_crypto.c: the one file that knows libcrypto. */
#include "tls_crypto.h"

#include "tls_x509.h"

#include <lasthello/bytes.h>
#include <lasthello/dissector.h>
#include <lasthello/text.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct crypto {
    EVP_MD *md5; /* NULL: switched off by policy */
    EVP_MD *sha256;
    EVP_MD_CTX *context;
    /* a libcrypto that knows no kind of key, and so leaves the keys of strangers in their DER */
    OSSL_LIB_CTX *keyless;
    OSSL_PROVIDER *nothing;
    int curve; /* whose bits were asked for last: libcrypto sets up its arithmetic to answer */
    int curve_bits;
};

struct crypto *crypto_open(void)
{
    struct crypto *crypto = calloc(1, sizeof(*crypto));

    if (crypto == NULL)
        return NULL;
    crypto->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
    crypto->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    crypto->context = EVP_MD_CTX_new();
    crypto->keyless = OSSL_LIB_CTX_new();
    if (crypto->keyless != NULL)
        crypto->nothing = OSSL_PROVIDER_load(crypto->keyless, "null");
    ERR_clear_error();
    if (crypto->sha256 != NULL && crypto->context != NULL && crypto->nothing != NULL)
        return crypto;
    crypto_close(crypto);
    return NULL;
}

void crypto_close(struct crypto *crypto)
{
    if (crypto == NULL)
        return;
    EVP_MD_free(crypto->md5);
    EVP_MD_free(crypto->sha256);
    EVP_MD_CTX_free(crypto->context);
    if (crypto->nothing != NULL)
        OSSL_PROVIDER_unload(crypto->nothing);
    OSSL_LIB_CTX_free(crypto->keyless);
    free(crypto);
}

/* ---- digests ----------------------------------------------------------------------------------- */

static bool digest(struct crypto *crypto, const EVP_MD *kind, struct bytes data, uint8_t *out)
{
    if (kind != NULL && EVP_DigestInit_ex2(crypto->context, kind, NULL) == 1 &&
        EVP_DigestUpdate(crypto->context, data.data, data.left) == 1 &&
        EVP_DigestFinal_ex(crypto->context, out, NULL) == 1)
        return true;
    ERR_clear_error();
    return false;
}

bool digest_md5(struct crypto *crypto, struct bytes data, uint8_t out[MD5_BYTES])
{
    return digest(crypto, crypto->md5, data, out);
}

bool digest_sha256(struct crypto *crypto, struct bytes data, uint8_t out[SHA256_BYTES])
{
    return digest(crypto, crypto->sha256, data, out);
}

/* ---- certificates ------------------------------------------------------------------------------ */

/* In the order of RFC 2253, last part first; a value with a comma or the like stands in quotes, as
 * in its section 4. Control characters are left to text_safe. */
static void read_name(const X509_NAME *name, char out[SESSION_SUBJECT_BYTES])
{
    const unsigned long order = XN_FLAG_SEP_COMMA_PLUS | XN_FLAG_DN_REV | XN_FLAG_FN_SN;
    const unsigned long values = ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_QUOTE | ASN1_STRFLGS_DUMP_UNKNOWN |
        ASN1_STRFLGS_DUMP_DER;
    BIO *text = BIO_new(BIO_s_mem());
    const char *data = NULL;
    size_t left = 0;

    out[0] = '\0';
    if (text == NULL)
        return;
    X509_NAME_print_ex(text, name, 0, order | values | ASN1_STRFLGS_UTF8_CONVERT);
    if ((left = (size_t)BIO_get_mem_data(text, &data)) > 0)
        text_safe((struct bytes){(const uint8_t *)data, left}, out, SESSION_SUBJECT_BYTES);
    BIO_free(text);
}

static int64_t read_time(const ASN1_TIME *time)
{
    struct tm utc;

    return ASN1_TIME_to_tm(time, &utc) == 1 ? (int64_t)timegm(&utc) : 0;
}

static void read_algorithm(const X509_ALGOR *algorithm, char *out, size_t out_size)
{
    const ASN1_OBJECT *object;

    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    if (OBJ_obj2txt(out, (int)out_size, object, 0) < 0)
        out[0] = '\0';
}

/* Of the first INTEGER in a SEQUENCE: an RSA key's modulus (RFC 8017 A.1.1), a DSA key's prime (RFC
 * 3279 2.3.2). */
static int modulus_bits(const ASN1_STRING *sequence)
{
    const unsigned char *der = ASN1_STRING_get0_data(sequence);
    ASN1_SEQUENCE_ANY *parts = d2i_ASN1_SEQUENCE_ANY(NULL, &der, ASN1_STRING_length(sequence));
    const ASN1_TYPE *first = sk_ASN1_TYPE_value(parts, 0);
    int bits = 0;

    if (first != NULL && ASN1_TYPE_get(first) == V_ASN1_INTEGER) {
        const unsigned char *number = ASN1_STRING_get0_data(first->value.integer);

        bits = ASN1_STRING_length(first->value.integer) * 8;
        for (unsigned top = 0x80; bits > 0 && top > number[0]; top >>= 1)
            bits--;
    }
    sk_ASN1_TYPE_pop_free(parts, ASN1_TYPE_free);
    return bits;
}

/* Of a curve by its name; nothing is computed with one that is spelt out (RFC 3279 2.3.5). */
static int curve_bits(struct crypto *crypto, const ASN1_TYPE *name)
{
    const bool is_named = name != NULL && ASN1_TYPE_get(name) == V_ASN1_OBJECT;
    int curve = is_named ? OBJ_obj2nid(name->value.object) : NID_undef;
    EC_GROUP *group;

    if (curve == crypto->curve)
        return crypto->curve_bits;
    group = EC_GROUP_new_by_curve_name(curve);
    crypto->curve = curve;
    crypto->curve_bits = group != NULL ? EC_GROUP_order_bits(group) : 0;
    EC_GROUP_free(group);
    return crypto->curve_bits;
}

/* Kinds of keys by the names that libcrypto gives them; their bits, where the kind says so. */
static const struct {
    int kind;
    int bits;
    const char *name;
} key_kinds[] = {
    {NID_rsaEncryption, 0, "RSA"},
    {NID_rsassaPss, 0, "RSA-PSS"},
    {NID_dsa, 0, "DSA"},
    {NID_X9_62_id_ecPublicKey, 0, "EC"},
    {NID_ED25519, 256, "ED25519"}, /* RFC 8032 5.1 */
    {NID_ED448, 456, "ED448"},
};

static int key_bits(struct crypto *crypto, size_t kind, const X509_ALGOR *algorithm, const ASN1_STRING *key)
{
    const ASN1_TYPE *parameter = algorithm->parameter;

    switch (key_kinds[kind].kind) {
    case NID_rsaEncryption:
    case NID_rsassaPss:
        return modulus_bits(key);
    case NID_dsa:
        if (parameter == NULL || ASN1_TYPE_get(parameter) != V_ASN1_SEQUENCE)
            return 0;
        return modulus_bits(parameter->value.sequence);
    case NID_X9_62_id_ecPublicKey:
        return curve_bits(crypto, parameter);
    default:
        return key_kinds[kind].bits;
    }
}

static void read_key(struct crypto *crypto, X509 *x509, struct certificate *certificate)
{
    const ASN1_STRING *key = X509_get0_pubkey_bitstr(x509);
    X509_ALGOR *algorithm = NULL;
    int kind, bits;

    X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, X509_get_X509_PUBKEY(x509));
    read_algorithm(algorithm, certificate->key_type, sizeof(certificate->key_type));
    kind = OBJ_obj2nid(algorithm->algorithm);
    for (size_t i = 0; i < sizeof(key_kinds) / sizeof(key_kinds[0]); i++) {
        if (key_kinds[i].kind != kind)
            continue;
        snprintf(certificate->key_type, sizeof(certificate->key_type), "%s", key_kinds[i].name);
        bits = key_bits(crypto, i, algorithm, key);
        certificate->key_bits = bits < UINT16_MAX ? (uint16_t)bits : UINT16_MAX;
    }
}

bool x509_read(struct crypto *crypto, struct bytes der, struct certificate *certificate)
{
    const unsigned char *end = der.data;
    X509 *x509 = X509_new_ex(crypto->keyless, NULL);
    const X509_ALGOR *signature;
    bool is_whole;

    if (x509 == NULL)
        return false;
    is_whole = d2i_X509(&x509, &end, (long)der.left) != NULL && (size_t)(end - der.data) == der.left;
    if (is_whole) {
        read_name(X509_get_subject_name(x509), certificate->subject);
        read_name(X509_get_issuer_name(x509), certificate->issuer);
        certificate->not_before = read_time(X509_get0_notBefore(x509));
        certificate->not_after = read_time(X509_get0_notAfter(x509));
        read_key(crypto, x509, certificate);
        X509_get0_signature(NULL, &signature, x509);
        read_algorithm(signature, certificate->signature, sizeof(certificate->signature));
    }
    X509_free(x509);
    ERR_clear_error();
    return is_whole;
}

/* ---- chains ------------------------------------------------------------------------------------ */

#define KEY_BITS_MAX    8192              /* of an RSA key: public CAs sign for no more */
#define TRUST_BYTES_MAX ((size_t)8 << 20) /* of the file of CAs: Debian's has 220 KB */
#define PUBLIC_CA       "public CA"
#define NO_PUBLIC_CA    "no public CA"
#define CHAIN_MAX       10 /* certificates beside the server's own; the web's longest have 4 */

struct root {
    unsigned char *der;
    long len;
    uint64_t issuer, subject; /* tls_x509_name_keys */
    bool is_stored;
};

/* libcrypto takes a millisecond for each two CAs: only those are parsed that a chain names as its issuers. */
struct trust {
    pthread_mutex_t lock;
    char *pem; /* NULL once the roots are known */
    size_t len;
    struct root *roots;
    size_t count;
    X509_STORE *store;
};

static bool read_file(const char *path, struct trust *trust)
{
    struct stat about;
    /* a pipe, of which nothing comes, is not waited for */
    FILE *in = stat(path, &about) == 0 && S_ISREG(about.st_mode) ? fopen(path, "re") : NULL;
    bool is_read = false;

    if (in == NULL)
        return false;
    trust->pem = malloc(TRUST_BYTES_MAX);
    if (trust->pem != NULL) {
        trust->len = fread(trust->pem, 1, TRUST_BYTES_MAX, in);
        is_read = ferror(in) == 0 && trust->len < TRUST_BYTES_MAX &&
            memmem(trust->pem, trust->len, "BEGIN CERTIFICATE", 17) != NULL;
    }
    fclose(in);
    return is_read;
}

struct trust *trust_open(const char *path)
{
    struct trust *trust = calloc(1, sizeof(*trust));

    if (trust == NULL)
        return NULL;
    pthread_mutex_init(&trust->lock, NULL);
    trust->store = X509_STORE_new();
    if (trust->store != NULL && read_file(path, trust))
        return trust;
    trust_close(trust);
    return NULL;
}

void trust_close(struct trust *trust)
{
    if (trust == NULL)
        return;
    for (size_t i = 0; i < trust->count; i++)
        OPENSSL_free(trust->roots[i].der);
    free(trust->roots);
    X509_STORE_free(trust->store);
    pthread_mutex_destroy(&trust->lock);
    free(trust->pem);
    free(trust);
}

/* Takes over `der`. What is no certificate, or has no room, is no root. */
static void add_root(struct trust *trust, unsigned char *der, long len)
{
    struct root root = {.der = der, .len = len};
    struct root *grown = NULL;

    if (tls_x509_name_keys((struct bytes){der, (size_t)len}, &root.issuer, &root.subject))
        grown = reallocarray(trust->roots, trust->count + 1, sizeof(root));
    if (grown == NULL) {
        OPENSSL_free(der);
        return;
    }
    trust->roots = grown;
    trust->roots[trust->count++] = root;
}

static void store_root(struct trust *trust, struct root *root)
{
    const unsigned char *at = root->der;
    X509 *ca = root->is_stored ? NULL : d2i_X509(NULL, &at, root->len);

    root->is_stored = true;
    if (ca != NULL)
        X509_STORE_add_cert(trust->store, ca);
    X509_free(ca);
}

/* Is there one whose name has this number? It is in the store then. */
static bool store_named(struct trust *trust, uint64_t subject)
{
    bool is_there = false;

    for (size_t i = 0; i < trust->count; i++) {
        if (trust->roots[i].subject != subject)
            continue;
        store_root(trust, &trust->roots[i]);
        is_there = true;
    }
    return is_there;
}

static void read_roots(struct trust *trust)
{
    BIO *text = BIO_new_mem_buf(trust->pem, (int)trust->len);
    unsigned char *der = NULL;
    long len;

    while (text != NULL && PEM_bytes_read_bio(&der, &len, NULL, PEM_STRING_X509, text, NULL, NULL) == 1)
        add_root(trust, der, len);
    BIO_free(text);
    ERR_clear_error(); /* that of the file's end */
    free(trust->pem);
    trust->pem = NULL;
    /* few files have any that another one signed: no chain need name who that was */
    for (size_t i = 0; i < trust->count; i++) {
        if (trust->roots[i].issuer == trust->roots[i].subject)
            continue;
        store_root(trust, &trust->roots[i]);
        store_named(trust, trust->roots[i].issuer);
    }
}

/* Is there a root that may have signed for one of them? */
static bool store_issuers(struct trust *trust, const struct chain *chain)
{
    struct bytes others = chain->others, der = chain->leaf;
    uint64_t issuer, subject;
    bool is_there = false;

    pthread_mutex_lock(&trust->lock);
    if (trust->pem != NULL)
        read_roots(trust);
    for (int i = 0; i <= CHAIN_MAX && tls_x509_name_keys(der, &issuer, &subject); i++) {
        is_there |= store_named(trust, issuer);
        if (!bytes_vector24(&others, &der))
            break;
    }
    pthread_mutex_unlock(&trust->lock);
    return is_there;
}

/* A key that libcrypto decodes in no time: numbers of a usual size, or a curve by its name. Curves that are
 * spelt out have hung libraries. */
static bool has_plain_key(const struct certificate *certificate)
{
    return strncmp(certificate->key_type, "DSA", 3) != 0 && certificate->key_bits > 0 &&
        certificate->key_bits <= KEY_BITS_MAX;
}

/* With its key, which is looked at from without before. */
static X509 *read_with_key(struct crypto *crypto, struct bytes der)
{
    struct certificate certificate = {0};
    const unsigned char *end = der.data;

    if (!x509_read(crypto, der, &certificate) || !has_plain_key(&certificate))
        return NULL;
    return d2i_X509(NULL, &end, (long)der.left);
}

/* What is beside the question of where the chain leads to passes. */
static int is_led(int is_right, X509_STORE_CTX *context)
{
    static const int errors[] = {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
        X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
        X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY,
        X509_V_ERR_CERT_CHAIN_TOO_LONG, X509_V_ERR_INVALID_CA, X509_V_ERR_CERT_UNTRUSTED,
        X509_V_ERR_OUT_OF_MEM};

    for (size_t i = 0; is_right == 0 && i < sizeof(errors) / sizeof(errors[0]); i++)
        if (X509_STORE_CTX_get_error(context) == errors[i])
            return 0;
    return 1;
}

static bool leads_to_trust(X509_STORE *store, X509 *leaf, STACK_OF(X509) * others, int64_t at)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    bool leads = false;

    if (context != NULL && X509_STORE_CTX_init(context, store, leaf, others) == 1) {
        X509_STORE_CTX_set_time(context, 0, (time_t)at);
        X509_STORE_CTX_set_verify_cb(context, is_led);
        leads = X509_verify_cert(context) == 1;
    }
    X509_STORE_CTX_free(context);
    return leads;
}

static STACK_OF(X509) * read_others(struct crypto *crypto, struct bytes others)
{
    STACK_OF(X509) *stack = sk_X509_new_null();
    struct bytes der;

    while (stack != NULL && sk_X509_num(stack) < CHAIN_MAX && bytes_vector24(&others, &der)) {
        X509 *other = read_with_key(crypto, der);

        if (other == NULL || sk_X509_push(stack, other) == 0) {
            X509_free(other);
            break;
        }
    }
    return stack;
}

static const char *trace(struct crypto *crypto, struct trust *trust, const struct chain *chain, int64_t at)
{
    X509 *leaf = read_with_key(crypto, chain->leaf);
    STACK_OF(X509) *others = read_others(crypto, chain->others);
    const char *leads = NULL;

    if (others != NULL && leaf != NULL)
        leads = leads_to_trust(trust->store, leaf, others, at) ? PUBLIC_CA : NO_PUBLIC_CA;
    sk_X509_pop_free(others, X509_free);
    X509_free(leaf);
    ERR_clear_error();
    return leads;
}

const char *trust_of_chain(struct crypto *crypto, struct trust *trust, const struct chain *chain, int64_t at)
{
    uint64_t issuer, subject;

    if (!tls_x509_name_keys(chain->leaf, &issuer, &subject))
        return NULL;
    return store_issuers(trust, chain) ? trace(crypto, trust, chain, at) : NO_PUBLIC_CA;
}

bool trust_is_public(const char *leads)
{
    return strcmp(leads, PUBLIC_CA) == 0;
}
