/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_crypto.c: the one file that knows libcrypto. */
#include "tls_crypto.h"

#include <lasthello/text.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct digests {
    EVP_MD *md5; /* NULL: switched off by policy */
    EVP_MD *sha256;
    EVP_MD_CTX *context;
};

struct digests *digests_open(void)
{
    struct digests *digests = calloc(1, sizeof(*digests));

    if (digests == NULL)
        return NULL;
    digests->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
    digests->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    digests->context = EVP_MD_CTX_new();
    ERR_clear_error();
    if (digests->sha256 != NULL && digests->context != NULL)
        return digests;
    digests_close(digests);
    return NULL;
}

void digests_close(struct digests *digests)
{
    if (digests == NULL)
        return;
    EVP_MD_free(digests->md5);
    EVP_MD_free(digests->sha256);
    EVP_MD_CTX_free(digests->context);
    free(digests);
}

static bool digest(struct digests *digests, const EVP_MD *kind, struct bytes data, uint8_t *out)
{
    if (kind != NULL && EVP_DigestInit_ex2(digests->context, kind, NULL) == 1 &&
        EVP_DigestUpdate(digests->context, data.data, data.left) == 1 &&
        EVP_DigestFinal_ex(digests->context, out, NULL) == 1)
        return true;
    ERR_clear_error();
    return false;
}

bool digests_md5(struct digests *digests, struct bytes data, uint8_t out[MD5_BYTES])
{
    return digest(digests, digests->md5, data, out);
}

bool digests_sha256(struct digests *digests, struct bytes data, uint8_t out[SHA256_BYTES])
{
    return digest(digests, digests->sha256, data, out);
}

/* In the order of RFC 2253, last part first; a value with a comma or the like stands in quotes, as in its section 4.
 * Control characters are left to text_safe. */
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

static void read_key(X509 *x509, struct certificate *certificate)
{
    const EVP_PKEY *key = X509_get0_pubkey(x509);
    const char *type = key == NULL ? NULL : EVP_PKEY_get0_type_name(key);
    X509_ALGOR *algorithm = NULL;

    if (type != NULL) {
        snprintf(certificate->key_type, sizeof(certificate->key_type), "%s", type);
        certificate->key_bits = (uint16_t)EVP_PKEY_get_bits(key);
        return;
    }
    /* a kind of key, or a curve, that libcrypto does not know */
    X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, X509_get_X509_PUBKEY(x509));
    read_algorithm(algorithm, certificate->key_type, sizeof(certificate->key_type));
}

bool x509_read(struct bytes der, struct certificate *certificate)
{
    const unsigned char *end = der.data;
    X509 *x509 = d2i_X509(NULL, &end, (long)der.left);
    bool is_whole = x509 != NULL && (size_t)(end - der.data) == der.left;
    const X509_ALGOR *signature;

    if (is_whole) {
        read_name(X509_get_subject_name(x509), certificate->subject);
        read_name(X509_get_issuer_name(x509), certificate->issuer);
        certificate->not_before = read_time(X509_get0_notBefore(x509));
        certificate->not_after = read_time(X509_get0_notAfter(x509));
        read_key(x509, certificate);
        X509_get0_signature(NULL, &signature, x509);
        read_algorithm(signature, certificate->signature, sizeof(certificate->signature));
    }
    X509_free(x509);
    ERR_clear_error();
    return is_whole;
}
