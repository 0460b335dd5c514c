/* SPDX-License-Identifier: BSD-2-Clause */
/* suite_set.c: sets of cipher suites: by number, and by the class that their registered names tell. */
#include "suite_set.h"

#include <lasthello/names.h>

#include <stdlib.h>
#include <string.h>

#define RENEGOTIATION_SCSV 0x00ff /* RFC 5746 */
#define FALLBACK_SCSV      0x5600 /* RFC 7507 */

/* ---- classes -------------------------------------------------------------------------------------- */

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

static bool is_anonymous(const char *name)
{
    return strstr(name, "_anon_") != NULL;
}

static bool is_static_rsa(const char *name)
{
    return begins(name, "TLS_RSA_");
}

static bool is_dhe(const char *name)
{
    return begins(name, "TLS_DHE_") || begins(name, "TLS_PSK_DHE_"); /* RFC 6655 names them so */
}

static bool is_static_dh(const char *name)
{
    return begins(name, "TLS_DH_") && !is_anonymous(name);
}

static bool is_static_ecdh(const char *name)
{
    return begins(name, "TLS_ECDH_") && !is_anonymous(name);
}

static bool is_ecdhe(const char *name)
{
    return begins(name, "TLS_ECDHE_");
}

/* Of TLS 1.3 a name says no key exchange (RFC 8446 B.4). */
static bool is_tls13(const char *name)
{
    return begins(name, "TLS_") && strstr(name, "_WITH_") == NULL && strstr(name, "SCSV") == NULL;
}

/* Those with a hash alone are for integrity only (RFC 9150). */
static bool is_null(const char *name)
{
    return strstr(name, "_WITH_NULL_") != NULL || begins(name, "TLS_SHA");
}

static bool is_export(const char *name)
{
    return strstr(name, "_EXPORT") != NULL;
}

static bool is_rc2(const char *name)
{
    return strstr(name, "_RC2_") != NULL;
}

static bool is_rc4(const char *name)
{
    return strstr(name, "_RC4_") != NULL;
}

static bool is_des(const char *name)
{
    return strstr(name, "_DES_") != NULL || strstr(name, "_DES40_") != NULL;
}

static bool is_idea(const char *name)
{
    return strstr(name, "_IDEA_") != NULL;
}

static bool is_triple_des(const char *name)
{
    return strstr(name, "_3DES_") != NULL;
}

static const struct suite_class {
    const char *name;
    bool (*has)(const char *name);
} classes[] = {
    {"static-rsa", is_static_rsa},
    {"static-dh", is_static_dh},
    {"static-ecdh", is_static_ecdh},
    {"dhe", is_dhe},
    {"ecdhe", is_ecdhe},
    {"tls13", is_tls13},
    {"anon", is_anonymous},
    {"null", is_null},
    {"export", is_export},
    {"rc2", is_rc2},
    {"rc4", is_rc4},
    {"des", is_des},
    {"idea", is_idea},
    {"3des", is_triple_des},
};

static const struct suite_class *find_class(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (strncmp(classes[i].name, name, len) == 0 && classes[i].name[len] == '\0')
            return &classes[i];
    return NULL;
}

bool suite_name_has_class(const char *name, const char *class_name)
{
    const struct suite_class *found = find_class(class_name, strlen(class_name));

    return found != NULL && found->has(name);
}

/* ---- sets ------------------------------------------------------------------------------------------ */

static void add_suite(struct suite_set *set, uint16_t suite)
{
    set->bits[suite / 64] |= 1ULL << suite % 64;
}

bool suite_set_has(const struct suite_set *set, uint32_t suite)
{
    return suite < SUITES_END && (set->bits[suite / 64] >> suite % 64 & 1) != 0;
}

static void add_class(struct suite_set *set, const struct suite_class *added)
{
    uint16_t suite;
    const char *name;

    for (size_t i = 0; (name = cipher_suite_at(i, &suite)) != NULL; i++)
        if (added->has(name))
            add_suite(set, suite);
}

static bool read_number(const char *text, uint16_t *number)
{
    char digits[5] = "";

    if (strspn(text, "0123456789abcdefABCDEF") < 4)
        return false;
    memcpy(digits, text, 4);
    *number = (uint16_t)strtoul(digits, NULL, 16);
    return true;
}

/* C02F, or C023-C032. */
static bool add_range(struct suite_set *set, const char *text, size_t len)
{
    uint16_t first, last;

    if ((len != 4 && (len != 9 || text[4] != '-')) || !read_number(text, &first))
        return false;
    last = first;
    if (len == 9 && !read_number(text + 5, &last))
        return false;
    for (uint32_t suite = first; suite <= last; suite++)
        add_suite(set, (uint16_t)suite);
    return first <= last;
}

static bool add_item(struct suite_set *set, const char *text, size_t len)
{
    const struct suite_class *named = find_class(text, len);

    if (named == NULL)
        return add_range(set, text, len);
    add_class(set, named);
    return true;
}

const char *suite_set_add(struct suite_set *set, const char *line)
{
    static const char between[] = ", \t";
    const char *at = line + strspn(line, between);

    if (*at == '\0')
        return "nothing stands behind the =";
    for (; *at != '\0'; at += strspn(at, between)) {
        const size_t len = strcspn(at, between);

        if (!add_item(set, at, len))
            return "a suite is four hexadecimal digits (C02F), a range (C023-C032), or one of: static-rsa, "
                   "static-dh, static-ecdh, dhe, ecdhe, tls13, anon, null, export, rc2, rc4, des, idea, 3des";
        at += len;
    }
    return NULL;
}

bool suites_next(const char **list, uint32_t *suite)
{
    while (*list != NULL && **list != '\0') {
        char *end;

        *suite = (uint32_t)strtoul(*list, &end, 16);
        if (end == *list)
            return false;
        *list = end + (*end == ',');
        if (*suite != RENEGOTIATION_SCSV && *suite != FALLBACK_SCSV)
            return true;
    }
    return false;
}
