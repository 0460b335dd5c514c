/* SPDX-License-Identifier: BSD-2-Clause */
/* sentences.c: the words for statements.
 *
 * In a pattern {0} stands for the first number, {0%} for its share of the second, {0~} for it as a duration,
 * {0|one|many} for the word that goes with it, {ports} for the ports that are read by themselves. */
#include "number_format.h"
#include "statements.h"

#include <lasthello/dissector.h>
#include <lasthello/text.h>

#include <stdlib.h>
#include <string.h>

#define COVERAGE ": see lasthello report coverage"

/* Sentences of a group share a line, where they follow each other. */
enum group {
    GROUP_NONE, /* a line of its own */
    GROUP_LEGACY,
    GROUP_HARM,
    GROUP_SERVERS,
    GROUP_SESSIONS,
};

struct pattern {
    const char *text;
    enum group group;
    const char *second, *later; /* what goes before it where it is the second of its line, or a later one */
};

static const struct pattern patterns[STATEMENT_COUNT] = {
    [STATEMENT_LEGACY] = {.text = "{0} of {1} {1|client|clients} still {2|uses|use} TLS 1.1 or "
                                  "older for mail",
        .group = GROUP_LEGACY},
    [STATEMENT_LEGACY_ANY] = {.text = "{0} of {1} {1|client|clients} still {2|uses|use} TLS 1.1 or older",
        .group = GROUP_LEGACY},
    [STATEMENT_BY_CLIENT] = {.text = "{0} {0|supports|support} nothing newer than TLS 1.1",
        .group = GROUP_LEGACY,
        .second = ": ",
        .later = ", "},
    [STATEMENT_MIXED] = {.text = "{0} also {0|negotiates|negotiate} TLS 1.2 or later (several "
                                 "programs, NAT, DHCP, or updated)",
        .group = GROUP_LEGACY,
        .second = ": ",
        .later = ", "},
    [STATEMENT_BY_SERVER] = {.text = "{0} {0|is|are} held back by an old server",
        .group = GROUP_LEGACY,
        .second = ": ",
        .later = ", "},
    [STATEMENT_BY_FALLBACK] = {.text = "{0} downgraded after a failed TLS 1.2+ handshake",
        .group = GROUP_LEGACY,
        .second = ": ",
        .later = ", "},
    [STATEMENT_UNDETERMINED] = {.text = "{0} undetermined (ClientHello not captured)",
        .group = GROUP_LEGACY,
        .second = ": ",
        .later = ", "},
    [STATEMENT_SEVERAL_CAUSES] = {.text = " {0} of them {0|has|have} several causes and "
                                          "{0|counts|count} under each; "
                                          "{0|its|their} rows show the worst"},
    [STATEMENT_FAILING] = {.text = "{0} of them {0|is|are} already failing (refused by the server)",
        .group = GROUP_HARM,
        .second = "; ",
        .later = "; "},
    [STATEMENT_EXPOSED] = {.text = "{0} {0|client logs|clients log} in without TLS",
        .group = GROUP_HARM,
        .second = "; ",
        .later = "; "},
    [STATEMENT_TOO_NEW] = {.text = " {0} {0|client offers|clients offer} only TLS 1.3, which the "
                                   "server does not support: update "
                                   "the server"},
    [STATEMENT_OFFER_REFUSED] = {.text = " {0} {0|client is|clients are} refused with TLS 1.2 or later: no "
                                         "version, cipher suite, group or signature in common with the "
                                         "server"},
    [STATEMENT_UNCONFIRMED] = {.text = " {0} further {0|address is|addresses are} unconfirmed "
                                       "(no answer was seen: anybody can "
                                       "forge that) and not counted"},
    [STATEMENT_CHANGES] = {.text = " Last 7 days: {0} {0|client|clients} with old TLS for the first "
                                   "time, {1} refused for the first time, {2} with newer TLS alone: "
                                   "see lasthello report changes"},
    [STATEMENT_NO_CHANGES] = {.text = " Last 7 days: no client is newly old, newly refused, or was updated"},
    [STATEMENT_SERVERS] = {.text = " {0} of {1} {1|server|servers} {0|accepts|accept} TLS 1.1 or older",
        .group = GROUP_SERVERS},
    [STATEMENT_OWN_SERVERS] = {.text = "{0} {0|has an RFC 1918 address|have RFC 1918 addresses} "
                                       "(probably yours)",
        .group = GROUP_SERVERS,
        .second = "; ",
        .later = "; "},
    [STATEMENT_ADVICE] = {.text = "What to do, by cause:"},
    [STATEMENT_ADVISE_CLIENT] = {.text = " client    update or replace the client: it fails when "
                                         "TLS 1.0/1.1 ends"},
    [STATEMENT_ADVISE_OLD_CLIENT] = {.text = " client    update or replace the client; where "
                                             "several are behind one IP, find the "
                                             "old one"},
    [STATEMENT_ADVISE_SERVER] = {.text = " server    update the server: the client offers TLS 1.2 or later"},
    [STATEMENT_ADVISE_FALLBACK] = {.text = " fallback  find the middlebox that breaks TLS 1.2+ "
                                           "handshakes: a proxy, a firewall, a "
                                           "scanner"},
    [STATEMENT_ADVISE_UNKNOWN] = {.text = " unknown   capture from the SYN, both directions, -s 0"},
    [STATEMENT_NO_MATCH] = {.text = "No mail session matches: this does not mean that there is "
                                    "none elsewhere."},
    [STATEMENT_NOTHING_STORED] = {.text = "No mail session could be stored: this zero proves nothing."},
    [STATEMENT_NOTHING_SEEN] = {.text = "No mail session was seen: this zero proves nothing."},
    [STATEMENT_NO_SOURCE] = {.text = "The inventory holds no source: nothing was read into it, or "
                                     "what was read could not be "
                                     "stored."},
    [STATEMENT_NO_PACKET] = {.text = "No packet was read at all. Check that the SPAN session is "
                                     "active and reaches the interface, "
                                     "or that the files hold packets."},
    [STATEMENT_NO_MAIL] = {.text = "{0} {0|packet was|packets were} read. Check that mail passes "
                                   "the sensor: ports {ports} (others: --ports), both directions, and "
                                   "no filter before it."},
    [STATEMENT_SESSIONS] = {.text = "Trust: of {0} {0|mail session|mail sessions}",
        .group = GROUP_SESSIONS},
    [STATEMENT_SESSIONS_ANY] = {.text = "Trust: of {0} {0|session|sessions}, {1} of them TLS without mail,",
        .group = GROUP_SESSIONS},
    [STATEMENT_NO_HANDSHAKE] = {.text = "none with the full handshake",
        .group = GROUP_SESSIONS,
        .second = " ",
        .later = " "},
    [STATEMENT_HANDSHAKE] = {.text = "{0%} with the full handshake",
        .group = GROUP_SESSIONS,
        .second = " ",
        .later = " "},
    [STATEMENT_MIDSTREAM] = {.text = "{0%} captured from mid-session on",
        .group = GROUP_SESSIONS,
        .second = ", ",
        .later = ", "},
    [STATEMENT_ONE_SIDED] = {.text = "{0%} one direction only",
        .group = GROUP_SESSIONS,
        .second = ", ",
        .later = ", "},
    [STATEMENT_UNKNOWN] = {.text = "{0%} unknown",
        .group = GROUP_SESSIONS,
        .second = ", ",
        .later = ", "},
    [STATEMENT_WITHOUT_TLS] = {.text = "{0%} without TLS",
        .group = GROUP_SESSIONS,
        .second = ", ",
        .later = ", "},
    [STATEMENT_NO_LOSS] = {.text = "no packet loss reported",
        .group = GROUP_SESSIONS,
        .second = "; ",
        .later = "; "},
    [STATEMENT_DNS] = {.text = " The DNS answer was seen for {0%} of {1} {1|session|sessions} without SNI."},
    [STATEMENT_NO_DNS] = {.text = " The DNS answer was seen for none of {0} {0|session|sessions} "
                                  "without SNI: their servers are known by address alone."},
    [STATEMENT_ZERO_PROVES_LITTLE] = {.text = " No handshake was captured: this zero proves "
                                              "little. Capture from the SYN, both "
                                              "directions, -s 0."},
    [STATEMENT_ZERO_RESTS_ON] = {.text = " This zero rests on {0} {0|session|sessions} whose "
                                         "handshake was captured."},
    [STATEMENT_MUCH_ONE_SIDED] = {.text = " Much was seen in one direction only: mirror both, "
                                          "received and sent."},
    [STATEMENT_DOWN] = {.text = " An interface was down, or had no carrier, for {0~} in all; "
                                "nothing was seen then" COVERAGE},
    [STATEMENT_UNWATCHED] = {.text = " Between two runs of lasthello watch nobody watched for "
                                     "{0~} in all" COVERAGE},
    [STATEMENT_DROPPED] = {.text = " {0%} of all packets ({0}) were dropped before lasthello saw "
                                   "them" COVERAGE},
    [STATEMENT_FAILED_SOURCES] = {.text = " {0} {0|source|sources} could not be read to "
                                          "{0|its|their} end" COVERAGE},
    [STATEMENT_INCOMPLETE_SOURCES] = {.text = " {0} {0|source is|sources are} incomplete: capture "
                                              "in progress, or ended "
                                              "abnormally" COVERAGE},
    [STATEMENT_GIVEN_UP] = {.text = " {0} {0|connection was|connections were} given up for lack "
                                    "of memory: raise --memory"},
    [STATEMENT_UNSTORED] = {.text = " {0} {0|session|sessions} could not be stored"},
    [STATEMENT_GAPS] = {.text = " {0} {0|gap|gaps} where packets of {0|a session|sessions} are missing"},
    [STATEMENT_TRUNCATED] = {.text = " {0} {0|packet was|packets were} cut by the snapshot "
                                     "length: capture with -s 0"},
    [STATEMENT_UNKNOWN_LINK] = {.text = " {0} {0|packet of an unknown link type was|packets of "
                                        "unknown link types were} not "
                                        "decoded" COVERAGE},
    [STATEMENT_CONTRADICTORY] = {.text = " {0} {0|session contradicts itself|sessions contradict "
                                         "themselves}: the server chose what the client did not offer; no "
                                         "version is known of {0|it|them}"},
};

/* {0|one|many}: the word for the number. `at` is behind the number's digit. */
static void write_word(FILE *out, const char *at, uint64_t number)
{
    const char *one = at + 1, *many = strchr(one, '|') + 1;

    if (number == 1)
        fprintf(out, "%.*s", (int)(many - 1 - one), one);
    else
        fprintf(out, "%.*s", (int)strcspn(many, "}"), many);
}

static void write_number(FILE *out, const char *at, const struct statement *statement)
{
    const uint64_t number = statement->numbers[at[0] - '0'];
    char text[NUMBER_BYTES];

    if (at[1] == '|')
        write_word(out, at + 1, number);
    else if (at[1] == '%')
        fputs(share_text(number, statement->numbers[1], text), out);
    else if (at[1] == '~')
        fputs(duration_text(number, text), out);
    else
        fputs(count_text(number, text), out);
}

static void write_place(FILE *out, const char *at, const struct statement *statement)
{
    char ports[SERVICES_PORTS_BYTES];

    if (at[0] == 'p')
        fputs(services_ports_text(ports, sizeof(ports)), out);
    else
        write_number(out, at, statement);
}

static void write_pattern(FILE *out, const struct statement *statement)
{
    for (const char *at = patterns[statement->kind].text; *at != '\0'; at++) {
        if (*at != '{') {
            putc(*at, out);
            continue;
        }
        write_place(out, at + 1, statement);
        at += strcspn(at, "}");
    }
}

/* How many that stand before a statement share its line. */
static size_t count_before(const struct statements *statements, size_t at)
{
    const enum group group = patterns[statements->rows[at].kind].group;
    size_t count = 0;

    while (
        group != GROUP_NONE && at > count && patterns[statements->rows[at - count - 1].kind].group == group)
        count++;
    return count;
}

static void write_begin(FILE *out, const struct pattern *pattern, size_t before)
{
    if (before == 1)
        fputs(pattern->second, out);
    else if (before > 1)
        fputs(pattern->later, out);
    else if (pattern->group == GROUP_HARM)
        putc(' ', out);
}

void sentences_write(FILE *out, const struct statements *statements)
{
    for (size_t i = 0; i < statements->count; i++) {
        const struct pattern *pattern = &patterns[statements->rows[i].kind];

        write_begin(out, pattern, count_before(statements, i));
        write_pattern(out, &statements->rows[i]);
        if (i + 1 == statements->count || count_before(statements, i + 1) == 0)
            fputs(pattern->group == GROUP_SESSIONS ? ".\n" : "\n", out);
    }
}
