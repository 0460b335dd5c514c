/* SPDX-License-Identifier: BSD-2-Clause */
/* trust.c: what the sensor saw of each session, and what it missed. */
#include "trust.h"

#include "phrase.h"

#define MANY_ONE_SIDED 10 /* a tenth of the sessions: then the mirror port is the first suspect */

static void write_emptiness(FILE *out, const struct summary *summary, bool filtered)
{
    char packets[PHRASE_BYTES];

    if (filtered) {
        fputs("No mail session matches: this zero proves nothing about the rest.\n", out);
        return;
    }
    if (summary->unstored > 0) {
        fputs("No mail session could be stored: this zero proves nothing.\n", out);
        return;
    }
    fputs("No mail session was seen: this zero proves nothing.\n", out);
    if (summary->sources == 0 && summary->packets == 0)
        fputs("The inventory holds no source: nothing was read into it, or what was read could not be stored.\n", out);
    else if (summary->packets == 0)
        fputs("No packet was read at all. Check that mirrored traffic reaches the interface, or that the files hold "
              "packets.\n",
            out);
    else
        fprintf(out, "%s read. Check that mail passes the sensor: ports 110, 143, 993 and 995 (others: --ports), both\n"
                     "directions, and no filter before it.\n",
            phrase_count(summary->packets, "packet was", "packets were", packets));
}

static void write_share(FILE *out, const char *separator, uint64_t part, uint64_t whole, const char *what)
{
    char share[PHRASE_BYTES];

    if (part > 0)
        fprintf(out, "%s%s %s", separator, phrase_share(part, whole, share), what);
}

/* Sessions of TLS; the others were seen whole, and none was in them. */
static uint64_t tls_sessions(const struct summary *summary)
{
    return summary->handshake_sessions + summary->midstream_sessions + summary->one_sided_sessions +
        summary->unknown_sessions;
}

static void write_sessions(FILE *out, const struct summary *summary)
{
    uint64_t all = summary->sessions;
    uint64_t other = summary->other_sessions;
    uint64_t missed = summary->dropped + summary->down_seconds + summary->unwatched_seconds;
    char sessions[PHRASE_BYTES], share[PHRASE_BYTES];

    fprintf(out, "Trust: of %s",
        phrase_count(all, other > 0 ? "session" : "mail session", other > 0 ? "sessions" : "mail sessions", sessions));
    if (other > 0)
        fprintf(out, ", %s of them TLS without mail,", phrase_number(other, share));
    fprintf(out, " %s with the handshake",
        summary->handshake_sessions == 0 ? "none" : phrase_share(summary->handshake_sessions, all, share));
    write_share(out, ", ", summary->midstream_sessions, all, "joined midway");
    write_share(out, ", ", summary->one_sided_sessions, all, "one direction only");
    write_share(out, ", ", summary->unknown_sessions, all, "unknown");
    write_share(out, ", ", all - tls_sessions(summary), all, "without TLS");
    fputs(missed == 0 ? "; no dropped packet is known.\n" : ".\n", out);
}

/* When packets passed that the sensor never got. */
static void write_blindness(FILE *out, const struct summary *summary)
{
    char number[PHRASE_BYTES], share[PHRASE_BYTES];

    if (summary->down_seconds > 0)
        fprintf(out, " An interface was down, or had no carrier, for %s in all, and nothing of it was seen then: see "
                     "lasthello report coverage\n",
            phrase_duration(summary->down_seconds, number));
    if (summary->unwatched_seconds > 0)
        fprintf(out, " Between two runs of lasthello watch nobody watched for %s in all: see lasthello report "
                     "coverage\n",
            phrase_duration(summary->unwatched_seconds, number));
    if (summary->dropped > 0)
        fprintf(out, " %s of all packets (%s) were dropped before lasthello saw them: see lasthello report coverage\n",
            phrase_share(summary->dropped, summary->packets + summary->dropped, share),
            phrase_number(summary->dropped, number));
}

static void write_losses(FILE *out, const struct summary *summary)
{
    const struct {
        uint64_t number;
        const char *one, *many;
    } rows[] = {
        {summary->failed_sources, "source could not be read to its end: see lasthello report coverage",
            "sources could not be read to their end: see lasthello report coverage"},
        {summary->incomplete_sources, "source is not finished: the sensor runs, or was stopped",
            "sources are not finished: the sensor runs, or was stopped"},
        {summary->given_up, "connection was given up for lack of memory: raise --memory",
            "connections were given up for lack of memory: raise --memory"},
        {summary->unstored, "session could not be stored", "sessions could not be stored"},
        {summary->gaps, "gap where packets of a session are missing",
            "gaps where packets of sessions are missing"},
        {summary->truncated, "packet was cut by the snapshot length: capture with -s 0",
            "packets were cut by the snapshot length: capture with -s 0"},
        {summary->unknown_link_packets,
            "packet of an unknown link type was not understood: see lasthello report coverage",
            "packets of unknown link types were not understood: see lasthello report coverage"},
    };
    char number[PHRASE_BYTES];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].number > 0)
            fprintf(out, " %s %s\n", phrase_number(rows[i].number, number),
                rows[i].number == 1 ? rows[i].one : rows[i].many);
}

/* A zero is worth what was seen. */
static void write_zero(FILE *out, const struct summary *summary)
{
    char number[PHRASE_BYTES];

    if (summary->legacy_clients > 0)
        return;
    if (summary->handshake_sessions == 0)
        fputs(" No handshake was seen: this zero proves little. Capture the start of connections.\n", out);
    else
        fprintf(out, " This zero rests on %s whose handshake was seen.\n",
            phrase_count(summary->handshake_sessions, "session", "sessions", number));
}

void trust_write(FILE *out, const struct summary *summary, bool filtered)
{
    if (summary->sessions == 0) {
        write_emptiness(out, summary, filtered);
    } else {
        write_sessions(out, summary);
        write_zero(out, summary);
    }
    if (summary->one_sided_sessions > summary->sessions / MANY_ONE_SIDED)
        fputs(" Much was seen in one direction only: mirror both, received and sent.\n", out);
    write_blindness(out, summary);
    write_losses(out, summary);
}

struct json *trust_object(const struct summary *summary)
{
    const struct {
        const char *key;
        uint64_t number;
    } rows[] = {
        {"sessions", summary->sessions},
        {"handshake_sessions", summary->handshake_sessions},
        {"midstream_sessions", summary->midstream_sessions},
        {"one_sided_sessions", summary->one_sided_sessions},
        {"unknown_sessions", summary->unknown_sessions},
        {"other_sessions", summary->other_sessions},
        {"packets", summary->packets},
        {"dropped", summary->dropped},
        {"down_seconds", summary->down_seconds},
        {"unwatched_seconds", summary->unwatched_seconds},
        {"given_up", summary->given_up},
        {"unstored", summary->unstored},
        {"incomplete_sources", summary->incomplete_sources},
        {"failed_sources", summary->failed_sources},
        {"gaps", summary->gaps},
        {"truncated", summary->truncated},
        {"unknown_link_packets", summary->unknown_link_packets},
    };
    struct json *object = json_open();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        json_put_number(object, rows[i].key, (int64_t)rows[i].number);
    return object;
}
