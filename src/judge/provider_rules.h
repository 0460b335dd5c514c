/* SPDX-License-Identifier: BSD-2-Clause */
/* provider_rules.h: our own rules that name mail providers, by server name and by network.
 *
 * One rule a line, `#` begins a comment:
 *     2026-11-26  GMX  .imap.gmx.net      the day it was checked, the provider, and
 *     2026-11-26  GMX  192.0.2.0/24       the end of a host name, or a network */
#ifndef LASTHELLO_JUDGE_PROVIDER_RULES_H
#define LASTHELLO_JUDGE_PROVIDER_RULES_H

#include <lasthello/error.h>
#include <lasthello/session.h>

#define PROVIDER_BYTES sizeof(((struct session *)NULL)->provider)

struct rule {
    char provider[PROVIDER_BYTES];
    char host[SESSION_NAME_BYTES]; /* ".imap.gmx.net", lower case; "": a network */
    struct address network;
    unsigned prefix_len; /* 0 to 32 of an IPv4 network, 0 to 128 of an IPv6 one */
    unsigned line;       /* of the file, from 1 */
};

struct rules {
    struct rule *rows; /* networks first, then hosts by name */
    size_t count;
    size_t room;
};

/* rules_read checks every line: an error names file, line, what is wrong and how it should be. On failure the
 * rules are empty. */
bool rules_read(struct rules *rules, const char *path, struct error *error);
void rules_free(struct rules *rules);

/* rules_find_host: the rule with the longest end of the name, whole labels only: `.gmx.net` is the
 * end of gmx.net and of imap.gmx.net, not of xgmx.net. NULL: none. `server_name` is in lower case. */
const struct rule *rules_find_host(const struct rules *rules, const char *server_name);

#endif
