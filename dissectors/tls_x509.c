/* SPDX-License-Identifier: BSD-2-Clause */
/* tls_x509.c: X.509 by its ASN.1 (RFC 5280 4.1), for certificates that hold nothing unusual. */
#include "tls_x509.h"

#include <lasthello/clock.h>
#include <lasthello/hash.h>

#include <stdio.h>

enum tag {
    TAG_BOOLEAN = 0x01,
    TAG_INTEGER = 0x02,
    TAG_BIT_STRING = 0x03,
    TAG_OCTET_STRING = 0x04,
    TAG_NULL = 0x05,
    TAG_OID = 0x06,
    TAG_UTF8 = 0x0c,
    TAG_PRINTABLE = 0x13,
    TAG_IA5 = 0x16,
    TAG_UTC_TIME = 0x17,
    TAG_GENERALIZED_TIME = 0x18,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    TAG_VERSION = 0xa0,    /* [0] EXPLICIT */
    TAG_EXTENSIONS = 0xa3, /* [3] EXPLICIT */
};

/* A length in DER: the shortest form (X.690 10.1). More than 65,535 bytes are no certificate on the
 * wire. */
static bool der_length(struct bytes *in, uint16_t *length)
{
    uint8_t first, second;

    if (!bytes_u8(in, &first))
        return false;
    *length = first;
    if (first < 0x80)
        return true;
    if (first == 0x81) {
        *length = 0;
        return bytes_u8(in, &second) && (*length = second) >= 0x80;
    }
    return first == 0x82 && bytes_u16(in, length) && *length > 0xff;
}

/* The next element, whatever it is. */
BYTES_READ der_next(struct bytes *in, uint8_t *tag, struct bytes *out)
{
    struct bytes rest = *in;
    uint16_t length;

    if (!bytes_u8(&rest, tag) || !der_length(&rest, &length) || !bytes_take(&rest, length, out))
        return false;
    *in = rest;
    return true;
}

/* The next element, if it has this tag. */
BYTES_READ der_take(struct bytes *in, enum tag tag, struct bytes *out)
{
    struct bytes rest = *in;
    uint8_t found;

    if (!der_next(&rest, &found, out) || found != tag)
        return false;
    *in = rest;
    return true;
}

/* An object with a name: its identifier in DER, without tag and length. */
struct object {
    const char *name;
    uint8_t len;
    uint8_t oid[10];
    uint16_t bits; /* of keys of that kind, where the kind says so */
};

static const struct object *find_object(const struct object *objects, size_t count, struct bytes oid)
{
    for (size_t i = 0; i < count; i++)
        if (objects[i].len == oid.left && memcmp(objects[i].oid, oid.data, oid.left) == 0)
            return &objects[i];
    return NULL;
}
#define FIND(objects, oid) find_object(objects, sizeof(objects) / sizeof((objects)[0]), oid)

/* RFC 3279 2.2, RFC 4055 5, RFC 5758 3.2, RFC 8410 3; the names are libcrypto's. */
static const struct object signatures[] = {
    {"sha256WithRSAEncryption", 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11}, 0},
    {"sha1WithRSAEncryption", 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5}, 0},
    {"sha384WithRSAEncryption", 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12}, 0},
    {"sha512WithRSAEncryption", 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13}, 0},
    {"md5WithRSAEncryption", 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4}, 0},
    {"ecdsa-with-SHA256", 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}, 0},
    {"ecdsa-with-SHA384", 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3}, 0},
    {"ecdsa-with-SHA512", 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4}, 0},
    {"ED25519", 3, {0x2b, 0x65, 0x70}, 0},
};

/* RFC 5480 2.1.1.1 */
static const struct object curves[] = {
    {"P-256", 8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}, 256},
    {"P-384", 5, {0x2b, 0x81, 4, 0, 0x22}, 384},
    {"P-521", 5, {0x2b, 0x81, 4, 0, 0x23}, 521},
};

/* RFC 4519 2, RFC 2985 5.2.1 */
static const struct object attributes[] = {
    {"CN", 3, {0x55, 4, 3}, 0},
    {"C", 3, {0x55, 4, 6}, 0},
    {"L", 3, {0x55, 4, 7}, 0},
    {"ST", 3, {0x55, 4, 8}, 0},
    {"O", 3, {0x55, 4, 10}, 0},
    {"OU", 3, {0x55, 4, 11}, 0},
    {"emailAddress", 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1}, 0},
    {"DC", 10, {0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25}, 0},
};

/* An AlgorithmIdentifier: the object, and its parameters. */
static bool read_algorithm(struct bytes *in, struct bytes *oid, struct bytes *parameters)
{
    return der_take(in, TAG_SEQUENCE, parameters) && der_take(parameters, TAG_OID, oid);
}

/* No parameters, or NULL. */
static bool is_without(struct bytes parameters)
{
    struct bytes nothing;

    return parameters.left == 0 ||
        (der_take(&parameters, TAG_NULL, &nothing) && nothing.left == 0 && parameters.left == 0);
}

static bool read_signature(struct bytes *in, const struct object **signature)
{
    struct bytes oid, parameters;

    return read_algorithm(in, &oid, &parameters) && is_without(parameters) &&
        (*signature = FIND(signatures, oid)) != NULL;
}

/* ---- names, in the order of RFC 4514: the last part first -------------------------------------- */

/* Characters that stand for themselves; a value with one of `quoted` stands in quotes. */
static bool is_plain(struct bytes value, bool *quotes)
{
    static const char quoted[] = ",+<>;";
    uint8_t first = 0, last = 0;

    *quotes = false;
    if (value.left == 0 || value.left > SESSION_SUBJECT_BYTES)
        return false;
    for (bool is_first = true; bytes_u8(&value, &last); is_first = false) {
        if (is_first)
            first = last;
        if (last < ' ' || last > '~' || last == '"' || last == '\\')
            return false;
        *quotes = *quotes || strchr(quoted, last) != NULL;
    }
    return first != ' ' && first != '#' && last != ' ';
}

/* Text that grows towards its beginning. */
struct backwards {
    char text[SESSION_SUBJECT_BYTES];
    size_t at; /* its first byte; the end is the array's */
};

static bool prepend(struct backwards *out, const void *text, size_t len)
{
    if (len > out->at)
        return false;
    out->at -= len;
    memcpy(out->text + out->at, text, len);
    return true;
}

/* Read from its beginning, a name is written from its end: each part stands before the one that came
 * before it. */
static bool append_part(struct backwards *out, const struct object *attribute, struct bytes value,
    bool quotes)
{
    return (out->at == sizeof(out->text) - 1 || prepend(out, ",", 1)) && (!quotes || prepend(out, "\"", 1)) &&
        prepend(out, value.data, value.left) && prepend(out, quotes ? "=\"" : "=", 1u + quotes) &&
        prepend(out, attribute->name, strlen(attribute->name));
}

static bool read_value(struct bytes *in, struct bytes *value)
{
    return der_take(in, TAG_UTF8, value) || der_take(in, TAG_PRINTABLE, value) ||
        der_take(in, TAG_IA5, value);
}

/* A RelativeDistinguishedName of one attribute. */
static bool read_part(struct bytes *name, struct backwards *out)
{
    const struct object *attribute;
    struct bytes set, pair, oid, value;
    bool quotes;

    return der_take(name, TAG_SET, &set) && der_take(&set, TAG_SEQUENCE, &pair) && set.left == 0 &&
        der_take(&pair, TAG_OID, &oid) && read_value(&pair, &value) && pair.left == 0 &&
        (attribute = FIND(attributes, oid)) != NULL && is_plain(value, &quotes) &&
        append_part(out, attribute, value, quotes);
}

static bool read_name(struct bytes *in, char out[SESSION_SUBJECT_BYTES])
{
    struct backwards text = {.at = SESSION_SUBJECT_BYTES - 1};
    struct bytes name;

    if (!der_take(in, TAG_SEQUENCE, &name))
        return false;
    text.text[text.at] = '\0';
    while (name.left > 0)
        if (!read_part(&name, &text))
            return false;
    memcpy(out, text.text + text.at, SESSION_SUBJECT_BYTES - text.at);
    return true;
}

/* ---- times (RFC 5280 4.1.2.5) ------------------------------------------------------------------ */

static bool read_digits(struct bytes *in, int count, int least, int most, int *number)
{
    uint8_t digit;

    *number = 0;
    for (int i = 0; i < count; i++) {
        if (!bytes_u8(in, &digit) || digit < '0' || digit > '9')
            return false;
        *number = 10 * *number + digit - '0';
    }
    return *number >= least && *number <= most;
}

/* Days since 1970 of a date of the Gregorian calendar, from 1950 on: years begin in March, so that a
 * leap day ends one. */
static int64_t days_of(int year, int month, int day)
{
    const int from_march = (month + 9) % 12;

    year -= month < 3;
    return 365LL * year + year / 4 - year / 100 + year / 400 + (153 * from_march + 2) / 5 + day - 1 - 719468;
}

static bool read_year(struct bytes *in, struct bytes *text, int *year)
{
    if (der_take(in, TAG_GENERALIZED_TIME, text))
        return read_digits(text, 4, 1950, 9999, year);
    if (!der_take(in, TAG_UTC_TIME, text) || !read_digits(text, 2, 0, 99, year))
        return false;
    *year += *year < 50 ? 2000 : 1900;
    return true;
}

/* Days up to 28 are in every month; of the others only those that all but February have. */
static bool is_in_month(int month, int day)
{
    return day <= 28 || (day <= 30 && month != 2) ||
        (day == 31 && month != 2 && month != 4 && month != 6 && month != 9 && month != 11);
}

static bool read_time(struct bytes *in, int64_t *seconds)
{
    int year, month, day, hour, minute, second;
    struct bytes text;
    uint8_t zone;

    if (!read_year(in, &text, &year) || !read_digits(&text, 2, 1, 12, &month) ||
        !read_digits(&text, 2, 1, 31, &day) || !is_in_month(month, day) ||
        !read_digits(&text, 2, 0, 23, &hour) || !read_digits(&text, 2, 0, 59, &minute) ||
        !read_digits(&text, 2, 0, 59, &second) || !bytes_u8(&text, &zone) || zone != 'Z' || text.left > 0)
        return false;
    *seconds =
        days_of(year, month, day) * SECONDS_A_DAY + hour * INT64_C(3600) + minute * INT64_C(60) + second;
    return true;
}

static bool read_validity(struct bytes *in, struct certificate *certificate)
{
    struct bytes validity;

    return der_take(in, TAG_SEQUENCE, &validity) && read_time(&validity, &certificate->not_before) &&
        read_time(&validity, &certificate->not_after) && validity.left == 0;
}

/* ---- keys (RFC 3279 2.3.1, RFC 5480 2, RFC 8017 A.1.1) ------------------------------------------ */

/* A positive INTEGER in its shortest form. */
static bool read_integer(struct bytes *in, struct bytes *number)
{
    struct bytes rest;
    uint8_t first, second;

    if (!der_take(in, TAG_INTEGER, number))
        return false;
    rest = *number;
    if (!bytes_u8(&rest, &first) || first >= 0x80)
        return false;
    if (first != 0)
        return true;
    return rest.left == 0 || (bytes_skip(number, 1) && bytes_u8(&rest, &second) && second >= 0x80);
}

static uint32_t bits_of(struct bytes number)
{
    uint32_t bits = 8 * (uint32_t)number.left;
    uint8_t first;

    if (!bytes_u8(&number, &first))
        return 0;
    for (unsigned top = 0x80; bits > 0 && top > first; top >>= 1)
        bits--;
    return bits;
}

static bool read_rsa(struct bytes key, struct certificate *certificate)
{
    struct bytes numbers, modulus, exponent;
    uint32_t bits;

    if (!der_take(&key, TAG_SEQUENCE, &numbers) || key.left > 0 || !read_integer(&numbers, &modulus) ||
        !read_integer(&numbers, &exponent) || numbers.left > 0)
        return false;
    bits = bits_of(modulus);
    certificate->key_bits = bits < UINT16_MAX ? (uint16_t)bits : UINT16_MAX;
    memcpy(certificate->key_type, "RSA", sizeof("RSA"));
    return true;
}

static bool read_ec(struct bytes parameters, struct certificate *certificate)
{
    const struct object *curve;
    struct bytes oid;

    if (!der_take(&parameters, TAG_OID, &oid) || parameters.left > 0 || (curve = FIND(curves, oid)) == NULL)
        return false;
    certificate->key_bits = curve->bits;
    memcpy(certificate->key_type, "EC", sizeof("EC"));
    return true;
}

static bool read_key(struct bytes *in, struct certificate *certificate)
{
    static const struct object kinds[] = {
        {"RSA", 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1}, 0},
        {"EC", 7, {0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1}, 0},
    };
    struct bytes info, oid, parameters, key;
    const struct object *kind;
    uint8_t unused_bits;

    if (!der_take(in, TAG_SEQUENCE, &info) || !read_algorithm(&info, &oid, &parameters) ||
        !der_take(&info, TAG_BIT_STRING, &key) || info.left > 0 || !bytes_u8(&key, &unused_bits) ||
        unused_bits != 0)
        return false;
    kind = FIND(kinds, oid);
    if (kind == &kinds[0])
        return is_without(parameters) && read_rsa(key, certificate);
    return kind == &kinds[1] && read_ec(parameters, certificate);
}

/* ---- the whole ---------------------------------------------------------------------------------- */

/* Each of its numbers in the shortest form, the last one whole (X.690 8.19). */
static bool is_oid(struct bytes oid)
{
    uint8_t byte = 0x80;

    for (bool begins = true; oid.left > 0; begins = byte < 0x80)
        if (!bytes_u8(&oid, &byte) || (begins && byte == 0x80))
            return false;
    return byte < 0x80;
}

/* No more than that each Extension is whole (RFC 5280 4.1.2.9). */
static bool pass_extensions(struct bytes *in)
{
    struct bytes outer, list, extension, oid, ignored;

    if (in->left == 0)
        return true;
    if (!der_take(in, TAG_EXTENSIONS, &outer) || !der_take(&outer, TAG_SEQUENCE, &list) || outer.left > 0 ||
        list.left == 0)
        return false;
    while (list.left > 0) {
        if (!der_take(&list, TAG_SEQUENCE, &extension) || !der_take(&extension, TAG_OID, &oid) ||
            !is_oid(oid))
            return false;
        if (der_take(&extension, TAG_BOOLEAN, &ignored) && ignored.left != 1)
            return false;
        if (!der_take(&extension, TAG_OCTET_STRING, &ignored) || extension.left > 0)
            return false;
    }
    return true;
}

/* Version 3, or none, which is version 1 and has no extensions. */
static bool read_version(struct bytes *in, bool *has_extensions)
{
    struct bytes version, number;
    uint8_t value;

    *has_extensions = der_take(in, TAG_VERSION, &version);
    return !*has_extensions ||
        (der_take(&version, TAG_INTEGER, &number) && version.left == 0 && bytes_u8(&number, &value) &&
            value == 2 &&
            number.left == 0);
}

/* A serial number, and the algorithm that stands again outside. */
static bool pass_serial(struct bytes *in)
{
    const struct object *signature;
    struct bytes serial;

    return read_integer(in, &serial) && read_signature(in, &signature);
}

static bool read_signed(struct bytes in, struct certificate *certificate)
{
    bool has_extensions;

    return read_version(&in, &has_extensions) && pass_serial(&in) && read_name(&in, certificate->issuer) &&
        read_validity(&in, certificate) && read_name(&in, certificate->subject) &&
        read_key(&in, certificate) && (!has_extensions || pass_extensions(&in)) && in.left == 0;
}

bool tls_x509_read_plain(struct bytes der, struct certificate *certificate)
{
    const struct object *signature;
    struct certificate read = {.seen = false};
    struct bytes outer, part, bits;
    uint8_t unused_bits;

    if (!der_take(&der, TAG_SEQUENCE, &outer) || der.left > 0 || !der_take(&outer, TAG_SEQUENCE, &part) ||
        !read_signature(&outer, &signature) || !der_take(&outer, TAG_BIT_STRING, &bits) || outer.left > 0 ||
        !bytes_u8(&bits, &unused_bits) || unused_bits != 0 || !read_signed(part, &read))
        return false;
    snprintf(read.signature, sizeof(read.signature), "%s", signature->name);
    memcpy(read.sha256, certificate->sha256, sizeof(read.sha256));
    read.seen = certificate->seen;
    *certificate = read;
    return true;
}

/* ---- names alone -------------------------------------------------------------------------------- */

/* One letter or digit more, in lower case, in a running hash. */
static uint64_t add_letter(uint64_t key, uint8_t byte)
{
    const uint8_t lower = byte | 0x20;

    if (lower >= 'a' && lower <= 'z')
        return hash_mix(key, lower);
    return byte >= '0' && byte <= '9' ? hash_mix(key, byte) : key;
}

static bool add_values(struct bytes part, uint64_t *key)
{
    struct bytes pair, oid, value;
    uint8_t tag, byte;

    while (part.left > 0) {
        if (!der_take(&part, TAG_SEQUENCE, &pair) || !der_take(&pair, TAG_OID, &oid) ||
            !der_next(&pair, &tag, &value) || pair.left > 0)
            return false;
        while (bytes_u8(&value, &byte))
            *key = add_letter(*key, byte);
    }
    return true;
}

static bool read_name_key(struct bytes *in, uint64_t *key)
{
    struct bytes name, part;

    *key = 0;
    if (!der_take(in, TAG_SEQUENCE, &name))
        return false;
    while (name.left > 0)
        if (!der_take(&name, TAG_SET, &part) || !add_values(part, key))
            return false;
    return true;
}

bool tls_x509_name_keys(struct bytes der, uint64_t *issuer, uint64_t *subject)
{
    struct bytes outer, part, ignored;
    bool has_version;

    if (!der_take(&der, TAG_SEQUENCE, &outer) || !der_take(&outer, TAG_SEQUENCE, &part))
        return false;
    return read_version(&part, &has_version) && der_take(&part, TAG_INTEGER, &ignored) &&
        der_take(&part, TAG_SEQUENCE, &ignored) && read_name_key(&part, issuer) &&
        der_take(&part, TAG_SEQUENCE, &ignored) && read_name_key(&part, subject);
}
