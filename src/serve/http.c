/* SPDX-License-Identifier: BSD-2-Clause */
/* http.c: requests in, replies out. The one file that knows libmicrohttpd. */
#include "changes.h"
#include "readers.h"
#include "served_files.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REQUEST_SECONDS    15         /* a client that is slower than that is not waited for */
#define REQUEST_BYTES      (16 << 10) /* of a head; longer ones are refused */
#define LOOKS_A_SECOND     4
#define TEXT_BLOCK_BYTES   (64 << 10)
#define EVENTS_BLOCK_BYTES ((size_t)2 * EVENT_BYTES)
#define LISTENERS_MAX      (SERVE_CONNECTIONS_MAX / 2)

/* One connection that waits for changes. */
struct waiting {
    struct server *server;
    struct MHD_Connection *connection;
    struct listener listener;
    bool is_used, is_suspended;
};

struct server {
    const struct serving *serving;
    struct MHD_Daemon *daemon;
    struct readers *readers;
    pthread_mutex_t lock; /* of all below, and of the report's inventory */
    enum served served;
    int64_t revision, woken_s;
    bool is_ending;
    struct waiting waiting[LISTENERS_MAX];
};

static int64_t now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void add_headers(struct MHD_Response *response, const char *type)
{
    static const struct {
        const char *name, *value;
    } rows[] = {
        {"Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            "img-src 'self' data:; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cache-Control", "no-store"},
    };

    MHD_add_response_header(response, "Content-Type", type);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        MHD_add_response_header(response, rows[i].name, rows[i].value);
}

/* ---- a reply that is whole ----------------------------------------------------------------------- */

/* Piece by piece: head and text in one call would need sendmsg, which the sandbox has not. */
static ssize_t read_text(void *context, uint64_t from, char *out, size_t most)
{
    const struct reply *reply = context;
    const size_t left = from < reply->size ? reply->size - (size_t)from : 0;
    const size_t len = left < most ? left : most;

    memcpy(out, reply->text + from, len);
    return len > 0 ? (ssize_t)len : MHD_CONTENT_READER_END_OF_STREAM;
}

static void free_text(void *context)
{
    struct reply *reply = context;

    free(reply->text);
    free(reply);
}

/* Takes the text of the reply. */
static enum MHD_Result send_reply(struct MHD_Connection *connection, const struct reply *reply)
{
    struct reply *kept = malloc(sizeof(*kept));
    struct MHD_Response *response;
    enum MHD_Result sent;

    if (kept == NULL || reply->text == NULL) {
        free(reply->text);
        free(kept);
        return MHD_NO;
    }
    *kept = *reply;
    response =
        MHD_create_response_from_callback(reply->size, TEXT_BLOCK_BYTES, read_text, kept, free_text);
    if (response == NULL) {
        free_text(kept);
        return MHD_NO;
    }
    add_headers(response, reply->type);
    if (reply->status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, "Allow", "GET, HEAD");
    sent = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return sent;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned status, const char *sentence)
{
    struct reply reply = {.status = status, .type = "text/plain; charset=utf-8", .text = strdup(sentence)};

    reply.size = reply.text == NULL ? 0 : strlen(reply.text);
    return send_reply(connection, &reply);
}

/* ---- changes --------------------------------------------------------------------------------------- */

static ssize_t read_change(void *context, uint64_t from, char *out, size_t most)
{
    struct waiting *waiting = context;
    struct server *server = waiting->server;
    size_t len = 0;

    (void)from;
    pthread_mutex_lock(&server->lock);
    if (most >= EVENT_BYTES && !server->is_ending)
        len = listener_next(&waiting->listener, server->revision, now_s(), out);
    if (len == 0 && server->is_ending) {
        pthread_mutex_unlock(&server->lock);
        return MHD_CONTENT_READER_END_OF_STREAM;
    }
    if (len == 0) {
        waiting->is_suspended = true;
        MHD_suspend_connection(waiting->connection);
    }
    pthread_mutex_unlock(&server->lock);
    return (ssize_t)len;
}

static void end_waiting(void *context)
{
    struct waiting *waiting = context;

    pthread_mutex_lock(&waiting->server->lock);
    waiting->is_used = false;
    pthread_mutex_unlock(&waiting->server->lock);
}

/* Everybody who waits is asked what he is to be told. */
static void wake_all(struct server *server)
{
    for (size_t i = 0; i < LISTENERS_MAX; i++) {
        struct waiting *waiting = &server->waiting[i];

        if (!waiting->is_used || !waiting->is_suspended)
            continue;
        waiting->is_suspended = false;
        MHD_resume_connection(waiting->connection);
    }
}

static void look_for_changes(struct server *server)
{
    int64_t revision;
    struct error error;

    if (!inventory_revision(server->serving->report.inventory, &revision, &error))
        revision = server->revision;
    if (revision == server->revision && now_s() - server->woken_s < SIGN_OF_LIFE_S)
        return;
    server->revision = revision;
    server->woken_s = now_s();
    wake_all(server);
}

/* What the one who comes knows: who was here before has it from the last event, a page from when it was made,
 * which may be after the last look. */
static struct waiting *begin_waiting(struct server *server, struct MHD_Connection *connection)
{
    const char *last_id = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Last-Event-ID");
    struct waiting *found = NULL;

    if (last_id == NULL)
        last_id = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "revision");
    pthread_mutex_lock(&server->lock);
    look_for_changes(server);
    for (size_t i = 0; i < LISTENERS_MAX && found == NULL; i++)
        if (!server->waiting[i].is_used)
            found = &server->waiting[i];
    if (found != NULL) {
        *found = (struct waiting){.server = server, .connection = connection, .is_used = true};
        listener_begin(&found->listener, last_id, now_s());
    }
    pthread_mutex_unlock(&server->lock);
    return found;
}

static enum MHD_Result send_changes(struct server *server, struct MHD_Connection *connection)
{
    struct waiting *waiting = begin_waiting(server, connection);
    struct MHD_Response *response;
    enum MHD_Result sent;

    if (waiting == NULL)
        return refuse(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "too many wait for changes already\n");
    response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, EVENTS_BLOCK_BYTES, read_change, waiting, end_waiting);
    if (response == NULL) {
        end_waiting(waiting);
        return MHD_NO;
    }
    add_headers(response, "text/event-stream");
    sent = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return sent;
}

/* False with a sentence: what is served will never be what the path names. */
static bool look_for_files(struct server *server, struct error *error)
{
    const char *path = server->serving->report.path;
    const enum served before = server->served;

    server->served = served_files_look(server->serving->watched, path, before);
    if (server->served == SERVED_OTHER || server->served == SERVED_UNWATCHED)
        return error_set(error, "%s %s", path, served_sentence(server->served));
    if (server->served == SERVED_GONE && before != SERVED_GONE)
        complain("%s %s", path, served_sentence(server->served));
    return true;
}

static bool look(struct server *server, struct error *error)
{
    bool is_there;

    pthread_mutex_lock(&server->lock);
    look_for_changes(server);
    is_there = look_for_files(server, error);
    pthread_mutex_unlock(&server->lock);
    return is_there;
}

/* ---- requests -------------------------------------------------------------------------------------- */

/* False: one of them is too long. */
static bool read_parameters(struct MHD_Connection *connection, struct request *request)
{
    for (enum parameter i = 0; i < PARAMETER_COUNT; i++) {
        const char *value =
            MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, parameter_name(i));

        if (value != NULL && strlen(value) >= PARAMETER_BYTES)
            return false;
        /* a field of a form that was left empty asks for nothing */
        request->parameters[i] = value == NULL || value[0] == '\0' ? NULL : value;
    }
    return true;
}

/* The connection rests until a reader has the reply: libmicrohttpd then calls `handle` again. */
static void resume(struct task *task)
{
    MHD_resume_connection(task->context);
}

/* What the request points to is libmicrohttpd's until the connection has got its reply. */
static enum MHD_Result ask_readers(
    struct server *server, struct MHD_Connection *connection, const struct request *request, void **state)
{
    struct task *task = calloc(1, sizeof(*task));

    if (task == NULL)
        return MHD_NO;
    *state = task; /* end_request frees it */
    task->request = *request;
    task->context = connection;
    MHD_suspend_connection(connection); /* before somebody resumes it */
    if (!readers_put(server->readers, task)) {
        reply_that_it_ends(&task->reply);
        resume(task);
    }
    return MHD_YES;
}

static enum MHD_Result answer_request(
    struct server *server, struct MHD_Connection *connection, const char *path, void **state)
{
    struct request request = {.path = path};
    struct reply reply = {.text = NULL};

    if (!read_parameters(connection, &request))
        return refuse(connection, MHD_HTTP_BAD_REQUEST, "a parameter is too long\n");
    pthread_mutex_lock(&server->lock);
    request.notice = served_sentence(server->served);
    if (request_lane(&request) == LANE_AT_ONCE)
        request_answer(server->serving, server->serving->report.inventory, &request, &reply);
    pthread_mutex_unlock(&server->lock);
    return request_lane(&request) == LANE_AT_ONCE ? send_reply(connection, &reply)
                                                  : ask_readers(server, connection, &request, state);
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, struct task *task)
{
    const struct reply reply = task->reply;

    task->reply.text = NULL;
    return send_reply(connection, &reply);
}

/* Of a request of which the head is read, before it is answered. */
static int is_read;

/* The request has its reply, or its connection ended. */
static void end_request(void *context, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode code)
{
    struct task *task = *state == &is_read ? NULL : *state;

    (void)context;
    (void)connection;
    (void)code;
    if (task != NULL)
        free(task->reply.text);
    free(task);
    *state = NULL;
}

static bool is_reading(const char *method)
{
    return strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

/* The memory of a connection is for its reply, too: libmicrohttpd itself takes a head that fills it all. */
static bool is_head_too_long(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *head =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    return head != NULL && head->header_size > REQUEST_BYTES;
}

/* libmicrohttpd calls it once for the head of a request, again for what follows, and, where the connection
 * rested, once more. */
/* NOLINTNEXTLINE(readability-function-size): its parameters are libmicrohttpd's */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *upload, size_t *upload_size, void **state)
{
    struct server *server = context;

    (void)version;
    (void)upload;
    if (*state == NULL && is_reading(method)) {
        *state = &is_read;
        return MHD_YES;
    }
    if (*state != NULL && *state != &is_read)
        return send_answer(connection, *state);
    *upload_size = 0;
    if (!is_reading(method))
        return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only\n");
    if (is_head_too_long(connection))
        return refuse(
            connection, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, "a request's head has 16 KiB at most\n");
    if (!host_is_allowed(
            server->serving, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST)))
        return refuse(connection, MHD_HTTP_MISDIRECTED_REQUEST,
            "the Host header names another machine; where a web server stands before this one: "
            "--allow-host NAME\n");
    if (strcmp(path, "/changes") == 0 && strcmp(method, MHD_HTTP_METHOD_GET) == 0)
        return send_changes(server, connection);
    return answer_request(server, connection, path, state);
}

static bool begin(struct server *server, int listener)
{
    server->readers = readers_begin(server->serving, resume);
    if (server->readers == NULL)
        return false;
    server->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
        handle, server, MHD_OPTION_NOTIFY_COMPLETED, end_request, NULL, MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVE_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)REQUEST_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(REQUEST_BYTES + 2 * TEXT_BLOCK_BYTES), MHD_OPTION_END);
    if (server->daemon != NULL)
        return true;
    readers_end(server->readers);
    readers_close(server->readers);
    return false;
}

/* libmicrohttpd ends only where nobody is suspended. */
static void end(struct server *server)
{
    readers_end(server->readers);
    pthread_mutex_lock(&server->lock);
    server->is_ending = true;
    wake_all(server);
    pthread_mutex_unlock(&server->lock);
    MHD_stop_daemon(server->daemon);
    readers_close(server->readers);
}

bool serve_run(int listener, const struct serving *serving, bool (*stop)(void), struct error *error)
{
    static struct server server;
    const struct timespec pause = {.tv_nsec = 1000000000 / LOOKS_A_SECOND};
    bool is_there = true;

    server = (struct server){.serving = serving, .lock = PTHREAD_MUTEX_INITIALIZER, .woken_s = now_s()};
    if (!inventory_revision(serving->report.inventory, &server.revision, error))
        return false;
    if (!begin(&server, listener))
        return error_set(error, "the web server cannot begin; --no-sandbox tells whether the sandbox is why");
    while (is_there && !stop()) {
        nanosleep(&pause, NULL);
        is_there = look(&server, error);
    }
    end(&server);
    return is_there;
}
