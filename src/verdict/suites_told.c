/* SPDX-License-Identifier: BSD-2-Clause */
/* suites_told.c: what matters of the cipher suites that a client offers, in words. */
#include "suite_set.h"

#include <lasthello/names.h>
#include <lasthello/verdict.h>

#include <stdio.h>
#include <string.h>

/* What no client should offer any more, the worst first. */
static const struct told_class {
    const char *name, *words;
} told[] = {
    {"null", "no encryption"},
    {"anon", "no certificate"},
    {"export", "export keys"},
    {"rc2", "RC2"},
    {"rc4", "RC4"},
    {"des", "DES"},
    {"idea", "IDEA"},
    {"3des", "3DES"},
};
#define TOLD_COUNT (sizeof(told) / sizeof(told[0]))

#define SIGNALS_MAX 2 /* in a list, beside its suites */

struct found {
    size_t suites;
    bool has[TOLD_COUNT], has_ecdhe;
};

static struct found look(const char *list)
{
    struct found found = {0};
    char name[NAME_BYTES];
    uint32_t suite;

    for (; suites_next(&list, &suite); found.suites++) {
        if (suite > UINT16_MAX) /* of SSL 2.0 */
            continue;
        cipher_suite_name((uint16_t)suite, name);
        if (suite_name_has_class(name, "ecdhe") || suite_name_has_class(name, "tls13"))
            found.has_ecdhe = true;
        for (size_t i = 0; i < TOLD_COUNT; i++)
            found.has[i] |= suite_name_has_class(name, told[i].name);
    }
    return found;
}

const char *suites_told(const char *list, char out[SUITES_TOLD_BYTES])
{
    const struct found found = look(list);
    const char *between = ", some with ";
    size_t len = 0;

    out[0] = '\0';
    /* of a list that was cut, what was left out may have it */
    if (found.suites > 0 && found.suites + SIGNALS_MAX < OFFER_SUITES_MAX && !found.has_ecdhe)
        len = (size_t)snprintf(out, SUITES_TOLD_BYTES, ", none with ECDHE");
    for (size_t i = 0; i < TOLD_COUNT && len < SUITES_TOLD_BYTES; i++) {
        if (!found.has[i])
            continue;
        len += (size_t)snprintf(out + len, SUITES_TOLD_BYTES - len, "%s%s", between, told[i].words);
        between = ", ";
    }
    return out;
}
