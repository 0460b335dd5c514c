/* SPDX-License-Identifier: BSD-2-Clause */
/* generate.c: makes the captures of the benchmarks: generate WORKLOAD CERTIFICATE.der SCALE [SEED] > capture.pcap
 *
 * hello: SCALE connections of about 15 packets on the four ports, 60% as many clients, 200 servers, 40% STARTTLS,
 * SSL 3.0 to TLS 1.3, one after the other. interleaved: the same, of which 500 are open at once, with 20 certificates.
 * crowd: 20,000 are open at once. diverse: 500, and each session has a certificate of its own. names: 500, and the
 * server names, 5,000, do not belong to the servers. bulk: SCALE connections with 1 MB of records each. mix: SCALE
 * packets, of which mail is 3%. flood: SCALE SYNs to 993 from random addresses, 10% followed by a hello that never
 * ends, 10% by garbage, of any length. idle: SCALE established connections held open at once. The same SCALE and SEED
 * give the same bytes. */
#include "outbox.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVER_COUNT 200
#define BULK_BYTES   (1 << 20)
#define RECORD_BYTES 1400

struct peer {
    uint32_t address;
    uint16_t port;
    uint32_t sequence;
};

struct connection {
    struct peer client, server;
    uint16_t version; /* offered and negotiated, on the wire */
    uint32_t server_index;
    uint32_t certificate; /* which one */
    uint32_t name;        /* whose */
};

struct message {
    uint8_t bytes[4096];
    size_t len;
};

static uint64_t random_state = 88172645463325252;
static struct outbox *outbox; /* where packets go */
static uint8_t certificate[2048];
static size_t certificate_len;

static uint32_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16);
}

static void put(struct message *message, const void *data, size_t len)
{
    memcpy(message->bytes + message->len, data, len);
    message->len += len;
}

static void put_number(struct message *message, uint32_t number, int width)
{
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
        message->bytes[message->len++] = (uint8_t)(number >> shift);
}

/* Writes the length of what follows `at` into the `width` bytes there. */
static void close_length(struct message *message, size_t at, int width)
{
    size_t len = message->len - at - (size_t)width;

    for (int i = 0; i < width; i++)
        message->bytes[at + (size_t)i] = (uint8_t)(len >> (8 * (width - 1 - i)));
}

static void put_random(struct message *message, size_t len)
{
    for (size_t i = 0; i < len; i++)
        message->bytes[message->len++] = (uint8_t)random_number();
}

static void write_frame(const struct peer *from, const struct peer *to, uint8_t flags, const uint8_t *payload,
    size_t len)
{
    struct message header = {.len = 0};

    put(&header, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0\x45\0", 16);
    put_number(&header, (uint32_t)(40 + len), 2);
    put_number(&header, random_number(), 2);
    put(&header, "\x40\0\x40\x06\0\0", 6);
    put_number(&header, from->address, 4);
    put_number(&header, to->address, 4);
    put_number(&header, from->port, 2);
    put_number(&header, to->port, 2);
    put_number(&header, from->sequence, 4);
    put_number(&header, flags == 0x02 ? 0 : to->sequence, 4);
    put_number(&header, 0x5000u | flags, 2);
    put(&header, "\xff\xff\0\0\0\0", 6);
    outbox_put(outbox, header.bytes, header.len, payload, len);
}

static void send_flags(struct peer *from, const struct peer *to, uint8_t flags)
{
    write_frame(from, to, flags, (const uint8_t *)"", 0);
    from->sequence += (flags & 0x03) != 0;
}

static void send_message(struct peer *from, const struct peer *to, const struct message *message)
{
    for (size_t at = 0; at < message->len; at += 1460) {
        size_t len = message->len - at < 1460 ? message->len - at : 1460;

        write_frame(from, to, 0x18, message->bytes + at, len);
        from->sequence += (uint32_t)len;
    }
}

static void send_text(struct peer *from, const struct peer *to, const char *text)
{
    struct message message = {.len = 0};

    put(&message, text, strlen(text));
    send_message(from, to, &message);
}

static size_t begin_record(struct message *message, uint8_t type, uint16_t version)
{
    put_number(message, type, 1);
    put_number(message, version == 0x0304 ? 0x0303 : version, 2);
    put_number(message, 0, 2);
    return message->len - 2;
}

static void put_versions(struct message *message, uint16_t version)
{
    static const uint16_t tls13[] = {0x0304, 0x0303};

    if (version != 0x0304)
        return;
    put(message, "\x00\x2b\x00\x05\x04", 5);
    put_number(message, tls13[0], 2);
    put_number(message, tls13[1], 2);
}

static void put_client_hello(struct message *message, const struct connection *connection)
{
    char name[64];
    size_t record = begin_record(message, 22, 0x0301);
    size_t handshake = message->len + 1, extensions, list;

    put(message, "\x01\0\0\0", 4);
    put_number(message, connection->version == 0x0304 ? 0x0303 : connection->version, 2);
    put_random(message, 32);
    put(message, "\x20", 1);
    put_random(message, 32);
    put(message, "\x00\x0c\x13\x01\x13\x02\xc0\x2f\xc0\x30\x00\x2f\x00\x35\x01\x00", 16);
    extensions = message->len;
    put(message, "\0\0", 2);
    snprintf(name, sizeof(name), "mail%u.example.net", connection->name);
    put(message, "\0\0", 2);
    list = message->len;
    put(message, "\0\0\0\0\0\0\0", 7);
    put(message, name, strlen(name));
    close_length(message, list, 2);
    close_length(message, list + 2, 2);
    close_length(message, list + 5, 2);
    put(message, "\0\x0a\0\x06\0\x04\0\x1d\0\x17\0\x0b\0\x02\x01\0\0\x0d\0\x06\0\x04\x04\x03\x08\x04", 26);
    put_versions(message, connection->version);
    close_length(message, extensions, 2);
    close_length(message, handshake, 3);
    close_length(message, record, 2);
}

static void put_server_hello(struct message *message, const struct connection *connection)
{
    size_t record = begin_record(message, 22, connection->version);
    size_t handshake = message->len + 1, extensions;

    put(message, "\x02\0\0\0", 4);
    put_number(message, connection->version == 0x0304 ? 0x0303 : connection->version, 2);
    put_random(message, 32);
    put(message, "\0", 1);
    put(message, connection->version == 0x0304 ? "\x13\x01\0" : "\x00\x2f\0", 3);
    extensions = message->len;
    put(message, "\0\0", 2);
    if (connection->version == 0x0304)
        put(message, "\x00\x2b\x00\x02\x03\x04", 6);
    close_length(message, extensions, 2);
    close_length(message, handshake, 3);
    close_length(message, record, 2);
}

static void put_certificate(struct message *message, const struct connection *connection)
{
    size_t record = begin_record(message, 22, connection->version);
    size_t handshake = message->len + 1, list = message->len + 4, leaf = message->len + 7;

    put(message, "\x0b\0\0\0\0\0\0\0\0\0", 10);
    put(message, certificate, certificate_len);
    /* another signature: another certificate */
    message->len -= 4;
    put_number(message, connection->certificate, 4);
    close_length(message, leaf, 3);
    close_length(message, list, 3);
    close_length(message, handshake, 3);
    close_length(message, record, 2);
    record = begin_record(message, 22, connection->version);
    put(message, "\x0e\0\0\0", 4);
    close_length(message, record, 2);
}

static void put_opaque(struct message *message, uint8_t type, uint16_t version, size_t len)
{
    size_t record = begin_record(message, type, version);

    put_random(message, len);
    close_length(message, record, 2);
}

static void put_finished(struct message *message, uint16_t version, bool is_client)
{
    size_t record;

    if (version != 0x0304 && is_client) {
        record = begin_record(message, 22, version);
        put(message, "\x10\0\0\x82\0\x80", 6);
        put_random(message, 128);
        close_length(message, record, 2);
    }
    put_opaque(message, 20, version, 1);
    put_opaque(message, version == 0x0304 ? 23 : 22, version, 40);
}

static void open_connection(struct connection *connection)
{
    send_flags(&connection->client, &connection->server, 0x02);
    send_flags(&connection->server, &connection->client, 0x12);
    send_flags(&connection->client, &connection->server, 0x10);
}

static void upgrade(struct connection *connection)
{
    bool is_imap = connection->server.port == 143;
    struct peer *client = &connection->client, *server = &connection->server;

    send_text(server, client, is_imap ? "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n" : "+OK ready\r\n");
    send_text(client, server, is_imap ? "a1 STARTTLS\r\n" : "STLS\r\n");
    send_text(server, client, is_imap ? "a1 OK begin\r\n" : "+OK begin\r\n");
}

static void shake_hands(struct connection *connection)
{
    struct message hello = {.len = 0}, answer = {.len = 0}, finished[2] = {{.len = 0}, {.len = 0}};

    put_client_hello(&hello, connection);
    send_message(&connection->client, &connection->server, &hello);
    put_server_hello(&answer, connection);
    if (connection->version != 0x0304)
        put_certificate(&answer, connection);
    send_message(&connection->server, &connection->client, &answer);
    send_flags(&connection->client, &connection->server, 0x10);
    for (int server = 0; server < 2; server++)
        put_finished(&finished[server], connection->version, !server);
    send_message(&connection->client, &connection->server, &finished[0]);
    send_message(&connection->server, &connection->client, &finished[1]);
}

static void send_data(struct peer *from, struct peer *to, uint16_t version, size_t len)
{
    struct message data = {.len = 0};

    put_opaque(&data, 23, version, len);
    send_message(from, to, &data);
}

static struct connection make_connection(uint32_t index, uint32_t client_count)
{
    static const uint16_t ports[] = {993, 995, 993, 143, 110};
    static const uint16_t versions[] = {0x0304, 0x0303, 0x0303, 0x0304, 0x0301, 0x0302, 0x0303, 0x0300};
    uint32_t server = random_number() % SERVER_COUNT;

    return (struct connection){
        .client = {0x0a000000 + index % client_count, (uint16_t)(20000 + index / client_count), random_number()},
        .server = {0xc0a80000 + server, ports[index % 5], random_number()},
        .version = versions[index % 8],
        .server_index = server,
        .certificate = server,
        .name = server,
    };
}

static void close_connection(struct connection *connection)
{
    send_flags(&connection->client, &connection->server, 0x11);
    send_flags(&connection->server, &connection->client, 0x11);
    send_flags(&connection->client, &connection->server, 0x10);
}

static void begin_connection(struct connection *connection)
{
    open_connection(connection);
    if (connection->server.port < 993)
        upgrade(connection);
    shake_hands(connection);
}

static void write_connection(struct connection *connection)
{
    begin_connection(connection);
    send_data(&connection->client, &connection->server, connection->version, 100);
    send_data(&connection->server, &connection->client, connection->version, 700);
    send_flags(&connection->client, &connection->server, 0x10);
    close_connection(connection);
}

static void write_hello(uint32_t scale)
{
    for (uint32_t i = 0; i < scale; i++) {
        struct connection connection = make_connection(i, scale * 6 / 10 + 1);

        write_connection(&connection);
    }
}

/* Of so many connections that are open, any one sends its next packet; one that is over makes room for the next. */
static void interleave(uint32_t scale, uint32_t open, uint32_t certificates, uint32_t names)
{
    struct outbox *outboxes = calloc(open, sizeof(*outboxes));
    uint32_t count = 0;

    for (uint32_t begun = 0; begun < scale || count > 0;) {
        uint32_t which;

        for (; count < open && begun < scale; begun++) {
            struct connection connection = make_connection(begun, scale * 6 / 10 + 1);

            connection.certificate = certificates == 0 ? begun : connection.server_index % certificates;
            connection.name = names == 0 ? connection.server_index : 1000 + random_number() % names;
            outbox = &outboxes[count++];
            write_connection(&connection);
        }
        which = random_number() % count;
        if (outbox_send_one(&outboxes[which]))
            continue;
        outbox_swap(&outboxes[which], &outboxes[--count]);
    }
    for (uint32_t i = 0; i < open; i++)
        outbox_close(&outboxes[i]);
    free(outboxes);
}

static void write_interleaved(uint32_t scale)
{
    interleave(scale, 500, 20, 0);
}

static void write_crowd(uint32_t scale)
{
    interleave(scale, 20000, 20, 0);
}

static void write_diverse(uint32_t scale)
{
    interleave(scale, 500, 0, 0);
}

static void write_names(uint32_t scale)
{
    interleave(scale, 500, 20, 5000);
}

static void write_bulk(uint32_t scale)
{
    for (uint32_t i = 0; i < scale; i++) {
        struct connection connection = make_connection(i, scale);

        begin_connection(&connection);
        for (size_t sent = 0; sent < BULK_BYTES; sent += RECORD_BYTES)
            send_data(&connection.server, &connection.client, connection.version, RECORD_BYTES);
        close_connection(&connection);
    }
}

static void write_other(uint32_t number)
{
    struct peer web = {0x08080000 + number % 5000, 443, number}, client = {0x0a000000 + number % 9999, 40000, 1};
    struct message data = {.len = 0};

    put_random(&data, 16);
    data.len = 300 + number % 1000;
    write_frame(&web, &client, 0x18, data.bytes, data.len);
}

static void write_mix(uint32_t scale)
{
    const uint32_t others_of_a_connection = 15 * 97 / 3;

    for (uint32_t i = 0; i < scale / (15 + others_of_a_connection); i++) {
        struct connection connection = make_connection(i, scale);

        begin_connection(&connection);
        close_connection(&connection);
        for (uint32_t other = 0; other < others_of_a_connection; other++)
            write_other(random_number());
    }
}

static void write_flood(uint32_t scale)
{
    for (uint32_t i = 0; i < scale; i++) {
        struct peer from = {random_number(), (uint16_t)random_number(), random_number()}, to = {0xc0a80001, 993, 1};
        struct message payload = {.len = 0};

        send_flags(&from, &to, 0x02);
        if (i % 10 > 1)
            continue;
        if (i % 10 == 0)
            put(&payload, "\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03", 11);
        put_random(&payload, 1 + random_number() % 1400);
        send_message(&from, &to, &payload);
    }
}

static void write_idle(uint32_t scale)
{
    for (uint32_t i = 0; i < scale; i++) {
        struct connection connection = make_connection(i, scale);

        begin_connection(&connection);
    }
}

static const struct workload {
    const char *name;
    void (*write)(uint32_t scale);
} workloads[] = {
    {"hello", write_hello},
    {"interleaved", write_interleaved},
    {"crowd", write_crowd},
    {"diverse", write_diverse},
    {"names", write_names},
    {"bulk", write_bulk},
    {"mix", write_mix},
    {"flood", write_flood},
    {"idle", write_idle},
};

static bool read_certificate(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return false;
    certificate_len = fread(certificate, 1, sizeof(certificate), file);
    fclose(file);
    return certificate_len > 0;
}

int main(int argc, char **argv)
{
    static const uint32_t header[] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1};

    if (argc < 4 || argc > 5 || !read_certificate(argv[2])) {
        fputs("usage: generate WORKLOAD CERTIFICATE.der SCALE [SEED] > capture.pcap\n", stderr);
        return 2;
    }
    if (argc == 5)
        random_state += strtoul(argv[4], NULL, 10);
    for (size_t i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++) {
        if (strcmp(argv[1], workloads[i].name) != 0)
            continue;
        fwrite(header, sizeof(header), 1, stdout);
        workloads[i].write((uint32_t)strtoul(argv[3], NULL, 10));
        return fflush(stdout) == 0 ? 0 : 1;
    }
    fprintf(stderr, "%s: no such workload\n", argv[1]);
    return 2;
}
