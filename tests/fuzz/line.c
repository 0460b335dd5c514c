/* SPDX-License-Identifier: BSD-2-Clause */
/* line.c: what must be true of every session and every counter, whatever the packets were. */
#include "line.h"

#include "fuzz.h"

#include <lasthello/events.h>
#include <lasthello/text.h>

#define FILE_HEADER_BYTES 24
#define MEMORY_BYTES      (2u << 20)
#define LITTLE_MEMORY     (1u << 19) /* some 20 open sessions */
#define TEXT_BYTES_MAX    2048

/* ---- a capture file in memory -------------------------------------------------------------------- */

/* Little-endian: what the fuzzer starts from is written so. */
static uint32_t little(uint32_t big)
{
    return __builtin_bswap32(big);
}

static const struct services *services_of(bool discover)
{
    static struct services mail, everything;

    if (services_at(&mail, 993) == NULL) {
        services_init(&mail);
        services_init(&everything);
        services_discover(&everything);
    }
    return discover ? &everything : &mail;
}

bool line_open(struct line *line, struct bytes *file)
{
    uint32_t little_memory, discover, snapshot_len, link_type;
    struct error error;

    if (!bytes_skip(file, 8) || !bytes_u32(file, &discover) || !bytes_u32(file, &little_memory) ||
        !bytes_u32(file, &snapshot_len) || !bytes_u32(file, &link_type))
        return false;
    *line = (struct line){.link_type = little(link_type)};
    promise(pipeline_open(&line->pipeline, services_of(discover != 0), &line->judge,
        little_memory != 0 ? LITTLE_MEMORY : MEMORY_BYTES, &error));
    line->pipeline.names = host_names_open(LITTLE_MEMORY);
    promise(line->pipeline.names != NULL);
    line->source.kind = "file";
    line->pipeline.source = &line->source;
    line->source.id = 1;
    return true;
}

bool line_packet(struct line *line, struct bytes *file, struct packet *packet)
{
    uint32_t seconds, microseconds, captured, len;

    if (!bytes_u32(file, &seconds) || !bytes_u32(file, &microseconds) || !bytes_u32(file, &captured) ||
        !bytes_u32(file, &len))
        return false;
    captured = little(captured) < file->left ? little(captured) : (uint32_t)file->left;
    *packet = (struct packet){
        .wire_len = little(len) > captured ? little(len) : captured,
        .link_type = line->link_type,
        .time_ns = little(seconds) * NANOSECONDS + little(microseconds) * 1000LL,
        .number = line->source.packets + 1,
    };
    return bytes_take(file, captured, &packet->data);
}

void line_count(struct line *line, const struct packet *packet)
{
    struct packet copy = *packet;
    uint8_t *data = malloc(packet->data.left); /* of its own, so that a sanitizer sees a look at it after its time */

    promise(bytes_copy(packet->data, data, packet->data.left));
    copy.data.data = data;
    pipeline_packet(&line->pipeline, &copy);
    free(data);
}

void line_flush(struct line *line)
{
    pipeline_catch_up(&line->pipeline);
    pipeline_flush(&line->pipeline);
    pipeline_settle_counts(&line->pipeline);
}

void line_close(struct line *line)
{
    const struct source_record *source = &line->source;
    struct flow_event event;
    uint64_t fates = 0;

    for (int fate = 0; fate < FATE_COUNT; fate++)
        fates += source->fates[fate];
    promise(fates == source->packets);
    /* a client's bytes that say nothing and are not answered are a scan, what --discover finds to be neither mail nor TLS is
     * nothing; all else is a session */
    promise(source->flows >= line->judge.sessions);
    promise(line->pipeline.services->discover != NULL || source->flows <= line->judge.sessions + source->scans);
    promise(flow_table_next(line->pipeline.flows, &event) == NULL);
    promise(source->given_up_sessions <= source->flows && source->given_up_flows <= source->flows);
    promise(source->gap_bytes >= source->gaps);
    host_names_close(line->pipeline.names);
    pipeline_close(&line->pipeline);
}

/* ---- a session ------------------------------------------------------------------------------------ */

/* Made safe: made safe once more, it is as it was, but for the backslashes. */
static void judge_text(const char *text, size_t size)
{
    char once[TEXT_BYTES_MAX], twice[TEXT_BYTES_MAX];
    const size_t len = strnlen(text, size);

    promise(len < size && size <= sizeof(once));
    for (size_t i = 0; i <= len; i++)
        once[i] = text[i] == '\\' ? '/' : text[i];
    promise(text_safe((struct bytes){(const uint8_t *)once, len}, twice, sizeof(twice)) == len);
    promise(memcmp(once, twice, len) == 0);
}

static void judge_texts(const struct session *session)
{
#define JUDGE_TEXT(field) judge_text(session->field, sizeof(session->field))
    JUDGE_TEXT(offer.server_name);
    JUDGE_TEXT(offer.alpn);
    JUDGE_TEXT(offer.ja3);
    JUDGE_TEXT(offer.ja4);
    JUDGE_TEXT(answer.alpn);
    JUDGE_TEXT(answer.ja3s);
    JUDGE_TEXT(certificate.subject);
    JUDGE_TEXT(certificate.issuer);
    JUDGE_TEXT(certificate.key_type);
    JUDGE_TEXT(certificate.signature);
    JUDGE_TEXT(login);
    JUDGE_TEXT(hints.dns_name);
    JUDGE_TEXT(hints.client_software);
    JUDGE_TEXT(hints.server_software);
    JUDGE_TEXT(hints.greeting);
#undef JUDGE_TEXT
}

static void judge_version(const struct session *session)
{
    const bool refused = session->outcome == OUTCOME_REFUSED;

    promise(session->negotiated == VERSION_UNKNOWN || session->evidence != EVIDENCE_NONE);
    promise(session->evidence != EVIDENCE_RECORDS || session->negotiated != VERSION_UNKNOWN);
    promise(session->evidence != EVIDENCE_HANDSHAKE || session->answer.seen || (refused && session->offer.seen));
    promise(session->outcome != OUTCOME_ESTABLISHED || session->answer.seen || session->answer.unreadable);
    promise(session->outcome != OUTCOME_NEGOTIATED || session->answer.seen || session->answer.unreadable);
    promise(session->offer.maximum == VERSION_UNKNOWN || session->offer.seen);
    promise(!refused || session->negotiated == VERSION_UNKNOWN);
}

static void judge_outcome(const struct session *session)
{
    promise(session->outcome > OUTCOME_NONE && session->outcome < OUTCOME_COUNT);
    promise((session->outcome == OUTCOME_REFUSED) == (session->refused_by != REFUSAL_NONE));
    promise(session->refused_by != REFUSAL_ALERT || session->alerts[SIDE_SERVER].seen);
    promise(session->outcome != OUTCOME_CLEARTEXT || session->login[0] != 0);
    promise(session->outcome != OUTCOME_UNANSWERED || !session->answer.seen);
    promise(session->directions != 0 || session->evidence == EVIDENCE_NONE); /* all of it was cut off */
    promise(session->vlan_count <= LINK_VLANS_MAX && session->tunnel < TUNNEL_COUNT);
    promise(session->offer.version_count <= SESSION_VERSIONS_MAX);
}

/* In the recorder's place (recorder.h): judges the session instead of recording it. */
void recorder_judge(struct recorder *recorder, struct reader *reader)
{
    const struct session *session = reader->session;

    (void)recorder;
    promise(session->first.number > 0 && session->last.number > 0);
    judge_outcome(session);
    judge_version(session);
    judge_texts(session);
}

void recorder_tell(struct recorder *recorder, const struct session *session)
{
    char *event = event_line(session, &(struct event_context){.observer = "fuzzer", .source = "fuzzer"});

    (void)recorder;
    promise(event != NULL && event[0] == '{' && event[strlen(event) - 1] == '\n');
    free(event);
}

void recorder_set_right(const struct recorder *recorder, struct session *session)
{
    session->first.time_ns += recorder->moved_ns;
    session->last.time_ns += recorder->moved_ns;
}

void recorder_name_client(
    struct recorder *recorder, struct host_names *names, const struct session *session)
{
    struct host_told told;

    (void)recorder;
    if (host_names_told(names, &session->endpoints[SIDE_CLIENT].address, session->first.time_ns, &told)) {
        judge_text(told.name, sizeof(told.name));
        judge_text(told.class, sizeof(told.class));
    }
}

uint64_t recorder_store(struct recorder *recorder, const struct session *session)
{
    (void)session;
    return ++recorder->sessions;
}

void recorder_amend(struct recorder *recorder, const struct amendment *amendment)
{
    promise(amendment->observation > 0 && amendment->observation <= recorder->sessions);
    promise(amendment->last.number > 0);
}
