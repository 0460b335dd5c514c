/* SPDX-License-Identifier: BSD-2-Clause */
/* titles.c: the words for columns. What decides what the reader does (next step, note, last seen) is kept
 * longest. */
#include "titles.h"

#include <lasthello/facts.h>

#include <string.h>

static const struct title rows[] = {
    {"client", "CLIENT", NULL, true},
    {"to", "TO", NULL, true},
    {"server", "SERVER", NULL, true},
    {"port", "PORT", NULL, true},
    {"service", "SERVICE", NULL, true},
    {"verdict", "VERDICT", NULL, true},
    {"offers", "OFFERS", NULL, true},
    {"got", "GOT", NULL, true},
    {"sentence", "WHAT IT MEANS", NULL, false},
    {"statement", "STATEMENT", "the kind of the sentence, one word", false},
    {"breach", "OFFENDS BY", "what of the policy is offended", false},
    {"became", "SINCE THEN", "what became of an old client", false},
    {"since_day", "REFUSED SINCE", NULL, false},
    {"refused", "REFUSED", "attempts with old TLS of the last days that were refused", false},
    {"attempts", "ATTEMPTS", "with old TLS in the last days", false},
    {"refusals_by_day", "REFUSALS BY DAY", NULL, false},
    {"old_first_day", "OLD TLS FROM", NULL, false},
    {"old_last_day", "OLD TLS TO", NULL, false},
    {"better_sessions", "NEWER SESSIONS", NULL, false},
    {"changed_day", "CHANGED ON", NULL, false},
    {"trait", "SAME", "what went on before and since the change", false},
    {"inspected_by", "INSPECTED BY", "the issuer of the certificate that a middlebox shows",
        false},
    {"refused_last_day", "LAST REFUSED", NULL, false},
    {"addresses", "ADDRESSES", NULL, false},
    {"grouped_by", "GROUPED BY", "mac, dhcp or /64: by what several addresses are one client", false},
    {"what_to_do", "WHAT TO DO", NULL, false},
    {"due", "DUE (UTC)", NULL, false},
    {"policy", "POLICY", NULL, false},
    {"days_left", "DAYS LEFT", NULL, false},
    {"sessions", "SESSIONS", NULL, true},
    {"all_sessions", "OF ALL", NULL, true},
    {"last_seen", "LAST SEEN (UTC)", NULL, true},
    {"first_seen", "FIRST SEEN (UTC)", NULL, true},
    {"note", "NOTE", NULL, false},
    {"site", "SITE", NULL, false},
    {"source", "SOURCE", NULL, true},
    {"packet", "PACKET", NULL, false},
    {"accepts", "ACCEPTS", NULL, true},
    {"refuses", "REFUSES", NULL, false},
    {"clients", "CLIENTS", NULL, true},
    {"legacy_clients", "WITH OLD TLS", NULL, true},
    {"name", "NAME", NULL, false},
    {"owner", "OWNER", NULL, false},
    {"place", "PLACE", NULL, false},
    {"remark", "REMARK", NULL, false},
    {"asset", "ASSET", NULL, false},
    {"may_be", "MAY BE (A GUESS)", NULL, false},
    {"helps", "WHAT HELPS", NULL, false},
    {"told_by", "TOLD BY", NULL, false},
    {"cleartext_sessions", "LOGINS WITHOUT TLS", NULL, false},
    {"certificate_key", "KEY", NULL, false},
    {"negotiated", "NEGOTIATED", NULL, true},
    {"outcome", "OUTCOME", NULL, true},
    {"first_packet", "PACKET", NULL, true},
    {"last_source", "LAST SOURCE", NULL, false},
    {"last_packet", "LAST PACKET", NULL, false},
    {"short_lived", "SHORT-LIVED", NULL, false},
    {"gaps", "GAPS", "places in sessions where packets are missing", false},
    {"day", "DAY (UTC)", NULL, true},
    {"date", "DAY (UTC)", NULL, true},
    {"change", "CHANGE", NULL, true},
    {"became_of", "VERSION", NULL, true},
    {"what", "WHAT", NULL, true},
    {"known_value", "VALUE", NULL, true},
    {"old_sessions", "OLD", NULL, true},
    {"better_sessions", "TLS 1.2+", NULL, true},
    {"refused_sessions", "REFUSED", NULL, true},
    {"source_kind", "KIND OF SOURCE", NULL, false},
    {"filter", "FILTER", NULL, true},
    {"value", "VALUE", NULL, true},

    {"state", "STATE", NULL, true},
    {"packets", "PACKETS", "read from the file or the interface", true},
    {"dropped", "DROPPED", "by the kernel, before lasthello saw them", true},
    {"down_seconds", "DOWN (S)", "seconds in which the interface was down, gone or without a carrier", true},
    {"started", "STARTED (UTC)", "the first packet; of an interface, the start of capture", true},
    {"ended", "ENDED (UTC)", "the last packet; of an interface, until when it was watched", true},
    {"kind", "KIND", NULL, true},
    {"used", "USED", "packets that were read as part of a connection", false},
    {"duplicate", "DUPLICATE", "packets that the mirror shows a second time", false},
    {"settled", "SETTLED", "packets of sessions that were classified already: counted, not read", false},
    {"no_flow", "NO FLOW", "packets of connections without payload: SYNs, resets", false},
    {"not_mail", "NOT MAIL", "TCP packets of other ports", false},
    {"not_tcp", "NOT TCP", "IP packets of other protocols", false},
    {"fragment_held", "FRAGMENT HELD", "IP fragments, kept until the others came", false},
    {"not_ip", "NOT IP", "frames of other protocols, as ARP", false},
    {"link_unknown", "LINK UNKNOWN", "packets of a link type that is not decoded", false},
    {"malformed", "MALFORMED", "packets whose headers contradict themselves", false},
    {"cut_short", "CUT SHORT", "packets whose headers the snapshot length cut: capture with -s 0", false},
    {"too_deep", "TOO DEEP", "packets with more tunnels in each other than are opened", false},
    {"given_up", "GIVEN UP", "packets of connections that had no room: raise --memory", false},
    {"bytes", "BYTES", "on the wire", false},
    {"interface_dropped", "DROPPED BY INTERFACE", "by the interface or its driver", false},
    {"blind_minutes", "BLIND MINUTES", "minutes in which packets were dropped or the interface was down",
        false},
    {"blind_first", "FIRST BLIND MINUTE (UTC)", NULL, false},
    {"blind_last", "LAST BLIND MINUTE (UTC)", NULL, false},
    {"truncated", "TRUNCATED", "packets that the snapshot length cut: capture with -s 0", false},
    {"flows", "FLOWS", "connections with payload", false},
    {"scans", "SCANS", "clients that nobody answered and that said nothing that makes sense", false},
    {"gap_bytes", "GAP BYTES", "bytes that are missing in sessions", false},
    {"overlaps", "OVERLAPS", "segments that contradicted others; the first copy counts", false},
    {"given_up_flows", "FLOWS GIVEN UP", "connections that had no room: raise --memory", false},
    {"given_up_sessions", "SESSIONS GIVEN UP", "sessions that had no room: raise --memory", false},
    {"given_up_fragments", "FRAGMENTS GIVEN UP", "fragments whose others did not come in time", false},
    {"unstored", "UNSTORED", "sessions that could not be stored", false},
    {"dns_answers", "DNS ANSWERS", "answers of DNS that were asked for", false},
    {"dns_unasked", "DNS UNASKED", "answers of DNS that nobody had asked for: not believed", false},
    {"names_unread", "NAMES UNREAD", "DNS and DHCP messages that break their own rules", false},
    {"not_understood", "NOT UNDERSTOOD", "link types and ethertypes that are not decoded: packets", false},
    {"observer", "OBSERVER", "host name of the sensor", false},
};

#define KEPT_MAX 16

/* The columns that a table keeps, the most important first. */
static const char *const kept[QUESTION_COUNT][KEPT_MAX] = {
    [QUESTION_CLIENTS] = {"client", "to", "what_to_do", "due", "name", "verdict", "owner",
        "last_seen", "note", "policy", "got", "offers", "service", "cause", "sessions", "all_sessions"},
    [QUESTION_LEGACY] = {"client", "to", "verdict", "due", "name", "owner", "got", "last_seen", "note",
        "offers", "cause", "service", "sessions"},
    [QUESTION_VERDICTS] = {"client", "to", "sentence", "verdict", "policy", "due", "service", "last_seen",
        "source", "packet"},
    [QUESTION_SERVERS] = {"server", "port", "what_to_do", "accepts", "last_seen", "verdict", "legacy_clients",
        "service", "clients", "sessions", "asset", "owner"},
    [QUESTION_SESSIONS] = {"client", "server", "outcome", "negotiated", "offers", "first_seen", "port",
        "service", "evidence", "sessions", "first_packet"},
    [QUESTION_COVERAGE] = {"source", "state", "packets", "dropped", "down_seconds", "ended", "started",
        "kind"},
    [QUESTION_DAYS] = {"day", "verdict", "clients"},
    [QUESTION_CHANGES] = {"date", "change", "client", "to", "name", "owner", "server", "port", "service",
        "offers",
        "source", "blind_minutes"},
    [QUESTION_TREND] = {"date", "became_of", "sessions", "clients"},
    [QUESTION_HOST_WHO] = {"what", "known_value", "told_by", "last_seen"},
    [QUESTION_HOST_DAYS] = {"date", "old_sessions", "better_sessions", "refused_sessions", "sessions"},
    [QUESTION_HOST_OFFERS] = {"offers", "offered", "ja4", "last_seen", "sessions"},
    [QUESTION_VALUES] = {"filter", "value", "clients"},
};

/* Facts of sessions have theirs in the table of facts. The result lives until the next call. */
static const struct title *title_of_fact(const struct fact *fact, const struct title *unknown)
{
    static struct title made;

    if (fact == NULL || fact->title == NULL)
        return unknown;
    made = (struct title){fact_report(fact), fact->title, NULL, false};
    return &made;
}

const struct title *title_of(const char *name)
{
    static const struct title unknown = {"", "", NULL, false};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return title_of_fact(fact_find_report(name), &unknown);
}

unsigned title_rank(enum question question, const char *name)
{
    for (unsigned i = 0; i < KEPT_MAX && kept[question][i] != NULL; i++)
        if (strcmp(kept[question][i], name) == 0)
            return KEPT_MAX - i;
    return 0;
}
