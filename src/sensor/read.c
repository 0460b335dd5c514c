/* SPDX-License-Identifier: BSD-2-Clause */
/* read.c: what `lasthello read` does: lists files, opens them through the monitor, and tells how it went. */
#include "block.h"
#include "read_files.h"

#include <lasthello/hash.h>
#include <lasthello/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- what is said ------------------------------------------------------------------------------- */

static void show_progress(struct run *run)
{
    struct read_job *job = run->work;
    char files[COUNT_TEXT_BYTES], listed[COUNT_TEXT_BYTES], packets[COUNT_TEXT_BYTES], percent[32] = "",
                                                                                       line[256];
    uint64_t seen = 0;

    for (unsigned i = 0; i < run->worker_count; i++)
        seen += run->workers[i].packets;
    if (job->file_runs.bytes_in_all > 0)
        snprintf(
            percent, sizeof(percent), ", %d%%", (int)(job->bytes_read * 100 / job->file_runs.bytes_in_all));
    snprintf(line, sizeof(line), "%s of %s file%s%s, %s packets", count_text(job->files_read, files),
        count_text(job->file_runs.file_count, listed), job->file_runs.file_count == 1 ? "" : "s", percent,
        count_text(seen, packets));
    error_show(atomic_load(&run->working) == 0 ? "" : line);
}

/* "3 of 3 files read (1 already in the inventory, skipped)" */
static void write_files(const struct run *run, const struct read_job *job, char *out, size_t size)
{
    char read[COUNT_TEXT_BYTES], files[COUNT_TEXT_BYTES], known[COUNT_TEXT_BYTES];
    const uint64_t copies = run->known + job->file_runs.copies;
    size_t used =
        (size_t)snprintf(out, size, "%s%s of %s file%s read%s", run->stopping ? "stopped early: " : "",
            count_text(job->files_read, read), count_text(job->file_runs.file_count, files),
            job->file_runs.file_count == 1 ? "" : "s", run->stopping ? " to the end" : "");

    if (copies > 0 && used < size)
        snprintf(out + used, size - used, " (%s already in the inventory, skipped)",
            count_text(copies, known));
}

/* "; 9 sessions could not be stored: when that is mended, read again" */
static void write_loss(const struct run *run, char *out, size_t size)
{
    char number[COUNT_TEXT_BYTES];

    out[0] = '\0';
    if (run->unstored > 0)
        snprintf(out, size, "; %s session%s could not be stored: when that is mended, read again",
            count_text(run->unstored, number), run->unstored == 1 ? "" : "s");
}

static void tell_result(const struct run *run, const struct read_job *job, uint64_t sessions, uint64_t legacy)
{
    char all[COUNT_TEXT_BYTES], old[COUNT_TEXT_BYTES], files[256], loss[128];
    char found[128] = "no mail session was seen, which proves nothing";

    if (sessions > 0)
        snprintf(found, sizeof(found), "%s session%s, %s with TLS 1.1 or older", count_text(sessions, all),
            sessions == 1 ? "" : "s", count_text(legacy, old));
    write_files(run, job, files, sizeof(files));
    write_loss(run, loss, sizeof(loss));
    complain("%s: %s%s; next: lasthello report %s", files, found, loss, run->options->inventory);
}

static void tell_of_notes(const struct file_runs *file_runs)
{
    char number[COUNT_TEXT_BYTES];
    const bool one = file_runs->notes == 1;

    if (file_runs->notes > 0)
        complain("%s file%s left out, being text and no capture%s: %s", count_text(file_runs->notes, number),
            one ? "" : "s", one ? "" : "s", file_runs->note_names);
}

/* ---- in the sandbox ----------------------------------------------------------------------------- */

/* What is found out about the files only when they are opened. */
static void order_file_runs(struct run *run, struct read_job *job)
{
    struct file_runs *file_runs = &job->file_runs;
    struct error error;

    file_runs_order(file_runs, run->monitor);
    atomic_fetch_add(&job->files_read, file_runs->copies);
    tell_of_notes(file_runs);
    for (size_t i = 0; i < job->options->argument_count; i++) {
        if (!job->is_folder[i] || !file_runs_is_empty(file_runs, job->options->arguments[i]))
            continue;
        error_set(&error, "%s: no capture files (pcap, pcapng) in this folder", job->options->arguments[i]);
        run_fail(run, &error);
    }
    if (job->options->block > 0)
        block_cut(file_runs, job->options->block, job->options->block_count);
}

/* Judged where names are looked up as little as when it is used, and before any file is opened. */
static bool check_filter(const struct read_options *options)
{
    struct error error;

    if (options->filter == NULL || source_filter_check(options->filter, &error))
        return true;
    complain("%s", error.text);
    return false;
}

static int read_in_sandbox(struct run *run, struct read_job *job)
{
    uint64_t sessions = 0, legacy = 0;
    bool stored;

    run->work = job;
    run->progress = job->options->show_progress ? show_progress : NULL;
    run->failed = job->is_incomplete;
    order_file_runs(run, job);
    run_workers(run, read_work);
    for (unsigned i = 0; i < run->worker_count; i++) {
        sessions += run->workers[i].recorder.sessions;
        legacy += run->workers[i].recorder.legacy;
    }
    stored = run_close(run);
    if (job->files_read > 0 || job->bytes_read > 0)
        tell_result(run, job, sessions, legacy);
    return stored && !run->failed && !run->stopping ? EXIT_DONE : EXIT_FAILED;
}

static int leave(struct run *run, int status)
{
    run_close(run);
    return status;
}

/* 143=imap,993=imaps */
static void list_services(const struct services *services, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (unsigned port = 0; port <= UINT16_MAX && used < size; port++) {
        const struct service *service = services_at(services, (uint16_t)port);

        if (service != NULL)
            used += (size_t)snprintf(
                out + used, size - used, "%s%u=%s", used == 0 ? "" : ",", port, service->name);
    }
}

/* What decides whether another reading of a capture knows more. */
static void ask_writer(struct run *run, const struct read_job *job)
{
    const struct read_options *options = job->options;
    struct reading_asked asked = {
        .filter = options->filter,
        .discover = options->sensor.services.discover != NULL,
    };

    list_services(&options->sensor.services, asked.ports, sizeof(asked.ports));
    memcpy(asked.rules, job->rules, sizeof(asked.rules));
    writer_asked(run->shared.writer, &asked);
}

static int sense(struct monitor *monitor, void *argument)
{
    struct read_job *job = argument;
    struct run run;

    if (!run_open(&run, &job->options->sensor, monitor, job->options->jobs, true))
        return EXIT_FAILED;
    if (!run_give_up_rights(&run))
        return leave(&run, EXIT_FAILED);
    ask_writer(&run, job);
    if (!check_filter(job->options))
        return leave(&run, EXIT_USAGE);
    return read_in_sandbox(&run, job);
}

/* ---- before it ---------------------------------------------------------------------------------- */

static void list_files(struct read_job *job)
{
    const struct read_options *options = job->options;

    for (size_t i = 0; i < options->tap_count; i++)
        job->is_incomplete = !file_runs_add_tap(&job->file_runs, options->taps[i]) || job->is_incomplete;
    for (size_t i = 0; i < options->argument_count; i++) {
        struct stat about;

        job->is_folder[i] = stat(options->arguments[i], &about) == 0 && S_ISDIR(about.st_mode);
        if (file_runs_add(&job->file_runs, options->arguments[i]))
            continue;
        job->is_incomplete = true;
        job->is_folder[i] = false; /* that it has no captures need not be said as well */
    }
}

/* The program, its rules for the names of providers, and whose PROXY headers are believed. */
static void describe_rules(struct read_job *job)
{
    const struct services *services = &job->options->sensor.services;
    const char *path = run_rules_path(&job->options->sensor);
    struct stat about = {0};
    uint64_t proxies;

    proxies =
        hash_bytes(&hash_key_zero, services->proxies, services->proxy_count * sizeof(services->proxies[0]));
    if (path != NULL && stat(path, &about) != 0)
        about = (struct stat){0};
    snprintf(job->rules, sizeof(job->rules), "%.16s %llx %llx %llx", LASTHELLO_VERSION,
        (long long)about.st_size, (long long)about.st_mtime, (unsigned long long)proxies);
}

int read_captures(const struct read_options *options)
{
    struct monitor_files files = {.inventory = options->sensor.inventory, .events = options->sensor.events};
    struct read_job job = {.options = options};
    const char **paths = NULL;
    int status = EXIT_FAILED;

    describe_rules(&job);
    job.is_folder = calloc(options->argument_count + 1, sizeof(*job.is_folder));
    if (job.is_folder != NULL) {
        list_files(&job);
        paths = file_runs_paths(&job.file_runs);
    }
    files.captures = paths;
    files.capture_count = job.file_runs.file_count;
    if (paths != NULL)
        status = monitor_run(&files, sense, &job);
    free(paths);
    free(job.is_folder);
    file_runs_free(&job.file_runs);
    return status == MONITOR_STOPPED ? EXIT_FAILED : status;
}
