/* SPDX-License-Identifier: BSD-2-Clause */
/* recorder.c: from a settled session to its event and its row in the ledger. */
#include "recorder.h"

#include <lasthello/text.h>

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#define NAMES_MAX 65536

struct recorded_name {
    uint64_t id;
    char name[256];
};
static_assert(
    sizeof(((struct recorded_name *)NULL)->name) == sizeof(((struct source_record *)NULL)->name), "whole");

bool recorder_open(struct recorder *recorder, struct shared *shared, unsigned worker, struct error *error)
{
    *recorder = (struct recorder){
        .shared = shared, .worker = worker, .exchanged_ns = clock_ns(CLOCK_MONOTONIC_COARSE)};
    recorder->ledger = ledger_open();
    if (recorder->ledger != NULL &&
        id_table_open(&recorder->names, sizeof(struct recorded_name), NAMES_MAX) &&
        recorder_begin_capture(recorder))
        return true;
    return error_set(error, "not enough memory for a ledger");
}

bool recorder_begin_capture(struct recorder *recorder)
{
    fallbacks_close(recorder->fallbacks);
    recorder->fallbacks = fallbacks_open();
    return recorder->fallbacks != NULL;
}

void recorder_close(struct recorder *recorder)
{
    if (recorder->ledger != NULL && !ledger_is_empty(recorder->ledger)) {
        writer_wait(recorder->shared->writer, recorder->worker);
        recorder_exchange(recorder);
    }
    ledger_close(recorder->ledger);
    fallbacks_close(recorder->fallbacks);
    id_table_close(&recorder->names);
    *recorder = (struct recorder){0};
}

void recorder_exchange(struct recorder *recorder)
{
    recorder->ledger = writer_exchange(recorder->shared->writer, recorder->worker, recorder->ledger);
    recorder->exchanged_ns = clock_ns(CLOCK_MONOTONIC_COARSE);
    if (recorder->shared->events != NULL)
        events_flush(recorder->shared->events);
}

bool recorder_due(const struct recorder *recorder, int64_t after_ns)
{
    return clock_ns(CLOCK_MONOTONIC_COARSE) - recorder->exchanged_ns >= after_ns;
}

/* Room in the ledger, if it can be had: by handing it over, and, when reading files, by waiting for that. */
static void make_room(struct recorder *recorder)
{
    if (recorder->shared->patient)
        writer_wait(recorder->shared->writer, recorder->worker);
    recorder_exchange(recorder);
}

/* Where there are more of them than any session goes over, the oldest are forgotten all at once. */
static void remember_name(struct recorder *recorder, const struct source_record *source)
{
    struct recorded_name *row;
    bool is_new;

    if (!id_table_has_room(&recorder->names, 1))
        id_table_clear(&recorder->names);
    row = id_table_put(&recorder->names, source->id, &is_new);
    if (is_new)
        memcpy(row->name, source->name, sizeof(row->name));
}

void recorder_source(struct recorder *recorder, const struct source_record *source)
{
    remember_name(recorder, source);
    if (ledger_source(recorder->ledger, source))
        return;
    make_room(recorder);
    ledger_source(recorder->ledger, source);
}

void recorder_conclude(struct recorder *recorder, const struct conclusion *conclusion)
{
    if (ledger_conclude(recorder->ledger, conclusion))
        return;
    make_room(recorder);
    ledger_conclude(recorder->ledger, conclusion);
}

static const char *source_name(const struct recorder *recorder, uint64_t id)
{
    const struct recorded_name *row = id_table_find(&recorder->names, id);

    return row == NULL ? "" : row->name;
}

void recorder_set_right(const struct recorder *recorder, struct session *session)
{
    session->first.time_ns += recorder->moved_ns;
    session->last.time_ns += recorder->moved_ns;
}

void recorder_tell(struct recorder *recorder, const struct session *session)
{
    char community_id[COMMUNITY_ID_BYTES];
    struct event_context context = {
        .observer = recorder->shared->observer,
        .source = source_name(recorder, session->first.source),
    };
    char *line;

    if (recorder->shared->events == NULL)
        return;
    if (providers_community_id(session, community_id, sizeof(community_id)))
        context.community_id = community_id;
    line = event_line(session, &context);
    events_write(recorder->shared->events, line);
    free(line);
}

/* Of a certificate the name is its subject. */
static const char *server_name_source(const struct session *session)
{
    if (session->offer.server_name[0] != '\0')
        return "sni";
    if (session->hints.dns_name[0] != '\0')
        return "dns";
    return session->certificate.seen && session->certificate.readable ? "certificate" : NULL;
}

void recorder_judge(struct recorder *recorder, struct reader *reader)
{
    struct providers *providers = recorder->shared->providers;
    struct bytes client = {reader->opening[SIDE_CLIENT], reader->opening_len[SIDE_CLIENT]};
    struct bytes server = {reader->opening[SIDE_SERVER], reader->opening_len[SIDE_SERVER]};

    reader->session->server_name_source = server_name_source(reader->session);
    cause_judge(recorder->fallbacks, reader->session);
    providers_name(providers, reader->session);
    if (reader->session->outcome == OUTCOME_FOREIGN)
        providers_foreign(providers, reader->session, client, server);
}

static void put_name(struct recorder *recorder, const struct told_name *told)
{
    if (told->name[0] == '\0' || ledger_name(recorder->ledger, recorder->shared->site, told))
        return;
    make_room(recorder);
    ledger_name(recorder->ledger, recorder->shared->site, told);
}

void recorder_name_client(struct recorder *recorder, struct host_names *names, const struct session *session)
{
    const struct address *client = &session->endpoints[SIDE_CLIENT].address;
    const int64_t time_ns = session->first.time_ns;
    int64_t stored_ns;
    char mac[TEXT_MAC_BYTES] = "";
    struct host_told told;

    if (!host_names_told(names, client, time_ns, &told))
        return;
    if (told.has_mac)
        text_mac(told.mac, mac);
    stored_ns = time_ns + recorder->moved_ns;
    put_name(recorder, &(struct told_name){*client, told.name, "dhcp", stored_ns});
    put_name(recorder, &(struct told_name){*client, told.class, "dhcp_class", stored_ns});
    put_name(recorder, &(struct told_name){*client, mac, "dhcp_mac", stored_ns});
}

uint64_t recorder_store(struct recorder *recorder, const struct session *session)
{
    struct shared *shared = recorder->shared;
    uint64_t observation = 0;

    tally_note(&recorder->tally, session);
    recorder->sessions += session->outcome != OUTCOME_FOREIGN;
    recorder->legacy += cause_is_legacy(session->cause);
    halves_note(shared->halves, session, source_name(recorder, session->first.source));
    if (ledger_add(recorder->ledger, shared->site, session, &observation))
        return observation;
    make_room(recorder);
    if (ledger_add(recorder->ledger, shared->site, session, &observation))
        return observation;
    recorder->unstored++;
    return 0;
}

void recorder_amend(struct recorder *recorder, const struct amendment *amendment)
{
    struct amendment moved = *amendment;

    moved.last.time_ns += recorder->moved_ns;
    if (ledger_amend(recorder->ledger, &moved))
        return;
    make_room(recorder);
    if (!ledger_amend(recorder->ledger, &moved))
        recorder->unstored++;
}
